"""Sets of UIDs as IMAP writes them (``1:5,7``). Kept as ranges: a server may name billions in a few bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SET = re.compile(r"\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*\Z")


class UidSet:
    """An ordered set of UIDs. ``len`` is cheap, iteration is ascending."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[tuple[int, int]] = []
        for first, last in sorted(ranges):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        self.ranges = merged
        self._firsts = [first for first, _ in merged]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From a sequence-set; "" is the empty set.

        Raises:
            ValueError: it is none.
        """
        if not text:
            return cls()
        if not _SET.match(text):
            raise ValueError(f"no set of UIDs: {text[:60]!a}")
        pairs = (
            (int(first), int(last or first)) for first, _, last in (part.partition(":") for part in text.split(","))
        )
        return cls((min(pair), max(pair)) for pair in pairs)

    @classmethod
    def of(cls, uids: Iterable[int]) -> Self:
        """From single UIDs."""
        return cls((uid, uid) for uid in uids)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __contains__(self, uid: object) -> bool:
        if not isinstance(uid, int):
            return False
        place = bisect_right(self._firsts, uid) - 1
        return place >= 0 and uid <= self.ranges[place][1]

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __str__(self) -> str:
        return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in self.ranges)
