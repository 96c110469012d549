"""Why an order stands where it stands: its priority, term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.rows import BLANK, Part, Row, cut, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import OrderView

_BAR: Final = 24  # cells of the longest bar
_NAME: Final = 12


def priority_rows(view: OrderView, width: int) -> list[Row]:
    """A row for each term with a bar of its points, then their sum."""
    if not view.priority_terms:
        return [Row((Part("nothing presses: the order is worth no points now", "muted"),))]
    most = max(term.points for term in view.priority_terms)
    rows = [
        Row(
            cut(
                [
                    Part(fit(str(term.points), 4, "right"), "strong"),
                    Part("  "),
                    Part(fit(term.name, _NAME), "accent"),
                    Part(fit("━" * max(1, round(_BAR * term.points / most)), _BAR), "warn"),
                    Part("  "),
                    Part(term.why, "text"),
                ],
                width,
            )
        )
        for term in view.priority_terms
    ]
    rows += [
        Row((Part("────", "faint"),)),
        Row((Part(fit(str(view.item.priority), 4, "right"), "strong"), Part("  priority", "muted"))),
    ]
    if view.next_why:
        rows += [BLANK, Row(cut([Part("next: ", "muted"), Part(view.next_why, "text")], width))]
    return rows


class PriorityDialog(RowsDialog):
    """The terms of an order's priority."""

    WIDTH: ClassVar[int] = 90

    def __init__(self, view: OrderView) -> None:
        self._view = view
        super().__init__(f"Why #{view.item.number} has priority {view.item.priority}")

    def rows(self, width: int) -> Sequence[Row]:
        """The rows of ``priority_rows``."""
        return priority_rows(self._view, width)
