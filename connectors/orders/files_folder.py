"""The watched folder: which files there are, what they hold, and whether somebody is still writing them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connectors.errors import Forbidden, NotFound, Temporary
from connectors.orders.files_kinds import kind_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson")
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp")
SETTLED_AFTER: Final = 1.0
"""Seconds for which a file has to stand still before it is read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the folder: its name (relative), path, size in bytes and time of change (nanoseconds)."""

    name: str
    path: Path
    size: int
    mtime: int
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in the folder: files of a known kind (oldest change first), and names of those nobody can place."""

    entries: tuple[Entry, ...]
    unplaced: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()

    def of(self, kinds: Iterable[str]) -> list[Entry]:
        """The files of these kinds, kind by kind in this order."""
        return [entry for kind in kinds for entry in self.entries if entry.kind == kind]


def worth_reading(name: str, patterns: Mapping[str, str]) -> bool:
    """Whether a file of this name may be read: not hidden, unfinished or to be ignored, and of a known form."""
    if name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED):
        return False
    kind = next((kind for pattern, kind in patterns.items() if fnmatch(name.lower(), pattern.lower())), "")
    return kind != "ignore" and (bool(kind) or name.lower().endswith(ENDINGS))


def listing(folder: Path, patterns: Mapping[str, str]) -> Listing:
    """The files in ``folder``. ``patterns`` (name with wildcards -> kind; "ignore" for none) go before what names tell.

    Raises:
        NotFound: there is no such folder.
        Forbidden: it may not be read.
        Temporary: it cannot be read now.
    """
    entries, unplaced, unfinished = [], [], []
    try:
        with os.scandir(folder) as found:
            for item in found:
                name = item.name
                if name.startswith((".", "~$")) or not item.is_file():
                    continue
                if name.lower().endswith(_UNFINISHED):
                    unfinished.append(name)
                    continue
                kind = next((kind for pattern, kind in patterns.items() if fnmatch(name.lower(), pattern.lower())), "")
                if kind == "ignore" or (not kind and not name.lower().endswith(ENDINGS)):
                    continue
                kind = kind or kind_of_file(name.rpartition(".")[0])
                if not kind:
                    unplaced.append(name)
                    continue
                facts = item.stat()
                entries.append(Entry(name, Path(item.path), facts.st_size, facts.st_mtime_ns, kind))
    except FileNotFoundError:
        raise NotFound(
            f"there is no folder {folder}", hint="make the folder, or correct `path` of the source"
        ) from None
    except NotADirectoryError:
        raise NotFound(f"{folder} is a file; `path` names the folder that holds the files") from None
    except PermissionError:
        raise Forbidden(f"the folder {folder} may not be read", hint="give this user the right to read it") from None
    except OSError as error:
        raise Temporary(f"the folder {folder} cannot be read: {error.strerror or error}") from error
    entries.sort(key=lambda entry: (entry.mtime, entry.name))
    return Listing(tuple(entries), tuple(sorted(unplaced)), tuple(sorted(unfinished)))


def settled(
    entries: Iterable[Entry], *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> list[Entry]:
    """Those of ``entries`` that nobody is writing any more: one changed just now is looked at twice."""
    quiet: list[tuple[Entry, float]] = []
    young: list[tuple[Entry, float]] = []
    for entry in entries:
        age = clock() - entry.mtime / 1e9
        (quiet if age >= SETTLED_AFTER else young).append((entry, age))
    if young:
        sleep(max(min(SETTLED_AFTER - age, SETTLED_AFTER) for _, age in young))
    still = [(entry, age) for entry, age in young if unmoved(entry)]
    return [entry for entry, _ in sorted([*quiet, *still], key=lambda each: (each[0].mtime, each[0].name))]


def unmoved(entry: Entry) -> bool:
    """Whether a file is as it was listed."""
    try:
        facts = entry.path.stat()
    except OSError:
        return False  # gone or renamed meanwhile: the next listing says what it is
    return (facts.st_size, facts.st_mtime_ns) == (entry.size, entry.mtime)
