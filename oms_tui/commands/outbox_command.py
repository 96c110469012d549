"""What leaves the desk: where each reply stands, and the decisions that only a person can make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents, mail_documents
from oms_tui.commands.context import emit, opened, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING, not_found
from oms_tui.domain.safe_text import safe_block
from oms_tui.domain.vocabulary import OutboxState

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OutboxView

_DONE = (OutboxState.FILED.value, OutboxState.RECALLED.value)
_LAST = 50  # of those that are done, as on the screen
_SHORT_ID = 12
_SHORTEST_ID = 4
_CHOICES = ("send_anyway", "edit", "discard", "sent", "not_sent", "retry")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="WHAT")
    listing = verbs.add_parser("list", help="what waits or needs a decision, then what left last")
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
        return _show(session, item, options)
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
    from oms_tui.store.reads.outbox import outbox_item, outbox_items

    item = outbox_item(session.store, name)
    if item is not None:
        return item
    found = outbox_items(session.store, name) if len(name) >= _SHORTEST_ID else ()
    if len(found) > 1:
        raise not_found(f"several in the outbox begin with {name!r}", "`oms-tui outbox list --json` shows whole ids")
    if not found:
        raise not_found(f"nothing in the outbox is called {name!r}", "`oms-tui outbox list` shows their ids")
    return found[0]


def _list(session: Session, options: Any) -> int:
    from oms_tui.store.reads.outbox import outbox

    states = tuple(getattr(options, "state", ()))
    found = outbox(session.store, states)
    if not states:
        found = (*found, *outbox(session.store, _DONE)[:_LAST])
    if options.json:
        emit(documents.listed(mail_documents.outbox_item(each) for each in found))
    else:
        table(
            (
                [each.id[:_SHORT_ID], each.number, each.state, ", ".join(each.recipients), each.subject, each.error]
                for each in found
            ),
            ("id", "order", "state", "to", "subject", "error"),
        )
    return DONE if found else NOTHING


def _show(session: Session, item: OutboxView, options: Any) -> int:
    from oms_tui.store.reads.outbox import sent_text, snapshot_of

    text = sent_text(session.store, item.id)
    if options.json:
        snapshot = snapshot_of(session.store, item.id) or None
        emit({**mail_documents.outbox_item(item), "text": text, "snapshot": snapshot})
        return DONE
    say(f"{item.id}  {item.state}  order {item.number}  {item.message_id}")
    say(f"to {', '.join(item.recipients)}: {item.subject}")
    for words in item.guard:
        say(f"! {words}")
    if item.error:
        say(f"! {item.error}")
    if text:
        say(f"\n{safe_block(text)}")
    return DONE
