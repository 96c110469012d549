"""A value was picked where systems disagree: which of them are told so, and which somebody has to correct by hand.

What a connector can write goes through the outbox. For the rest a task says where to change what: nothing here pretends
that a label which is printed, or an invoice that is issued, can be changed from outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.write_back import ask, cannot
from oms_tui.domain.conflict_fields import ADDRESS_PARTS, SHIP_TO
from oms_tui.domain.vocabulary import Stage, TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.conflicts import Told
    from oms_tui.store.reads.conflicts import Conflict
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite

_EDITED: Final[Mapping[str, str]] = {SHIP_TO: "", "name": "name", "phone": "phone"}
"""Fields that ``edit_address`` changes, with its name for them; an address is several."""

GONE: Final = frozenset(
    {Stage.HANDED_OVER.value, Stage.IN_TRANSIT.value, Stage.DELIVERED.value, Stage.AFTER_SALES.value, Stage.DONE.value}
)
"""Stages at which the parcel has left: another address in the shop brings nothing."""

_FIXED: Final = {
    "label": "a printed label does not change: make it anew",
    "invoice": "an issued invoice does not change: credit it and write another",
}
_SHOWN: Final = {SHIP_TO: "address", "sku": "product"}
_DUE_HOURS: Final = 4
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class WriteBack:
    """One system that has the wrong value. ``why_not`` "": it is asked to change it; else why somebody has to."""

    system: str
    value: str
    order: QueueItem | None = None
    changes: dict[str, str] = field(default_factory=dict)
    why_not: str = ""

    @property
    def words(self) -> str:
        """What becomes of it."""
        if not self.why_not:
            return f"{self.system} is asked to change it"
        return f"by hand in {self.system}: {self.why_not}"


def plan(session: Session, order: QueueItem, conflict: Conflict, chosen: str) -> list[WriteBack]:
    """What has to be written where, so that every system says ``chosen`` (one of the conflict's values)."""
    from oms_tui.store.conflict_facts import sides_of

    sides = sides_of(session.store.cache, order.id)
    if sides is None:
        return []
    told: dict[str, Told] = {}
    for side in sides.all():
        told.setdefault(side.called, side)
    right = next(
        (told[value.called] for value in conflict.values if value.value == chosen and value.called in told), None
    )
    wrong = dict.fromkeys(value.called for value in conflict.values if value.value != chosen)
    changes = _changes(conflict.field, right, chosen)
    return [_to(session, told[system], chosen, changes) for system in wrong if system in told]


def _changes(name: str, right: Told | None, chosen: str) -> dict[str, str]:
    """The fields of ``edit_address`` that bring the chosen value; empty where it cannot."""
    if right is None or name not in _EDITED:
        return {}
    if name != SHIP_TO:
        return {_EDITED[name]: chosen}
    return {part: getattr(right.address, part) for part in ADDRESS_PARTS if getattr(right.address, part)}


def _to(session: Session, side: Told, chosen: str, changes: dict[str, str]) -> WriteBack:
    if not side.order_id:
        why = _FIXED.get(side.what) or f"nobody can change the {side.what} from here"
        return WriteBack(side.called, chosen, why_not=why)
    from oms_tui.store.reads.queue import item

    order = item(session.store, side.order_id)
    if order is None or not changes:
        return WriteBack(side.called, chosen, order, why_not="no connector changes that from here")
    if order.stage in GONE:
        return WriteBack(side.called, chosen, order, why_not="the parcel has left")
    return WriteBack(side.called, chosen, order, changes, cannot(session, order, "edit_address"))


def write_back(write: DeskWrite, session: Session, order: QueueItem, name: str, planned: list[WriteBack]) -> list[str]:
    """Ask those that can be asked, and open one task for the rest; in words what was done.

    Args:
        write: the transaction of the decision: undoing it recalls what has not left and takes the task away.
        session: who decided.
        order: the order it was decided on.
        name: the field.
        planned: as ``plan`` made it.
    """
    shown = _SHOWN.get(name) or name.replace("_", " ")
    for each in planned:
        if each.why_not or each.order is None:
            continue
        words = f"{shown}: {each.value}"
        ask(write, session, each.order, "edit_address", words=words, fields=each.changes, account=each.order.source)
        write.changed("order", each.order.source, each.order.remote_id)
    by_hand = [each for each in planned if each.why_not]
    if by_hand:
        systems = ", ".join(dict.fromkeys(each.system for each in by_hand))
        _open_task(write, session, order, f"set the {shown} in {systems} to {by_hand[0].value}")
    return [each.words for each in planned]


def _open_task(write: DeskWrite, session: Session, order: QueueItem, title: str) -> None:
    from oms_tui.domain.safe_text import safe_line
    from oms_tui.store.ids import unique

    row: dict[str, Any] = {
        "id": unique(),
        "source": order.source,
        "remote_id": order.remote_id,
        "kind": TaskKind.CORRECTION.value,
        "title": safe_line(title, _LONGEST),
        "owner": session.agent.id,
        "due_at": _due(session),
        "created_by": session.agent.id,
        "created_at": write.now,
    }
    write.insert("tasks", **row, state="open")
    write.event("task_opened", row["title"], (order.source, order.remote_id), {"task": row["id"]})


def _due(session: Session) -> int:
    from datetime import UTC, datetime, timedelta

    now = datetime.fromtimestamp(session.now() / 1000, UTC)
    return int(session.policy.hours.add(now, timedelta(hours=_DUE_HOURS)).timestamp() * 1000)
