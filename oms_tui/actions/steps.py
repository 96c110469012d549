"""Steps of an order's procedures as actions name them, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on
from oms_tui.domain.procedures import StepState

if TYPE_CHECKING:
    from collections.abc import Collection

    from oms_tui.domain.procedures import Step
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import ProcedureView, QueueItem

STEP = Field("step", "Step", help="its id or the beginning of its title; none: the one that comes next")
PROCEDURE = Field("procedure", "Procedure", help="its name, where the order is in several")


def procedures(session: Session, order: QueueItem) -> tuple[ProcedureView, ...]:
    """The procedures of an order."""
    from oms_tui.store.procedures import procedures_of

    return procedures_of(session.store, session.policy, order.id, now=session.now())


def why_none(session: Session, order: QueueItem, states: Collection[StepState]) -> str:
    """Why no step of the order can be named that stands so; "" if one can."""
    found = procedures(session, order)
    if not found:
        return "no procedure is for this order"
    if any(step.state in states for each in found for step in each.steps):
        return ""
    return "every step is done or skipped" if StepState.OPEN in states else "no step is done or skipped yet"


def find_step(
    session: Session, order: QueueItem, procedure: str, wanted: str, states: Collection[StepState]
) -> tuple[ProcedureView, Step]:
    """The step that is meant: by id, by the beginning of its title, else the first that stands so.

    Raises:
        Refused: there is no such step.
    """
    name, text = procedure.strip().casefold(), wanted.strip().casefold()
    there = [each for each in procedures(session, order) if name in {"", each.name.casefold()}]
    pairs = [(each, step) for each in there for step in each.steps if step.state in states]
    named = [pair for pair in pairs if text in {"", pair[1].rule.id}]
    found = named or [pair for pair in pairs if pair[1].rule.title.casefold().startswith(text)]
    if found:
        return found[0]
    titles = ", ".join(step.rule.title for _, step in pairs)
    raise Refused(f"there is no such step: {wanted or procedure}", field="step", hint=titles)


def mark(
    session: Session,
    order: QueueItem,
    action: str,
    found: tuple[ProcedureView, Step],
    *,
    state: StepState,
    reason: str = "",
) -> Outcome:
    """Say how a step stands, and write it down."""
    procedure, step = found
    words = f"{procedure.name}: {_WORDS[state]} “{step.rule.title}”" + (f": {reason}" if reason else "")
    with write_on(session, action, order, words) as write:
        write.put(
            "step_marks",
            {
                "source": order.source,
                "remote_id": order.remote_id,
                "procedure": procedure.name,
                "step": step.rule.id,
                "state": state.value,
                "reason": reason,
                "agent": session.agent.id,
                "marked_at": write.now,
            },
        )
        write.event(
            _KINDS[state],
            words,
            name_of(order),
            {"procedure": procedure.name, "step": step.rule.id, "title": step.rule.title, "reason": reason},
        )
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


_WORDS = {StepState.DONE: "done", StepState.SKIPPED: "skipped", StepState.OPEN: "open again"}
_KINDS = {StepState.DONE: "step_done", StepState.SKIPPED: "step_skipped", StepState.OPEN: "step_opened"}
