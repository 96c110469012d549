"""Who refers to whom in a Maildir: ids of each message by its unique name, read once and kept in a file.

The file is a cache in the plainest sense: lines of ``name<TAB>own id<TAB>message id<TAB>ids it refers to…``. If it is
lost it is made again from the messages; a line torn by a crash is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from connectors.records import MailRecord

_FIELDS = 3


class Ids(NamedTuple):
    """The ids one message carries. ``refers`` holds those of In-Reply-To and References."""

    own_id: str
    message_id: str
    refers: tuple[str, ...]

    @classmethod
    def of(cls, record: MailRecord) -> Ids:
        """The ids of ``record``."""
        own = record.own_id.replace("\t", " ").replace("\n", " ")
        return cls(own, record.message_id, tuple(dict.fromkeys((record.in_reply_to, *record.references))))


class Index:
    """The ids of one folder's messages. Read from its file when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, Ids] | None = None

    def known(self) -> Mapping[str, Ids]:
        """Ids by unique name."""
        return self._loaded()

    def _loaded(self) -> dict[str, Ids]:
        if self._ids is None:
            self._ids = {}
            try:
                text = self._path.read_text("utf-8", errors="replace")
            except OSError:
                text = ""  # not made yet, or not readable: then it is made again
            for line in text.split("\n")[:-1]:
                fields = line.split("\t")
                if len(fields) >= _FIELDS:
                    self._ids[fields[0]] = Ids(fields[1], fields[2], tuple(fields[3:]))
        return self._ids

    def add(self, found: Iterable[tuple[str, Ids]]) -> None:
        """Remember the ids of messages that were just read. Raises OSError."""
        known = self._loaded()
        fresh = [(unique, ids) for unique, ids in found if unique not in known]
        if not fresh:
            return
        known.update(fresh)
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(
                "".join(
                    "\t".join((unique, ids.own_id, ids.message_id, *ids.refers)) + "\n" for unique, ids in fresh
                ).encode()
            )

    def keep(self, present: Iterable[str]) -> None:
        """Forget what is no longer there, once it is more than half of the file. Raises OSError."""
        known = self.known()
        kept = {unique: known[unique] for unique in present if unique in known}
        if len(kept) * 2 >= len(known):
            return
        self._ids = {}
        draft = self._path.with_suffix(".new")
        draft.write_bytes(b"")
        draft.replace(self._path)
        self.add(kept.items())
