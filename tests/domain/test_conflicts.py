"""What two systems say of one order: what is a disagreement, and what only reads differently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.conflict_fields import FIELDS
from oms_tui.domain.conflicts import Address, Told, same_order, with_invoices, with_order, with_parcels, with_purchases

DAY = 86_400_000
SHOP = Told(
    "shop",
    1,
    email="jan@firma.example",
    phone="+49 170 1234567",
    name="Jan Müller",
    address=Address("Lindenstraße 4", "10115", "Berlin", "DE"),
    placed_at=10 * DAY,
    currency="EUR",
    total=7900,
    units={"LAMP-BLUE": 2, "SHADE-L": 1},
)


def erp(**changes: Any) -> Told:
    return replace(SHOP, source="erp", seen_at=2, **changes)


def invoice(**changes: Any) -> Told:
    given = {"email": "jan@firma.example", "currency": "EUR", "total": 7900, "units": {"LAMP-BLUE": 2, "SHADE-L": 1}}
    return Told("books", 3, **(given | changes))


def fields(*found: Any) -> list[str]:
    return [each.field for each in found]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"email": "JAN@Firma.example"},
        {"email": ""},
        {"phone": "0170/1234567"},
        {"phone": "0049 170 12 34 567"},
        {"phone": "ask at the door"},
        {"name": "MÜLLER, JAN"},
        {"name": "Jan Mueller"},
        {"name": "Jan Peter Müller"},
        {"name": "J. Müller"},
        {"name": ""},
        {"phone": "491701234567"},
        {"phone": "+49 0170 1234567"},
        {"phone": "0170 1234567 ext. 12"},
        {"address": Address("Lindenstr. 4", "10115", "BERLIN", "de")},
        {"address": Address("Lindenstrasse 4", "", "Berlin-Mitte", "")},
        {"address": Address()},
        {"address": Address("Lindenstraße", "D-10115", "Berln", "DE")},
        {"address": Address("Lindenstraße 4, Mitte", "10115", "Mitte", "DE")},
        {"total": 7901},
        {"total": None},
        {"currency": "eur"},
        {"units": {"lamp-blue": 2, "SHADE-L ": 1}},
        {"units": {}},
    ],
)
def test_how_it_is_written_is_no_disagreement(changes: dict[str, Any]) -> None:
    assert list(with_order(SHOP, erp(**changes))) == []


@pytest.mark.parametrize(
    ("field", "changes", "values"),
    [
        ("email", {"email": "j.mueller@firma.example"}, ("jan@firma.example", "j.mueller@firma.example")),
        ("phone", {"phone": "+49 170 7654321"}, ("+49 170 1234567", "+49 170 7654321")),
        ("name", {"name": "Eva Müller"}, ("Jan Müller", "Eva Müller")),
        (
            "ship_to",
            {"address": Address("Lindenstraße 14", "10115", "Berlin", "DE")},
            ("Lindenstraße 4, 10115 Berlin, DE", "Lindenstraße 14, 10115 Berlin, DE"),
        ),
        (
            "ship_to",
            {"address": Address("Lindenstraße 4", "10117", "Berlin", "DE")},
            ("Lindenstraße 4, 10115 Berlin, DE", "Lindenstraße 4, 10117 Berlin, DE"),
        ),
        (
            "ship_to",
            {"address": Address("Rosenweg", "10115", "Berlin", "DE")},
            ("Lindenstraße 4, 10115 Berlin, DE", "Rosenweg, 10115 Berlin, DE"),
        ),
        (
            "ship_to",
            {"address": Address("Lindenstraße 4", "", "Hamburg", "DE")},
            ("Lindenstraße 4, 10115 Berlin, DE", "Lindenstraße 4, Hamburg, DE"),
        ),
        ("ship_to", {"address": Address(country="AT")}, ("Lindenstraße 4, 10115 Berlin, DE", "AT")),
        ("total", {"total": 7800}, ("€79.00", "€78.00")),
        ("currency", {"currency": "PLN"}, ("EUR", "PLN")),
        ("sku", {"units": {"LAMP-RED": 2, "SHADE-L": 1}}, ("LAMP-BLUE", "LAMP-RED")),
        ("quantity", {"units": {"LAMP-BLUE": 1, "SHADE-L": 1}}, ("2 LAMP-BLUE", "1 LAMP-BLUE")),
    ],
)
def test_another_fact_is_told_with_both_sides(field: str, changes: dict[str, Any], values: tuple[str, str]) -> None:
    (found,) = with_order(SHOP, erp(**changes))
    assert found.field == field
    assert [(value.source, value.seen_at) for value in found.values] == [("shop", 1), ("erp", 2)]
    assert tuple(value.value for value in found.values) == values


@pytest.mark.parametrize(
    ("invoices", "found"),
    [
        ([], []),
        ([invoice()], []),
        ([invoice(total=7901)], []),
        ([invoice(total=8900)], ["total"]),
        ([invoice(total=6900)], ["total"]),
        ([invoice(total=6900, units={})], ["total"]),
        ([invoice(currency="PLN")], ["currency"]),
        ([invoice(email="books@firma.example")], ["email"]),
        ([invoice(total=3950, units={"LAMP-BLUE": 1})], []),  # the first parcel's
        ([invoice(total=3950, units={"LAMP-BLUE": 1}), invoice(total=3950, units={"LAMP-BLUE": 1, "SHADE-L": 1})], []),
        ([invoice(total=3000, units={}), invoice(total=3000, units={})], []),  # a third may follow
        ([invoice(total=7900, units={}), invoice(total=7900, units={})], ["total"]),  # billed twice
        ([invoice(units={"Lamp, blue": 2, "Shade, large": 1})], []),  # titles for SKUs
        ([invoice(units={"LAMP-BLUE": 2, "SHADE-L": 1, "Postage": 1})], []),
        ([invoice(units={"LAMP-BLUE": 2, "SHADE-XL": 1})], ["sku"]),
        ([invoice(units={"LAMP-BLUE": 3, "SHADE-L": 1})], ["quantity"]),
    ],
)
def test_invoices_are_held_against_the_order_all_together(invoices: list[Told], found: list[str]) -> None:
    assert fields(*with_invoices(SHOP, invoices)) == found


def test_a_product_of_ours_in_the_place_of_another_is_told_where_nothing_else_is_the_same() -> None:
    one = replace(SHOP, units={"LAMP-BLUE": 2})
    red, title = (invoice(units={name: 2}) for name in ("LAMP-RED", "A lamp, red"))
    assert fields(*with_invoices(one, [red], {"LAMP-RED"})) == ["sku"]
    assert fields(*with_parcels(one, [red], {"lamp-red"})) == ["sku"]
    assert fields(*with_purchases(one, [red], {"LAMP-RED"})) == ["sku"]
    assert list(with_invoices(one, [title], {"LAMP-RED"})) == []
    assert list(with_invoices(one, [red])) == []


def test_two_shops_that_both_count_from_1001_do_not_contradict_each_other() -> None:
    stranger = Told(
        "market",
        2,
        email="eva@post.example",
        name="Eva Lund",
        address=Address("Storgatan 1", "11122", "Malmö", "SE"),
        placed_at=300 * DAY,
        currency="SEK",
        total=500,
        units={"MUG": 1},
    )
    assert not same_order(SHOP, stranger)
    assert not same_order(SHOP, replace(stranger, placed_at=SHOP.placed_at))
    assert same_order(SHOP, erp(address=Address("elsewhere 1"), email="new@firma.example"))


TEXT = st.text(alphabet="abÄß 1-@.", max_size=8)
TOLD = st.builds(
    Told,
    source=st.just("x"),
    seen_at=st.integers(0, 9),
    email=TEXT,
    phone=st.text(alphabet="+0123456789 /", max_size=14),
    name=TEXT,
    address=st.builds(Address, TEXT, TEXT, TEXT, st.sampled_from(["", "DE", "de", "AT"])),
    currency=st.sampled_from(["", "EUR", "JPY"]),
    total=st.one_of(st.none(), st.integers(0, 10_000)),
    units=st.dictionaries(st.sampled_from(["A", "a", "B", " "]), st.integers(0, 3), max_size=3),
)


@given(one=TOLD)
def test_nobody_contradicts_themselves(one: Told) -> None:
    assert list(with_order(one, replace(one, source="y"))) == []


@given(one=TOLD, other=TOLD)
def test_who_contradicts_whom_does_not_depend_on_who_is_asked_first(one: Told, other: Told) -> None:
    found = list(with_order(one, other))
    assert fields(*found) == fields(*with_order(other, one))
    assert set(fields(*found)) <= set(FIELDS)
    assert len(found) == len(set(fields(*found)))


@given(order=TOLD, invoices=st.lists(TOLD, max_size=3))
def test_any_invoices_can_be_held_against_any_order(order: Told, invoices: list[Told]) -> None:
    found = fields(*with_invoices(order, invoices))
    assert len(found) == len(set(found))
    assert list(with_invoices(order, [])) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ярослав Мороз", "Yaroslav Moroz"),
        ("Ярослав Мороз", "Jaroslaw Moros"),
        ("Юлия Щербакова", "Julia Shcherbakova"),
        ("Παναγιώτης Νικολάου", "Panagiotis Nikolaou"),
        ("森健二", "Kenji Mori"),
        ("محمد علي", "Mohammed Ali"),
        ("Łukasz Żółć", "LUKASZ ZOLC"),
    ],
)
def test_another_alphabet_is_no_other_name(one: str, other: str) -> None:
    assert list(with_order(replace(SHOP, name=one), erp(name=other))) == []


def test_another_alphabet_hides_no_other_person() -> None:
    assert fields(*with_order(replace(SHOP, name="Ярослав Мороз"), erp(name="Oleh Moroz"))) == ["name"]


def test_an_address_says_which_of_its_parts_differ() -> None:
    far = Address("Lindenstraße 4", "80331", "München", "DE")
    [found] = with_order(SHOP, erp(address=far))
    assert (found.field, found.parts) == ("ship_to", ("postcode", "city"))
    cyrillic = replace(SHOP, address=Address("вул. Хрещатик 22", "01001", "Київ", "UA"))
    assert list(with_order(cyrillic, erp(address=Address("Khreshchatyk 22", "01001", "Kyiv", "UA")))) == []
    assert fields(*with_order(cyrillic, erp(address=Address("Khreshchatyk 24", "01001", "Kyiv", "UA")))) == ["ship_to"]


NAMES = st.lists(
    st.sampled_from(["Jan", "Müller", "Łukasz", "Zoë", "Peter", "Şahin", "André"]), min_size=2, max_size=3, unique=True
)
STREETS = st.sampled_from(("Lindenstraße", "Lindenstr.", "Linden-Strasse", "LINDENSTRASSE", "lindenstrasse"))


def written(text: str, how: int) -> str:
    """The same in another hand."""
    bare = text.translate(str.maketrans("üŁłŻżóćëéŞş", "uLlZzoceeSs"))
    return (text.upper(), text.lower(), f"  {text.replace(' ', '   ')} ", bare)[how]


@given(NAMES, st.permutations(range(3)), st.integers(0, 3), STREETS, STREETS, st.integers(1, 99), st.integers(-1, 1))
def test_no_way_of_writing_it_is_a_disagreement(
    words: list[str], order: list[int], how: int, street: str, other: str, house: int, cent: int
) -> None:
    ours = replace(SHOP, name=" ".join(words), address=Address(f"{street} {house}", "10115", "Berlin", "DE"))
    turned = " ".join(words[at] for at in order if at < len(words))
    place = Address(written(f"{other} {house}", how), "10 115", written("Berlin", how), "de")
    theirs = replace(ours, source="erp", name=written(turned, how), address=place, total=7900 + cent)
    assert list(with_order(ours, theirs)) == []
    assert list(with_order(theirs, ours)) == []


@given(st.integers(1, 99), st.integers(1, 99))
def test_disagreement_is_mutual(house: int, other: int) -> None:
    ours = replace(SHOP, address=Address(f"Lindenstraße {house}", "10115", "Berlin", "DE"))
    theirs = erp(address=Address(f"Lindenstr. {other}", "10115", "Berlin", "DE"))
    assert (
        fields(*with_order(ours, theirs))
        == fields(*with_order(theirs, ours))
        == (["ship_to"] if house != other else [])
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Address("Rue de la Loi 1", "1000", "Bruxelles"), Address("Rue de la Loi 1", "1000", "Brussels")),
        (Address("Ring 1", "80331", "München"), Address("Ring 1", "80331", "MUNICH")),
        (Address("Ring 1", "80331", "München"), Address("Ring 1", "80331", "Muenchen (Altstadt)")),
        (Address("Ερμού 12", "105 63", "Αθήνα"), Address("Ermou 12", "10563", "Athens")),
        (Address("Altmarkt 1", "01067", "Dresden"), Address("Altmarkt 1", "1067", "Dresden")),
        (Address("1 Main St", "10001", "New York"), Address("1 Main Street", "10001-1234", "New York")),
        (Address("The Old Rectory", "EX1 1AA", "Exeter"), Address("The Old Rectory, Church Lane", "ex11aa", "Exeter")),
        (Address("森町 1", "1000001", "東京"), Address("Morimachi", "1000001", "Tokyo")),
    ],
)
def test_one_place_written_in_two_ways(one: Address, other: Address) -> None:
    assert list(with_order(replace(SHOP, address=one), erp(address=other))) == []
    assert list(with_order(replace(SHOP, address=other), erp(address=one))) == []


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        (Address("The Old Rectory", "EX1 1AA"), Address("Rose Cottage", "EX1 1AA"), ("street",)),
        (Address("Ring 1", "10115", "Berlin"), Address("Ring 1", "10115", "Hamburg"), ("city",)),
        (Address("Ring 1", "61348", "Bad Homburg"), Address("Ring 1", "", "Bad Nauheim"), ("city",)),
        (Address("Packstation 123", "10115"), Address("Packstation 145", "10115"), ("street",)),
        (Address("Ring 1", "1067"), Address("Ring 1", "1068"), ("postcode",)),
    ],
)
def test_two_places_stay_two(one: Address, other: Address, parts: tuple[str, ...]) -> None:
    [found] = with_order(replace(SHOP, address=one), erp(address=other))
    assert (found.field, found.parts) == ("ship_to", parts)


def test_a_phone_number_is_read_as_each_country_dials_it() -> None:
    home = replace(SHOP, phone="030 1234567")
    abroad = Address("Lindenstraße 4", "10115", "Berlin", "AT")
    assert fields(*with_order(home, erp(phone="030/1234567", address=abroad))) == ["ship_to"]
    us = replace(SHOP, phone="(212) 555-0134", address=Address(country="US"))
    assert list(with_order(us, replace(us, source="erp", phone="1-212-555-0134"))) == []
    assert fields(*with_order(us, replace(us, source="erp", phone="1-212-555-0135"))) == ["phone"]
