"""The last look before a reply leaves: to whom, about what, with what. Another key than the one that asked sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from oms_tui.ui.lines import LinesView
from oms_tui.ui.rows import Part, Row, cut, flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.ui.composer.problems import ProblemLike
    from oms_tui.ui.composer.saving import Written


def review_rows(
    written: Written,
    problems: Sequence[ProblemLike],
    width: int,
    *,
    files: int = 0,
    answers: str = "",
    undo_seconds: int = 10,
) -> list[Row]:
    """What will leave, in words.

    Args:
        written: the reply.
        problems: what its writer should know once more.
        width: in cells.
        files: how many are attached.
        answers: the mail that is quoted, "" for none.
        undo_seconds: how long it can be taken back.
    """
    rows = [Row(cut([Part("to ", "muted"), Part(", ".join(written.to), "strong")], width))]
    if written.cc:
        rows.append(Row(cut([Part("cc ", "muted"), Part(", ".join(written.cc), "text")], width)))
    rows.append(Row(cut([Part("subject ", "muted"), Part(written.subject, "text", bold=True)], width)))
    words = len(written.body.split())
    groups = [[Part(f"{words} word{'s' if words != 1 else ''}", "text")]]
    groups.append([Part(f"quotes {answers}" if answers and written.quote else "quotes nothing", "text")])
    if files:
        groups.append([Part(f"{files} file{'s' if files != 1 else ''}", "text")])
    groups.append([Part(f"u takes it back for {undo_seconds}s", "muted")])
    rows += [Row(parts) for parts in flow(groups, width)]
    rows += [
        Row(cut([Part("! ", "warn", bold=True), Part(each.words, "warn")], width))
        for each in problems
        if not each.blocking
    ]
    rows.append(
        Row((Part("▹ ", "muted"), Part("esc", "accent", bold=True), Part(" back to the text", "text")), key="back")
    )
    rows.append(Row((Part("▹ ", "muted"), Part("y", "accent", bold=True), Part(" send it", "strong")), key="send"))
    return rows


class Review(LinesView):
    """The rows; y sends, and so does enter on the line that says so. Enter elsewhere goes back."""

    DEFAULT_CSS: ClassVar[str] = """
    Review {
        height: auto;
        max-height: 10;
        border-top: solid $oms-focus;
        background: $oms-over;
        color: $oms-text;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "send", "Send", id="review.send", show=False, tooltip="Send it"),
        Binding("p", "preview", "Preview", id="review.preview", show=False, tooltip="See it as its reader will"),
    ]

    class Decided(Message):
        """``send``, ``back`` or ``preview``."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._about: tuple[Written, Sequence[ProblemLike]] | None = None
        self._files, self._answers, self._undo_seconds = 0, "", 0

    def ask(
        self, written: Written, problems: Sequence[ProblemLike], *, files: int, answers: str, undo_seconds: int
    ) -> None:
        """Show what would leave; the cursor is on going back."""
        self._about = (written, problems)
        self._files, self._answers, self._undo_seconds = files, answers, undo_seconds
        self.styles.height = len(self.rows_for(self.text_width)) + 1
        self.reload(top=True)
        self.move_to("back")

    def rows_for(self, width: int) -> Sequence[Row]:
        """The rows of ``review_rows``."""
        if self._about is None:
            return ()
        return review_rows(
            *self._about, width, files=self._files, answers=self._answers, undo_seconds=self._undo_seconds
        )

    def action_open(self) -> None:
        """Enter: what the line under the cursor says."""
        self.post_message(self.Decided("send" if self.cursor_key == "send" else "back"))

    def action_send(self) -> None:
        """Send it."""
        self.post_message(self.Decided("send"))

    def action_preview(self) -> None:
        """See it first."""
        self.post_message(self.Decided("preview"))
