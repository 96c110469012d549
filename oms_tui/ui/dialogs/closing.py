"""Closing a conversation, putting it aside or calling it spam: what mails need that get no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from oms_tui.actions.base import WHEN_EXAMPLES
from oms_tui.ui.dialogs.form_fields import FormField
from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from oms_tui.store.session import Session

DONE: Final = {"closed": "closed", "snoozed": "put aside", "spam": "is spam"}


def set_status(session: Session, mail: int, status: str, reason: str, until: str) -> str:
    """Decide about the conversation of a mail; returns what was done, in words.

    Raises:
        Refused: it cannot be done; the words say why.
    """
    from oms_tui.actions.threads import set_status as write

    write(session, mail, status, reason, until=until)
    return f"the conversation {DONE[status]}"


class Closing(FramedDialog[tuple[str, str]]):
    """Asks why, and of one to be put aside until when; hands back both.

    Args:
        status: ``closed`` or ``snoozed``.
        subject: of the conversation.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Closing .about { color: $oms-muted; margin-bottom: 1; }
    Closing .fields { height: auto; background: $oms-over; }
    """

    def __init__(self, status: str, subject: str) -> None:
        super().__init__("Put aside" if status == "snoozed" else "Close without an answer")
        self._subject = subject
        snoozed = status == "snoozed"
        self._until = Input(value="1d" if snoozed else "", compact=True, select_on_focus=True)
        self._reason = Input(compact=True)
        for field in (self._until, self._reason):
            field.cursor_blink = False
        self._fields = [FormField("reason", "Why", required=not snoozed, inside=self._reason, note="")]
        if snoozed:
            note = f"{WHEN_EXAMPLES}; earlier if they write"
            self._fields.insert(0, FormField("until", "Until", required=True, inside=self._until, note=note))

    def inside(self) -> Iterable[Widget]:
        """What it is about, and the fields."""
        yield Static(Content(self._subject or "no subject"), classes="about", markup=False)
        yield Vertical(*self._fields, classes="fields")

    def on_mount(self) -> None:
        """Write at once."""
        super().on_mount()
        self._fields[0].inside.focus()

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        return (Part("enter", "accent", bold=True), Part(" does it  ", "text"), *super().hint())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: to the next field that is empty, else done."""
        event.stop()
        if event.input is self._until and not self._reason.value.strip():
            self._reason.focus()
        elif len(self._fields) == 1 and not self._reason.value.strip():
            self._fields[0].say("a mail is closed without an answer only for a reason", wrong=True)
        else:
            self.dismiss((self._reason.value.strip(), self._until.value.strip()))
