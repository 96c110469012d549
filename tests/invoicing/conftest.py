"""Stripe for tests: localstripe where it can, a stand-in for what it does not do (events, limits, lost answers)."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from servers import localstripe as server
from servers.stand_in_stripe import KEY, NOW, StandIn

from connectors.base import Account
from connectors.invoicing.stripe import API, ORDER_KEYS, Stripe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def stripe(stand_in: StandIn, tmp_path: Path) -> Callable[..., Stripe]:
    """Makes a connector onto the stand-in."""

    def make(**values: Any) -> Stripe:
        settings = {"key": KEY, "account": "", "order_reference": list(ORDER_KEYS), "url": API, **values}
        options = {"transport": httpx.MockTransport(stand_in.handle), "clock": lambda: NOW + timedelta(hours=1)}
        return Stripe(Account("books", settings, tmp_path, options))

    return make


@pytest.fixture(scope="session")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running localstripe."""
    with server.running(tmp_path_factory.mktemp("localstripe")) as url:
        yield url
