"""`loadfactor prices` as people and programs call it; newer data comes from a real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.cost.price_data import PRICES_FILE, PriceUpdateFailed, load_price_data
from corpus.errors import ConfigurationError
from tests.assistant.cost.price_payloads import encoded, model_of, raw_providers
from tests.servers.loopback import LoopbackServer, Reply

BACKENDS = """
default = "offline"
[backends.offline]
label = "Offline analyst"
kind = "offline-analyst"
provider = "local"
model = "offline-analyst-1"
[backends.five]
label = "GPT-5"
kind = "openai"
provider = "openai"
model = "gpt-5"
key = "OPENAI_API_KEY"
[backends.proxy]
label = "GPT-5 through a proxy"
kind = "openai-compatible"
provider = "proxy"
model = "five"
base_url = "https://proxy.example.com/v1"
price = "openai/gpt-5"
[backends.deep]
label = "DeepSeek V4 Pro"
kind = "openai-compatible"
provider = "deepseek"
model = "deepseek-v4-pro"
base_url = "https://api.deepseek.com/v1"
[backends.own]
label = "Ours"
kind = "openai-compatible"
provider = "house"
model = "own"
base_url = "https://llm.example.com/v1"
[backends.qwen]
label = "Qwen3 Max"
kind = "openai-compatible"
provider = "dashscope"
model = "qwen3-max"
base_url = "https://dashscope.example.com/v1"
[[references]]
label = "Gemini 2.5 Pro"
provider = "google"
model = "gemini-2.5-pro"
[[references]]
label = "Sticker price"
provider = "openai"
model = "gpt-5"
[[prices]]
provider = "house"
model = "own"
input_mtok = "1.20"
output_mtok = "6"
currency = "USD"
source = "our contract"
as_of = 2026-11-01
"""
GPT5 = ("openai", "gpt-5")


@pytest.fixture(autouse=True)
def backends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "backends.toml"
    path.write_text(BACKENDS, encoding="utf-8")
    monkeypatch.setenv("LOADFACTOR_BACKENDS", str(path))
    return path


def run(data: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(app, ["prices", "--data", str(data), *(str(word) for word in words)])


def rows(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.exception
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    return {row["model"]: row for row in listed}


def newer(input_rate: float = 1.5, without: str | None = None) -> bytes:
    """Price data in which gpt-5's input costs something else, and a provider may lack."""
    raw = raw_providers({"openai", "deepseek", "google"} - {without})
    model_of(raw, *GPT5)["prices"]["input_mtok"] = input_rate
    return encoded(raw)


def update(data: Path, payload: bytes, *words: str) -> Result:
    with LoopbackServer() as server:
        server.queue(Reply((payload,)))
        return run(data, "--update", "--from", f"{server.address}/data.json", *words)


def test_the_list_names_each_model_in_use_once(data: Path) -> None:
    listed = rows(run(data, "--json"))
    assert [(row["provider"], row["model"], row["used_by"]) for row in listed.values()] == [
        ("openai", "gpt-5", ["five", "proxy", "Sticker price"]),
        ("deepseek", "deepseek-v4-pro", ["deep"]),
        ("house", "own", ["own"]),
        ("dashscope", "qwen3-max", ["qwen"]),
        ("google", "gemini-2.5-pro", ["Gemini 2.5 Pro"]),
    ]
    assert listed["qwen3-max"]["rates"] is None
    gpt5 = listed["gpt-5"]
    kinds = ("input_mtok", "cache_read_mtok", "output_mtok")
    assert [gpt5["rates"][kind] for kind in kinds] == ["1.25", "0.125", "10"]
    assert gpt5["source"] == gpt5["version"]
    assert gpt5["version"].startswith("genai-prices 0.")
    assert gpt5["changed"] is None
    assert listed["own"]["source"] == "our contract (2026-11-01)"
    assert listed["gemini-2.5-pro"]["rates"]["input_mtok beyond 200000 tokens"] == "2.5"


def test_the_list_is_told_in_plain_words(data: Path) -> None:
    told = " ".join(run(data).stdout.split())
    assert "— no price" in told
    assert "$1.25 up to 200,000 tokens, $2.50 beyond" in told
    assert "$10 up to 200,000 tokens, $15 beyond" in told
    assert " now; $" in told
    assert "our contract (2026-11-01)" in told
    assert "US dollars per million tokens, from genai-prices 0." in told


def test_listing_writes_nothing(data: Path) -> None:
    assert run(data).exit_code == 0
    assert list(data.iterdir()) == []


