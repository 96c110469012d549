"""What handling an order takes: how many keys, on how many panels and screens. Which keys is never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Event

    from oms_tui.actions.base import Done
    from oms_tui.store.session import Session
    from oms_tui.ui.reader import Reader


class Effort:
    """Counted since an order was opened, or since the work on it last ended."""

    def __init__(self) -> None:
        self._order: int | None = None
        self._place = ""
        self.keys = 0
        self.screens = 0

    def opened(self, order_id: int) -> None:
        """Work on an order begins; the one that is open already goes on."""
        if order_id != self._order:
            self._order = order_id
            self.anew()

    def anew(self) -> None:
        """Count from nothing."""
        self.keys = self.screens = 0
        self._place = ""

    def pressed(self, place: str) -> None:
        """A key was pressed on a panel or screen: another one than that of the key before counts as one more."""
        self.keys += 1
        if place != self._place:
            self._place = place
            self.screens += 1


class EffortApp(App[int]):
    """An app that counts. ``reader`` writes down what was counted."""

    reader: Reader

    def __init__(self) -> None:
        super().__init__()
        self.effort = Effort()

    async def on_event(self, event: Event) -> None:
        """Every key comes by here once, whoever wants it."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.reader.typed()
            self.effort.pressed(self._where())
        await super().on_event(event)

    def _where(self) -> str:
        """The panel that has the keys, the reply, or the screen or dialog."""
        if not self.screen_stack:
            return ""
        screen = self.screen
        names = [type(node).__name__ for node in (screen.focused.ancestors_with_self if screen.focused else ())]
        inside = next((name for name in names if name == "Composer" or name.endswith(("Panel", "Side"))), "")
        return f"{type(screen).__name__} {inside}"

    def acted(self, done: Sequence[Done]) -> None:
        """An action was done: what one order took is written down; done to many it says nothing of any."""
        if len(done) == 1 and done[0].result in {"done", "queued"}:
            self.ended(*done[0].order)

    def ended(self, source: str, remote_id: str) -> None:
        """The work on an order came to an end: written down, and counted anew."""
        effort = self.effort
        screens = max(1, effort.screens)  # who only clicked was somewhere, too
        self.reader.call(write_down, source, remote_id, effort.keys, screens, to=self, slot="handled")
        effort.anew()


def write_down(session: Session, source: str, remote_id: str, keys: int, screens: int) -> None:
    """Keep it for ``report handling``."""
    from oms_tui.actions.handled import handled

    handled(session, source, remote_id, keys=keys, screens=screens)
