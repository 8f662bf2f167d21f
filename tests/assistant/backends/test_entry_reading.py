from __future__ import annotations

from decimal import Decimal
from ipaddress import IPv6Address
from typing import Any

import pytest

from assistant.backends.entry import BackendEntry, Kind, Locality, Tier, locality_of
from assistant.backends.entry_reading import read_entries
from corpus.errors import ConfigurationError

PLAIN: dict[str, Any] = {
    "label": "House",
    "kind": "openai-compatible",
    "provider": "house",
    "model": "m",
    "base_url": "https://llm.example.com/v1/",
}
HOURS: dict[str, Any] = {"base_url": "http://127.0.0.1:9/v1", "hourly_usd": "0.35"}


def read(**changes: Any) -> BackendEntry:
    row = {key: value for key, value in (PLAIN | changes).items() if value is not None}
    (entry,) = read_entries("backends.toml", {"house": row})
    return entry


def test_what_is_left_out_has_a_default() -> None:
    entry = read()
    assert entry == BackendEntry(
        name="house",
        label="House",
        kind=Kind.COMPATIBLE,
        provider="house",
        model="m",
        base_url="https://llm.example.com/v1",
        locality=Locality.OUTSIDE,
    )
    assert (entry.tier, entry.max_output, entry.timeout) == (Tier.HARD, 4096, 60)
    assert entry.host == "llm.example.com"


@pytest.mark.parametrize(
    ("host", "locality"),
    [
        ("127.0.0.1", Locality.MACHINE),
        ("localhost", Locality.MACHINE),
        ("::1", Locality.MACHINE),
        ("10.1.2.3", Locality.NETWORK),
        ("192.168.1.5", Locality.NETWORK),
        ("fd00::1", Locality.NETWORK),
        ("100.64.0.7", Locality.NETWORK),
        ("8.8.8.8", Locality.OUTSIDE),
        ("::ffff:127.0.0.1", Locality.MACHINE),
        ("::ffff:10.1.2.3", Locality.NETWORK),
        ("::ffff:8.8.8.8", Locality.OUTSIDE),
        ("gpu-box", None),
        ("api.openai.com", None),
    ],
)
def test_an_address_says_how_far_it_is(host: str, locality: Locality | None) -> None:
    assert locality_of(host) is locality


@pytest.mark.parametrize("is_global", [True, False])
@pytest.mark.parametrize(
    "host",
    ["2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::808:808", "64:ff9b:1::1"],
)
def test_what_is_passed_on_to_another_address_is_outside_whatever_python_calls_global(
    host: str, is_global: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IPv6Address, "is_global", property(lambda self: is_global))
    assert locality_of(host) is Locality.OUTSIDE


def test_a_name_is_outside_unless_the_entry_says_otherwise() -> None:
    assert read(base_url="http://gpu-box:8000/v1").locality is Locality.OUTSIDE
    said = read(base_url="http://gpu-box:8000/v1", locality="private network")
    assert said.locality is Locality.NETWORK
    assert said.host == "gpu-box:8000"
    assert read(base_url="http://127.0.0.1:9/v1").locality is Locality.MACHINE


def test_an_entry_may_be_called_further_than_it_is() -> None:
    tunnel = read(base_url="http://127.0.0.1:9/v1", locality="outside")
    assert tunnel.locality is Locality.OUTSIDE


def test_providers_have_their_own_address() -> None:
    entry = read(kind="anthropic", base_url=None, key="ANTHROPIC_API_KEY")
    assert entry.base_url == "https://api.anthropic.com"
    assert entry.locality is Locality.OUTSIDE
    assert read(kind="ollama", base_url=None).locality is Locality.MACHINE


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "kimi-k3:cloud"])
def test_what_a_server_here_passes_on_to_a_cloud_is_outside(model: str) -> None:
    entry = read(kind="ollama", base_url=None, model=model)
    assert entry.locality is Locality.OUTSIDE
    assert entry.destination == "outside, through 127.0.0.1:11434"
    with pytest.raises(ConfigurationError, match="cloud"):
        read(kind="ollama", base_url=None, model=model, locality="this machine")


def test_a_price_may_be_another_models() -> None:
    assert read(price="zai/glm-5.2").price == ("zai", "glm-5.2")


