"""Asking a mailbox for a file of a mail, or for a text that was not read yet: the worker fetches it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oms_tui.actions.base import Refused
from oms_tui.store.ids import unique
from oms_tui.store.reads.mail import message
from oms_tui.store.reads.mail_requests import ATTACHMENT, BODY, place, under_way
from oms_tui.store.reads.outbox import outbox_item
from oms_tui.store.reads.queue import item as order_item
from oms_tui.store.writes.desk_write import DeskWrite, blank

if TYPE_CHECKING:
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import MessageView, OutboxView


def request(session: Session, message_id: int, index: int, *, order_id: int | None = None) -> OutboxView:
    """Have the attachment ``index`` of a mail saved among the desk's files; asked for twice it is saved once.

    Args:
        session: who wants it.
        message_id: the mail, by its id in the store.
        index: of its attachment.
        order_id: the order on whose timeline it is noted.

    Raises:
        Refused: there is no such mail or attachment, or the desk is open for reading only.
    """
    mail = _mail(session, message_id)
    wanted = next((each for each in mail.attachments if each.index == index), None)
    if wanted is None:
        raise Refused(f"the mail has no attachment {index}", code="not_found", field="index")
    return _ask(session, mail, ATTACHMENT, order_id, subject=wanted.name or "attachment", index=index, name=wanted.name)


def request_body(session: Session, message_id: int, *, order_id: int | None = None) -> OutboxView:
    """Have the text of a mail read, also where an earlier try brought none.

    Raises:
        Refused: there is no such mail, its text is here already, or the desk is open for reading only.
    """
    mail = _mail(session, message_id)
    if mail.has_body:
        raise Refused("the text of this mail is here already")
    return _ask(session, mail, BODY, order_id, subject=mail.subject or "no subject")


def _mail(session: Session, message_id: int) -> MessageView:
    if session.store.read_only:
        raise Refused("the desk is open for reading only", code="forbidden")
    found = message(session.store, message_id)
    if found is None:
        raise Refused("this mail is no longer in the store", code="not_found", field="mail")
    return found


def _ask(
    session: Session, mail: MessageView, kind: str, order_id: int | None, *, subject: str, **more: Any
) -> OutboxView:
    where = place(session.store, mail.id)
    if where is None:
        raise Refused("this mail is no longer in the store", code="not_found", field="mail")
    key = f"{kind}:{where.source}:{where.name}:{more.get('index', '')}"
    asked = under_way(session.store, key)
    if not asked:
        order = order_item(session.store, order_id) if order_id is not None else None
        source, remote_id = (order.source, order.remote_id) if order else ("", "")
        payload = {"message": where.name, "folder": where.folder, "generation": where.generation, "uid": where.uid}
        with DeskWrite(session, kind, [(source, remote_id)], undoable=False) as write:
            asked = unique()
            write.put(
                "outbox",
                blank("outbox")
                | {
                    "id": asked,
                    "kind": kind,
                    "source": source,
                    "remote_id": remote_id,
                    "number": order.number if order else "",
                    "agent": session.agent.id,
                    "account": where.source,
                    "state": "queued",
                    "subject": subject,
                    "not_before": write.now,
                    "key": key,
                    "payload": json.dumps(payload | more, ensure_ascii=False),
                    "created_at": write.now,
                    "updated_at": write.now,
                },
            )
            write.changed("outbox", source, remote_id)
    found = outbox_item(session.store, asked)
    assert found is not None  # noqa: S101 - items are never deleted
    return found
