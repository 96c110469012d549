"""Another delivery address for a Tryton sale: a new address of its party, hung on the sale or on what is to be shipped.

Tryton lets nobody touch the address of a sale that is confirmed, nor that of a shipment the warehouse works on. So a
draft is written to; a quotation is taken back to draft, written to and quoted again; of a sale under way the shipments
that still wait are taken back to draft, written to and set waiting again. The party's own address is never changed:
other sales and invoices may stand on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Receipt
from connectors.errors import OutcomeUnknown, Rejected, Temporary
from connectors.orders.tryton_marks import mark, marked
from connectors.orders.tryton_row import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.base import Action
    from connectors.orders.tryton_rpc import TrytonRpc

_FIELDS: Final[Mapping[str, str]] = {
    "name": "party_name",
    "street": "street_unstructured",
    "postcode": "postal_code",
    "city": "city",
    "country": "country",
}
"""What of an address can be changed from here, and where it stands in Tryton."""

_READ: Final = ("party", "party_name", "street", "street_unstructured", "postal_code", "city", "country", "subdivision")
_SALE: Final = ("number", "state", "shipment_address", "shipments", "write_date", "create_date")
ADDRESSED_BY_DESK: Final = "Delivery address changed by the support desk to: "
"""How the note of such a change begins."""

_WAITED: Final = re.compile(r" \(waiting: ([\d, ]+)\)$", re.MULTILINE)
_QUOTED: Final = " (quotation)"
_OVER: Final = frozenset({"done", "cancelled"})
_MOVABLE: Final = frozenset({"draft", "waiting"})


class TrytonAddresses:
    """The action ``edit_address``. Its fields: name, street, postcode, city, country; what is left out stays."""

    def __init__(self, rpc: TrytonRpc, name: str) -> None:
        self._rpc = rpc
        self._name = name

    def preview(self, action: Action) -> str:
        """In words, the calls that will be made.

        Raises:
            Rejected: a field that Tryton's addresses do not have.
        """
        changes = self._changes(action)
        said = ", ".join(
            str(action.fields[name]) for name in _FIELDS if name in action.fields and _FIELDS[name] in changes
        )
        return (
            f"Tryton: a new address of its party ({said}), put on sale {action.order.remote_id} or its open shipments"
        )

    def perform(self, action: Action, sale: Row, *, key: str) -> Receipt:
        """Do it; ``sale`` was read with the version it was decided on.

        Raises:
            Rejected: the goods are packed or gone, or Tryton does not know the country.
            OutcomeUnknown: no answer came; ``confirm`` tells.
        """
        changes = self._changes(action)
        full = self._sale(sale.id)
        shipments = self._open_shipments(full)
        self._check(full, shipments)
        left = next((note.text("message") for note in marked(self._rpc, key)), "")
        before = self._address(full, shipments)
        place = self._place(before, changes)
        if not left:
            left = f"{ADDRESSED_BY_DESK}{_line(place)}{_state_of(full, shipments)}"
            mark(self._rpc, f"sale.sale,{sale.id}", left, key)
        new = self._address_of(before, place)
        try:
            self._put(full, shipments, new, left)
        except Temporary as error:  # something of it may have happened
            raise OutcomeUnknown(str(error)) from None
        return Receipt(remote_id=str(sale.id), detail=f"goes to {_line(place)}")

    def confirm(self, note: Row) -> Receipt | None:
        """Whether the change that left ``note`` happened, and is whole; None: not, or it is none of ours."""
        message = note.text("message")
        if not message.startswith(ADDRESSED_BY_DESK):
            return None
        rows = self._rpc.search_read("sale.sale", [["id", "=", note.reference("resource")[1]]], _SALE)
        if not rows:
            return None
        sale = Row(rows[0])
        shipments = self._open_shipments(sale)
        wanted = message.partition("\n")[0].removeprefix(ADDRESSED_BY_DESK)
        there = self._address(sale, shipments)
        waited = _waited(message)
        whole = all(each.text("state") != "draft" for each in shipments if each.id in waited)
        if _QUOTED in wanted and sale.text("state") == "draft":
            whole = False
        same = not any(each.link("delivery_address") != there.id for each in shipments)
        line = _WAITED.sub("", wanted).replace(_QUOTED, "")
        if whole and same and _line(_values(there)) == line:
            return Receipt(remote_id=str(sale.id), detail=f"goes to {line}")
        return None

    # ---- what is there

    def _sale(self, sale: int) -> Row:
        return Row(self._rpc.search_read("sale.sale", [["id", "=", sale]], _SALE)[0])

    def _open_shipments(self, sale: Row) -> list[Row]:
        ids = sale.links("shipments")
        if not ids or not self._rpc.readable("stock.shipment.out"):
            return []
        rows = self._rpc.search_read("stock.shipment.out", [["id", "in", ids]], ["state", "delivery_address"])
        return [row for row in map(Row, rows) if row.text("state") not in _OVER]

    def _address(self, sale: Row, shipments: list[Row]) -> Row:
        """Where it goes now: as its open shipments say, else as the sale does."""
        found = shipments[0].link("delivery_address") if shipments else sale.link("shipment_address")
        rows = self._rpc.search_read("party.address", [["id", "=", found or -1]], _READ)
        if not rows:
            raise Rejected(
                f"{self._name}: this sale has no delivery address yet", field="order", hint="set it in Tryton"
            )
        return Row(rows[0])

    def _check(self, sale: Row, shipments: list[Row]) -> None:
        state = sale.text("state")
        if state in _OVER:
            raise Rejected(f"{self._name}: the sale is {state}", field="order", hint="look at it in Tryton")
        busy = [each.text("state") for each in shipments if each.text("state") not in _MOVABLE]
        if busy:
            words = f"{self._name}: the warehouse has begun ({', '.join(dict.fromkeys(busy))})"
            raise Rejected(words, field="order", hint="in Tryton, put the shipment back to waiting first")
        if state not in {"draft", "quotation"} and not shipments:
            words = f"{self._name}: the sale is {state}, and no shipment of it is open"
            raise Rejected(words, field="order", hint="look at it in Tryton")

    # ---- what is written

    def _changes(self, action: Action) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name, value in action.fields.items():
            text = str(value or "").strip()
            if not text:
                continue
            if name not in _FIELDS:
                raise Rejected(f"{self._name}: Tryton's addresses have no {name}", field=name, hint="do it in Tryton")
            changes[_FIELDS[name]] = self._country(text) if name == "country" else text
        if not changes:
            raise Rejected("nothing of the address is changed", field="street")
        return changes

    def _country(self, code: str) -> int:
        rows = self._rpc.search_read("country.country", [["code", "=", code.upper()]], ["code"])
        if not rows:
            raise Rejected(f"{self._name}: Tryton knows no country {code[:10]!r}", field="country")
        return Row(rows[0]).id

    def _place(self, before: Row, changes: dict[str, Any]) -> dict[str, Any]:
        """The address as it shall be."""
        return {**_values(before), **changes}

    def _address_of(self, before: Row, place: dict[str, Any]) -> int:
        """The party's address that reads so; a new one, copied from the one before, where there is none."""
        party = before.link("party")
        domain = [["party", "=", party], *([name, "=", value or None] for name, value in place.items())]
        for row in self._rpc.search_read("party.address", domain, ["party"]):
            return Row(row).id
        made = self._rpc.write("model.party.address.copy", [before.id], {**place, "invoice": False, "delivery": False})
        if not isinstance(made, list) or not made:
            raise OutcomeUnknown(f"{self._name}: Tryton made no address")
        return int(made[0])

    def _put(self, sale: Row, shipments: list[Row], address: int, note: str) -> None:
        state = sale.text("state")
        if state in {"draft", "quotation"}:
            if state == "quotation":
                self._rpc.write("model.sale.sale.draft", [sale.id])
            self._rpc.write("model.sale.sale.write", [sale.id], {"shipment_address": address})
            if _QUOTED in note.partition("\n")[0]:
                self._rpc.write("model.sale.sale.quote", [sale.id])
            return
        ids = [each.id for each in shipments]
        if waiting := [each.id for each in shipments if each.text("state") == "waiting"]:
            self._rpc.write("model.stock.shipment.out.draft", waiting)
        self._rpc.write("model.stock.shipment.out.write", ids, {"delivery_address": address})
        if again := [number for number in ids if number in _waited(note)]:
            self._rpc.write("model.stock.shipment.out.wait", again)


def _state_of(sale: Row, shipments: list[Row]) -> str:
    """What has to be so again afterwards, kept in the note: a broken write is taken up by it."""
    if sale.text("state") == "quotation":
        return _QUOTED
    waiting = [str(each.id) for each in shipments if each.text("state") == "waiting"]
    return f" (waiting: {', '.join(waiting)})" if waiting else ""


def _waited(note: str) -> set[int]:
    found = _WAITED.search(note)
    return {int(number) for number in found[1].split(",")} if found else set()


def _values(row: Row) -> dict[str, Any]:
    street = row.text("street_unstructured") or row.text("street")
    return {
        "party_name": row.text("party_name") or None,
        "street_unstructured": street,
        "postal_code": row.text("postal_code"),
        "city": row.text("city"),
        "country": row.link("country"),
    }


def _line(place: Mapping[str, Any]) -> str:
    """An address in a line, the same for what was wanted and for what is there."""
    town = f"{place['postal_code'] or ''} {place['city'] or ''}".strip()
    parts = (place["party_name"], place["street_unstructured"], town, f"country {place['country']}")
    return ", ".join(" ".join(str(part).split()) for part in parts if part)
