"""Why an order is late, in words a reply can quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_WAREHOUSE, Action, Field, Outcome
from oms_tui.actions.decisions import decide
from oms_tui.domain.vocabulary import HOUSE_REASONS, DelayReason, words_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_REASONS = sorted(DelayReason, key=lambda reason: (reason not in HOUSE_REASONS, reason == DelayReason.UNKNOWN))
_CHOICES = (*map(str, _REASONS), "none")
_CHOICE_WORDS = (*(reason.words for reason in _REASONS), "no reason of ours")


def _words(fields: Fields) -> str:
    reason = fields["reason"]
    return "delay: no reason of ours" if reason == "none" else f"delay: {words_of(DelayReason, reason)}"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    reason = "" if fields["reason"] == "none" else fields["reason"]
    return decide(session, "set_delay_reason", order, "delay_reason_set", _words(fields), delay_reason=reason)


def _preview(_session: Session, _order: QueueItem, fields: Fields) -> str:
    return f"would be set: {_words(fields)}"


ACTION = Action(
    id="set_delay_reason",
    title="Delay reason",
    help="Says why the order is late; replies can quote it, reports count it.",
    group="order",
    key="D",
    rank=70,
    fields=(Field("reason", "Reason", "choice", required=True, choices=_CHOICES, words=_CHOICE_WORDS),),
    roles=DESK_AND_WAREHOUSE,
    apply=_apply,
    preview=_preview,
)
