"""Words about milestone calls, from the rows that the call board lists: how one stands, and what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.domain.query_tree import Wild
from oms_tui.domain.vocabulary import CallState
from oms_tui.store.query_parts import Asked, Sql, like

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.domain.query_tree import Term


def call(term: Term, asked: Asked) -> Sql:
    """An order with a call that stands so at the moment of asking."""
    if isinstance(term.value, Wild):
        return _with("state <> ''", [])
    if term.value == CallState.DUE:
        return _with("state = 'due' AND due_at > ?", [asked.now_ms])
    if term.value == CallState.MISSED:
        return _with("(state = 'missed' OR (state = 'due' AND due_at <= ?))", [asked.now_ms])
    return _with("state = ?", [str(term.value)])


def milestone(term: Term, _: Asked) -> Sql:
    """An order with a call about this milestone, however it stands."""
    if isinstance(term.value, Wild):
        return _with(*like("milestone", term.value))
    return _with("milestone = ?", [str(term.value)])


def _with(condition: str, bound: Sequence[object]) -> Sql:
    return Sql(
        f"EXISTS (SELECT 1 FROM order_calls WHERE order_id = q.order_id AND {condition})",
        bound,
        f"SELECT order_id FROM order_calls WHERE {condition}",
        bound,
        exact=True,
    )
