"""What every write to Stripe needs: the key and the order in its metadata, how much, and whether it was made before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from connectors.errors import Conflict, OutcomeUnknown, Rejected
from connectors.invoicing.stripe_money import to_stripe
from connectors.records import minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from connectors.base import Action
    from connectors.http import HttpApi
    from connectors.invoicing.stripe_kinds import Kind
    from connectors.invoicing.stripe_reading import StripeReading
    from connectors.invoicing.stripe_records import Document

KEY: Final = "oms_key"
LOOK_BACK: Final = timedelta(days=30)
"""How far back a write is looked for: nothing stays in doubt for longer."""

_REASON: Final = "oms_reason"
_ORDER: Final = "oms_order"
_LONGEST_METADATA: Final = 500


def with_key(documents: Iterable[Document], key: str) -> Document | None:
    """The object that was made with ``key``."""
    return next((one for one in documents if key and _key_of(one) == key), None)


def made_lately(reading: StripeReading, kind: Kind, key: str, clock: Callable[[], datetime] | None) -> Document | None:
    """The same among all of a kind. They cannot be searched, so the last thirty days of them are read."""
    oldest = ((clock or _now)() - LOOK_BACK).timestamp()
    for document in reading.all_of(kind):
        if _key_of(document) == key:
            return document
        created = document.get("created")
        if isinstance(created, int) and created < oldest:
            return None
    return None


def posted(api: HttpApi, path: str, fields: Mapping[str, str], key: str, what: str) -> Document:
    """The object that Stripe made, under the write's own key.

    Raises:
        OutcomeUnknown: sent, and no answer that says what was made. ``what``: what was asked for, in words.
    """
    try:
        answer = api.post(path, data=dict(fields), idempotency_key=key)
    except Conflict as error:  # the same key is being worked on this moment
        raise OutcomeUnknown(str(error)) from None
    made = answer.json()
    if not isinstance(made, dict) or not isinstance(made.get("id"), str):
        raise OutcomeUnknown(f"{api.name}: Stripe's answer to the {what} is none")
    return made


def _now() -> datetime:
    return datetime.now(UTC)


def _key_of(document: Document) -> str:
    metadata = document.get("metadata")
    return str(metadata.get(KEY) or "") if isinstance(metadata, dict) else ""


def notes_of(action: Action, *, key: str, reasons: frozenset[str]) -> dict[str, str]:
    """The reason, Stripe's own word where it has one, the order and the key: as fields of a write."""
    fields: dict[str, str] = {}
    reason = str(action.fields.get("reason") or "")
    word = "_".join(reason.lower().split())
    if word in reasons:
        fields["reason"] = word
    elif reason:
        fields[f"metadata[{_REASON}]"] = reason[:_LONGEST_METADATA]
    if action.order.remote_id:
        fields[f"metadata[{_ORDER}]"] = action.order.remote_id[:_LONGEST_METADATA]
    if key:
        fields[f"metadata[{KEY}]"] = key
    return fields


def wanted(action: Action, left: int, currency: str, *, name: str, what: str, done: str) -> int:
    """The amount asked for, all that is left where none is given. Minor units.

    Args:
        action: its fields ``amount`` and ``currency`` are looked at.
        left: the most it may be.
        currency: of the thing it is taken from.
        name: the source, for the words.
        what: the thing, such as "payment".
        done: what is done to it, such as "refunded".

    Raises:
        Rejected: another currency, no amount, or more than is left.
    """
    asked: Any = action.fields.get("amount")
    named = str(action.fields.get("currency") or currency).upper()
    if named != currency:
        raise Rejected(f"{name}: the {what} is in {currency}, not in {named[:3]}", field="currency")
    if asked is None:
        asked = left
    if isinstance(asked, bool) or not isinstance(asked, int):
        raise Rejected(f"{name}: the amount must be a whole number of minor units", field="amount")
    if left <= 0:
        raise Rejected(f"{name}: nothing is left of this {what} to be {done}", field="amount")
    if not 0 < asked <= left:
        most = money_words(left, currency)
        raise Rejected(f"{name}: {money_words(asked, currency)} cannot be {done}, {most} at most", field="amount")
    return asked


def stripe_amount(amount: int, currency: str, name: str) -> int:
    """Stripe's integer for an amount.

    Raises:
        Rejected: Stripe cannot say that amount.
    """
    try:
        return to_stripe(amount, currency)
    except ValueError as error:
        raise Rejected(f"{name}: {error}", field="amount") from None


def money_words(amount: int, currency: str) -> str:
    """An amount for people, such as "10.00 EUR"."""
    return f"{Decimal(amount).scaleb(-minor_digits(currency))} {currency}"
