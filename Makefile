# Load Factor. `make` alone lists the targets.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8501
DATA ?= $(or $(LOADFACTOR_DATA),data)
BIN := .venv/bin
INSTALLED := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test lint format bench lock screenshots clean chromium

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED)  ## build .venv with the tested set of packages

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Load Factor needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check --quiet --requirement requirements.lock
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --config-settings editable_mode=compat --editable .
	@touch $@

run: install  ## ingest the shipped notes and open the app on http://127.0.0.1:8501
	$(BIN)/loadfactor ingest corpus/notes --data $(DATA)
	LOADFACTOR_DATA=$(DATA) $(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

test: install chromium lint  ## lint, type check and run every test with coverage
	$(BIN)/coverage erase
	$(BIN)/pytest --numprocesses 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90 $(TESTS)

lint: install  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## let ruff rewrite the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## run the measured claims over ../shared, tables to standard output
	$(BIN)/python -m benchmarks

lock: ## resolve the newest allowed packages into requirements.lock (slow)
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade pip
	build/lock/bin/pip install --quiet --editable '.[dev]'
	build/lock/bin/pip freeze --exclude-editable | sed -E 's/^(torch==[0-9.]+)\+.*/\1/' > requirements.lock

screenshots: install chromium  ## take the pictures of the README from the running app
	$(BIN)/python docs/screenshots.py

chromium:  # browser tests need it; installed here only where that takes no password
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
	  || echo "No Chromium: browser tests will be skipped. Install it with: sudo apt-get install chromium"

clean:  ## remove the environment and caches; data/ stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* *.egg-info
