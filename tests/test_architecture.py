"""The arrows of the house, proven on the syntax tree of every module."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("corpus", "ingest", "assistant")
FOUND = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")]
MODULES = sorted(path.relative_to(REPOSITORY) for path in [*FOUND, REPOSITORY / "streamlit_app.py"])
LONGEST_MODULE = 250

FORBIDDEN = {
    "corpus": {"ingest", "assistant", "streamlit_app"},
    "ingest": {"assistant", "streamlit_app"},
    "assistant": {"streamlit_app"},
}
MAY_IMPORT_INGEST = ("assistant.ui", "assistant.cli", "assistant.wiring")
HOMES = {
    "chromadb": ("corpus.vectors",),
    "tantivy": ("corpus.lexical", "corpus.lexical_entries", "corpus.lexical_queries"),
    "sentence_transformers": ("corpus.sentence_embedder",),
    "tokenizers": ("corpus.tokens",),
    "pypdf": ("ingest.readers",),
    "pypdfium2": ("ingest.readers",),
    "lxml": ("ingest.readers",),
    "trafilatura": ("ingest.readers",),
    "markdown_it": ("ingest.readers",),
    "yaml": ("ingest.readers",),
    "genai_prices": ("assistant.cost.price_book", "assistant.cost.price_data"),
    "langchain_core": ("assistant",),
    "langchain_openai": ("assistant.backends.openai_chat",),
    "openai": ("assistant.backends.openai_chat",),
    "langchain_anthropic": ("assistant.backends.anthropic_chat",),
    "anthropic": ("assistant.backends.anthropic_chat",),
    "langchain_google_genai": ("assistant.backends.google_chat",),
    "google": ("assistant.backends.google_chat",),
    "langchain_ollama": ("assistant.backends.ollama_chat",),
    "ollama": ("assistant.backends.ollama_chat",),
    "alembic": ("assistant.cost.ledger_migrations", "corpus.catalog_migrations"),
    "docx": ("ingest.readers",),
    "httpcore2": ("ingest.web",),
    "pptx": ("ingest.readers",),
    "openpyxl": ("ingest.readers",),
    "watchdog": ("ingest.watching",),
    "streamlit": ("assistant.ui", "streamlit_app"),
    "typer": ("assistant.cli", "ingest.__main__"),
}
"""Each vendor and the one module or package that may import it."""


def name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the arrows"
            yield node.module or ""


def within(module: str, homes: tuple[str, ...]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_dependencies_point_one_way(path: Path) -> None:
    module = name_of(path)
    roots = {name.partition(".")[0] for name in imports(path)}
    assert not roots & FORBIDDEN.get(module.partition(".")[0], set())
    if module.startswith("assistant") and not within(module, MAY_IMPORT_INGEST):
        assert "ingest" not in roots


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_each_vendor_has_one_home(path: Path) -> None:
    module = name_of(path)
    for imported in imports(path):
        homes = HOMES.get(imported.partition(".")[0])
        assert homes is None or within(module, homes), f"{module} imports {imported}"


@pytest.mark.parametrize("vendor", ("onnxruntime", "sqlalchemy"))
def test_vendors_at_home_in_a_family_of_modules(vendor: str) -> None:
    users = {name_of(path) for path in MODULES if any(i.startswith(vendor) for i in imports(path))}
    families = {
        "onnxruntime": ("corpus.onnx_embedder", "corpus.export_onnx"),
        "sqlalchemy": ("corpus.catalog", "assistant.cost.ledger", "assistant.archive"),
    }
    assert users
    assert all(user.startswith(families[vendor]) for user in users), users


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_modules_stay_readable(path: Path) -> None:
    lines = (REPOSITORY / path).read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_MODULE, f"{path} has {lines} lines: split it by meaning"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_public_names_are_declared_and_exist(path: Path) -> None:
    module = name_of(path)
    if path.name in {"__init__.py", "__main__.py", "streamlit_app.py"} or ".ui." in module:
        return
    loaded = importlib.import_module(module)
    if module == "corpus.errors":
        return
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_streamlit_app_is_only_an_entry() -> None:
    assert len((REPOSITORY / "streamlit_app.py").read_text().splitlines()) <= 30


def test_the_query_path_never_imports_torch() -> None:
    script = (
        "import sys, assistant.wiring, assistant.research, corpus.onnx_embedder;"
        "print([m for m in sys.modules"
        " if m.partition('.')[0] in {'torch', 'sentence_transformers', 'transformers'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
