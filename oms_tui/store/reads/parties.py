"""Who has to do with an order: who they are, how they are reached, when they were last heard of, what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.absence import hands
from oms_tui.store.absences import team_of
from oms_tui.store.shapes import PartyView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.select import Values
    from oms_tui.store.shapes import OrderView, ShipmentView
    from oms_tui.store.workspace import Workspace

MERCHANT: Final = "merchant"
OWNER: Final = "owner"
MANAGER: Final = "account_manager"
CUSTOMER: Final = "customer"
CARRIER: Final = "carrier"
VENDOR: Final = "vendor"
WAREHOUSE: Final = "warehouse"

_GONE: Final = frozenset({"cancelled"})
_SHIPPED: Final = frozenset({"shipped", "delivered"})


class HandsNow(NamedTuple):
    """In whose hands an order is now: to whom it was given, who acts, and why where that is another."""

    assigned_to: str
    why: str
    manager: str
    manager_acts: str
    manager_back_at: int | None


def hands_now(store: Workspace, policy: DeskPolicy, row: Values, decision: Values | None, now: int) -> HandsNow:
    """The same as the queue's row was derived from, with the reasons.

    Args:
        store: both files.
        policy: the desk's rules.
        row: the order's row of the queue.
        decision: what people decided about the order: its row of ``order_decisions``.
        now: milliseconds since 1970 UTC.
    """
    assigned = str(decision["owner"]) if decision else ""
    team, manager = team_of(store.desk, policy, now), str(row["account_manager"])
    waits = row["waiting_since"] is not None
    found = hands(team, owner=assigned, manager=manager, tier=row["tier"], waits=waits, now=now)
    acts = team.stand_in(manager, now) if manager else ""
    return HandsNow(assigned, found.why, manager, acts, team.back_at(manager, now) if manager else None)


def parties(view: OrderView, policy: DeskPolicy, held: HandsNow) -> tuple[PartyView, ...]:
    """Everybody, those at the desk first, each once."""
    return (
        _merchant(view, policy),
        *_people(view, policy, held),
        _customer(view),
        *_carriers(view),
        *_vendors(view),
        *_warehouses(view),
    )


def _merchant(view: OrderView, policy: DeskPolicy) -> PartyView:
    mails = [mail for thread in view.conversations for mail in thread.messages]
    ours = [mail for mail in mails if mail.direction == "outbound"]
    newest = max(mails, key=lambda mail: mail.sent_at, default=None)
    contact = ""
    if newest is not None:
        there = (newest.from_address,) if newest.direction == "outbound" else (*newest.to, *newest.cc)
        contact = next((each for each in there if _bare(each) in policy.own_addresses), "")
    return PartyView(
        role=MERCHANT,
        name=policy.name,
        contact=contact or min(policy.own_addresses, default=""),
        last_contact_at=_latest([mail.sent_at for mail in ours] + [call.called_at for call in view.calls]),
        next_due_at=view.next_due_at,
        next_due=view.next_why,
        source="desk",
    )


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip("> ").strip().lower()


def _people(view: OrderView, policy: DeskPolicy, held: HandsNow) -> Iterator[PartyView]:
    """Whose it is at the desk, and who looks after the account."""
    owner = view.item.owner
    if owner and owner != held.manager:
        agent = policy.agents.get(owner)
        yield PartyView(
            role=OWNER,
            name=agent.name if agent and agent.name else owner,
            contact=agent.email if agent else "",
            last_contact_at=None,
            next_due_at=view.item.due_at,
            next_due="" if view.item.due_at is None else "the next step",
            source="desk",
            note=held.why,
        )
    if held.manager:
        agent = policy.agents.get(held.manager)
        call = min(
            (task for task in view.tasks if _is_open_call(task.kind, task.state)), key=lambda t: t.due_at, default=None
        )
        note = "" if held.manager_acts == held.manager else f"away; {held.manager_acts or 'nobody'} stands in"
        yield PartyView(
            role=MANAGER,
            name=agent.name if agent and agent.name else held.manager,
            contact=agent.email if agent else "",
            last_contact_at=_latest(call.called_at for call in view.calls if call.agent == held.manager),
            next_due_at=call.due_at if call else None,
            next_due=call.title if call else "",
            source="desk",
            note=note,
        )


def _is_open_call(kind: str, state: str) -> bool:
    return state == "open" and kind in {"milestone_call", "callback"}


def _customer(view: OrderView) -> PartyView:
    customer = view.customer
    heard = [mail.sent_at for thread in view.conversations for mail in thread.messages if mail.direction == "inbound"]
    heard += [call.called_at for call in view.calls if call.outcome == "reached" or call.direction == "inbound"]
    owed = [
        (each.due_at, f"pays {each.number}")
        for each in view.invoices
        if each.due_at is not None and each.paid < each.total
    ]
    due_at, due = min(owed, default=(None, ""))
    return PartyView(
        role=CUSTOMER,
        name=" · ".join(filter(None, (customer.name or view.item.name, customer.company))),
        contact=view.email or view.phone or view.ship_to.phone,
        last_contact_at=_latest(heard),
        next_due_at=due_at,
        next_due=due,
        source=customer.source,
        source_id=customer.source_id,
    )


def _carriers(view: OrderView) -> Iterator[PartyView]:
    by_carrier: dict[str, list[ShipmentView]] = {}
    for parcel in view.shipments:
        if parcel.carrier and parcel.state not in _GONE:
            by_carrier.setdefault(parcel.carrier, []).append(parcel)
    for carrier, parcels in by_carrier.items():
        under_way = [each for each in parcels if each.delivered_at is None and each.estimated_delivery_at is not None]
        following = min(under_way, key=lambda each: each.estimated_delivery_at or 0, default=None)
        yield PartyView(
            role=CARRIER,
            name=carrier,
            contact=next((each.tracking_url or each.tracking_number for each in parcels), ""),
            last_contact_at=_latest(scan.occurred_at for each in parcels for scan in each.events),
            next_due_at=following.estimated_delivery_at if following else None,
            next_due=f"delivers {following.tracking_number}" if following else "",
            source=parcels[0].tracking_source or parcels[0].source,
            source_id=parcels[0].source_id,
        )


def _vendors(view: OrderView) -> Iterator[PartyView]:
    for each in view.purchase_orders:
        answered = each.request_status in {"accepted", "closed"}
        yield PartyView(
            role=VENDOR,
            name=each.vendor,
            contact=each.number,
            last_contact_at=each.ordered_at,
            next_due_at=each.expected_at,
            next_due=""
            if each.expected_at is None
            else "sends the goods"
            if answered
            else "answers, and sends the goods",
            source=each.source,
            source_id=each.source_id,
            note=each.reason,
        )


def _warehouses(view: OrderView) -> Iterator[PartyView]:
    vendors = {each.vendor for each in view.purchase_orders}
    seen: dict[str, PartyView] = {}
    for parcel in view.shipments:
        if parcel.location and parcel.location not in vendors:
            before = seen.get(parcel.location)
            packs = parcel.state not in _SHIPPED | _GONE
            seen[parcel.location] = PartyView(
                role=WAREHOUSE,
                name=parcel.location,
                contact="",
                last_contact_at=_latest([before.last_contact_at if before else None, parcel.shipped_at]),
                next_due_at=view.item.promised_at if packs else before.next_due_at if before else None,
                next_due="hands the parcel over" if packs else before.next_due if before else "",
                source=parcel.source,
                source_id=parcel.source_id,
            )
    for line in view.lines:
        if line.fulfilled < line.quantity:
            for level in line.stock:
                if level.location not in seen and (level.on_hand or level.incoming):
                    awaited = line.short > 0 and level.expected_at is not None
                    seen[level.location] = PartyView(
                        role=WAREHOUSE,
                        name=level.location,
                        contact="",
                        last_contact_at=None,
                        next_due_at=level.expected_at if awaited else None,
                        next_due=f"gets {line.sku}" if awaited else "",
                        source=level.source,
                        source_id=level.sku,
                    )
    yield from seen.values()


def _latest(moments: Iterable[int | None]) -> int | None:
    return max((each for each in moments if each is not None), default=None)
