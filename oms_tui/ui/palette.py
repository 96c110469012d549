"""The command palette over everything there is: commands, actions, views, macros, themes, and orders by number.

Everything is handed over as Content, never as markup: a customer's name is only a name.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Provider
from textual.content import Content
from textual.style import Style

from oms_tui.ui import theme as themes
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import clean, cut_text
from oms_tui.ui.theme import style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.command import Hits

    from oms_tui.ui.app import DeskApp

_TITLE: Final = 26
_KEY: Final = 9
_WIDTH: Final = 100
_EDGES: Final = 6  # frame, blanks at both sides, the bar that scrolls
_MOST_ORDERS: Final = 8


class Entry(NamedTuple):
    """One line of the palette. ``key`` is the key that does the same; ``why_not`` why it cannot be done now."""

    title: str
    help: str
    run: Callable[[], object]
    key: str = ""
    why_not: str = ""


class _Entries(Provider):
    """Entries that are known at once, found by a few letters of their title."""

    def entries(self) -> Iterator[Entry]:
        """All of them, the most useful first."""
        raise NotImplementedError

    @property
    def desk(self) -> DeskApp:
        """The app."""
        return cast("DeskApp", self.app)

    async def discover(self) -> Hits:
        """All, before anything is typed."""
        for entry in self.entries():
            yield DiscoveryHit(shown(entry, self.desk.size.width), entry.run, entry.title)

    async def search(self, query: str) -> Hits:
        """Those that fit."""
        matcher = self.matcher(query)
        for entry in self.entries():
            score = matcher.match(entry.title)
            if score > 0:
                yield Hit(
                    score,
                    shown(entry, self.desk.size.width, matcher.highlight(clean(entry.title))),
                    entry.run,
                    entry.title,
                )


def shown(entry: Entry, screen: int, title: Content | None = None) -> Content:
    """An entry as a line that fits a ``screen`` so wide: title, key, what it is; what cannot be done says why."""
    width = min(_WIDTH, screen * 96 // 100) - _EDGES
    name = (title or Content(clean(entry.title))).stylize_before(_look("faint" if entry.why_not else "text"))
    words = f"cannot: {entry.why_not}" if entry.why_not else entry.help
    before = max(_TITLE, name.cell_length + 2)
    words = cut_text(clean(words), max(0, width - before - _KEY))
    return Content.assemble(
        name,
        " " * (before - name.cell_length),
        Content(f"{entry.key:<{_KEY}}").stylize(_look("warn")),
        Content(words).stylize(_look("alarm" if entry.why_not else "muted")),
    )


def _look(role: str) -> Style:
    return Style.from_rich_style(style(role)) + Style(bold=False)


class Commands(_Entries):
    """What the screens do, where one is now."""

    def entries(self) -> Iterator[Entry]:
        """Every command that works here and is not merely a way of moving."""
        place = getattr(self.screen, "PLACE", "")
        for bound in self.desk.keys.bound.values():
            if not bound.action and bound.works_on(place) and bound.group != "move" and bound.id != "palette":
                key = next(iter(bound.keys), "")
                yield Entry(bound.title.capitalize(), bound.help, partial(self.desk.perform, bound.id), key)


class Actions(_Entries):
    """What can be done to the order, or to the marked ones."""

    def entries(self) -> Iterator[Entry]:
        """The catalogue by rank; what cannot be done comes last, with the reason."""
        refusals = self.screen.refusals() if hasattr(self.screen, "refusals") else {}
        found = [
            Entry(
                action.title,
                action.help,
                partial(self.desk.perform, action.id),
                self.desk.keys.shown(action.id),
                refusals.get(action.id, ""),
            )
            for action in self.desk.actions
        ]
        yield from (entry for entry in found if not entry.why_not)
        yield from (entry for entry in found if entry.why_not)


class Views(_Entries):
    """Saved views."""

    def entries(self) -> Iterator[Entry]:
        """The config's, then those every desk has."""
        from oms_tui.ui.views import choices

        for choice in choices(self.desk.config):
            words = f"view · {choice.help or choice.question.query}"
            yield Entry(choice.question.title, words, partial(self.desk.show_list, choice.question))


