"""CSV as programs, people and accidents leave it: every record that can be read lands, every other one is told."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.orders import files_text
from connectors.orders.files_text import LONGEST_RECORD, Layout, Row, layout_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import Folder


def records(path: Path, layout: Layout, **where: int) -> list[Row]:
    with path.open("rb") as file:
        return list(files_text.records(file, layout, **where))


CELL = st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=("Cs",)), max_size=12)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLE, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_csv_writer_wrote_is_read_as_it_was_with_its_place(
    tmp_path: Path, table: list[list[str]], delimiter: str, end: str
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    path = tmp_path / "table.csv"
    path.write_bytes(text.getvalue().encode())
    layout = Layout("", delimiter, ("a", "b", "c"), 0, 1)
    found = records(path, layout, start=0, line=1)
    expected = [row for row in table if any(cell.strip() for cell in row)]
    assert [row.cells for row in found] == expected
    for row in found:  # every record can be read again from where it lies, and the rest after it
        again = records(path, layout, start=row.start, line=row.line, end=row.end)
        assert [(each.cells, each.line) for each in again] == [(row.cells, row.line)]
        rest = records(path, layout, start=row.end, line=row.next_line)
        assert [(each.cells, each.line) for each in rest] == [
            (each.cells, each.line) for each in found if each.start >= row.end
        ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_bytes_are_too_odd_to_be_read_to_their_end(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes.csv"
    path.write_bytes(content)
    layout = layout_of(path, charset="", delimiter="", known=lambda _: 0)
    found = records(path, layout, start=0, line=1)
    assert all(row.start < row.end <= len(content) for row in found)
    assert [row.start for row in found] == sorted({row.start for row in found})


def known(cells: Sequence[str]) -> int:
    return sum(cell.strip().casefold() in {"number", "date", "total"} for cell in cells)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "sep={}\n", "Export of the shop\nfor January, final; see mail\n\n"])
def test_delimiter_and_header_are_found_behind_titles(tmp_path: Path, delimiter: str, before: str) -> None:
    path = tmp_path / "orders.csv"
    head = delimiter.join(("Number", "Date", "Total"))
    path.write_text(f"{before.format(delimiter)}{head}\n1{delimiter}2{delimiter}3\n", encoding="utf-8")
    layout = layout_of(path, charset="", delimiter="", known=known)
    assert (layout.delimiter, layout.header) == (delimiter, ("Number", "Date", "Total"))
    assert [row.cells for row in records(path, layout, start=layout.start, line=layout.line)] == [["1", "2", "3"]]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_charsets_are_found_out(folder: Folder, charset: str) -> None:
    text = "Bestellnummer;Datum;Kunde;Straße\n7;2026-01-05;Zoë Weiß;Füßener Weg 3\n"
    folder.write("orders.csv", text, charset=charset) if charset != "utf-16-be" else folder.write(
        "orders.csv", b"\xfe\xff" + text.encode(charset)
    )
    (order,) = folder.read().records
    assert (order.ship_to.name, order.ship_to.street) == ("Zoë Weiß", "Füßener Weg 3")


def test_a_charset_that_cannot_be_found_out_is_set(folder: Folder) -> None:
    folder.write("orders.csv", "number;date;customer\n7;2026-01-05;Łukasz Wójcik\n", charset="cp1250")
    assert folder.read(charset="cp1250").records[0].ship_to.name == "Łukasz Wójcik"


def test_one_line_in_another_charset_does_not_spoil_the_others(folder: Folder) -> None:
    folder.write(
        "orders.csv", b"number;date;customer\n7;2026-01-05;Zo\xc3\xab\n8;2026-01-05;Zo\xeb\n9;2026-01-05;\x81\n"
    )
    assert [order.ship_to.name for order in folder.read().records] == ["Zoë", "Zoë", "\ufffd"]


HEAD = "number,date,total,note\n"


def rows(first: int, last: int) -> str:
    return "".join(f"{number},2026-01-05,10,fine\n" for number in range(first, last))


@pytest.mark.parametrize(
    ("bad", "line", "reason"),
    [
        ('4,2026-01-05,10,"never closed\n', 4, "a quote is opened and not closed"),
        ('4,"2026-01-05,10,oops\n', 4, "a quote is opened and not closed"),
        ("4,2026-01-05,10,nul\0nul\n", 4, "it holds NUL bytes"),
        ("4,2026-01-05\n", 4, "it has 2 fields, the header 4"),
        ("4,2026-01-05,10,a,b,c\n", 4, "it has 6 fields, the header 4"),
        (f"4,2026-01-05,10,{'x' * 140_000}\n", 4, "a field is longer than 131,072 characters"),
        (f"4,2026-01-05,10,{'x' * (LONGEST_RECORD + 10)}\n", 4, "it is longer than 1,000,000 bytes"),
        ("4,2026-01-05,10,a\rb\n", 4, "it has a line's end in the middle of a field"),
    ],
)
def test_a_record_that_cannot_be_read_costs_itself_alone(folder: Folder, bad: str, line: int, reason: str) -> None:
    folder.write("orders.csv", HEAD + rows(1, 3) + bad + rows(5, 900))
    found = folder.read()
    assert {order.number for order in found.records} == {str(number) for number in (1, 2, *range(5, 900))}
    assert [(each.ref, each.reason) for each in found.bad] == [(f"orders.csv:{line}", reason)]
    assert len(found.bad[0].raw) <= 2000


def test_broken_quotes_in_a_row_swallow_no_other_row(folder: Folder) -> None:
    text = (
        HEAD
        + '1,2026-01-05,10,"5" lamp, blue\n'
        + rows(2, 4)
        + '4,2026-01-05,10,2" pipe\n5,"2026-01-05",10,"say ""hi"""\n'
        + rows(6, 8)
    )
    folder.write("orders.csv", text)
    found = folder.read()
    assert {order.number for order in found.records} == {"2", "3", "4", "5", "6", "7"}
    assert [each.ref for each in found.bad] == ["orders.csv:2"]


