"""Another address for the parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Action, Field, Outcome, Refused
from oms_tui.actions.write_back import queue, unless_it_cannot

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _changes(fields: Fields) -> dict[str, str]:
    changes = {name: value for name, value in fields.items() if value}
    if not changes:
        raise Refused("nothing of the address is changed", code="usage", field="street")
    return changes


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    changes = _changes(fields)
    words = f"new address: {', '.join(changes.values())}"
    return queue(session, order, "edit_address", words, changes)


def _preview(_session: Session, order: QueueItem, fields: Fields) -> str:
    changed = ", ".join(f"{name} {value}" for name, value in _changes(fields).items())
    return f"would ask {order.source} to change {changed}"


ACTION = Action(
    id="edit_address",
    title="Edit address",
    help="Changes where the parcels go, in the system the order is from; what is left empty stays.",
    group="order",
    key="A",
    rank=120,
    fields=(
        Field("name", "Name"),
        Field("company", "Company"),
        Field("street", "Street"),
        Field("postcode", "Postcode"),
        Field("city", "City"),
        Field("region", "Region"),
        Field("country", "Country", help="two letters, such as DE"),
        Field("phone", "Phone"),
    ),
    why_not=unless_it_cannot("edit_address"),
    apply=_apply,
    preview=_preview,
)
