"""A step of the order's procedure is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, Action, Outcome
from oms_tui.actions.steps import PROCEDURE, STEP, find_step, mark, why_none
from oms_tui.domain.procedures import StepState

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.domain.procedures import Step
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import ProcedureView, QueueItem

_STATES: Final = (StepState.OPEN,)


def _why_not(session: Session, order: QueueItem) -> str:
    return why_none(session, order, _STATES)


def _found(session: Session, order: QueueItem, fields: Fields) -> tuple[ProcedureView, Step]:
    return find_step(session, order, fields["procedure"], fields["step"], _STATES)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    return mark(session, order, "step_done", _found(session, order, fields), state=StepState.DONE)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    procedure, step = _found(session, order, fields)
    return f"would be ticked: {procedure.name}: {step.rule.title}"


ACTION = Action(
    id="step_done",
    title="Step done",
    help="Ticks a step of the order's procedure: the one that comes next, or the one named.",
    group="order",
    key="",
    rank=56,
    fields=(STEP, PROCEDURE),
    roles=EVERYBODY,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
