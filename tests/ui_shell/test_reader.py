from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from ui_shell.shop import change

from oms_tui.domain.refused import Refused
from oms_tui.ui.messages import Answer, Changed, FeedFailed
from oms_tui.ui.reader import REST_SECONDS, Reader, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace


class Inbox:
    """Stands for a widget: keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def post_message(self, message: object) -> bool:
        self.told.append(message)
        return True

    def answers(self) -> list[Answer]:
        return [message for message in self.told if isinstance(message, Answer)]


def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def reader(session: Session, inbox: Inbox) -> Iterator[Reader]:
    made = Reader(session, inbox)  # type: ignore[arg-type]
    made.start()
    yield made
    made.stop()


def test_a_function_runs_in_the_thread_on_connections_of_its_own(
    reader: Reader, inbox: Inbox, session: Session
) -> None:
    def look(own: Session, word: str) -> tuple[str, bool, bool]:
        return word, own.store is not session.store, threading.current_thread().name == "reader"

    number = reader.ask("look", inbox, look, "hello")  # type: ignore[arg-type]
    until(inbox.answers)

    answer = inbox.answers()[0]
    assert (answer.slot, answer.generation, answer.value, answer.error) == ("look", number, ("hello", True, True), "")


def test_of_questions_in_one_slot_the_last_is_read(reader: Reader, inbox: Inbox) -> None:
    holds = threading.Event()
    reader.ask("first", inbox, lambda _session: holds.wait(5))  # type: ignore[arg-type]
    for number in range(100):
        reader.ask("order", inbox, lambda _session, each: each, number)  # type: ignore[arg-type]
    holds.set()
    until(lambda: len(inbox.answers()) == 2)
    time.sleep(0.05)

    assert [answer.value for answer in inbox.answers()] == [True, 99]


def test_what_writes_is_never_left_out_and_keeps_its_order(reader: Reader, inbox: Inbox) -> None:
    for number in range(50):
        reader.call(lambda _session, each: each, number, to=inbox, slot="save")  # type: ignore[arg-type]
    until(lambda: len(inbox.answers()) == 50)

    assert [answer.value for answer in inbox.answers()] == list(range(50))


def test_what_was_begun_is_finished_when_the_desk_is_left(session: Session) -> None:
    inbox = Inbox()
    reader = Reader(session, inbox)  # type: ignore[arg-type]
    reader.start()
    for number in range(5):
        reader.call(lambda _session, each: time.sleep(0.01) or each, number, to=inbox, slot="save")  # type: ignore[arg-type]
    reader.stop()

    assert [answer.value for answer in inbox.answers()] == list(range(5))


def test_a_failure_is_words_and_the_thread_goes_on(reader: Reader, inbox: Inbox) -> None:
    def refuses(_session: Session) -> None:
        raise Refused("the parcel has left", hint="ask the carrier")

    def breaks(_session: Session) -> None:
        raise KeyError("x")

    reader.call(refuses, to=inbox, slot="a")  # type: ignore[arg-type]
    reader.call(breaks, to=inbox, slot="b")  # type: ignore[arg-type]
    reader.call(lambda _session: 1, to=inbox, slot="c")  # type: ignore[arg-type]
    until(lambda: len(inbox.answers()) == 3)

    refused, broken, fine = inbox.answers()
    assert refused.error == "the parcel has left - ask the carrier"
    assert isinstance(refused.failure, Refused)
    assert "fault of ours" in broken.error
    assert fine.value == 1


def test_changes_by_others_are_told_while_questions_come_in(reader: Reader, inbox: Inbox, store: Workspace) -> None:
    until(lambda: not reader.busy)
    time.sleep(0.1)
    change(store, 7, priority=5)
    end = time.monotonic() + 3
    while not any(isinstance(message, Changed) for message in inbox.told) and time.monotonic() < end:
        reader.ask("order", inbox, lambda _session: None)  # type: ignore[arg-type]
        time.sleep(0.005)

    changed = next(message for message in inbox.told if isinstance(message, Changed))
    assert 7 in changed.orders()
    assert changed.kinds() == {"order"}
    assert not changed.everything


def changes(inbox: Inbox) -> list[Changed]:
    return [message for message in inbox.told if isinstance(message, Changed)]


def follows(reader: Reader, inbox: Inbox) -> None:
    """Until the thread is there and follows the feed."""
    reader.ask("begin", inbox, lambda _session: None)  # type: ignore[arg-type]
    until(inbox.answers)
    inbox.told.clear()


def test_a_worker_that_commits_all_the_time_is_told_of_a_few_times_a_second(
    reader: Reader, inbox: Inbox, store: Workspace
) -> None:
    follows(reader, inbox)
    began = time.monotonic()
    written = set()
    while time.monotonic() < began + 1.5:
        order = 7 + len(written) % 40
        change(store, order, priority=len(written))
        written.add(order)
        time.sleep(0.02)
    took = time.monotonic() - began
    until(lambda: {order for each in changes(inbox) for order in each.orders()} >= written)

    assert 2 <= len(changes(inbox)) <= took / REST_SECONDS + 2


def test_nothing_is_told_between_keys_and_all_of_it_after_the_last(
    reader: Reader, inbox: Inbox, store: Workspace
) -> None:
    follows(reader, inbox)
    reader.typed()
    change(store, 7, priority=5)
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        reader.typed()
        time.sleep(0.02)
    change(store, 8, priority=5)
    told_between_keys = changes(inbox)
    until(lambda: changes(inbox))

    assert not told_between_keys
    assert changes(inbox)[0].orders() == {7, 8}


def test_who_types_without_a_pause_is_told_after_a_while(
    reader: Reader, inbox: Inbox, store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms_tui.ui.reader.LONGEST_SECONDS", 0.6)
    follows(reader, inbox)
    reader.typed()
    change(store, 7, priority=5)
    end = time.monotonic() + 4
    while not changes(inbox) and time.monotonic() < end:
        reader.typed()
        time.sleep(0.02)

    assert changes(inbox)[0].orders() == {7}


def test_what_the_agent_did_is_told_at_once_whatever_is_typed(reader: Reader, inbox: Inbox, store: Workspace) -> None:
    follows(reader, inbox)
    reader.typed()
    change(store, 7, priority=5)
    reader.call(lambda _session: None, to=inbox, slot="act.done")  # type: ignore[arg-type]
    reader.typed()
    until(lambda: inbox.answers() and not reader.busy)

    assert changes(inbox)[0].orders() == {7}


def test_a_store_that_cannot_be_opened_is_told_and_every_question_is_answered(
    session: Session, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oms_tui.store.workspace import StoreError

    def cannot(*_: object, **__: object) -> None:
        raise StoreError("the disk is full; make room")

    monkeypatch.setattr("oms_tui.store.workspace.Workspace", cannot)
    reader = Reader(session, inbox)  # type: ignore[arg-type]
    reader.start()
    reader.ask("order", inbox, lambda _session: 1)  # type: ignore[arg-type]
    until(inbox.answers)
    reader.stop()

    assert any(isinstance(message, FeedFailed) and "disk is full" in message.error for message in inbox.told)
    assert inbox.answers()[0].error == "the disk is full; make room"


def test_a_feed_that_fails_is_told_once(session: Session, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_feed: object) -> None:
        raise OSError("disk I/O error")

    monkeypatch.setattr("oms_tui.store.reads.changes.Feed.poll", broken)
    reader = Reader(session, inbox)  # type: ignore[arg-type]
    reader.start()
    until(lambda: inbox.told)
    time.sleep(0.6)
    reader.stop()

    assert [message.error for message in inbox.told] == ["the store cannot be read: disk I/O error"]


def test_errors_of_ours_are_sentences_already() -> None:
    assert in_words(Refused("no")) == "no"
    assert in_words(ValueError("x")).startswith("this did not work, and it is a fault of ours: ValueError")
