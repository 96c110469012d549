"""A call was made or came in: what became of it, and with that of the call that was due and of mail that waits.

Whoever was reached has been spoken to: their mail does not wait any more, unless the agent says that it does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import DESK_AND_FINANCE, WHEN_EXAMPLES, Action, Field, Outcome
from oms_tui.actions.decisions import ORDER_CHANGED, name_of, shown_time, write_on
from oms_tui.actions.tasks import end_task, open_task, open_tasks
from oms_tui.domain.vocabulary import CallOutcome, Milestone, Tier, values, words_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

AGAIN: Final = timedelta(hours=2)
"""Business time after which somebody who did not answer is tried again."""

_EVENTS: Final = {"reached": "call_made", "no_answer": "call_missed", "callback": "callback_asked"}
_WORDS: Final = {"reached": "reached", "no_answer": "no answer", "callback": "asked to be called back"}


def _warning(order: QueueItem, fields: Fields) -> str:
    if order.tier == Tier.ONE_OFF and fields["direction"] == "outbound" and fields["milestone"]:
        return "a one-off customer does not expect courtesy calls"
    return ""


def _due_call(session: Session, order: QueueItem, milestone: str) -> Values | None:
    """The milestone call this one is about: the one named, else the one due first."""
    calls = [task for task in open_tasks(session, order) if task["kind"] == "milestone_call"]
    return next((task for task in calls if milestone in {"", task["milestone"]}), None)


def _later(session: Session, length: timedelta) -> int:
    now = datetime.fromtimestamp(session.now() / 1000, UTC)
    return int(session.policy.hours.add(now, length).timestamp() * 1000)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    from oms_tui.actions.mail_decisions import decide_waiting
    from oms_tui.store.ids import unique

    outcome, inbound = fields["outcome"], fields["direction"] == "inbound"
    task = None if inbound else _due_call(session, order, fields["milestone"])
    milestone = fields["milestone"] or (task["milestone"] if task else "")
    words = _summary(outcome, milestone, fields["note"], inbound=inbound)
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
        if task and outcome == CallOutcome.REACHED:
            end_task(write, task, outcome)
        elif task and outcome == CallOutcome.NO_ANSWER:
            again = fields["when"] or _later(session, AGAIN)
            write.merge("tasks", (task["id"],), attempts=task["attempts"] + 1, due_at=again)
        if outcome == CallOutcome.CALLBACK:
            again = fields["when"] or _later(session, AGAIN)
            open_task(write, session, order, "callback", title=fields["note"] or "call back", due_at=again)
        if outcome == CallOutcome.REACHED and order.waiting_since is not None and not fields["unanswered"]:
            answered = decide_waiting(write, session, order, "pending", "answered by phone")
            words += "; their mail is answered by that" if answered else ""
        kind = "call_received" if inbound else _EVENTS[outcome]
        write.event(kind, words, name_of(order), {"call": call["id"], "milestone": milestone, "again_at": again})
        write.changed(ORDER_CHANGED, *name_of(order))
    summary = f"{words}; again {shown_time(session, again)}" if again else words
    return Outcome(summary, write.undo_id, warning=_warning(order, fields))


def _summary(outcome: str, milestone: str, note: str, *, inbound: bool) -> str:
    about = f" about {words_of(Milestone, milestone)}" if milestone else ""
    words = f"{'they called' if inbound else 'call'}{about}: {_WORDS[outcome]}"
    return f"{words}; {note}" if note else words


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    task = _due_call(session, order, fields["milestone"])
    words = f"would log a call: {_WORDS[fields['outcome']]}"
    if order.waiting_since is not None and fields["outcome"] == CallOutcome.REACHED and not fields["unanswered"]:
        words += "; their mail would be answered by that"
    if task and fields["outcome"] == CallOutcome.REACHED:
        words += f"; ends the call about {words_of(Milestone, task['milestone'])}"
    warning = _warning(order, fields)
    return f"{words}; {warning}" if warning else words


ACTION = Action(
    id="log_call",
    title="Log call",
    help="Logs a call and its outcome; one that reached the customer ends the call that was due.",
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
            help="none: the call that is due",
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
)
