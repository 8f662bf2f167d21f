from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assistant.backends.entry import Kind
from assistant.backends.registry import Registry
from assistant.cost.budget import Scope
from assistant.settings import load_settings
from corpus.errors import ConfigurationError

OFFLINE = """
default = "offline"
[backends.offline]
label = "Offline analyst"
kind = "offline-analyst"
provider = "local"
model = "offline-analyst-1"
"""
PRICE = """
[[prices]]
provider = "house"
model = "m"
input_mtok = "1.20"
output_mtok = "6"
currency = "USD"
source = "contract"
as_of = 2026-11-01
"""


def backends_file(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "backends.toml"
    path.write_text(text, encoding="utf-8")
    return {"LOADFACTOR_BACKENDS": str(path)}


def test_the_shipped_backends_file_is_valid_and_keyless_by_default() -> None:
    settings = load_settings({})
    assert settings.default_backend == "offline"
    assert len(settings.references) == 2
    registry = Registry(settings.backends, {})
    assert registry.get("offline").local
    assert {entry.kind.value for entry in settings.backends} == set(Kind)


def test_environment_decides(tmp_path: Path) -> None:
    settings = load_settings(
        backends_file(tmp_path, OFFLINE)
        | {
            "LOADFACTOR_DATA": "elsewhere",
            "LOADFACTOR_TIMEZONE": "Europe/Berlin",
            "LOADFACTOR_EVIDENCE_TOKENS": "1500",
            "LOADFACTOR_EMBEDDING_MODEL": "some/model",
        }
    )
    assert settings.data == Path("elsewhere")
    assert settings.zone.key == "Europe/Berlin"
    assert settings.evidence_tokens == 1500
    assert settings.embedding_model == "some/model"
    assert load_settings(backends_file(tmp_path, OFFLINE), Path("given")).data == Path("given")


def test_overlay_prices_are_decimal(tmp_path: Path) -> None:
    (overlay,) = load_settings(backends_file(tmp_path, OFFLINE + PRICE)).overlays
    assert overlay.input_mtok == Decimal("1.20")
    assert overlay.cache_read_mtok is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("default = ", "not valid TOML"),
        ('default = "cloud"' + OFFLINE.replace('default = "offline"', ""), "cloud"),
        (OFFLINE.replace('label = "Offline analyst"', ""), "label"),
        (OFFLINE + '[[references]]\nlabel = "X"\nprovider = "openai"', "model"),
        (OFFLINE + PRICE.replace('"1.20"', '"much"'), "input_mtok"),
        (OFFLINE + PRICE.replace('"1.20"', '"-1"'), "input_mtok"),
        ('default = "offline"\n[backends]\noffline = "x"', "table"),
        (OFFLINE + PRICE.replace("2026-11-01", '"lately"'), "as_of"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, text: str, names: str) -> None:
    with pytest.raises(ConfigurationError, match=names):
        load_settings(backends_file(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOADFACTOR_TIMEZONE", "Mars/Olympus"),
        ("LOADFACTOR_TIMEZONE", "../etc/passwd"),
        ("LOADFACTOR_EVIDENCE_TOKENS", "0"),
        ("LOADFACTOR_UPLOAD_LIMIT_MB", "ten"),
        ("LOADFACTOR_LOCAL_ONLY", "yes"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load_settings({name: value})


def test_a_missing_backends_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        load_settings({"LOADFACTOR_BACKENDS": str(tmp_path / "nowhere.toml")})


def test_local_only_and_sharing_are_switches() -> None:
    settings = load_settings({"LOADFACTOR_LOCAL_ONLY": "1", "LOADFACTOR_SHARED": "0"})
    assert settings.local_only
    assert not settings.shared


def test_auto_may_be_the_default(tmp_path: Path) -> None:
    text = OFFLINE.replace('default = "offline"', 'default = "auto"')
    assert load_settings(backends_file(tmp_path, text)).default_backend == "auto"


def test_budgets_hours_and_the_answer_cache_are_read(tmp_path: Path) -> None:
    text = f'{OFFLINE}\n[budgets]\nday = "2.50"\n[embedding]\nhourly_usd = "0.10"\n'
    environ = backends_file(tmp_path, text)
    settings = load_settings(environ)
    assert settings.budgets.limits == {Scope.DAY: 2_500_000_000_000}
    assert settings.embedding_hourly_usd == Decimal("0.10")
    assert settings.answer_cache
    assert not load_settings(environ | {"LOADFACTOR_ANSWER_CACHE": "0"}).answer_cache
    plain = load_settings(backends_file(tmp_path, OFFLINE))
    assert (plain.budgets.limits, plain.embedding_hourly_usd) == ({}, None)


@pytest.mark.parametrize(
    ("table", "said"),
    (
        ("[budgets]\nday = 2.5\n", 'needs day = "2.50"'),
        ("[embedding]\nhourly_usd = 1\n", 'needs hourly_usd = "..."'),
        ('[embedding]\nhourly_usd = "-1"\n', 'needs hourly_usd = "0.10"'),
        ('[embedding]\nmodel = "x"\n', "a table with the field hourly_usd"),
    ),
)
def test_a_wrong_budget_or_hour_is_named(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(backends_file(tmp_path, f"{OFFLINE}\n{table}"))
    assert said in str(caught.value)
