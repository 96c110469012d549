"""Mails that tell a customer of a parcel's step by themselves: from a macro, to the outbox, once for each parcel."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from oms_tui.actions.base import Refused
from oms_tui.actions.reply_fixed import fixed
from oms_tui.actions.reply_people import envelope
from oms_tui.actions.reply_record import Writing, account_of, filled, macro_called, order_of
from oms_tui.domain.safe_text import safe_line
from oms_tui.store.ids import unique
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from oms_tui.domain.macros import Rendered
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import MailAccount, Session
    from oms_tui.store.shapes import OrderView

_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class NoticeWanted:
    """A step of a parcel that its customer is to be told of.

    ``key`` names it for ever: whatever is synced again, nothing with a key that the outbox has is made again.
    """

    key: str
    milestone: str
    order_id: int
    parcel: str  # the parcel's id in its source
    macro: str
    account: str = ""


def is_made(session: Session, key: str) -> bool:
    """Whether the outbox has, or had, a notice of this key."""
    return session.store.desk.execute("SELECT 1 FROM outbox WHERE key=? LIMIT 1", (key,)).fetchone() is not None


def queue_notice(session: Session, wanted: NoticeWanted) -> str:
    """Hand a notice to the outbox; returns the state it has there, "" if it was there already.

    What cannot be made (no address, a value that is missing, a macro that is wrong) lies in the outbox as failed, with
    the reason: nobody is told nothing without somebody knowing.
    """
    order = order_of(session, wanted.order_id)
    parcels = tuple(each for each in order.shipments if each.source_id == wanted.parcel) or order.shipments
    about = replace(order, shipments=parcels)  # a macro speaks of this parcel, not of the one that matters most
    account = account_of(session, wanted.account) or next(iter(session.accounts), None)
    item_id, name = unique(), (order.item.source, order.item.remote_id)
    try:
        row = _row(session, about, wanted, account, item_id)
        kind, words = "mail_queued", f"{wanted.milestone.replace('_', ' ')}: mail to {json.loads(row['recipients'])[0]}"
    except Refused as error:
        row = _failed(session, about, wanted, str(error), item_id)
        kind, words = "mail_failed", f"{wanted.milestone.replace('_', ' ')}: nobody was told: {error}"
    with DeskWrite(session, "notice", [name], undoable=False) as write:
        if is_made(session, wanted.key):  # another worker was quicker
            return ""
        write.put("outbox", row)
        write.event(kind, words, name, {"outbox": item_id, "notice": wanted.milestone})
        write.changed("outbox", *name)
    return str(row["state"])


def _row(session: Session, order: OrderView, wanted: NoticeWanted, account: MailAccount | None, item_id: str) -> Values:
    if account is None:
        raise Refused("no mailbox of this desk can send")
    macro = macro_called(session, wanted.macro)
    drawn = filled(session, macro, order, None)
    if not drawn.complete:
        missing = ", ".join(each.name for each in (*drawn.missing, *drawn.missing_in_subject))
        raise Refused(f"the macro {wanted.macro!r} has no value for {missing}")
    to = envelope(order, None, (account,), session.policy.own_addresses).to
    if not to:
        raise Refused("the order has no mail address")
    draft = _draft(session, order, wanted, account, drawn, to=to[0], item_id=item_id)
    return fixed(session, Writing(draft, order, None, None), item_id) | {"key": wanted.key, "draft": ""}


def _draft(
    session: Session,
    order: OrderView,
    wanted: NoticeWanted,
    account: MailAccount,
    drawn: Rendered,
    *,
    to: str,
    item_id: str,
) -> Values:
    """The letter as a draft would hold it; it never is one."""
    now = session.now()
    signature = session.policy.signature.strip()
    return {
        "id": item_id,
        "source": order.item.source,
        "remote_id": order.item.remote_id,
        "agent": "",
        "account": account.source,
        "mail": "",
        "to_addresses": json.dumps([to], ensure_ascii=False),
        "cc_addresses": "[]",
        "subject": safe_line(drawn.subject or f"Your order {order.item.number}", _SUBJECT),
        "body": f"{drawn.text.rstrip()}\n\n{signature}" if signature else drawn.text,
        "quote": 0,
        "macro": wanted.macro,
        "attachments": "[]",
        "seen": "[]",
        "prepared_by": f"notice {wanted.milestone}",
        "created_at": now,
        "updated_at": now,
    }


def _failed(session: Session, order: OrderView, wanted: NoticeWanted, why: str, item_id: str) -> Values:
    """The item of a notice that could not be made, for a person to see."""
    from oms_tui.store.writes.desk_write import blank

    now = session.now()
    return blank("outbox") | {
        "id": item_id,
        "kind": "mail",
        "source": order.item.source,
        "remote_id": order.item.remote_id,
        "number": order.item.number,
        "agent": session.agent.id,
        "account": wanted.account,
        "state": "failed",
        "recipients": "[]",
        "subject": f"notice: {wanted.milestone.replace('_', ' ')}",
        "thread_ids": "[]",
        "seen_ids": "[]",
        "quotes": "[]",
        "overrides": "[]",
        "payload": "{}",
        "not_before": now,
        "error": why,
        "key": wanted.key,
        "created_at": now,
        "updated_at": now,
    }
