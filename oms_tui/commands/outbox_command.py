"""What leaves the desk: where each reply stands, and the decisions that only a person can make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents, mail_documents
from oms_tui.commands.context import emit, opened, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING, not_found
from oms_tui.domain.vocabulary import OutboxState

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OutboxView

_CHOICES = ("send_anyway", "edit", "discard", "sent", "not_sent", "retry")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="WHAT")
    listing = verbs.add_parser("list", help="what waits, was sent or needs a decision")
    listing.add_argument("--state", choices=[state.value for state in OutboxState], action="append", default=[])
    for name, words in {
        "show": "one of them, with what stopped it",
        "retry": "send one again that failed before it left",
        "recall": "take one back that has not left; it becomes a draft again",
    }.items():
        verbs.add_parser(name, help=words).add_argument("id")
    resolve = verbs.add_parser("resolve", help="decide about one that is blocked, in doubt or failed")
    resolve.add_argument("id")
    resolve.add_argument("choice", choices=_CHOICES)


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    session = opened(options).session
    settled(session)
    verb = options.verb or "list"
    if verb == "list":
        return _list(session, options)
    item = _item(session, options.id)
    if verb == "show":
        return _show(item, options)
    from oms_tui.actions import reply

    if verb == "recall":
        draft = reply.recall(session, item.id)
        _told(
            options,
            {"id": item.id, "state": OutboxState.RECALLED.value, "draft": draft.id},
            "taken back: it is a draft again",
        )
        return DONE
    choice = "retry" if verb == "retry" else options.choice
    reply.resolve(session, item.id, choice)
    after = _item(session, item.id)
    _told(options, mail_documents.outbox_item(after), f"{after.id}: {after.state}")
    return DONE


def _told(options: Any, document: documents.Document, words: str) -> None:
    if options.json:
        emit(document)
    else:
        say(words)


def _item(session: Session, name: str) -> OutboxView:
    from oms_tui.store.reads.outbox import outbox_item

    item = outbox_item(session.store, name)
    if item is None:
        raise not_found(f"nothing in the outbox is called {name!r}", "`oms-tui outbox list` shows their ids")
    return item


def _list(session: Session, options: Any) -> int:
    from oms_tui.store.reads.outbox import outbox

    found = outbox(session.store, tuple(getattr(options, "state", ())))
    if options.json:
        emit(documents.listed(mail_documents.outbox_item(each) for each in found))
    else:
        table(
            (
                [each.id[:12], each.number, each.state, ", ".join(each.recipients), each.subject, each.error]
                for each in found
            ),
            ("id", "order", "state", "to", "subject", "error"),
        )
    return DONE if found else NOTHING


def _show(item: OutboxView, options: Any) -> int:
    if options.json:
        emit(mail_documents.outbox_item(item))
        return DONE
    say(f"{item.id}  {item.state}  order {item.number}  {item.message_id}")
    say(f"to {', '.join(item.recipients)}: {item.subject}")
    for words in item.guard:
        say(f"! {words}")
    if item.error:
        say(f"! {item.error}")
    return DONE
