"""Help: every key and what it does, from the effective key map and the catalogue, so that it cannot be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from oms_tui.ui.dialogs.rows_dialog import DialogRows, RowsDialog
from oms_tui.ui.keys import GROUPS, QUIT, Bound
from oms_tui.ui.rows import BLANK, Part, Row, cells, cut_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oms_tui.ui.keys import KeyMap
    from oms_tui.ui.widget_keys import WidgetKey

_HEADINGS: Final = {
    "work": "Working",
    "move": "Moving",
    "find": "Finding",
    "panels": "The order's panels",
    "mail": "Unlinked and unattended mail",
    "tasks": "Tasks",
    "calls": "The call board",
    "outbox": "Outbox",
    "notices": "Notices",
    "rules": "Rules",
    "reports": "Reports",
    "screens": "Screens",
    "desk": "The desk",
}
_ACTION_HEADINGS: Final = {
    "reply": "Answering",
    "mail": "Mail",
    "order": "The order",
    "calls": "Calls",
    "money": "Money",
    "customer": "The customer",
}
_WIDGET_HEADINGS: Final = {
    "lines": "In a panel or list",
    "order": "In the order",
    "timeline": "In the timeline",
    "conversation": "In the conversation",
    "composer": "In a reply",
    "review": "Before a reply is sent",
    "filter": "In the filter line",
    "form": "In a form",
    "reader": "Reading a mail",
    "todo": "In what is to be done",
    "absent": "Among who is away",
}
_COLUMN: Final = 58
_KEYS: Final = 17  # the widest pair: pagedown ctrl+d
_TITLES: Final = 17


class HelpRows(DialogRows):
    """Read, not chosen from: the arrows scroll."""

    CURSOR = "none"


class Help(RowsDialog):
    """The keys of one screen first, then those of the others."""

    WIDTH: ClassVar[int] = 156
    TITLE_WORDS: ClassVar[str] = "Keys"
    VIEW: ClassVar[type[DialogRows]] = HelpRows

    def __init__(self, keys: KeyMap, place: str, refusals: Mapping[str, str]) -> None:
        self._keys = keys
        self._place = place
        self._refusals = refusals
        super().__init__()

    def rows(self, width: int) -> Sequence[Row]:
        """As many columns as there is room for, read from above to below."""
        return help_rows(self._keys, self._place, self._refusals, width)


def help_rows(keys: KeyMap, place: str, refusals: Mapping[str, str], width: int) -> list[Row]:
    """The whole help at a width."""
    columns = max(1, width // _COLUMN)
    size = width // columns
    blocks = [list(_block(title, found, refusals, size - 2)) for title, found in _groups(keys, place)]
    blocks += [list(_widget_block(title, found, keys, size - 2)) for title, found in _widget_groups()]
    footer = [
        BLANK,
        Row((Part(f"{QUIT}", "warn"), Part(" quits from anywhere. ", "muted"), *_REMAP)),
    ]
    return _side_by_side(blocks, columns, size) + footer


_REMAP: Final = (
    Part("Other keys: ", "muted"),
    Part("[keys]", "text"),
    Part(' in the config, as in  note = ["n", "ctrl+n"].', "muted"),
)


def _groups(keys: KeyMap, place: str) -> Iterable[tuple[str, list[Bound]]]:
    everything = list(keys.bound.values())
    here = [each for each in everything if each.works_on(place)]
    yield from _grouped(here)
    elsewhere = [each for each in everything if not each.works_on(place) and each.keys]
    for title, found in _grouped(elsewhere):
        yield f"{title} (on its screen)", found


def _grouped(found: Sequence[Bound]) -> Iterable[tuple[str, list[Bound]]]:
    for group, title in _ACTION_HEADINGS.items():
        if members := [each for each in found if each.action and each.group == group]:
            yield title, members
    for group in GROUPS:
        if members := [each for each in found if not each.action and each.group == group]:
            yield _HEADINGS[group], members


def _block(title: str, found: Sequence[Bound], refusals: Mapping[str, str], width: int) -> Iterable[tuple[Part, ...]]:
    yield (Part(title, "accent", bold=True),)
    for each in found:
        key = cut_text(" ".join(each.keys) or "-", _KEYS - 1)
        why = refusals.get(each.id, "")
        words = f"not now: {why}" if why else each.help.rstrip(".")
        yield (
            Part(f"{key:<{_KEYS}}", "faint" if why or not each.keys else "warn"),
            Part(f"{cut_text(each.title.lower(), _TITLES - 1):<{_TITLES}}", "faint" if why else "text"),
            Part(cut_text(words, width - _KEYS - _TITLES), "faint" if why else "muted"),
        )
    yield ()


def _widget_groups() -> Iterable[tuple[str, list[WidgetKey]]]:
    from oms_tui.ui.widget_keys import widget_keys

    groups: dict[str, list[WidgetKey]] = {}
    for each in widget_keys().values():
        groups.setdefault(each.id.partition(".")[0], []).append(each)
    for name, title in _WIDGET_HEADINGS.items():
        if name in groups:
            yield title, groups[name]


def _widget_block(title: str, found: Sequence[WidgetKey], keys: KeyMap, width: int) -> Iterable[tuple[Part, ...]]:
    yield (Part(title, "accent", bold=True),)
    for each in found:
        shown = keys.widgets.get(each.id) or each.keys
        words = f"{each.title.lower():<{_TITLES}} "
        yield (
            Part(f"{cut_text(' '.join(shown), _KEYS - 1):<{_KEYS}}", "warn"),
            Part(cut_text(words, width - _KEYS - 1), "text"),
            Part(cut_text(each.id, max(0, width - _KEYS - len(words))), "muted"),
        )
    yield ()


def _side_by_side(blocks: Sequence[list[tuple[Part, ...]]], columns: int, size: int) -> list[Row]:
    """Blocks in columns of about the same height; a block is never broken."""
    height = -(-sum(map(len, blocks)) // columns)
    stacks: list[list[tuple[Part, ...]]] = [[]]
    for block in blocks:
        if stacks[-1] and len(stacks[-1]) + len(block) // 2 > height and len(stacks) < columns:
            stacks.append([])
        stacks[-1].extend(block)
    rows = []
    for at in range(max(map(len, stacks))):
        parts: list[Part] = []
        for place, stack in enumerate(stacks):
            line = stack[at] if at < len(stack) else ()
            parts.append(Part(" " * (place * size - cells(parts))))
            parts.extend(line)
        rows.append(Row(tuple(part for part in parts if part.text)))
    return rows
