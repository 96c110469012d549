"""What a file may hold: its kind, the names by which the kind is known, its fields, and what others call them.

A field is found under its own name or any of the headings beside it; ``fold`` makes them equal whatever the case,
accents and punctuation. Of two headings for one field, the one further to the left in the list wins.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from connectors.orders import files_headings as headings

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def fold(text: str) -> str:
    """A heading as it is compared: "Bestell-Nr." and "bestellnr" are one."""
    plain = unicodedata.normalize("NFKD", text[:200].casefold().replace("№", "no").replace("ł", "l"))
    return "".join(char for char in plain if char.isalnum())


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    Attributes:
        name: of the kind, and of its stream (lines belong to the stream of orders).
        files: what such files are called.
        headings: for each field, folded headings, the best first.
        required: of each group at least one field must have a column.
        grouped: several rows may make one record.
        log: rows of all files add up, where else the newest file counts.
    """

    name: str
    files: tuple[str, ...]
    headings: Mapping[str, tuple[str, ...]]
    required: tuple[tuple[str, ...], ...]
    grouped: bool = False
    log: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of ours."""
        return tuple(self.headings)


def _headings(*texts: str) -> dict[str, tuple[str, ...]]:
    """Rows of ``field: heading, heading``; a field's own name comes first."""
    found: dict[str, tuple[str, ...]] = {}
    for row in re.findall(r"(\w+):([^:]*)(?=\n\s*\w+:|\Z)", "\n".join(text.strip() for text in texts)):
        names = (row[0], *(each for each in row[1].split(",") if each.strip()))
        found[row[0]] = tuple(dict.fromkeys(fold(name) for name in names))
    return found


_OF_ORDER: Final = ("order_number", "order_id", "order_reference")

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "lines",
            (
                "orderlines",
                "orderitems",
                "lineitems",
                "lines",
                "bestellpositionen",
                "auftragspositionen",
                "positionen",
            ),
            _headings(headings.ORDER_OF, headings.LINE),
            (("order_number", "order_id"), ("sku", "title"), ("quantity",)),
            grouped=True,
        ),
        Kind(
            "orders",
            (
                "orders",
                "order",
                "salesorders",
                "bestellungen",
                "auftraege",
                "aufträge",
                "commandes",
                "pedidos",
                "ordini",
                "zamówienia",
            ),
            _headings(headings.ORDER, headings.ADDRESS, headings.LINE),
            (("number", "remote_id"), ("placed_at",)),
            grouped=True,
        ),
        Kind(
            "customers",
            ("customers", "customer", "clients", "kunden", "clienti", "clientes", "klienci"),
            _headings(headings.CUSTOMER, headings.ADDRESS),
            (("remote_id", "email"),),
        ),
        Kind(
            "stock",
            (
                *("stock", "inventory", "bestand", "lagerbestand", "lager"),
                *("inventaire", "inventario", "magazyn", "voorraad"),
            ),
            _headings(headings.STOCK, headings.PRODUCT, headings.CHANGED),
            (("sku",), ("on_hand", "available")),
        ),
        Kind(
            "shipments",
            (
                *("shipments", "shipment", "parcels", "deliveries", "fulfillments"),
                *("sendungen", "lieferungen", "versand", "pakete"),
            ),
            _headings(headings.SHIPMENT, headings.ORDER_OF, headings.ADDRESS, headings.CHANGED),
            (("remote_id", "tracking_number"), _OF_ORDER),
            grouped=True,
        ),
        Kind(
            "tracking",
            ("tracking", "trackingevents", "scans", "sendungsverfolgung", "events", "suivi"),
            _headings(headings.TRACKING, headings.ORDER_OF, headings.CHANGED),
            (("tracking_number",), ("status", "code")),
            grouped=True,
            log=True,
        ),
        Kind(
            "payments",
            ("payments", "payment", "transactions", "zahlungen", "paiements", "pagos", "pagamenti", "płatności"),
            _headings(headings.PAYMENT, headings.AMOUNT, headings.ORDER_OF, headings.EMAIL, headings.CHANGED),
            (("remote_id",), _OF_ORDER, ("amount",)),
        ),
        Kind(
            "refunds",
            ("refunds", "refund", "erstattungen", "rückerstattungen", "remboursements", "reembolsos", "zwroty"),
            _headings(headings.REFUND, headings.AMOUNT, headings.ORDER_OF, headings.CHANGED),
            (("remote_id",), (*_OF_ORDER, "payment"), ("amount",)),
        ),
        Kind(
            "disputes",
            ("disputes", "chargebacks", "dispute", "rückbuchungen"),
            _headings(headings.DISPUTE, headings.AMOUNT, headings.ORDER_OF),
            (("remote_id",), (*_OF_ORDER, "payment"), ("amount",)),
        ),
        Kind(
            "invoices",
            (
                *("invoices", "invoice", "creditnotes", "rechnungen", "factures"),
                *("facturas", "fatture", "faktury", "facturen"),
            ),
            _headings(headings.INVOICE, headings.ORDER_OF, headings.EMAIL, headings.CHANGED),
            (("number", "remote_id"), ("total",)),
            grouped=True,
        ),
        Kind(
            "purchases",
            (
                *("purchaseorders", "purchases", "purchase", "supplierorders", "vendororders"),
                *("dropship", "lieferantenbestellungen", "einkauf"),
            ),
            _headings(headings.PURCHASE, headings.SALE_OF, headings.CHANGED),
            (("number", "remote_id"), ("vendor",)),
            grouped=True,
        ),
        Kind(
            "notes",
            ("notes", "comments", "notizen", "kommentare"),
            _headings(headings.NOTE, headings.ORDER_OF),
            (("text",), _OF_ORDER),
        ),
    )
}
"""Every kind by its name."""

STREAMS: Final = tuple(name for name in KINDS if name != "lines")
"""What the source hands over, orders first."""


def kinds_of(stream: str) -> tuple[Kind, ...]:
    """The kinds of file that a stream is read from; those that complete others come first."""
    return (KINDS["lines"], KINDS["orders"]) if stream == "orders" else (KINDS[stream],)


def kind_of_file(stem: str) -> str:
    """The kind a file's name (without its ending) tells: the longest run of words that is one; "" for none.

    ``orders-2026-01``, ``export_Bestellungen`` and ``Purchase Orders (3)`` are known.
    """
    words = re.findall(r"[^\W\d_]+", stem)
    runs = (
        fold("".join(words[at:to])) for at in range(len(words)) for to in range(at + 1, min(at + 3, len(words)) + 1)
    )
    return _BY_FILE.get(max((run for run in runs if run in _BY_FILE), key=len, default=""), "")


_BY_FILE: Final = {fold(file): kind.name for kind in KINDS.values() for file in kind.files}
