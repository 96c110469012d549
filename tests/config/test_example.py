"""The example config is the documentation of the keys: it loads, it names all there are, and none that there is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connectors import catalogue
from oms_tui import config_schema as schema
from oms_tui.config import load
from oms_tui.domain.priority import WEIGHTS
from oms_tui.sources import load_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connectors.base import Setting

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
KEY_LINE = re.compile(r"""#?["a-z][\w"-]* = """)


def whole() -> dict[str, Any]:
    """The example with every alternative switched on; where two say the same key, the first."""
    table, seen, kept = "", set[str](), list[str]()
    for row in TEXT.split("\n"):
        line = re.sub(r"^#(?=[\[a-z])", "", row)
        table = line if line.startswith("[") else table
        key = f"{table}{line.partition(' = ')[0]}"
        if not KEY_LINE.match(line) or key not in seen:
            kept.append(line)
        seen.add(key)
    return tomllib.loads("\n".join(kept))


def test_the_example_loads_as_it_stands(write: Callable[..., Path]) -> None:
    config = load(write(TEXT))
    assert config.desk.agent == "ana"
    assert config.desk.signature == "Kind regards\nBright Shop"
    assert list(config.sources) == ["support", "archive", "erp", "parcels", "books", "depot"]
    assert dict(config.priority) == dict(WEIGHTS)


@pytest.mark.parametrize("section", [*schema.SINGLE, *schema.NAMED])
def test_every_key_of_a_section_is_in_the_example_and_no_other(section: str) -> None:
    tables = [whole()[section]] if section in schema.SINGLE else whole()[section].values()
    written = {key for table in tables for key in table}
    known = set(schema.SINGLE[section] if section in schema.SINGLE else schema.NAMED[section][0])
    if section == "sources":
        assert known <= written  # what else is there belongs to the connectors, see below
    else:
        assert written == known


def test_every_section_and_every_key_of_a_step_is_in_the_example() -> None:
    assert set(whole()) == set(schema.SECTIONS)
    steps = whole()["procedures"]["gift"]["steps"]
    assert set(schema.STEP) == {key for step in steps if isinstance(step, dict) for key in step}
    assert set(whole()["priority"]) == set(WEIGHTS)


@pytest.mark.parametrize("kind", catalogue.keys())
def test_every_setting_of_a_connector_is_in_the_example_and_no_other(kind: str, write: Callable[..., Path]) -> None:
    source = next(table for table in whole()["sources"].values() if table["kind"] == kind)
    settings = catalogue.connector(kind).manifest.settings
    assert set(_written(source, settings)) - set(schema.SOURCE) == set(_declared(settings))
    name = next(name for name, table in whole()["sources"].items() if table["kind"] == kind)
    blocks = re.findall(rf"^\[sources\.{name}(?:\.\w+)?\].*?(?=^#?\[|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    load_checked(write('[desk]\nagent = "ana"\n' + "".join(blocks)))


def _written(table: dict[str, Any], settings: Iterable[Setting], path: str = "") -> Iterable[str]:
    inner = {setting.name: setting.table for setting in settings}
    for key, value in table.items():
        yield f"{path}{key}"
        if inner.get(key):
            yield from _written(value, inner[key], f"{path}{key}.")


def _declared(settings: Iterable[Setting], path: str = "") -> Iterable[str]:
    for setting in settings:
        yield f"{path}{setting.name}"
        yield from _declared(setting.table, f"{path}{setting.name}.")


def test_every_key_of_a_kind_is_explained_where_it_first_stands() -> None:
    rows = TEXT.split("\n")
    explained = {row.lstrip("#").partition(" = ")[0] for row in rows if KEY_LINE.match(row) and row.count("#", 1)}
    written = {row.lstrip("#").partition(" = ")[0] for row in rows if KEY_LINE.match(row)}
    apart = {"signature", "mon-fri", "sat", "reply"}  # explained in the lines around them
    assert written - explained == apart
