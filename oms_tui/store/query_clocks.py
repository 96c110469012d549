"""Words about the customer's clock, and about drafts that lie on an order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from oms_tui.store.query_parts import Asked, Sql, compared, indexed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.domain.query_tree import Term

_RUNS: Final = "q.is_open = 1 AND q.clock <> ''"

SLA: Final[Mapping[str, str]] = {
    "ok": "q.clock_share < 75",
    "soon": "q.clock_share >= 75 AND q.clock_share < 100",  # domain.clocks.SOON
    "breached": "q.clock_share >= 100",
}
"""How a clock stands."""

HAS: Final[Mapping[str, Sql]] = {
    "draft": indexed("q.draft <> ''"),
    "prepared": indexed("q.draft <> '' AND q.draft = 'prepared'"),
}


def clock(term: Term, _: Asked) -> Sql:
    """How much of the clock is gone. It is kept in steps, and the moment of a step counts as beyond it."""
    text, bound = compared("q.clock_share", replace(term, op=">=") if term.op == ">" else term)
    return indexed(f"{_RUNS} AND {text}", bound)


def sla(term: Term, _: Asked) -> Sql:
    """How the clock stands."""
    if str(term.value) in SLA:
        return indexed(f"{_RUNS} AND {SLA[str(term.value)]}")
    return indexed(_RUNS)
