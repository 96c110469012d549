"""What reads hand out about work at the desk: procedures and tasks. Plain frozen values, as in ``shapes``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.procedures import next_open, settled

if TYPE_CHECKING:
    from oms_tui.domain.procedures import Step
    from oms_tui.store.queue_shapes import QueueItem


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """A procedure of an order, with how each of its steps stands."""

    name: str
    steps: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """The step that comes next; None where all are done or skipped."""
        return next_open(self.steps)

    @property
    def settled(self) -> int:
        """How many steps are done or skipped."""
        return settled(self.steps)


@dataclass(frozen=True, slots=True)
class TaskItem:
    """An open task in a list over all orders. ``order`` is None where its order is no longer in the store."""

    id: str
    kind: str
    title: str
    owner: str
    due_at: int
    milestone: str
    attempts: int
    created_by: str
    source: str
    remote_id: str
    order: QueueItem | None
