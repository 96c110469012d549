"""Whole screens as pictures: what changes in them is looked at by a person before it is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ui_order import sample
from ui_order.desk import Desk, draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    Compare = Callable[..., bool]


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_order(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(Desk(sample.order()), terminal_size=size)


def test_the_order_in_the_light_theme(snap_compare: Compare) -> None:
    assert snap_compare(Desk(sample.order(), theme_name="light"), terminal_size=(120, 36))


def test_a_reply_with_something_missing(snap_compare: Compare) -> None:
    app = Desk(sample.order())
    app.reader.draft = draft(body="Dear ⟨customer.first_name?⟩,\n\nyour parcel is at customs.\n\nKind regards\nAna\n")

    async def write(pilot: Pilot[Any]) -> None:
        await pilot.press("6")
        for _ in range(6):
            await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 40), run_before=write)
