"""Every key of the desk: one list of what the screens do, joined with the actions' own keys, remapped by the config.

A key is written as it is printed (``/``, ``?``, ``n``, ``N``) or by name (``enter``, ``ctrl+n``, ``f2``). Keys are
characters and not places on a keyboard, so they are the same on every layout. Nothing here knows a terminal library:
``doctor`` checks the config's [keys] with it too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oms_tui.config_model import Config

DESK: Final = "desk"
UNLINKED: Final = "unlinked"
OUTBOX: Final = "outbox"
SOURCES: Final = "sources"
TASKS: Final = "tasks"
UNATTENDED: Final = "unattended"
NOTICES: Final = "notices"
RULES: Final = "rules"
CALLS: Final = "calls"
REPORTS: Final = "reports"
PLACES: Final = (DESK, UNLINKED, OUTBOX, SOURCES, TASKS, UNATTENDED, NOTICES, RULES, CALLS, REPORTS)
"""The screens on which a key may mean something of its own."""


class Command(NamedTuple):
    """Something a screen does when a key is pressed.

    Attributes:
        id: how [keys] of the config calls it.
        title: two or three words, for footer, palette and help.
        keys: its default keys.
        group: under which heading the help lists it.
        places: the screens it works on; none: all.
        footer: its place in the footer, 0 for none.
        help: one sentence.
    """

    id: str
    title: str
    keys: tuple[str, ...]
    group: str
    places: tuple[str, ...] = ()
    footer: int = 0
    help: str = ""


class ActionLike(Protocol):
    """What the key map wants to know of an action of the catalogue."""

    @property
    def id(self) -> str:
        """How [keys] calls it."""

    @property
    def title(self) -> str:
        """Two or three words."""

    @property
    def key(self) -> str:
        """Its default key, "" for none."""

    @property
    def group(self) -> str:
        """Under which heading the help lists it."""

    @property
    def help(self) -> str:
        """One sentence."""


_MAILS: Final = (UNLINKED, UNATTENDED)

COMMANDS: Final[tuple[Command, ...]] = (
    Command("down", "down", ("j", "down"), "move", help="The next row."),
    Command("up", "up", ("k", "up"), "move", help="The row before."),
    Command("page_down", "page down", ("pagedown", "ctrl+d"), "move", help="The next page of rows."),
    Command("page_up", "page up", ("pageup", "ctrl+u"), "move", help="The page of rows before."),
    Command("top", "first row", ("home", "g"), "move", help="The first row."),
    Command("bottom", "last row", ("end", "G"), "move", help="The last row that is loaded; more load as you go."),
    Command(
        "open",
        "open",
        ("enter",),
        "move",
        (DESK, UNLINKED, OUTBOX, TASKS, UNATTENDED, NOTICES, RULES, CALLS, REPORTS),
        65,
        "Go into what the cursor is on.",
    ),
    Command("back", "back", ("escape",), "move", help="Back out: close what is open, drop the filter, unmark."),
    Command("next", "next order", ("tab", "]"), "move", (DESK,), 32, "Go to the order that most needs you now."),
    Command("previous", "previous order", ("shift+tab", "["), "move", (DESK,), 0, "Back to the order you were on."),
    Command("jump", "jump", ("f",), "move", footer=0, help="A letter on every panel and row: type it to go there."),
    Command("panel_1", "lines and stock", ("1",), "panels", (DESK,), 0, "Go to the order's lines and their stock."),
    Command("panel_2", "money", ("2",), "panels", (DESK,), 0, "Go to payments, refunds and invoices."),
    Command("panel_3", "parcels", ("3",), "panels", (DESK,), 0, "Go to the parcels and their scans."),
    Command("panel_4", "timeline", ("4",), "panels", (DESK,), 0, "Go to everything that happened, in order of time."),
    Command("panel_5", "conversation", ("5",), "panels", (DESK,), 0, "Go to the mails of this order."),
    Command("panel_6", "reply", ("6",), "panels", (DESK,), 0, "Go to the reply being written."),
    Command(
        "panel_7", "order", ("7",), "panels", (DESK,), 0, "Go to its head: what to do next, the address, what differs."
    ),
    Command("why", "why so urgent", ("p",), "panels", (DESK,), 0, "The order's priority, term by term."),
    Command(
        "related", "same customer?", ("&",), "panels", (DESK,), 0, "Who may be the same customer, with the evidence."
    ),
    Command("parties", "parties", ("e",), "panels", (DESK,), 0, "Everybody who has to do with the order."),
    Command("maximise", "maximise", ("z",), "panels", (DESK,), 0, "All the room for the panel in use, or back."),
    Command("reply", "reply", ("r",), "work", (DESK,), 10, "Answer the newest unanswered mail of this order."),
    Command(
        "todo", "to do", ("t",), "work", (DESK,), 28, "The order's tasks and the steps of its procedures: tick them."
    ),
    Command("act", "act", ("a",), "work", (DESK,), 26, "Choose an action for this order, or for the marked ones."),
    Command("mark", "mark", ("space",), "work", (DESK, CALLS), 31, "Mark it, to act on several at once."),
    Command(
        "mark_query",
        "mark by query",
        ("+",),
        "work",
        (DESK,),
        0,
        "Mark what a query finds, also what is not loaded yet.",
    ),
    Command("mark_all", "mark all", ("*",), "work", (DESK, CALLS), 0, "Mark all that is loaded, or unmark all."),
    Command("undo", "undo", ("u",), "work", footer=0, help="Take back the last thing you did."),
    Command("copy", "copy", ("y",), "work", footer=0, help="Copy what the cursor is on to the clipboard."),
    Command("link_1", "link to 1", ("1",), "mail", _MAILS, 10, "Link this mail to the first candidate."),
    Command("link_2", "link to 2", ("2",), "mail", _MAILS, 0, "Link this mail to the second candidate."),
    Command("link_3", "link to 3", ("3",), "mail", _MAILS, 0, "Link this mail to the third candidate."),
    Command("link_4", "link to 4", ("4",), "mail", _MAILS, 0, "Link this mail to the fourth candidate."),
    Command("link_5", "link to 5", ("5",), "mail", _MAILS, 0, "Link this mail to the fifth candidate."),
    Command("link_6", "link to 6", ("6",), "mail", _MAILS, 0, "Link this mail to the sixth candidate."),
    Command("link_7", "link to 7", ("7",), "mail", _MAILS, 0, "Link this mail to the seventh candidate."),
    Command("link_8", "link to 8", ("8",), "mail", _MAILS, 0, "Link this mail to the eighth candidate."),
    Command("link_9", "link to 9", ("9",), "mail", _MAILS, 0, "Link this mail to the ninth candidate."),
    Command("link_other", "link to…", ("l",), "mail", _MAILS, 20, "Link this mail to an order you name."),
    Command(
        "mail_close", "close it", ("x",), "mail", _MAILS, 22, "Close the conversation: it needs no answer; say why."
    ),
    Command("mail_spam", "spam", ("!",), "mail", _MAILS, 24, "It is spam: nobody waits in this conversation."),
    Command("mail_snooze", "put aside", ("s",), "mail", _MAILS, 23, "Put the conversation aside until a time."),
    Command("task_done", "done", ("d", "space"), "tasks", (TASKS,), 10, "End the task; a call is ended by logging it."),
    Command("task_change", "hand over", ("o",), "tasks", (TASKS,), 12, "Give the task to somebody else, or move it."),
    Command("tasks_whose", "everybody's", ("m",), "tasks", (TASKS,), 14, "My tasks, or everybody's."),
    Command("call_log", "log call", ("c",), "calls", (CALLS,), 10, "What became of it: reached, no answer, later."),
    Command("call_assign", "hand over", ("o",), "calls", (CALLS,), 12, "Give the call and its order to somebody."),
    Command("call_tab_1", "to make", ("1",), "calls", (CALLS,), 20, "Calls that are due or missed: still to be made."),
    Command("call_tab_2", "due", ("2",), "calls", (CALLS,), 0, "Calls that can still be made in time."),
    Command("call_tab_3", "missed", ("3",), "calls", (CALLS,), 0, "Calls that were not made in time, or not at all."),
    Command("call_tab_4", "kept", ("4",), "calls", (CALLS,), 0, "Calls that were made in time."),
    Command("call_tab_5", "made late", ("5",), "calls", (CALLS,), 0, "Calls that were made, and too late."),
    Command("call_tab_6", "all", ("6",), "calls", (CALLS,), 0, "Every call."),
    Command("decide", "decide", ("d",), "outbox", (OUTBOX,), 10, "What becomes of it: send, retry, edit, discard…"),
    Command("notice_done", "seen to", ("d",), "notices", (NOTICES,), 10, "You have seen to it: it leaves the list."),
    Command("notice_all", "seen ones", ("x",), "notices", (NOTICES,), 20, "Those that were seen to, or the open ones."),
    Command("rule_undo", "take back", ("t",), "rules", (RULES,), 10, "Take back what the rule did to this order."),
    Command("rule_dry", "dry run", ("p",), "rules", (RULES,), 20, "What the rule would do now, changing nothing."),
    Command("report_by", "by…", ("b",), "reports", (REPORTS,), 10, "Group the report by something else."),
    Command("report_more", "more weeks", ("+",), "reports", (REPORTS,), 20, "Look at more weeks."),
    Command("report_less", "fewer", ("-",), "reports", (REPORTS,), 22, "Look at fewer weeks."),
    Command("report_save", "save", ("x",), "reports", (REPORTS,), 30, "Write the report as a table (CSV)."),
    Command("filter", "filter", ("/",), "find", (DESK, CALLS), 33, "Filter the queue with a query, calls by people."),
    Command("views", "views", ("v",), "find", (DESK,), 45, "Choose a saved view."),
    Command("sort", "sort", ("=",), "find", (DESK,), 0, "Choose by what the queue is sorted."),
    Command("go_queue", "queue", ("Q",), "screens", footer=0, help="The queue and the order."),
    Command("go_calls", "calls", ("C",), "screens", footer=0, help="Milestone calls: due, missed, made."),
    Command("go_unlinked", "unlinked mail", ("U",), "screens", footer=0, help="Mails that belong to no order yet."),
    Command("go_outbox", "outbox", ("O",), "screens", footer=0, help="What leaves, left, or needs a decision."),
    Command(
        "go_tasks", "tasks", ("W",), "screens", footer=0, help="What is to be done by a time: your day, or everybody's."
    ),
    Command(
        "go_unattended", "unattended mail", ("0",), "screens", footer=0, help="Mails nobody answered, closed or owns."
    ),
    Command("go_notices", "notices", ("@",), "screens", footer=0, help="What you are to know of: escalations, notes."),
    Command("go_rules", "rules", ("J",), "screens", footer=0, help="What is done by itself, and what was."),
    Command("go_reports", "reports", ("R",), "screens", footer=0, help="Figures: causes, calls, clocks, work, data."),
    Command("go_sources", "sources", ("S",), "screens", footer=0, help="How every connected system does."),
    Command("help", "help", ("?", "f1"), "desk", footer=90, help="Every key and what it does."),
    Command("palette", "everything", ("ctrl+p", ":"), "desk", footer=100, help="Search actions, views and orders."),
    Command(
        "absent", "who is away", ("Z",), "desk", footer=0, help="Who is away and who stands in; say so, or be back."
    ),
    Command("theme", "theme", (), "desk", footer=0, help="Choose the colours of the desk."),
    Command("quit", "quit", ("q",), "desk", footer=0, help="Leave; drafts and decisions are saved already."),
)

GROUPS: Final = (
    *(
        "work",
        "move",
        "find",
        "panels",
        "mail",
        "tasks",
        "calls",
        "outbox",
        "notices",
        "rules",
        "reports",
        "screens",
        "desk",
    ),
)
"""The headings of the help for what is not an action, in their order."""

QUIT: Final = "ctrl+q"
"""Leaves from anywhere, also out of a dialog, and is nobody else's."""

