"""Rows of files made into records of ours. What a row cannot be read for is said with its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from connectors.orders import files_values as read
from connectors.orders.files_countries import country
from connectors.orders.files_kinds import fold
from connectors.orders.files_words import ORDER_STATUS, WORDS
from connectors.records import (
    Address,
    CustomerRecord,
    DisputeRecord,
    Identity,
    NoteRecord,
    OrderRef,
    PaymentRecord,
    RefundRecord,
    StockRecord,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from connectors.orders.files_settings import Settings
    from connectors.orders.files_values import Notation
    from connectors.records import Record

_LONGEST_ID: Final = 200
_PARTS: Final = {
    prefix: frozenset(
        f"{prefix}_{part}"
        for part in (
            "name",
            "first_name",
            "last_name",
            "company",
            "street",
            "city",
            "region",
            "postcode",
            "country",
            "phone",
        )
    )
    for prefix in ("ship", "bill")
}
_LONGEST_ITEMS: Final = 10_000  # characters of a list of contents
_ITEM: Final = re.compile(
    r"\s*(?:(\d{1,6})\s*[x\u00d7*]\s*(\S[^,;|]*?)|(\S[^,;|:]*?)\s*(?:[:=]|\s[x\u00d7*])\s*(\d{1,6}))\s*"
)


class RowError(ValueError):
    """A row that cannot be used, and why; ``row`` is the very one, so that it can be found again."""

    def __init__(self, row: dict[str, Any], own: str, words: str) -> None:
        super().__init__(f"{own}: {words}")
        self.row = row


@dataclass(slots=True)
class Reader:
    """Reads the values of one kind of row; ``unknown`` gathers words that no map knows, with their field."""

    kind: str
    settings: Settings
    notation: Notation
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def text(self, row: dict[str, Any], own: str) -> str:
        """A text, "" where there is none."""
        value = row.get(own)
        return "" if value is None else str(value)

    def name(self, row: dict[str, Any], own: str) -> str:
        """What names a record: short, and no formula."""
        value = self.text(row, own)
        if len(value) > _LONGEST_ID or value[:1] == "=":
            raise RowError(
                row, own, f"{read.shown(value)} is {'a formula' if value[:1] == '=' else 'too long for a name'}"
            )
        return value

    def needed(self, row: dict[str, Any], *owns: str) -> str:
        """The first of some names that is there."""
        for own in owns:
            if value := self.name(row, own):
                return value
        raise RowError(row, owns[0], "is missing")

    def at(self, row: dict[str, Any], own: str) -> datetime | None:
        """A moment, None where there is none."""
        found: datetime | None = self._read(row, own, lambda value: read.moment(value, self.notation), None)
        return found

    def until(self, row: dict[str, Any], own: str) -> datetime | None:
        """By when something is to happen: a day without a time until it ends, None where there is none."""
        found: datetime | None = self._read(row, own, lambda value: read.moment(value, self.notation, until=True), None)
        return found

    def whole(self, row: dict[str, Any], own: str, default: int = 0) -> int:
        """A count."""
        return int(self._read(row, own, lambda value: read.whole(value, self.notation), default))

    def money(self, row: dict[str, Any], own: str, currency: str, default: int = 0) -> int:
        """Minor units."""
        return int(self._read(row, own, lambda value: read.money(value, currency, self.notation), default))

    def currency(self, row: dict[str, Any], *amounts: str) -> str:
        """The row's currency: its own column, a sign beside an amount, else the config's."""
        code = self.text(row, "currency").upper()
        if code:
            code = code if len(code) == 3 else read.currency_in(self.text(row, "currency"))  # noqa: PLR2004 - ISO 4217
            if not (code.isascii() and code.isalpha()):
                raise RowError(row, "currency", f"{read.shown(row['currency'])} is none: write three letters")
            return code
        code = next(filter(None, (read.currency_in(row.get(own)) for own in amounts)), self.notation.currency)
        if not code:
            raise RowError(row, "currency", "no column and no setting tells it: set `currency` of the source")
        return code

    def word(self, row: dict[str, Any], own: str, default: str = "") -> str:
        """Our word for theirs; one that no map knows is noted, and the default stands in for it."""
        theirs = self.text(row, own)
        if not theirs:
            return default
        place, key = f"{self.kind}.{own}", fold(theirs)
        ours = self.settings.words.get(place, {}).get(key) or WORDS[place].get(key)
        if ours is None:
            self.unknown.append((own, theirs))
            return default
        return ours

    def status(self, row: dict[str, Any]) -> tuple[str, str, str]:
        """State, payment and fulfilment that one status word of an order says."""
        theirs = self.text(row, "status")
        key = fold(theirs)
        meant = self.settings.words.get("orders.status", {}).get(key)
        axes = ORDER_STATUS.get(fold(meant) if meant else key)
        if axes is None and theirs:
            self.unknown.append(("status", theirs))
        return axes or ("", "", "")

    def yes(self, row: dict[str, Any], own: str) -> bool | None:
        """Yes, no or not said."""
        return read.yes_or_no(row[own]) if row.get(own) not in {None, ""} else None

    def order(self, row: dict[str, Any]) -> OrderRef:
        """The order a row names."""
        remote_id, number = self.name(row, "order_id"), self.name(row, "order_number")
        reference = self.name(row, "order_reference")
        source = self.settings.orders_from if remote_id or number else ""
        return OrderRef(remote_id=remote_id, number=number, source=source, reference=reference)

    def items(self, rows: list[dict[str, Any]]) -> tuple[tuple[str, int], ...]:
        """What lies in a parcel: a row for each product, or one column such as "2x LAMP, 1x SHADE"."""
        found = [(sku, self.whole(row, "quantity", 1)) for row in rows if (sku := self.text(row, "sku"))]
        if not found and rows and (written := self.text(rows[0], "items")):
            found = [_item(part) for part in re.split(r"[,;|]", written[:_LONGEST_ITEMS]) if part.strip()]
        return tuple(dict.fromkeys(found)) if len(rows) > 1 else tuple(found)

    def address(self, row: dict[str, Any], prefix: str) -> Address:
        """The address whose fields begin with ``prefix`` (``ship`` or ``bill``)."""
        if row.keys().isdisjoint(_PARTS[prefix]):
            return Address()
        name = self.text(row, f"{prefix}_name") or " ".join(
            filter(None, (self.text(row, f"{prefix}_first_name"), self.text(row, f"{prefix}_last_name")))
        )
        street = " ".join(filter(None, (self.text(row, f"{prefix}_street"), self.text(row, f"{prefix}_house"))))
        more = self.text(row, f"{prefix}_street2")
        return Address(
            name=name,
            company=self.text(row, f"{prefix}_company"),
            street=", ".join(filter(None, (street, more))),
            city=self.text(row, f"{prefix}_city"),
            region=self.text(row, f"{prefix}_region"),
            postcode=self.text(row, f"{prefix}_postcode"),
            country=country(self.text(row, f"{prefix}_country")),
            phone=self.text(row, f"{prefix}_phone"),
        )

    def _read(self, row: dict[str, Any], own: str, how: Any, default: Any) -> Any:
        value = row.get(own)
        if value is None or value == "":
            return default
        try:
            return how(value)
        except read.Unreadable as error:
            raise RowError(row, own, str(error)) from None
        except (ValueError, OverflowError) as error:
            raise RowError(row, own, f"{read.shown(value)} cannot be read ({error})") from None


def _item(part: str) -> tuple[str, int]:
    found = _ITEM.fullmatch(part)
    if found is None:
        return part.strip(), 1
    return (found[2], int(found[1])) if found[1] else (found[3], int(found[4]))


def key_of(kind: str, row: dict[str, Any], reader: Reader) -> str:
    """What the rows of one record have in common.

    Raises:
        RowError: nothing names the record.
    """
    if kind == "orders":
        return reader.name(row, "remote_id") or bare(reader.needed(row, "number", "remote_id"))
    if kind == "lines":
        if remote_id := reader.name(row, "order_id"):
            return f"i{remote_id}"
        return f"n{bare(reader.needed(row, 'order_number', 'order_id'))}"
    if kind == "tracking":
        return f"{carrier_key(reader.text(row, 'carrier'))}:{compact(reader.needed(row, 'tracking_number'))}"
    if kind == "shipments":
        return reader.needed(row, "remote_id", "tracking_number")
    return reader.needed(row, "remote_id", "number")


def bare(number: str) -> str:
    """An order's number as it is compared: without "#"."""
    return number.removeprefix("#").strip()


