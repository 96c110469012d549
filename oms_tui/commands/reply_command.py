"""Write a reply on an order, or send it: what the composer does, from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents, mail_documents
from oms_tui.commands.context import emit, opened, order_named, say, settled, tell
from oms_tui.commands.failures import DONE, REFUSED, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

_LONGEST = 1_000_000  # characters of a body file


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("order", help="a number, source:number or remote id")
    parser.add_argument("--macro", default="", help="a macro's name")
    parser.add_argument("--body-file", help="the text, or - for standard input")
    parser.add_argument(
        "--to", action="append", default=[], help="instead of whom it answers; may be said several times"
    )
    parser.add_argument("--subject", help="instead of the thread's")
    parser.add_argument("--mail", default="", help="the mail it answers; without it the newest unanswered one")
    parser.add_argument("--attach", action="append", default=[], type=Path, help="a file to attach")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--draft", action="store_true", help="keep it as a draft (this is what happens without either)")
    how.add_argument("--send", action="store_true", help="send it, after the undo window")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.actions import reply
    from oms_tui.store.ids import parse

    body = _body(options.body_file)
    session = opened(options).session
    settled(session)
    order_id = order_named(session, options.order)
    mail = parse(options.mail) if options.mail else None
    if options.mail and mail is None:
        raise Failure(WRONG_USE, "usage", f"--mail: {options.mail!r} is no mail's id", field="mail")
    draft = reply.start(session, order_id, message_id=mail, macro=options.macro)
    changes: dict[str, Any] = {}
    if options.to:
        changes["to"] = tuple(options.to)
    if options.subject is not None:
        changes["subject"] = options.subject
    if body is not None:
        changes["body"] = body
    if changes:
        reply.save(session, draft.id, **changes)
    for path in options.attach:
        reply.attach(session, draft.id, path)
    problems = reply.check(session, draft.id)
    for problem in problems:
        tell(f"{problem.field}: {problem.words}")
    if not options.send:
        _told(
            options,
            {"draft": draft.id, "problems": [_problem(each) for each in problems]},
            reply.preview(session, draft.id),
        )
        return DONE
    blocking = [each for each in problems if each.blocking]
    if blocking:
        first = blocking[0]
        raise Failure(REFUSED, "reply", first.words, field=first.field, hint=f"the draft {draft.id} is kept")
    item = reply.send(session, draft.id)
    _told(options, mail_documents.outbox_item(item), f"it leaves at {documents.moment(item.not_before)}: {item.id}")
    return DONE


def _problem(each: Any) -> documents.Document:
    return {"field": each.field, "message": each.words, "blocking": each.blocking}


def _told(options: Any, document: documents.Document, words: str) -> None:
    if options.json:
        emit(document)
    else:
        say(words)


def _body(named: str | None) -> str | None:
    if named is None:
        return None
    try:
        text = sys.stdin.read(_LONGEST + 1) if named == "-" else Path(named).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(WRONG_USE, "usage", f"--body-file: cannot read {named}: {error}", field="body_file") from None
    if len(text) > _LONGEST:
        raise Failure(WRONG_USE, "usage", f"--body-file: more than {_LONGEST:,} characters", field="body_file")
    return text