def test_a_note_of_several_lines_is_one_record(folder: Folder) -> None:
    folder.write("orders.csv", HEAD + '1,2026-01-05,10,"Dear shop,\n\nplease ring\n  twice"\n' + rows(2, 3))
    found = folder.read()
    assert [(order.number, order.note) for order in found.records] == [
        ("1", "Dear shop,\n\nplease ring\n  twice"),
        ("2", "fine"),
    ]


def test_a_delimiter_too_many_and_blank_lines_are_no_faults(folder: Folder) -> None:
    folder.write("orders.csv", "number,date,total,\n\n1,2026-01-05,10,\n,,,\n \n2,2026-01-05,10,,,\n")
    found = folder.read()
    assert ([order.number for order in found.records], found.bad) == (["1", "2"], [])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"number,date,total\n", b"\0\0\0\0", b"\xff\xfe"])
def test_an_empty_file_brings_nothing_and_breaks_nothing(folder: Folder, content: bytes) -> None:
    folder.write("orders.csv", content)
    assert folder.read().records == []


def test_two_thousand_columns_are_told_as_a_file(folder: Folder) -> None:
    head = ",".join(("number", "date", "total", *(f"column {n}" for n in range(2000))))
    folder.write("orders.csv", f"{head}\n")
    (bad,) = folder.read().bad
    assert bad.ref == "orders.csv"
    assert "2,003 columns" in bad.reason


def test_texts_of_any_script_come_through_as_they_were_sent(folder: Folder) -> None:
    texts = (
        "מנורה כחולה",
        "青いランプ",
        "\u202egnirts\u202c",
        "\x1b[31mred\x1b[0m",
        "a" * 5000,
        "👩‍🎨🏳️‍🌈",
        "[bold]x[/]",
    )
    text = io.StringIO(newline="")
    csv.writer(text).writerows(
        [["number", "date", "note"], *([str(n), "2026-01-05", note] for n, note in enumerate(texts))]
    )
    folder.write("orders.csv", text.getvalue())
    assert tuple(order.note for order in folder.read().records) == texts


def test_excels_way_to_keep_zeros_is_seen_through(folder: Folder) -> None:
    folder.write("orders.csv", 'number,date,postcode,phone\n="0042",2026-01-05,="01067",\'0049351\n')
    (order,) = folder.read().records
    assert (order.number, order.ship_to.postcode, order.phone) == ("0042", "01067", "0049351")
