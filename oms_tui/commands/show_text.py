"""An order as text for a terminal or a pipe: what `show` says without --json."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from oms_tui.commands.context import say
from oms_tui.domain.money import money_text
from oms_tui.domain.vocabulary import (
    Beginning,
    FulfillmentStatus,
    InvoiceStatus,
    OrderState,
    PaymentStatus,
    Stage,
    TrackingStatus,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView

_EVENTS = 30


def tell_order(view: OrderView, session: Session) -> None:
    """Write the order's panes one below the other."""
    item, currency = view.item, view.item.currency

    def when(milliseconds: int | None) -> str:
        if milliseconds is None:
            return "-"
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
        return moment.astimezone(session.policy.zone).strftime("%a %d %b %H:%M")

    customer = view.customer
    say(f"#{item.number}  {customer.name or item.name}  {customer.tier.upper()}  ({item.source})")
    axes = (
        words_of(OrderState, item.state),
        words_of(PaymentStatus, item.payment_status),
        words_of(FulfillmentStatus, item.fulfillment_status),
    )
    say(f"{words_of(Stage, item.stage)} {item.progress}".rstrip() + f"  [{', '.join(axes)}]")
    say(f"placed {when(item.placed_at)}  promised {when(item.promised_at)}  total {money_text(item.total, currency)}")
    if item.flags:
        say("! " + ", ".join(flag.text for flag in item.flags))
    say(f"next: {item.next_action or 'nothing'}: {view.next_why}  (priority {item.priority})")
    ship = view.ship_to
    say(f"ship to: {', '.join(filter(None, (ship.name, ship.street, f'{ship.postcode} {ship.city}', ship.country)))}")
    _who(view)
    _goods(view)
    _money(view, when)
    _parcels(view)
    _events(view, when)


def _who(view: OrderView) -> None:
    """Why they are in their tier, who looks after them, what they owe, who else they may be, what is disputed."""
    customer, currency = view.customer, view.item.currency
    manager = f"  account {customer.account_manager}" if customer.account_manager else ""
    acting = f" (away: {view.manager_acting or 'nobody'})" if view.manager_away and customer.account_manager else ""
    owed = [(currency, customer.owed), *((other, owed) for other, _, owed in customer.other_currencies)]
    owes = " and ".join(money_text(amount, each) for each, amount in owed if amount)
    owes = f"  owes {owes}" if owes else ""
    say(f"tier {customer.tier}: {customer.tier_reason}{manager}{acting}{owes}")
    if view.item.owner:
        say(f"owner {view.item.owner}" + (f" ({view.owner_why})" if view.owner_why else ""))
    for conflict in view.conflicts:
        sides = " or ".join(f"{value.value} ({value.called})" for value in conflict.values)
        say(f"{conflict.state}: {conflict.field.replace('_', ' ')} differs: {sides}")
    for other in view.related:
        worth = f", {other.strength}" if other.strength else ""
        say(f"{other.state}{worth}: {other.number} {other.name} ({'; '.join(other.evidence)})")


def _goods(view: OrderView) -> None:
    say("\nLines")
    for line in view.lines:
        free = ", ".join(f"{level.location} {level.available}" for level in line.stock)
        short = f"  short {line.short}" if line.short else ""
        price = money_text(line.unit_price, view.item.currency)
        say(f"  {line.quantity} {line.title} {line.sku}  {price}  [{free}]{short}")


def _money(view: OrderView, when: Callable[[int | None], str]) -> None:
    say("\nMoney")
    for kind, number in view.came_from:
        say(f"  {words_of(Beginning, kind)} {number}")
    for payment in view.payments:
        say(f"  {payment.state} {money_text(payment.amount, payment.currency)} {payment.method}  {when(payment.at)}")
    for refund in view.refunds:
        say(f"  refund {refund.state} {money_text(refund.amount, refund.currency)}  {when(refund.at)}")
    for invoice in view.invoices:
        status = "overdue" if invoice.overdue else words_of(InvoiceStatus, invoice.status)
        say(f"  {invoice.number} {status} {money_text(invoice.total, invoice.currency)}  due {when(invoice.due_at)}")
    say(f"  may go back: {money_text(view.refundable, view.item.currency)}")


def _parcels(view: OrderView) -> None:
    say("\nParcels")
    for parcel in view.shipments:
        status = words_of(TrackingStatus, parcel.status)
        say(f"  {parcel.carrier} {parcel.tracking_number}  {status} {parcel.reason}".rstrip())


def _events(view: OrderView, when: Callable[[int | None], str]) -> None:
    say("\nTimeline")
    for event in view.timeline[:_EVENTS]:
        say(f"  {when(event.occurred_at)}  {event.source:10.10} {event.summary}")
    if len(view.timeline) > _EVENTS:
        say(f"  … {len(view.timeline) - _EVENTS} earlier; all with --json")
