"""Orders and customers of a connector as rows of the store."""

from __future__ import annotations

import json
from operator import contains
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.vocabulary import (
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReturnStatus,
    values,
)
from oms_tui.store.incoming import IncomingCustomer, IncomingOrder
from oms_tui.store.order_keys import NUMBER, REFERENCE, REMOTE_ID, order_key
from oms_tui.sync.records_in_text import (
    address_json,
    block,
    digest,
    email,
    identifier,
    integer,
    line,
    lines,
    listed,
    mapped,
    maybe,
    milliseconds,
    phone,
    web_address,
)

if TYPE_CHECKING:
    from connectors.records import CustomerRecord, LineRecord, OrderRecord

_NO_CUSTOMER: Final = frozenset({"", "0"})  # WooCommerce: 0 is a guest


_AXES: Final = {
    "order state": frozenset(values(OrderState)),
    "payment status": frozenset(values(PaymentStatus)),
    "fulfillment status": frozenset((*values(FulfillmentStatus), "")),  # "": its parcels say
    "return status": frozenset(values(ReturnStatus)),
}


def order(record: OrderRecord, unmapped: list[tuple[str, str]]) -> IncomingOrder:
    """An order as the store takes it; words of the system that we do not know are kept, and added to ``unmapped``.

    Raises:
        ValueError, TypeError, AttributeError: a field is not what it should be.
    """
    remote_id = identifier(record.remote_id)
    ship_to = record.ship_to
    number, currency, phone_number, channel, version, *address = lines(
        record.number,
        record.currency,
        record.phone,
        record.channel,
        record.version,
        ship_to.name,
        ship_to.company,
        ship_to.street,
        ship_to.city,
        ship_to.region,
        ship_to.postcode,
        ship_to.country,
        ship_to.phone,
    )
    number = number or remote_id
    country = address[6]
    mail = email(record.email)
    axes: tuple[str, ...] = (
        record.state,
        record.payment_status,
        record.fulfillment_status,
        record.return_status,
    )
    if not all(map(contains, _AXES.values(), axes)):
        unmapped += [
            (axis, line(word)) for (axis, known), word in zip(_AXES.items(), axes, strict=True) if word not in known
        ]
        axes = lines(*axes)
    placed_at, updated_at = milliseconds(record.placed_at), maybe(record.updated_at)
    references = lines(*record.references) if record.references else ()
    came_from = [(each.kind, of) for each in record.came_from if (of := line(each.number))]
    content = (
        number,
        *axes,
        placed_at,
        maybe(record.promised_at),
        currency.upper(),
        integer(record.total, "total"),
        integer(record.shipping, "shipping"),
        integer(record.discount, "discount"),
        mail,
        phone_number,
        *address,
        address_json(record.bill_to) if record.bill_to else "",
        listed(record.tags) if record.tags else "[]",
        block(record.instructions),
        block(record.note),
        channel,
        web_address(record.url),
        json.dumps(came_from, ensure_ascii=False) if came_from else "[]",
        line(record.replaces.number or record.replaces.remote_id) if record.replaces else "",
        json.dumps(references, ensure_ascii=False) if references else "[]",
        mapped(record.raw_status) if record.raw_status else "{}",
        version,
        updated_at,
    )
    goods = tuple([_line(place, one) for place, one in enumerate(record.lines)])
    who = _customer_of(record, mail, country, updated_at or placed_at)
    return IncomingOrder(
        remote_id=remote_id,
        placed_at=placed_at,
        values=content,
        lines=goods,
        keys=_keys(number, remote_id, (*references, *(named for kind, named in came_from if kind != "order"))),
        digest=digest((content, goods, who.digest if who else "")),
        customer=who,
    )


def _keys(number: str, remote_id: str, references: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    called, own = order_key(number), order_key(remote_id)
    keys = [(NUMBER, called)] if called else []
    if own:
        keys.append((REMOTE_ID, own))
    keys.extend((REFERENCE, value) for reference in references if (value := order_key(reference)))
    return tuple(keys)


def _line(place: int, record: LineRecord) -> tuple[Any, ...]:
    return (
        place,
        *lines(record.remote_id, record.sku, record.gtin, record.title),
        integer(record.quantity, "quantity"),
        integer(record.unit_price, "unit price"),
        None if record.tax is None else integer(record.tax, "tax"),
        integer(record.fulfilled, "fulfilled"),
    )


def _customer_of(record: OrderRecord, mail: str, country: str, at: int) -> IncomingCustomer | None:
    """Who ordered: the customer the order names, else a guest known by mail or phone; None if nothing is known."""
    named = record.customer
    if named is not None and named.remote_id not in _NO_CUSTOMER:
        return customer(named, mail=mail, phone_number=record.phone, country=country, at=at)
    number = phone(record.phone, country) if record.phone else ""
    known = mail or number
    if not known:
        return None
    ship_to = record.ship_to
    name = (named.name if named else "") or ship_to.name or (record.bill_to.name if record.bill_to else "")
    identities = tuple((kind, value, 0) for kind, value in (("email", mail), ("phone", number)) if value)
    content = (line(name), line(ship_to.company), "[]", "", None, None, at)
    # ``at`` is left out: a guest who orders again is not changed by that.
    return IncomingCustomer(
        f"guest:{known}", content, identities, whole=False, at=0, digest=digest((*content[:-1], identities))
    )


def customer(
    record: CustomerRecord,
    *,
    mail: str = "",
    phone_number: str = "",
    country: str = "",
    at: int | None = None,
    whole: bool = False,
) -> IncomingCustomer:
    """A customer as the store takes them.

    Args:
        record: what the connector read.
        mail: the normalised address of the order that names them.
        phone_number: the order's phone.
        country: where its parcels go, for phone numbers without a country's code.
        at: when the order that names them was changed.
        whole: it was read as a customer, not as part of an order.

    Raises:
        ValueError, TypeError, AttributeError: a field is not what it should be.
    """
    remote_id = identifier(record.remote_id, "the customer's id")
    if record.address is not None and record.address.country:
        country = line(record.address.country)
    known: dict[tuple[str, str], int] = {}
    for identity in record.identities:
        value = _identity(identity.kind, identity.value, country)
        if value:
            place = (line(identity.kind), value)
            known[place] = max(known.get(place, 0), int(identity.verified))
    if mail:
        known.setdefault(("email", mail), 0)
    if phone_number and (number := phone(phone_number, country)):
        known.setdefault(("phone", number), 0)
    created_at, updated_at = maybe(record.created_at), maybe(record.updated_at)
    consent = None if record.consent_marketing is None else int(record.consent_marketing)
    content = (
        line(record.name),
        line(record.company),
        listed(record.tags) if record.tags else "[]",
        address_json(record.address) if record.address else "",
        consent,
        created_at,
        updated_at if updated_at is not None else at,
    )
    identities = tuple([(kind, value, verified) for (kind, value), verified in known.items()])
    return IncomingCustomer(
        remote_id,
        content,
        identities,
        whole=whole,
        at=created_at or 0,
        digest=digest((*content[:-1], updated_at, identities)),
    )


def _identity(kind: str, value: str, country: str) -> str:
    if kind == "email":
        return email(value)
    if kind == "phone":
        return phone(value, country)
    return line(value).strip()
