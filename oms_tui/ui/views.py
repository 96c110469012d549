"""Saved views: those every desk has, and those of the config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.query_tree import quote
from oms_tui.ui.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.config_model import View


class Choice(NamedTuple):
    """A view one can choose; ``help`` says what it shows."""

    question: Question
    help: str


CALLS: Final = Question("call:due", "due", "Calls due")
"""What the tab Calls shows."""

_BUILT_IN: Final = (
    Choice(Question(), "every open order, the most pressing first"),
    Choice(Question("-owner:*", "priority", "Nobody's"), "open and in nobody's hands"),
    Choice(Question("mail.waiting:*", "waiting", "Mail waits"), "a customer waits for an answer, the longest first"),
    Choice(Question("ship:late", "priority", "Late"), "the promised day is over"),
    Choice(CALLS, "a call is due"),
    Choice(Question("stock:short", "priority", "Short of stock"), "something is missing to ship it"),
    Choice(Question("payment:pending", "priority", "Unpaid"), "the money is not there yet"),
    Choice(Question("is:snoozed", "due", "Snoozed"), "put aside for now"),
    Choice(Question("state:closed", "placed", "Closed"), "what is over"),
)


def choices(configured: Mapping[str, View], agent: str) -> list[Choice]:
    """Every view: the config's first, then those every desk has, but for names that the config has taken.

    ``agent`` is who asks for theirs.
    """
    own = [Choice(Question(view.query, view.sort or "priority", view.name), view.query) for view in configured.values()]
    mine = Choice(Question(f"owner:{quote(agent)}", "priority", "Mine"), "what is in your hands")
    everything, *rest = _BUILT_IN
    taken = {view.question.title.casefold() for view in own}
    ours = [everything, *([mine] if agent else []), *rest]
    return [*own, *(each for each in ours if each.question.title.casefold() not in taken)]
