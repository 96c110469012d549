"""Everything known of one thing, in full: what a row of a panel had to cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.events import group_of
from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.order.frame import span
from oms_tui.ui.rows import Part, Row, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import TimelineItem
    from oms_tui.ui.order.frame import Frame

_NAME = 14
_HEARD_LATE = 60_000


class Detail(RowsDialog):
    """Pairs of a name and what is known under it; long texts are wrapped."""

    def __init__(self, title: str, facts: Sequence[tuple[str, str]]) -> None:
        self._facts = facts
        super().__init__(title)

    def rows(self, width: int) -> Sequence[Row]:
        """A row for each fact, more for a long one."""
        rows: list[Row] = []
        for name, text in self._facts:
            for at, line in enumerate(wrap(text, max(8, width - _NAME))):
                rows.append(Row((Part(fit("" if at else name, _NAME), "muted"), Part(line, "text"))))
        return rows


def timeline_detail(item: TimelineItem, frame: Frame) -> tuple[str, list[tuple[str, str]]]:
    """The title and facts of something on the timeline."""
    late = item.recorded_at - item.occurred_at
    heard = frame.exact(item.recorded_at) + (f", {span(late)} after it happened" if late > _HEARD_LATE else "")
    return item.summary[:60], [
        ("what", item.summary),
        ("happened", f"{frame.exact(item.occurred_at)} ({frame.ago(item.occurred_at)} ago)"),
        ("heard of", heard),
        ("kind", f"{item.kind.replace('_', ' ')} ({group_of(item.kind).words})"),
        ("from", item.source or "this desk"),
    ]
