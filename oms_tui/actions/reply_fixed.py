"""From a draft to what leaves: the mail's bytes and everything the worker has to know, decided once and for all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from oms_tui.actions import attachments as files
from oms_tui.actions.base import Refused
from oms_tui.actions.reply_people import split
from oms_tui.actions.reply_record import Writing, account_of, snapshot

if TYPE_CHECKING:
    from oms_tui.domain.mail_building import Original, Reply
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import MailAccount, Session
    from oms_tui.store.shapes import MessageView

KIND: Final = "mail"
_THREAD: Final = 50
"""Message-IDs of a thread that the guard looks for: the newest."""


def original(session: Session, mail: MessageView | None) -> Original | None:
    """The mail that is answered, as a reply repeats and refers to it."""
    from oms_tui.domain.mail_building import Mailbox, Original
    from oms_tui.store.reads.reply_facts import references_of

    if mail is None:
        return None
    return Original(
        sender=Mailbox(mail.from_address, mail.from_name),
        text=mail.text,
        sent_at=datetime.fromtimestamp(mail.sent_at / 1000, UTC).astimezone(session.policy.zone),
        message_id=mail.message_id,
        references=references_of(session.store, mail.id),
    )


def _built(session: Session, about: Writing, account: MailAccount, item_id: str) -> Reply:
    from uuid import uuid4

    from oms_tui.domain.mail_building import Mailbox, Reply, sendable_address
    from oms_tui.domain.reply_token import address

    row = about.draft
    sender = Mailbox(account.address, account.name)
    signed = address(session.policy.key, about.order.item.id, account.address) if account.plus else ""
    domain = sendable_address(account.address, "from").rpartition("@")[2]
    return Reply(
        sender=sender,
        to=tuple(Mailbox(mailbox, name) for name, mailbox in map(split, json.loads(row["to_addresses"]))),
        cc=tuple(Mailbox(mailbox, name) for name, mailbox in map(split, json.loads(row["cc_addresses"]))),
        subject=row["subject"],
        body=row["body"],
        message_id=f"<{uuid4()}.{item_id}@{domain}>",
        own_id=item_id,
        date=datetime.fromtimestamp(session.now() / 1000, UTC).astimezone(session.policy.zone),
        original=original(session, about.mail),
        quote=bool(row["quote"]),
        files=files.files_of(session.store, json.loads(row["attachments"])),
        reply_to=Mailbox(signed, account.name) if signed else None,
    )


def fixed(session: Session, about: Writing, item_id: str) -> Values:
    """The outbox item of a draft: everything about it decided.

    Raises:
        Refused: an address or a file cannot be sent; the draft stays.
    """
    from oms_tui.actions.reply_quotes import quotes_in
    from oms_tui.domain.mail_building import UnsendableReply, build_reply, recipients, thread_ids

    row, now = about.draft, session.now()
    account = account_of(session, row["account"])
    assert account is not None  # noqa: S101 - checked before
    reply = _built(session, about, account, item_id)
    try:
        raw, wanted = build_reply(reply), recipients(reply)
    except UnsendableReply as error:
        raise Refused(str(error), field=error.field, hint="the draft is kept") from error
    thread = [mail.message_id for mail in about.conversation.messages] if about.conversation else []
    thread += thread_ids(reply.original) if reply.original else ()
    quotes = quotes_in(
        about.order, f"{row['subject']}\n{row['body']}", macro_source=_macro_source(session, row["macro"])
    )
    return {
        "id": item_id,
        "kind": KIND,
        "source": row["source"],
        "remote_id": row["remote_id"],
        "number": about.order.item.number,
        "agent": session.agent.id,
        "account": account.source,
        "state": "held",
        "phase": "",
        "message_id": reply.message_id,
        "sender": account.address,
        "recipients": json.dumps(wanted),
        "subject": row["subject"],
        "body": row["body"],
        "raw": raw,
        "mail": row["mail"],
        "thread_ids": json.dumps([each for each in dict.fromkeys(thread) if each][-_THREAD:]),
        "seen_ids": row["seen"],
        "quotes": json.dumps([quote.as_json() for quote in quotes], ensure_ascii=False),
        "guard": "",
        "overrides": "[]",
        "snapshot": snapshot(session, about.order, about.mail),
        "draft": json.dumps({name: value for name, value in row.items() if name != "row_hash"}, ensure_ascii=False),
        "attempts": 0,
        "not_before": now + int(session.policy.undo_window.total_seconds() * 1000),
        "sent_mark": "",
        "answer": "",
        "error": "",
        "filed": 0,
        "key": row["id"],
        "payload": "{}",
        "created_at": now,
        "updated_at": now,
    }


def _macro_source(session: Session, name: str) -> str:
    """The template a reply began as; "" if it is gone by now."""
    if not name:
        return ""
    from oms_tui.actions.macro_files import macro_named

    macro = macro_named(session.macros, name)
    return f"{macro.subject}\n{macro.body}" if macro else ""
