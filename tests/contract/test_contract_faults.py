"""Groups 1, 8 and 14: what is wrong is named, whatever comes over the wire, and no secret comes with it."""

from __future__ import annotations

import base64
import itertools
import logging
import traceback
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from reading import Read, pages, read, streams
from wire_faults import FAULTS, LIMITS, Counting, Echo, Fault, Faulty

from connectors.base import TrackingSource
from connectors.errors import ConnectorError, RateLimited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx
    from harness import Harness

    from connectors.base import Account, Connector, Manifest, Setting

PASSING = [fault for fault in FAULTS if fault.name in {"500", "too slow", "cut at 50%", "cut with the connection"}]
_SHORTEST_WORDS = 15


# ---- 1: check


@pytest.mark.group(1)
def test_a_good_account_is_said_to_be_one(harness: Harness) -> None:
    health = harness.connect().check()
    assert health.ok
    assert health.detail


@pytest.mark.group(1)
def test_what_is_wrong_with_an_account_is_named(harness: Harness) -> None:
    refused = harness.refused()
    manifest = harness.connect().manifest
    told = {one.why for one in refused}
    if any(_secret(setting) for setting in manifest.settings) and not harness.key_shown_in:
        assert "wrong key" in told
    if {"url", "host"} & {setting.name for setting in manifest.settings}:
        assert {"wrong host", "a page, not the API"} <= told
    for one in refused:
        error = _error_of(harness, one.account, one.why)
        assert type(error) is one.error, f"{one.why}: {error!r}"
        assert len(str(error)) > _SHORTEST_WORDS, one.why
        assert error.hint, one.why


def _error_of(harness: Harness, account: Account, why: str) -> ConnectorError:
    try:
        health = harness.connect(account).check()
    except ConnectorError as error:
        return error
    pytest.fail(f"{why}: it was found to be in order: {health}")


# ---- 8: the wire


