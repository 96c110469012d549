"""Workbooks and JSON: what a cell or a nested record says comes through, and what would fill the memory is refused."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.orders import files_reading, files_spool
from connectors.records import Ref

if TYPE_CHECKING:
    from conftest import Folder


def workbook(
    *rows: tuple[Any, ...], title: str = "Sheet", before: dict[str, list[tuple[Any, ...]]] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, others in (before or {}).items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_with_real_numbers_and_dates(folder: Folder) -> None:
    folder.write(
        "Bestellungen.xlsx",
        workbook(
            ("Bestellungen Januar", None, None),
            (None, None, None),
            ("Bestellnr", "Datum", "Summe", "PLZ", "Bezahlt", "Notiz"),
            (10482, datetime.fromisoformat("2026-01-05T10:30"), 1234.5, "01067", True, "line one\nline two"),
            ("10483", date(2026, 1, 6), 39, 10115, False, None),
            ("10484", "06.01.2026", "1.234,50", None, None, None),
            (None, None, None, None, None, None),
            (10485, datetime.fromisoformat("2026-01-07"), 1.125, None, None, None),
        ),
    )
    found = folder.read(timezone="Europe/Berlin")
    assert [(order.number, order.total, order.ship_to.postcode, order.payment_status) for order in found.records] == [
        ("10482", 123_450, "01067", "paid"),
        ("10483", 3900, "10115", "pending"),
        ("10485", 112, "", "pending"),
    ]
    assert found.records[0].placed_at == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert found.records[0].note == "line one\nline two"
    assert [(bad.ref, bad.reason.partition(":")[0]) for bad in found.bad] == [("Bestellungen.xlsx:6", "total")]


def test_of_several_sheets_the_one_that_fits_is_read(folder: Folder) -> None:
    content = workbook(
        ("sku", "stock"), ("LAMP", 3), title="Data", before={"About": [("made by", "the warehouse")], "Empty": []}
    )
    folder.write("stock.xlsx", content)
    assert [(record.sku, record.on_hand) for record in folder.read("stock").records] == [("LAMP", 3)]


def test_formulas_are_their_values_and_a_formula_where_a_number_belongs_is_set_aside(folder: Folder) -> None:
    folder.write(
        "orders.xlsx",
        workbook(("number", "date", "note"), (7, date(2026, 1, 5), "=1+1"), ("=1+1", date(2026, 1, 5), "x")),
    )
    found = folder.read()
    assert [order.number for order in found.records] == ["7"]
    assert len(found.bad) == 1


def test_rows_of_a_workbook_are_found_again_and_a_changed_one_is_read_anew(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_reading, "PAGE", 2)
    rows = [(number, date(2026, 1, 5), f"L{number}", 1) for number in range(7)]
    folder.write("orders.xlsx", workbook(("number", "date", "sku", "qty"), *rows))
    found = folder.read()
    assert [len(page.records) for page in found.pages] == [2, 2, 2, 1]
    assert len(folder.read(cursor=found.pages[1].cursor).records) == 3
    assert folder.read(cursor=found.cursor).records == []
    assert folder.source().fetch([Ref("order", "5")]).records[0].lines[0].sku == "L5"
    folder.write("orders.xlsx", workbook(("number", "date", "sku", "qty"), *rows[:3]), age=30)
    assert len(folder.read(cursor=found.cursor).records) == 3
    assert len(list((folder.cache / "spool").iterdir())) == 1  # the old one was removed


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 half of it", b"no workbook at all", b"PK\x05\x06" + b"\0" * 18],
    ids=["empty", "cut", "text", "no parts"],
)
def test_what_is_no_workbook_is_told(folder: Folder, content: bytes) -> None:
    folder.write("orders.xlsx", content)
    (bad,) = folder.read().bad
    assert bad.ref == "orders.xlsx"
    assert "workbook" in bad.reason


def bomb(declared: int | None = None) -> bytes:
    """A workbook whose sheet unpacks to 400 MB of nothing."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        with parts.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(400):
                sheet.write(b"\0" * 1_000_000)
    raw = content.getvalue()
    if declared is not None:  # lie about the size in the directory and in front of the part
        raw = raw.replace((400_000_000).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return raw


def test_a_workbook_that_unpacks_to_more_than_fits_is_refused(folder: Folder) -> None:
    content = bomb()
    assert len(content) < 1_000_000
    folder.write("orders.xlsx", content)
    assert "unpacks to more than" in folder.read().bad[0].reason


def test_a_workbook_that_lies_about_its_size_is_refused(folder: Folder) -> None:
    folder.write("orders.xlsx", bomb(declared=1000))
    assert "broken one" in folder.read().bad[0].reason


# ---- JSON


ORDER = {
    "number": "#7",
    "placed_at": "2026-01-05T10:00:00Z",
    "total": 89.0,
    "currency": "EUR",
    "customer": {"name": "Jan Kowal", "email": "jan@x.example"},
    "shipping_address": {"address1": "Lindenweg 4", "zip": "10115", "city": "Berlin", "country_code": "DE"},
    "tags": ["gift", "express"],
    "line_items": [{"sku": "LAMP", "quantity": 2, "price": "39.50"}, {"sku": "SHADE", "quantity": 1, "price": 10}],
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("orders.json", json.dumps([ORDER, {**ORDER, "number": "#8"}])),
        ("orders.json", json.dumps({"orders": [ORDER, {**ORDER, "number": "#8"}]}, indent=2)),
        ("orders.jsonl", f"{json.dumps(ORDER)}\n\n{json.dumps({**ORDER, 'number': '#8'})}\n"),
        ("orders.json", f"\ufeff{json.dumps(ORDER)}\n{json.dumps({**ORDER, 'number': '#8'})}"),
    ],
    ids=["array", "wrapped", "lines", "lines with a mark"],
)
def test_json_in_every_shape(folder: Folder, name: str, text: str) -> None:
    folder.write(name, text)
    found = folder.read()
    assert found.bad == []
    seven, eight = found.records
    assert (seven.number, seven.total, seven.customer.name, seven.email) == ("#7", 8900, "Jan Kowal", "jan@x.example")
    assert (seven.ship_to.street, seven.ship_to.postcode, seven.ship_to.country) == ("Lindenweg 4", "10115", "DE")
    assert [(line.sku, line.quantity, line.unit_price) for line in seven.lines] == [
        ("LAMP", 2, 3950),
        ("SHADE", 1, 1000),
    ]
    assert seven.tags == ("gift", "express")
    assert eight.number == "#8"
    assert folder.read(cursor=found.cursor).records == []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["number", "lines", "total", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(JSON_VALUES, max_size=5))
