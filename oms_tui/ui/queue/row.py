"""How an order looks in the queue: two lines in a narrow list, one line where the list has the whole screen.

Every colour change costs some forty bytes on the way to the terminal and a step of the cursor sends two rows, so parts
are few: a separator has the colour of what it follows, blanks belong to their neighbours, and the badge at the right
end never changes with the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len

from oms_tui.ui.rows import CUT, Part, cells, clean, cut, cut_text, fit

if TYPE_CHECKING:
    from oms_tui.store.shapes import QueueItem
    from oms_tui.ui.order.frame import Frame

CURSOR: Final = "▌"
MARK: Final = "✓"
ALARM: Final = "!"
"""Stands before what is alarming, for those who do not see that it is red."""

BADGE: Final = 5
"""Cells of the badge at the right end."""

ONE_LINE: Final = 60
"""From this width on an order takes one line."""

_BADGES: Final = {"key": " KEY ", "priority": " PRI ", "standard": " STD ", "one_off": " 1st "}
_LEVELS: Final = {"alarm": "alarm", "warn": "warn", "info": "info", "good": "good", "quiet": "muted"}
_NAME: Final = 30  # cells of number and name in one line
_STAGE: Final = 17


class Look(NamedTuple):
    """What a row's drawing depends on beside the order. ``agent`` is who looks.

    ``columns`` are those of the view, ``frame`` the clock and zone they are told by; both only where they are used.
    """

    cursor: bool = False
    marked: bool = False
    agent: str = ""
    columns: tuple[str, ...] = ()
    frame: Frame | None = None


def badge(tier: str) -> Part:
    """The tier in five cells; a tier of the desk's own by its first three letters."""
    text = _BADGES.get(tier) or f" {fit(tier.upper(), 3)} "
    return Part(text, f"tier.{tier or 'standard'}")


_SCRAP: Final = 6  # cells of the beginning of a flag, its dot and the mark that it is cut


def numbered(number: str) -> str:
    """An order's number as people write it: ``#10482``; one that has letters stands for itself."""
    return f"#{number}" if number[:1].isdigit() else number


def lines(item: QueueItem, width: int, look: Look) -> tuple[tuple[Part, ...], ...]:
    """The row's lines, each exactly ``width`` cells."""
    if width < ONE_LINE:
        return _two(item, width, look)
    return (_columned(item, width, look, look.frame) if look.columns and look.frame else _one(item, width, look),)


def _start(look: Look) -> tuple[Part, ...]:
    return (Part(CURSOR, "accent"),) if look.cursor else ()


def _title(item: QueueItem) -> str:
    return clean(f"{numbered(item.number)} {item.name}")


def _head(look: Look) -> str:
    """What stands before the number, beside the cursor's mark."""
    return ("" if look.cursor else " ") + (MARK if look.marked else " ")


def staged(item: QueueItem) -> str:
    """How far an order is: of several parcels first how many are further (``1/2``), so that this is never cut."""
    return f"{item.progress} {item.stage.replace('_', ' ')}".strip()


def _two(item: QueueItem, width: int, look: Look) -> tuple[tuple[Part, ...], ...]:
    start = _start(look)
    room = width - BADGE - len(start)
    name = fit(_head(look) + _title(item), room - 1) + " "
    first = (*start, Part(name, "strong" if look.cursor else "text"), badge(item.tier))
    owner = _owner(item, look)
    flags = _flags(item, width - len(start) - cell_len(owner), ("" if look.cursor else " ") + "  ")
    return first, (*start, *flags, *([Part(owner, "muted")] if owner else []))


def _one(item: QueueItem, width: int, look: Look) -> tuple[Part, ...]:
    start = _start(look)
    name = fit(_head(look) + _title(item), _NAME - len(start) - 1) + " "
    right = f" {staged(item)}"
    owner = _owner(item, look)
    stage = fit(cut_text(right, _STAGE - cell_len(owner)), _STAGE - cell_len(owner)) + owner + " "
    room = width - _NAME - _STAGE - 1 - BADGE
    return (
        *start,
        Part(name, "strong" if look.cursor else "text"),
        *_flags(item, room, ""),
        Part(stage, "muted"),
        badge(item.tier),
    )


def _columned(item: QueueItem, width: int, look: Look, frame: Frame) -> tuple[Part, ...]:
    from oms_tui.ui.queue.columns import FLAGS, cell, shown, spare

    start = _start(look)
    name = fit(_head(look) + _title(item), _NAME - len(start) - 1) + " "
    parts = [*start, Part(name, "strong" if look.cursor else "text")]
    room = width - _NAME - BADGE
    columns = shown(look.columns, room)
    left = spare(columns, room)
    for column in columns:
        if column == FLAGS:
            parts += [*_flags(item, left - 1, ""), Part(" ", "muted")]
        else:
            parts.append(Part(cell(item, column, frame), "muted"))
    if FLAGS not in columns:
        parts.append(Part(" " * left, "muted"))
    return (*parts, badge(item.tier))


def _owner(item: QueueItem, look: Look) -> str:
    if not item.owner:
        return ""
    return " you " if item.owner == look.agent else f" @{cut_text(clean(item.owner), 8)} "


def _flags(item: QueueItem, width: int, before: str) -> list[Part]:
    """The flags in exactly ``width`` cells; the last part takes the blanks that are left over."""
    parts: list[Part] = []
    for at, flag in enumerate(item.flags):
        sign = f"{ALARM} " if flag.level == "alarm" and not at else ""
        parts.append(Part(f"{' · ' if at else before}{sign}{clean(flag.text)}", _LEVELS.get(flag.level, "text")))
    if not parts:
        parts = [Part(before + item.stage.replace("_", " "), "muted")]
    shown = list(cut(parts, width))
    if len(shown) > 1 and shown[-1].text.endswith(CUT) and len(f" {CUT}") <= cell_len(shown[-1].text) <= _SCRAP:
        shown.pop()  # two letters of a word say nothing, and a colour of their own is forty bytes
        shown[-1] = shown[-1]._replace(text=f"{shown[-1].text} {CUT}")
    left = width - cells(shown)
    shown[-1] = shown[-1]._replace(text=shown[-1].text + " " * left)
    return shown
