"""What a command works with: the config, a session at its store, and a way to answer in words or in JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui.commands.failures import NOTHING, WRONG_USE, Failure, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

_YEARS: Final = range(1971, 2101)
"""Years that ``--now`` may name: reckoning weeks and months around them stays within what a calendar holds."""


def config_of(options: Any, *, checked: bool = False) -> Config:
    """The config that the options name.

    Raises:
        ConfigError: it is wrong, or missing.
    """
    from oms_tui.config import load

    path = Path(options.config) if options.config else None
    if checked:
        from oms_tui.sources import load_checked

        config = load_checked(path)
    else:
        config = load(path)
    if config.set_aside and not getattr(options, "told_of_views", False):
        options.told_of_views = True
        for mistake in config.set_aside:  # it is everybody's, and stops nobody
            tell(f"oms-tui: {mistake} (left out)")
    return config


def logs_folder(options: Any) -> Path:
    """Where reports lie: the desk's own folder, else one for the time being."""
    try:
        return config_of(options).folders.logs
    except Exception:  # noqa: BLE001 - a report about a broken config must land somewhere
        return Path(tempfile.gettempdir()) / "oms-tui"


class Opened(NamedTuple):
    """A desk, open."""

    config: Config
    session: Session


def opened(options: Any, *, checked: bool = True, runs: bool = False) -> Opened:
    """The config and a session at its store. Without ``checked`` the sources' own settings are left unread.

    The tiers' rules are looked at either way: one that cannot be read would end what it promised.
    ``runs``: a clock that ``--now`` sets goes on from there, for what stays open; a command's stands still.

    Raises:
        ConfigError, StoreError, KeyError: as ``desk.open_session``.
        Failure: ``--now`` on a store that is not for trying out.
    """
    from oms_tui.config_checked import check_once
    from oms_tui.desk import open_session

    config = config_of(options)
    check_once(config, sources=checked)
    clock = clock_of(options, runs=runs)
    session = open_session(config, agent=options.agent, read_only=options.read_only, clock=clock)
    try:
        refuse_other_time(options, session.store)
    except Failure:
        session.store.close()
        raise
    return Opened(config, session)


def clock_of(options: Any, *, runs: bool) -> Callable[[], int]:
    """The clock of a session: the wall's, or the one ``--now`` sets, which goes on from there if it ``runs``.

    Raises:
        Failure: ``--now`` is no time.
    """
    from oms_tui.store.session import wall_clock

    if not options.now:
        return wall_clock
    at = _read_time(options.now)
    if not runs:
        return lambda: at
    ahead = at - wall_clock()
    return lambda: wall_clock() + ahead


def refuse_other_time(options: Any, store: Workspace) -> None:
    """See that ``--now`` is used where time may be another one.

    Raises:
        Failure: on a real store.
    """
    if options.now and not store.is_for_trying():
        raise Failure(
            WRONG_USE,
            "now",
            "--now works on a demo or test store only: on a real one the clock is the clock",
            field="now",
        )


def _read_time(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(
            WRONG_USE, "now", f"--now: {text!r} is no time", field="now", hint="write it like 2026-11-26T10:00:00Z"
        ) from None
    if at.year not in _YEARS:
        words = f"--now: {text!r} is no time of a desk's: the year is {_YEARS[0]} to {_YEARS[-1]}"
        raise Failure(WRONG_USE, "now", words, field="now")
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def settled(session: Session, *, orders: int = 0) -> None:
    """Bring the cache up to the desk's decisions and the time, as far as nobody else has.

    ``orders``: how many were decided on just now, all of which are waited for; what follows from them is as well.
    """
    from oms_tui.store.derive.by_time import catch_up
    from oms_tui.store.settle import WHOLE, settle

    if not session.store.read_only:
        settle(session.store, session.policy, session.now(), most=orders + WHOLE)
        catch_up(session.store, session.policy, session.now())


def order_named(session: Session, text: str) -> int:
    """The one order that ``text`` names: its number, ``source:number``, or a remote id.

    Raises:
        Failure: there is none, or several (exit code 1); the hint names them.
    """
    from oms_tui.store.reads.queue import find_orders, items

    found = find_orders(session.store, text, whole=True)  # a beginning may be meant by who looks, never by who does
    if not found:
        raise not_found(
            f"there is no order {text!r}", "`oms-tui find` searches; a number may need its source: shop:1042"
        )
    if len(found) > 1:
        named = ", ".join(f"{item.source}:{item.number}" for item in items(session.store, found[:9]))
        raise Failure(NOTHING, "ambiguous", f"{text!r} names {len(found)} orders", hint=f"say which: {named}")
    return found[0]


def emit(document: Any) -> None:
    """Write the one JSON document of a ``--json`` run; in a charset that lacks signs they are escaped."""
    plain = sys.stdout.encoding.lower() not in {"utf-8", "utf8"}
    sys.stdout.write(json.dumps(document, ensure_ascii=plain, separators=(",", ":")) + "\n")


def say(text: str) -> None:
    """Write a line of the answer."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """Write a line beside the answer: progress, and words for people."""
    sys.stderr.write(f"{text}\n")


def table(rows: Iterable[Sequence[str]], heads: Sequence[str]) -> None:
    """Write rows in columns as wide as their widest cell; cells are one safe line each."""
    from oms_tui.domain.safe_text import safe_line

    lines = [list(heads), *([safe_line(cell, 80) for cell in row] for row in rows)]
    from rich.cells import cell_len, set_cell_size

    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        say("  ".join(set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip())