def test_an_hour_of_our_own_machine_has_a_price_and_then_nobody_bills_it() -> None:
    assert read().hourly_usd is None
    entry = read(**HOURS)
    assert (entry.hourly_usd, entry.local) == (Decimal("0.35"), True)
    assert not read(base_url=HOURS["base_url"]).local
    assert read(**HOURS | {"hourly_usd": "0"}).hourly_usd == 0


@pytest.mark.parametrize("kind", ["openai", "openai-compatible"])
def test_a_service_tier_is_asked_of_those_who_have_them(kind: str) -> None:
    assert read(kind=kind, key="K", service_tier="flex").service_tier == "flex"
    assert read(kind=kind, key="K").service_tier is None


def test_anthropic_may_cache_prompts() -> None:
    claude = {"kind": "anthropic", "key": "K", "base_url": None}
    assert read(**claude, prompt_cache=True).prompt_cache
    assert not read(**claude).prompt_cache


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"kind": "telepathy"}, "kind = 'telepathy'"),
        ({"label": None}, "label"),
        ({"base_url": None}, "base_url"),
        ({"base_url": "ftp://x/v1"}, "base_url"),
        ({"base_url": "https://user:pass@x/v1"}, "user, password"),
        ({"base_url": "https://x/v1?key=1"}, "query"),
        ({"kind": "offline-analyst"}, "base_url"),
        ({"kind": "openai"}, "key"),
        ({"key": "lower case"}, "NAME_OF_A_VARIABLE"),
        ({"api_key": "x"}, "no field 'api_key'"),
        ({"base_url": "http://llm.example.com/v1", "key": "K"}, "https"),
        ({"locality": "this machine"}, "this machine"),
        ({"base_url": "http://8.8.8.8/v1", "locality": "private network"}, "is not so"),
        ({"locality": "nearby"}, "locality"),
        ({"tier": "simple"}, "tier"),
        ({"max_output": 0}, "max_output"),
        ({"max_output": True}, "max_output"),
        ({"timeout": "1"}, "timeout"),
        ({"stream_usage": "no"}, "stream_usage"),
        ({"price": "glm"}, "price"),
        ({**HOURS, "hourly_usd": 0.35}, "hourly_usd"),
        ({**HOURS, "hourly_usd": "cheap"}, "hourly_usd"),
        ({**HOURS, "hourly_usd": "-1"}, "hourly_usd"),
        ({**HOURS, "hourly_usd": "NaN"}, "hourly_usd"),
        ({**HOURS, "price": "zai/glm-5.2"}, "price and hourly_usd"),
        ({"hourly_usd": "0.35"}, "its provider bills it"),
        ({"service_tier": ""}, "service_tier"),
        ({"service_tier": 1}, "service_tier"),
        ({"kind": "anthropic", "key": "K", "service_tier": "flex"}, "anthropic has none"),
        ({"kind": "ollama", "service_tier": "flex"}, "ollama has none"),
        ({"prompt_cache": True}, "only Anthropic"),
        ({"prompt_cache": False}, "only Anthropic"),
        ({"kind": "anthropic", "key": "K", "prompt_cache": "yes"}, "prompt_cache"),
        ({"fallback": "nobody"}, "nobody"),
        ({"fallback": "house"}, "comes back to itself"),
    ],
)
def test_a_wrong_field_is_named_with_its_entry(changes: dict[str, Any], names: str) -> None:
    with pytest.raises(ConfigurationError, match=names) as error:
        read(**changes)
    assert "backends.toml: [backends.house]" in str(error.value)


def test_a_key_that_stands_in_the_file_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as error:
        read(key="sk-live-0123456789abcdef")
    assert "0123456789" not in str(error.value)


@pytest.mark.parametrize("table", [[], {"auto": PLAIN}, {"a b": PLAIN}, {"house": "text"}])
def test_a_wrong_table_is_refused(table: object) -> None:
    with pytest.raises(ConfigurationError, match="backends"):
        read_entries("backends.toml", table)


def test_a_fallback_never_goes_further_away() -> None:
    near = PLAIN | {"base_url": "http://127.0.0.1:9/v1", "fallback": "far"}
    with pytest.raises(ConfigurationError, match="further away"):
        read_entries("backends.toml", {"near": near, "far": PLAIN})
    local = PLAIN | {"base_url": "http://127.0.0.1:9/v1"}
    table = {"far": PLAIN | {"fallback": "near"}, "near": local | {"fallback": "end"}, "end": local}
    assert [entry.fallback for entry in read_entries("backends.toml", table)] == [
        "near",
        "end",
        None,
    ]
