"""Somebody else writes to this customer already: theirs is opened, or one's own begun, and neither by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.events import Key
    from textual.widget import Widget

    from oms_tui.store.shapes import DraftView, OrderView
    from oms_tui.ui.order.frame import Frame

THEIRS: Final = "theirs"
OWN: Final = "own"
_LETTERS: Final = {"t": THEIRS, "o": OWN}
_PREVIEW: Final = 240


def others(view: OrderView, agent: str) -> DraftView | None:
    """The newest draft of somebody else, None if there is none or this agent has one too."""
    if any(draft.agent == agent for draft in view.drafts):
        return None
    theirs = [draft for draft in view.drafts if is_theirs(draft, agent)]
    return max(theirs, key=lambda draft: draft.updated_at, default=None)


def is_theirs(draft: DraftView, agent: str) -> bool:
    """Whether another person wrote it; what a rule prepared is anybody's until somebody takes it up."""
    return draft.agent not in {"", agent, draft.prepared_by}


class OthersDraft(FramedDialog[str]):
    """Whose draft it is, since when, how it begins, and the two ways on; every other way out changes nothing."""

    WIDTH: ClassVar[int] = 70

    def __init__(self, draft: DraftView, frame: Frame) -> None:
        super().__init__("Somebody is writing already")
        self._draft = draft
        self._frame = frame

    def inside(self) -> Iterable[Widget]:
        """Who, when and what."""
        draft = self._draft
        begins = " ".join(draft.body.split())[:_PREVIEW] or "nothing is written yet"
        words = f"{draft.agent} has a draft here, saved {self._frame.moment(draft.updated_at)}:\n{begins}"
        yield Static(Content(words), markup=False)

    def hint(self) -> tuple[Part, ...]:
        """The ways out."""
        keys = (("t", " open theirs"), ("o", " start my own"), ("esc", " back"))
        parts = [part for key, words in keys for part in (Part(key, "accent", bold=True), Part(f"{words}   ", "text"))]
        return tuple(parts)

    def on_key(self, event: Key) -> None:
        """One of the letters."""
        if event.character in _LETTERS:
            event.stop()
            self.dismiss(_LETTERS[event.character])
