"""Where each panel of the order pane goes: a pure function of the room there is and of what the panels would fill.

Three ways: ``full`` (two columns, below them conversation and reply), ``pairs`` (the same for a narrower place: a reply
being written takes the whole width) and ``tabs`` (one panel at a time below a strip of their names). What a panel does
not need goes to the one that does; the panel in use is served first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PANELS: Final = ("stock", "money", "parcels", "timeline", "conversation", "reply")
"""The panels by number, 1 to 6."""
GOES: Final = (*PANELS, "head")
"""What the keys 1 to 7 go to."""

_STACK: Final = ("stock", "money", "parcels")
_ASIDES: Final = ("stock", "money", "parcels", "timeline")
_FULL: Final = (100, 34)
_PAIRS: Final = (72, 26)
_HEAD: Final = {"full": 10, "pairs": 8, "tabs": 5}
_WRITING: Final = {"full": 15, "pairs": 13, "tabs": 10}
"""Lines a reply being written should have."""

_READING: Final = 8
"""Lines a conversation should have."""

_BELOW_HEAD: Final = 6  # lines that a panel keeps below a head that is in use
_MORE_TIMELINE: Final = 4  # lines a long timeline may have beyond what stands beside it


class Place(NamedTuple):
    """A rectangle in cells."""

    x: int
    y: int
    width: int
    height: int


class Wish(NamedTuple):
    """What the pane is used for: the panel in use, whether it has all the room, whether a reply is written.

    ``aside`` is the panel of facts in use last, ``last`` the panel in use last that was not the reply.
    """

    focus: str = ""
    aside: str = "stock"
    last: str = "conversation"
    maximised: bool = False
    writing: bool = False
    reply: bool = False


def way(width: int, height: int) -> str:
    """How a pane of this size is laid out: ``full``, ``pairs`` or ``tabs``."""
    for name, (least_width, least_height) in (("full", _FULL), ("pairs", _PAIRS)):
        if width >= least_width and height >= least_height:
            return name
    return "tabs"


def arrange(width: int, height: int, wants: Callable[[str, int], int], wish: Wish) -> Mapping[str, Place]:
    """The places of ``head``, ``tabs`` and panels; what is not in it is not shown.

    Args:
        width: of the pane, in cells.
        height: of the pane, in lines.
        wants: the lines a panel (or the head) would fill at a width, its border included.
        wish: what the pane is used for.
    """
    how = way(width, height)
    if how == "tabs" or wish.maximised:
        return _tabs(width, height, wants, wish)
    head = min(wants("head", width), *((height // 2,) if wish.focus == "head" else (_HEAD[how], height // 3)))
    places = {"head": Place(0, 0, width, head)}
    rest = height - head
    if how == "pairs" and wish.writing:
        return places | _pairs_writing(width, head, rest, wish)
    return places | _columns(width, head, rest, wants, wish)


def _columns(width: int, top: int, rest: int, wants: Callable[[str, int], int], wish: Wish) -> dict[str, Place]:
    """Two columns of facts; below them what was written and what is being written."""
    left = (width + 1) // 2
    right = width - left
    narrow = wish.writing or wish.reply
    talk = wants("conversation", left if narrow else width)
    if wish.reply and not wish.writing:
        talk = max(talk, wants("reply", right))
    stack = sum(wants(name, left) for name in _STACK)
    facts = max(stack, min(wants("timeline", right), stack + _MORE_TIMELINE))
    spare = rest - facts
    if wish.writing:
        low = max(min(_WRITING["full"], rest // 2), rest * 2 // 5, min(spare, rest // 2))
    elif talk <= spare:
        low = spare if talk >= _READING else talk  # what nobody needs goes to the mails, if there are any
    else:
        low = min(talk, max(spare, _READING, rest * 2 // 5))
    low = max(3, min(low, rest - 9))
    high = rest - low
    places = _stacked(left, top, high, wants, wish)
    places["timeline"] = Place(left, top, right, high)
    if narrow:
        places["conversation"] = Place(0, top + high, left, low)
        places["reply"] = Place(left, top + high, right, low)
    else:
        places["conversation"] = Place(0, top + high, width, low)
    return places


def _pairs_writing(width: int, top: int, rest: int, wish: Wish) -> dict[str, Place]:
    """The facts asked for beside the conversation, the reply below them as wide as there is room."""
    low = min(max(_WRITING["pairs"], rest // 2), rest - 6)
    high = rest - low
    left = width * 2 // 5
    aside = wish.aside if wish.aside in _ASIDES else "stock"
    return {
        aside: Place(0, top, left, high),
        "conversation": Place(left, top, width - left, high),
        "reply": Place(0, top + high, width, low),
    }


def _tabs(width: int, height: int, wants: Callable[[str, int], int], wish: Wish) -> dict[str, Place]:
    """One panel; while a reply is written, what it answers or quotes above it."""
    focus = next(name for name in (wish.focus, wish.last, "conversation") if name in PANELS)
    most = _HEAD["tabs"] if not wish.maximised else _HEAD["pairs"]
    head = min(wants("head", width), most, max(3, height // 4))
    if wish.focus == "head":
        head = max(head, min(wants("head", width), height - 1 - _BELOW_HEAD))
    elif wish.writing and not wish.maximised:
        head = min(head, 3)
    places = {"head": Place(0, 0, width, head), "tabs": Place(0, head, width, 1)}
    top = head + 1
    rest = height - top
    if wish.writing and not wish.maximised and rest >= _WRITING["tabs"] + 4:
        low = max(_WRITING["tabs"], rest * 3 // 5)
        above = wish.last if focus == "reply" else focus
        places[above if above in PANELS and above != "reply" else "conversation"] = Place(0, top, width, rest - low)
        places["reply"] = Place(0, top + rest - low, width, low)
    else:
        places[focus] = Place(0, top, width, rest)
    return places


def _stacked(width: int, top: int, height: int, wants: Callable[[str, int], int], wish: Wish) -> dict[str, Place]:
    first = _STACK.index(wish.focus) if wish.focus in _STACK else None
    heights = share(height, [wants(name, width) for name in _STACK], first=first)
    places: dict[str, Place] = {}
    for name, lines in zip(_STACK, heights, strict=True):
        places[name] = Place(0, top, width, lines)
        top += lines
    return places


def share(total: int, wanted: Sequence[int], *, least: int = 3, first: int | None = None) -> list[int]:
    """``total`` lines among several: each gets what it wants if there is enough, and the last one the rest.

    Where there is not enough each has at least ``least``; ``first`` is served before the others.
    """
    given = [min(want, least) for want in wanted]
    left = total - sum(given)
    order = list(range(len(wanted)))
    if first is not None:
        order.remove(first)
        take = min(left, wanted[first] - given[first])
        given[first] += max(0, take)
        left -= max(0, take)
    while left > 0 and any(given[at] < wanted[at] for at in order):
        # the one that has least of what it needs, so that all are squeezed alike
        at = min((at for at in order if given[at] < wanted[at]), key=lambda each: given[each])
        given[at] += 1
        left -= 1
    given[-1] += left
    return given