_NAMES: Final = frozenset(
    {"enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
    | {"up", "down", "left", "right"}
)
_WRITTEN: Final = {
    "return": "enter",
    "esc": "escape",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "del": "delete",
    "backtab": "shift+tab",
    " ": "space",
}
_CHORD: Final = re.compile(r"((?:ctrl|alt|shift|super)\+)+")
_SHOWN: Final = {"full_stop": ".", "comma": ","}
"""How keys are shown that Textual names by words."""

_FUNCTION: Final = re.compile(r"f([1-9]|1[0-9]|2[0-4])")
# Names that Textual gives to signs in place of Unicode's own.
_SIGNS: Final = {"/": "slash", "\\": "backslash", "@": "at", "-": "minus", "+": "plus", "_": "underscore"}
# A terminal without the Kitty protocol sends these as other keys: binding them would take away backspace, tab or enter.
_ALIASES: Final = {"ctrl+h": "backspace", "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+j": "enter", "ctrl+[": "escape"}


class KeysError(ValueError):
    """[keys] of the config cannot be used.

    Attributes:
        mistakes: pairs of the id in [keys] and what is wrong with it, in words.
    """

    def __init__(self, mistakes: Iterable[tuple[str, str]]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(f"[keys] {name}: {words}" for name, words in self.mistakes))


class Bound(NamedTuple):
    """A command or action with the keys it has here. ``action``: it is one of the catalogue, done to an order."""

    id: str
    title: str
    keys: tuple[str, ...]
    group: str
    places: tuple[str, ...]
    help: str
    footer: int
    action: bool

    def works_on(self, place: str) -> bool:
        """Whether its keys mean something on this screen."""
        return not self.places or place in self.places


class KeyMap(NamedTuple):
    """The effective keys: what the config says, else the defaults.

    Attributes:
        bound: commands and actions with their keys.
        by_key: what each key can mean, on one screen or another.
        widgets: keys the config gives to bindings inside widgets, by the binding's id.
    """

    bound: Mapping[str, Bound]
    by_key: Mapping[str, tuple[Bound, ...]]
    widgets: Mapping[str, tuple[str, ...]]

    def of(self, key: str, place: str) -> Bound | None:
        """What ``key`` does on a screen."""
        return next((each for each in self.by_key.get(key, ()) if each.works_on(place)), None)

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a command or action, the first one to be shown."""
        return self.bound[name].keys if name in self.bound else ()

    def shown(self, name: str) -> str:
        """The key to show for it, "" if it has none."""
        return next(iter(self.keys(name)), "")

    def shown_inside(self, name: str, keys: str) -> str:
        """The key to show for a binding inside a widget: the config's, else the first of its own ``keys``.

        These are named as Textual does, with commas between.
        """
        own = keys.partition(",")[0].strip()
        return next(iter(self.widgets.get(name, ())), _SHOWN.get(own, own))


def is_text(key: str) -> bool:
    """Whether a key is text where something is written, or moves in it: there it does no command."""
    return not key.startswith(("ctrl+", "alt+")) and _FUNCTION.fullmatch(key) is None


def key_map(
    config_keys: Mapping[str, Sequence[str]], actions: Iterable[ActionLike], *, widgets: Iterable[str] = ()
) -> KeyMap:
    """The effective keys.

    Args:
        config_keys: [keys] of the config: ids of commands and actions, each with the keys it shall have; none frees it.
        actions: the catalogue.
        widgets: ids of bindings inside widgets (``widget_keys.py``), which have a dot in them.

    Raises:
        KeysError: an id nobody knows, a key that is none, or two things on one key of one screen.
    """
    defaults = [_of_command(each) for each in COMMANDS] + [_of_action(each) for each in actions]
    known = {each.id: each for each in defaults}
    mistakes: list[tuple[str, str]] = []
    chosen: dict[str, tuple[str, ...]] = {}
    inside: dict[str, tuple[str, ...]] = {}
    there = frozenset(widgets)
    for name, keys in config_keys.items():
        wanted = name.replace("-", "_")
        if name in there:
            inside[name] = tuple(dict.fromkeys(_checked(name, key, mistakes) for key in keys if key))
        elif wanted not in known:
            mistakes.append((name, _unknown(name, [*known, *there])))
        else:
            chosen[wanted] = tuple(dict.fromkeys(_checked(name, key, mistakes) for key in keys if key))
    taken = {(key, place) for name, keys in chosen.items() for key in keys for place in known[name].places or PLACES}
    bound: dict[str, Bound] = {}
    for each in defaults:
        # a default gives way to what the config wants there
        left = tuple(key for key in each.keys if not any((key, place) in taken for place in each.places or PLACES))
        bound[each.id] = each._replace(keys=chosen.get(each.id, left))
    mistakes += _lost(known, bound, chosen)
    mistakes += _clashes(bound, chosen)
    if mistakes:
        raise KeysError(mistakes)
    by_key: dict[str, list[Bound]] = {}
    for each in bound.values():
        for key in each.keys:
            by_key.setdefault(key, []).append(each)
    return KeyMap(bound, {key: tuple(found) for key, found in by_key.items()}, inside)


def checked(config: Config, actions: Iterable[ActionLike]) -> KeyMap:
    """The effective keys of a config.

    Raises:
        ConfigError: [keys] cannot be used; every mistake with its line.
    """
    try:
        return key_map(config.keys, actions, widgets=widget_ids(config.keys))
    except KeysError as error:
        from oms_tui.config_errors import ConfigError

        document = config.document.again()
        for name, words in error.mistakes:
            document.wrong(("keys", name), words)
        raise ConfigError(document.take_mistakes()) from None


def widget_ids(config_keys: Iterable[str]) -> Iterable[str]:
    """The ids of widgets' bindings, looked for only where the config may name one."""
    if not any("." in name for name in config_keys):
        return ()
    from oms_tui.ui.widget_keys import widget_keys

    return widget_keys()


def canonical(key: str) -> str:
    """A key as it is kept: a printed character as it is, everything else in small letters.

    Raises:
        ValueError: there is no such key; the message says what may be written.
    """
    if len(key) == 1 and key != " ":
        if not key.isprintable():
            raise ValueError("a key is a character, a name like enter or f2, or a chord like ctrl+n")
        return key
    low = key.strip().lower()
    low = _WRITTEN.get(key, _WRITTEN.get(low, low))
    chord = _CHORD.match(low)
    last = low[chord.end() :] if chord else low
    last = _WRITTEN.get(last, last)
    if not (last in _NAMES or _FUNCTION.fullmatch(last) or (chord and len(last) == 1)):
        raise ValueError(f"{key!r} is no key: write a character, a name like enter or f2, or a chord like ctrl+n")
    return (chord[0] if chord else "") + last


def textual_name(key: str) -> str:
    """The name that Textual has for a key of ours: a sign is called by its Unicode name."""
    chord, plus, last = key.rpartition("+")
    if not last:  # the plus sign itself
        chord, plus, last = key[:-2], key[-2:-1], "+"
    if len(last) == 1 and not last.isalnum():
        from unicodedata import name

        last = _SIGNS.get(last) or name(last).lower().replace("-", "_").replace(" ", "_")
    return f"{chord}{plus}{last}"


def _checked(name: str, key: str, mistakes: list[tuple[str, str]]) -> str:
    try:
        found = canonical(key)
    except ValueError as error:
        mistakes.append((name, str(error)))
        return key
    if found == QUIT:
        mistakes.append((name, f"{QUIT} always quits, and cannot be anything else"))
    elif found in _ALIASES:
        mistakes.append((name, f"terminals cannot tell {found} from {_ALIASES[found]}: choose another key"))
    return found


def _unknown(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"there is no such command or action; {f'did you mean {near[0]}?' if near else '`?` on the desk lists them'}"


def _lost(
    known: Mapping[str, Bound], bound: Mapping[str, Bound], chosen: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str]]:
    """What the config's keys took the last key from: that has to be said, or a key would silently be gone."""
    found = []
    for name, each in bound.items():
        if not each.keys and known[name].keys and name not in chosen:
            for taker, keys in chosen.items():
                both = [key for key in keys if key in known[name].keys]
                if both:
                    words = f'{both[0]} is the only key of {name}: give that another one too, {name} = "…"'
                    found.append((taker, words))
    return found


def _clashes(bound: Mapping[str, Bound], chosen: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    owners: dict[tuple[str, str], str] = {}
    found: dict[tuple[str, str], str] = {}
    for name, each in bound.items():
        for key in each.keys:
            for place in each.places or PLACES:
                other = owners.setdefault((key, place), name)
                if other != name:
                    named = name if name in chosen else other
                    found[named, key] = f"{key} is already the key of {other if named == name else name}"
    return [(name, words) for (name, _key), words in found.items()]


def _of_command(each: Command) -> Bound:
    return Bound(each.id, each.title, each.keys, each.group, each.places, each.help, each.footer, action=False)


def _of_action(each: ActionLike) -> Bound:
    keys = (canonical(each.key),) if each.key else ()
    return Bound(each.id, each.title, keys, each.group, (DESK,), each.help, 0, action=True)
