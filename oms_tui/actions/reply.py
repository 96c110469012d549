"""A reply from its first key to the outbox: begun, saved as it is typed, checked, and fixed once and for all.

Everything here is the desk's own data and needs no network: the worker sends what the outbox holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions import attachments as files
from oms_tui.actions.base import Refused
from oms_tui.actions.reply_check import Problem, is_blank, problems
from oms_tui.actions.reply_fixed import fixed, original
from oms_tui.actions.reply_outbox import Resolved, recall, resolve
from oms_tui.actions.reply_people import envelope, mail_to_answer
from oms_tui.actions.reply_record import (
    account_of,
    allowed,
    draft_row,
    filled,
    macro_called,
    macro_fault,
    order_of,
    writing,
)
from oms_tui.actions.run import settle
from oms_tui.domain.rules import rule_of
from oms_tui.domain.safe_text import safe_line
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.ids import unique
from oms_tui.store.reads.outbox import answering, begun_on, draft, drafts_of, made_from, outbox_item
from oms_tui.store.writes.desk_write import DeskWrite

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from oms_tui.domain.macros import Rendered
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import ConversationView, DraftView, MessageView, OrderView, OutboxView

__all__ = [
    "Problem",
    "Resolved",
    "apply_macro",
    "attach",
    "check",
    "discard",
    "preview",
    "recall",
    "render_macro",
    "resolve",
    "save",
    "seen",
    "send",
    "start",
]

_LONGEST: Final = 500_000
_SUBJECT: Final = 200


def start(session: Session, order_id: int, *, message_id: int | None = None, macro: str = "") -> DraftView:
    """Begin a reply, or go on with the one this agent had begun to the same mail.

    Args:
        session: who writes.
        order_id: the order it is about.
        message_id: the mail it answers; without it the newest that nobody answered.
        macro: a macro's name, to begin with.

    Raises:
        Refused: no mailbox can send, the order, mail or macro is not there, or not this role.
    """
    allowed(session)
    order = order_of(session, order_id)
    if not session.accounts:
        raise Refused(
            "no mailbox of this desk can send", hint="give a mail source its [sources.NAME.smtp] in the config"
        )
    found = mail_to_answer(order, message_id)
    if found is not None and message_id is None and rule_of(session.agent.id) and not _waits(*found):
        found = None  # what nobody asked is a letter of its own, and no answer to an old mail
    if message_id is not None and found is None:
        raise Refused("this mail is not on this order", code="not_found", field="mail", hint="link it first")
    conversation, mail = found or (None, None)
    begun = _begun(session, order, conversation, mail, with_macro=bool(macro))
    if begun is not None and not (macro and not is_blank(session, begun.body)):
        return apply_macro(session, begun.id, macro) if macro else begun
    if mail is not None and rule_of(session.agent.id):
        _answered_by_nobody(session, mail)
    drawn = filled(session, macro_called(session, macro), order, mail) if macro else None
    row = _new(session, order, conversation, mail, drawn)
    row["macro"] = macro
    with DeskWrite(session, "draft", [(row["source"], row["remote_id"])], undoable=False) as write:
        write.put("drafts", row)
        words = f"prepared a draft: {row['subject']}" if row["prepared_by"] else "began a reply"
        write.event("draft", words, (row["source"], row["remote_id"]), {"draft": row["id"], "macro": macro})
        write.changed("draft", row["source"], row["remote_id"])
    return _view(session, row["id"])


def save(
    session: Session,
    draft_id: str,
    *,
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    subject: str | None = None,
    body: str | None = None,
    quote: bool | None = None,
    attachments: Sequence[str] | None = None,
) -> DraftView:
    """Keep what was typed; it is on the disk when this returns. What is None stays as it was.

    ``attachments`` are those to keep, by their names in the draft (``attach`` adds one).

    Raises:
        Refused: the draft was sent or discarded, or the text is out of bounds.
    """
    changes: dict[str, Any] = {}
    if to is not None:
        changes["to_addresses"] = _listed(to)
    if cc is not None:
        changes["cc_addresses"] = _listed(cc)
    if subject is not None:
        changes["subject"] = safe_line(subject, _SUBJECT)
    if body is not None:
        if len(body) > _LONGEST:
            raise Refused(f"it is longer than {_LONGEST:,} characters", field="body")
        changes["body"] = body.encode("utf-8", "replace").decode()
    if quote is not None:
        changes["quote"] = int(quote)
    desk = session.store.desk
    with transaction(desk):
        row = draft_row(session, draft_id)
        if attachments is not None:
            kept = [name for name in json.loads(row["attachments"]) if name in attachments]
            changes["attachments"] = json.dumps(kept, ensure_ascii=False)
        if any(row[name] != value for name, value in changes.items()):
            desk_rows.put(desk, "drafts", row | changes | {"updated_at": session.now()})
    return _view(session, draft_id)


def attach(session: Session, draft_id: str, path: Path) -> DraftView:
    """Attach a copy of a file.

    Raises:
        Refused: it cannot be read, is too large, or the draft is gone.
    """
    allowed(session)
    names = json.loads(draft_row(session, draft_id)["attachments"])
    names.append(files.attached(session.store, draft_id, path, names))
    changes = {"attachments": json.dumps(names, ensure_ascii=False), "updated_at": session.now()}
    desk_rows.update(session.store.desk, "drafts", (draft_id,), **changes)
    return _view(session, draft_id)


def seen(session: Session, draft_id: str) -> DraftView:
    """The writer has looked at the thread as it is now: what came meanwhile no longer holds the reply back.

    Raises:
        Refused: the draft or its order is gone.
    """
    known = _seen(writing(session, draft_id).conversation)
    desk_rows.update(session.store.desk, "drafts", (draft_id,), seen=json.dumps(known), updated_at=session.now())
    return _view(session, draft_id)


def render_macro(session: Session, draft_id: str, macro: str) -> Rendered:
    """A macro filled in for this draft, to be put where the cursor is; nothing is changed.

    Raises:
        Refused: there is no such macro, or it is wrong.
    """
    about = writing(session, draft_id)
    return filled(session, macro_called(session, macro), about.order, about.mail)


def apply_macro(session: Session, draft_id: str, macro: str) -> DraftView:
    """Put a macro into a draft: instead of nothing, else below what is written and above the signature.

    Raises:
        Refused: there is no such macro, or it is wrong.
    """
    allowed(session)
    about = writing(session, draft_id)
    drawn = filled(session, macro_called(session, macro), about.order, about.mail)
    body, signature = about.draft["body"], session.policy.signature.strip()
    if not is_blank(session, body):
        written = body.rstrip().removesuffix(signature).rstrip() if signature else body.rstrip()
        text = f"{written}\n\n{drawn.text.strip()}\n"
    else:
        text = drawn.text
    changes: dict[str, Any] = {"body": _signed(session, text), "macro": macro, "updated_at": session.now()}
    if drawn.to:
        changes |= _elsewhere(drawn)
    if drawn.subject and (drawn.to or about.mail is None):
        changes["subject"] = safe_line(drawn.subject, _SUBJECT)
    desk_rows.update(session.store.desk, "drafts", (draft_id,), **changes)
    return _view(session, draft_id)


def check(session: Session, draft_id: str) -> list[Problem]:
    """What stands against sending it (``blocking``), and what its writer should know.

    Raises:
        Refused: the draft or its order is gone.
    """
    return problems(session, writing(session, draft_id))


def preview(session: Session, draft_id: str) -> str:
    """The mail as its reader will see it: the head in words, the text, and what is quoted.

    Raises:
        Refused: the draft or its order is gone.
    """
    from oms_tui.domain.mail_building import quoted

    about = writing(session, draft_id)
    row, account = about.draft, account_of(session, about.draft["account"])
    shown = [f"From: {account.name} <{account.address}>" if account else f"From: {row['account']}"]
    shown.append(f"To: {', '.join(json.loads(row['to_addresses']))}")
    if row["cc_addresses"] != "[]":
        shown.append(f"Cc: {', '.join(json.loads(row['cc_addresses']))}")
    shown.append(f"Subject: {row['subject']}")
    shown += [f"Attached: {name.rpartition('/')[2]}" for name in json.loads(row["attachments"])]
    text = row["body"].strip("\n")
    answered = original(session, about.mail)
    if answered is not None and row["quote"] and (repeated := quoted(answered)):
        text = f"{text}\n\n{repeated}"
    return "\n".join(shown) + f"\n\n{text}\n"


def discard(session: Session, draft_id: str) -> str:
    """Throw a draft away; ``undo`` brings it back. Returns the undo id.

    Raises:
        Refused: it is gone already.
    """
    allowed(session)
    row = draft_row(session, draft_id)
    name = (row["source"], row["remote_id"])
    with DeskWrite(session, "discard", [name], summary="a draft was discarded") as write:
        write.delete("drafts", draft_id)
        write.event("draft", "discarded a reply", name, {"draft": draft_id})
        write.changed("draft", *name)
    files.sweep(session.store, session.now())
    return write.undo_id


def send(session: Session, draft_id: str) -> OutboxView:
    """Hand a reply to the outbox: its bytes and its Message-ID are fixed and on the disk when this returns.

    It can be taken back while the undo window lasts. Pressed twice, it is the same item.

    Raises:
        Refused: something stands against it; the message says what, and the draft stays.
    """
    allowed(session)
    if desk_rows.get(session.store.desk, "drafts", draft_id) is None and (item := made_from(session.store, draft_id)):
        return item
    about = writing(session, draft_id)
    if blocking := [each for each in problems(session, about) if each.blocking]:
        raise Refused("; ".join(each.words for each in blocking), field=blocking[0].field, hint="the draft is kept")
    item_id = unique()
    row = fixed(session, about, item_id)
    name = (row["source"], row["remote_id"])
    words = f"reply to {', '.join(json.loads(row['recipients'])[:2])}: {row['subject']}"
    with DeskWrite(session, "send", [name], summary=f"{row['number']}: {words}") as write:
        if write.get("drafts", draft_id) != about.draft:  # pressed twice, or typed on in another window
            raise Refused("the draft was changed or sent this moment", code="conflict", hint="look at it again")
        if (other := answering(session.store, row["mail"])) is not None:
            raise Refused(f"this mail is being answered already ({other.state})", code="conflict", field="thread")
        write.delete("drafts", draft_id)
        write.put("outbox", row, undone={"state": "recalled"})
        write.event(
            "mail_queued", words, name, {"outbox": item_id, "message_id": row["message_id"], "mail": row["mail"]}
        )
        write.changed("outbox", *name)
        write.changed("draft", *name)
    settle(session)
    sent = outbox_item(session.store, item_id)
    assert sent is not None  # noqa: S101 - written two lines above
    return sent


# ---- inside


def _waits(conversation: ConversationView, mail: MessageView) -> bool:
    return conversation.unanswered == mail.id


def _answered_by_nobody(session: Session, mail: MessageView) -> None:
    """A mail about two orders is answered once: rules that find both prepare one answer.

    Raises:
        Refused: somebody, or another rule, answers it already.
    """
    if answering(session.store, mail.content_name) is not None or begun_on(session.store, mail.content_name):
        raise Refused("the mail that waits is being answered, perhaps on another order it is about")


def _begun(
    session: Session,
    order: OrderView,
    conversation: ConversationView | None,
    mail: MessageView | None,
    *,
    with_macro: bool,
) -> DraftView | None:
    """The draft to go on with: this agent's to the same mail, or one that a rule has prepared.

    What was prepared before the customer wrote is offered as the answer to what they wrote since.
    """
    name = mail.content_name if mail else ""
    drafts = drafts_of(session.store, order.item.source, order.item.remote_id)
    for begun in drafts:
        if begun.mail == name and begun.agent == session.agent.id:
            return begun
    for begun in drafts:
        if with_macro or not begun.prepared_by or begun.agent not in {"", begun.prepared_by}:
            continue
        if begun.mail in {name, ""}:
            answers = conversation is not None and mail is not None and _waits(conversation, mail)
            _take_up(session, begun, order, conversation if answers else None, mail if answers else None)
            return _view(session, begun.id)
    return None


def _take_up(
    session: Session,
    begun: DraftView,
    order: OrderView,
    conversation: ConversationView | None,
    mail: MessageView | None,
) -> None:
    """A prepared draft becomes this agent's, with their name and what is known by now."""
    changes: dict[str, Any] = {"agent": session.agent.id, "updated_at": session.now()}
    if begun.macro and not macro_fault(session, begun.macro):
        changes["body"] = _signed(session, filled(session, macro_called(session, begun.macro), order, mail).text)
    if mail is not None and begun.mail != mail.content_name:
        to_it = _new(session, order, conversation, mail, None)
        changes |= {name: to_it[name] for name in ("account", "mail", "to_addresses", "cc_addresses", "subject")}
        changes |= {"quote": to_it["quote"], "seen": to_it["seen"]}
    with DeskWrite(session, "draft", [(order.item.source, order.item.remote_id)], undoable=False) as write:
        desk_rows.update(write.desk, "drafts", (begun.id,), **changes)
        write.changed("draft", order.item.source, order.item.remote_id)


