"""Asking before something that cannot simply be undone: the key that confirms is never the one that asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import Key
    from textual.widget import Widget


class Confirm(FramedDialog[bool]):
    """A question in words, answered by one named key; every other way out is a no.

    Args:
        title: what it is about.
        words: what would happen.
        key: the letter that does it; enter never does.
        verb: what the letter does, in a word or three.
    """

    WIDTH: ClassVar[int] = 66

    def __init__(self, title: str, words: str, key: str, verb: str) -> None:
        super().__init__(title)
        self._words = words
        self._key = key
        self._verb = verb

    def inside(self) -> Iterable[Widget]:
        """The words."""
        yield Static(Content(self._words), markup=False)

    def hint(self) -> tuple[Part, ...]:
        """Both ways out."""
        key = Part(self._key, "accent", bold=True)
        return (key, Part(f" {self._verb}", "alarm"), Part("   "), Part("esc", "accent"), Part(" back", "muted"))

    def on_key(self, event: Key) -> None:
        """The letter; n is a no as well."""
        if event.character == self._key:
            event.stop()
            self.dismiss(True)
        elif event.character == "n":
            event.stop()
            self.dismiss(False)
