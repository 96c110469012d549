"""Rows of text that fit a width: what panels are made of before they become strips of a screen.

A part is a text with the *name* of a style (ui/theme.py gives the colours), a row is parts side by side. Widths are
terminal cells (a letter is one, most emoji and CJK two), and what does not fit ends in ``…``, always. Nothing here
knows a screen, so that every panel can be tested as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len, set_cell_size, split_graphemes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

CUT: Final = "…"
"""What marks a text that goes on."""

_TAB: Final = 4


class Part(NamedTuple):
    """A piece of a row; ``style`` is a name of the theme."""

    text: str
    style: str = "text"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a panel.

    Attributes:
        parts: from left to right.
        key: what the row stands for, to come back to it and to open it; None is a row of text alone.
        fill: a style under the whole row, "" for none.
    """

    parts: tuple[Part, ...] = ()
    key: Hashable = None
    fill: str = ""

    @property
    def text(self) -> str:
        """The row as it reads."""
        return "".join(part.text for part in self.parts)


BLANK: Final = Row()


def clean(text: str) -> str:
    """``text`` without what a terminal would obey. Texts are made safe when they are stored: this is the last gate."""
    if text.isprintable():
        return text
    from oms_tui.domain.safe_text import safe_line  # its patterns cost the start 7 ms, and are hardly ever needed here

    return safe_line(text, len(text))


def cells(parts: Iterable[Part]) -> int:
    """How many cells the parts take."""
    return sum(cell_len(clean(part.text)) for part in parts)


