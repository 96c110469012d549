"""Whatever way a config is written, each key is found on the line where it stands."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.config_lines import key_lines, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.config_errors import KeyPath

EVERY_WAY = r'''# a comment with [brackets] and key = "value"
title = "a # that is no comment" # and one that is
"quoted key" = 'C:\new'
a.b."c.d" = 1
long = """
[not.a.table]
key = "not a key" \"""
"""
literal = \'\'\'
['x'] ''
\'\'\'
quotes = """""two before the end"""""
when = 2026-12-25 09:00:00
list = [
  "one", # comment ]
  [2, { deep = [3] }],
  """
four
""",
]
inline = { x = 1, "y z" = { w = "}" }, v.u = [] }

[ table . 'sub' ] # header
key = 1
[[many]]
name = "first"
[[many.inner]]
n = 1
[[many.inner]]
n = 2
[many.only]
n = 3
[[many]]
name = "second"
  [ table ]
  top = 0
'''.replace("\\'", "'")


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The way to everything a TOML text holds."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in parts:
        yield from leaves(each, (*path, key))


def test_every_way_to_write_a_key_is_found_on_its_line() -> None:
    lines = key_lines(EVERY_WAY)
    rows = EVERY_WAY.split("\n")
    for path in leaves(tomllib.loads(EVERY_WAY)):
        row = rows[lines[path] - 1]
        assert isinstance(path[-1], int) or path[-1] in row, f"{path} is not in line {lines[path]}: {row}"
    places = {
        ("a", "b", "c.d"): "a.b.",
        ("list", 0): '  "one"',
        ("list", 1, 1, "deep", 0): "  [2,",
        ("list", 2): '  """',
        ("inline", "y z", "w"): "inline",
        ("table",): "  [ table ]",
        ("table", "sub", "key"): "key = 1",
        ("many", 0, "inner", 1, "n"): "n = 2",
        ("many", 0, "only", "n"): "n = 3",
        ("many", 1, "name"): 'name = "second"',
    }
    for path, start in places.items():
        assert rows[lines[path] - 1].startswith(start), path


def test_windows_line_ends_count_once() -> None:
    assert key_lines('a = """x\r\ny"""\r\nb = 1\r\n') == {("a",): 1, ("b",): 3}


def test_what_is_not_there_has_the_line_of_what_it_would_be_in() -> None:
    lines = key_lines("[a]\n[a.b]\nc = 1\n")
    assert line_of(lines, ("a", "b", "d")) == 2
    assert line_of(lines, ("a", "x", "y")) == 1
    assert line_of(lines, ("z",)) == 0


def test_a_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ValueError, match="no TOML on line 2"):
        key_lines("a = 1\n%\n")


# ---- any document


NAMES = st.one_of(
    st.from_regex(r"[a-z0-9_-]{1,6}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)
VALUES = st.recursive(
    st.one_of(st.integers(-99, 99), st.booleans(), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
DOCUMENTS = st.dictionaries(
    NAMES, st.one_of(VALUES, st.dictionaries(NAMES, VALUES), st.lists(st.dictionaries(NAMES, VALUES), min_size=1))
)


class Writer:
    """Writes a document in ways that ``draw`` chooses, and notes the line on which each key is put."""

    def __init__(self, data: st.DataObject) -> None:
        self.text = ""
        self.lines: dict[KeyPath, int] = {}
        self._draw = data.draw

    def document(self, values: dict[str, Any]) -> None:
        tables = {key: value for key, value in values.items() if self._as_table(value)}
        for key, value in values.items():
            if key not in tables:
                self._statement((), key, value)
        for key, value in tables.items():
            self._filler()
            if isinstance(value, dict):
                self._here((key,))
                self.text += f"[{self._key(key)}]\n"
                self._table((key,), value)
                continue
            for place, each in enumerate(value):
                self._here((key,))
                self._here((key, place))
                self.text += f"[[ {self._key(key)} ]] # again\n"
                self._table((key, place), each)

    def _as_table(self, value: Any) -> bool:
        tables = isinstance(value, dict) or (
            isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
        )
        return tables and self._draw(st.booleans())

    def _here(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def _filler(self) -> None:
        self.text += self._draw(st.sampled_from(["", "", "\n", "# [no] = \"table'\n", "  \t\n"]))

    def _table(self, path: KeyPath, table: dict[str, Any]) -> None:
        for key, value in table.items():
            self._statement(path, key, value)

    def _statement(self, path: KeyPath, key: str, value: Any) -> None:
        self._filler()
        self._here((*path, key))
        self.text += f"{self._key(key)} = "
        self._value((*path, key), value)
        self.text += self._draw(st.sampled_from(["\n", " # [x]\n", "\t\n"]))

    def _key(self, key: str) -> str:
        plain = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
        return key if plain and self._draw(st.booleans()) else self._basic(key)

    def _value(self, path: KeyPath, value: Any) -> None:
        if isinstance(value, str):
            self.text += self._string(value)
        elif isinstance(value, bool | int):
            self.text += str(value).lower()
        elif isinstance(value, list):
            self.text += "["
            for place, each in enumerate(value):
                self.text += self._draw(st.sampled_from(["", " ", "\n", " # ] }\n"]))
                self._here((*path, place))
                self._value((*path, place), each)
                self.text += self._draw(st.sampled_from([",", " ,", "\n,"]))
            self.text += self._draw(st.sampled_from(["]", " ]", "\n]"]))
        else:
            self.text += "{"
            for place, (key, each) in enumerate(value.items()):
                self.text += ", " if place else " "
                self._here((*path, key))
                self.text += f"{self._key(key)} = "
                self._value((*path, key), each)
            self.text += " }"

    def _string(self, value: str) -> str:
        body = self._basic(value)[1:-1]
        if self._draw(st.booleans()):
            return f'"{body}"'
        newlines = body.replace("\\n", "\n")
        return f'"""\n{newlines}"""'

    @staticmethod
    def _basic(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return (
            '"'
            + "".join(char if char.isprintable() or char == "\n" else f"\\U{ord(char):08x}" for char in escaped)
            + '"'
        )


@given(DOCUMENTS, st.data())
def test_any_document_in_any_writing_is_walked_right(values: dict[str, Any], data: st.DataObject) -> None:
    writer = Writer(data)
    writer.document(values)
    lines = key_lines(writer.text)
    assert {path: lines[path] for path in writer.lines} == writer.lines
    assert set(leaves(tomllib.loads(writer.text))) == set(lines)
