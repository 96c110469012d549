"""Groups 3, 9 and 10: the changes a desk lives on are seen, also with clocks that differ, and money is what it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from reading import Read, identity, read, streams
from wire_faults import Dated

from connectors.base import MailSource, RecordSource
from connectors.records import minor_digits

if TYPE_CHECKING:
    from harness import Harness, Sign

    from connectors.base import Connector

OFF = (timedelta(minutes=5), timedelta(minutes=-5))


@pytest.mark.group(3)
def test_each_change_is_seen_by_the_path_the_manifest_declares(harness: Harness) -> None:
    harness.take_own()
    changes = harness.changes()
    connector = harness.connect()
    declared = connector.manifest.cursor_covers
    assert declared <= set(changes), f"declared and not shown: {sorted(declared - set(changes))}"
    runs = {stream: read(harness, connector, stream) for stream in streams(harness, connector)}
    for change, make in changes.items():
        sign = make()
        earlier = runs[sign.stream]
        assert not any(sign.seen(thing) for thing in earlier.told), f"{change}: seen before it happened"
        if change in declared or isinstance(connector, MailSource):
            now = read(harness, connector, sign.stream, earlier.cursor)
            assert any(sign.seen(thing) for thing in now.told), f"{change}: the cursor of {sign.stream} does not see it"
            runs[sign.stream] = now
        if sign.ref is not None:
            assert _fetched(connector, sign), f"{change}: the hot set does not see it"
        else:
            assert change in declared or isinstance(connector, MailSource), f"{change}: nothing sees it"


def _fetched(connector: Connector, sign: Sign) -> bool:
    assert isinstance(connector, RecordSource)
    assert sign.ref is not None
    page = connector.fetch([sign.ref])
    return any(sign.seen(thing) for thing in page.records)


# ---- 9: clocks


@pytest.mark.group(9)
@pytest.mark.parametrize("ahead", OFF, ids=["our clock ahead", "our clock behind"])
def test_a_change_is_seen_though_our_clock_is_off(harness: Harness, ahead: timedelta) -> None:
    harness.take_own()
    connector = harness.connect(harness.account(clock=_clock(ahead)))
    for stream in streams(harness, connector):
        assert read(harness, connector, stream, ahead=ahead).identities >= harness.seeded()[stream]
    if not isinstance(connector, RecordSource):
        return  # a carrier is asked about given parcels, whatever the time
    cursors: dict[str, Read] = {stream: read(harness, connector, stream, ahead=ahead) for stream in harness.seeded()}
    for _ in range(2):  # the second run starts from a cursor that was made with the wrong clock
        sign = harness.touch()
        now = read(harness, connector, sign.stream, cursors[sign.stream].cursor, ahead=ahead)
        assert any(sign.seen(thing) for thing in now.told)
        cursors[sign.stream] = now


@pytest.mark.group(9)
@pytest.mark.parametrize("off", OFF, ids=["their clock ahead", "their clock behind"])
def test_how_far_the_servers_clock_is_off_is_measured_and_no_change_is_lost(harness: Harness, off: timedelta) -> None:
    harness.take_own()
    network = harness.network()
    assert network is not None
    connector = harness.connect(harness.account(transport=Dated(network, off)))
    skew = connector.check().clock_skew
    assert skew is not None
    assert abs(skew - off) < timedelta(seconds=30)
    if not isinstance(connector, RecordSource):
        return
    sign = harness.touch()
    before = read(harness, connector, sign.stream)
    sign = harness.touch()
    assert any(sign.seen(thing) for thing in read(harness, connector, sign.stream, before.cursor).told)


def _clock(ahead: timedelta) -> Any:
    return lambda: datetime.now(UTC) + ahead


# ---- 10: money


@pytest.mark.group(10)
def test_amounts_of_no_two_and_three_decimals_are_minor_units_of_iso_4217(harness: Harness) -> None:
    harness.take_own()
    priced = harness.priced()
    assert {minor_digits(one.currency) for one in priced} >= {0, 2, 3}
    for one in priced:
        found = read(harness, harness.connect(one.account), one.stream)
        record = next(each for each in found.records if identity(each) == one.remote_id)
        amount = getattr(record, "amount", None) if hasattr(record, "amount") else record.total
        assert (record.currency, amount) == (one.currency, one.amount)
        assert isinstance(amount, int)
