"""What an action is told: read by kind, and every mistake named with its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import at

from oms_tui.actions.amounts import read_amount
from oms_tui.actions.base import Action, Field, Outcome, Refused
from oms_tui.actions.field_values import options, read_field, read_fields

if TYPE_CHECKING:
    from oms_tui.store.session import Session

CALL = Field(
    "outcome", "Outcome", "choice", required=True, choices=("reached", "no_answer"), words=("reached", "no answer")
)
ACTION = Action(
    id="try",
    title="Try",
    help="Tries.",
    group="order",
    apply=lambda _session, _order, _fields: Outcome("tried"),
    fields=(CALL, Field("when", "When", "when", default="1d"), Field("owner", "Owner", "agent", default="me")),
)


@pytest.mark.parametrize("text", ["reached", "Reached", "rea"])
def test_a_choice_is_known_by_value_words_or_beginning(session: Session, text: str) -> None:
    assert read_field(session, CALL, text) == "reached"
    assert read_field(session, CALL, "no answer") == "no_answer"


def test_what_is_left_out_has_its_default(session: Session) -> None:
    values = read_fields(session, ACTION, {"outcome": "reached"})
    assert values == {"outcome": "reached", "when": at("2026-11-27T14:00"), "owner": "ana"}


@pytest.mark.parametrize(
    ("text", "agent"), [("me", "ana"), ("ben", "ben"), ("Ben Okoro", "ben"), ("nobody", ""), ("", "")]
)
def test_an_agent_is_known_by_id_or_name(session: Session, text: str, agent: str) -> None:
    assert read_field(session, Field("owner", "Owner", "agent"), text) == agent


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "reached", "when": "yesterday"}, "when"),
        ({"outcome": "reached", "owner": "zoe"}, "owner"),
        ({"outcome": "reached", "colour": "red"}, "colour"),
    ],
)
def test_a_mistake_names_its_field(session: Session, given: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        read_fields(session, ACTION, given)
    assert (refused.value.code, refused.value.field) == ("usage", field)
    assert refused.value.message


def test_text_of_people_is_safe_to_show(session: Session) -> None:
    assert read_field(session, Field("note", "Note"), " a\x1b[31mb\nc ") == "a␛[31mb c"
    assert read_field(session, Field("note", "Note", "block"), "a\r\n\x07b") == "a\n␇b"


def test_options_are_values_with_words(session: Session) -> None:
    assert options(session, CALL) == (("reached", "reached"), ("no_answer", "no answer"))
    assert ("ben", "Ben Okoro") in options(session, Field("owner", "Owner", "agent"))


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("4.90", "EUR", 490),
        ("4,9", "EUR", 490),
        ("EUR 12", "EUR", 1200),
        ("€7", "EUR", 700),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_read_in_the_currencys_own_decimals(text: str, currency: str, amount: int) -> None:
    assert read_amount(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"), [("4.905", "EUR"), ("1.5", "JPY"), ("-3", "EUR"), ("0", "EUR"), ("ten", "EUR"), ("", "EUR")]
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(Refused):
        read_amount(text, currency)
