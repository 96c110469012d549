"""What a rule did to this order is taken back, and the rule does not do it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import name_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem


def _standing(session: Session, order: QueueItem) -> list[Values]:
    from oms_tui.store.reads.rules import STANDS, runs_of

    return [run for run in runs_of(session.store, *name_of(order)) if run["state"] in STANDS]


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _standing(session, order) else "no rule did anything to it that could be taken back"


def _run(session: Session, order: QueueItem, fields: Fields) -> Values:
    """The run that is meant: of the rule that is named, else the newest."""
    wanted = fields["rule"].casefold()
    found = next((run for run in _standing(session, order) if wanted in {"", run["rule"].casefold()}), None)
    if found is None:
        there = ", ".join(run["rule"] for run in _standing(session, order))
        raise Refused(f"the rule {fields['rule']!r} did nothing to it", field="rule", hint=f"these did: {there}")
    return found


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.by_rule import take_back

    run = _run(session, order, fields)
    return Outcome(f"rule {run['rule']} taken back: {take_back(session, run['rule'], *name_of(order))}")


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    run = _run(session, order, fields)
    return f"would take back what rule {run['rule']} did: {run['words']}"


ACTION = Action(
    id="undo_rule",
    title="Undo rule",
    help="Takes back what a rule did to the order; the rule does not do it again.",
    group="order",
    rank=190,
    fields=(Field("rule", "Rule", help="its name; none: the one that acted last"),),
    roles=EVERYBODY,
    undoable=False,
    not_by_rule="it takes back what rules do",
    why_not=_why_not,
    preview=_preview,
    apply=_apply,
)
