"""A step of the order's procedure is left out, for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome
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
    return mark(
        session, order, "step_skip", _found(session, order, fields), state=StepState.SKIPPED, reason=fields["reason"]
    )


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    procedure, step = _found(session, order, fields)
    return f"would be skipped: {procedure.name}: {step.rule.title}"


ACTION = Action(
    id="step_skip",
    title="Skip step",
    help="Leaves a step of the order's procedure out, for a reason that reports count.",
    group="order",
    key="",
    rank=57,
    fields=(STEP, PROCEDURE, Field("reason", "Why", required=True)),
    roles=EVERYBODY,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