def compact(number: str) -> str:
    """A tracking number without blanks."""
    return "".join(number.split()).upper()


@lru_cache(maxsize=1024)
def carrier_key(name: str) -> str:
    """A carrier as our keys are written: "DHL Express" is ``dhl_express``."""
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


def single(row: dict[str, Any], reader: Reader) -> Iterator[Record]:
    """The record of a row of a kind whose records are one row each.

    Raises:
        RowError: it cannot be read.
    """
    yield _SINGLE[reader.kind](row, reader)


def customer(row: dict[str, Any], reader: Reader) -> CustomerRecord:
    """A row of customers."""
    name = reader.text(row, "name") or " ".join(
        filter(None, (reader.text(row, "first_name"), reader.text(row, "last_name")))
    )
    address = reader.address(row, "ship")
    email = reader.name(row, "email")
    return CustomerRecord(
        remote_id=reader.needed(row, "remote_id", "email"),
        name=name,
        company=reader.text(row, "company"),
        identities=identities(email, reader.text(row, "phone"), reader.text(row, "marketplace_id")),
        tags=tags(reader.text(row, "tags")),
        address=address if address != Address() else None,
        created_at=reader.at(row, "created_at"),
        consent_marketing=reader.yes(row, "consent_marketing"),
        updated_at=reader.at(row, "updated_at"),
    )


