"""The desk driven by keys, and what is then on its screen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from oms_tui.ui.app import DeskApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

WIDE = (160, 48)
MEDIUM = (120, 36)
SMALL = (80, 24)


@asynccontextmanager
async def desk(config: Config, session: Session, size: tuple[int, int] = MEDIUM, **options: Any) -> AsyncIterator[Any]:
    app = DeskApp(config, session, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[Any]) -> None:
    """Until every key was given to somebody, the reader has nothing left to do and what it told is drawn."""
    for _ in range(200):
        await pilot.pause(0.02)
        if _rests(pilot.app) and not pilot.app._batch_count:
            await pilot.pause(0.08)
            if _rests(pilot.app):
                return
    raise AssertionError("the desk never came to rest")


def _rests(app: Any) -> bool:
    return not app.reader.busy and not app._typed


def screen(pilot: Any) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def said(pilot: Any) -> list[str]:
    return [notice.message for notice in pilot.app._notifications]


def cursor(pilot: Any) -> str:
    return pilot.app.queue_screen.model.current.number


def line_of(pilot: Any, number: str) -> int:
    """The line of the screen on which an order stands in the list at the left."""
    return next(at for at, line in enumerate(screen(pilot).splitlines()) if number in line[:34])
