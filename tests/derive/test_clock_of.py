"""Which clock runs on an order: the one of its row in the queue and of `show`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from oms_tui.domain.business_time import BusinessHours
from oms_tui.domain.clocks import ResponsePolicy
from oms_tui.domain.policy import DeskPolicy
from oms_tui.store.derive.facts import OrderFacts, Threads, Waiting
from oms_tui.store.derive.row import clock_of

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
ASKED = datetime(2026, 11, 26, 9, tzinfo=UTC)
PROMISED = ResponsePolicy(2 * HOUR, HOUR)
DESK = DeskPolicy(BERLIN, BusinessHours.always(BERLIN))


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def waits(*letters: tuple[datetime, str], since: datetime = ASKED) -> OrderFacts:
    facts = OrderFacts({})
    facts.threads = Threads()
    facts.threads.waiting = [Waiting(ms(since), [(ms(at), direction) for at, direction in letters])]
    return facts


def test_an_answer_to_somebody_else_in_the_thread_stops_no_clock_of_who_still_waits() -> None:
    asked, told_other = (ASKED, "inbound"), (ASKED + HOUR, "outbound")

    clock = clock_of(waits(asked, told_other), PROMISED, DESK, ASKED + 3 * HOUR)

    assert clock is not None
    assert (clock.kind, clock.due_at, clock.state) == ("first_response", ASKED + 2 * HOUR, "breached")


def test_what_was_answered_before_makes_it_the_next_response() -> None:
    before = [(ASKED - 5 * HOUR, "inbound"), (ASKED - 4 * HOUR, "outbound")]

    clock = clock_of(waits(*before, (ASKED, "inbound")), PROMISED, DESK, ASKED + HOUR / 2)

    assert clock is not None
    assert (clock.kind, clock.due_at) == ("next_response", ASKED + HOUR)
