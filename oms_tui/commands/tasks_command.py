"""Tasks over all orders: what is to be done, by whom, by when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, settled, table
from oms_tui.commands.failures import DONE, NOTHING
from oms_tui.domain.vocabulary import TaskKind

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.work_shapes import TaskItem


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--owner", default="me", help="an agent, me (with what is nobody's), or all (me)")
    parser.add_argument("--kind", choices=[kind.value for kind in TaskKind], default="")
    parser.add_argument("--due", action="store_true", help="only what is due by now")
    parser.add_argument("--limit", type=int, default=200)


def run(options: Any) -> int:
    """Do it; exit code 1 where there is none."""
    from oms_tui.store.reads.tasks import tasks

    session = opened(options).session
    settled(session)
    now = session.now()
    owner = {"me": session.agent.id, "all": None}.get(options.owner, options.owner)
    found = tasks(
        session.store, owner=owner, kind=options.kind, before=now if options.due else None, limit=options.limit
    )
    if options.json:
        emit(documents.listed(task(each, now) for each in found))
    else:
        rows = [
            (
                each.order.number if each.order else each.remote_id,
                each.kind.replace("_", " "),
                each.title,
                each.owner or "nobody",
                documents.moment(each.due_at) or "",
                each.order.name if each.order else "",
            )
            for each in found
        ]
        table(rows, ("order", "kind", "what", "owner", "due", "customer"))
    return DONE if found else NOTHING


def task(each: TaskItem, now: int) -> documents.Document:
    """A task in a list."""
    return {
        "id": each.id,
        "number": each.order.number if each.order else None,
        "source": each.source,
        "source_id": each.remote_id,
        "customer": each.order.name if each.order else None,
        "tier": each.order.tier if each.order else None,
        "kind": each.kind,
        "title": each.title,
        "owner": each.owner or None,
        "due_at": documents.moment(each.due_at),
        "overdue": each.due_at <= now,
        "milestone": each.milestone or None,
        "attempts": each.attempts,
        "created_by": each.created_by or None,
    }
