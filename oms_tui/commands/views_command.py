"""Views: what each asks and where it stands, whether all can be read, and which priority orders none of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands.context import config_of, emit, opened, say, settled, table
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE

if TYPE_CHECKING:
    import argparse

    from oms_tui.config_model import Config
    from oms_tui.domain.standard_views import StandardView
    from oms_tui.store.queue_shapes import QueueItem

_STANDARD: Final = "every desk"
_MOST: Final = 1000
"""Orders that ``uncovered`` lists."""

_COUNTING: Final = 50_000_000
"""Steps of SQLite's machine that a count may take: two seconds."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "verb",
        choices=("list", "check", "uncovered"),
        nargs="?",
        default="list",
        help="uncovered: open orders of customers with a service of their own that no saved view shows to anybody",
    )
    parser.add_argument("--counts", action="store_true", help="how many orders each has, up to a thousand")


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
    options.told_of_views = True  # here they are told among the others
    config = config_of(options)
    if options.verb == "uncovered":
        return _uncovered(options, config)
    items = _items(config)
    faults = query_faults({each["name"]: each["query"] for each in items})
    faults += [(each["name"], words) for each in items for words in _wrong(each)]
    if options.counts:
        wrong = {name for name, _ in faults}
        items = [{**each, "count": None} for each in items]
        _count(options, [each for each in items if each["name"] not in wrong])
    files = {each["name"]: each["from"] for each in items}
    lines = {name: _line(config, name, files[name]) for name, _ in faults}
    faults = [(name, f"{words} ({lines[name]})") for name, words in faults]
    for mistake in config.set_aside:
        place = f"views/{mistake.file.name}:{mistake.line or 1}"
        faults.append((place, f"{mistake.key}: {mistake.words}" if mistake.key else mistake.words))
        if options.json:
            left_out: dict[str, Any] = {
                "name": place,
                "query": "",
                "sort": None,
                "columns": [],
                "from": f"views/{mistake.file.name}",
            }
            items.append(left_out | ({"count": None} if options.counts else {}))
    return told(options, faults, items)


def _line(config: Config, name: str, file: str) -> str:
    """Where a view stands: ``views/late.toml:3``."""
    from oms_tui.config_document import Document

    if file == _STANDARD:
        return file
    document = Document(config.folders.config / file)
    return f"{file}:{document.line(('views', name)) or 1}"


def _items(config: Config) -> list[dict[str, Any]]:
    """The config's views, then those every desk has whose names it has not taken."""
    from oms_tui.domain.standard_views import STANDARD

    own = [
        {
            "name": view.name,
            "query": view.query,
            "sort": view.sort or None,
            "columns": list(view.columns),
            "from": view.file,
        }
        for view in config.views.values()
    ]
    taken = {str(each["name"]).casefold() for each in own}
    ours = [
        {"name": view.name, "query": view.query, "sort": view.sort, "columns": list(view.columns), "from": _STANDARD}
        for view in (*STANDARD, *filter(None, [_nobodys(config)]))
        if view.name.casefold() not in taken
    ]
    return [*own, *ours]


def _wrong(item: dict[str, Any]) -> list[str]:
    """What is wrong with a view beside its query."""
    from oms_tui.domain.standard_views import COLUMNS
    from oms_tui.store.queue_sorts import SORTS

    words = [
        f"there is no column {name!r}; there are: {', '.join(COLUMNS)}"
        for name in item["columns"]
        if name not in COLUMNS
    ]
    if item["sort"] and item["sort"].removeprefix("-") not in SORTS:
        words.append(f"lists are sorted by one of {', '.join(SORTS)}, not by {item['sort']!r}")
    return words


def _count(options: Any, items: list[dict[str, Any]]) -> None:
    from oms_tui.domain.query import parse
    from oms_tui.store.query_words import CATALOGUE
    from oms_tui.store.reads.view_counts import view_count

    session = opened(options).session
    settled(session)
    asked: dict[str, Any] = {"now": session.now(), "zone": session.policy.zone, "agent": session.agent.id}
    for each in items:
        each["count"] = view_count(session.store, parse(each["query"], CATALOGUE), effort=_COUNTING, **asked)


def _uncovered(options: Any, config: Config) -> int:
    """Exit code 1 where something was found."""
    from oms_tui.commands import documents
    from oms_tui.domain.query import parse
    from oms_tui.store.query_words import CATALOGUE
    from oms_tui.store.reads.queue import queue_page

    view = _nobodys(config)
    found: tuple[QueueItem, ...] = ()
    if view is not None:
        session = opened(options).session
        settled(session)
        tree = parse(view.query, CATALOGUE)
        found = queue_page(
            session.store, tree=tree, limit=_MOST, now=session.now(), zone=session.policy.zone, agent=session.agent.id
        ).items
    if options.json:
        emit(documents.listed(documents.queue_item(item) for item in found))
    elif found:
        heads = ("number", "customer", "tier", "owner", "flags")
        rows = ((item.number, item.name, item.tier, item.owner, _flags(item)) for item in found)
        table(rows, heads)
    else:
        say("every open order of theirs is in somebody's view")
    return NOTHING if found else DONE


def _nobodys(config: Config) -> StandardView | None:
    """The view of what no view shows; of those that can be read."""
    from oms_tui.domain.nobodys_view import nobodys_view

    wrong = dict(query_faults({view.name: view.query for view in config.views.values()}))
    queries = [view.query for view in config.views.values() if view.name not in wrong]
    return nobodys_view(queries, tiers=list(config.tiers), agents=list(config.agents))


def _flags(item: QueueItem) -> str:
    return ", ".join(flag.text for flag in item.flags)


def told(options: Any, faults: list[tuple[str, str]], items: list[dict[str, Any]]) -> int:
    """List the items, or say what is wrong with them; wrong ones make the exit code 2."""
    wrong: dict[str, str] = {}
    for name, words in faults:
        wrong[name] = f"{wrong[name]}; {words}" if name in wrong else words
    if options.json:
        emit({"items": [{**item, "error": wrong.get(item["name"])} for item in items], "next": None})
    elif options.verb == "check":
        for name, words in faults:
            say(f"{name}: {words}")
        if not faults:
            say(f"all {len(items)} are right")
    elif items:
        heads = list(items[0])
        table(([_cell(item[head]) for head in heads] for item in items), heads)
    return WRONG_USE if faults else DONE


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
