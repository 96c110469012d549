"""What the reader thread tells the screens, and what parts of a screen tell each other: small, typed, frozen in spirit.

An answer names the ``slot`` it was asked for and its ``generation``; a screen drops an answer whose generation it no
longer waits for. An error is a sentence for the agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import Change


class Answer(Message, bubble=False):
    """What a function returned that the reader ran, or why it could not (``error``, then ``value`` is None).

    ``failure`` is the exception itself, for those who know its kind (a refusal of an action and its field).
    """

    def __init__(
        self, slot: str, generation: int, value: Any, error: str = "", failure: Exception | None = None
    ) -> None:
        self.slot = slot
        self.generation = generation
        self.value = value
        self.error = error
        self.failure = failure
        super().__init__()


class Changed(Message, bubble=False):
    """The store changed; what is on screen and named here must be read again."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = tuple(changes)
        super().__init__()

    @property
    def everything(self) -> bool:
        """So much changed that it was not told one by one."""
        return any(change.kind == "everything" for change in self.changes)

    def kinds(self) -> frozenset[str]:
        """The kinds of things that changed."""
        return frozenset(change.kind for change in self.changes)

    def orders(self) -> frozenset[int]:
        """The orders that changed."""
        return frozenset(change.ref for change in self.changes if change.kind == "order")


class FeedFailed(Message, bubble=False):
    """The store could not be asked for changes; the next look comes by itself."""

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__()
