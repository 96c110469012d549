"""Saved views: what they ask, and whether they can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import config_of, emit, say, table
from oms_tui.commands.failures import DONE, WRONG_USE

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("list", "check"), nargs="?", default="list")


def query_faults(queries: dict[str, str]) -> list[tuple[str, str]]:
    """(name, words) of each query that cannot be read."""
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.store.query_words import CATALOGUE

    found = []
    for name, query in queries.items():
        try:
            parse(query, CATALOGUE)
        except QueryError as error:
            found.append((name, f"{error} (column {error.column + 1} of {query!r})"))
    return found


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    views = config_of(options).views
    faults = query_faults({name: view.query for name, view in views.items()})
    return told(
        options,
        faults,
        [{"name": each.name, "query": each.query, "sort": each.sort or None} for each in views.values()],
    )


def told(options: Any, faults: list[tuple[str, str]], items: list[dict[str, Any]]) -> int:
    """List the items, or say what is wrong with them; wrong ones make the exit code 2."""
    wrong = dict(faults)
    if options.json:
        emit({"items": [{**item, "error": wrong.get(item["name"])} for item in items], "next": None})
    elif options.verb == "check":
        for name, words in faults:
            say(f"{name}: {words}")
        if not faults:
            say(f"all {len(items)} are right")
    elif items:
        heads = list(items[0])
        table(([str(item[head] or "") for head in heads] for item in items), heads)
    return WRONG_USE if faults else DONE
