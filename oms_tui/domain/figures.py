"""Figures as people read them: how each kind is written, and bars made of letters. Command and screen share them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING: Final = "-"
"""What stands where nothing was measured: not a zero."""

_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_FULL: Final = "█"
_LEVELS: Final = "▁▂▃▄▅▆▇█"
_NONE_OF_IT: Final = "·"
"""Where a curve is at nothing: told apart from little, and from a blank, where nothing was measured."""
CURVE: Final = 13
"""Cells of a curve beside other figures: a quarter's weeks."""

LONG_CURVE: Final = 52
"""Cells of a curve that has a line of its own: a year's weeks."""

_NAMED: Final = 3
"""Orders named in a cell; how many more there are is said."""


class Kind(Word):
    """How a figure is read."""

    TEXT = "text"
    COUNT = "count"
    SECONDS = "seconds"
    PERCENT = "percent"
    NUMBERS = "numbers"  # of orders
    QUERY = "query"  # finds the orders behind a row
    SERIES = "series"  # one figure a week, the oldest first


def shown(kind: str, value: Any) -> str:
    """A figure as text, by its kind; ``-`` for None. Seconds are told in hours and minutes, as waits are."""
    if value is None:
        return NOTHING
    if kind == Kind.NUMBERS:
        return _numbers(value)
    if kind == Kind.SERIES:
        return curve(value, CURVE)
    if kind == Kind.SECONDS:
        return _lasted(float(value))
    if kind == Kind.PERCENT:
        return f"{value:.1f}%"
    return f"{value:g}" if isinstance(value, float) else str(value)


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most ``width`` cells, as long as ``value`` is of ``most``; more than nothing is never empty."""
    if most <= 0 or value <= 0 or width < 1:
        return ""
    eighths = max(1, round(min(value / most, 1) * width * 8))
    full, rest = divmod(eighths, 8)
    return _FULL * full + (_EIGHTHS[rest] if rest else "")


def curve(values: Sequence[float | None], width: int, most: float | None = None) -> str:
    """A line of at most ``width`` letters as high as the values, which are not negative: ``most`` fills its cell.

    Without ``most`` it is the highest of them.

    ``·`` is a nothing, a blank a None. More values than cells: neighbours share one, which is as high as their mean.
    """
    count = min(len(values), max(width, 1))
    means = []
    for cell in range(count):
        part = values[cell * len(values) // count : (cell + 1) * len(values) // count]
        known = [value for value in part if value is not None]
        means.append(sum(known) / len(known) if known else None)
    if most is None:
        most = max((mean for mean in means if mean is not None), default=0)
    return "".join(" " if mean is None else _level(mean, most) for mean in means)


def _level(value: float, most: float) -> str:
    return _LEVELS[min(len(_LEVELS) - 1, int(value / most * len(_LEVELS)))] if value > 0 else _NONE_OF_IT


def _numbers(numbers: Sequence[str]) -> str:
    more = len(numbers) - _NAMED
    return " ".join(numbers[:_NAMED]) + (f" +{more}" if more > 0 else "")


def _lasted(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}h {rest // 60:02}m"
