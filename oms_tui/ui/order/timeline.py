"""Panel 4: what happened to the order, newest first: by when it happened, not by when we heard of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType

from oms_tui.domain.events import GROUP_KEYS, TimelineGroup
from oms_tui.ui.order.panel import Panel
from oms_tui.ui.rows import Part, Row, cells, cut_text, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.store.shapes import OrderView, TimelineItem
    from oms_tui.ui.order.frame import Frame

_WHEN: Final = 9  # cells of the longest time
_WHO: Final = 8
_WHO_NARROW: Final = 6
_NARROW: Final = 44
_LEVELS: Final = {
    "mail": "warn",
    "tracking": "info",
    "calls": "call",
    "internal": "name",
    "money": "good",
    "shop": "accent",
}
_CORNERS: Final = 6  # cells of a border that its text cannot have
_LATE_NEWS: Final = 3_600_000  # milliseconds after something that happened later was known


def timeline_rows(view: OrderView, frame: Frame, width: int, group: str = "") -> list[Row]:
    """A row for each item of ``group`` ("" for all)."""
    items = [item for item in view.timeline if not group or item.group == group]
    if not items:
        words = "nothing of this kind; a shows everything" if group else "nothing has happened yet"
        return [Row((Part(words, "muted"),))]
    late = _late(items)
    waiting = {thread.unanswered for thread in view.conversations if thread.unanswered is not None}
    return [
        _row(item, frame, width, waiting=item.message is not None and item.message in waiting, late=item.id in late)
        for item in items
    ]


def _late(items: Sequence[TimelineItem]) -> frozenset[str]:
    """What we heard of after something that happened later: a reader of yesterday's timeline has not seen it."""
    late: set[str] = set()
    earliest: int | None = None
    for item in items:  # newest first
        if earliest is not None and item.recorded_at - earliest > _LATE_NEWS:
            late.add(item.id)
        earliest = item.recorded_at if earliest is None else min(earliest, item.recorded_at)
    return frozenset(late)


def _row(item: TimelineItem, frame: Frame, width: int, *, waiting: bool, late: bool) -> Row:
    who = _WHO if width >= _NARROW else _WHO_NARROW
    level = "alarm" if item.alarm and not waiting else _LEVELS.get(item.group, "text")
    mark = "●" if waiting else "!" if item.alarm else "│"
    parts = (
        Part(fit(frame.moment(item.occurred_at), _WHEN, "right"), "muted"),
        Part("↶" if late else " ", "faint"),
        Part(f"{mark} ", "warn" if waiting else "alarm" if item.alarm else "faint"),
        Part(fit(_who(item), who), level),
        Part(" "),
        Part(
            cut_text(item.summary, width - _WHEN - who - 4),
            "strong" if waiting else "text",
            bold=waiting,
        ),
    )
    return Row(parts, key=item.id)


def _who(item: TimelineItem) -> str:
    """A word for where it came from: which mailbox or which agent says less than that it is a mail or a call."""
    if item.group == TimelineGroup.MAIL:
        return "mail"
    if item.group == TimelineGroup.CALLS:
        return "call"
    return "note" if item.kind == "note" else (item.source or item.group).replace("_", " ")


def counts(view: OrderView) -> Mapping[str, int]:
    """How many items each group has."""
    found: dict[str, int] = {}
    for item in view.timeline:
        found[item.group] = found.get(item.group, 0) + 1
    return found


class TimelinePanel(Panel):
    """The timeline; a letter shows one kind of item alone."""

    NUMBER: ClassVar[int] = 4
    TITLE: ClassVar[str] = "Timeline"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "only('')", "All", id="timeline.all", show=False, tooltip="Everything that happened"),
        *(
            Binding(
                "dollar_sign" if key == "$" else key,
                f"only('{group}')",
                group.words.capitalize(),
                id=f"timeline.{group}",
                show=False,
                tooltip=f"Only {group.words}",
            )
            for key, group in GROUP_KEYS.items()
        ),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.group = ""

    def lay_out(self, view: OrderView, width: int) -> Sequence[Row]:
        """The rows of ``timeline_rows``."""
        return timeline_rows(view, self.frame, width, self.group)

    def show(self, view: OrderView | None, frame: Frame) -> None:
        """Another order begins with everything."""
        if view is None or self.view is None or view.item.id != self.view.item.id:
            self.group = ""
        super().show(view, frame)

    def item(self, key: object) -> TimelineItem | None:
        """The item with this id."""
        if self.view is None:
            return None
        return next((item for item in self.view.timeline if item.id == key), None)

    def action_only(self, group: str) -> None:
        """Show one group; the same key again shows everything."""
        self.group = "" if group == self.group else group
        self.changed(top=True)

    def below(self, view: OrderView) -> tuple[Part, ...]:
        """The filters with their counts; the one in use stands out and is in brackets."""
        found = counts(view)
        parts = [self._filter("a", "all", "", len(view.timeline))]
        parts += [
            self._filter(key, group.value if self.group == group else "", group, found[group])
            for key, group in GROUP_KEYS.items()
            if found.get(group)
        ]
        loose = tuple(part for each in parts for part in (*each, Part("  ")))[:-1]
        if cells(loose) <= self.size.width - _CORNERS:
            return loose
        return tuple(part._replace(text=part.text.replace("  ", " ")) for part in loose)

    def _filter(self, key: str, words: str, group: str, count: int) -> tuple[Part, ...]:
        name = words or key
        if self.group == group:
            return (Part(f"[{name} {count}]", "accent", bold=True),)
        return (Part(name, "accent"), Part(f" {count}", "muted"))
