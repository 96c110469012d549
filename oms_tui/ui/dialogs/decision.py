"""A reply that stands still: why, what the thread looks like now, and what a person may decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.domain.vocabulary import OutboxState, words_of
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.lines import LinesView
from oms_tui.ui.order.letter import body, heading
from oms_tui.ui.rows import BLANK, Part, Row, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.store.shapes import ConversationView, MessageView, OrderView, OutboxView
    from oms_tui.ui.order.frame import Frame

LETTERS: Final = {"edit": "e", "send_anyway": "s", "discard": "d", "sent": "y", "not_sent": "n", "retry": "r"}
"""The key of each choice."""

SURE: Final = {
    "send_anyway": "It leaves although something stands against it.",
    "discard": "The reply is given up. Nobody gets it.",
    "not_sent": "It is sent again. If it did arrive, the customer gets it twice.",
}
"""What is asked once more, with another key."""


def choices_of(state: str) -> tuple[tuple[str, str, str], ...]:
    """Key, choice and words of everything that may be decided in a state of the outbox."""
    from oms_tui.actions.reply_outbox import CHOICE_WORDS, CHOICES

    return tuple((LETTERS[choice], choice, CHOICE_WORDS[choice]) for choice in CHOICES.get(state, ()))


def newest_mail(view: OrderView, item: OutboxView) -> MessageView | None:
    """The mail the thread ends with now, unless it is this reply itself."""
    threads: Sequence[ConversationView] = view.conversations
    mails = [mail for thread in threads for mail in thread.messages if mail.message_id != item.message_id]
    return max(mails, key=lambda mail: mail.sent_at, default=None)


def decision_rows(item: OutboxView, view: OrderView, frame: Frame, width: int) -> list[Row]:
    """State, reasons, the end of the thread, choices."""
    state = words_of(OutboxState, item.state)
    rows = [
        Row((Part(state.upper(), "alarm", bold=True), Part(f"  since {frame.moment(item.since)}", "muted"))),
        *_wrapped("to", ", ".join(item.recipients), width),
        *_wrapped("subject", item.subject, width),
    ]
    for why in (*item.guard, item.error):
        rows += [Row((Part(line, "alarm"),)) for line in wrap(why, width)] if why else []
    mail = newest_mail(view, item)
    if mail is not None:
        rows += [BLANK, Row((Part("the thread ends with", "muted"),))]
        rows.append(heading(mail, frame, width, unanswered=False, folded=False))
        rows += body(mail, width, ())
        rows = [Row(row.parts) for row in rows]
    rows.append(BLANK)
    for key, choice, words in choices_of(item.state):
        rows.append(Row((Part("▹ ", "muted"), Part(key, "accent", bold=True), Part(f"  {words}", "text")), key=choice))
    return rows


def _wrapped(name: str, text: str, width: int) -> list[Row]:
    return [
        Row((Part(f"{name} " if not at else " " * (len(name) + 1), "muted"), Part(line, "text")))
        for at, line in enumerate(wrap(text, max(4, width - len(name) - 1)))
    ]


class _Rows(LinesView):
    DEFAULT_CSS: ClassVar[str] = "_Rows { background: $oms-over; color: $oms-text; }"

    def __init__(self, item: OutboxView, view: OrderView, frame: Frame) -> None:
        super().__init__()
        self._about = (item, view, frame)

    def rows_for(self, width: int) -> Sequence[Row]:
        return decision_rows(*self._about, width)


class Decision(FramedDialog[str]):
    """Hands back the choice. What cannot be taken back is asked once more, with another key."""

    WIDTH: ClassVar[int] = 90
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"decide('{choice}')", choice, id=f"decision.{choice}", show=False)
        for choice, letter in LETTERS.items()
    ]

    def __init__(self, item: OutboxView, view: OrderView, frame: Frame) -> None:
        super().__init__("This reply needs a decision")
        self._item = item
        self.lines = _Rows(item, view, frame)

    def inside(self) -> Iterable[Widget]:
        """The rows."""
        yield self.lines

    def on_mount(self) -> None:
        """As high as the rows need."""
        super().on_mount()
        self.lines.focus()

    def fit(self) -> None:
        """As high as the rows need, and never more than there is."""
        super().fit()
        width = min(self.WIDTH, max(20, self.app.size.width - 2)) - 6
        height = len(self.lines.rows_for(width))
        self.lines.styles.height = max(3, min(height, self.app.size.height - 4))

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter on a choice."""
        event.stop()
        self.action_decide(str(event.key))

    def action_decide(self, choice: str) -> None:
        """Take a choice, if there is such a one here."""
        if choice not in {each for _, each, _ in choices_of(self._item.state)}:
            return
        if choice not in SURE:
            self.dismiss(choice)
            return
        from oms_tui.ui.dialogs.confirm import Confirm

        words = next(words for _, each, words in choices_of(self._item.state) if each == choice)

        def sure(yes: bool | None) -> None:
            if yes:
                self.dismiss(choice)

        key = "y" if LETTERS[choice] != "y" else "x"
        self.app.push_screen(Confirm("Sure?", SURE[choice], key, words), sure)