class Sorts(_Entries):
    """By what the queue is sorted."""

    def entries(self) -> Iterator[Entry]:
        """Every order the store keeps an index for."""
        from oms_tui.store.queue_sorts import SORTS

        for sort in SORTS:
            yield Entry(f"by {sort.replace('_', ' ')}", "", partial(self.desk.sort_list, sort))


class Macros(_Entries):
    """Replies written once."""

    def entries(self) -> Iterator[Entry]:
        """The files in the desk's folder of macros."""
        from oms_tui.actions.macro_files import macros

        for macro in macros(self.desk.session.macros):
            yield Entry(macro.title, "macro · reply with it", partial(self.desk.reply_with, macro.name))


class Themes(_Entries):
    """Colours."""

    def entries(self) -> Iterator[Entry]:
        """The themes that come with the program, and the desk's own."""
        for name in themes.found(self.desk.themes_folder):
            yield Entry(name, "theme · colours of the desk", partial(self.desk.change_theme, name))


class Orders(Provider):
    """Orders by a number or a part of one: their own, a parcel's, an invoice's."""

    def chosen(self, order_id: int) -> None:
        """What is done with the order that was found."""
        cast("DeskApp", self.app).show_order(order_id)

    async def search(self, query: str) -> Hits:
        """The orders found, exact numbers first."""
        if not any(character.isdigit() for character in query):
            return
        from oms_tui.ui.questions import found_orders

        desk = cast("DeskApp", self.app)
        for at, item in enumerate(found_orders(desk.session, query, _MOST_ORDERS)):
            title = f"{numbered(item.number)} {item.name}"
            entry = Entry(title, item.stage.replace("_", " "), partial(self.chosen, item.id))
            yield Hit(1.0 - at / 100, shown(entry, desk.size.width), entry.run, title)

    async def discover(self) -> Hits:
        """None: a number is needed."""
        return
        yield  # makes it a generator, as the palette expects


def orders_for(then: Callable[[int], object]) -> type[Provider]:
    """Orders by number, to do something with the one that is chosen."""

    class Found(Orders):
        def chosen(self, order_id: int) -> None:
            then(order_id)

    return Found


def choices_of(entries: Sequence[Entry]) -> type[Provider]:
    """A few entries to choose among."""

    class Choices(_Entries):
        def entries(self) -> Iterator[Entry]:
            yield from entries

    return Choices


class Everything(_Entries):
    """All of it, always in the same order: of several providers the quickest would come first."""

    def entries(self) -> Iterator[Entry]:
        """Commands, actions, views, macros, themes."""
        for each in (Commands, Actions, Views, Macros, Themes):
            yield from each(self.screen, self.match_style).entries()


EVERYTHING: tuple[type[Provider], ...] = (Orders, Everything)


class Palette(CommandPalette):
    """The palette in the desk's colours."""

    DEFAULT_CSS: ClassVar[str] = """
    Palette { color: $oms-text; background: $oms-base 60%; }
    Palette > Vertical, Palette:dark > Vertical { width: 100; max-width: 96%; margin-top: 2; background: $oms-over; }
    Palette #--input { border: round $oms-focus; background: $oms-over; }
    Palette #--input.--list-visible { border-bottom: none; }
    Palette SearchIcon { display: none; }
    Palette CommandInput, Palette CommandInput:focus { height: 1; border: none; padding: 0 1; }
    Palette CommandList { border: round $oms-focus; border-top: none; background: $oms-over; max-height: 70vh; }
    Palette CommandList > .option-list--option { color: $oms-text; text-style: none; padding: 0 1; }
    Palette CommandList > .option-list--option-highlighted {
        color: $oms-text; background: $oms-cursor; text-style: none;
    }
    Palette .command-palette--highlight { text-style: underline; }
    Palette LoadingIndicator { display: none; }
    """
