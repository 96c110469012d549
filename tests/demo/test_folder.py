"""Making a demo: once, the same each time for a seed, of any size, and never over somebody's files."""

from __future__ import annotations

import csv
import gc
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
import pytest

from oms_tui.demo import NotADemoError, make
from oms_tui.demo.parcel_numbers import parcel_number
from oms_tui.demo.people import person
from oms_tui.demo.places import COUNTRIES, place
from oms_tui.demo.shop import Shop
from oms_tui.domain.tracking_numbers import find_tracking_numbers

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";" if path.name == "stock.csv" else ","))


def test_a_seed_gives_the_same_shop_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        make(tmp_path / name, orders=60, now=MONDAY, seed=seed)
    one, two, three = (contents(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert one["shop/orders.csv"] != three["shop/orders.csv"]


def test_made_again_it_is_opened_as_it_is(tmp_path: Path) -> None:
    config = make(tmp_path / "shop", orders=30, now=MONDAY)
    (tmp_path / "shop" / "shop" / "orders.csv").write_text("mine\n")
    before = contents(tmp_path / "shop")
    assert make(tmp_path / "shop", orders=500, now=MONDAY + timedelta(days=9), seed=3) == config
    assert contents(tmp_path / "shop") == before


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("two years of work")
    with pytest.raises(NotADemoError, match="holds something that is no demo"):
        make(tmp_path, orders=30, now=MONDAY)
    (tmp_path / "config.toml").write_text('[desk]\nname = "a real desk"\n')
    with pytest.raises(NotADemoError):
        make(tmp_path, orders=30, now=MONDAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "thesis.txt"]
    with pytest.raises(NotADemoError):
        make(tmp_path / "thesis.txt", orders=30, now=MONDAY)


def test_one_that_was_not_finished_is_made_anew(tmp_path: Path) -> None:
    def breaks(done: int, _: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "shop", orders=1200, now=MONDAY, progress=breaks)
    assert not (tmp_path / "shop" / "config.toml").exists()
    config = make(tmp_path / "shop", orders=40, now=MONDAY)
    assert config.exists()
    assert len(rows(tmp_path / "shop" / "shop" / "orders.csv")) == 40


@pytest.mark.parametrize("count", [1, 2, 39, 41, 1001])
def test_there_are_as_many_orders_as_were_asked_for(tmp_path: Path, count: int) -> None:
    make(tmp_path / "shop", orders=count, now=MONDAY)
    orders = rows(tmp_path / "shop" / "shop" / "orders.csv")
    assert len(orders) == count
    assert len({order["Order number"] for order in orders}) == len({order["Order ID"] for order in orders}) == count
    with pytest.raises(ValueError, match="at least one"):
        make(tmp_path / "none", orders=0, now=MONDAY)


@pytest.mark.parametrize("day", range(23, 30))
def test_nothing_is_from_the_future_on_any_day_of_the_week(tmp_path: Path, day: int) -> None:
    now = datetime(2026, 11, day, 6, 5, tzinfo=UTC)
    make(tmp_path / "shop", orders=120, now=now)
    latest = now.isoformat()
    for file, columns in {
        "shop/orders.csv": ("Order date", "Last modified"),
        "depot/shipments.csv": ("Shipped", "Delivered"),
        "books/payments.csv": ("Paid at",),
        "books/refunds.csv": ("Created at",),
    }.items():
        for row in rows(tmp_path / "shop" / file):
            assert all(not row[column] or row[column] <= latest for column in columns), (file, row)
    for row in rows(tmp_path / "shop" / "parcels/tracking.csv"):
        assert datetime.fromisoformat(row["Event time"]) <= now


def test_orders_are_of_many_countries_and_scripts_and_do_not_look_copied() -> None:
    shop = Shop(3000, MONDAY, 1)
    orders = list(shop.orders())
    assert {order.address.country for order in orders} == set(COUNTRIES)
    assert len({(order.customer.name, order.address.street) for order in orders if not order.customer_id}) > 1200
    assert len({order.customer.name for order in orders}) > 1200
    scripts = Counter(
        "".join(sorted({_script(char) for char in order.customer.name if char.isalpha()})) for order in orders
    )
    assert {"latin", "greek", "cyrillic", "cjk"} <= set(scripts)


def _script(char: str) -> str:
    code = ord(char)
    return "latin" if code < 0x370 else "greek" if code < 0x400 else "cyrillic" if code < 0x530 else "cjk"


def test_people_can_be_written_to_and_called_nowhere() -> None:
    import random

    for country in COUNTRIES:
        chance = random.Random(country)
        for number in range(60):
            who = person(chance, country, number=number, business=number % 3 == 0)
            assert who.email.isascii()
            assert who.email.endswith(".example")
            assert who.phone.startswith("+")
            where = place(chance, country)
            assert all((where.street, where.city, where.postcode))
            assert "{" not in where.street + who.name + who.company


def test_parcel_numbers_are_those_of_their_carriers() -> None:
    for carrier in {carrier for country in COUNTRIES.values() for carrier in country.carriers} - {"inpost"}:
        for number in range(1, 200):
            made = parcel_number(carrier, number)
            (found,) = find_tracking_numbers(f"your {carrier.replace('_', ' ')} parcel {made}")
            assert (found.number, carrier in found.carriers) == (made, True)


def test_twenty_thousand_orders_cost_no_more_memory_than_two_thousand(tmp_path: Path) -> None:
    make(tmp_path / "small", orders=2000, now=MONDAY)
    gc.collect()
    before = psutil.Process().memory_info().rss
    told: list[tuple[int, int]] = []
    make(tmp_path / "large", orders=20_000, now=MONDAY, progress=lambda done, of: told.append((done, of)))
    gc.collect()
    assert psutil.Process().memory_info().rss - before < 15_000_000
    assert told[0] == (1000, 20_000)
    assert told[-1] == (20_000, 20_000)
    mails = sum(1 for path in (tmp_path / "large" / "mail").rglob("*") if path.is_file())
    assert 500 < mails < 4000
