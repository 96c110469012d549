"""A demo of four hundred orders on a Monday morning, fetched once by the real connectors, and a session at its desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from oms_tui.demo import make
from oms_tui.desk import open_session
from oms_tui.domain.query import parse
from oms_tui.sources import load_checked
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.reads.order import read_order
from oms_tui.sync.worker import run_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView, QueueItem
    from oms_tui.sync.worker import SourceRun

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass
class Desk:
    """The demo's desk after its first sync."""

    config: Config
    session: Session
    runs: list[SourceRun]

    def find(self, query: str, *, limit: int = 500) -> tuple[QueueItem, ...]:
        now, zone = self.session.now(), self.session.policy.zone
        tree = parse(query, CATALOGUE)
        return queue.queue_page(self.session.store, tree=tree, limit=limit, now=now, zone=zone, agent="ana").items

    def order(self, number: str) -> OrderView:
        (found,) = queue.find_orders(self.session.store, number)
        view = read_order(self.session.store, self.session.policy, found, now=self.session.now())
        assert view is not None
        return view


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "shop"
    make(path, now=MONDAY)
    return path


@pytest.fixture(scope="session")
def desk(folder: Path) -> Iterator[Desk]:
    config = load_checked(folder / "config.toml")
    session = open_session(config, clock=lambda: int(MONDAY.timestamp() * 1000))
    yield Desk(config, session, run_once(config, session))
    session.store.close()
