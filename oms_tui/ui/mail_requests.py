"""What an agent wants out of a mailbox: asked of the worker through the outbox, and told when it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.reads.mail_requests import BODY, requests

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.timer import Timer

    from oms_tui.store.reads.mail_requests import RequestView
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OutboxView
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer
    from oms_tui.ui.place import Place

SLOT: Final = "asked."
"""How the slots of these questions begin."""

_LOOK_SECONDS: Final = 0.5
_LONG_SECONDS: Final = 10.0


def ask(session: Session, mail: int, index: int | None, order_id: int | None) -> tuple[OutboxView, Hashable]:
    """Ask for an attachment, or without ``index`` for the text; with the row of the conversation that stands for it.

    Raises:
        Refused: as ``actions.mail_requests``.
    """
    from oms_tui.actions.mail_requests import request, request_body

    if index is None:
        return request_body(session, mail, order_id=order_id), ("body", mail)
    return request(session, mail, index, order_id=order_id), ("attachment", mail, index)


def look(session: Session, ids: tuple[str, ...]) -> tuple[RequestView, ...]:
    """How far requests are."""
    return requests(session.store, ids)


class MailRequests:
    """What was asked for on a screen. It looks by itself while something is awaited, whatever screen is up."""

    def __init__(self, screen: Place) -> None:
        self._screen = screen
        self._waiting: dict[str, Hashable] = {}
        self._saved: dict[Hashable, str] = {}
        self._timer: Timer | None = None
        self._patience: Timer | None = None

    def ask(self, mail: int, index: int | None, order_id: int | None = None) -> None:
        """Ask for the attachment ``index`` of a mail, or for its text."""
        self._screen.desk.reader.call(ask, mail, index, order_id, to=self._screen, slot=f"{SLOT}now")

    def path_under(self, conversation: LinesView) -> str:
        """Where the attachment under the cursor was saved, "" if there is none, or the keys are elsewhere."""
        return self._saved.get(conversation.cursor_key, "") if conversation.has_focus else ""

    def answered(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            self._screen.desk.say(event.error, "error")
        elif event.slot == f"{SLOT}now":
            item, row = event.value
            self._waiting[item.id] = row
            self._watch()
        else:
            for each in event.value:
                self._tell(each)
            self._rest()

    def _tell(self, request: RequestView) -> None:
        row = self._waiting.get(request.id)
        if row is None or request.state not in {"filed", "failed", "recalled"}:
            return
        del self._waiting[request.id]
        desk = self._screen.desk
        if request.state == "recalled":
            desk.say(f"{request.subject}: given up")
        elif request.state == "failed":
            what = "the text cannot be read" if request.kind == BODY else f"{request.subject} was not saved"
            desk.say(f"{what}: {request.error}", "error")
        elif request.kind != BODY:  # a text is seen when it is there
            self._saved[row] = request.answer
            copy = desk.keys.shown("copy")
            desk.say(f"saved as {request.answer}" + (f"; {copy} on it copies the path" if copy else ""))

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self._screen.set_interval(_LOOK_SECONDS, self._look)
            self._patience = self._screen.set_timer(_LONG_SECONDS, self._say_waiting)

    def _look(self) -> None:
        self._screen.desk.reader.ask(f"{SLOT}look", self._screen, look, tuple(self._waiting))

    def _rest(self) -> None:
        if self._waiting or self._timer is None or self._patience is None:
            return
        self._timer.stop()
        self._patience.stop()
        self._timer = self._patience = None

    def _say_waiting(self) -> None:
        self._screen.desk.say("it comes with the worker's next look; the outbox says what it waits for")
