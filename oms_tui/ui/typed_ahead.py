"""Keys that come before there is a place for them: kept in order, and given to it when it is there.

A key goes down to the widget with the focus and, if nobody wants it, up again to the app, which does its command. Who
types quickly has pressed the next key by then. Without this the ``H`` of ``nHello`` is lost before the form is there,
and in ``/tier:key`` the ``r`` begins a reply.
"""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.events import Key

from oms_tui.ui.effort import EffortApp
from oms_tui.ui.keys import QUIT

if TYPE_CHECKING:
    from textual.events import Event
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

_LOOK_SECONDS: Final = 0.01  # between looks whether the next key may go, while any waits
_BARE_SECONDS: Final = 0.25  # after which a screen without anything to focus is taken to be one
_COME_SECONDS: Final = 4.0  # that a screen may take until something on it has the focus
_EXPECT_SECONDS: Final = 10.0
"""So long a place to write is waited for; what was typed for it is then dropped, as it was meant for nothing else."""


class TypedAheadApp(EffortApp, inherit_bindings=False):
    """An app in which a key is done with before the next one is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key] = deque()
        self._flying: Key | None = None
        self._seen: Screen[object] | None = None
        self._unseen: Screen[object] | None = None
        self._unseen_until = 0.0
        self._expected_until = 0.0
        self._expected_on: Screen[object] | None = None
        self._looking: Timer | None = None

    async def on_event(self, event: Event) -> None:
        """A key waits while another is on its way, or a screen or field that it leads to is."""
        if not isinstance(event, Key):
            await super().on_event(event)
        elif event.is_forwarded:  # back again: no widget wanted it
            await super().on_event(event)
            if event is self._flying:
                self._flying = None
                if self._typed:
                    self.call_later(self._go_on)
        elif event.key == QUIT:
            await super().on_event(event)
        else:
            if event.key == "escape" and self._expected_until:
                self.expect_nothing()
            if self._typed or self._must_wait():
                self._typed.append(event)
                if self._looking is None:
                    self._looking = self.set_interval(_LOOK_SECONDS, self._go_on)
            else:
                await self._give(event)

    async def _give(self, event: Key) -> None:
        self._flying = event
        await super().on_event(event)
        if not event.is_forwarded:  # a binding that goes before all others took it
            self._flying = None

    async def _go_on(self) -> None:
        while self._typed and not self._must_wait() and self._typed:  # to have waited in vain empties it
            await self._give(self._typed.popleft())
        if not self._typed and self._looking is not None:
            self._looking.stop()
            self._looking = None

    # ---- what a key waits for

    def _must_wait(self) -> bool:
        if not self.screen_stack:
            return False
        screen = self.screen
        if screen is not self._seen and not self._sees(screen):
            return True
        before = self._flying
        under_way = before is not None and not before._stop_propagation  # noqa: SLF001 - Textual tells it nowhere else
        if writes(screen.focused):
            self._expected_until = 0.0
            return under_way and before is not None and not before.is_printable  # a letter leads nowhere
        return under_way or self._expects(screen)

    def _sees(self, screen: Screen[object]) -> bool:
        """Whether a screen has come so far that what takes its keys has the focus; a few have nothing that does."""
        if screen is not self._unseen:
            self._unseen, self._unseen_until = screen, monotonic() + _COME_SECONDS
        left = self._unseen_until - monotonic()
        bare = screen.is_mounted and not screen.focus_chain and left <= _COME_SECONDS - _BARE_SECONDS
        if left <= 0 or screen.focused is not None or bare:
            self._seen = screen
        return screen is self._seen

    def _expects(self, screen: Screen[object]) -> bool:
        if not self._expected_until:
            return False
        if screen is self._expected_on and monotonic() < self._expected_until:
            return True
        self.expect_nothing()  # a question came up instead, or it takes too long
        return False

    def expect_text(self) -> None:
        """A field to write in is about to come: what is typed until then is meant for it."""
        self._expected_until = monotonic() + _EXPECT_SECONDS
        self._expected_on = self.screen

    def expect_nothing(self) -> None:
        """It does not come; what was typed for it is dropped."""
        self._expected_until = 0.0
        self._typed.clear()


def writes(widget: Widget | None) -> bool:
    """Whether keys are text there. By name: importing the editor would cost the start a quarter more."""
    return widget is not None and any(each.__name__ in {"Input", "TextArea"} for each in type(widget).__mro__)
