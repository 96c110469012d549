"""Who is away, and who stands in: `absent` lists, `absent until fri` is for oneself, `absent until fri ben` for ben.

`absent back` ends it before the day. Days that are known long before belong into the config: [agents.ben] away = [...].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, say, settled, table, tell
from oms_tui.commands.failures import DONE, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.session import Session


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", nargs="?", choices=("list", "until", "back"), default="list")
    parser.add_argument(
        "rest", nargs="*", metavar="WHEN | AGENT", help="until: when they are back, then who; back: who"
    )
    parser.add_argument("--from", dest="start", default="", metavar="WHEN", help="from when on (now)")
    parser.add_argument("--deputy", default="", metavar="AGENT", help="who stands in this time (whom the config names)")
    parser.add_argument("--note", default="", help="why, for colleagues")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.actions.absences import set_away, set_back

    session = opened(options).session
    if options.verb == "list":
        return _list(options, session)
    rest = list(options.rest)
    if options.verb == "until":
        if not rest:
            raise Failure(WRONG_USE, "usage", "until when? such as `absent until fri`", field="until")
        when = rest.pop(0)
        agent = rest.pop(0) if rest else session.agent.id
        outcome = set_away(session, agent, until=when, start=options.start, deputy=options.deputy, note=options.note)
    else:
        agent = rest.pop(0) if rest else session.agent.id
        outcome = set_back(session, agent)
    if rest:
        raise Failure(WRONG_USE, "usage", f"{rest[0]!r} is one word too many", hint='put a time in quotes: "fri 9:00"')
    settled(session)
    if options.json:
        done = {"agent": agent, "result": outcome.result, "why": outcome.summary, "undo_id": outcome.undo_id or None}
        emit({**done, "warning": outcome.warning or None})
    else:
        say(outcome.summary)
        if outcome.warning:
            tell(outcome.warning)
    return DONE


def _list(options: Any, session: Session) -> int:
    from oms_tui.actions.decisions import shown_time
    from oms_tui.store.absences import absences

    found = absences(session.store.desk, session.policy, session.now())
    if options.json:
        items = [
            {
                "agent": each.agent,
                "from": documents.moment(each.start),
                "until": documents.moment(each.until),
                "away": each.away,
                "stand_in": each.stand_in or None,
                "source": each.source,
                "note": each.note or None,
            }
            for each in found
        ]
        emit({"items": items, "next": None})
    elif found:
        rows = [
            [
                each.agent,
                shown_time(session, each.start),
                shown_time(session, each.until),
                each.stand_in or "nobody",
                each.note,
            ]
            for each in found
        ]
        table(rows, ("agent", "from", "back", "stand-in", "note"))
    else:
        say("nobody is away")
    return DONE
