"""The line at the top: where one is, what waits elsewhere, how fresh every source is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.ui.part_line import PartLine
from oms_tui.ui.rows import Part, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.store.shapes import SourceHealth
    from oms_tui.ui.questions import Status

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_WORST_FIRST: Final = ("failed", "stale", "never", "paused", "ok")
_OTHERS: Final = {
    "go_notices": "Notices",
    "go_tasks": "Tasks",
    "go_unattended": "Unattended",
    "go_rules": "Rules",
}
"""Screens that have no tab until one is there, or something waits there."""
_STYLES: Final = {"failed": "alarm", "stale": "alarm", "never": "warn", "paused": "muted", "ok": "muted"}


class Tab(NamedTuple):
    """A screen in the bar: the command that goes there, its title, a number ("" for none) and how that presses."""

    command: str
    title: str
    number: str = ""
    style: str = "warn"


def tabs(status: Status | None) -> list[Tab]:
    """The screens with their counts."""
    if status is None:
        names = ("queue", "calls", "unlinked", "outbox", "reports", "sources")
        return [Tab(f"go_{name}", name.capitalize()) for name in names]
    badges = status.badges
    waiting = f"!{badges.needs_decision}" if badges.needs_decision else _count(badges.outbox)
    mail = badges.unlinked + badges.quarantined
    bad = sum(1 for each in status.health if each.state in {"failed", "stale"})
    notices = [Tab("go_notices", "Notices", _count(status.notices), "alarm")] if status.notices else []
    return [
        Tab("go_queue", "Queue", f"{badges.open:,}", "text"),
        *notices,
        Tab("go_calls", "Calls", _count(badges.calls_due)),
        Tab("go_unlinked", "Unlinked", _count(mail)),
        Tab("go_outbox", "Outbox", waiting, "alarm" if badges.needs_decision else "info"),
        Tab("go_reports", "Reports"),
        Tab("go_sources", "Sources", f"!{bad}" if bad else "", "alarm"),
    ]


def _count(count: int) -> str:
    return f"{count:,}" if count else ""


def age(seconds: int | None) -> str:
    """How old, in words that change once a minute at the most: ``<1m``, ``4m``, ``2h``, ``3d``."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return "<1m"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    return f"{seconds // _HOUR}h" if seconds < 2 * _DAY else f"{seconds // _DAY}d"


def freshness(health: SourceHealth) -> Part:
    """A source in a few words."""
    if health.total and health.done < health.total:
        return Part(f"{health.source} {100 * health.done // health.total}%", "info")
    words = {"failed": "failed", "stale": "stale", "never": "not read", "paused": "paused"}.get(health.state, "")
    text = " ".join(filter(None, (health.source, age(health.age_seconds), words)))
    return Part(text, _STYLES.get(health.state, "muted"))


def sources(health: Sequence[SourceHealth], width: int) -> list[Part]:
    """The sources in ``width`` cells: those in trouble first, and how many there was no room for."""
    worst_first = sorted(health, key=lambda each: _WORST_FIRST.index(each.state) if each.state in _WORST_FIRST else 0)
    found: list[Part] = []
    for at, each in enumerate(worst_first):
        part = freshness(each)
        left = len(worst_first) - at - 1
        reserve = len(f"   +{left} more") if left else 0
        if cells(found) + cells([part]) + 3 + reserve > width:
            rest = len(worst_first) - at
            more = Part(f"+{rest} more" if found else f"{rest} sources", "muted")
            return [*found, *([Part("   ")] if found else []), more] if cells(found) + 12 < width else found
        found += [Part("   "), part] if found else [part]
    return found


class TopBar(PartLine):
    """The bar of one screen; ``here`` is the command that leads to it."""

    def __init__(self, desk: str, here: str) -> None:
        super().__init__("bar")
        self._desk = desk
        self.here = here
        self._status: Status | None = None

    def show(self, status: Status | None, here: str = "") -> None:
        """Show these counts and ages; nothing is drawn if it reads the same."""
        self._status = status
        self.here = here or self.here
        self.reload()

    def _tabs(self) -> list[Tab]:
        """The screens; the one where one is stands among them, always."""
        found = tabs(self._status)
        if self.here in _OTHERS and all(tab.command != self.here for tab in found):
            found.insert(1, Tab(self.here, _OTHERS[self.here]))
        return found

    def _left(self, gap: str) -> list[Part]:
        """The desk's name and the screens; where a click means one is kept."""
        left = [Part(f" {self._desk} ", "app")]
        self.zones = [(cells(left), "")]
        for tab in self._tabs():
            here = tab.command == self.here
            left.append(Part(f"{gap}{'▸' if here else ' '}{tab.title}", "accent" if here else "muted", bold=here))
            if tab.number:
                left.append(Part(f" {tab.number}", tab.style, bold=here))
            self.zones.append((cells(left), tab.command))
        return left

    def parts(self, width: int) -> list[Part]:
        """The bar in ``width`` cells."""
        left = self._left("  ")
        if cells(left) > width:
            left = self._left(" ")
        room = width - cells(left) - 4
        right = sources(self._status.health, room) if self._status and room > len("+9 more") else []
        return [*left, Part(" " * max(1, width - cells(left) - cells(right) - 1)), *right]
