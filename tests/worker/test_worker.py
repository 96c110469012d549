"""The worker at work: real files, a real Maildir, a scripted shop for what no real one does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import AuthExpired, Forbidden, ProtocolError, RateLimited, Temporary
from oms_tui.config import load
from oms_tui.desk import open_session
from oms_tui.store import desk_rows, sync_state
from oms_tui.store.driver import transaction
from oms_tui.store.reads.health import source_health
from oms_tui.store.workspace import Workspace
from oms_tui.sync import schedule, source_reader, worker_once
from oms_tui.sync.worker import LeaseHeld, follow, run_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Desk
    from servers.scripted_shop import Script

    from oms_tui.store.session import Session

HEAD = '[desk]\nname = "Bright Shop"\ndata = "data"\nundo_window = "0s"\n[agents.ana]\nname = "Ana"\nrole = "lead"\n'
SHOP = '[sources.shop]\nkind = "scripted_shop"\npoll = "100ms"\n'
OTHER = '[sources.other]\nkind = "scripted_shop"\npoll = "100ms"\n'
PARCELS = '[sources.parcels]\nkind = "scripted_carrier"\npoll = "100ms"\n'
DEPOT = '[sources.depot]\nkind = "files"\npath = "exports"\n'
SUPPORT = (
    '[sources.support]\nkind = "maildir"\npath = "mail"\ndeliver_to = "customer"\naddress = "support@shop.test"\n'
    'poll = "1s"\n'
)
ORDERS = (
    "number,email,placed_at,total,currency,sku,quantity,unit_price\n"
    "1001,jan@cust.example,2026-11-20T10:00:00Z,79.00,EUR,LAMP,2,39.50\n"
)


class Place:
    """A desk's folder with a config one can change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("mail/new", "mail/cur", "mail/tmp", "customer/new", "customer/cur", "customer/tmp", "exports"):
            (folder / part).mkdir(parents=True)

    def config(self, *parts: str) -> None:
        fresh = self.folder / "config.new"
        fresh.write_text(HEAD + "".join(parts), "utf-8")
        fresh.replace(self.folder / "config.toml")

    def session(self) -> tuple[Any, Session]:
        config = load(self.folder / "config.toml")
        return config, open_session(config, agent="ana")

    def once(self, **more: Any) -> dict[str, Any]:
        config, session = self.session()
        try:
            return {run.source: run for run in run_once(config, session, **more)}
        finally:
            session.store.close()

    @contextmanager
    def following(self) -> Iterator[Session]:
        """A worker that follows, in a thread; hands out a session beside it."""
        config, session = self.session()
        stop = threading.Event()
        thread = threading.Thread(target=follow, args=(config, session), kwargs={"stop": stop})
        thread.start()
        store = Workspace(session.store.folder)
        try:
            yield session.on(store)
        finally:
            stop.set()
            thread.join(5)
            assert not thread.is_alive()
            store.close()
            session.store.close()

    def mail(self, name: str, *, subject: str = "Where is order 1001?", sender: str = "jan@cust.example") -> None:
        (self.folder / "mail" / "new" / f"{name}.M1.desk").write_text(
            f"From: {sender}\nTo: support@shop.test\nSubject: {subject}\nDate: Thu, 26 Nov 2026 09:00:00 +0000\n"
            f"Message-ID: <{name}@cust.example>\n\nHello?\n",
            "utf-8",
        )

    def log(self) -> str:
        path = self.folder / "data" / "logs" / "sync.log"
        return path.read_text("utf-8") if path.exists() else ""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def soon(wanted: Callable[[], object], seconds: float = 8) -> Any:
    """Wait until it is so; what it is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := wanted():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {wanted}")


def numbers(session: Session) -> list[str]:
    return [
        row[0] for row in session.store.cache.execute("SELECT number FROM queue_row WHERE is_open=1 ORDER BY number")
    ]


def health(session: Session, name: str) -> Any:
    (found,) = source_health(session.store, {name: ("x", True, 600_000)}, session.now())
    return found


# ---- one round


def test_one_round_reads_orders_before_the_mail_that_belongs_to_them(place: Place) -> None:
    place.config(SUPPORT, DEPOT)  # the mailbox stands first and waits all the same
    (place.folder / "exports" / "orders.csv").write_text(ORDERS, "utf-8")
    place.mail("1")
    told: list[tuple[str, int, int | None]] = []
    runs = place.once(progress=lambda *each: told.append(each))
    assert {name: (run.ok, run.records) for name, run in runs.items()} == {"support": (True, 1), "depot": (True, 1)}
    assert list(runs) == ["support", "depot"]
    assert ("depot", 1, 1) in told
    _, session = place.session()
    assert numbers(session) == ["1001"]
    assert session.store.cache.execute("SELECT state FROM messages").fetchall() == [("linked",)]
    assert health(session, "depot").state == "ok"
    assert health(session, "support").state == "ok"
    session.store.close()


def test_a_first_read_moves_its_log_into_the_cache_while_it_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_once, "_LOG_BYTES", 100_000)
    monkeypatch.setattr(worker_once, "_LOOK_SECONDS", 0.01)
    place.config(DEPOT)
    head, row = ORDERS.splitlines()
    rows = [row.replace("1001", str(number)) for number in range(10_000, 13_000)]
    (place.folder / "exports" / "orders.csv").write_text("\n".join([head, *rows]), "utf-8")
    config, session = place.session()
    cache = session.store.folder / "cache.db"
    sizes: list[int] = []
    run_once(config, session, progress=lambda *_: sizes.append(cache.stat().st_size))
    session.store.close()
    assert sizes[-1] > 100_000


def test_only_the_sources_asked_for_are_read_and_one_switched_off_says_so(
    place: Place, shops: dict[str, Script]
) -> None:
    place.config(SHOP, OTHER, "enabled = false\n")
    assert list(place.once()) == ["shop"]
    runs = place.once(only=("other",))
    assert list(runs) == ["other"]
    assert "switched off" in runs["other"].error
    assert not shops["other"].calls


def test_a_fault_in_one_source_is_told_and_the_others_are_read(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, OTHER, DEPOT)
    (place.folder / "exports").rmdir()
    shops["shop"].order("1")
    shops["other"].fault = ZeroDivisionError("somebody else's connector")
    runs = place.once()
    assert runs["shop"].ok
    assert not runs["depot"].ok
    assert "exports" in runs["depot"].error
    assert not runs["other"].ok
    assert runs["other"].error == "a fault of ours: ZeroDivisionError: somebody else's connector"
    assert "Traceback" in place.log()
    _, session = place.session()
    assert numbers(session) == ["1"]
    assert [health(session, name).state for name in ("shop", "depot", "other")] == ["ok", "failed", "failed"]
    assert health(session, "depot").hint
    session.store.close()


def test_a_secret_that_cannot_be_fetched_is_told_with_its_key(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, 'key = { env = "NO_SUCH_KEY_HERE" }\n', OTHER)
    runs = place.once()
    assert not runs["shop"].ok
    assert "NO_SUCH_KEY_HERE" in runs["shop"].error
    assert runs["other"].ok


def test_no_secret_is_in_the_log(place: Place, shops: dict[str, Script], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "sk_live_very_secret_key")
    place.config(SHOP, 'key = { env = "THE_KEY" }\n')
    shops["shop"].fault = RuntimeError("refused for key sk_live_very_secret_key")
    place.once()
    assert "RuntimeError" in place.log()
    assert "very_secret" not in place.log()


def test_one_stream_that_is_refused_leaves_the_others_alone(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    shops["shop"].order("1")
    shops["shop"].parcel("1", "00340434161094015902")
    shops["shop"].faults = [Forbidden("no right to read orders", scope="orders")]
    runs = place.once()
    assert (runs["shop"].ok, runs["shop"].records) == (False, 1)
    assert shops["shop"].calls[:2] == ["orders", "shipments"]
    shops["shop"].calls.clear()
    shops["shop"].faults = [Temporary("nobody there")]
    place.once()
    assert shops["shop"].calls == ["orders", "close"]  # a server that is away is asked once, not for each stream


def test_a_second_worker_is_refused_while_one_works(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    with place.following() as session:
        soon(lambda: health(session, "shop").state == "ok")
        with pytest.raises(LeaseHeld, match=f"process {os.getpid()}"):
            place.once()


def test_a_reply_leaves_in_the_round(desk: Desk) -> None:
    key = desk.reply()
    config = load(desk.folder / "config.toml")
    session = open_session(config, agent="ana")
    run_once(config, session)
    assert desk.state(key) == "filed"
    assert len(desk.arrived()) == 1
    sent = session.store.cache.execute("SELECT count(*) FROM messages").fetchone()
    assert sent == (1,)
    session.store.close()


# ---- following


def test_what_changes_at_a_shop_and_in_a_mailbox_is_on_the_desk_in_a_moment(
    place: Place, shops: dict[str, Script]
) -> None:
    place.config(SHOP, SUPPORT)
    with place.following() as session:
        shops["shop"].order("1001", email="jan@cust.example")
        soon(lambda: numbers(session) == ["1001"])
        place.mail("1")
        soon(lambda: session.store.cache.execute("SELECT 1 FROM messages WHERE state='linked'").fetchone())
        soon(lambda: session.store.cache.execute("SELECT waiting_since FROM queue_row").fetchone()[0])


def test_a_decision_at_the_desk_is_derived_by_the_worker(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    shops["shop"].order("1")
    with place.following() as session:
        soon(lambda: numbers(session) == ["1"])
        with transaction(session.store.desk) as desk:
            row: dict[str, Any] = {"source": "shop", "remote_id": "1", "owner": "ana", "tags": "[]", "version": 1}
            row |= dict.fromkeys(("delay_reason", "snooze_reason", "closed_reason", "account_manager"), "")
            row |= {"snoozed_until": None, "closed_at": None, "updated_at": session.now()}
            desk_rows.put(desk, "order_decisions", row)
            desk_rows.changed(desk, "order", "shop", "1")
        soon(lambda: session.store.cache.execute("SELECT owner FROM queue_row").fetchone() == ("ana",))


def test_a_source_that_goes_away_is_logged_once_and_once_when_it_is_back(
    place: Place, shops: dict[str, Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(schedule, "LONGEST_WAIT", 0.1)
    monkeypatch.setattr("oms_tui.sync.worker_threads.wait_after", lambda *_: 0.05)
    place.config(SHOP, OTHER)
    with place.following() as session:
        soon(lambda: health(session, "shop").state == "ok")
        shops["shop"].fault = Temporary("nobody answers at shop.test")
        soon(lambda: health(session, "shop").state == "failed")
        found = health(session, "shop")
        assert found.error == "nobody answers at shop.test"
        assert found.hint
        tries = len(shops["shop"].calls)
        soon(lambda: len(shops["shop"].calls) > tries + 5)
        shops["other"].order("7")
        soon(lambda: numbers(session) == ["7"])
        shops["shop"].fault = None
        soon(lambda: health(session, "shop").state == "ok")
        soon(lambda: "shop: it is back" in place.log())
    assert place.log().count("nobody answers") == 1
    assert place.log().count("shop: it is back") == 1


def test_a_wrong_password_is_not_tried_again_until_the_config_changes(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    shops["shop"].fault = AuthExpired("the key was refused")
    with place.following() as session:
        soon(lambda: health(session, "shop").state == "failed")
        time.sleep(0.6)
        assert shops["shop"].calls.count("orders") == 1
        state = sync_state.state(session.store.cache, "shop", "orders")
        assert state is not None
        assert state.retry_at is not None
        assert state.retry_at - session.now() > 3_000_000
        shops["shop"].fault = None
        place.config(SHOP, "# a new key\n")
        soon(lambda: health(session, "shop").state == "ok")
        assert shops["shop"].opened >= 2


def test_a_limit_is_kept_and_is_no_failure(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    until = datetime.now(UTC) + timedelta(seconds=1.2)
    shops["shop"].faults = [RateLimited("too many requests", until=until)]
    with place.following() as session:
        soon(lambda: shops["shop"].calls)
        soon(lambda: sync_state.state(session.store.cache, "shop", "orders"))
        assert health(session, "shop").state != "failed"
        soon(lambda: len(shops["shop"].calls) > 1)
        assert datetime.now(UTC) >= until


def test_a_fault_nobody_foresaw_is_tried_again_with_a_fresh_connector(
    place: Place, shops: dict[str, Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms_tui.sync.worker_threads.wait_after", lambda *_: 0.05)
    place.config(SHOP)
    shops["shop"].order("1")
    shops["shop"].faults = [KeyError("surprise"), ProtocolError("HTML for JSON")]
    with place.following() as session:
        soon(lambda: numbers(session) == ["1"])
        assert shops["shop"].opened >= 2
    assert "KeyError: 'surprise'" in place.log()


def test_a_new_source_in_the_config_is_followed_at_once_and_a_broken_config_changes_nothing(
    place: Place, shops: dict[str, Script]
) -> None:
    place.config(SHOP)
    shops["other"].order("7")
    with place.following() as session:
        soon(lambda: health(session, "shop").state == "ok")
        place.config(SHOP, "no such key = 1\n")
        soon(lambda: "the changed config is not used" in place.log())
        shops["shop"].order("1")
        soon(lambda: numbers(session) == ["1"])
        place.config(SHOP, OTHER)
        soon(lambda: numbers(session) == ["1", "7"])


def test_a_cache_thrown_away_under_the_worker_is_filled_again(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    shops["shop"].order("1")
    with place.following() as session:
        soon(lambda: numbers(session) == ["1"])
        aside = Workspace(session.store.folder)
        aside.put_cache_aside("rebuilt")
        aside.desk.close()
        with Workspace(session.store.folder) as fresh:
            soon(lambda: numbers(session.on(fresh)) == ["1"])


def test_the_worker_ends_when_another_took_the_lease(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    config, session = place.session()
    thread = threading.Thread(target=follow, args=(config, session), kwargs={"stop": threading.Event()})
    thread.start()
    with Workspace(session.store.folder) as store:
        soon(lambda: desk_rows.get(store.desk, "leases", "sync"))
        with transaction(store.desk):
            desk_rows.update(store.desk, "leases", ("sync",), holder="elsewhere/x/1|7|7", version=999)
    thread.join(4)
    assert not thread.is_alive()
    session.store.close()
    assert "another one took over" in place.log()


def test_a_reply_leaves_while_a_source_hangs(shops: dict[str, Script], desk: Desk) -> None:
    gate = threading.Event()
    key = desk.reply()
    text = (desk.folder / "config.toml").read_text("utf-8")
    (desk.folder / "config.toml").write_text(text + SHOP, "utf-8")
    shops["shop"].call = lambda _name: gate.wait(20)  # type: ignore[method-assign,assignment]
    config = load(desk.folder / "config.toml")
    session = open_session(config, agent="ana")
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(config, session), kwargs={"stop": stop})
    thread.start()
    soon(lambda: desk.state(key) == "filed")
    stop.set()
    started = time.monotonic()
    thread.join(5)
    assert time.monotonic() - started < 2  # the one that hangs is not waited for
    gate.set()
    session.store.close()


def test_mail_whose_account_is_gone_says_so_and_waits(desk: Desk) -> None:
    key = desk.reply(account="old_mailbox")
    config = load(desk.folder / "config.toml")
    session = open_session(config, agent="ana")
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(config, session), kwargs={"stop": stop})
    thread.start()
    soon(lambda: "not in the config" in desk.item(key)["error"])
    stop.set()
    thread.join(5)
    assert desk.state(key) == "held"
    session.store.close()


def test_sigterm_ends_the_worker_within_two_seconds(place: Place) -> None:
    place.config(SUPPORT, DEPOT)
    worker = subprocess.Popen(
        [sys.executable, "-m", "oms_tui.cli", "--config", str(place.folder / "config.toml"), "sync", "--follow"],
        stderr=subprocess.PIPE,
    )
    try:
        with Workspace(place.folder / "data") as store:
            soon(lambda: sync_state.states(store.cache, "support"), 20)
            started = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(5) == 0, worker.stderr
            assert time.monotonic() - started < 2
            lease = desk_rows.get(store.desk, "leases", "sync")
            assert lease is not None
            assert lease["holder"] == ""  # given back: the next one need not wait
    finally:
        worker.kill()
        worker.wait()
        assert worker.stderr is not None
        worker.stderr.close()


# ---- what cursors do not see


def test_open_orders_are_read_again_though_the_cursor_says_nothing(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, 'hot = "100ms"\n')
    shops["shop"].order("1")
    with place.following() as session:
        soon(lambda: numbers(session) == ["1"])
        shops["shop"].order("1", told=False, payment_status="paid")
        soon(lambda: session.store.cache.execute("SELECT payment_status FROM orders").fetchone() == ("paid",))


def test_at_night_everything_is_compared_and_what_vanished_is_found(
    place: Place, shops: dict[str, Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.config(SHOP, 'hot = "1h"\n')
    for number in ("1", "2", "3"):
        shops["shop"].order(number)
    with place.following() as session:
        soon(lambda: numbers(session) == ["1", "2", "3"])
        del shops["shop"].orders["2"]
        shops["shop"].order("3", told=False, total=100)
        monkeypatch.setattr("oms_tui.sync.worker_threads.reconcile_is_due", lambda *_: True)
        soon(lambda: session.store.cache.execute("SELECT total FROM orders WHERE number='3'").fetchone() == (100,))
        soon(lambda: numbers(session) == ["1", "3"])
        state = sync_state.state(session.store.cache, "shop", "orders")
        assert state is not None
        assert json.loads(state.cursor) == {"at": 3}  # the day's reading goes on from where it was


def test_a_carrier_is_asked_about_parcels_under_way_and_only_those(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, PARCELS, 'carriers = ["dhl"]\n')
    shop, parcels = shops["shop"], shops["parcels"]
    for order, number, carrier, status in (
        ("1", "00340434161094015902", "dhl", "in_transit"),
        ("2", "00340434161094015919", "dhl", "delivered"),
        ("3", "1Z999AA10123456784", "ups", "in_transit"),
    ):
        shop.order(order)
        shop.parcel(order, number, carrier)
        parcels.parcels[number] = status
    with place.following() as session:
        soon(lambda: session.store.cache.execute("SELECT count(*) FROM trackers").fetchone()[0] >= 2)
        soon(lambda: len(parcels.tracked) > 5)
        asked = [ref.tracking_number for ref in parcels.tracked]
        assert asked.count("00340434161094015919") == 1  # delivered: its journey is over
        assert asked.count("00340434161094015902") > 2
        assert "1Z999AA10123456784" not in asked
        assert health(session, "parcels").state == "ok"


def test_who_asks_for_one_round_hears_what_carriers_say_now(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, '[sources.parcels]\nkind = "scripted_carrier"\npoll = "1h"\n')
    shop, parcels = shops["shop"], shops["parcels"]
    shop.order("1")
    shop.parcel("1", "00340434161094015902")
    place.once()
    parcels.parcels["00340434161094015902"] = "out_for_delivery"
    place.once()
    _, session = place.session()
    assert session.store.cache.execute("SELECT status FROM trackers").fetchone()[0] == "out_for_delivery"
    session.store.close()


def test_a_failed_source_is_told_without_its_name_twice(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP)
    shops["shop"].fault = Temporary("shop: GET /orders: cannot connect")
    assert place.once()["shop"].error == "GET /orders: cannot connect"


def test_pages_are_cut_while_somebody_works_and_a_crash_between_the_pieces_loses_nothing(
    place: Place, shops: dict[str, Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.config(SHOP)
    shops["shop"].order("0")
    place.once()
    for number in range(1, 501):
        shops["shop"].order(str(number))
    config, session = place.session()
    from oms_tui.sync import ingest
    from oms_tui.sync.sources_open import open_source

    sizes: list[int] = []
    whole = ingest.ingest_page

    def watched(store: Any, source: str, stream: str, page: Any, *, now: int) -> Any:
        sizes.append(len(page.records))
        if len(sizes) == 2:
            raise KeyboardInterrupt  # the process dies between two pieces
        return whole(store, source, stream, page, now=now)

    monkeypatch.setattr(ingest, "ingest_page", watched)

    def reader() -> source_reader.SourceReader:
        opened = open_source(config, "shop")
        return source_reader.SourceReader(opened, session, writing=threading.Lock(), small=True)

    with pytest.raises(KeyboardInterrupt):
        reader().read()
    assert session.store.cache.execute("SELECT count(*) FROM orders").fetchone() == (201,)
    reader().read()
    assert max(sizes) == 200
    assert session.store.cache.execute("SELECT count(*) FROM orders").fetchone() == (501,)
    session.store.close()


def test_what_is_joined_to_orders_is_read_after_them(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    books = '[sources.books]\nkind = "files"\npath = "books"\norders_from = "depot"\n'
    config.write_text(HEAD + books + DEPOT, encoding="utf-8")
    (tmp_path / "books").mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "books" / "payments.csv").write_text("payment id,order,amount,currency\np1,1001,79.00,EUR\n")
    (tmp_path / "exports" / "orders.csv").write_text(ORDERS)
    session = open_session(load(config))
    read: list[str] = []
    try:
        runs = run_once(load(config), session, progress=lambda source, *_: read.append(source))
        joined = session.store.cache.execute("SELECT count(order_id) FROM payments").fetchone()[0]
    finally:
        session.store.close()
    assert [(run.source, run.ok, run.error) for run in runs] == [("books", True, ""), ("depot", True, "")]
    assert read == sorted(read, key=["depot", "books"].index)
    assert set(read) == {"depot", "books"}
    assert joined == 1