def test_an_update_says_what_changes_and_takes_effect(data: Path) -> None:
    done = update(data, newer())
    assert done.exit_code == 0
    assert "gpt-5 (openai; five, proxy, Sticker price): input $1.25 → $1.50\n" in done.stdout
    assert "3 as before, 1 changed, 1 without a price as before" in done.stdout
    assert "/data.json: " in done.stdout
    assert "--bundled" in done.stderr
    stored = load_price_data(data)
    assert stored is not None
    assert stored.payload == newer()
    listed = rows(run(data, "--json"))
    assert listed["gpt-5"]["rates"]["input_mtok"] == "1.5"
    assert listed["gpt-5"]["version"] == stored.version
    assert stored.sha256 in run(data).stdout


def test_an_update_tells_programs_each_change(data: Path) -> None:
    told = rows(update(data, newer(), "--json"))
    assert told["gpt-5"]["changed"] == {"input_mtok": ["1.25", "1.5"]}
    assert told["gpt-5"]["rates"]["input_mtok"] == "1.5"
    assert told["own"]["changed"] is None


def test_a_change_is_told_against_what_is_in_force(data: Path) -> None:
    update(data, newer(1.5))
    told = rows(update(data, newer(1.75), "--json"))
    assert told["gpt-5"]["changed"] == {"input_mtok": ["1.5", "1.75"]}


def test_a_dry_run_stores_nothing(data: Path) -> None:
    done = update(data, newer(), "--dry-run")
    assert done.exit_code == 0
    assert "$1.25 → $1.50" in done.stdout
    assert "Nothing was stored" in done.stderr
    assert load_price_data(data) is None


def test_the_way_back(data: Path) -> None:
    update(data, newer())
    assert "in force again" in run(data, "--bundled").stderr
    assert rows(run(data, "--json"))["gpt-5"]["rates"]["input_mtok"] == "1.25"
    again = run(data, "--bundled")
    assert again.exit_code == 0
    assert "no others were stored" in again.stderr


def test_prices_can_come_from_a_file(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "newer.json"
    path.write_bytes(newer())
    assert run(data, "--update", "--from", path).exit_code == 0
    stored = load_price_data(data)
    assert stored is not None
    assert stored.url == path.as_uri()


def test_a_model_that_loses_its_price_is_warned_of(data: Path) -> None:
    done = update(data, newer(without="deepseek"))
    assert done.exit_code == 0
    assert "! deepseek-v4-pro (deepseek; deep) has no price in this data" in done.stderr
    assert "1 without a price from now on" in done.stdout
    assert rows(run(data, "--json"))["deepseek-v4-pro"]["rates"] is None


def test_a_model_that_gets_a_price_is_told(data: Path) -> None:
    update(data, newer(without="google"))
    done = update(data, newer())
    assert "gemini-2.5-pro (google; Gemini 2.5 Pro): has a price now: input $1.25 up" in done.stdout
    assert "1 with a price at last" in done.stdout


@pytest.mark.parametrize(
    ("payload", "reason"),
    (
        (b"<html>moved</html>", "no whole price data"),
        (newer()[:-50], "no whole price data"),
        (encoded(raw_providers(["mistral"])), "none of the models in use"),
    ),
)
def test_what_cannot_be_used_leaves_prices_as_they_were(
    data: Path, payload: bytes, reason: str
) -> None:
    update(data, newer())
    before = (data / PRICES_FILE).read_bytes()
    failed = update(data, payload)
    assert failed.exit_code == 1
    assert isinstance(failed.exception, PriceUpdateFailed)
    assert reason in str(failed.exception)
    assert "The prices in force stay: genai-prices data of " in str(failed.exception)
    assert (data / PRICES_FILE).read_bytes() == before


def test_a_server_that_is_away_leaves_prices_as_they_were(data: Path) -> None:
    with LoopbackServer() as server:
        address = server.address
    failed = run(data, "--update", "--from", address)
    assert failed.exit_code == 1
    assert "The prices in force stay: genai-prices 0." in str(failed.exception)
    assert load_price_data(data) is None


def test_damaged_data_is_named_and_both_remedies_work(data: Path) -> None:
    path = data / PRICES_FILE
    path.write_text("{", encoding="utf-8")
    failed = run(data)
    assert failed.exit_code == 1
    assert isinstance(failed.exception, ConfigurationError)
    mended = update(data, newer())
    assert "prices.json is damaged" in mended.stderr
    assert rows(run(data, "--json"))["gpt-5"]["rates"]["input_mtok"] == "1.5"
    path.write_text("{", encoding="utf-8")
    assert run(data, "--bundled").exit_code == 0
    assert rows(run(data, "--json"))["gpt-5"]["rates"]["input_mtok"] == "1.25"


@pytest.mark.parametrize(
    "words",
    (("--from", "x.json"), ("--dry-run",), ("--update", "--bundled"), ("--bundled", "--dry-run")),
)
def test_options_that_contradict_each_other_are_a_usage_error(
    data: Path, words: tuple[str, ...]
) -> None:
    assert run(data, *words).exit_code == 2
