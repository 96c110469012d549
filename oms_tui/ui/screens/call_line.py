"""The line above the call board: its tabs with their counts, what it is filtered by, what share was kept this week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.store.reads.calls import CallFilter
from oms_tui.ui.part_line import PartLine
from oms_tui.ui.rows import Part, cells

if TYPE_CHECKING:
    from oms_tui.store.reads.calls import CallPage

TABS: Final = (
    ("To make", ("due", "missed")),
    ("Due", ("due",)),
    ("Missed", ("missed",)),
    ("Kept", ("kept",)),
    ("Late", ("late",)),
    ("All", ()),
)
"""Title and states of each tab; its key is its number."""

_ROOMY: Final = 100


class Listed(NamedTuple):
    """What the board shows; the tiers, owners and account managers that have calls; of this week's, kept and due."""

    page: CallPage
    people: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    week: tuple[int, int] = (0, 0)


class BoardLine(PartLine):
    """The tabs with their counts, and what the board is filtered by."""

    def __init__(self) -> None:
        super().__init__("bar")
        self._tab = 0
        self._page: CallPage | None = None
        self._week = (0, 0)
        self._only = CallFilter()

    def show(self, tab: int, found: Listed | None, only: CallFilter) -> None:
        """Show these; nothing is drawn if it reads the same."""
        self._tab, self._only = tab, only
        if found is not None:
            self._page, self._week = found.page, found.week
        self.reload()

    def parts(self, width: int) -> list[Part]:
        """The line in ``width`` cells."""
        found, gap = [Part(" ")], " " * (3 if width >= _ROOMY else 2)
        self.zones = [(1, "")]
        for at, (title, states) in enumerate(TABS):
            here = at == self._tab
            count = f" {self._count(at, states):,}" if self._page else ""
            style = "accent" if here else "alarm" if title == "Missed" and count not in {"", " 0"} else "muted"
            found += [Part(f"{at + 1} ", "warn"), Part(f"{title}{count}", style, bold=here), Part(gap)]
            self.zones.append((cells(found), f"call_tab_{at + 1}"))
        if not self._only.empty:
            words = [f"{name} {value}" for name, value in self._named()]
            found += [Part("only ", "muted"), Part(", ".join(words), "info", bold=True)]
        kept, due = self._week
        right = [Part(f"{100 * kept // due} % kept this week ({kept} of {due}) ", "muted")] if due else []
        room = width - cells(found) - cells(right)
        return [*found, Part(" " * room), *right] if room > 0 else found

    def _named(self) -> list[tuple[str, str]]:
        only = self._only
        named = (("tier", only.tier), ("owner", only.owner), ("account", only.account_manager))
        return [(name, value) for name, value in named if value]

    def _count(self, tab: int, states: tuple[str, ...]) -> int:
        assert self._page is not None  # noqa: S101 - asked above
        counts = self._page.counts
        return counts["due"] + self._page.waiting if not tab else sum(counts[state] for state in states or counts)
