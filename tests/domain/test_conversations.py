"""Which mails are one conversation, who waits in it, and by when an answer is due."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.domain.clocks import Clock, ResponsePolicy, response_clocks, running
from oms_tui.domain.conversations import ConversationState, Decision, Letter, state_of, threads

if TYPE_CHECKING:
    import random

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)
SHOP = ("support@shop.example", "sales@shop.example")
JAN = "jan@firma.example"


def letter(
    name: str, minutes: float = 0, sender: str = JAN, to: str = "support@shop.example", **more: object
) -> Letter:
    direction = "outbound" if sender in SHOP else "inbound"
    made = Letter(
        name, START + timedelta(minutes=minutes), direction, sender, tuple(to.split()), message_id=f"<{name}@x>"
    )
    return replace(made, **more)


def from_us(name: str, minutes: float = 0, to: str = JAN, **more: object) -> Letter:
    return letter(name, minutes, SHOP[0], to, **more)


def grouped(*letters: Letter) -> list[str]:
    return ["".join(mail.name for mail in group) for group in threads(letters, SHOP)]


def state(*letters: Letter, decision: Decision | None = None, now: datetime = START) -> ConversationState:
    return state_of(letters, now=now, decision=decision)


# ---- threads


def test_an_answer_is_in_the_conversation_of_what_it_answers() -> None:
    assert grouped(
        letter("a"), from_us("b", 1, in_reply_to="<a@x>"), letter("c", 2, references=("<a@x>", "<b@x>"))
    ) == ["abc"]


def test_two_answers_to_a_mail_nobody_has_are_one_conversation() -> None:
    assert grouped(letter("a", in_reply_to="<lost@x>"), letter("b", 1, references=("<lost@x>",))) == ["ab"]


def test_the_same_subject_joins_nothing() -> None:
    assert grouped(letter("a"), letter("b", 1, "stranger@evil.example")) == ["a", "b"]


def test_a_stranger_who_refers_to_the_thread_is_not_let_in() -> None:
    assert grouped(letter("a"), letter("b", 1, "stranger@evil.example", references=("<a@x>",))) == ["a", "b"]


def test_answers_to_a_newsletter_are_a_conversation_each() -> None:
    news = from_us("n", to="")
    assert grouped(
        news, letter("a", 1, in_reply_to="<n@x>"), letter("b", 2, "maria@lund.example", in_reply_to="<n@x>")
    ) == ["n", "a", "b"]


def test_whoever_was_in_copy_answers_into_the_same_conversation() -> None:
    assert grouped(
        letter("a", to="support@shop.example wife@kowal.example"),
        letter("b", 1, "wife@kowal.example", in_reply_to="<a@x>"),
    ) == ["ab"]


def test_a_mail_to_two_of_our_mailboxes_is_one_conversation() -> None:
    copy = letter("b", to="sales@shop.example support@shop.example", message_id="<a@x>")
    assert grouped(letter("a", to="sales@shop.example support@shop.example"), copy) == ["ab"]


def test_mails_without_any_id_stand_alone() -> None:
    assert grouped(letter("a", message_id=""), letter("b", 1, message_id="")) == ["a", "b"]


def test_references_in_a_circle_end() -> None:
    assert grouped(
        letter("a", references=("<b@x>",)),
        letter("b", 1, references=("<c@x>",)),
        letter("c", 2, references=("<a@x>", "<c@x>")),
    ) == ["abc"]


def test_a_person_may_split_a_mail_off_and_put_it_elsewhere() -> None:
    a, b, c = letter("a"), letter("b", 1, in_reply_to="<a@x>"), letter("c", 2, "maria@lund.example")
    assert grouped(a, replace(b, moved_to="b"), c) == ["a", "b", "c"]
    assert grouped(a, replace(b, moved_to="c"), c) == ["a", "bc"]
    assert grouped(a, b, replace(c, moved_to="a")) == ["abc"]


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([JAN, "maria@lund.example", SHOP[0]])),
        max_size=12,
    ),
    st.randoms(),
)
def test_the_order_in_which_mails_come_does_not_matter(rows: list[tuple[int, int, str]], chance: random.Random) -> None:
    letters = [
        letter(f"{index:02}", index, sender, JAN, message_id=f"<{own}>", in_reply_to=f"<{other}>")
        for index, (own, other, sender) in enumerate(rows)
    ]
    shuffled = list(letters)
    chance.shuffle(shuffled)
    assert threads(letters, SHOP) == threads(shuffled, SHOP)


def test_long_threads_and_lists_of_references_cost_in_proportion() -> None:
    many = [
        letter(f"m{index}", index, references=tuple(f"<m{before}@x>" for before in range(index)))
        for index in range(2000)
    ]
    bomb = letter("bomb", references=tuple(f"<{index}@x>" for index in range(20_000)))
    started = time.perf_counter()
    assert len(threads([*many, bomb], SHOP)) == 2
    assert time.perf_counter() - started < 5


# ---- who waits


def test_the_newest_unanswered_mail_is_marked_and_the_wait_counts_from_the_oldest() -> None:
    found = state(letter("a"), from_us("b", 5), letter("c", 10), letter("d", 20))
    assert (found.status, found.unanswered, found.waiting_since) == ("open", "d", START + timedelta(minutes=10))
    assert found.needs_answer


def test_sixty_mails_over_three_orders_mark_the_one_that_waits() -> None:
    letters = [
        letter(f"q{index}", 2 * index) if index % 2 == 0 else from_us(f"r{index}", 2 * index) for index in range(60)
    ]
    assert not state(*letters).needs_answer
    assert state(*letters, letter("last", 500)).unanswered == "last"


def test_after_our_answer_it_waits_for_the_customer() -> None:
    found = state(letter("a"), from_us("b", 5))
    assert (found.status, found.waiting_since, found.last_direction) == ("pending", None, "outbound")


def test_a_thanks_waits_until_somebody_closes_it() -> None:
    thanks = (letter("a"), from_us("b", 5), letter("c", 10))
    assert state(*thanks).needs_answer
    closed = Decision("closed", START + timedelta(minutes=11))
    assert state(*thanks, decision=closed).status == "closed"
    assert not state(*thanks, decision=closed).needs_answer
    assert state(*thanks, letter("d", 12), decision=closed).unanswered == "d"


def test_machines_neither_wait_nor_answer() -> None:
    away, bounce = letter("b", 1, auto="auto-replied"), letter("c", 2, "mailer-daemon@firma.example", auto="bounce")
    assert state(from_us("a"), away, bounce).status == "pending"
    assert state(from_us("a"), bounce).bounced
    confirmation = from_us("b", 1, auto="confirmation")
    assert state(letter("a"), confirmation).needs_answer
    assert state(away, bounce).status == "closed"


def test_a_mail_to_the_carrier_answers_no_customer() -> None:
    assert state(letter("a"), from_us("b", 5, to="help@carrier.example")).needs_answer


def test_an_answer_to_the_reply_address_is_one() -> None:
    asked = letter("a", reply_to=("office@firma.example",))
    assert not state(asked, from_us("b", 5, to="office@firma.example")).needs_answer
    assert not state(asked, from_us("b", 5, to="other@firma.example", in_reply_to="<a@x>")).needs_answer


def test_each_writer_waits_for_an_answer_of_their_own() -> None:
    found = state(letter("a"), letter("b", 1, "wife@kowal.example"), from_us("c", 5))
    assert found.unanswered == "b"


def test_snoozed_until_its_time_or_until_the_customer_writes() -> None:
    snooze = Decision("snoozed", START + timedelta(minutes=1), until=START + timedelta(days=1))
    assert state(letter("a"), decision=snooze, now=START + timedelta(hours=1)).status == "snoozed"
    assert state(letter("a"), decision=snooze, now=START + timedelta(days=1)).status == "open"
    assert state(letter("a"), letter("b", 2), decision=snooze, now=START + timedelta(hours=1)).status == "open"


def test_spam_stays_spam() -> None:
    assert state(letter("a"), letter("b", 9), decision=Decision("spam", START)).status == "spam"


# ---- by when


DESK = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-17:00"]}))
HOUR = timedelta(hours=1)
ONE_HOUR = ResponsePolicy(HOUR, next_response=2 * HOUR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def told(text: str, sender: str = JAN, **more: object) -> Letter:
    return replace(letter(text, 0, sender, JAN), at=at(text), **more)


def clocks(*letters: Letter, now: str, **more: object) -> list[Clock]:
    return response_clocks(letters, ONE_HOUR, DESK, now=at(now), **more)


def test_written_on_friday_half_past_four_it_is_due_on_monday_half_past_nine() -> None:
    (clock,) = clocks(told("2026-11-20 16:30"), now="2026-11-20 18:00")
    assert (clock.kind, clock.state) == ("first_response", "running")
    assert clock.due_at == at("2026-11-23 09:30")
    assert clock.soon_at == at("2026-11-23 09:15")


def test_a_clock_says_soon_before_it_is_broken() -> None:
    asked = told("2026-11-23 10:00")
    states = [clocks(asked, now=f"2026-11-23 {now}")[0].state for now in ("10:30", "10:45", "10:59", "11:00")]
    assert states == ["running", "soon", "soon", "breached"]
    assert clocks(asked, now="2026-11-23 10:30")[0].changes_at(at("2026-11-23 10:30")) == at("2026-11-23 10:45")
    assert clocks(asked, now="2026-11-23 11:30")[0].changes_at(at("2026-11-23 11:30")) is None


def test_an_answer_stops_it_for_good_and_nothing_else_does() -> None:
    asked, answer = told("2026-11-23 10:00"), told("2026-11-23 10:20", SHOP[0])
    automatic = told("2026-11-23 10:01", SHOP[0], auto="confirmation")
    (clock,) = clocks(asked, automatic, answer, now="2026-11-27 10:00")
    assert (clock.state, clock.answered_at) == ("kept", answer.at)
    assert running([clock]) is None
    (still,) = clocks(asked, automatic, now="2026-11-23 10:30")
    assert still.runs


def test_an_answer_after_its_time_is_late_and_stays_so() -> None:
    (clock,) = clocks(told("2026-11-23 10:00"), told("2026-11-23 12:00", SHOP[0]), now="2026-11-23 13:00")
    assert clock.state == "late"


def test_writing_again_gives_the_desk_no_more_time() -> None:
    (clock,) = clocks(told("2026-11-23 10:00"), told("2026-11-23 10:50"), now="2026-11-23 10:55")
    assert clock.due_at == at("2026-11-23 11:00")


def test_the_customers_next_mail_starts_the_next_clock() -> None:
    found = clocks(
        told("2026-11-23 10:00"), told("2026-11-23 10:20", SHOP[0]), told("2026-11-23 16:00"), now="2026-11-23 16:30"
    )
    assert [clock.kind for clock in found] == ["first_response", "next_response"]
    assert running(found) == found[1]
    assert found[1].due_at == at("2026-11-24 10:00")


def test_nothing_runs_while_the_customer_is_to_answer_or_when_we_wrote_first() -> None:
    assert clocks(told("2026-11-23 10:00", SHOP[0]), now="2026-11-27 10:00") == []


def test_a_mail_at_midnight_is_due_in_the_morning() -> None:
    (clock,) = clocks(told("2026-11-24 00:00"), now="2026-11-24 00:01")
    assert clock.due_at == at("2026-11-24 10:00")


def test_merged_conversations_and_spam_have_no_clock_and_closed_ones_stop() -> None:
    asked = told("2026-11-23 10:00")
    assert clocks(asked, now="2026-11-27 10:00", status="merged") == []
    assert clocks(asked, now="2026-11-27 10:00", status="spam") == []
    (closed,) = clocks(asked, now="2026-11-27 10:00", status="closed", closed_at=at("2026-11-23 10:30"))
    assert (closed.state, closed.runs) == ("stopped", False)


def test_a_tier_without_a_promise_for_further_answers_has_one_clock() -> None:
    first_only = ResponsePolicy(HOUR)
    letters = (told("2026-11-23 10:00"), told("2026-11-23 10:20", SHOP[0]), told("2026-11-23 16:00"))
    assert len(response_clocks(letters, first_only, DESK, now=datetime(2026, 11, 24, tzinfo=UTC))) == 1
