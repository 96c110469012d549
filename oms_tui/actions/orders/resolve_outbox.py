"""Something that should leave did not, and a person decides what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oms_tui.actions.base import DESK_AND_FINANCE, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import name_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OutboxView, QueueItem


def _undecided(session: Session, order: QueueItem) -> list[OutboxView]:
    from oms_tui.store.reads.outbox import UNDECIDED, outbox_of

    items = [each for each in outbox_of(session.store, *name_of(order)) if each.state in UNDECIDED]
    return sorted(items, key=lambda item: UNDECIDED.index(item.state))


def _why_not(session: Session, order: QueueItem) -> str:
    return "" if _undecided(session, order) else "nothing in its outbox needs a decision"


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.reply_outbox import CHOICE_WORDS, resolve

    item = next((each for each in _undecided(session, order) if fields["item"] in {"", each.id}), None)
    if item is None:
        raise Refused(f"nothing that needs a decision is called {fields['item']!r}", code="not_found", field="item")
    resolve(session, item.id, fields["choice"])
    return Outcome(f"{item.subject or item.kind}: {CHOICE_WORDS[fields['choice']]}")


ACTION = Action(
    id="resolve_outbox",
    title="Decide on outbox",
    help="Decides about what was blocked, failed or is in doubt.",
    group="reply",
    key="B",
    rank=17,
    fields=(
        Field(
            "choice",
            "What becomes of it",
            "choice",
            required=True,
            choices=("send_anyway", "retry", "edit", "discard", "sent", "not_sent"),
            words=(
                "send it all the same",
                "try again",
                "take it back and edit it",
                "give it up",
                "it has arrived: do not send it again",
                "it has not left: send it again",
            ),
        ),
        Field("item", "Item", help="its id; none: the one that presses most"),
    ),
    roles=DESK_AND_FINANCE,
    undoable=False,
    why_not=_why_not,
    not_by_rule="what is in doubt is decided by people",
    apply=_apply,
)
