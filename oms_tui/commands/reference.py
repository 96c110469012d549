"""The reference pages of ``docs/``, made from the catalogues, so that they cannot say something else than the program.

``python -m oms_tui.commands.reference`` writes them; a test fails when they are not what would be written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connectors.base import Setting
    from oms_tui.actions.base import Action

FOLDER = Path(__file__).parents[2] / "docs"
_NOTE = "<!-- made by `python -m oms_tui.commands.reference`: do not edit -->"


def pages() -> dict[str, str]:
    """Each page's file name and text."""
    return {
        "keys.md": _page("Keys", _keys()),
        "actions.md": _page("Actions", _actions()),
        "queries.md": _page("The query language", _queries()),
        "views.md": _page("Views", _views()),
        "reports.md": _page("Reports", _reports()),
        "connectors.md": _page("Connectors", _connectors()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", _NOTE, "", *lines]).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _reports() -> Iterator[str]:
    from datetime import UTC

    from oms_tui.domain.business_time import BusinessHours, read_week
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.reads.reports.catalogue import REPORTS

    yield "`oms-tui report NAME [--weeks N] [--by WAY]`, with `--json` or `--csv`; `report` alone lists them. A screen"
    yield "of the desk shows the same figures (`go_reports` in [keys](keys.md)). Weeks are ISO 8601, Monday to"
    yield "Sunday on the desk's clock, this one included (`…` marks it: it is not over yet); what is told over time"
    yield "has its week in every row. `query` finds the orders behind a row (of many the newest 50): `oms-tui find`"
    yield "and enter on the desk list them. A CSV is UTF-8 with commas (RFC 4180), decimal points and times in"
    yield "seconds; one that the desk saves has a byte order mark, by which spreadsheets know it for UTF-8. A cell"
    yield "that would be run as a formula begins with an apostrophe."
    policy = DeskPolicy(UTC, BusinessHours(UTC, read_week({"mon-fri": ["09:00-17:00"]})))
    for kind in REPORTS.values():
        formula = kind.formula if isinstance(kind.formula, str) else kind.formula(policy)
        yield from ("", f"## {kind.title}: `{kind.name}`", "", kind.help, "", formula, "")
        if kind.by:
            yield f"By {', '.join(map(_code, kind.by))}; the first where none is named."
            yield ""
        yield f"Figures: {', '.join(_code(column.name) for column in kind.columns)}."


def _keys() -> Iterator[str]:
    from oms_tui.actions.catalogue import all_actions
    from oms_tui.ui.keys import COMMANDS

    yield "Any of them can be changed under `[keys]` in the config, by its id; clashes and unknown ids are refused."
    yield ""
    yield from _table(
        ("key", "id", "does"),
        (
            (" ".join(map(_code, each.keys)), _code(each.id), f"{each.title}. {each.help}" if each.help else each.title)
            for each in COMMANDS
        ),
    )
    yield ""
    yield "## Actions on an order"
    yield ""
    yield from _table(
        ("key", "id", "does"), ((_code(each.key), _code(each.id), each.help) for each in all_actions() if each.key)
    )


def _actions() -> Iterator[str]:
    from oms_tui.actions.catalogue import all_actions

    yield "By key, by palette, or as `oms-tui do ACTION ORDER... --FIELD VALUE`."
    yield ""
    rows = []
    for each in all_actions():
        fields = " ".join(_code(f"--{field.name}" + (" (needed)" if field.required else "")) for field in each.fields)
        who = ", ".join(sorted(each.roles))
        rows.append((_code(each.id), fields, who, "yes" if each.undoable else "no", _by_rule(each), each.help))
    yield from _table(("action", "fields", "who may", "undo", "by a rule", "does"), rows)


def _by_rule(action: Action) -> str:
    if action.not_by_rule:
        return f"no: {action.not_by_rule}"
    return "only `without_asking`" if action.leaves or action.destructive else "yes"


def _queries() -> Iterator[str]:
    from oms_tui.store.query_words import CATALOGUE

    yield (
        "The same text in the filter line, in `oms-tui find`, in views, tiers, rules and bulk actions: `word:value`, "
        '`word:>value`, `word:low..high`, `*` for anything, `"a phrase"`, a blank for AND, `OR`, `NOT` or `-`, '
        "parentheses. A bare word is searched for everywhere. An amount may name its currency, `total:>100EUR`; "
        "without one `total:` is in each order's own, and what a customer spent or owes is the largest figure by "
        "currency: nothing is converted."
    )
    yield ""
    yield from _table(
        ("word", "kind", "values", "asks"),
        (
            (_code(f"{name}:"), str(word.kind), ", ".join(map(_code, word.values)), word.help)
            for name, word in CATALOGUE.items()
        ),
    )
    for name, word in CATALOGUE.items():
        if word.meanings:
            yield ""
            yield f"## `{name}:`"
            yield ""
            yield from _table(("value", "means"), ((_code(value), word.meanings[value]) for value in word.values))
    yield from ("", "## What a query costs", "", *_cost_of_a_query())


def _cost_of_a_query() -> Iterator[str]:
    from oms_tui.store.query_begun import MOST_WORDS
    from oms_tui.store.query_parts import NEWEST
    from oms_tui.store.reads.queue_walk import FEW, SOME
    from oms_tui.ui.questions import LOOKED_AT

    yield (
        f"A word with an index brings up its orders where they are few (open ones {FEW:,}, else {SOME:,}); where "
        "they are many, a page of them is met on the way down the list as it is sorted. What neither finds soon "
        f"comes to the desk in steps of {LOOKED_AT:,} and more orders looked at: it shows what there is, says how "
        "far it is (`2+, 4% looked at`), and goes on by itself until the page is full or the "
        "last order was looked at; keys are answered between two steps. `NOT`, an `OR` of common words and a part "
        "from the middle of a number (`*05*`) are such. `oms-tui find`, rules and bulk actions wait for all of it: "
        "their lists are whole. Steps or not, the list is the same, in the same order."
    )
    yield ""
    yield (
        f"A bare word is looked for in full text among the newest {NEWEST:,} orders that hold it, and the newest "
        f"{NEWEST // 5:,} mails; what begins with it counts too where at most {MOST_WORDS} words do, and of more where "
        "there is no digit in it (numbers are found by their beginnings and ends all the same). Counts end at "
        "`10,000+`, and in the list of views at `1,000+`; one that would take too long is not told: the list says how "
        "many are loaded (`200+`), and a view `not counted`. `find --count` counts all."
    )


def _views() -> Iterator[str]:
    from oms_tui.domain.standard_views import COLUMNS, STANDARD

    yield "Key `v` lists every view with how many orders it has (up to 1,000), what it asks and where it is written."
    yield "A view is a name, a query, a sort and columns: in the config, or in files in the folder `views` beside it,"
    yield "one each or several as in the config. They live in git and are everybody's; one that has the name of a view"
    yield "of every desk goes before it. The view an agent leaves the desk with is there again at the next start."
    yield ""
    yield "`oms-tui views list --counts` says the same; `views check` whether all can be read; `views uncovered` lists"
    yield "open orders of customers with a service of their own (any tier but `standard` and `one_off`) that no saved"
    yield 'view shows to anybody; on the desk that is the view "Priority accounts in nobody\'s view".'
    yield ""
    yield "Every desk has:"
    yield ""
    yield from _table(
        ("view", "query", "sorted by", "shows"),
        ((view.name, _code(view.query), view.sort, view.help) for view in STANDARD),
    )
    yield ""
    yield f"Columns, shown where an order has the whole width: {', '.join(map(_code, COLUMNS))}."
    yield "What does not fit is left out from the right, the flags last; number, customer and tier stand in every row."


def _connectors() -> Iterator[str]:
    from connectors.catalogue import connector, keys

    yield "What each can do, what it was proven against, and its settings in a table `[sources.NAME]` of the config."
    for key in keys():
        manifest = connector(key).manifest
        yield from (
            "",
            f"## {manifest.title} (`{manifest.key}`)",
            "",
            f"{manifest.scale}; proven against: {manifest.proof}.",
            f"It gives: {', '.join(sorted(manifest.capabilities))}.",
        )
        if manifest.actions:
            yield f"It writes back: {', '.join(map(_code, manifest.actions))}."
        if manifest.cursor_covers:
            yield f"Its cursor sees: {', '.join(sorted(manifest.cursor_covers))}; the rest is found by reading again."
        yield ""
        yield from _table(("setting", "type", "means"), _settings(manifest.settings))


def _settings(settings: Iterable[Setting], before: str = "") -> Iterator[tuple[str, str, str]]:
    for setting in settings:
        needed = ", needed" if setting.required else ""
        yield _code(f"{before}{setting.name}"), f"{setting.type}{needed}", setting.help
        yield from _settings(setting.table, f"{before}{setting.name}.")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
