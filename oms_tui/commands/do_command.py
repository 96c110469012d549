"""An action of the catalogue on one or many orders: what a key does, with a preview and the refusals told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import emit, opened, order_named, say, settled, table, tell
from oms_tui.commands.failures import DONE, IN_DOUBT, REFUSED, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Sequence

    from oms_tui.actions.base import Action
    from oms_tui.actions.run import Done
    from oms_tui.store.session import Session

_MOST = 10_000
_ALIASES = {"at": "when"}  # how people say it
"""Orders one bulk action takes: more is a mistake more often than a wish."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; each action's own fields are read from what is left."""
    parser.add_argument("action", nargs="?", help="an action's id")
    parser.add_argument("--list", action="store_true", help="every action with its fields")
    parser.add_argument("--query", help="the orders a query finds")
    parser.add_argument("--preview", action="store_true", help="only say what would happen")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask before many orders or something that cannot be undone"
    )
    parser.add_argument("rest", nargs="...", metavar="ORDER... --FIELD VALUE", help="orders and the action's fields")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.actions.catalogue import all_actions

    if options.list or not options.action:
        return _list(all_actions(), json=options.json)
    action = next((each for each in all_actions() if each.id == options.action), None)
    if action is None:
        from difflib import get_close_matches

        near = get_close_matches(options.action, [each.id for each in all_actions()], n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise Failure(WRONG_USE, "usage", f"there is no action {options.action!r}{meant}", hint="`oms-tui do --list`")
    named, fields = _split(action, options)
    session = opened(options).session
    settled(session)
    orders = [order_named(session, text) for text in named]
    if options.query:
        orders += [number for number in _found(session, options.query) if number not in orders]
    if not orders:
        raise Failure(WRONG_USE, "usage", "name the orders, or find them with --query", field="order")
    from oms_tui.actions.run import doubt
    from oms_tui.actions.run import run as act

    if not options.preview and not options.yes:
        if len(orders) > 1 or action.destructive:
            _ask(action, len(orders))
        elif sys.stdin.isatty() and (why := doubt(session, action.id, orders[0], fields)):
            _ask(action, 1, why)  # elsewhere it is done, and the answer warns

    done = act(session, action.id, orders, fields, preview=options.preview, whole=True)
    return answer(done, json=options.json)


def _list(actions: Iterable[Action], *, json: bool) -> int:
    if json:
        items = [
            {
                "id": each.id,
                "title": each.title,
                "key": each.key or None,
                "fields": [
                    {
                        "name": field.name,
                        "kind": field.kind,
                        "required": field.required,
                        "choices": list(field.choices),
                        "help": field.help,
                    }
                    for field in each.fields
                ],
                "roles": sorted(each.roles),
                "destructive": each.destructive,
                "undo": each.undoable,
                "help": each.help,
            }
            for each in actions
        ]
        emit({"items": items, "next": None})
    else:
        table(
            ([each.id, each.key, " ".join(f"--{field.name}" for field in each.fields), each.help] for each in actions),
            ("action", "key", "fields", "what it does"),
        )
    return DONE


def _split(action: Action, options: Any) -> tuple[list[str], dict[str, str]]:
    """The orders and the fields among what argparse left; the global options may stand there too."""
    orders: list[str] = []
    fields: dict[str, str] = {}
    known = {field.name: field for field in action.fields}
    options.json = options.json or "--json" in options.rest  # before anything is refused: refusals are told by it
    rest = iter(options.rest)
    for word in rest:
        if word == "-v":
            options.verbose = True
            continue
        if not word.startswith("--"):
            orders.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        name = name.replace("-", "_")
        if name in {"preview", "yes", "json", "list", "read_only", "verbose"}:
            setattr(options, name, True)
        elif name in {"query", "as", "config", "now"}:
            setattr(options, {"as": "agent"}.get(name, name), value if equals else next(rest, ""))
        elif (name := _field(name, known)) in known:
            fields[name] = value if equals else next(rest, "")
        else:
            there = ", ".join(f"--{each}" for each in known) or "none"
            raise Failure(WRONG_USE, "usage", f"{action.id} has no field {name!r}", field=name, hint=f"it has: {there}")
    return orders, fields


def _field(name: str, known: Collection[str]) -> str:
    """The field that is meant: by its name, as people say it, or by the start of one name alone (`--tag`: tags)."""
    name = name if name in known else _ALIASES.get(name, name)
    begin = [each for each in known if each.startswith(name)]
    return begin[0] if name not in known and len(begin) == 1 else name


def _found(session: Session, query: str) -> list[int]:
    from oms_tui.commands.find_command import read_query
    from oms_tui.store.reads import queue

    page = queue.queue_page(
        session.store,
        tree=read_query(query),
        limit=_MOST + 1,
        now=session.now(),
        zone=session.policy.zone,
        agent=session.agent.id,
        include_closed=True,
    )
    if len(page.items) > _MOST:
        raise Failure(
            WRONG_USE, "usage", f"the query finds more than {_MOST:,} orders", field="query", hint="narrow it"
        )
    return [item.id for item in page.items]


def _ask(action: Action, count: int, why: str = "") -> None:
    """Ask on a terminal; elsewhere --yes must say so."""
    if not sys.stdin.isatty():
        raise Failure(
            WRONG_USE, "usage", f"{action.id} on {count} orders: say --yes, or look with --preview", field="yes"
        )
    said = f" ({why})" if why else ""
    sys.stderr.write(f"{action.title} on {count} order{'s' if count > 1 else ''}?{said} Type yes: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() != "yes":
        raise Failure(REFUSED, "refused", "nothing was done")


def answer(done: Sequence[Done], *, json: bool) -> int:
    """Tell what became of each order; refused ones make the exit code 4."""
    if json:
        items = [
            {
                "number": each.number,
                "action": each.action,
                "result": each.result,
                "why": each.why or None,
                "undo_id": each.undo_id or None,
                "warning": each.warning or None,
            }
            for each in done
        ]
        emit({"items": items, "next": None})
    else:
        for each in done:
            say(f"{each.number}: {each.result}" + (f": {each.why}" if each.why else ""))
            if each.warning:
                tell(f"{each.number}: {each.warning}")
    refused = sum(each.result == "refused" for each in done)
    if refused and not json:
        tell(f"{refused} of {len(done)} refused")
    if any(each.result == "in_doubt" for each in done):
        return IN_DOUBT
    return REFUSED if refused else DONE
