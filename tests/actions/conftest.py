"""A desk to act at: a real workspace in a folder of the test's own, a clock that only the test moves, two agents."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.policy import DeskPolicy, TierPolicy
from oms_tui.store.session import AgentFacts, MailAccount, Session
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])


def at(text: str) -> int:
    """Milliseconds of a wall clock time in Berlin."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


def blank(kind: type[Any], /, **values: Any) -> Any:
    """A shape with nothing in it but ``values``."""
    hints = get_type_hints(kind)
    return kind(**{each.name: values.get(each.name, _nothing(hints[each.name])) for each in fields(kind)})


def _nothing(hint: Any) -> Any:
    if is_dataclass(hint):
        return blank(hint)  # type: ignore[arg-type]
    if type(None) in get_args(hint):
        return None
    return getattr(hint, "__origin__", hint)()


@dataclass
class Clock:
    """Now, as the test says."""

    now: int = field(default_factory=lambda: at("2026-11-26T14:00"))

    def __call__(self) -> int:
        return self.now

    def pass_(self, **length: float) -> None:
        self.now += int(timedelta(**length).total_seconds() * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "desk") as workspace:
        yield workspace


@pytest.fixture
def session(store: Workspace, clock: Clock, tmp_path: Path) -> Session:
    macros = tmp_path / "macros"
    macros.mkdir()
    agents = {
        each.id: each
        for each in (
            AgentFacts("ana", "Ana Ruiz", "agent", "ana@shop.example"),
            AgentFacts("ben", "Ben Okoro", "agent", "ben@shop.example"),
            AgentFacts("lea", "Lea Brandt", "lead"),
            AgentFacts("wim", "Wim Maas", "warehouse"),
            AgentFacts("eye", "Eye Only", "reader"),
        )
    }
    policy = DeskPolicy(
        zone=BERLIN,
        hours=HOURS,
        tiers=(TierPolicy("standard"),),
        own_addresses=frozenset({"support@shop.example", "sales@shop.example"}),
        key=store.reply_key(),
        stale={name: timedelta(hours=6) for name in ("orders", "stock", "tracking", "invoices")},
        undo_window=timedelta(seconds=10),
        name="Bright Shop",
        signature="Kind regards\nBright Shop",
    )
    accounts = (
        MailAccount("support", "support@shop.example", "Bright Shop"),
        MailAccount("sales", "sales@shop.example", "Bright Shop Sales"),
    )
    return Session(store, policy, agents["ana"], agents, accounts, macros, clock)


def as_agent(session: Session, agent: str) -> Session:
    """The same desk with another agent at it."""
    return replace(session, agent=session.agents[agent])


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
