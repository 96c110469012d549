"""One mail on the whole screen, every header that matters and every quote open."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.order.letter import attached, body, link_words, remarks
from oms_tui.ui.rows import BLANK, Part, Row, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import MessageView
    from oms_tui.ui.order.frame import Frame

_NAME = 10


class MessageReader(RowsDialog):
    """A mail to be read in full."""

    WIDTH: ClassVar[int] = 110
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "quotes", "Quotes", id="reader.quotes", show=False, tooltip="Fold or unfold the quotes")
    ]

    def __init__(self, message: MessageView, frame: Frame) -> None:
        self._message = message
        self._frame = frame
        self._unfolded = {(message.id, first) for first, _ in message.quoted}
        super().__init__(message.subject or "no subject")

    def rows(self, width: int) -> Sequence[Row]:
        """Headers, remarks, text, attachments."""
        rows = [*self._headers(width), BLANK]
        rows += [Row(row.parts) for row in remarks(self._message, width, before=self._message.subject)]
        rows += body(self._message, width, self._unfolded)
        if self._message.attachments:
            rows += [BLANK, *attached(self._message, width)]
        return [Row(row.parts) for row in rows]

    def _headers(self, width: int) -> Iterator[Row]:
        message = self._message
        sender = f"{message.from_name} <{message.from_address}>" if message.from_name else message.from_address
        facts = (
            ("from", sender),
            ("to", ", ".join(message.to)),
            ("cc", ", ".join(message.cc)),
            ("reply to", ", ".join(message.reply_to)),
            ("sent", f"{self._frame.exact(message.sent_at)} ({self._frame.ago(message.sent_at)} ago)"),
            ("subject", message.subject),
            ("on order", link_words(message)),
        )
        for name, text in facts:
            for at, line in enumerate(wrap(text, max(8, width - _NAME))) if text else ():
                yield Row((Part(fit("" if at else name, _NAME), "muted"), Part(line, "text")))

    def action_quotes(self) -> None:
        """Fold every quote, or unfold them."""
        runs = {(self._message.id, first) for first, _ in self._message.quoted}
        self._unfolded = set() if self._unfolded else runs
        self.lines.reload()
        self.on_resize()