def identities(email: str, phone: str, marketplace_id: str) -> tuple[Identity, ...]:
    """The ways a customer is known."""
    found = []
    if "@" in email:
        found.append(Identity("email", email))
    if phone:
        found.append(Identity("phone", phone))
    if marketplace_id:
        found.append(Identity("marketplace_id", marketplace_id))
    return tuple(found)


def tags(written: str) -> tuple[str, ...]:
    """Words between commas or semicolons."""
    return tuple(filter(None, (word.strip() for word in re.split(r"[,;|]", written))))


def _stock(row: dict[str, Any], reader: Reader) -> StockRecord:
    committed = reader.whole(row, "committed")
    if "on_hand" in row:
        on_hand = reader.whole(row, "on_hand")
        if "available" in row and "committed" not in row:
            committed = on_hand - reader.whole(row, "available")
    else:
        on_hand = reader.whole(row, "available") + committed
    return StockRecord(
        sku=reader.needed(row, "sku"),
        location=reader.name(row, "location") or reader.settings.location,
        on_hand=on_hand,
        committed=committed,
        incoming=reader.whole(row, "incoming"),
        expected_at=reader.until(row, "expected_at"),
        title=reader.text(row, "title"),
        gtin=reader.text(row, "gtin"),
        bin=reader.text(row, "bin"),
        updated_at=reader.at(row, "updated_at"),
    )


def _payment(row: dict[str, Any], reader: Reader) -> PaymentRecord:
    currency = reader.currency(row, "amount", "captured")
    amount = reader.money(row, "amount", currency)
    paid_at = reader.at(row, "paid_at")
    state: Any = reader.word(row, "state", "settled" if paid_at else "created")
    return PaymentRecord(
        remote_id=reader.needed(row, "remote_id"),
        order=reader.order(row),
        state=state,
        amount=amount,
        currency=currency,
        captured=reader.money(row, "captured", currency, amount if state == "settled" else 0),
        method=reader.text(row, "method"),
        paid_at=paid_at,
        created_at=reader.at(row, "created_at") or paid_at,
        failure=reader.text(row, "failure"),
        raw_status=reader.text(row, "state"),
        email=reader.text(row, "email"),
        updated_at=reader.at(row, "updated_at"),
    )


def _refund(row: dict[str, Any], reader: Reader) -> RefundRecord:
    currency = reader.currency(row, "amount")
    state: Any = reader.word(row, "state", "settled")
    return RefundRecord(
        remote_id=reader.needed(row, "remote_id"),
        order=reader.order(row),
        state=state,
        amount=abs(reader.money(row, "amount", currency)),  # many books write money that goes out with a minus
        currency=currency,
        payment=reader.name(row, "payment"),
        reason=reader.text(row, "reason"),
        created_at=reader.at(row, "created_at"),
        raw_status=reader.text(row, "state"),
        updated_at=reader.at(row, "updated_at"),
    )


def _dispute(row: dict[str, Any], reader: Reader) -> DisputeRecord:
    currency = reader.currency(row, "amount")
    state: Any = reader.word(row, "state", "needs_response")
    return DisputeRecord(
        remote_id=reader.needed(row, "remote_id"),
        order=reader.order(row),
        state=state,
        amount=abs(reader.money(row, "amount", currency)),
        currency=currency,
        payment=reader.name(row, "payment"),
        reason=reader.text(row, "reason"),
        due_at=reader.until(row, "due_at"),
        created_at=reader.at(row, "created_at"),
    )


def _note(row: dict[str, Any], reader: Reader) -> NoteRecord:
    text, order = reader.text(row, "text"), reader.order(row)
    if not text:
        raise RowError(row, "text", "is missing")
    at = reader.at(row, "created_at")
    return NoteRecord(
        remote_id=reader.name(row, "remote_id") or f"{order.remote_id or order.number}/{at}/{text[:40]}",
        order=order,
        text=text,
        author=reader.text(row, "author"),
        created_at=at,
        public=bool(reader.yes(row, "public")),
    )


_SINGLE: Final[dict[str, Callable[[dict[str, Any], Reader], Record]]] = {
    "customers": customer,
    "stock": _stock,
    "payments": _payment,
    "refunds": _refund,
    "disputes": _dispute,
    "notes": _note,
}
