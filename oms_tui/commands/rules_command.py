"""Rules: what is done by itself, what each found and did last, and whether it can be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import Opened, emit, opened, order_named, say, settled, table, tell
from oms_tui.commands.document_parts import moment
from oms_tui.commands.failures import DONE, NOTHING, REFUSED, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from oms_tui.actions.base import Done, Refused
    from oms_tui.actions.by_rule import Ready
    from oms_tui.domain.rules import Rule
    from oms_tui.store.desk_rows import Values

_DRY: int = 200  # orders of one rule that a dry run tells one by one


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    verbs.add_parser("list", help="every rule with what it finds now and did last")
    verbs.add_parser("check", help="whether every rule can be carried out")
    run_it = verbs.add_parser("run", help="carry rules out now, or say what they would do (--dry)")
    run_it.add_argument("rule", nargs="*", metavar="RULE", help="their names; none: every rule that is enabled")
    run_it.add_argument("--dry", action="store_true", help="change nothing: which orders, and what would happen")
    runs = verbs.add_parser("runs", help="what rules did last, refusals with their reasons")
    runs.add_argument("rule", nargs="?", default="", metavar="RULE")
    runs.add_argument("--limit", type=int, default=50, metavar="N")
    for verb, words in (
        ("undo", "take back what a rule did to orders"),
        ("again", "let a rule act once more on orders it has acted on"),
    ):
        parts = verbs.add_parser(verb, help=words)
        parts.add_argument("rule", metavar="RULE")
        parts.add_argument("orders", nargs="*" if verb == "again" else "+", metavar="ORDER")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    open_desk = opened(options)
    with open_desk.session.store:
        match options.verb or "list":
            case "check":
                return _check(options, open_desk)
            case "run":
                return _run(options, open_desk)
            case "runs":
                return _runs(options, open_desk)
            case "undo":
                return _undo(options, open_desk)
            case "again":
                return _again(options, open_desk)
            case _:
                return _list(options, open_desk)


def _list(options: Any, desk: Opened) -> int:
    from oms_tui.actions.by_rule import all_ready
    from oms_tui.store.reads.rules import RuleCounts, counts, found, not_read_yet

    config, session = desk
    settled(session)
    good, wrong = all_ready(session, config.rules.values())
    did = counts(session.store)
    finds = {
        each.rule.name: len(found(session.store, each.tree, now=session.now(), zone=session.policy.zone))
        for each in good
    }
    waits = not_read_yet(session.store, [each.name for each in config.sources.values() if each.enabled])
    items = [
        _described(rule, wrong.get(rule.name))
        | {"finds": finds.get(rule.name), "done": each.done, "refused": each.refused, "last_at": moment(each.last_at)}
        for rule in config.rules.values()
        for each in [did.get(rule.name, RuleCounts())]
    ]
    if options.json:
        emit({"items": items, "next": None, "waits_for": waits})
    elif items:
        rows = [[_word(item[head]) for head in _HEADS] for item in items]
        table(rows, _HEADS)
        for item in items:
            if item["error"]:
                say(f"! {item['name']}: {item['error']}")
        if waits:
            say(f"rules wait until each source was read once: {', '.join(waits)}")
    else:
        tell("no rules: [rules.NAME] in the config, or files in the folder rules/")
    return WRONG_USE if wrong else DONE


_HEADS = ("name", "when", "do", "enabled", "finds", "done", "refused", "last_at")


def _described(rule: Rule, wrong: Refused | None) -> dict[str, Any]:
    return {
        "name": rule.name,
        "when": rule.when,
        "do": rule.do,
        "fields": dict(rule.fields),
        "again": rule.again,
        "without_asking": rule.without_asking,
        "enabled": rule.enabled,
        "error": _why(wrong) if wrong else None,
    }


def _why(refused: Refused) -> str:
    return f"{refused.message}: {refused.hint}" if refused.hint else refused.message


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _check(options: Any, desk: Opened) -> int:
    from oms_tui.actions.by_rule import all_ready

    config, session = desk
    _, wrong = all_ready(session, config.rules.values())
    if options.json:
        emit({"items": [_described(rule, wrong.get(rule.name)) for rule in config.rules.values()], "next": None})
    else:
        for name, refused in wrong.items():
            say(f"{name}: {_why(refused)}")
        if not wrong:
            say(f"all {len(config.rules)} are right")
    return WRONG_USE if wrong else DONE


# ---- carrying out


def _named(desk: Opened, names: Sequence[str]) -> list[Rule]:
    rules = desk.config.rules
    for name in names:
        if name not in rules:
            raise Failure(WRONG_USE, "usage", f"there is no rule {name!r}", field="rule", hint=_there(desk))
    return [rules[name] for name in names] if names else [rule for rule in rules.values() if rule.enabled]


def _there(desk: Opened) -> str:
    return f"there are: {', '.join(desk.config.rules)}" if desk.config.rules else "the config has none"


def _run(options: Any, desk: Opened) -> int:
    from oms_tui.actions.by_rule import all_ready

    session = desk.session
    settled(session)
    good, wrong = all_ready(session, _named(desk, options.rule))
    items: list[dict[str, Any]] = []
    for each in good:
        items += _dry(desk, each) if options.dry else _done(desk, each)
    faults = [{"rule": name, "error": _why(refused)} for name, refused in wrong.items()]
    if options.json:
        emit({"items": items, "next": None, "dry": bool(options.dry), "wrong": faults})
    else:
        if items:
            heads = ("rule", "number", "action", "result", "why")
            table(([str(item[head]) for head in heads] for item in items), heads)
        else:
            say("no rule finds an order that it has not acted on")
        for fault in faults:
            say(f"! {fault['rule']}: {fault['error']}")
    if wrong:
        return WRONG_USE
    return DONE if items else NOTHING


def _dry(desk: Opened, ready: Ready) -> list[dict[str, Any]]:
    """What would happen, order by order; nothing is changed."""
    from oms_tui.actions.by_rule import due, would
    from oms_tui.store.reads.queue import items
    from oms_tui.store.reads.rules import found, runs_on

    session = desk.session
    ids = found(session.store, ready.tree, now=session.now(), zone=session.policy.zone)
    orders = items(session.store, ids)
    runs = runs_on(session.store, ready.rule.name, [(order.source, order.remote_id) for order in orders])
    acting = [order for order in orders if due(ready.rule, order, runs.get((order.source, order.remote_id)))]
    told = [_item(ready, would(session, ready, order)) for order in acting[:_DRY]]
    if len(acting) > _DRY:
        tell(f"{ready.rule.name}: and {len(acting) - _DRY:,} more orders")
    return told


def _done(desk: Opened, ready: Ready) -> list[dict[str, Any]]:
    from oms_tui.actions.by_rule import carry_out, due
    from oms_tui.store.reads.queue import items
    from oms_tui.store.reads.rules import found, not_read_yet, runs_on

    session = desk.session
    if session.store.read_only:
        raise Failure(WRONG_USE, "read_only", "this desk was opened to read only", hint="add --dry")
    if waits := not_read_yet(session.store, [each.name for each in desk.config.sources.values() if each.enabled]):
        words = f"not every source was read yet ({', '.join(waits)}): what an order seems to lack means nothing"
        raise Failure(REFUSED, "refused", words, hint="run `oms-tui sync`")
    ids = found(session.store, ready.tree, now=session.now(), zone=session.policy.zone)
    orders = items(session.store, ids)
    runs = runs_on(session.store, ready.rule.name, [(order.source, order.remote_id) for order in orders])
    done = [
        _item(ready, carry_out(session, ready, order))
        for order in orders
        if due(ready.rule, order, runs.get((order.source, order.remote_id)))
    ]
    settled(session, orders=len(done))
    return done


def _item(ready: Ready, done: Done) -> dict[str, Any]:
    return {
        "rule": ready.rule.name,
        "number": done.number,
        "source": done.order[0],
        "source_id": done.order[1],
        "action": done.action,
        "result": done.result,
        "why": done.why,
        "undo_id": done.undo_id or None,
    }


# ---- what was done


def _runs(options: Any, desk: Opened) -> int:
    from oms_tui.store.reads.rules import last_runs

    found = last_runs(desk.session.store, options.rule, limit=max(1, options.limit))
    items = [_run_item(run) for run in found]
    if options.json:
        emit({"items": items, "next": None})
    else:
        heads = ("ran_at", "rule", "number", "action", "state", "words")
        table(([str(item[head] or "") for head in heads] for item in items), heads)
    return DONE if items else NOTHING


def _run_item(run: Values) -> dict[str, Any]:
    return {
        "rule": run["rule"],
        "number": run["number"],
        "source": run["source"],
        "source_id": run["remote_id"],
        "action": run["action"],
        "state": run["state"],
        "words": run["words"],
        "times": run["times"],
        "ran_at": moment(run["ran_at"]),
    }


def _undo(options: Any, desk: Opened) -> int:
    from oms_tui.actions.by_rule import take_back

    for source, remote_id, number in _orders(desk, options.orders):
        say_it = take_back(desk.session, options.rule, source, remote_id)
        if options.json:
            emit({"items": [{"rule": options.rule, "number": number, "undone": say_it}], "next": None})
        else:
            say(f"{number}: taken back: {say_it}")
    return DONE


def _again(options: Any, desk: Opened) -> int:
    from oms_tui.actions.by_rule import forget

    _named(desk, [options.rule])
    chosen = [(source, remote_id) for source, remote_id, _ in _orders(desk, options.orders)]
    count = forget(desk.session, options.rule, chosen or None)
    if options.json:
        emit({"rule": options.rule, "orders": count})
    else:
        say(f"{options.rule} may act once more on {count} orders")
    return DONE if count else NOTHING


def _orders(desk: Opened, named: Sequence[str]) -> list[tuple[str, str, str]]:
    from oms_tui.store.reads.queue import items

    settled(desk.session)
    ids = [order_named(desk.session, text) for text in named]
    return [(item.source, item.remote_id, item.number) for item in items(desk.session.store, ids)]
