"""A page for every word of the query language, with values as people write them: flat, however large the shop is.

The words are taken from the catalogue, so that a new one is measured as soon as it is listed. The page is the one that
the desk shows first; what was cut there is told beside with the whole page, which comes in steps. Seconds are the
processor's: of two hundred queries one would always meet somebody else who has the machine.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from figures import Figure, least_of
from stores import ZONE

from oms_tui.domain.query import parse
from oms_tui.domain.query_words import Kind
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import queue
from oms_tui.store.workspace import Workspace
from oms_tui.ui.questions import LOOKED_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from oms_tui.domain.query_tree import Tree

_PAGE: Final = 50
_WITHIN: Final = 1.3
_FRAME: Final = 0.016
"""Seconds of a frame at sixty a second: what nobody sees. A page that no index answers is bounded below it."""

_OF_KIND: Final = {
    Kind.DATE: ("today", "<2d", "*"),
    Kind.AGE: (">4h",),
    Kind.NUMBER: (">0", ">3", "1"),
    Kind.COUNT: (">0",),
    Kind.PERCENT: (">80%", "<20%"),
    Kind.MONEY: (">100", "<20", "100..200", ">2000"),
}
_OF_WORD: Final = {
    "number": ("100500", "1005*", "*500", "*05*"),
    "customer": ("kowal", '"jan kowal"', "lea"),
    "email": ("jan.kowal.0@mail.example", "jan.kowal*", "*@mail.example"),
    "phone": ("+4930123456",),
    "sku": ("LAMP-0007", "LAMP-00*", "lamp-0007"),
    "tracking": ("00340434000000000500", "0034*", "*0500", "delivered"),
    "carrier": ("dhl", "ups"),
    "country": ("DE", "PL"),
    "source": ("shop", "nobody"),
    "owner": ("me", "none", "ana"),
    "tier": ("standard", "key"),
    "tag": ("gift", "*"),
    "text": ("kowal", "lamp", "linde", "100500", "berlin", "nowhere", "00340434", "ja"),
}
_MIXED: Final = (
    "customer:kowal AND country:DE",
    "state:closed country:PL total:>100",
    "stage:in_transit OR stage:delivered",
    "NOT payment:paid",
    "NOT (country:DE OR country:PL)",
    "(carrier:dhl OR carrier:ups) AND NOT is:late",
    "kowal OR lund",
    "kowal NOT lamp",
    "state:closed kowal",
    "placed:<30d total:>300 country:SE",
    "state:closed NOT country:DE NOT carrier:dhl",
)


def queries() -> Iterator[str]:
    """Every word with its values, then words joined."""
    for name, word in CATALOGUE.items():
        values = _OF_WORD.get(name) or _OF_KIND.get(word.kind) or ()
        values = (*values, *word.values[: 0 if name in _OF_WORD and word.kind is Kind.TEXT else 12])
        for value in values or ("x", "a*", "*"):
            yield value if name == "text" else f"{name}:{value}"
    yield from _MIXED


def _whole(ask: Callable[..., queue.Page], tree: Tree) -> tuple[float, float, int]:
    """Seconds until a page is full or the list at its end, those of the longest step but the first, and the steps."""
    after, wanted, steps, longest, began = None, _PAGE, 0, 0.0, time.thread_time()
    while wanted > 0 and (after or not steps):
        at = time.thread_time()
        page = ask(tree=tree, after=after, limit=wanted)
        longest = max(longest, time.thread_time() - at) if steps else 0.0
        after, wanted, steps = page.next, wanted - len(page.items), steps + 1
    return time.thread_time() - began, longest, steps


def figures(stores: dict[int, Path]) -> Iterator[Figure]:
    """A page of each query in each store; the larger against the smaller, but never less than a page without words."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    found: dict[str, dict[int, float]] = {}
    plain: dict[int, float] = {}
    whole: dict[str, tuple[float, float, int]] = {}
    for count, folder in stores.items():
        with Workspace(folder) as store:
            ask = partial(queue.queue_page, store, now=now, zone=ZONE, agent="ana", limit=_PAGE, look_at=LOOKED_AT)
            plain[count] = least_of(ask, clock=time.thread_time)
            for text in queries():
                tree = parse(text, CATALOGUE)
                found.setdefault(text, {})[count] = least_of(partial(ask, tree=tree), clock=time.thread_time)
                if count == max(stores) and ask(tree=tree).cut:
                    whole[text] = _whole(ask, tree)
    if len(stores) < 2:
        for text, times in found.items():
            yield Figure(f"page of {text}", min(times.values()) * 1000, "ms")
        return
    *_, smaller, larger = sorted(stores)
    over = 0
    for text, times in found.items():
        floor = max(times[smaller], plain[smaller])
        over += times[larger] > floor * _WITHIN
        yield Figure(f"page of {text}", times[larger] * 1000, "ms", floor * 1000, f"{smaller:,} orders", _WITHIN)
    for text, (seconds, longest, steps) in whole.items():
        yield Figure(f"whole page of {text}, in {steps} steps", seconds * 1000, "ms")
        yield Figure(f"longest of those steps: {text}", longest * 1000, "ms")
    slow = sum(times[larger] > _FRAME for times in found.values())
    yield Figure(
        f"words over a frame of {_FRAME * 1000:.0f} ms at {larger:,} orders, of {len(found)}", slow, "", budget=0
    )
    yield Figure(f"words over {_WITHIN} at {larger:,} orders against {smaller:,}, of {len(found)}", over, "", budget=0)
