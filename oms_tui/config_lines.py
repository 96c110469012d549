"""On which line of a TOML text each key stands.

``tomllib`` says what a file holds and not where; libraries that keep the layout (tomlkit) do not say it either, at a
start-up cost of tens of milliseconds. So the text is walked once more, but only when there is a mistake to tell. It has
been read by ``tomllib`` before: what reaches this walk is valid TOML.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from oms_tui.config_errors import KeyPath

_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_INLINE_BLANK: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2})'  # up to two quotes may stand before the closing three
    r"|'''(?:[^']|'(?!''))*'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_VALUE: Final = re.compile(r"[^,\]}\n#]+")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and list element of a valid TOML text, by its path.

    A table that is never written by itself (``a`` of ``[a.b]``) has the line of the first key that implies it.

    Raises:
        ValueError: the text is no TOML.
    """
    return _Walk(text.replace("\r\n", "\n")).lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """The line of ``path``, else of what it would be in; 0 if nothing of it is in the file."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0


class _Walk:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._line = 1  # of self._at
        self._arrays: dict[KeyPath, int] = {}  # how many tables each [[array]] has so far
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(text):
            table = self._header() if text[self._at] == "[" else self._statement(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"no TOML on line {self._line}")
        self._at = found.end()
        self._line += found[0].count("\n")
        return found[0]

    def _take(self, mark: str) -> bool:
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def _mark(self, path: KeyPath, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _header(self) -> KeyPath:
        line = self._line
        array = self._take("[[")
        if not array:
            self._take("[")
        *parents, last = self._key()
        path: KeyPath = ()
        for part in parents:
            path = self._entered((*path, part))
        path = (*path, last)
        if array:
            self._arrays[path] = self._arrays.get(path, -1) + 1
        if path not in self._arrays and path in self.lines:
            self.lines[path] = line  # its own header tells more than the first table below it
        path = self._entered(path)
        self._mark(path, line)
        self._take("]]" if array else "]")
        return path

    def _entered(self, path: KeyPath) -> KeyPath:
        return (*path, self._arrays[path]) if path in self._arrays else path

    def _statement(self, table: KeyPath) -> KeyPath:
        line = self._line
        path = (*table, *self._key())
        self._mark(path, line)
        self._take("=")
        self._skip(_INLINE_BLANK)
        self._value(path)
        return table

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_INLINE_BLANK)
            quoted = self._text[self._at] in "\"'"
            piece = self._skip(_STRING if quoted else _BARE_KEY)
            parts.append(tomllib.loads(f"key = {piece}")["key"] if quoted else piece)
            self._skip(_INLINE_BLANK)
            if not self._take("."):
                return parts

    def _value(self, path: KeyPath) -> None:
        if self._take("["):
            self._list(path)
        elif self._take("{"):
            self._inline_table(path)
        elif self._text[self._at] in "\"'":
            self._skip(_STRING)
        else:
            self._skip(_BARE_VALUE)

    def _list(self, path: KeyPath) -> None:
        place = 0
        self._skip(_BLANK)
        while not self._take("]"):
            self._mark((*path, place), self._line)
            self._value((*path, place))
            place += 1
            self._skip(_BLANK)
            self._take(",")
            self._skip(_BLANK)

    def _inline_table(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        while not self._take("}"):
            self._statement(path)
            self._skip(_BLANK)
            self._take(",")
            self._skip(_BLANK)
