"""A desk to act at: a real workspace in a folder of the test's own, a clock that only the test moves, five agents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from actions.acting import BERLIN, HOURS, Clock, World

from oms_tui.domain.policy import DeskPolicy, TierPolicy
from oms_tui.store.session import AgentFacts, MailAccount, Session
from oms_tui.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@pytest.fixture
def world(session: Session, clock: Clock) -> World:
    return World(session, clock)
