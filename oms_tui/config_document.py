"""One TOML file of a config: its text, what it holds, and the mistakes found in it."""

from __future__ import annotations

import re
import tomllib
from copy import copy
from typing import TYPE_CHECKING, Any

from oms_tui.config_errors import ConfigError, Mistake, dotted, nearest, printable
from oms_tui.config_values import WrongItemError, wrong_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from oms_tui.config_errors import KeyPath
    from oms_tui.config_values import Reader

_LARGEST = 4_000_000  # bytes; no desk's config is a hundredth of it
_PLACE = r" ?\(at (?:line (\d+), column \d+|end of document)\)$"


class Document:
    """A TOML file that has been read.

    Raises:
        ConfigError: it is not there, cannot be read, or is no TOML.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mistakes: list[Mistake] = []
        self._text = _text_of(path)
        self._lines: dict[KeyPath, int] | None = None
        try:
            self.table: dict[str, Any] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError([self._broken(str(error))]) from None
        except RecursionError:
            raise ConfigError([Mistake(path, 0, "", "is nested too deeply to be read")]) from None

    def __repr__(self) -> str:
        return f"Document({str(self.path)!r})"  # the text may hold what should have been a secret

    def _broken(self, words: str) -> Mistake:
        place = re.search(_PLACE, words)
        line = int(place[1]) if place and place[1] else self._text.count("\n") + 1
        return Mistake(self.path, line, "", f"is no TOML: {re.sub(_PLACE, '', words)}")

    def line(self, path: KeyPath) -> int:
        """The line of a key; 0 if nothing of it is in the file."""
        from oms_tui.config_lines import key_lines, line_of  # only a wrong config pays for it

        if self._lines is None:
            self._lines = key_lines(self._text)
        return line_of(self._lines, path)

    def wrong(self, path: KeyPath, words: str) -> None:
        """Note a mistake. ``words`` must not repeat what may be a secret."""
        mistake = Mistake(self.path, self.line(path), dotted(path), words.rstrip(" ;"))
        if mistake not in self._mistakes:  # two checks may see the same
            self._mistakes.append(mistake)

    def take_mistakes(self) -> list[Mistake]:
        """What was noted since the last time, in the order of the lines."""
        taken, self._mistakes = sorted(self._mistakes, key=lambda each: each.line), []
        return taken

    def again(self) -> Document:
        """The same file with no mistake noted yet: for a later check, which another thread may make too."""
        twin = copy(self)
        twin._mistakes = []  # noqa: SLF001 - of its own kind
        return twin

    @property
    def clean(self) -> bool:
        """Whether nothing has been noted."""
        return not self._mistakes

    def unknown(self, path: KeyPath, known: Iterable[str], *, what: str = "key") -> None:
        """Note a key nobody reads, and the known one it resembles."""
        self.wrong(path, f"there is no such {what}; {nearest(str(path[-1]), known)}")

    def missing(self, path: KeyPath, why: str = "") -> None:
        """Note a key that has to be there."""
        self.wrong(path, f"is missing: {why}" if why else "is missing, and has to be given")

    def subtable(self, table: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
        """The table under the last key of ``path``; empty, and noted, if something else is there."""
        found = table.get(str(path[-1]), {})
        if isinstance(found, dict):
            return found
        self.wrong(path, str(wrong_type("a table", found)))
        return {}

    def read(
        self, table: Mapping[str, Any], path: KeyPath, readers: Mapping[str, Reader], *, required: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The values of a table by its keys' readers; what is wrong is noted and left out."""
        for key in required:
            if key not in table:
                self.missing((*path, key))
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in readers:
                self.unknown((*path, key), readers)
                continue
            try:
                values[key] = readers[key](value)
            except WrongItemError as error:
                self.wrong((*path, key, *error.path), str(error))
            except ValueError as error:
                self.wrong((*path, key), str(error))
        return values


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        words = "there is no such file; `oms-tui init` writes one, `oms-tui demo` makes a desk to try"
    except IsADirectoryError:
        words = "is a folder; the config is a file, usually config.toml in it"
    except OSError as error:
        words = f"cannot be read: {printable(error.strerror or 'the system refuses')}"
    else:
        if len(raw) > _LARGEST:
            raise ConfigError([Mistake(path, 0, "", f"is larger than {_LARGEST // 1_000_000} MB: that is no config")])
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise ConfigError([Mistake(path, line, "", "is not UTF-8: save it as UTF-8")]) from None
    raise ConfigError([Mistake(path, 0, "", words)])