def cut_text(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells; ``…`` ends it where something is missing."""
    text = clean(text)
    if width <= 0:
        return ""
    if len(text) <= width // 2 or cell_len(text) <= width:  # no character takes more than two cells
        return text
    return set_cell_size(text, width - 1).rstrip(" ") + CUT


def fit(text: str, width: int, align: str = "left") -> str:
    """``text`` in exactly ``width`` cells; ``align`` is left or right."""
    shown = cut_text(text, width)
    blank = " " * (width - cell_len(shown))
    return blank + shown if align == "right" else shown + blank


def cut(parts: Sequence[Part], width: int) -> tuple[Part, ...]:
    """``parts`` in at most ``width`` cells."""
    if not all(part.text.isprintable() for part in parts):
        parts = [part._replace(text=clean(part.text)) for part in parts]
    if cells(parts) <= width:
        return tuple(parts)
    kept: list[Part] = []
    room = width
    for at, part in enumerate(parts):
        size = cell_len(part.text)
        more = any(later.text.strip() for later in parts[at + 1 :])
        if size < room or (size == room and not more):
            kept.append(part)
            room -= size
            continue
        text = cut_text(part.text, room)
        if text == part.text and more:  # it fits, but what follows does not, and that has to show
            text = set_cell_size(text, room - 1).rstrip(" ") + CUT if room else ""
        if text:
            kept.append(part._replace(text=text))
        elif kept:
            kept[-1] = kept[-1]._replace(text=cut_text(kept[-1].text + " .", cell_len(kept[-1].text)))
        break
    return tuple(kept)


def spread(left: Sequence[Part], right: Sequence[Part], width: int, gap: int = 2) -> tuple[Part, ...]:
    """``left`` at the left and ``right`` at the right end of ``width`` cells; ``left`` is cut where they meet."""
    if not right:
        return cut(left, width)
    room = width - cells(right)
    if room <= gap:
        return cut([*left, Part(" " * gap), *right], width)
    shown = cut(left, room - gap)
    return (*shown, Part(" " * (room - cells(shown))), *right)


def flow(groups: Iterable[Sequence[Part]], width: int, *, gap: int = 3, indent: int = 0) -> Iterator[tuple[Part, ...]]:
    """Groups of parts side by side, ``gap`` cells between them; a group that has no room left begins the next line."""
    line: list[Part] = []
    used = 0
    for group in groups:
        size = cells(group)
        if not size:
            continue
        if line and used + gap + size > width:
            yield tuple(line)
            line, used = [Part(" " * indent)] if indent else [], indent
        elif line:
            line.append(Part(" " * gap))
            used += gap
        line.extend(cut(group, width - used))
        used += size
    if line:
        yield tuple(line)


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken between words; a longer word goes on in the next line.

    Nothing is left out but blanks at the ends of lines; a blank line stays one.
    """
    width = max(width, 2)
    lines: list[str] = []
    for line in text.split("\n"):
        lines.extend(_wrapped(clean(line.expandtabs(_TAB) if "\t" in line else line), width))
    return lines


def _wrapped(line: str, width: int) -> Iterator[str]:
    line = line.rstrip()
    if cell_len(line) == len(line):
        while len(line) > width:
            at = line.rfind(" ", 0, width + 1)
            begin = len(line) - len(line.lstrip(" "))
            at = at if at > begin else width
            yield line[:at].rstrip(" ")
            line = line[at:].lstrip(" ")
        yield line
        return
    rest = line
    while cell_len(rest) > width:
        at = _last_fitting(rest, width)
        blank = rest.rfind(" ", 0, at + 1)
        begin = len(rest) - len(rest.lstrip(" "))
        at = blank if blank > begin else at
        yield rest[:at].rstrip(" ")
        rest = rest[at:].lstrip(" ")
    yield rest


def _last_fitting(text: str, width: int) -> int:
    """The index behind the last whole character that fits."""
    spans, _ = split_graphemes(text)
    used, at = 0, 0
    for _start, end, size in spans:
        used += size
        if used > width:
            break
        at = end
    return max(at, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        align: left or right.
        least: cells below which it is not cut; 0 for a column that is never cut.
        drop: columns with a higher number are left out first where there is no room; 0 is never left out.
    """

    align: str = "left"
    least: int = 0
    drop: int = 0


def table(
    columns: Sequence[Column], lines: Sequence[Sequence[Sequence[Part]]], width: int, gap: int = 2
) -> list[tuple[Part, ...]]:
    """Lines of cells under each other. A column without content takes no room.

    A table too wide is narrowed where its columns allow it, then loses those that may be dropped.
    """
    natural = [max((cells(line[at]) for line in lines), default=0) for at in range(len(columns))]
    shown = [at for at, size in enumerate(natural) if size]
    while _over(columns, natural, shown, width, gap) > 0:
        optional = [at for at in shown if columns[at].drop]
        if not optional:
            break
        shown.remove(max(optional, key=lambda at: columns[at].drop))
    sizes = _narrowed(columns, natural, shown, width, gap)
    rows: list[tuple[Part, ...]] = []
    for line in lines:
        parts: list[Part] = []
        for place, at in enumerate(shown):
            content = cut(line[at], sizes[at])
            blank = Part(" " * (sizes[at] - cells(content)))
            if place:
                parts.append(Part(" " * gap))
            parts.extend((blank, *content) if columns[at].align == "right" else (*content, blank))
        rows.append(cut([part for part in parts if part.text], width))
    return rows


def _over(columns: Sequence[Column], natural: Sequence[int], shown: Sequence[int], width: int, gap: int) -> int:
    """How many cells are missing even when every column is as narrow as it may be."""
    narrowest = [min(natural[at], columns[at].least) if columns[at].least else natural[at] for at in shown]
    return sum(narrowest) + gap * max(0, len(shown) - 1) - width


def _narrowed(
    columns: Sequence[Column], natural: Sequence[int], shown: Sequence[int], width: int, gap: int
) -> list[int]:
    sizes = list(natural)
    over = sum(sizes[at] for at in shown) + gap * max(0, len(shown) - 1) - width
    while over > 0:
        soft = [at for at in shown if columns[at].least and sizes[at] > columns[at].least]
        if not soft:
            break
        widest = max(soft, key=lambda at: sizes[at])
        others = [sizes[at] for at in soft if at != widest]
        floor = max([columns[widest].least, *(size for size in others if size < sizes[widest])])
        step = min(over, max(1, sizes[widest] - floor))
        sizes[widest] -= step
        over -= step
    return sizes
