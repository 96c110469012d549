"""Systems disagree on a field: a person picks the value that is right, or says that they may differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import ConflictView, QueueItem

_ACCEPT: Final = "accept"


def _open(session: Session, order: QueueItem) -> list[ConflictView]:
    from oms_tui.store.reads.conflicts import conflicts
    from oms_tui.store.shapes import ConflictValue, ConflictView

    views = (
        ConflictView(each.field, each.state, tuple(ConflictValue(*value) for value in each.values))
        for each in conflicts(session.store, order.id)
    )
    return [each for each in views if each.state == "open"]


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _open(session, order) else "its systems agree"


def _read(session: Session, order: QueueItem, fields: Fields) -> tuple[ConflictView, str, str]:
    """Which conflict, what is chosen ("" to let them differ), and in words."""
    found, wanted = _open(session, order), fields["field"]
    conflict = next((each for each in found if wanted in {"", each.field}), None)
    there = ", ".join(each.field for each in found)
    if conflict is None:
        raise Refused(f"its systems do not disagree on {wanted!r}", field="field", hint=f"they do on {there}")
    if not wanted and len(found) > 1:
        raise Refused("its systems disagree on several fields: say which", field="field", hint=there)
    shown = conflict.field.replace("_", " ")
    value = fields["value"]
    if value.lower() == _ACCEPT:
        return conflict, "", f"{shown}: may differ"
    for each in conflict.values:
        if value in {each.source, each.value}:
            return conflict, each.value, f"{shown}: {each.value} ({each.source})"
    there = "; ".join(f"{each.source}: {each.value}" for each in conflict.values)
    raise Refused(f"{value!r} is none of the values", field="value", hint=f"{there}; or {_ACCEPT}")


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    conflict, chosen, words = _read(session, order, fields)
    values = [[each.source, each.value, each.seen_at] for each in conflict.values]
    with write_on(session, "resolve_conflict", order, words) as write:
        write.put(
            "conflict_decisions",
            {
                "source": order.source,
                "remote_id": order.remote_id,
                "field": conflict.field,
                "state": "resolved" if chosen else "accepted",
                "chosen": chosen,
                "values": json.dumps(values, ensure_ascii=False),
                "agent": session.agent.id,
                "decided_at": write.now,
            },
        )
        write.event("conflict_resolved", words, name_of(order), {"field": conflict.field, "values": values})
        write.changed(ORDER_CHANGED, *name_of(order))
    return Outcome(words, write.undo_id)


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    return _read(session, order, fields)[2]


ACTION = Action(
    id="resolve_conflict",
    title="Resolve conflict",
    help="Picks the value that is right where systems disagree, or accepts that they differ.",
    group="customer",
    key="F",
    rank=145,
    fields=(
        Field("value", "Right value", required=True, help="the source that is right, its value, or accept"),
        Field("field", "Field", help="none: the only one on which they disagree"),
    ),
    roles=DESK_AND_FINANCE,
    why_not=_why_not,
    apply=_apply,
    preview=_preview,
)
