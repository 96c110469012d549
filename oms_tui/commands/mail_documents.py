"""The JSON documents of CONTRACT.md that are about mail: threads, messages, what leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.commands.document_parts import Document, moment, origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.store.shapes import CandidateView, ConversationView, MessageView, OutboxView, UnlinkedMail


def conversation(view: ConversationView) -> Document:
    """A thread with its messages."""
    return {
        "id": str(view.id),
        "status": view.status,
        "subject": view.subject,
        "customer": view.customer,
        "waiting_since": moment(view.waiting_since),
        "unanswered": _mail_id(view.unanswered),
        "messages": [message(each) for each in view.messages],
    }


def message(view: MessageView) -> Document:
    """A mail."""
    return {
        **origin(view.source, view.source_id, view.synced_at),
        "id": _mail_id(view.id),
        "message_id": view.message_id or None,
        "from": {"name": view.from_name, "address": view.from_address},
        "to": list(view.to),
        "cc": list(view.cc),
        "reply_to": list(view.reply_to),
        "sent_at": moment(view.sent_at),
        "direction": view.direction,
        "auto": view.auto or None,
        "subject": view.subject,
        "text": view.text if view.has_body else None,
        "attachments": [
            {"index": each.index, "name": each.name, "content_type": each.content_type, "size": each.size}
            for each in view.attachments
        ],
        "warnings": list(view.warnings),
        "state": view.state,
        "known_sender": view.known_sender,
        "link": {"reason": view.link_reason, "confidence": view.link_confidence} if view.link_reason else None,
    }


def _mail_id(number: int | None) -> str | None:
    from oms_tui.store.ids import public

    return None if number is None else public(number)


def outbox_item(view: OutboxView) -> Document:
    """Something that leaves."""
    return {
        "id": view.id,
        "kind": view.kind,
        "number": view.number,
        "source": view.source,
        "state": view.state,
        "message_id": view.message_id or None,
        "recipients": list(view.recipients),
        "subject": view.subject,
        "agent": view.agent,
        "account": view.account,
        "attempts": view.attempts,
        "since": moment(view.since),
        "not_before": moment(view.not_before),
        "filed": view.filed,
        "guard": list(view.guard),
        "error": view.error or None,
    }


def unlinked(view: UnlinkedMail, orders: Iterable[str] = ()) -> Document:
    """A mail in a list."""
    return {
        "id": _mail_id(view.id),
        "source": view.source,
        "from": {"name": view.from_name, "address": view.from_address},
        "subject": view.subject,
        "sent_at": moment(view.sent_at),
        "state": view.state,
        "orders": list(orders),
        "reason": view.reason or None,
    }


def candidate(view: CandidateView) -> Document:
    """An order that a mail may be about."""
    return {"number": view.number, "customer": view.name, "score": view.score, "evidence": list(view.evidence)}
