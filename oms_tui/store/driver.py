"""SQLite, carefully: which library, which settings, how a transaction begins.

Versions before 3.51.3 can, rarely, corrupt a WAL file when one connection writes while another checkpoints; so the
bundled newer library is used where the interpreter's is older, and only the sync worker's connection checkpoints.
``BEGIN IMMEDIATE`` always: a deferred BEGIN that writes later failed with "locked" in half of the transactions tried.
"""

from __future__ import annotations

import sqlite3 as _interpreter
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAFE_WAL = (3, 51, 3)
if _interpreter.sqlite_version_info < SAFE_WAL:
    try:
        from pysqlite3 import dbapi2 as sqlite
    except ImportError:  # no wheel for this platform; doctor names the version
        sqlite = _interpreter
else:
    sqlite = _interpreter

Connection = _interpreter.Connection  # both libraries' connections have this shape
Row = tuple[Any, ...]
OperationalError: type[Exception] = sqlite.OperationalError
DatabaseError: type[Exception] = sqlite.DatabaseError
IntegrityError: type[Exception] = sqlite.IntegrityError

_BUSY_MILLISECONDS = 10_000
_STEPS_A_LOOK = 1_000


class TooMuch(Exception):
    """A statement took more steps than it was given: what was asked is found another way, or told as not counted."""


def version() -> str:
    """The SQLite version in use."""
    return str(sqlite.sqlite_version)


def version_is_safe() -> bool:
    """Whether this SQLite has the WAL fix of 3.51.3."""
    return tuple(sqlite.sqlite_version_info) >= SAFE_WAL


def connect(
    path: Path, *, durable: bool, checkpoints: bool = False, takes_in: bool = False, read_only: bool = False
) -> Connection:
    """Open a file of the store.

    Args:
        path: the file; made if it is not there (unless ``read_only``).
        durable: wait for the disk at every commit (the desk's data), or only at checkpoints (the cache).
        checkpoints: this connection moves the WAL into the file; the sync worker's alone does.
        takes_in: it writes what a source brings: its transactions touch pages all over the indexes.
        read_only: refuse writes.

    Raises:
        OperationalError: the file cannot be opened (permission, full disk, not a database).
    """
    name = f"file:{_quoted(path)}?mode={'ro' if read_only else 'rwc'}"
    connection: Connection = sqlite.connect(
        name, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")  # before anything that could meet a lock
    if not read_only and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    # A first sync wrote the same pages of its indexes again and again: moved every 32 MB it takes half the time.
    connection.execute(f"PRAGMA wal_autocheckpoint={8000 if checkpoints else 0}")
    # What a desk reads lies in the system's own cache; a large one of ours made it grow with the shop.
    connection.execute(f"PRAGMA cache_size={-65536 if checkpoints else -32768 if takes_in else -4096}")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA journal_size_limit=67108864")
    return connection


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """One write transaction; nested calls join the outer one. Rolled back on any exception."""
    if connection.in_transaction:
        yield connection
        return
    _begin(connection)
    try:
        yield connection
    except BaseException:
        if connection.in_transaction:  # SQLITE_FULL and others have rolled back already
            connection.execute("ROLLBACK")
        raise
    try:
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk: nothing of it may wait for the next one's commit
            connection.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Everything read inside is of one moment, and a file is locked once for all of it and not at every statement.

    For reads alone: a write inside could fail with "locked".
    """
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:  # a broken file has ended it already
            connection.execute("COMMIT")


@contextmanager
def at_most(connection: Connection, steps: int | None) -> Iterator[None]:
    """Give what is read inside so many steps of SQLite's machine, some 30,000 of which take a millisecond.

    Steps and not milliseconds: an answer must not depend on what else the machine is doing. Not for use in itself.

    Args:
        connection: what reads.
        steps: in thousands, rounded down; None for as many as it takes.

    Raises:
        TooMuch: they were not enough; what was read is lost, and the connection as it was before.
    """
    if steps is None:
        yield
        return
    left = steps // _STEPS_A_LOOK

    def spent() -> int:
        nonlocal left
        left -= 1
        return int(left < 0)

    connection.set_progress_handler(spent, _STEPS_A_LOOK)
    try:
        yield
    except OperationalError as error:
        if "interrupt" not in str(error):
            raise
        raise TooMuch from error
    finally:
        connection.set_progress_handler(None, 0)


def _begin(connection: Connection) -> None:
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except OperationalError as error:
            # busy_timeout does not cover SQLITE_BUSY_RECOVERY after a crash of another process
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def copied(connection: Connection, path: Path) -> None:
    """Write all that a connection sees into a new file, while others go on writing.

    Raises:
        DatabaseError: the disk is full, or the file cannot be written.
    """
    target = sqlite.connect(str(path))
    try:
        connection.backup(target)
    finally:
        target.close()


def in_memory() -> Connection:
    """An empty database that is nowhere."""
    connection: Connection = sqlite.connect(":memory:", isolation_level=None)
    return connection


def data_version(connection: Connection) -> int:
    """A number that moves when another connection has committed (2 microseconds a look)."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
