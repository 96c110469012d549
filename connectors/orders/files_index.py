"""Where the rows of an order (a parcel, an invoice) lie, so that they are found again wherever they are.

An SQLite file in the source's cache, thrown away and made anew at will: cursors name the one they were made with, and a
cursor of another one counts for nothing.
"""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from connectors.errors import Temporary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_VERSION: Final = 2
_MANY: Final = 400  # names in one question
_TABLES: Final = """
    CREATE TABLE meta(token TEXT NOT NULL, last INTEGER NOT NULL);
    CREATE TABLE reading(
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL, mark TEXT NOT NULL
    );
    CREATE TABLE place(
        kind TEXT NOT NULL, key TEXT NOT NULL, reading INTEGER NOT NULL, start INTEGER NOT NULL,
        finish INTEGER NOT NULL, line INTEGER NOT NULL,
        PRIMARY KEY(kind, key, reading, start)
    ) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """Rows of one key that follow each other: the reading of the file, bytes from and to, the first one's line."""

    reading: int
    start: int
    finish: int
    line: int


class Index:
    """The index file of one source. Every method may raise Temporary: the disk is full, or not ours to write."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "files.index"
        self._connection: sqlite3.Connection | None = None
        self._token = ""

    @property
    def token(self) -> str:
        """Which index this is."""
        self._open()
        return self._token

    def reading(self, name: str, *, afresh: bool) -> int:
        """The id of the current reading of a file; ``afresh`` forgets where rows lay before."""
        if afresh:
            self.forget([name])
        with self._database() as database:
            # Numbers go up only: a later reading is a newer one, and none is given twice while old places lie about.
            (number,) = database.execute("UPDATE meta SET last = last + 1 RETURNING last").fetchone()
            known = database.execute("SELECT id FROM reading WHERE name=?", (name,)).fetchone()
            if known:
                database.execute("UPDATE reading SET sequence=? WHERE id=?", (number, known[0]))
                return int(known[0])
            database.execute("INSERT INTO reading VALUES (?,?,?,?)", (number, name, number, ""))
        return int(number)

    def readings(self) -> dict[int, tuple[int, str]]:
        """Of each reading that counts: its rank (a later one is newer) and the file's name."""
        with self._database() as database:
            return {
                number: (rank, name)
                for number, name, rank in database.execute("SELECT id, name, sequence FROM reading")
            }

    def marks(self) -> dict[str, str]:
        """How far each file is in the index, as ``mark`` was told."""
        with self._database() as database:
            return dict(database.execute("SELECT name, mark FROM reading WHERE mark <> ''"))

    def mark(self, name: str, mark: str) -> None:
        """Say how far a file has been read into the index."""
        with self._database() as database:
            database.execute("UPDATE reading SET mark=? WHERE name=?", (mark, name))

    def forget(self, names: Iterable[str]) -> None:
        """Files that went, or will be read afresh. Their places are swept out by ``sweep``."""
        with self._database() as database:
            database.executemany("DELETE FROM reading WHERE name=?", [(name,) for name in names])

    def sweep(self) -> None:
        """Remove the places of readings that no longer count."""
        with self._database() as database:
            database.execute("DELETE FROM place WHERE reading NOT IN (SELECT id FROM reading)")

    def note(self, rows: Iterable[tuple[str, str, int, int, int, int]]) -> None:
        """Write down places: kind, key, reading, start, finish, line."""
        with self._database() as database:
            database.executemany("INSERT OR REPLACE INTO place VALUES (?,?,?,?,?,?)", rows)

    def places(self, kind: str, keys: Iterable[str]) -> Mapping[str, list[Place]]:
        """The places of each key, in the order of the readings' ids and of the file."""
        found: dict[str, list[Place]] = {}
        wanted = list(dict.fromkeys(keys))
        with self._database() as database:
            for start in range(0, len(wanted), _MANY):
                part = wanted[start : start + _MANY]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, reading, start, finish, line FROM place WHERE kind=? AND key IN ({marks})"
                for key, *place in database.execute(query, (kind, *part)):
                    found.setdefault(key, []).append(Place(*place))
        return found

    def keep(self) -> None:
        """Commit what was noted."""
        with self._database() as database:
            database.commit()

    def close(self) -> None:
        """Let go of the file; what was not kept is lost."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """The open database; whatever goes wrong with it is said in words."""
        try:
            yield self._open()
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = self._connected()
            except (OSError, sqlite3.Error) as error:
                raise self._trouble(error) from error
        return self._connection

    def _connected(self) -> sqlite3.Connection:
        """The file as it is, or a new one where it is of another version, broken or not there."""
        for attempt in range(2):
            database = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
            try:
                # What a crash may cost here is a reading of the files, so no journal is waited for.
                database.executescript(
                    "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;"
                )
                version = database.execute("PRAGMA user_version").fetchone()[0]
                if version != _VERSION:
                    for table in ("meta", "reading", "place"):
                        database.execute(f"DROP TABLE IF EXISTS {table}")
                    database.executescript(_TABLES)
                    database.execute("INSERT INTO meta VALUES (?,0)", (uuid.uuid4().hex,))
                    database.execute(f"PRAGMA user_version={_VERSION}")
                    database.commit()
                self._token = str(database.execute("SELECT token FROM meta").fetchone()[0])
            except sqlite3.DatabaseError:
                database.close()
                if attempt:
                    raise
                self._path.unlink(missing_ok=True)
            else:
                return database
        raise AssertionError("two attempts end in a return or an error")

    def _trouble(self, error: Exception) -> Temporary:
        if isinstance(error, sqlite3.DatabaseError) and ("malformed" in str(error) or "not a database" in str(error)):
            self.close()
            self._path.unlink(missing_ok=True)  # the next run makes another
        return Temporary(f"{self._path} cannot be used: {error}", hint="check the free space and the folder's rights")
