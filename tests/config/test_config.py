"""A config is read whole, and what is wrong in it is told all at once, with file, line, key and what was meant."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from oms_tui import config_schema as schema
from oms_tui.config import ConfigError, load
from oms_tui.domain import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = '[desk]\nagent = "ana"\n'


@pytest.fixture(autouse=True)
def _no_desk_of_the_tester(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OMS_TUI_CONFIG", raising=False)
    monkeypatch.delenv("OMS_TUI_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "config.toml") -> Path:
        path = tmp_path / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def mistakes(path: Path) -> list[str]:
    """What is wrong, as ``line key: words``."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.exit_code == 2
    assert all(str(each).startswith(str(each.file)) for each in caught.value.mistakes)
    return [f"{each.line} {each.key}: {each.words}" for each in caught.value.mistakes]


def test_a_whole_config_becomes_typed_values(write):
    config = load(
        write("""
        [desk]
        name = "Bright Shop"
        agent = "ana"
        timezone = "Europe/Berlin"
        undo_window = "20s"
        [desk.hours]
        mon-fri = ["09:00-12:00", "13:00-17:30"]
        fri = ["09:00-14:00"]
        holidays = ["2026-12-25", 2027-01-01]
        [agents.ana]
        name = "Ana Ruiz"
        deputy = "lea"
        [agents.lea]
        role = "lead"
        [sources.shop]
        kind = "woocommerce"
        url = "https://shop.example"
        key = { env = "SHOP_KEY" }
        poll = "60s"
        stale_after = "1h30m"
        [tiers.key]
        when = "customer.spend:>5000"
        first_response = "1h"
        calls = ["placed", "delivered"]
        account_manager = "lea"
        [views."Late key accounts"]
        query = "tier:key ship:late"
        columns = ["number"]
        [rules.release]
        when = "payment:paid"
        do = "release"
        fields = { note = "by rule" }
        [procedures.gift]
        when = "tag:gift"
        steps = ["write the card", { title = "wrap", role = "warehouse" }]
        [keys]
        reply = "r"
        note = ["n", "ctrl+n"]
        [priority]
        late = 60
        [ui]
        theme = "dark"
        [stale]
        tracking = "4h"
        """)
    )
    assert config.desk.name == "Bright Shop"
    assert config.desk.undo_window == timedelta(seconds=20)
    assert config.desk.hours.holidays == (date(2026, 12, 25), date(2027, 1, 1))
    assert config.agents["ana"].name == "Ana Ruiz"
    assert config.agents["lea"].name == "lea"
    shop = config.sources["shop"]
    assert (shop.kind, shop.poll, shop.stale_after) == ("woocommerce", timedelta(minutes=1), timedelta(minutes=90))
    assert shop.settings == {"url": "https://shop.example", "key": {"env": "SHOP_KEY"}}
    assert config.tiers["key"].calls == ("placed", "delivered")
    assert config.views["Late key accounts"].columns == ("number",)
    assert config.rules["release"].fields == {"note": "by rule"}
    assert [step.title for step in config.procedures["gift"].steps] == ["write the card", "wrap"]
    assert config.keys == {"reply": ("r",), "note": ("n", "ctrl+n")}
    assert config.priority == {"late": 60}
    assert (config.ui.theme, config.stale.tracking) == ("dark", timedelta(hours=4))
