"""The columns a view names, in a row of the queue that has the whole width: what each says, and its room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.ui.order.frame import amount
from oms_tui.ui.queue.row import staged
from oms_tui.ui.rows import clean, cut_text, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oms_tui.store.queue_shapes import QueueItem
    from oms_tui.ui.order.frame import Frame

FLAGS: Final = "flags"
LEAST: Final = 14
"""Cells the flags have at least."""

ALWAYS: Final = frozenset({"number", "customer", "tier"})
"""What stands in every row anyway."""

_WIDTHS: Final = {
    "risk": 22,
    "stage": 16,
    "owner": 9,
    "account_manager": 9,
    "due_at": 9,
    "promised_at": 10,
    "placed_at": 10,
    "waiting_since": 9,
    "total": 12,
    "priority": 4,
    "next": 16,
    "state": 9,
    "payment_status": 16,
    "fulfillment_status": 16,
    "return_status": 11,
    "carrier": 8,
    "tracking": 16,
    "country": 3,
    "source": 9,
}

_RIGHT: Final = frozenset({"total", "priority"})


def shown(columns: Sequence[str], width: int) -> tuple[str, ...]:
    """Those of ``columns`` that fit into ``width`` cells, the first ones; flags make way last."""
    found = [name for name in columns if name in _WIDTHS or name == FLAGS]
    while found and sum(_width(name) + 1 for name in found) > width:
        found.pop(next((at for at in reversed(range(len(found))) if found[at] != FLAGS), 0))
    return tuple(found)


def _width(name: str) -> int:
    return _WIDTHS.get(name, LEAST)


def spare(columns: Sequence[str], width: int) -> int:
    """Cells left for the flags, or behind the last column where there are none."""
    return width - sum(_width(name) + 1 for name in columns if name != FLAGS)


def cell(item: QueueItem, name: str, frame: Frame) -> str:
    """What a column says of an order, in its width and one blank."""
    width = _width(name)
    text = cut_text(clean(_TEXTS[name](item, frame)), width)
    return fit(text, width, "right" if name in _RIGHT else "left") + " "


def _plain(name: str) -> Callable[[QueueItem, Frame], str]:
    return lambda item, _: str(getattr(item, name)).replace("_", " ")


def _when(name: str, say: Callable[[Frame, int], str]) -> Callable[[QueueItem, Frame], str]:
    def text(item: QueueItem, frame: Frame) -> str:
        at = getattr(item, name)
        return "" if at is None else say(frame, at)

    return text


_TEXTS: Final[dict[str, Callable[[QueueItem, Frame], str]]] = {
    **{name: _plain(name) for name in _WIDTHS},
    "risk": lambda item, _: ", ".join(item.risk.split()),
    "stage": lambda item, _: staged(item),
    "next": _plain("next_action"),
    "total": lambda item, _: amount(item.total, item.currency),
    "due_at": _when("due_at", lambda frame, at: frame.due(at)),
    "promised_at": _when("promised_at", lambda frame, at: frame.day(at)),
    "placed_at": _when("placed_at", lambda frame, at: frame.day(at)),
    "waiting_since": _when("waiting_since", lambda frame, at: frame.ago(at)),
}
