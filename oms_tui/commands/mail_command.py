"""Mails: those that belong to no order yet, what they may be about, and links made or taken back by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands import documents, mail_documents
from oms_tui.commands.context import emit, opened, order_named, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING, REFUSED, WRONG_USE, Failure, not_found
from oms_tui.domain.vocabulary import MailState

if TYPE_CHECKING:
    import argparse

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import MessageView


_STATUSES: Final = {
    "close": ("closed", "its conversation is closed"),
    "snooze": ("snoozed", "its conversation is put aside"),
    "spam": ("spam", "its conversation is spam"),
    "reopen": ("open", "its conversation is open"),
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="WHAT")
    listing = verbs.add_parser("list", help="mails, newest first, with the counts of each state")
    listing.add_argument("--state", choices=[state.value for state in MailState], default="")
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--after", help="go on from the `next` of an earlier answer")
    for name, words in {
        "show": "one mail with its text",
        "candidates": "orders it may be about, with the evidence",
        "split": "make it a conversation of its own",
    }.items():
        verbs.add_parser(name, help=words).add_argument("mail", help="its id, as list shows it")
    for name, words in {"link": "put it on an order", "unlink": "take it off an order"}.items():
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("mail", help="its id, as list shows it")
        verb.add_argument("order", nargs="+", help="a number, source:number or remote id")
    save = verbs.add_parser("save", help="save a file that is attached to it, straight from its mailbox")
    save.add_argument("mail", help="its id, as list shows it")
    save.add_argument("index", type=int, help="which of its files, as show numbers them")
    save.add_argument(
        "-o", "--output", default=".", metavar="DIR", help="where to (this folder); nothing is overwritten"
    )
    close = verbs.add_parser("close", help="its conversation needs no answer")
    close.add_argument("mail", help="its id")
    close.add_argument("--reason", default="", help="why; it is not closed without one")
    snooze = verbs.add_parser("snooze", help="put its conversation aside until a time, or until they write again")
    snooze.add_argument("mail", help="its id")
    snooze.add_argument("--until", required=True, help="2h, 3d, tomorrow 9:00, fri, 2026-12-24")
    snooze.add_argument("--reason", default="", help="why")
    for name, words in {"spam": "its conversation is spam", "reopen": "its conversation waits again"}.items():
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("mail", help="its id")
        verb.add_argument("--reason", default="", help="why")
    merge = verbs.add_parser("merge", help="put a mail into the conversation of another")
    merge.add_argument("mail", help="its id")
    merge.add_argument("into", help="the id of a mail of the other conversation")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    config, session = opened(options)
    settled(session)
    if options.verb == "save":
        return _save(config, session, options)
    verbs = {"list": _list, "show": _show, "candidates": _candidates, "link": _link, "unlink": _link}
    verbs |= dict.fromkeys(_STATUSES, _status)
    return verbs.get(options.verb, _rethread)(session, options)


def _mail(session: Session, text: str) -> MessageView:
    from oms_tui.store.ids import parse
    from oms_tui.store.reads.mail import message

    number = parse(text)
    found = None if number is None else message(session.store, number)
    if found is None:
        raise not_found(f"there is no mail {text!r}", "`oms-tui mail list` shows their ids")
    return found


def _list(session: Session, options: Any) -> int:
    from oms_tui.store.reads.mail import mail_counts, mail_list, orders_of

    items, following = mail_list(session.store, state=options.state, limit=options.limit, after=options.after)
    counts = mail_counts(session.store)
    named = orders_of(session.store, [item.id for item in items])
    if options.json:
        found = [_listed(session, item, named.get(item.id, ())) for item in items]
        emit({**documents.listed(found, following), "counts": counts})
        return DONE if found else NOTHING
    rows = [
        (
            str(mail_documents.unlinked(item)["id"]),
            documents.moment(item.sent_at) or "",
            item.state,
            ", ".join(named.get(item.id, ())),
            item.from_name or item.from_address,
            item.subject,
        )
        for item in items
    ]
    table(rows, ("id", "sent", "state", "orders", "from", "subject"))
    say("  ".join(f"{name} {count:,}" for name, count in counts.items()))
    return DONE if items else NOTHING


def _listed(session: Session, item: Any, orders: tuple[str, ...]) -> documents.Document:
    from oms_tui.domain import normalise
    from oms_tui.domain.vocabulary import Direction

    ours = normalise.email(item.from_address) in session.policy.own_addresses
    direction = Direction.OUTBOUND if ours else Direction.INBOUND
    return {**mail_documents.unlinked(item, orders), "direction": direction.value}


def _show(session: Session, options: Any) -> int:
    mail = _mail(session, options.mail)
    if options.json:
        emit(mail_documents.message(mail))
        return DONE
    say(f"From:    {mail.from_name} <{mail.from_address}>")
    say(f"To:      {', '.join(mail.to)}")
    say(f"Sent:    {documents.moment(mail.sent_at)}")
    say(f"Subject: {mail.subject}\n")
    say(mail.text if mail.has_body else "(its text was not read yet)")
    for each in mail.attachments:
        say(f"[{each.index}] {each.name} ({each.content_type}, {each.size:,} bytes)")
    for warning in mail.warnings:
        say(f"! {warning}")
    return DONE


def _save(config: Config, session: Session, options: Any) -> int:
    """From the mailbox itself: the desk keeps no files of mails."""
    from contextlib import closing
    from pathlib import Path

    from connectors.mail.message import UnreadableMail, attachment
    from connectors.records import MailKey
    from oms_tui.domain.safe_text import safe_line
    from oms_tui.store.reads.mail_requests import place
    from oms_tui.sync.attachment_files import save
    from oms_tui.sync.sources_open import open_source

    where = place(session.store, _mail(session, options.mail).id)
    if where is None:
        raise not_found("this mail is no longer in the store")
    source = open_source(config, where.source)
    with closing(source.connector):
        if source.mailbox is None:
            raise Failure(WRONG_USE, "config", f"{where.source} is no mailbox any more: see its `kind` in the config")
        raw = source.mailbox.raw(MailKey(where.folder, where.generation, where.uid))
    try:
        found, content = attachment(raw, options.index)
        path = save(Path(options.output).expanduser(), found.name, content)
    except UnreadableMail as error:
        raise Failure(REFUSED, "unreadable", str(error)) from error
    except OSError as error:
        words = f"it cannot be saved in {options.output}: {error.strerror or error}"
        raise Failure(REFUSED, "disk", words, field="output") from error
    if options.json:
        emit({"path": str(path), "name": safe_line(found.name), "size": len(content)})
    else:
        say(f"saved as {path} ({len(content):,} bytes)")
    return DONE


def _candidates(session: Session, options: Any) -> int:
    from oms_tui.store.reads.mail import candidates

    found = candidates(session.store, session.policy, _mail(session, options.mail).id)
    if options.json:
        emit(documents.listed(mail_documents.candidate(each) for each in found))
    else:
        table(
            ([each.number, each.name, str(each.score), "; ".join(each.evidence)] for each in found),
            ("order", "customer", "score", "why"),
        )
    return DONE if found else NOTHING


def _link(session: Session, options: Any) -> int:
    from oms_tui.actions.run import run as act
    from oms_tui.commands.do_command import answer

    mail = _mail(session, options.mail)
    orders = [order_named(session, text) for text in options.order]
    return answer(act(session, options.verb, orders, {"mail": str(mail.id)}), json=options.json)


def _status(session: Session, options: Any) -> int:
    from oms_tui.actions.threads import set_status

    mail = _mail(session, options.mail)
    status, words = _STATUSES[options.verb]
    undo_id = set_status(session, mail.id, status, options.reason, until=getattr(options, "until", ""))
    if options.json:
        emit({"id": mail_documents.message(mail)["id"], "result": "done", "status": status, "undo_id": undo_id})
    else:
        say(words)
    return DONE


def _rethread(session: Session, options: Any) -> int:
    from oms_tui.actions.threads import move

    mail = _mail(session, options.mail)
    into = _mail(session, options.into) if options.verb == "merge" else mail
    undo_id = move(session, mail.id, into.id)
    if options.json:
        emit({"id": mail_documents.message(mail)["id"], "result": "done", "undo_id": undo_id})
    else:
        say("it is a conversation of its own" if into is mail else "it is part of that conversation")
    return DONE
