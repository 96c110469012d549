"""Groups 11 and 12: a write happens once whatever becomes of its answer, and never where the order has moved on."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from typing import TYPE_CHECKING

import httpx
import pytest
from wire_faults import Counting, Fault, Faulty, Telling

from connectors.base import Capability, MailSender, MailSource, OrderActions
from connectors.errors import Conflict, ConnectorError, OutcomeUnknown, Rejected, Temporary

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness import Harness, Write

    from connectors.base import Connector

WRITES = frozenset({Capability.ORDER_ACTIONS})
SENDS = frozenset({Capability.SEND})


def _key() -> str:
    return f"key-{uuid.uuid4()}"


def _actions(connector: Connector) -> OrderActions:
    assert isinstance(connector, OrderActions)
    return connector


@pytest.mark.group(11, only=WRITES)
def test_the_same_key_twice_acts_once_and_is_found_by_confirm(harness: Harness) -> None:
    harness.take_own()
    writes = harness.writes()
    assert set(writes) == set(harness.connect().manifest.actions)
    for kind, make in writes.items():
        write, key = make(), _key()
        actions = _actions(harness.connect())
        assert actions.confirm(key) is None, kind
        assert actions.preview(write.action)
        assert write.effects() == 0, f"{kind}: a preview has acted"
        first = actions.perform(write.action, key=key, expect=write.version)
        again = actions.perform(write.action, key=key, expect=write.version)
        assert (write.effects(), again.remote_id) == (1, first.remote_id), kind
        found = _actions(harness.connect()).confirm(key)
        assert found is not None
        assert found.remote_id == first.remote_id, kind
        assert actions.confirm(_key()) is None, kind
        assert actions.confirm(key[:-1]) is None, f"{kind}: another key was taken for this one"


def _lost(kind: type[httpx.TransportError]) -> Fault:
    """The server gets the request and acts; its answer never comes."""

    def make(request: httpx.Request, right: Callable[[], httpx.Response]) -> httpx.Response:
        right().read()
        raise kind("the answer was lost", request=request)

    return Fault("lost", (OutcomeUnknown, Temporary), make)


def _never_sent() -> Fault:
    def make(request: httpx.Request, _right: Callable[[], httpx.Response]) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    return Fault("never sent", (Temporary,), make)


def _broken_after() -> Fault:
    """The server acts, and what stands before it answers 502."""

    def make(_request: httpx.Request, right: Callable[[], httpx.Response]) -> httpx.Response:
        right().read()
        return httpx.Response(502, text="<html>Bad Gateway</html>")

    return Fault("502", (OutcomeUnknown, Temporary), make)


LOSSES = {
    "no answer in time": _lost(httpx.ReadTimeout),
    "reset": _lost(httpx.ReadError),
    "502 after the act": _broken_after(),
    "never sent": _never_sent(),
}


@pytest.mark.group(11, only=WRITES)
@pytest.mark.parametrize("loss", LOSSES)
def test_whatever_call_of_a_write_is_lost_confirm_tells_and_it_happens_once(harness: Harness, loss: str) -> None:
    """A call that a preview makes as well leaves nothing behind when it is lost: the same write goes on from there."""
    harness.take_own()
    for kind, make in harness.writes().items():
        write, key = make(), _key()
        reads = _calls_of_preview(harness, write)
        for at in itertools.count():
            network = Faulty(_network(harness), LOSSES[loss], at=at)
            became = _lost_write(harness, write, key, network)
            if not network.met:
                assert became == "done", kind
                break
            if became == "in doubt" or at >= reads:
                _settle(harness, write, key, f"{kind}, request {at} lost")
                write, key = make(), _key()
        assert write.effects() == 1, kind


def _calls_of_preview(harness: Harness, write: Write) -> int:
    counting = Counting(_network(harness))
    _actions(harness.connect(harness.account(transport=counting))).preview(write.action)
    return counting.requests


def _network(harness: Harness) -> httpx.BaseTransport:
    network = harness.network()
    assert network is not None
    return network


def _lost_write(harness: Harness, write: Write, key: str, network: Faulty) -> str:
    """What it was reported as."""
    actions = _actions(harness.connect(harness.account(transport=network)))
    try:
        actions.perform(write.action, key=key, expect=write.version)
    except Temporary:
        assert write.effects() == 0, "it was said to be safe to try again, and had happened"
        return "to try again"
    except OutcomeUnknown:
        return "in doubt"
    return "done"


def _settle(harness: Harness, write: Write, key: str, where: str) -> None:
    """As the outbox does: ask whether it happened, do it if not."""
    network = Telling(_network(harness))
    actions = _actions(harness.connect(harness.account(transport=network)))
    receipt = actions.confirm(key)
    assert (receipt is not None) == (write.effects() == 1), f"{where}: confirm says {receipt}"
    if receipt is None:
        with contextlib.suppress(Conflict):  # half of it may have moved the order on: then a person looks again
            actions.perform(write.action, key=key, expect=write.version)
        if write.effects() == 0:
            actions.perform(write.action, key=key, expect="")
    assert write.effects() == 1, "\n".join((where, *network.told))
    assert actions.confirm(key) is not None, where


@pytest.mark.group(11, only=WRITES)
def test_a_write_asks_no_more_than_it_has_to(harness: Harness) -> None:
    harness.take_own()
    for make in harness.writes().values():
        write = make()
        network = Counting(_network(harness))
        _actions(harness.connect(harness.account(transport=network))).perform(write.action, key=_key(), expect="")
        assert network.requests < 30


@pytest.mark.group(12)
def test_decided_on_a_version_that_is_no_more_it_is_a_conflict_and_nothing_is_written(harness: Harness) -> None:
    harness.take_own()
    for kind, make in harness.writes().items():
        write, key = make(), _key()
        write.meanwhile()
        actions = _actions(harness.connect())
        with pytest.raises(Conflict) as caught:
            actions.perform(write.action, key=key, expect=write.version)
        assert caught.value.hint, kind
        assert write.effects() == 0, kind
        assert actions.confirm(key) is None, kind


# ---- mail


@pytest.mark.group(11, only=SENDS)
def test_mail_is_handed_over_once_and_the_point_of_no_return_is_told_before_it(harness: Harness) -> None:
    posting, text = harness.posting(), _key()
    told: list[int] = []
    receipt = posting.sender.send(
        posting.address,
        [posting.recipient],
        _mail(text),
        about_to_commit=lambda: told.append(posting.arrived(text)),
    )
    assert told == [0]
    assert receipt.answer
    assert posting.arrived(text) == 1


@pytest.mark.group(11, only=SENDS)
def test_mail_whose_answer_is_lost_is_in_doubt_and_has_been_sent_once(harness: Harness) -> None:
    posting, text = harness.posting(), _key()
    posting.lose()
    told: list[int] = []
    with pytest.raises(OutcomeUnknown):
        posting.sender.send(posting.address, [posting.recipient], _mail(text), about_to_commit=lambda: told.append(1))
    assert told == [1]
    assert posting.arrived(text) == 1


@pytest.mark.group(11, only=SENDS)
def test_mail_that_cannot_leave_is_refused_before_that_point(harness: Harness) -> None:
    posting, text = harness.posting(), _key()
    told: list[int] = []
    for recipients in ([], ["nobody at all"], ["a@shop.test\r\nDATA"], ["a@shop.test>\0"]):
        with pytest.raises(Rejected):
            posting.sender.send(posting.address, recipients, _mail(text), about_to_commit=lambda: told.append(1))
    assert told == []
    assert posting.arrived(text) == 0


@pytest.mark.group(11, only=SENDS)
def test_filed_mail_is_found_by_its_id_or_ours_and_by_nothing_else(harness: Harness) -> None:
    harness.take_own()
    mailbox = harness.connect()
    assert isinstance(mailbox, MailSource)
    assert isinstance(mailbox, MailSender)
    sent, text = mailbox.folders()["sent"], _key()
    since = mailbox.mark(sent)
    name = f"<{text}@shop.test>"
    assert mailbox.search(sent, [name], own_id=text, since_uid=since) == []
    mailbox.append(sent, _mail(text))
    for ids, own in (([name], ""), ([], text), ([name], text)):
        (key,) = mailbox.search(sent, ids, own_id=own, since_uid=since)
        assert mailbox.raw(key).replace(b"\r\n", b"\n") == _mail(text).replace(b"\r\n", b"\n")
    assert mailbox.search(sent, [f"<{text}@shop.tes>"], own_id=text[:-1], since_uid=since) == []
    with contextlib.suppress(ConnectorError):
        assert mailbox.search(sent, [name], since_uid=mailbox.mark(sent)) in ([], [key])
    (record,) = mailbox.thread([name])
    assert (record.message_id, record.seen) == (name, True)


def _mail(text: str) -> bytes:
    return (
        f"From: desk@shop.test\r\nTo: jan@shop.test\r\nSubject: {text}\r\nMessage-ID: <{text}@shop.test>\r\n"
        f"X-OMS-ID: {text}\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\n{text}\r\n.\r\n..\r\n"
    ).encode()
