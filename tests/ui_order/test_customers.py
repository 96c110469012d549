"""The dialogs about whom an order is for: what they say at every width, and that a key decides about the right one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from ui_order import sample
from ui_order.desk import Desk

from oms_tui.store.shapes import ConflictValue, ConflictView, IdentityView, PartyView, RelatedView
from oms_tui.ui.dialogs.differing import DifferingDialog, differing_rows
from oms_tui.ui.dialogs.parties import party_rows
from oms_tui.ui.dialogs.related import RelatedDialog, related_rows
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.order.head import head_rows
from oms_tui.ui.rows import Row, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import OrderView

pytestmark = pytest.mark.anyio

FRAME = Frame(sample.NOW, sample.ZONE, {}, "ana")
HOUR = 3_600_000
RELATED = (
    RelatedView(
        1, "7041", ("same phone +46701740611",), "confirmed", "shop-b", "Maria Lund", "", "", "lea", sample.NOW - HOUR
    ),
    RelatedView(
        2, "9041", ("same address Lindenweg 4", "same name Maria Lund"), "proposed", "market", "M. Lund", "", "likely"
    ),
    RelatedView(
        3,
        "2043",
        ("same address Lindenweg 4",),
        "rejected",
        "shop",
        "Henrik Lund",
        "",
        "weak",
        "ana",
        sample.NOW - HOUR,
    ),
)
CONFLICT = ConflictView(
    "ship_to",
    "open",
    (
        ConflictValue("shop", "Lindenweg 4, 10961 Berlin, DE", sample.NOW - HOUR),
        ConflictValue("depot", "Lindenweg 40, 10961 Berlin, DE", sample.NOW - HOUR, "label"),
    ),
    ("street",),
)


def text(rows: Sequence[Row]) -> str:
    return "\n".join(row.text for row in rows)


def view() -> OrderView:
    base = sample.order()
    proposed = IdentityView("email", "j.k@example.net", verified=False, state="proposed", source="desk")
    customer = replace(base.customer, identities=(*base.customer.identities, proposed), owed=12_000)
    parties = (
        PartyView("merchant", "Bright Shop", "support@bright-shop.example", sample.NOW - HOUR, None, "", "desk"),
        PartyView("account_manager", "Lea Brandt", "lea@x.example", None, None, "", "desk", note="away; ben stands in"),
        PartyView("carrier", "dhl", "0034043416", sample.NOW - HOUR, sample.NOW - HOUR, "delivers 0034", "parcels"),
        PartyView("vendor", "Lumen AG", "", None, sample.NOW + HOUR, "sends the goods", "erp"),
    )
    return replace(base, related=RELATED, customer=customer, parties=parties, conflicts=(CONFLICT,), manager_away=True)


@pytest.mark.parametrize("width", [40, 72, 100])
def test_every_line_fits_and_says_what_it_has_cut(width: int) -> None:
    shown = view()
    for rows in (
        related_rows(shown, FRAME, width),
        party_rows(shown, FRAME, width),
        differing_rows(shown, CONFLICT, FRAME, width),
        head_rows(shown, FRAME, width),
    ):
        assert max(cells(row.parts) for row in rows) <= width


def test_each_link_has_its_evidence_and_who_decided_it() -> None:
    said = text(related_rows(view(), FRAME, 100))
    assert "✓ #7041  Maria Lund  shop-b  confirmed by lea, 1h ago" in said
    assert "? #9041  M. Lund  market  likely" in said
    assert "    same address Lindenweg 4   same name Maria Lund" in said
    assert "✗ #2043  Henrik Lund  shop  rejected by ana, 1h ago" in said
    assert "? email j.k@example.net  proposed" in said


def test_nobody_else_is_said_so() -> None:
    alone = replace(view(), related=(), customer=replace(view().customer, identities=()))
    assert "no other order shares" in text(related_rows(alone, FRAME, 100))


def test_the_parties_with_what_is_due_from_them() -> None:
    said = text(party_rows(view(), FRAME, 100))
    assert "account manager  Lea Brandt  away; ben stands in" in said
    assert "DHL" in said
    assert "1h over)  delivers 0034" in said
    assert "no contact known" in said


def test_the_head_says_what_they_owe_and_who_stands_in() -> None:
    said = text(head_rows(replace(view(), manager_acting="ben"), FRAME, 160))
    assert "owes 120 EUR" in said
    assert "account Lea Brandt (away: ben)" in said


async def test_a_key_decides_about_what_the_cursor_is_on() -> None:
    done: list[tuple[str, str]] = []
    async with Desk().run_test(size=(110, 40)) as pilot:
        dialog = RelatedDialog(view(), FRAME, lambda action, who: done.append((action, who)), lambda _order: None)
        await pilot.app.push_screen(dialog)
        await pilot.pause()
        await pilot.press("down", "c")
        await pilot.pause()
    assert done == [("confirm_identity", "9041")]


async def test_one_key_picks_the_side_that_is_right() -> None:
    done: list[tuple[str, str]] = []
    async with Desk().run_test(size=(110, 40)) as pilot:
        for key in ("2", "a"):
            dialog = DifferingDialog(view(), CONFLICT, FRAME, lambda field, value: done.append((field, value)))
            await pilot.app.push_screen(dialog)
            await pilot.pause()
            await pilot.press("9", key)
            await pilot.pause()
    assert done == [("ship_to", "Lindenweg 40, 10961 Berlin, DE"), ("ship_to", "accept")]
