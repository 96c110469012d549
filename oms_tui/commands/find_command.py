"""Orders that a query finds: the same words as in the filter line, in views and in rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

    from oms_tui.domain.query_tree import Tree

_COLUMNS = ("number", "customer", "tier", "stage", "total", "due_at", "owner", "flags")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("query", nargs="*", help='such as: tier:key state:open ship:late -has:delay_reason "blue lamp"')
    parser.add_argument("--sort", default="priority", help="priority, due, promised, waiting, total, name, placed")
    parser.add_argument("--limit", type=int, default=50, help="how many at most (50)")
    parser.add_argument("--after", help="go on from the `next` of an earlier answer")
    parser.add_argument("--columns", help="only these columns, with commas between")
    parser.add_argument("--count", action="store_true", help="only how many there are")


def read_query(text: str) -> Tree:
    """The tree of a query as people write it.

    Raises:
        Failure: it cannot be read; the words point at the column.
    """
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.store.query_words import CATALOGUE

    try:
        return parse(text, CATALOGUE)
    except QueryError as error:
        pointer = f"{text}\n{' ' * error.column}^"
        raise Failure(WRONG_USE, "query", f"{error} (column {error.column + 1})", field="query", hint=pointer) from None


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from oms_tui.store.queue_sorts import SORTS
    from oms_tui.store.reads import queue

    if options.limit < 1:
        raise Failure(WRONG_USE, "usage", "--limit must be at least 1", field="limit")
    tree = read_query(" ".join(options.query))
    if options.sort.lstrip("-") not in SORTS:
        raise Failure(WRONG_USE, "usage", f"--sort: one of {', '.join(SORTS)}", field="sort")
    session = opened(options).session
    settled(session)
    asked: dict[str, Any] = {
        "tree": tree,
        "now": session.now(),
        "zone": session.policy.zone,
        "agent": session.agent.id,
        "include_closed": True,
    }
    if options.count:
        count = queue.count(session.store, most=None, **asked)
        if options.json:
            emit({"count": count})
        else:
            say(str(count))
        return DONE if count else NOTHING
    page = queue.queue_page(session.store, sort=options.sort, limit=options.limit, after=options.after, **asked)
    found = [documents.queue_item(item) for item in page.items]
    wanted = [name.strip() for name in (options.columns or "").split(",") if name.strip()]
    if found and (unknown := [name for name in wanted if name not in found[0]]):
        there = ", ".join(found[0])
        raise Failure(
            WRONG_USE, "usage", f"there is no column {unknown[0]!r}", field="columns", hint=f"there are: {there}"
        )
    if options.json:
        emit(documents.listed([{name: row[name] for name in wanted} for row in found] if wanted else found, page.next))
    elif found:
        columns = wanted or list(_COLUMNS)
        table(([_cell(row[name]) for name in columns] for row in found), columns)
    return DONE if found else NOTHING


def _cell(value: Any) -> str:
    from oms_tui.domain.money import money_text

    if value is None:
        return ""
    if isinstance(value, dict):
        return money_text(value["amount"], value["currency"])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
