"""What reads hand out about work at the desk: procedures and tasks. Plain frozen values, as in ``shapes``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.procedures import next_open, settled

if TYPE_CHECKING:
    from oms_tui.domain.procedures import Step


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
