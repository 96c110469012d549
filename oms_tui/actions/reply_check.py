"""What stands against a reply, and what its writer should know, before it goes to the outbox."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.actions.attachments import LARGEST, located, size_of
from oms_tui.actions.decisions import agent_name, shown_time
from oms_tui.actions.mail_decisions import known_addresses
from oms_tui.actions.reply_people import bounced, envelope, key_of, split
from oms_tui.actions.reply_quotes import quotes_in, stale_quotes
from oms_tui.actions.reply_record import Writing, account_of
from oms_tui.domain import normalise
from oms_tui.domain.macros import unresolved
from oms_tui.store.reads.outbox import answering, drafts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import MessageView


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about one field of a reply (``to``, ``cc``, ``subject``, ``body``, ``attachments``, ``thread``).

    ``kind``: ``missing`` of a value that the text lacks, ``blank`` of a text that is not begun, "" for all others.
    """

    field: str
    words: str
    blocking: bool
    kind: str = ""


def problems(session: Session, writing: Writing) -> list[Problem]:
    """Everything there is to say about a draft: what blocks it first, then what to look at."""
    found = [
        *_addresses(session, writing),
        *_text(session, writing),
        *_files(session, writing),
        *_thread(session, writing),
        *_people(session, writing),
        *_figures(session, writing),
    ]
    return sorted(found, key=lambda problem: not problem.blocking)


def _addresses(session: Session, writing: Writing) -> Iterator[Problem]:
    from oms_tui.domain.mail_building import UnsendableReply, sendable_address

    if account_of(session, writing.draft["account"]) is None:
        yield Problem("from", f"the mailbox {writing.draft['account']!r} cannot send any more", blocking=True)
    ours, dead = session.policy.own_addresses, bounced(writing.order)
    to, cc = json.loads(writing.draft["to_addresses"]), json.loads(writing.draft["cc_addresses"])
    if not to:
        words = f"; our mail to {', '.join(sorted(dead))} came back" if dead else ""
        yield Problem("to", f"nobody to write to{words}", blocking=True)
    for field, written in (("to", to), ("cc", cc)):
        for each in written:
            try:
                sendable_address(split(each)[1], field)
            except UnsendableReply as error:
                yield Problem(field, str(error), blocking=True)
                continue
            if key_of(each) in ours:
                yield Problem(field, f"{split(each)[1]} is our own address", blocking=True)
            elif key_of(each) in dead:
                yield Problem(field, f"our last mail to {split(each)[1]} came back", blocking=True)


def _text(session: Session, writing: Writing) -> Iterator[Problem]:
    subject, body = writing.draft["subject"], writing.draft["body"]
    for field, text in (("subject", subject), ("body", body)):
        for missing in unresolved(text):
            words = f"{missing.name or 'a value'} is missing: fill it in, or take it out"
            yield Problem(field, words, blocking=True, kind="missing")
    if not subject.strip():
        yield Problem("subject", "it has no subject", blocking=True)
    if is_blank(session, body):
        yield Problem("body", "nothing is written yet", blocking=True, kind="blank")
    if writing.draft["quote"] and writing.mail and not writing.mail.has_body:
        yield Problem("body", "the mail's text was not read yet, so it cannot be quoted", blocking=False)


def is_blank(session: Session, body: str) -> bool:
    """Whether nobody has written anything but the signature."""
    return body.strip() in {"", session.policy.signature.strip()}


def _files(session: Session, writing: Writing) -> Iterator[Problem]:
    names = json.loads(writing.draft["attachments"])
    for name in names:
        if located(session.store, name) is None:
            yield Problem(
                "attachments", f"{name.rpartition('/')[2]} is no longer there: attach it again", blocking=True
            )
    if sum(size_of(session.store, name) for name in names) > LARGEST:
        yield Problem("attachments", f"the files are larger than {LARGEST // 1024 // 1024} MB together", blocking=True)


def _thread(session: Session, writing: Writing) -> Iterator[Problem]:
    mail = writing.mail
    if writing.draft["mail"] and mail is None:
        yield Problem("thread", "the mail it answers is no longer on this order", blocking=False)
    if under_way := answering(session.store, writing.draft["mail"]):
        who = agent_name(session, under_way.agent)
        words = f"{who} has answered this mail already: that reply is {under_way.state.replace('_', ' ')} in the outbox"
        yield Problem("thread", words, blocking=True)
    for newer in unseen(writing):
        who = newer.from_name or newer.from_address
        did = "answered" if newer.direction == "outbound" else "wrote again"
        yield Problem("thread", f"{who} {did} meanwhile ({shown_time(session, newer.sent_at)})", blocking=False)
    item = writing.order.item
    for other in drafts_of(session.store, item.source, item.remote_id):
        if other.id != writing.draft["id"] and other.mail == writing.draft["mail"] and other.agent != session.agent.id:
            yield Problem("thread", f"{agent_name(session, other.agent)} writes to them as well", blocking=False)
    if writing.order.claim not in {"", session.agent.id}:
        yield Problem("thread", f"{agent_name(session, writing.order.claim)} is on this order", blocking=False)


def unseen(writing: Writing) -> list[MessageView]:
    """Mails of people in the thread that came after the writer had looked at it, oldest first."""
    if writing.conversation is None:
        return []
    seen = frozenset(json.loads(writing.draft["seen"]))
    return [
        mail
        for mail in writing.conversation.messages
        if not mail.auto and not {mail.message_id, mail.content_name} & seen
    ]


def _people(session: Session, writing: Writing) -> Iterator[Problem]:
    mail, known = writing.mail, known_addresses(writing.order)
    to = [key_of(each) for each in json.loads(writing.draft["to_addresses"])]
    cc = [key_of(each) for each in json.loads(writing.draft["cc_addresses"])]
    if mail and mail.direction == "inbound" and mail.reply_to:
        wanted = {key_of(each) for each in mail.reply_to}
        if normalise.email(mail.from_address) not in wanted and set(to) & wanted:
            shown = ", ".join(split(each)[1] for each in mail.reply_to)
            yield Problem("to", f"answers go to {shown}, though {mail.from_address} wrote", blocking=False)
    for address in dict.fromkeys(to):
        if address not in known:
            yield Problem("to", f"{address} is not known on this order", blocking=False)
    if mail is not None and session.accounts:
        offered = envelope(writing.order, mail, session.accounts, session.policy.own_addresses).offered
        if left := [split(each)[1] for each in offered if key_of(each) not in {*to, *cc}]:
            words = f"{', '.join(left)} had a copy and is not known here: add them if they shall have this one too"
            yield Problem("cc", words, blocking=False)


def _figures(session: Session, writing: Writing) -> Iterator[Problem]:
    """Quoted figures that are old: the worker reads them again before the reply leaves."""
    text = f"{writing.draft['subject']}\n{writing.draft['body']}"
    now = session.now()
    for quote in stale_quotes(quotes_in(writing.order, text), session.policy, now):
        age = f"{(now - quote.read_at) // 3_600_000} h old" if quote.read_at is not None else "of unknown age"
        yield Problem(
            "body",
            f"what {quote.source} says of {quote.ref} is {age}: it is read again before this leaves",
            blocking=False,
        )
