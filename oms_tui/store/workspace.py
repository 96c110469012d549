"""A desk's folder: the cache file beside the desk file, opened with the right settings, made when they are not there.

The two files are never written in one transaction (their commits are not atomic together): the desk is written first,
and the cache applies what the desk's change feed says (``change_feed.apply_desk``), as often as it takes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self
from zlib import crc32

from oms_tui.store import compiled_sql
from oms_tui.store.driver import Connection, DatabaseError, connect, transaction
from oms_tui.store.space import HINT, shortage

if TYPE_CHECKING:
    from pathlib import Path

CACHE_VERSION = 1
DESK_VERSION = 2
_APPLICATION_ID = 0x6F6D7374  # "omst"


class StoreError(Exception):
    """The store cannot be used as it is; the message says what to do."""


class Workspace:
    """The two files of one desk, on connections that belong to one thread at a time.

    Args:
        folder: where the files lie; made if it is not there.
        checkpoints: True only in the sync worker (see driver.py).
        takes_in: True for what writes a source's pages into the cache.
        read_only: refuse every write, to the desk too (``--read-only``).
    """

    def __init__(
        self, folder: Path, *, checkpoints: bool = False, takes_in: bool = False, read_only: bool = False
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self.cache_path = folder / "cache.db"
        self.desk_path = folder / "desk.db"
        self._checkpoints = checkpoints
        self._takes_in = takes_in
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            words = f"cannot make the desk's folder {folder}: {error.strerror}; choose another with `[desk] data`"
            raise StoreError(words) from error
        self.desk = self._open(self.desk_path, durable=True)
        self.cache = self._open_cache()

    def _open(self, path: Path, *, durable: bool) -> Connection:
        read_only = self.read_only and path.exists()
        wanted = DESK_VERSION if durable else CACHE_VERSION
        try:
            connection = connect(
                path,
                durable=durable,
                checkpoints=self._checkpoints,
                takes_in=self._takes_in and not durable,
                read_only=read_only,
            )
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            older = durable and 0 < found <= wanted and (found < wanted or not _as_declared(connection))
        except DatabaseError as error:
            raise StoreError(f"cannot open {path}: {error}; {_hint(path, durable=durable)}") from error
        if found > wanted:
            connection.close()
            raise StoreError(
                f"{path} was made by a newer oms-tui (its version {found}, ours {wanted}): update oms-tui"
                + ("" if durable else ", or `oms-tui store rebuild-cache` to fetch everything again")
            )
        if found == 0:
            _create(connection, durable=durable)
        elif older:
            self._bring_forward(connection)
        return connection

    def _bring_forward(self, desk: Connection) -> None:
        """A desk of an earlier declaration gets what it lacks; the migrator is imported for such a one alone."""
        if self.read_only:
            desk.close()
            raise StoreError(
                f"{self.desk_path} was made by an earlier oms-tui: open the desk once without --read-only to bring it "
                "forward"
            )
        from oms_tui.store.migrate import bring_forward

        try:
            bring_forward(desk, self.desk_path)
        except (OSError, DatabaseError) as error:
            desk.close()
            words = f"{self.desk_path} could not be brought forward: {error}; {_hint(self.desk_path, durable=True)}"
            raise StoreError(words) from error

    def _open_cache(self) -> Connection:
        """The cache; one that is damaged or of other tables is put aside and made anew: it can be fetched again."""
        try:
            connection = self._open(self.cache_path, durable=False)
            row = connection.execute("SELECT value FROM meta WHERE key = 'layout'").fetchone()
        except StoreError:
            if not _damaged(self.cache_path):
                raise
        except DatabaseError as error:
            if not is_damage(error):
                words = f"cannot read {self.cache_path}: {error}; {_hint(self.cache_path, durable=False)}"
                raise StoreError(words) from error
        else:
            if row and row[0] == _layout():
                return connection
            connection.close()
            self.put_cache_aside("of-another-layout")
            return self._open(self.cache_path, durable=False)
        self.put_cache_aside("damaged")
        return self._open(self.cache_path, durable=False)

    def give_memory_back(self) -> None:
        """Give back what was kept of the cache's pages: a source that waits for its next round needs none of it."""
        self.cache.execute("PRAGMA shrink_memory").fetchall()

    def put_cache_aside(self, why: str) -> None:
        """Rename the cache's files so that the next open makes an empty one; nothing is deleted."""
        if hasattr(self, "cache"):
            self.cache.close()
        put_cache_aside(self.folder, why)

    def reply_key(self) -> bytes:
        """The secret that reply addresses are signed with: made with the desk, never shown."""
        from oms_tui.store.desk_rows import get

        row = get(self.desk, "desk_meta", "reply_key")
        return bytes.fromhex(row["value"]) if row else b""

    def is_for_trying(self) -> bool:
        """Whether this is a demo's or a test's store, on which the clock may be set."""
        from oms_tui.store.desk_rows import get

        return get(self.desk, "desk_meta", "for_trying") is not None

    def mark_for_trying(self) -> None:
        """Say that this store is a demo's or a test's."""
        from oms_tui.store.desk_rows import put

        put(self.desk, "desk_meta", {"key": "for_trying", "value": "1"})

    def close(self) -> None:
        """Close both files."""
        self.cache.close()
        self.desk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def put_cache_aside(folder: Path, why: str) -> None:
    """Rename a desk's cache without opening it (it may be of a newer version, or no database at all).

    The one put aside before is deleted: all of it can be fetched again, and two versions of the program that take
    turns on a folder would fill the disk.
    """
    for older in folder.glob("cache-*-*.db*"):
        older.unlink(missing_ok=True)
    stamp = int(time.time())
    for suffix in ("", "-wal", "-shm"):
        path = folder / f"cache.db{suffix}"
        if path.exists():
            path.rename(path.with_name(f"cache-{why}-{stamp}.db{suffix}"))


