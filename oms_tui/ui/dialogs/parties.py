"""Everybody who has to do with an order: role, name, contact, when they were last heard of, what is due from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.domain.carriers import carrier_name
from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.rows import Part, Row, cells, cut, fit, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import OrderView, PartyView
    from oms_tui.ui.order.frame import Frame

_ROLE: Final = 17


def party_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """Two lines for each: who, and how they are reached; when they were last heard of, and what is due."""
    rows: list[Row] = []
    for party in view.parties:
        rows += _block(party, frame, width)
    return rows


def _block(party: PartyView, frame: Frame, width: int) -> Iterator[Row]:
    name = carrier_name(party.name) if party.role == "carrier" else party.name
    left = [Part(fit(party.role.replace("_", " "), _ROLE), "muted"), Part(name or "nobody named", "strong")]
    if party.note:
        left.append(Part(f"  {party.note}", "warn"))
    contact = [Part(party.contact, "text")] if party.contact else [Part("no contact known", "faint")]
    if cells(left) + cells(contact) + 2 <= width:
        yield Row(spread(left, contact, width))
    else:
        yield Row(cut(left, width))
        yield Row(cut([Part(" " * _ROLE), *contact], width))
    heard = f"last {frame.moment(party.last_contact_at)}" if party.last_contact_at is not None else "no contact yet"
    parts = [Part(" " * _ROLE), Part(heard, "text" if party.last_contact_at is not None else "faint")]
    if party.next_due_at is not None:
        level = "alarm" if party.next_due_at <= frame.now else "text"
        parts.append(Part(f"   due {frame.moment(party.next_due_at)} ({frame.due(party.next_due_at)})", level))
    if party.next_due:
        parts.append(Part(f"  {party.next_due}", "muted"))
    parts.append(Part(f"   {party.source}", "faint"))
    yield Row(cut(parts, width))


class PartiesDialog(RowsDialog):
    """The parties of an order."""

    WIDTH: ClassVar[int] = 110

    def __init__(self, view: OrderView, frame: Frame) -> None:
        self._view, self._frame = view, frame
        super().__init__(f"Who has to do with #{view.item.number}")

    def rows(self, width: int) -> Sequence[Row]:
        """The rows of ``party_rows``."""
        return party_rows(self._view, self._frame, width)
