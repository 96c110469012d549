"""One worker a desk: a row in the desk file that its holder renews, and that others may take when it stands still.

No wall clock decides: a newcomer watches the row's version with a clock that only runs forward. A holder that died on
this machine is known at once by its process id and start time; one elsewhere, or one that is frozen, by its silence.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oms_tui.store.desk_rows import get, put
from oms_tui.store.driver import DatabaseError, connect, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.store.desk_rows import Values
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

SYNC: Final = "sync"
RENEW_SECONDS: Final = 1.0
SILENCE_SECONDS: Final = 4.0
"""How long a lease stands still before somebody else may take it: with one missed look it is below five seconds."""

_LOOK_SECONDS: Final = 0.2
_START_TIME_FIELD: Final = 19  # of /proc/<pid>/stat, counted behind the command's name


class LeaseHeld(Exception):
    """Another process holds the lease; the message says which, in words for a person."""

    code = "worker_runs"
    hint = "it reads and sends by itself; end it first if this one is to do it"


class Lease:
    """A lease that is ours until ``renew`` says otherwise. Made by ``take``.

    Its connection does not wait for the disk: a lease that a power cut forgets is a lease nobody holds.
    """

    def __init__(self, connection: Connection, name: str, holder: str, version: int) -> None:
        self._connection = connection
        self._name = name
        self._holder = holder
        self._version = version
        self._renewed = time.monotonic()

    def fresh(self) -> bool:
        """Whether nobody can have taken it yet. False after this process was frozen, before it could renew."""
        return time.monotonic() - self._renewed < SILENCE_SECONDS

    def renew(self, now: int) -> bool:
        """Hold on to it; False: somebody else has it. ``now`` (milliseconds) is only written down, for people.

        Where it cannot be written (a full disk, a lock that would not go) nobody else can take it either: it stays
        ours, but is not ``fresh`` until it could be renewed, so that nothing leaves meanwhile.
        """
        asked = time.monotonic()
        try:
            with transaction(self._connection):
                row = get(self._connection, "leases", self._name)
                if row is None or (row["holder"], row["version"]) != (self._holder, self._version):
                    return False
                version = _write(self._connection, self._name, self._holder, self._version + 1, now)
        except DatabaseError:
            return not self._taken()
        self._version = version  # only now: a commit may fail
        self._renewed = asked
        return True

    def _taken(self) -> bool:
        """Whether somebody else is seen to have it; False where that cannot be read either."""
        try:
            row = get(self._connection, "leases", self._name)
        except DatabaseError:
            return False
        return row is None or (row["holder"], row["version"]) != (self._holder, self._version)

    def release(self, now: int) -> None:
        """Give it back, so that the next one need not wait. May be called twice."""
        with suppress(DatabaseError), transaction(self._connection):
            row = get(self._connection, "leases", self._name)
            if row is not None and (row["holder"], row["version"]) == (self._holder, self._version):
                self._version = _write(self._connection, self._name, "", self._version + 1, now)
        self._connection.close()


def take(
    store: Workspace,
    name: str,
    now: int,
    *,
    patience: float = SILENCE_SECONDS + 0.5,
    stopping: Callable[[], bool] = lambda: False,
) -> Lease:
    """Take the lease, waiting at most ``patience`` seconds (until ``stopping``) to see whether its holder still lives.

    Raises:
        LeaseHeld: somebody else holds it.
    """
    connection = connect(store.desk_path, durable=False)
    try:
        return _taken(connection, name, now, patience, stopping)
    except BaseException:
        connection.close()
        raise


def _taken(connection: Connection, name: str, now: int, patience: float, stopping: Callable[[], bool]) -> Lease:
    holder = this_process()
    seen: int | None = None
    since = time.monotonic()
    while True:
        with transaction(connection):
            row = get(connection, "leases", name)
            silent = row is not None and row["version"] == seen and time.monotonic() - since >= SILENCE_SECONDS
            if row is None or silent or _given_up(row):
                version = _write(connection, name, holder, row["version"] + 1 if row else 1, now)
                return Lease(connection, name, holder, version)
        moved = seen is not None and row["version"] != seen
        waited = stopping() or time.monotonic() - since > patience
        if moved or waited or (lives(row["holder"]) and _was_just_renewed(row, now)):
            raise LeaseHeld(f"{told(row['holder'])} looks after this desk already")
        seen = row["version"]
        time.sleep(_LOOK_SECONDS)


def holder_of(store: Workspace, name: str) -> str:
    """Who holds the lease, in words; "" for nobody as far as can be told without waiting."""
    row = get(store.desk, "leases", name)
    if row is None or _given_up(row):
        return ""
    return told(row["holder"])


def this_process() -> str:
    """A name for this process that no other has, now or later: ``machine|pid|start time``."""
    return f"{_machine()}|{os.getpid()}|{_started(os.getpid())}"


def lives(holder: str) -> bool | None:
    """Whether the process named ``holder`` runs; None: it is not on this machine."""
    machine, _, rest = holder.rpartition("|")[0].rpartition("|")
    pid, start = rest, holder.rpartition("|")[2]
    if machine != _machine() or not pid.isdecimal():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and there
    return not start or start == _started(int(pid))


def told(holder: str) -> str:
    """A holder in words."""
    machine, _, pid = holder.rpartition("|")[0].rpartition("|")
    return f"process {pid or '?'} on {machine.partition('/')[0] or 'another machine'}"


def _given_up(row: Values) -> bool:
    return not row["holder"] or lives(row["holder"]) is False


def _was_just_renewed(row: Values, now: int) -> bool:
    """By the wall clock, which may be wrong; then the version is watched as for a holder elsewhere."""
    return bool(0 < row["expires_at"] - now <= SILENCE_SECONDS * 1000)


def _write(connection: Connection, name: str, holder: str, version: int, now: int) -> int:
    expires = now + int(SILENCE_SECONDS * 1000) if holder else now
    put(connection, "leases", {"name": name, "holder": holder, "expires_at": expires, "version": version})
    return version


def _machine() -> str:
    """Host, boot and process namespace: two containers may share a host's name and a desk's folder."""
    boot = ""
    space = ""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    return f"{os.uname().nodename}/{boot}/{space}"


def _started(pid: int) -> str:
    """When a process started, in the kernel's count; "" where the system does not tell."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[_START_TIME_FIELD]
    return ""
