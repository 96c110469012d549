"""Panel 6 while nothing is being written: drafts that wait, and mails that leave, left, or need a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.message import Message

from oms_tui.domain.rules import person_or_rule
from oms_tui.domain.vocabulary import OutboxState, words_of
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.rows import Part, Row, cut, flow, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.store.shapes import DraftView, OrderView, OutboxView
    from oms_tui.ui.order.frame import Frame

NEEDS_DECISION: Final = frozenset({OutboxState.BLOCKED, OutboxState.IN_DOUBT, OutboxState.FAILED})
"""States in which a reply stands still until a person decides."""

_LEVEL: Final = {
    OutboxState.HELD: "warn",
    OutboxState.QUEUED: "info",
    OutboxState.SENDING: "info",
    OutboxState.SENT: "good",
    OutboxState.FILED: "good",
    OutboxState.RECALLED: "muted",
}
_OVER: Final = frozenset({OutboxState.FILED, OutboxState.RECALLED})
_PREVIEW_LINES: Final = 3


def shown(view: OrderView) -> bool:
    """Whether panel 6 has anything to say while nothing is written."""
    return bool(view.drafts) or any(item.state not in _OVER for item in view.outbox)


def reply_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """What needs a decision first, then what can be taken back, drafts, and what is on its way."""
    rows: list[Row] = []
    for item in sorted(
        view.outbox, key=lambda each: (each.state not in NEEDS_DECISION, each.state != OutboxState.HELD, -each.since)
    ):
        if item.state not in _OVER:
            rows += _outgoing(item, frame, width)
    for draft in view.drafts:
        rows += _draft(draft, frame, width)
    return rows or [Row((Part("r answers the newest unanswered mail", "muted"),))]


def _outgoing(item: OutboxView, frame: Frame, width: int) -> Iterator[Row]:
    level = "alarm" if item.state in NEEDS_DECISION else _LEVEL.get(item.state, "text")  # type: ignore[call-overload] # a state is plain text in the view
    words = words_of(OutboxState, item.state)
    key = ("outbox", item.id)
    left = [
        Part(words.upper() if item.state in NEEDS_DECISION else words, level, bold=True),
        Part(f"  {item.subject}", "text"),
    ]
    yield Row(spread(left, [Part(frame.moment(item.since), "muted")], width), key=key)
    yield Row(cut([Part("  to ", "muted"), Part(", ".join(item.recipients), "text")], width), key=key)
    for why in (*item.guard, item.error):
        for line in wrap(why, width - 2) if why else ():
            yield Row((Part("  "), Part(line, "alarm")), key=key)
    if item.state == OutboxState.HELD:
        leaves = [
            Part("  leaves ", "muted"),
            Part(frame.due(item.not_before), "warn"),
            Part("   "),
            Part("u", "accent", bold=True),
            Part(" takes it back", "text"),
        ]
        yield Row(cut(leaves, width), key=("recall", item.id))
    if item.state in NEEDS_DECISION:
        decide = [Part("  enter", "accent", bold=True), Part(" decides", "text")]
        yield Row(cut(decide, width), key=("outbox", item.id))


def _draft(draft: DraftView, frame: Frame, width: int) -> Iterator[Row]:
    key = ("draft", draft.id)
    by = f"draft prepared by {person_or_rule(draft.prepared_by)}" if draft.prepared_by else f"draft by {draft.agent}"
    left = [Part(by, "info" if draft.prepared_by else "warn", bold=True), Part(f"  {draft.subject}", "text")]
    yield Row(spread(left, [Part(f"saved {frame.moment(draft.updated_at)}", "muted")], width), key=key)
    yield Row(cut([Part("  to ", "muted"), Part(", ".join(draft.to), "text")], width), key=key)
    lines = [line for line in draft.body.split("\n") if line.strip()]
    for line in lines[:_PREVIEW_LINES]:
        yield Row(cut([Part("  "), Part(line, "muted")], width), key=key)
    if len(lines) > _PREVIEW_LINES:
        yield Row((Part(f"  … {len(lines) - _PREVIEW_LINES} more", "faint"),), key=key)
    yield from (
        Row(parts, key=key)
        for parts in flow([[Part("  enter", "accent", bold=True), Part(" goes on writing", "text")]], width)
    )


class RepliesPanel(Panel):
    """Drafts and outgoing mails of the order."""

    NUMBER: ClassVar[int] = 6
    TITLE: ClassVar[str] = "Reply"

    class Chose(Message):
        """A draft to go on with (``draft``), a mail to take back (``recall``) or to decide on (``outbox``)."""

        def __init__(self, what: str, ref: str) -> None:
            super().__init__()
            self.what = what
            self.ref = ref

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``reply_rows``."""
        return reply_rows(view, self.frame, width)

    def title(self) -> Sequence[Part]:
        """Whether somebody has to decide."""
        if self.view is not None and any(item.state in NEEDS_DECISION for item in self.view.outbox):
            return (Part("  needs a decision", "alarm", bold=True),)
        return ()

    def below(self, view: OrderView) -> tuple[Part, ...]:
        """Nothing: what stands here is ours."""
        del view
        return ()

    def action_open(self) -> None:
        """Go on with a draft, take back, or decide."""
        match self.cursor_key:
            case ("draft" | "recall" as what, str(ref)):
                self.post_message(self.Chose(what, ref))
            case ("outbox", str(ref)):
                self.post_message(self.Chose("outbox", ref))
