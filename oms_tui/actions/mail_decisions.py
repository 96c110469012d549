"""What people decide about mails: which order they belong to, and that a conversation is closed without an answer.

Rows call a mail by its content, so a decision outlives every rebuild of the cache.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on
from oms_tui.store import desk_rows

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import CustomerView, MessageView, OrderView, QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite

MAIL_CHANGED: Final = "mail"
"""The feed's word for "read the decisions about this mail again"; its remote id is the mail's content name."""

IDENTITY_CHANGED: Final = "identity"
"""The feed's word for "somebody decided who the customer of this order is": who is one with whom is told anew."""


def find_mail(session: Session, wanted: object) -> MessageView:
    """A mail by its id, as a number or as people see it.

    Raises:
        Refused: there is none of that id; code ``not_found``.
    """
    from oms_tui.store.ids import parse
    from oms_tui.store.reads.mail import message

    text = str(wanted).strip()
    number = int(text) if text.isdecimal() else parse(text)
    found = None if number is None else message(session.store, number)
    if found is None:
        raise Refused(f"there is no mail {text!r}", code="not_found", field="mail")
    return found


def link_mail(session: Session, order: QueueItem, mail: MessageView) -> Outcome:
    """This mail belongs to this order. An address nobody knew is only proposed as the customer's."""
    words = f"linked “{mail.subject}” from {mail.from_address}"
    known = desk_rows.get(session.store.desk, "link_decisions", mail.content_name, *name_of(order))
    if known is not None and known["linked"]:
        return Outcome("linked already")
    with write_on(session, "link", order, words) as write:
        _decide(write, session, order, mail, linked=1)
        proposed = _propose(write, session, order, mail)
        write.event("linked", words, name_of(order), {"mail": mail.content_name, "message": str(mail.id)})
    if proposed:
        return Outcome(f"{words}; {mail.from_address} is proposed as the customer's address", write.undo_id)
    return Outcome(words, write.undo_id)


def unlink_mail(session: Session, order: QueueItem, mail: MessageView) -> Outcome:
    """This mail does not belong to this order, whatever a rule thinks."""
    known = desk_rows.get(session.store.desk, "link_decisions", mail.content_name, *name_of(order))
    if known is not None and not known["linked"]:
        return Outcome("unlinked already")
    words = f"unlinked “{mail.subject}” from {mail.from_address}"
    with write_on(session, "unlink", order, words) as write:
        _decide(write, session, order, mail, linked=0)
        write.event("unlinked", words, name_of(order), {"mail": mail.content_name, "message": str(mail.id)})
    return Outcome(words, write.undo_id)


def decide_waiting(
    write: DeskWrite, session: Session, order: QueueItem, status: str, reason: str, *, until: int | None = None
) -> int:
    """Decide on every conversation of the order in which somebody waits; returns how many there were.

    Args:
        write: the transaction it belongs to.
        session: who decides.
        order: whose conversations.
        status: ``closed``; ``pending``: they were answered otherwise; ``snoozed``.
        reason: why.
        until: when a snoozed one comes back (milliseconds since 1970 UTC).
    """
    from oms_tui.store.reads.mail import conversations_of

    decided = 0
    for conversation in conversations_of(session.store, order.id, session.policy, write.now):
        waiting = next((mail for mail in conversation.messages if mail.id == conversation.unanswered), None)
        if waiting is None:
            continue
        write_status(write, session, waiting, status, reason, until=until)
        decided += 1
    return decided


def write_status(
    write: DeskWrite, session: Session, mail: MessageView, status: str, reason: str, *, until: int | None = None
) -> None:
    """What a person decided about the conversation a mail is in; ``until``: when a snoozed one comes back."""
    write.put(
        "thread_decisions",
        {
            "mail": mail.content_name,
            "kind": "status",
            "value": status,
            "reason": reason,
            "agent": session.agent.id,
            "decided_at": write.now,
            "snoozed_until": until,
        },
    )
    write.changed(MAIL_CHANGED, "", mail.content_name)


def _decide(write: DeskWrite, session: Session, order: QueueItem, mail: MessageView, *, linked: int) -> None:
    write.put(
        "link_decisions",
        {
            "mail": mail.content_name,
            "source": order.source,
            "remote_id": order.remote_id,
            "linked": linked,
            "agent": session.agent.id,
            "decided_at": write.now,
        },
    )
    write.changed(MAIL_CHANGED, "", mail.content_name)
    write.changed(ORDER_CHANGED, *name_of(order))


def _propose(write: DeskWrite, session: Session, order: QueueItem, mail: MessageView) -> bool:
    """Propose the sender's address as the customer's, unless it is known, is ours, or was decided on before."""
    from oms_tui.domain import normalise
    from oms_tui.store.reads.order import read_order

    address = normalise.email(mail.from_address)
    if mail.auto or mail.direction != "inbound" or address in session.policy.own_addresses or "@" not in address:
        return False
    view = read_order(session.store, session.policy, order.id, now=write.now)
    if view is None or not view.customer.source_id or address in known_addresses(view):
        return False
    left, right = customer_name(view.customer), f"email:{address}"
    from oms_tui.store.reads.order_people import members

    # whoever was confirmed to be one with them counts: what was rejected of one is not proposed of the other
    if any(
        write.get("identity_decisions", each, right) is not None for each in {left, *members(session.store, order.id)}
    ):
        return False
    evidence = [f"wrote “{mail.subject}”, which was linked to {order.number} by hand"]
    write.put(
        "identity_decisions",
        {
            "left": left,
            "right": right,
            "state": "proposed",
            "evidence": json.dumps(evidence, ensure_ascii=False),
            "agent": session.agent.id,
            "decided_at": write.now,
        },
    )
    return True


def customer_name(customer: CustomerView) -> str:
    """How desk rows call a customer."""
    return f"customer:{customer.source}:{customer.source_id}"


def known_addresses(order: OrderView) -> frozenset[str]:
    """The mail addresses that are the customer's beyond a doubt: on the order, or confirmed. Normalised.

    A relay of a marketplace serves the order it came with, and none of the customer's others.
    """
    from oms_tui.domain import normalise
    from oms_tui.domain.identity import is_relay

    confirmed = [each.value for each in order.customer.identities if each.kind == "email" and each.state == "confirmed"]
    found = (order.email, *(each for each in confirmed if not is_relay(each)))
    return frozenset(normalise.email(address) for address in found if "@" in address)
