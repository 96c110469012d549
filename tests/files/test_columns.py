"""Kinds by file names, fields by headings, and words for whoever wrote a file or a config that is not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import Rejected
from connectors.orders.files_columns import columns_of
from connectors.orders.files_kinds import KINDS, STREAMS, fold, kind_of_file
from connectors.orders.files_words import WORDS

if TYPE_CHECKING:
    from conftest import Folder


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        ("orders", "orders"),
        ("orders-2026-01-05", "orders"),
        ("orders_export_1", "orders"),
        ("shop export Bestellungen (3)", "orders"),
        ("Aufträge", "orders"),
        ("zamówienia", "orders"),
        ("order_lines", "lines"),
        ("OrderItems", "lines"),
        ("line-items.2", "lines"),
        ("purchase_orders", "purchases"),
        ("Lagerbestand", "stock"),
        ("inventory2026", "stock"),
        ("tracking-events", "tracking"),
        ("Rechnungen 2026", "invoices"),
        ("credit_notes", "invoices"),
        ("Zahlungen", "payments"),
        ("chargebacks", "disputes"),
        ("disorderly", ""),
        ("readme", ""),
        ("", ""),
    ],
)
def test_a_files_name_tells_its_kind(stem: str, kind: str) -> None:
    assert kind_of_file(stem) == kind


def test_the_config_says_what_a_name_does_not(folder: Folder) -> None:
    folder.write("WaWi_A17.csv", "number,date,total\n7,2026-01-05,10\n")
    folder.write("orders_old.csv", "number,date,total\n6,2026-01-05,10\n")
    assert folder.source().check().missing == (
        'what WaWi_A17.csv holds: name it in [sources.depot.files], as "WaWi_A17.csv" = "orders", or "ignore"',
    )
    found = folder.read(files={"wawi_a*.csv": "orders", "*_old.csv": "ignore"})
    assert [order.number for order in found.records] == ["7"]


def test_every_heading_of_a_kind_means_its_field_and_its_own_name_always_does() -> None:
    for kind in KINDS.values():
        for own in kind.fields:
            assert columns_of([own], kind, {}).places == {own: 0}
        assert {own for group in kind.required for own in group} <= set(kind.fields)
    assert all(place.partition(".")[0] in KINDS for place in WORDS)
    assert set(STREAMS) == set(KINDS) - {"lines"}


def test_headings_are_equal_whatever_their_case_accents_and_signs() -> None:
    assert len({fold(text) for text in ("Bestell-Nr.", "BESTELLNR", "bestell nr")}) == 1
    assert fold("Straße") == fold("STRASSE")
    assert fold("Numer zamówienia") == "numerzamowienia"


def test_of_two_headings_for_a_field_the_better_one_wins() -> None:
    places = columns_of(["Name", "Customer name", "Date", "Order date", "Order"], KINDS["orders"], {}).places
    assert (places["customer_name"], places["placed_at"], places["number"]) == (1, 3, 4)


def test_the_configs_columns_win_over_what_is_usual(folder: Folder) -> None:
    folder.write("orders.csv", "number,ref,date,total,Wer\n7,R-7,2026-01-05,10,Jan\n")
    found = folder.read(columns={"orders": {"ref": "number", "WER": "customer_name"}, "number": "remote_id"})
    assert [(order.number, order.remote_id, order.ship_to.name) for order in found.records] == [("R-7", "7", "Jan")]


def test_a_wrong_header_is_told_with_the_nearest_columns_and_what_to_do(folder: Folder) -> None:
    folder.write("orders.csv", "Best.nummer,Datum d. Bestellung,Summe\n7,2026-01-05,10\n")
    folder.write("stock.csv", "sku,stock\nLAMP,1\n")
    (bad,) = folder.read().bad
    assert bad.ref == "orders.csv"
    assert "is known as number or remote_id, nor as placed_at" in bad.reason
    assert "“Best.nummer”" in bad.reason
    assert 'in [sources.depot.columns]: orders = { "Best.nummer" = "number" }' in bad.reason
    assert bad.raw.startswith("Best.nummer")
    assert any(words.startswith("orders.csv: no column") for words in folder.source().check().missing)
    assert len(folder.read("stock").records) == 1


def test_a_header_that_resembles_nothing_is_shown_as_it_is(folder: Folder) -> None:
    folder.write("invoices.csv", "x,y,z\n1,2,3\n")
    (bad,) = folder.read("invoices").bad
    assert "its columns are “x”, “y”, “z”" in bad.reason


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"files": {"*.csv": "order"}}, "files", "did you mean “orders”?"),
        ({"columns": {"orders": {"Ref": "nummer"}}}, "columns", "did you mean “number”?"),
        ({"columns": {"ordrs": {"Ref": "number"}}}, "columns", "did you mean “orders”?"),
        ({"columns": {"orders": {"number": "Bestell-Nr."}}}, "columns", '"Bestell-Nr." = "number"'),
        ({"values": {"orders": {"payment_status": {"ok": "payd"}}}}, "values", "did you mean “paid”?"),
        ({"values": {"orders": {"pay": {"ok": "paid"}}}}, "values", "no field with words"),
        ({"timezone": "Berlin"}, "timezone", "there is no time zone “Berlin”"),
        ({"currency": "Euro"}, "currency", "“Euro” is no currency"),
    ],
)
def test_what_the_config_cannot_mean_is_told_before_anything_is_read(
    folder: Folder, settings: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Rejected) as error:
        folder.source(**settings).check()
    assert error.value.field == field
    assert words in str(error.value)


def test_check_says_what_is_there_and_what_lacks(folder: Folder) -> None:
    empty = folder.source().check()
    assert "holds none of a known kind" in empty.missing[0]
    folder.write("orders-1.csv", "number,date,total\n")
    folder.write("orders-2.csv", "number,date,total\n")
    folder.write("stock.xlsx", b"PK no workbook")
    health = folder.source().check()
    assert health.detail == "files: 2 of orders, 1 of stock"
    assert [words.partition(":")[0] for words in health.missing] == ["stock.xlsx"]
