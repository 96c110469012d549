"""How a wrong config is told: every mistake at once, each with its file, line, key and what may have been meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KeyPath = tuple[str | int, ...]
"""The way to a value: keys, and places in lists counted from 0."""

_FEW = 12  # names that still make a sentence


class Mistake(NamedTuple):
    """One thing wrong. ``line`` counts from 1; 0: the whole file. ``words`` never hold a secret's value."""

    file: Path
    line: int
    key: str
    words: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.key}: {self.words}" if self.key else f"{place}: {self.words}"


class ConfigError(Exception):
    """The config cannot be used. ``str`` has a line for each mistake; the command line ends with ``exit_code``."""

    code = "config"
    exit_code = 2
    hint = "correct the file; config.example.toml explains every key"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def dotted(path: KeyPath) -> str:
    """A key as one writes it: ``views."Late key accounts".columns[2]``."""
    written = ""
    for part in path:
        if isinstance(part, int):
            written += f"[{part + 1}]"
            continue
        plain = part.isascii() and part.replace("-", "").replace("_", "").isalnum()
        name = part if plain else '"' + printable(part).replace("\\", "\\\\").replace('"', '\\"') + '"'
        written += f".{name}" if written else name
    return written


def printable(text: str, limit: int = 60) -> str:
    """``text`` fit for one line of a message."""
    line = "".join(char if char.isprintable() else "?" for char in text[: limit + 1])
    return line if len(line) <= limit else line[: limit - 1] + "…"


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say of an unknown name: the known one it resembles, else those there are (if they are few)."""
    names = sorted(set(known))
    return meant(name, names) or (f"there are: {', '.join(names)}" if 0 < len(names) <= _FEW else "")


def meant(name: str, known: Iterable[str]) -> str:
    """The question whether the known name was meant that ``name`` resembles; "" if it resembles none."""
    from difflib import get_close_matches  # only a wrong config pays for it

    by_fold = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return f"did you mean {by_fold[found[0]]}?" if found else ""
