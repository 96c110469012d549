"""Whatever somebody writes into a config, it is read or told; nothing else ever happens."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_tui import config_schema as schema
from oms_tui.config import ConfigError
from oms_tui.sources import load_checked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = st.sampled_from(
    [
        *(
            "",
            " ",
            "ana",
            "10s",
            "1h",
            "sqlite",
            "sqlite:///x",
            "Europe/Berlin",
            "../..",
            "\x00",
            "09:00-12:00",
            "a@b.c",
        ),
        *(
            "stripe",
            "maildir",
            "2026-12-25",
            "#fff",
            "en",
            "\u202e",
            "x" * 300,
            "/",
            "~no-such-user/x",
            "placed",
            "agent",
        ),
    ]
)
KEYS = st.sampled_from(
    [
        *sorted({key for readers in schema.SINGLE.values() for key in readers}),
        *sorted({key for readers, _ in schema.NAMED.values() for key in readers}),
        *(
            "mon-fri",
            "mon",
            "sun-mon",
            "holidays",
            "ana",
            "key",
            "late",
            "path",
            "password",
            "smtp",
            "",
            "a b",
            "\u200b",
        ),
    ]
)
VALUES = st.recursive(
    st.one_of(
        TEXTS,
        st.integers(-(2**63), 2**63 - 1),
        st.booleans(),
        st.floats(),
        st.sampled_from([date(2026, 12, 25), time(9, 0), datetime(2026, 12, 25, 9, 0)]),  # noqa: DTZ001 - TOML has such
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=10,
)
CONFIGS = st.dictionaries(
    st.one_of(st.sampled_from(schema.SECTIONS), KEYS),
    st.one_of(st.dictionaries(KEYS, VALUES, max_size=5), VALUES),
    max_size=5,
)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str | bool):
        return json.dumps(value)
    return str(value) if isinstance(value, int | float) else value.isoformat()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(CONFIGS)
def test_any_config_is_read_or_told(write: Callable[..., Path], config: dict[str, Any]) -> None:
    path = write("".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in config.items()))
    try:
        loaded = load_checked(path)
    except ConfigError as error:
        told = error
    else:
        assert loaded.desk.agent or len(loaded.agents) > 1
        assert loaded.desk.business_hours() is not None
        return
    rows = len(config)
    assert told.mistakes
    assert all(each.file == path and 0 <= each.line <= rows and each.words for each in told.mistakes)
    assert all(line.isprintable() for line in str(told).split("\n"))
