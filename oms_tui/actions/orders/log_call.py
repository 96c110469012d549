"""A call was made or came in: what became of it, and with that of the call that was due and of mail that waits.

Whoever was reached has been spoken to: their mail does not wait any more, unless the agent says that it does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import DESK_AND_FINANCE, WHEN_EXAMPLES, Action, Field, Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, shown_time, write_on
from oms_tui.actions.tasks import end_task, open_task, open_tasks
from oms_tui.domain.milestones import ended_by
from oms_tui.domain.vocabulary import CallOutcome, Milestone, Tier, values, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oms_tui.actions.base import Fields
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem
    from oms_tui.store.writes.desk_write import DeskWrite

AGAIN: Final = timedelta(hours=2)
"""Business time after which somebody who did not answer is tried again."""

_EVENTS: Final = {"reached": "call_made", "no_answer": "call_missed", "callback": "callback_asked"}
_WORDS: Final = {"reached": "reached", "no_answer": "no answer", "callback": "asked to be called back"}


def _warning(session: Session, order: QueueItem, fields: Fields) -> str:
    """A courtesy call is one that nothing asked for: the customer neither waits nor was promised a call."""
    if order.tier != Tier.ONE_OFF or fields["direction"] != "outbound":
        return ""
    asked_for = order.waiting_since is not None or any(
        task["kind"] == "callback" for task in open_tasks(session, order)
    )
    if asked_for and not fields["milestone"]:
        return ""
    return "a one-off customer does not expect courtesy calls"


def _about(session: Session, order: QueueItem, fields: Fields) -> list[Values]:
    """The open calls that this one is about: the milestone's that is named, else every one, with promised callbacks."""
    if fields["direction"] == "inbound":
        return []
    return [
        task
        for task in open_tasks(session, order)
        if (task["kind"] == "milestone_call" and ended_by(fields["milestone"], milestone=task["milestone"]))
        or (task["kind"] == "callback" and not fields["milestone"])
    ]


def _later(session: Session, length: timedelta) -> int:
    now = datetime.fromtimestamp(session.now() / 1000, UTC)
    return int(session.policy.hours.add(now, length).timestamp() * 1000)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.mail_decisions import decide_waiting
    from oms_tui.store.ids import unique

    outcome, inbound = fields["outcome"], fields["direction"] == "inbound"
    tasks = _about(session, order, fields)
    about = [fields["milestone"]] if fields["milestone"] else [task["milestone"] for task in tasks if task["milestone"]]
    milestone = next(iter(about), "")
    words = _summary(outcome, about, fields["note"], inbound=inbound)
    warning = _warning(session, order, fields)
    again: int | None = None
    with write_on(session, "log_call", order, words) as write:
        call = write.insert(
            "call_logs",
            id=unique(),
            source=order.source,
            remote_id=order.remote_id,
            agent=session.agent.id,
            direction=fields["direction"],
            outcome=outcome,
            milestone=milestone,
            note=fields["note"],
            called_at=write.now,
        )
        if outcome == CallOutcome.REACHED:
            for task in tasks:
                end_task(write, task, outcome)
        elif outcome == CallOutcome.CALLBACK or tasks:
            again = fields["when"] or _later(session, AGAIN)
            for task in tasks:
                _try_again(write, task, again, asked=outcome == CallOutcome.CALLBACK or fields["when"] is not None)
            if not tasks:
                open_task(write, session, order, "callback", title=fields["note"] or "call back", due_at=again)
        if _answers(order, fields) and decide_waiting(write, session, order, "pending", "answered by phone"):
            words += "; their mail is answered by that"
        kind = "call_received" if inbound else _EVENTS[outcome]
        write.event(kind, words, name_of(order), {"call": call["id"], "milestone": milestone, "again_at": again})
        write.changed(ORDER_CHANGED, *name_of(order))
    summary = f"{words}; again {shown_time(session, again)}" if again else words
    return Outcome(summary, write.undo_id, warning=warning)


def _answers(order: QueueItem, fields: Fields) -> bool:
    """Whether their mail does not wait any more: they were spoken to, and nobody says that it does."""
    return fields["outcome"] == CallOutcome.REACHED and order.waiting_since is not None and not fields["unanswered"]


def _try_again(write: DeskWrite, task: Values, again: int, *, asked: bool) -> None:
    """Due at ``again``; without somebody's word a call that is due later anyhow stays. What was missed stays missed."""
    due_at = again if asked else max(again, task["due_at"])
    missed_at = task["missed_at"]
    if missed_at is None and task["kind"] == "milestone_call" and task["due_at"] <= write.now:
        missed_at = task["due_at"]
    write.merge("tasks", (task["id"],), attempts=task["attempts"] + 1, due_at=due_at, missed_at=missed_at)


def _summary(outcome: str, milestones: Sequence[str], note: str, *, inbound: bool) -> str:
    names = [words_of(Milestone, each) for each in milestones]
    *first, last = names or [""]
    about = f" about {', '.join(first)}{' and ' if first else ''}{last}" if last else ""
    words = f"{'they called' if inbound else 'call'}{about}: {_WORDS[outcome]}"
    return f"{words}; {note}" if note else words


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    words = f"would log a call: {_WORDS[fields['outcome']]}"
    about = [words_of(Milestone, task["milestone"]) for task in _about(session, order, fields) if task["milestone"]]
    if about and fields["outcome"] == CallOutcome.REACHED:
        words += f"; ends the call about {' and '.join(about)}"
    if _answers(order, fields):
        words += "; their mail would be answered by that"
    warning = _warning(session, order, fields)
    return f"{words}; {warning}" if warning else words


ACTION = Action(
    id="log_call",
    title="Log call",
    help="Logs a call and its outcome; one that reached the customer ends the calls that were due on the order.",
    group="calls",
    key="c",
    rank=25,
    fields=(
        Field(
            "outcome",
            "Outcome",
            "choice",
            required=True,
            choices=values(CallOutcome),
            words=tuple(each.words for each in CallOutcome),
        ),
        Field("note", "Note"),
        Field(
            "milestone",
            "About",
            "choice",
            choices=values(Milestone),
            words=tuple(each.words for each in Milestone),
            help="none: every call that is due on the order",
        ),
        Field(
            "direction",
            "Who called",
            "choice",
            default="outbound",
            choices=("outbound", "inbound"),
            words=("we called", "they called"),
        ),
        Field("unanswered", "Their mail still waits for an answer", "flag"),
        Field("when", "Try again", "when", help=f"after no answer, or for a callback; {WHEN_EXAMPLES}"),
    ),
    roles=DESK_AND_FINANCE,
    not_by_rule="a call is made by a person",
    apply=_apply,
    preview=_preview,
    doubt=_warning,
)
