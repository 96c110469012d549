"""What the screens with a list of their own share: the list is read again when it may be old, and fails in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.ui.order.frame import Frame
from oms_tui.ui.place import Place

if TYPE_CHECKING:
    from oms_tui.ui.messages import Answer
    from oms_tui.ui.screens.lists import Chosen


class Listing(Place):
    """A screen with a list. It asks for it in ``_ask``, by the slot ``list``."""

    def _ask(self) -> None:
        raise NotImplementedError

    def on_screen_resume(self) -> None:
        """The list may be old."""
        super().on_screen_resume()
        self._ask()

    def _now(self) -> Frame:
        """Times as they read now, for whoever sits here."""
        session = self.desk.session
        return Frame(session.now(), session.policy.zone, agent=session.agent.id)

    def _say_failed(self, event: Answer, view: Chosen, *, empty: bool) -> None:
        """What was asked failed: said in an ``empty`` list, else beside what is shown, which is then marked as old."""
        if event.slot == "list" and empty:
            view.say(event.error, "alarm")
            return
        self.desk.say(event.error, "error")
        if event.slot == "list":
            view.mark_old()
