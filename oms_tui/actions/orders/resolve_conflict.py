"""Systems disagree on a field: a person picks the value that is right, or says that they may differ.

The system that has it wrong is asked to change it, through the outbox; what no connector can change becomes a task.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, write_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.actions.base import Fields
    from oms_tui.store.reads.conflicts import Conflict
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_ACCEPT: Final = "accept"


def _open(session: Session, order: QueueItem) -> list[Conflict]:
    from oms_tui.store.reads.conflicts import conflicts

    return [each for each in conflicts(session.store, order.id) if each.state == "open"]


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _open(session, order) else "its systems agree"


def _read(session: Session, order: QueueItem, fields: Fields) -> tuple[Conflict, str, str]:
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
    sources = [each.source for each in conflict.values]
    for each in conflict.values:
        if value in {each.value, each.called} or (value == each.source and sources.count(value) == 1):
            return conflict, each.value, f"{shown}: {each.value} ({each.called})"
    there = "; ".join(f"{each.called}: {each.value}" for each in conflict.values)
    raise Refused(f"{value!r} is none of the values", field="value", hint=f"{there}; or {_ACCEPT}")


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.conflict_writes import plan, write_back

    conflict, chosen, words = _read(session, order, fields)
    planned = plan(session, order, conflict, chosen) if chosen else []
    values = [[each.source, each.value, each.seen_at] for each in conflict.values]
    with write_on(session, "resolve_conflict", order, words) as write:
        for name, told in (
            (name_of(order), values),
            *_twins(session, order, conflict),
        ):
            write.put("conflict_decisions", _decision(name, conflict.field, chosen, told, session.agent.id, write.now))
            write.changed(ORDER_CHANGED, *name)
        done = write_back(write, session, order, conflict.field, planned)
        data = {"field": conflict.field, "values": values, "chosen": chosen, "written": done}
        write.event("conflict_resolved", "; ".join((words, *done)), name_of(order), data)
    asked = any(not each.why_not for each in planned)
    return Outcome("; ".join((words, *done)), write.undo_id, result="queued" if asked else "done")


def _twins(session: Session, order: QueueItem, conflict: Conflict) -> Iterator[tuple[tuple[str, str], list[list[Any]]]]:
    """The same order in other systems that see the same disagreement from their side: decided with this one."""
    from oms_tui.store.conflict_facts import sides_of
    from oms_tui.store.reads.conflicts import conflicts
    from oms_tui.store.reads.queue import item

    sides, here = sides_of(session.store.cache, order.id), {each[:2] for each in conflict.values}
    for twin in sides.twins if sides else ():
        other = item(session.store, twin.order_id)
        for each in conflicts(session.store, twin.order_id):
            if other and each.field == conflict.field and {value[:2] for value in each.values} <= here:
                yield name_of(other), [[value.source, value.value, value.seen_at] for value in each.values]


def _decision(  # noqa: PLR0917 - a row
    name: tuple[str, str], field: str, chosen: str, values: list[list[Any]], agent: str, now: int
) -> dict[str, Any]:
    return {
        "source": name[0],
        "remote_id": name[1],
        "field": field,
        "state": "resolved" if chosen else "accepted",
        "chosen": chosen,
        "values": json.dumps(values, ensure_ascii=False),
        "agent": agent,
        "decided_at": now,
    }


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    from oms_tui.actions.conflict_writes import plan

    conflict, chosen, words = _read(session, order, fields)
    planned = plan(session, order, conflict, chosen) if chosen else []
    return "; ".join((words, *(each.words for each in planned)))


ACTION = Action(
    id="resolve_conflict",
    title="Resolve conflict",
    help="Picks the value that is right where systems disagree, or accepts that they differ; the others are told.",
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
