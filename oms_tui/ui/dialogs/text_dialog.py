"""A text to be read in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.rows import Part, Row, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence


class TextDialog(RowsDialog):
    """The text, wrapped; quoted lines stand back."""

    WIDTH: ClassVar[int] = 100

    def __init__(self, title: str, text: str) -> None:
        self._text = text
        super().__init__(title)

    def rows(self, width: int) -> Sequence[Row]:
        """A row for each line."""
        return [
            Row((Part(piece, "muted" if line.startswith(">") else "text"),))
            for line in self._text.split("\n")
            for piece in wrap(line, width)
        ]