@pytest.mark.group(8)
@pytest.mark.parametrize("fault", [*LIMITS, *FAULTS], ids=lambda fault: fault.name)
def test_a_fault_that_lasts_is_told_by_the_right_error_and_nothing_is_lost_silently(
    harness: Harness, fault: Fault
) -> None:
    _refused_check(harness, fault)
    seeded = harness.seeded()
    for stream, requests in _costs(harness).items():
        for at in sorted({0, requests // 2, requests - 1}):
            network = Faulty(_network(harness), fault, at=at)
            found, error = _attempt(harness, harness.connect(harness.account(transport=network)), stream)
            assert network.met, f"{stream}: request {at} was never made"
            if error is not None:
                assert isinstance(error, fault.errors), f"{stream} at {at}: {error!r}"
                _waits_five_minutes(error)
            else:
                missing = seeded[stream] - found.identities
                assert len(found.quarantined) >= len(missing), f"{stream} at {at}: {missing} went without a word"
            assert found.identities <= seeded[stream]


@pytest.mark.group(8)
@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name)
def test_a_fault_that_passes_costs_a_retry_or_a_run_and_no_record(harness: Harness, fault: Fault) -> None:
    seeded = harness.seeded()
    for stream, requests in _costs(harness).items():
        for at in range(requests):
            network = Faulty(_network(harness), fault, at=at, lasting=False)
            connector = harness.connect(harness.account(transport=network))
            found, error = _attempt(harness, connector, stream)
            if error is not None or isinstance(connector, TrackingSource):
                again = read(harness, connector, stream, found.cursor)
                found.records += again.records
            assert found.identities == seeded[stream], f"{stream} at {at}"


@pytest.mark.group(8)
def test_a_fault_between_two_pages_leaves_a_cursor_to_go_on_from(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = harness.connect()
    if isinstance(connector, TrackingSource):
        return  # one page is all there is
    harness.small_pages(monkeypatch, 2)
    seeded = harness.seeded()
    for (stream, requests), fault in itertools.product(_costs(harness).items(), PASSING):
        network = Faulty(_network(harness), fault, at=requests - 1)
        found, error = _attempt(harness, harness.connect(harness.account(transport=network)), stream)
        assert error is not None
        again = read(harness, harness.connect(), stream, found.cursor)
        assert found.identities | again.identities == seeded[stream]
        assert len(again.records) <= len(seeded[stream]) - len(found.records) + 2, f"{stream}: it started over"


def _network(harness: Harness) -> httpx.BaseTransport:
    network = harness.network()
    assert network is not None, "without HTTP group 8 has to be declared"
    return network


def _costs(harness: Harness) -> dict[str, int]:
    """How many requests a full read of each stream makes."""
    costs: dict[str, int] = {}
    for stream in streams(harness, harness.connect()):
        network = Counting(_network(harness))
        read(harness, harness.connect(harness.account(transport=network)), stream)
        costs[stream] = network.requests
    return costs


def _attempt(harness: Harness, connector: Connector, stream: str) -> tuple[Read, ConnectorError | None]:
    """What a run brought until it ended, well or with an error; any other exception is a failure of the test."""
    found = Read()
    try:
        for page in pages(harness, connector, stream):
            found.take(page)
    except ConnectorError as error:
        return found, error
    return found, None


def _refused_check(harness: Harness, fault: Fault) -> None:
    error = _error_of(harness, harness.account(transport=Faulty(_network(harness), fault)), fault.name)
    assert isinstance(error, fault.errors), repr(error)
    assert error.hint
    _waits_five_minutes(error)


def _waits_five_minutes(error: ConnectorError) -> None:
    if isinstance(error, RateLimited):
        wait = error.until - datetime.now(UTC)
        assert timedelta(minutes=4) < wait < timedelta(minutes=6), wait


# ---- 14: secrets


@pytest.mark.group(14)
def test_no_secret_is_in_an_error_a_repr_or_a_log(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    secrets: set[str] = set()
    accounts = [harness.account(), *(one.account for one in harness.refused())]
    for account in accounts:
        said.append(repr(account))
        secrets |= set(_secrets_of(harness.connect().manifest, account))
        said += _words_of_a_day(harness, account)
    if harness.network() is not None:
        said += _words_of_echoes(harness, secrets)
    said += [record.getMessage() + str(record.args) + str(record.exc_text or "") for record in caplog.records]
    secrets |= set(harness.secrets())
    shown = [f"{secret!r} in {text[:300]!r}" for secret in _forms(secrets) for text in said if secret in text]
    assert not shown, shown[0]


def _words_of_a_day(harness: Harness, account: Account) -> list[str]:
    """What is said while an account is checked and read."""
    said: list[str] = []
    try:
        connector = harness.connect(account)
        said += [repr(connector), str(vars(connector))]
        health = connector.check()
        said += [repr(health)]
        for stream in streams(harness, connector):
            said += [repr(bad) for bad in read(harness, connector, stream).quarantined]
    except ConnectorError as error:
        said += _words(error)
    return said


def _words_of_echoes(harness: Harness, secrets: set[str]) -> list[str]:
    """What is said when a server answers with all that it was sent, from the first request or from a later one on."""
    said: list[str] = []
    for status, at in itertools.product((200, 302, 400, 401, 403, 404, 422, 429, 500), (0, 1, 2, 5)):
        echo = Echo(status)
        network = Faulty(_network(harness), Fault("echo", (ConnectorError,), echo.instead), at=at)
        connector = harness.connect(harness.account(transport=network))
        for stream in streams(harness, connector):
            found, error = _attempt(harness, connector, stream)
            said += [repr(bad) for bad in found.quarantined]
            said += [] if error is None else _words(error)
        said += [repr(connector), str(vars(connector))]
        secrets |= set(_credentials(echo.headers))
    return said


def _words(error: BaseException) -> list[str]:
    shown = "".join(traceback.format_exception(error))
    return [str(error), repr(error), str(getattr(error, "hint", "")), str(vars(error)), shown]


def _credentials(headers: Sequence[httpx.Headers]) -> Iterator[str]:
    """The value of every Authorization that went out, and what is packed in it."""
    for each in headers:
        value = each.get("authorization", "").partition(" ")[2]
        if value:
            yield value


def _secret(setting: Setting) -> bool:
    return setting.type == "secret" or any(_secret(inner) for inner in setting.table)


def _secrets_of(manifest: Manifest, account: Account) -> Iterator[str]:
    """The values of all settings that are secrets, those in tables too."""

    def within(settings: Sequence[Setting], values: Any) -> Iterator[str]:
        for setting in settings:
            value = values.get(setting.name) if hasattr(values, "get") else None
            if setting.type == "secret" and value:
                yield str(value)
            elif setting.table and value:
                yield from within(setting.table, value)

    return within(manifest.settings, account.values)


def _forms(secrets: set[str]) -> set[str]:
    """Secrets as they are, in an address and in base64."""
    packed = {base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets}
    return secrets | {quote(secret, safe="") for secret in secrets} | packed