def _new(
    session: Session,
    order: OrderView,
    conversation: ConversationView | None,
    mail: MessageView | None,
    drawn: Rendered | None,
) -> Values:
    from oms_tui.domain.mail_building import reply_subject

    who = envelope(order, mail, session.accounts, session.policy.own_addresses)
    subject = (
        reply_subject(mail.subject) if mail else (drawn.subject if drawn else "") or f"Your order {order.item.number}"
    )
    now = session.now()
    row: Values = {
        "id": unique(),
        "source": order.item.source,
        "remote_id": order.item.remote_id,
        "agent": session.agent.id,
        "account": who.account.source,
        "mail": mail.content_name if mail else "",
        "to_addresses": _listed(who.to),
        "cc_addresses": _listed(who.cc),
        "subject": safe_line(subject, _SUBJECT),
        "body": _signed(session, drawn.text if drawn else ""),
        "quote": int(mail is not None and mail.direction == "inbound"),
        "macro": "",
        "attachments": "[]",
        "seen": json.dumps(_seen(conversation)),
        "prepared_by": session.agent.id if rule_of(session.agent.id) else "",
        "created_at": now,
        "updated_at": now,
    }
    if drawn is not None and drawn.to:
        row |= _elsewhere(drawn) | {"subject": safe_line(drawn.subject or f"Order {order.item.number}", _SUBJECT)}
    return row


def _elsewhere(drawn: Rendered) -> Values:
    """A macro that names whom it is for (a carrier, a vendor) is no answer to the customer's mail."""
    to = [each.strip() for each in drawn.to.replace(";", ",").split(",") if each.strip()]
    return {"to_addresses": _listed(to), "cc_addresses": "[]", "mail": "", "quote": 0, "seen": "[]"}


def _signed(session: Session, text: str) -> str:
    signature = session.policy.signature.strip()
    if not signature or signature in text:
        return text
    return f"{text.rstrip()}\n\n{signature}\n"


def _seen(conversation: ConversationView | None) -> list[str]:
    if conversation is None:
        return []
    names = [name for mail in conversation.messages for name in (mail.message_id, mail.content_name)]
    return [name for name in dict.fromkeys(names) if name]


def _listed(addresses: Sequence[str]) -> str:
    written = (safe_line(each).strip() for each in addresses)
    return json.dumps([each for each in dict.fromkeys(written) if each], ensure_ascii=False)


def _view(session: Session, draft_id: str) -> DraftView:
    found = draft(session.store, draft_id)
    if found is None:
        raise Refused("this draft is not there any more: it was sent or discarded", code="not_found", field="draft")
    return found
