"""Actions done by rules: what a rule may do, what it would do, and doing it to an order once.

What a rule did is written in the transaction of the action itself: a worker that is killed between the two has done
neither, and what was done is never done again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import Action, Done, Outcome, Refused
from oms_tui.actions.catalogue import action as action_called
from oms_tui.actions.field_values import read_fields
from oms_tui.domain.vocabulary import Role
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction
from oms_tui.store.session import AgentFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from oms_tui.domain.query_tree import Tree
    from oms_tui.domain.rules import Rule
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

LOOKED_AT: Final = (
    "state",
    "payment_status",
    "fulfillment_status",
    "return_status",
    "stage",
    "progress",
    "total",
    "promised_at",
    "owner",
    "account_manager",
    "tier",
    "carrier",
    "tracking",
    "waiting_since",
    "snoozed_until",
    "is_open",
    "next_action",
)
"""What of an order has to change for a rule that was refused to be tried again. Nothing that time alone changes."""

_SIGNS: Final = {"owner:me": "owner:NAME", "is:mine": "owner:NAME"}


@dataclass(frozen=True)
class Ready:
    """A rule that can be carried out: its query read, its action known, its fields checked."""

    rule: Rule
    tree: Tree
    action: Action
    fields: Mapping[str, Any]


def as_rule(session: Session, rule: Rule) -> Session:
    """The desk with the rule at work at it: the log and undo have its name. Who writes the config may do everything."""
    return replace(session, agent=AgentFacts(rule.actor, f"rule {rule.name}", Role.LEAD))


def ready(session: Session, rule: Rule) -> Ready:
    """The rule, if it can be carried out.

    Raises:
        Refused: it cannot be; code ``usage``, the message names what is wrong and ``field`` the key.
    """
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.store.query_words import CATALOGUE

    try:
        tree = parse(rule.when, CATALOGUE)
    except QueryError as error:
        words = f"{error} (column {error.column + 1} of {rule.when!r})"
        raise Refused(words, code="usage", field="when") from None
    for word, instead in _SIGNS.items():
        if word in rule.when:
            raise Refused(f"{word}: a rule is nobody", code="usage", field="when", hint=f"write {instead}")
    try:
        action = action_called(rule.do)
    except Refused as refused:
        raise Refused(refused.message, code="usage", field="do", hint=refused.hint) from None
    _may(rule, action)
    return Ready(rule, tree, action, _fields(session, rule, action))


def _may(rule: Rule, action: Action) -> None:
    if action.not_by_rule:
        raise Refused(f"no rule may do {action.id}: {action.not_by_rule}", code="usage", field="do")
    if (action.leaves or action.destructive) and not rule.without_asking:
        why = "what it sends or pays is gone" if action.leaves else "a person is asked before it is done"
        raise Refused(
            f"{action.id} by a rule needs `without_asking = true`: {why}, and a rule asks nobody",
            code="usage",
            field="without_asking",
            hint="add it if that is what you want",
        )


def _fields(session: Session, rule: Rule, action: Action) -> Mapping[str, Any]:
    acting = as_rule(session, rule)
    try:
        values = read_fields(acting, action, rule.fields)
    except Refused as refused:
        hint = f"; {refused.hint}" if refused.hint else ""
        raise Refused(f"fields: {refused.message}{hint}", code="usage", field=f"fields.{refused.field}") from None
    if acting.agent.id in values.values():
        raise Refused("fields: a rule is nobody: name an agent", code="usage", field="fields")
    if values.get("macro"):
        from oms_tui.actions.reply_record import macro_called

        macro_called(session, str(values["macro"]))
    return values


def all_ready(session: Session, rules: Iterable[Rule]) -> tuple[list[Ready], dict[str, Refused]]:
    """The rules that can be carried out, and what is wrong with each of the others, by name."""
    good: list[Ready] = []
    wrong: dict[str, Refused] = {}
    for rule in rules:
        try:
            good.append(ready(session, rule))
        except Refused as refused:
            wrong[rule.name] = refused
    return good, wrong


def how_it_stands(order: QueueItem) -> str:
    """A name for how an order stands, as far as rules are concerned."""
    from zlib import crc32

    said = "|".join(str(getattr(order, name)) for name in LOOKED_AT)
    return f"{crc32(said.encode()):08x}"


def due(rule: Rule, order: QueueItem, run: Values | None) -> bool:
    """Whether a rule whose query finds the order acts on it, after what it did before (``run``)."""
    if run is None:
        return True
    if run["state"] == "refused":
        return bool(run["seen"] != how_it_stands(order) or run["definition"] != rule.definition)
    again = rule.again == "returns" or run["state"] == "withdrawn"  # what nobody has seen was not done
    return again and run["left_at"] is not None


def would(session: Session, ready: Ready, order: QueueItem) -> Done:
    """What would become of it: previewed or refused. Changes nothing."""
    acting, action, name = as_rule(session, ready.rule), ready.action, (order.source, order.remote_id)
    if why := action.why_not(acting, order):
        return Done(order.number, action.id, "refused", why, code="refused", order=name)
    try:
        words = action.in_words(acting, order, ready.fields)
    except Refused as refused:
        return Done(order.number, action.id, "refused", _said(refused), code=refused.code, order=name)
    return Done(order.number, action.id, "previewed", words, order=name)


def carry_out(session: Session, ready: Ready, order: QueueItem) -> Done:
    """Do it to an order, unless that was done already; what became of it is kept either way.

    Another worker, or this one before it was killed, may have been quicker: that is looked at inside the transaction.
    """
    rule, action, desk = ready.rule, ready.action, session.store.desk
    acting, name = as_rule(session, rule), (order.source, order.remote_id)
    try:
        with transaction(desk):
            before = desk_rows.get(desk, "rule_runs", rule.name, *name)
            if not due(rule, order, before):
                return Done(order.number, action.id, "done", "done before", order=name)
            outcome = _apply(acting, action, order, ready.fields)
            done = Done(
                order.number, action.id, outcome.result, outcome.summary, outcome.undo_id, outcome.warning, order=name
            )
            _keep(session, ready, order, before, done, draft=outcome.draft)
    except Refused as refused:  # all of it was rolled back
        done = Done(order.number, action.id, "refused", _said(refused), code=refused.code, order=name)
        with transaction(desk):
            _keep(session, ready, order, desk_rows.get(desk, "rule_runs", rule.name, *name), done)
    return done


def _apply(acting: Session, action: Action, order: QueueItem, fields: Mapping[str, Any]) -> Outcome:
    if why := action.why_not(acting, order):
        raise Refused(why)
    return action.apply(acting, order, fields)


def _keep(
    session: Session, ready: Ready, order: QueueItem, before: Values | None, done: Done, *, draft: str = ""
) -> None:
    refused = done.result == "refused"
    desk_rows.put(
        session.store.desk,
        "rule_runs",
        {
            "rule": ready.rule.name,
            "source": order.source,
            "remote_id": order.remote_id,
            "number": order.number,
            "definition": ready.rule.definition,
            "action": ready.action.id,
            "state": done.result,
            "words": done.why,
            "undo_id": done.undo_id,
            "draft": draft,
            "seen": how_it_stands(order),
            "times": (before["times"] if before else 0) + (not refused),
            "ran_at": session.now(),
            "left_at": None,
        },
    )
    if before is None or not refused:  # what is refused again is no news
        desk_rows.changed(session.store.desk, "rule")


def _said(refused: Refused) -> str:
    return f"{refused.message}: {refused.hint}" if refused.hint else refused.message


def take_back(session: Session, rule: str, source: str, remote_id: str) -> str:
    """Take back what a rule did last to an order; returns what it was, in words. The rule does not do it again.

    Raises:
        Refused: it did nothing, it cannot be undone, or this agent may not do such a thing themselves.
    """
    from oms_tui.actions.run import settle
    from oms_tui.domain.rules import ACTOR
    from oms_tui.store.writes.undo import undo_entry

    desk = session.store.desk
    run = desk_rows.get(desk, "rule_runs", rule, source, remote_id)
    if run is None or run["state"] not in {"done", "queued"}:
        raise Refused(f"the rule {rule!r} did nothing to this order that could be taken back", code="not_found")
    if why := action_called(run["action"]).allowed(session):
        raise Refused(why, code="forbidden")
    with transaction(desk):
        if run["draft"]:
            _withdraw(session, run)
        elif not run["undo_id"] or undo_entry(session, run["undo_id"], of=f"{ACTOR}{rule}") is None:
            raise Refused(f"what the rule did cannot be taken back: {run['words']}")
        desk_rows.put(desk, "rule_runs", run | {"state": "undone"})
        desk_rows.changed(desk, "rule")
    settle(session)
    return str(run["words"])


def _withdraw(session: Session, run: Values) -> None:
    from oms_tui.actions.prepared import withdraw

    if not withdraw(session, run["draft"], "taken back"):
        raise Refused("somebody works on the draft already: discard it there", code="conflict")


def forget(session: Session, rule: str, orders: Iterable[tuple[str, str]] | None = None) -> int:
    """Let a rule act once more on these orders, or on all (None); for how many that is so."""
    desk = session.store.desk
    with transaction(desk):
        runs = [run for run in _runs(session, rule) if orders is None or (run["source"], run["remote_id"]) in orders]
        for run in runs:
            desk_rows.delete(desk, "rule_runs", rule, run["source"], run["remote_id"])
        if runs:
            desk_rows.changed(desk, "rule")
    return len(runs)


def _runs(session: Session, rule: str) -> Iterator[Values]:
    return desk_rows.select(session.store.desk, "rule_runs", "rule=?", [rule])
