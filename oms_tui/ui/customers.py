"""The desk's dialogs about whom an order is for: who may be the same customer, the parties, what systems dispute."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_tui.store.queue_shapes import QueueItem
    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.desk_screen import DeskScreen
    from oms_tui.ui.order.frame import Frame


def show_related(screen: DeskScreen, view: OrderView, frame: Frame) -> None:
    """Related orders and addresses; a key decides about the one the cursor is on."""
    from oms_tui.ui.dialogs.related import RelatedDialog

    def decide(action: str, who: str) -> None:
        screen.act(action, {"identity": who}, ask=False, only=view.item)

    screen.desk.push_screen(RelatedDialog(view, frame, decide, screen.go_to))


def show_parties(screen: DeskScreen, view: OrderView, frame: Frame) -> None:
    """Everybody who has to do with the order."""
    from oms_tui.ui.dialogs.parties import PartiesDialog

    screen.desk.push_screen(PartiesDialog(view, frame))


def offer_sides(screen: DeskScreen, item: QueueItem, view: OrderView | None) -> bool:
    """Whether it is seen to: what systems disagree on is shown, or an order not read yet is opened and asked again."""
    if view is None:
        screen.open(item.id, then=partial(screen.act, "resolve_conflict", only=item))
        return True
    return screen.about(show_differing)


def show_differing(screen: DeskScreen, view: OrderView, frame: Frame, field: str = "") -> bool:
    """What systems disagree on; a key picks the value that is right. False: they agree."""
    from oms_tui.ui.dialogs.differing import DifferingDialog, open_conflict

    conflict = open_conflict(view, field)
    if conflict is None:
        return False

    def choose(name: str, value: str) -> None:
        screen.act("resolve_conflict", {"field": name, "value": value}, ask=False, only=view.item)

    screen.desk.push_screen(DifferingDialog(view, conflict, frame, choose))
    return True