def _layout(ddl: tuple[str, ...] = compiled_sql.CACHE_DDL) -> str:
    """A name for tables as they are declared: a cache of others is fetched again, a desk brought forward."""
    return f"{crc32(''.join(ddl).encode()):08x}"


def desk_layout() -> str:
    """The name of the desk's tables as they are declared; ``desk_meta`` keeps that of its file."""
    return _layout(compiled_sql.DESK_DDL)


def _as_declared(desk: Connection) -> bool:
    row = desk.execute("SELECT value FROM desk_meta WHERE key = 'layout'").fetchone()
    return row is not None and bool(row[0] == desk_layout())


def is_damage(error: Exception) -> bool:
    """Whether a database error means that the file itself is broken, and not a lock or a full disk."""
    words = str(error).lower()
    signs = ("malformed", "not a database", "no such table", "no such column", "unsupported file format")
    return any(sign in words for sign in signs)


def _damaged(path: Path) -> bool:
    try:
        connection = connect(path, durable=False, read_only=True)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except DatabaseError as error:
        return is_damage(error)
    connection.close()
    return False


def _hint(path: Path, *, durable: bool) -> str:
    if short := shortage(path.parent):
        return f"{short}: {HINT}"
    if not durable:
        return "`oms-tui store rebuild-cache` fetches everything again"
    return (
        f"check that {path.parent} is writable and the disk not full; "
        "`oms-tui store verify` and `oms-tui store restore` help with a damaged file"
    )


def _create(connection: Connection, *, durable: bool) -> None:
    import secrets  # hashes and all: 4 ms that only a new desk pays

    from oms_tui.store.ids import unique

    with transaction(connection):
        if int(connection.execute("PRAGMA user_version").fetchone()[0]):
            return  # another process was quicker
        for statement in compiled_sql.DESK_DDL if durable else compiled_sql.CACHE_DDL:
            connection.execute(statement)
        if durable:
            from oms_tui.store.desk_rows import put

            put(connection, "desk_meta", {"key": "desk_id", "value": unique()})
            put(connection, "desk_meta", {"key": "reply_key", "value": secrets.token_hex(32)})
            put(connection, "desk_meta", {"key": "layout", "value": desk_layout()})
        else:
            connection.execute("INSERT INTO meta(key, value) VALUES ('desk_seq', '0'), ('layout', ?)", (_layout(),))
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={DESK_VERSION if durable else CACHE_VERSION}")
