"""The JSON of who is behind an order and what systems disagree on: customer, related orders, parties, conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.commands.document_parts import Document, amount, moment, origin

if TYPE_CHECKING:
    from oms_tui.store.shapes import ConflictView, OrderView, PartyView, RelatedView


def customer(view: OrderView) -> Document:
    """The customer."""
    found = view.customer
    currency = view.item.currency
    return {
        **origin(found.source, found.source_id, found.synced_at),
        "name": found.name,
        "company": found.company,
        "tier": found.tier,
        "tier_reason": found.tier_reason,
        "account_manager": found.account_manager or None,
        "account_manager_acting": view.manager_acting or None,
        "tags": list(found.tags),
        "identities": [
            {
                "kind": each.kind,
                "value": each.value,
                "verified": each.verified,
                "state": each.state,
                "source": each.source,
            }
            for each in found.identities
        ],
        "orders": found.orders,
        "spend": amount(found.spend, currency),
        "open": amount(found.owed, currency),
        "other_currencies": [
            {"spend": amount(spend, other), "open": amount(owed, other)}
            for other, spend, owed in found.other_currencies
        ],
    }


def related(each: RelatedView) -> Document:
    """Another order of what is or may be the same customer."""
    return {
        "number": each.number,
        "source": each.source,
        "customer": each.name,
        "evidence": list(each.evidence),
        "strength": each.strength or None,
        "state": each.state,
        "decided_by": each.decided_by or None,
        "decided_at": moment(each.decided_at),
    }


def party(each: PartyView) -> Document:
    """Somebody who has to do with the order."""
    return {
        "role": each.role,
        "name": each.name,
        "contact": each.contact or None,
        "last_contact_at": moment(each.last_contact_at),
        "next_due_at": moment(each.next_due_at),
        "next_due": each.next_due or None,
        "note": each.note or None,
        "source": each.source,
        "source_id": each.source_id or None,
    }


def conflict(each: ConflictView) -> Document:
    """A field on which systems disagree."""
    return {
        "field": each.field,
        "parts": list(each.parts),
        "state": each.state,
        "chosen": each.chosen or None,
        "decided_by": each.decided_by or None,
        "decided_at": moment(each.decided_at),
        "values": [
            {
                "source": value.source,
                "what": value.what or None,
                "value": value.value,
                "seen_at": moment(value.seen_at),
            }
            for value in each.values
        ],
    }


def lead_to_cash(view: OrderView) -> Document:
    """From what the order came of to the money: as far as a source says."""
    currency = view.item.currency
    came_from = dict(view.came_from)
    return {
        "lead": came_from.get("lead"),
        "quote": came_from.get("quote"),
        "takes_back": came_from.get("order"),
        "order": view.item.number,
        "references": list(view.references),
        "invoices": [each.number for each in view.invoices if each.kind == "invoice"],
        "payments": [each.source_id for each in view.payments],
        "open": amount(view.owed, currency),
        "customer_open": amount(view.customer.owed, currency),
    }
