"""Who may be the same customer: orders and addresses with the evidence for each; a key decides, another reopens."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.domain.identity import Strength
from oms_tui.domain.vocabulary import DecisionState, words_of
from oms_tui.ui.dialogs.rows_dialog import RowsDialog
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, cut, flow, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from oms_tui.store.shapes import OrderView, RelatedView
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.order.frame import Frame

    Decide = Callable[[str, str], object]
    Go = Callable[[int], object]

_MARKS: Final = {
    DecisionState.CONFIRMED: ("✓", "good"),
    DecisionState.PROPOSED: ("?", "warn"),
    DecisionState.REJECTED: ("✗", "muted"),
}
_LEAD: Final = 4
OWN: Final = "same customer"


def related_rows(view: OrderView, frame: Frame, width: int) -> list[Row]:
    """A block for each order and each address: what it is, what speaks for it, who decided."""
    rows: list[Row] = []
    for other in view.related:
        rows += _block(_head(other, frame), other.evidence, width, ("order", other.order_id, other.number))
    for each in view.customer.identities:
        if each.source == "desk":
            mark, style = _MARKS[DecisionState(each.state)]
            head = [Part(f"{mark} ", style, bold=True), Part(f"{each.kind} {each.value}", "strong")]
            head.append(Part(f"  {each.state}", style))
            rows += _block(head, (), width, ("identity", 0, f"{each.kind}:{each.value}"))
    if not rows:
        text = "no other order shares a phone, an address with a name, a mail address, a payer or a mail with this one"
        rows += [Row((Part(line, "muted"),)) for line in wrap(text, width)]
    return [*rows, BLANK, *_help(width)]


def _head(other: RelatedView, frame: Frame) -> list[Part]:
    mark, style = _MARKS[DecisionState(other.state)]
    parts = [Part(f"{mark} ", style, bold=True), Part(numbered(other.number), "strong")]
    parts += [Part(f"  {other.name}", "name"), Part(f"  {other.source}", "muted")]
    words = words_of(Strength, other.strength) if other.strength and other.state == DecisionState.PROPOSED else ""
    parts.append(Part(f"  {words or other.state}", style))
    if other.decided_by and other.decided_at is not None:
        parts.append(Part(f" by {other.decided_by}, {frame.ago(other.decided_at)} ago", "muted"))
    return parts


def _block(head: Sequence[Part], evidence: Sequence[str], width: int, key: tuple[str, int, str]) -> Iterator[Row]:
    yield Row(cut(head, width), key=key)
    for line in flow([[Part(each, "text")] for each in evidence], width - _LEAD, gap=3):
        yield Row((Part(" " * _LEAD), *line))


def _help(width: int) -> Iterator[Row]:
    keys = (("c", "confirm"), ("x", "reject for good"), ("u", "reopen"), ("enter", "go there"))
    for line in flow([[Part(key, "accent", bold=True), Part(f" {words}", "muted")] for key, words in keys], width):
        yield Row(line)


class RelatedDialog(RowsDialog):
    """Decides about what the cursor is on.

    Args:
        view: the order.
        frame: when it is shown.
        decide: told the action's id and who is meant.
        go: told the order to go to.
    """

    WIDTH: ClassVar[int] = 100
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "decide('confirm_identity')", "Same customer", id="related.confirm", show=False),
        Binding("x", "decide('reject_identity')", "Somebody else", id="related.reject", show=False),
        Binding("u", "decide('undo_identity')", "Open again", id="related.undo", show=False),
    ]

    def __init__(self, view: OrderView, frame: Frame, decide: Decide, go: Go) -> None:
        self._view, self._frame = view, frame
        self._decide, self._go = decide, go
        super().__init__(f"Who {view.customer.name or view.item.name or 'this customer'} may be as well")

    def rows(self, width: int) -> Sequence[Row]:
        """The rows of ``related_rows``."""
        return related_rows(self._view, self._frame, width)

    def action_decide(self, action: str) -> None:
        """Confirm, reject or reopen what the cursor is on."""
        key = self.lines.cursor_key
        if isinstance(key, tuple):
            self.dismiss()
            self._decide(action, str(key[2]))

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: to that order."""
        event.stop()
        if isinstance(event.key, tuple) and event.key[0] == "order":
            self.dismiss()
            self._go(int(event.key[1]))