def test_any_json_is_read_or_told_and_breaks_nothing(folder: Folder, values: list[Any]) -> None:
    folder.write("orders.json", json.dumps([*values, ORDER]))
    found = folder.read()
    told = {bad.ref for bad in found.bad}
    assert "#7" in {order.number for order in found.records} or "orders.json" in told
    assert len(found.records) + len(told) > 0


def test_large_arrays_are_read_in_pieces(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_spool, "_CHUNK", 50)
    folder.write("orders.json", json.dumps([{**ORDER, "number": str(number)} for number in range(30)], indent=1))
    assert [order.number for order in folder.read().records] == [str(number) for number in range(30)]


@pytest.mark.parametrize(
    "text",
    ['[{"number": "7"', "[{]", '[{"number": "7"} {"number": "8"', "[" * 100_000, '{"orders": [1, 2'],
    ids=["cut", "wrong", "cut later", "deep", "cut inside"],
)
def test_half_an_array_is_told_as_a_file_and_read_when_it_is_whole(folder: Folder, text: str) -> None:
    folder.write("orders.json", text)
    first = folder.read()
    assert first.records == []
    assert [bad.ref for bad in first.bad] == ["orders.json"]
    folder.write("orders.json", json.dumps([ORDER]), age=30)
    assert len(folder.read(cursor=first.cursor).records) == 1


def test_a_bad_line_among_json_lines_costs_itself_alone(folder: Folder) -> None:
    lines = [json.dumps(ORDER), '{"number": "8", ', '"text"', json.dumps({**ORDER, "number": "9"})]
    folder.write("orders.jsonl", "\n".join(lines) + "\n")
    found = folder.read()
    assert [order.number for order in found.records] == ["#7", "9"]
    assert [bad.ref for bad in found.bad] == ["orders.jsonl:2", "orders.jsonl:3"]


def test_scans_nested_in_a_parcel(folder: Folder) -> None:
    folder.write(
        "tracking.json",
        json.dumps([{"carrier": "dhl", "tracking_number": "00340", "events": [
            {"time": "2026-01-05T10:00:00Z", "status": "picked_up", "city": "Berlin"},
            {"time": "2026-01-06T10:00:00Z", "status": "delivered", "city": "Ulm"},
        ]}]),
    )  # fmt: skip
    (parcel,) = folder.read("tracking").records
    assert [(event.status, event.location) for event in parcel.events] == [
        ("picked_up", "Berlin"),
        ("delivered", "Ulm"),
    ]
