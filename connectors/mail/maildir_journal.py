"""What of a Maildir has been handed over, kept beside the cursor and true to it.

A Maildir has no UIDs that grow, so telling what is new needs the set of names already seen: 200,000 of them are too
many for a cursor. They are written to an append-only file, and the cursor says how many bytes of which file count. If
the records of a run were not committed, the old cursor counts fewer bytes and the rest is cut off; if the file is gone
or too short, everything is handed over again. So the cursor alone decides: a message may come twice, none is lost.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_COMPACT_FROM = 2000  # lines beyond which a file with more history than content is written anew
_GONE = "-"


@dataclass(slots=True)
class Journal:
    """Names and flags of the messages handed over: lines of ``flags<TAB>name``, where flags ``-`` says it is gone."""

    folder: Path
    prefix: str
    name: str = ""
    length: int = 0
    lines: int = 0
    known: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, prefix: str, cursor: Mapping[str, Any] | None) -> Self:
        """The journal as ``cursor`` left it, an empty one if it was lost; files that no cursor needs are removed."""
        journal = cls(folder, prefix)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = str(cursor.get("journal", "")) if cursor else ""
        if not (cursor and wanted.startswith(prefix) and journal._load(wanted, int(cursor.get("length", 0)))):
            journal = cls(folder, prefix)
        for other in folder.glob(f"{prefix}*"):
            if other.name != journal.name:
                other.unlink(missing_ok=True)
        return journal

    def _load(self, name: str, length: int) -> bool:
        path = self.folder / name
        try:
            with path.open("rb") as file:
                raw = file.read(length)
        except OSError:
            return False
        if len(raw) != length or (raw and not raw.endswith(b"\n")):
            return False
        self.name, self.length = name, length
        for line in raw.decode("utf-8", "replace").split("\n")[:-1]:
            flags, _, unique = line.partition("\t")
            self._note(unique, flags)
        return True

    def _note(self, unique: str, flags: str) -> None:
        self.lines += 1
        if flags == _GONE:
            self.known.pop(unique, None)
        else:
            self.known[unique] = flags

    def write(self, changes: Iterable[tuple[str, str | None]]) -> None:
        """Add ``(name, flags)``; flags None: it is gone. Raises OSError."""
        noted = [(unique, _GONE if flags is None else flags) for unique, flags in changes]
        for unique, flags in noted:
            self._note(unique, flags)
        stale = self.lines > _COMPACT_FROM and self.lines > 2 * len(self.known)
        if not self.name or stale:
            # A new file: the old one stays for the cursor that names it, until another cursor is seen.
            self.name, self.length = f"{self.prefix}{secrets.token_hex(8)}", 0
            noted = list(self.known.items())
            self.lines = len(noted)
        payload = "".join(f"{flags}\t{unique}\n" for unique, flags in noted).encode("utf-8", "replace")
        handle = os.open(self.folder / self.name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:  # opened without O_TRUNC: what the cursor counts stays
            file.truncate(self.length)
            file.seek(self.length)
            file.write(payload)
        self.length += len(payload)

    def cursor(self) -> dict[str, Any]:
        """What a cursor has to hold to find this state again."""
        return {"journal": self.name, "length": self.length}
