"""What somebody here is to know of: escalations and notes with their name, until they are seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, opened, say, table
from oms_tui.commands.document_parts import moment
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from oms_tui.store.reads.agent_notices import NoticeView
    from oms_tui.store.session import Session


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    listing = verbs.add_parser("list", help="yours, and those for your role")
    listing.add_argument("--seen", action="store_true", help="those that were seen to")
    done = verbs.add_parser("done", help="you have seen to them")
    done.add_argument("ids", nargs="+", metavar="ID", help="as `list` shows them; the start of one is enough")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    _, session = opened(options)
    with session.store:
        if options.verb == "done":
            return _done(options, session)
        return _list(options, session)


def _list(options: Any, session: Session) -> int:
    from oms_tui.store.reads.agent_notices import notices_for

    found = [_item(each) for each in notices_for(session, done=getattr(options, "seen", False))]
    if options.json:
        emit({"items": found, "next": None})
    elif found:
        heads = ("id", "created_at", "kind", "number", "words", "by", "to")
        table(([str(each[head] or "")[: 8 if head == "id" else 200] for head in heads] for each in found), heads)
    else:
        say("nobody tells you of anything")
    return DONE if found else NOTHING


def _item(notice: NoticeView) -> dict[str, Any]:
    return {
        "id": notice.id,
        "kind": notice.kind,
        "to": notice.recipient,
        "by": notice.sender,
        "words": notice.words,
        "number": notice.number or None,
        "source": notice.source or None,
        "source_id": notice.remote_id or None,
        "created_at": moment(notice.created_at),
        "done_at": moment(notice.done_at),
        "done_by": notice.done_by or None,
    }


def _done(options: Any, session: Session) -> int:
    from oms_tui.store.writes.agent_notices import done

    if session.store.read_only:
        raise Failure(WRONG_USE, "read_only", "this desk was opened to read only")
    count = done(session, _meant(session, options.ids))
    if options.json:
        emit({"done": count})
    else:
        say(f"{count} seen to")
    return DONE if count else NOTHING


def _meant(session: Session, beginnings: Sequence[str]) -> list[str]:
    """The open notices whose ids begin so."""
    from oms_tui.store.reads.agent_notices import notices_for

    there = [each.id for each in notices_for(session)]
    found = []
    for text in beginnings:
        meant = [each for each in there if each.startswith(text)]
        if len(meant) != 1:
            words = f"{text!r} is no open notice of yours" if not meant else f"{text!r} begins {len(meant)} notices"
            raise Failure(NOTHING, "not_found", words, field="id", hint="`oms-tui notices list` shows them")
        found += meant
    return found
