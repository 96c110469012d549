"""What a config says, as values of ours. Nothing here reads a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from oms_tui.domain.rules import Rule as Rule  # noqa: PLC0414, TC001 - handed on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from oms_tui.config_document import Document
    from oms_tui.config_errors import Mistake
    from oms_tui.domain.business_time import BusinessHours

_STALE_AFTER: Final = timedelta(minutes=15)
_POLLS_MISSED: Final = 3


@dataclass(frozen=True)
class Folders:
    """Where a desk keeps its files. ``config`` is the config file's folder; relative paths in it start there."""

    config: Path
    data: Path
    cache: Path
    logs: Path


@dataclass(frozen=True)
class Store:
    """Where the desk's data are: a folder for SQLite's files, or a PostgreSQL database's URL without a password."""

    kind: Literal["sqlite", "postgresql"]
    folder: Path
    url: str = ""


@dataclass(frozen=True)
class Hours:
    """When the desk is open: spans by day (``mon`` … ``sun``), and days on which it is closed. None: always open."""

    week: Mapping[str, tuple[str, ...]] | None = None
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True)
class Desk:
    """The desk itself. ``agent`` is who sits at it; "" where that is said with ``--as``."""

    zone: ZoneInfo
    store: Store
    name: str = "oms-tui"
    agent: str = ""
    language: str = "en"
    signature: str = ""
    undo_window: timedelta = timedelta(seconds=10)
    hours: Hours = Hours()

    def business_hours(self) -> BusinessHours:
        """The hours as a clock: always open where none are named."""
        from oms_tui.domain.business_time import BusinessHours, read_week

        if self.hours.week is None:
            return BusinessHours.always(self.zone)
        return BusinessHours(self.zone, read_week(self.hours.week), self.hours.holidays)


@dataclass(frozen=True)
class Agent:
    """Somebody who works at the desk. ``deputy`` is another agent's id, ``away`` are first and last days."""

    id: str
    name: str
    role: str = "agent"
    email: str = ""
    deputy: str = ""
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Source:
    """A system that is connected. ``settings`` are as written: ``sources.account_for`` checks and fills them.

    ``poll`` is how often it is asked, ``hot`` how often its open orders are read again by id, ``stale_after`` the age
    from which its data count as stale. None: as the connector and the worker think right; see ``stale_after_ms``.
    """

    name: str
    kind: str
    enabled: bool = True
    poll: timedelta | None = None
    hot: timedelta | None = None
    stale_after: timedelta | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def stale_after_ms(self) -> int:
        """The age in milliseconds from which its data are stale: the config's, else three polls, at least 15 minutes.

        One figure for the screen and for `status`: a single late or failed round is no reason to doubt the data.
        """
        told = self.stale_after or max(_STALE_AFTER, _POLLS_MISSED * (self.poll or timedelta()))
        return int(told.total_seconds() * 1000)


@dataclass(frozen=True)
class Tier:
    """How a group of customers is served. Times are business time; ``calls`` are milestones that earn a call.

    ``weight``: what a day that something costs such a customer counts in the report of causes.
    """

    name: str
    when: str = ""
    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    calls: tuple[str, ...] = ()
    call_within: timedelta | None = None
    account_manager: str = ""
    weight: int | None = None
    color: str = ""


@dataclass(frozen=True)
class View:
    """A saved query. ``file`` is where it stands, as seen from the config's folder."""

    name: str
    query: str
    sort: str = ""
    columns: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True)
class Notice:
    """A mail that tells a customer of a parcel's step by itself, once: the macro, the mailbox, and for which orders."""

    name: str
    macro: str
    account: str = ""
    when: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a procedure: what is done, by whom (a role), with which action of the catalogue.

    ``id`` keeps its ticks when the title is reworded; "" takes it from the title.
    """

    title: str
    role: str = ""
    action: str = ""
    id: str = ""


@dataclass(frozen=True)
class Procedure:
    """The set steps for a kind of order: those that ``when`` finds."""

    name: str
    when: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Screen:
    """How the desk looks and behaves."""

    theme: str = ""
    mouse: bool = True
    blink: bool = False
    animations: bool = False


@dataclass(frozen=True)
class StaleAfter:
    """The age from which a figure that a reply quotes is read again before the reply leaves."""

    orders: timedelta = timedelta(hours=1)
    stock: timedelta = timedelta(hours=1)
    tracking: timedelta = timedelta(hours=6)
    invoices: timedelta = timedelta(hours=6)


@dataclass(frozen=True)
class Config:
    """A whole config, checked but for the settings that only a source's connector knows."""

    path: Path
    folders: Folders
    desk: Desk
    agents: Mapping[str, Agent]
    sources: Mapping[str, Source]
    tiers: Mapping[str, Tier]
    views: Mapping[str, View]
    rules: Mapping[str, Rule]
    procedures: Mapping[str, Procedure]
    macros: Path  # the folder of macro files; it need not exist
    keys: Mapping[str, tuple[str, ...]]
    priority: Mapping[str, int]
    document: Document = field(repr=False, compare=False)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    ui: Screen = Screen()
    stale: StaleAfter = StaleAfter()
    set_aside: tuple[Mistake, ...] = ()  # what is wrong in files of views; the others are there
