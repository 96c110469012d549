"""The line at the bottom: the keys that do something here, and how one finds the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oms_tui.ui.part_line import PartLine
from oms_tui.ui.rows import Part, cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oms_tui.actions.base import Action
    from oms_tui.ui.keys import KeyMap

CANNOT = "✗"
"""Stands before what cannot be done now, for those who do not see that it is grey."""

_MOST = 9
_SHORT = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}


class Hint(NamedTuple):
    """A key in the footer. ``why_not`` is why it does nothing now."""

    command: str
    key: str
    title: str
    why_not: str = ""


class WithOwnKeys:
    """A widget whose keys stand in the footer while it has the focus, as those of the screen mean nothing then."""

    def own_keys(self, keys: KeyMap) -> Sequence[Hint]:
        """Its keys, the most useful first."""
        raise NotImplementedError

    def do(self, command: str) -> bool:
        """Do what one of its hints says, as a click wants it; False if it is none of its own."""
        raise NotImplementedError

    def takes(self, key: str) -> bool:
        """Whether it takes a key that means something on the screen."""
        del key
        return False


class WithMoreKeys:
    """A widget whose keys stand in the footer among those of the screen while it has the focus."""

    def more_keys(self, keys: KeyMap) -> Sequence[Hint]:
        """Its keys, the most useful first."""
        raise NotImplementedError

    def do_more(self, command: str) -> bool:
        """Do what one of its hints says, as a click wants it; False if it is none of its own."""
        raise NotImplementedError


def hints(
    keys: KeyMap, place: str, actions: Sequence[Action], refusals: Mapping[str, str], titles: Mapping[str, str]
) -> list[Hint]:
    """The keys that mean something on a screen, the most useful first.

    Args:
        keys: the effective keys.
        place: the screen.
        actions: the catalogue, by rank; empty while it is not loaded.
        refusals: by action, why it cannot be done to the order that is shown.
        titles: other words for a command, where the screen knows better what it would do.
    """
    ranked: list[tuple[int, Hint]] = []
    ranks = {
        action.id: action.rank for action in actions if action.group != "reply"
    }  # replies have a pane of their own
    for each in keys.bound.values():
        rank = ranks.get(each.id, 0) if each.action else each.footer
        if rank and each.keys and each.works_on(place) and each.id != "palette":
            title = titles.get(each.id, each.title).lower()
            ranked.append((rank, Hint(each.id, each.keys[0], title, refusals.get(each.id, ""))))
    return [hint for _rank, hint in sorted(ranked, key=lambda pair: pair[0])]


class KeyLine(PartLine):
    """The footer of a screen."""

    def __init__(self) -> None:
        super().__init__("bar")
        self._hints: tuple[Hint, ...] = ()
        self._last: tuple[Hint, ...] = ()

    def show(self, hints: Sequence[Hint], last: Sequence[Hint] = ()) -> None:
        """Show these keys, as many as there is room for; ``last`` always stand at the right end."""
        self._hints, self._last = tuple(hints), tuple(last)
        self.reload()

    def parts(self, width: int) -> list[Part]:
        """The line in ``width`` cells."""
        right = [part for hint in self._last for part in _parts(hint)]
        room = width - cells(right) - 1
        left: list[Part] = []
        self.zones = []
        for hint in self._hints[:_MOST]:
            parts = _parts(hint)
            if cells(left) + cells(parts) > room:
                break
            left += parts
            self.zones.append((cells(left), hint.command))
        gap = max(0, width - cells(left) - cells(right) - 1)
        used = cells(left) + gap
        for hint in self._last:
            used += cells(_parts(hint))
            self.zones.append((used, hint.command))
        return [*left, Part(" " * gap), *right]


def _parts(hint: Hint) -> list[Part]:
    key = _SHORT.get(hint.key, hint.key)
    if hint.why_not:
        return [Part(f"  {CANNOT}{key} {hint.title}", "faint")]
    return [Part(f"  {key}", "warn", bold=True), Part(f" {hint.title}", "text")]
