"""The rows of the call board: what is to be called about and by when, and beside it all one needs for the call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.chasing import is_chasing, without_quotes
from oms_tui.domain.local_time import local_times
from oms_tui.domain.milestones import OVERTAKEN
from oms_tui.domain.vocabulary import CallOutcome, CallState, Milestone, words_of
from oms_tui.ui.queue.row import badge, numbered
from oms_tui.ui.rows import BLANK, Column, Part, Row, cut, flow, spread, table, wrap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from oms_tui.actions.call_scripts import Script
    from oms_tui.domain.business_time import BusinessHours
    from oms_tui.store.reads.calls import CallItem
    from oms_tui.store.shapes import CallView, OrderView
    from oms_tui.ui.order.frame import Frame

_ROOMY: Final = 86
MARK: Final = "✓"
_COLUMNS: Final = (
    Column(),
    Column(),
    Column(least=9),
    Column(),
    Column(),
    Column(),
    Column(least=4, drop=2),
    Column(drop=3),
    Column(),
)
_HOUR: Final = timedelta(hours=1)
_DESK_DAY: Final = timedelta(hours=10)
"""Business time is told in hours up to here: beyond, "in 12h" would be read as tonight."""

_STATE_STYLES: Final = {"due": "warn", "missed": "alarm", "kept": "good", "late": "warn"}
_CONTACTS: Final = 4


@dataclass(frozen=True, slots=True)
class Told:
    """What the detail shows of a call: its order, and what to say (None: no script, else ``wrong`` says why not)."""

    call: CallItem
    order: OrderView | None
    script: Script | None = None
    wrong: str = ""


def phone_of(order: OrderView | None) -> str:
    """The number to call, "" where none is known."""
    return (order.phone or order.ship_to.phone) if order is not None else ""


def key_of(call: CallItem) -> tuple[int, str]:
    """What a row of the board stands for."""
    return call.order_id, call.milestone


def how_due(call: CallItem, hours: BusinessHours, frame: Frame) -> str:
    """``in 38m``, ``missed 2h``, ``kept``, ``late 3h``: in business time; whole desk days by the day and hour."""
    if call.state == CallState.KEPT:
        return "kept"
    due, now = _at(call.due_at), _at(frame.now)
    if call.state == CallState.DUE:
        left = hours.between(now, due)
        return f"in {_length(left)}" if left < _DESK_DAY else frame.moment(call.due_at)
    if call.ended and call.state == CallState.MISSED:
        return "not made"
    if call.state == CallState.LATE:
        return f"late {_length(hours.between(due, _at(call.done_at or call.due_at)))}"
    if call.due_at > frame.now:  # missed, and somebody tries again
        return f"missed, {frame.moment(call.due_at)}"
    return f"missed {_length(hours.between(due, now))}"


def _length(length: timedelta) -> str:
    """Business time in its largest unit; beyond a desk's day in days of ten hours, as people reckon them roughly."""
    if length < _HOUR:
        return f"{max(0, length // timedelta(minutes=1))}m"
    return f"{length // _HOUR}h" if length < _DESK_DAY else f"{length // _DESK_DAY}d"


def board_rows(
    calls: Sequence[CallItem], hours: BusinessHours, frame: Frame, width: int, marked: Collection[tuple[int, str]] = ()
) -> list[Row]:
    """A line a call, under what it is: missed, due today, due later, ended."""
    drawn = table(
        _COLUMNS,
        [_line(call, hours, frame, marked=key_of(call) in marked) for call in calls],
        width,
        gap=2 if width >= _ROOMY else 1,
    )
    rows: list[Row] = []
    before = ""
    for call, parts in zip(calls, drawn, strict=True):
        heading, style = _heading(call, frame)
        if heading != before:
            rows += [BLANK] if rows else []
            rows.append(Row((Part(heading, style, bold=True),)))
            before = heading
        rows.append(Row(parts, key=key_of(call)))
    return rows


def _heading(call: CallItem, frame: Frame) -> tuple[str, str]:
    if call.ended:
        return "Made, or given up", "muted"
    if call.state == CallState.MISSED:
        return "Missed, and still to be made", "alarm"
    return ("Due today", "accent") if frame.day(call.due_at) == "today" else ("Due later", "accent")


def _line(call: CallItem, hours: BusinessHours, frame: Frame, *, marked: bool) -> list[list[Part]]:
    missed = call.state == CallState.MISSED and not call.ended
    owner = "you" if call.owner and call.owner == frame.agent else call.owner
    return [
        [Part(MARK if marked else "!" if missed else " ", "accent" if marked else "alarm")],
        [Part(numbered(call.number), "strong")],
        [Part(call.customer, "text")],
        [badge(call.tier)],
        [Part(words_of(Milestone, call.milestone), "call")],
        [Part(how_due(call, hours, frame), _STATE_STYLES[call.state], bold=missed)],
        [Part(owner or "nobody", "name" if owner else "faint")],
        [Part(f"tried {call.attempts}" if call.attempts else "", "muted")],
        [Part(f"chased {call.chasing}" if call.chasing else "", "alarm")],
    ]


# ---- the detail


