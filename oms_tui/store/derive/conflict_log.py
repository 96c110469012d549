"""That systems began to disagree, written down once: on the timeline, and for how good each source's data are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from oms_tui.store.ingest_observed import Observation, observe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from oms_tui.store.derive.facts import OrderFacts
    from oms_tui.store.driver import Connection

    Values = Mapping[str, Any]

KIND: Final = "conflict_found"
_SAID: Final = (
    "SELECT 1 FROM observations WHERE order_id = ? AND kind = 'conflict_found' AND data = ? "
    "AND recorded_at >= coalesce((SELECT lapsed_at FROM lapsed_decisions WHERE order_id = ? AND field = ?), 0) LIMIT 1"
)


def write_down(cache: Connection, facts: Mapping[int, OrderFacts], rows: Iterable[Values], now: int) -> None:
    """Note what is disputed on these rows and was not before; a decision taken back is no new disagreement.

    What the systems had agreed on in the meantime is one, whatever they say.
    """
    observe(cache, [each for each in _new(facts, rows, now) if not _is_said(cache, each)], now)


def _new(facts: Mapping[int, OrderFacts], rows: Iterable[Values], now: int) -> Iterator[Observation]:
    for row in rows:
        if not row["conflict_fields"]:
            continue
        of = facts[row["order_id"]]
        before = of.before["conflict_fields"].split() if of.before else ()
        for name in of.conflicts:
            if name not in before and (values := of.sides.get(name)):
                sides = " or ".join(f"{value.value} ({value.called})" for value in values)
                data = {"field": name, "values": [[value.source, value.value] for value in values]}
                words = f"{name.replace('_', ' ')} differs: {sides}"
                yield Observation(row["order_id"], now, KIND, values[-1].source, words, data=data)


def _is_said(cache: Connection, one: Observation) -> bool:
    text = json.dumps(one.data, ensure_ascii=False, sort_keys=True)
    return cache.execute(_SAID, (one.order_id, text, one.order_id, one.data["field"])).fetchone() is not None