def detail_rows(told: Told, hours: BusinessHours, frame: Frame, width: int) -> list[Row]:
    """Whom to call at what time of theirs, what to say, how they chased us, and who spoke with them last."""
    call, order = told.call, told.order
    if order is None:
        return [Row((Part("this order is no longer in the store", "warn"),))]
    rows = [
        Row(spread([Part(f"{numbered(call.number)} {call.customer}", "strong", bold=True)], [badge(call.tier)], width)),
        Row(cut([Part("about ", "muted"), Part(words_of(Milestone, call.milestone), "call", bold=True)], width)),
    ]
    rows += _facts(call, order, hours, frame, width)
    chased = list(_chases(call, order))
    if chased:
        rows += [
            BLANK,
            Row((Part(f"They chased us {len(chased)} times" if chased[1:] else "They chased us", "alarm"),)),
        ]
        rows += [_contact(at, "✉" if mail else "☎", words, frame, width) for at, words, mail in chased]
    rows += [BLANK, *_script(told, width), BLANK, *_last(order, frame, width)]
    return rows


def _facts(call: CallItem, order: OrderView, hours: BusinessHours, frame: Frame, width: int) -> list[Row]:
    phones = list(dict.fromkeys(filter(None, (order.phone, order.ship_to.phone))))
    there = local_times(order.ship_to.country, _at(frame.now))
    clock = " to ".join(f"{at:%H:%M}" for at in there)
    groups = [
        [Part("phone ", "muted"), Part(phones[0] if phones else "no number known", "strong" if phones else "warn")],
        *([Part("or ", "muted"), Part(phone, "text")] for phone in phones[1:]),
        [Part(f"{order.ship_to.country} ", "muted"), Part(clock, "warn" if _asleep(there) else "text")]
        if clock
        else [],
        [Part("due ", "muted"), Part(f"{frame.moment(call.due_at)} ({how_due(call, hours, frame)})", "text")],
        [Part("reached ", "muted"), Part(frame.moment(call.reached_at), "text")],
        [Part("tried ", "muted"), Part("once" if call.attempts == 1 else f"{call.attempts} times", "text")]
        if call.attempts
        else [],
        [Part("owner ", "muted"), Part(call.owner or "nobody", "name" if call.owner else "warn")],
        [Part("account ", "muted"), Part(call.account_manager, "name")] if call.account_manager else [],
    ]
    rows = [Row(parts) for parts in flow(groups, width, gap=3)]
    if call.ended and call.state == CallState.MISSED:
        rows.append(Row((Part(f"not made: {OVERTAKEN}, or the order was closed", "muted"),)))
    return rows


_DAY_BEGINS, _DAY_ENDS = 8, 20


def _asleep(there: Sequence[datetime]) -> bool:
    """Whether somebody there would be called too early or too late."""
    return any(not _DAY_BEGINS <= at.hour < _DAY_ENDS for at in there)


def _chases(call: CallItem, order: OrderView) -> Iterator[tuple[int, str, bool]]:
    """When they asked where it is, in what words, whether by mail; the newest first."""
    mails = [
        (mail.sent_at, mail.subject or "no subject", True)
        for thread in order.conversations
        for mail in thread.messages
        if mail.direction == "inbound"
        and not mail.auto
        and mail.sent_at > call.reached_at
        and is_chasing(mail.subject, without_quotes(mail.text, mail.quoted))
    ]
    calls = [
        (each.called_at, each.note or "they called", False)
        for each in order.calls
        if each.direction == "inbound" and each.called_at > call.reached_at
    ]
    until = call.done_at if call.ended and call.done_at is not None else None
    found = [each for each in (*mails, *calls) if until is None or each[0] <= until]
    yield from sorted(found, reverse=True)


def _contact(at: int, sign: str, words: str, frame: Frame, width: int) -> Row:
    return Row(cut([Part(f"{sign} ", "muted"), Part(f"{frame.moment(at)}  ", "muted"), Part(words, "text")], width))


def _script(told: Told, width: int) -> Iterator[Row]:
    if told.wrong:
        yield from (Row((Part(line, "alarm"),)) for line in wrap(told.wrong, width))
        return
    if told.script is None:
        words = "no script: a macro named call.md, or call-shipped.md for one milestone, is shown here"
        yield from (Row((Part(line, "faint"),)) for line in wrap(words, width))
        return
    yield Row(cut([Part(told.script.title, "accent", bold=True)], width))
    for line in told.script.text.strip().split("\n"):
        yield from (Row((Part(piece, "text"),)) for piece in (wrap(line, width) if line.strip() else [""]))


def _last(order: OrderView, frame: Frame, width: int) -> Iterator[Row]:
    contacts = [(each.called_at, "☎", _call_words(each)) for each in order.calls]
    contacts += [
        (mail.sent_at, "✉", f"{'they wrote' if mail.direction == 'inbound' else 'we wrote'}: {mail.subject}")
        for thread in order.conversations
        for mail in thread.messages
        if not mail.auto
    ]
    yield Row((Part("Last contacts", "accent", bold=True),))
    if not contacts:
        yield Row((Part("nobody has spoken with them about this order", "faint"),))
    for at, sign, words in sorted(contacts, reverse=True)[:_CONTACTS]:
        yield _contact(at, sign, words, frame, width)


def _call_words(call: CallView) -> str:
    who = "they called" if call.direction == "inbound" else call.agent
    return f"{who}: {words_of(CallOutcome, call.outcome)}" + (f"; {call.note}" if call.note else "")


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
