"""A macro says what the order says; what it does not say stands out in the text and keeps it from being sent."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.macros import MacroError, Rendered, parse, render, unresolved, variables

BERLIN = ZoneInfo("Europe/Berlin")
RECORD: dict[str, Any] = {
    "order": {
        "number": "10482",
        "total": {"amount": 890000, "currency": "EUR"},
        "placed_at": datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        "promised_at": date(2026, 11, 20),
    },
    "customer": {"name": "Jan Kowal", "first_name": "Jan", "company": " ", "email": None},
    "parcel": {"carrier": "DHL", "last_scan": {"text": "customs documentation", "place": "Leipzig", "time": None}},
    "delay": None,
    "refundable": {"amount": 0, "currency": ""},
    "credit": {"amount": None, "currency": "EUR"},
    "lines": [{"sku": "LAMP-BLUE", "quantity": 2}, {"sku": None, "quantity": 1}],
    "invoices": [],
}


def fill(body: str, record: dict[str, Any] = RECORD, *, language: str = "en") -> Rendered:
    return render(parse(body, "macro.md"), record, zone=BERLIN, language=language)


def refused(body: str) -> str:
    with pytest.raises(MacroError) as caught:
        fill(body)
    return str(caught.value)


# ---- files


WISMO = """title: Where is my parcel, late
subject: Your order {{ order.number }}
when: ship:late
tags: wismo, late

Dear {{ customer.first_name }},

your parcel is in {{ parcel.last_scan.place }}.
"""


def test_a_macro_file_has_a_head_and_a_text() -> None:
    macro = parse(WISMO, "wismo-late.md")
    assert (macro.title, macro.when, macro.tags) == ("Where is my parcel, late", "ship:late", ("wismo", "late"))
    rendered = render(macro, RECORD, zone=BERLIN)
    assert rendered.subject == "Your order 10482"
    assert rendered.text == "Dear Jan,\n\nyour parcel is in Leipzig."
    assert rendered.complete


def test_a_macro_without_a_head_is_called_like_its_file() -> None:
    macro = parse("Dear {{ customer.first_name }},\nthank you: really.\n", "shop/thanks.md")
    assert (macro.title, macro.subject) == ("thanks", "")
    assert fill("\r\nA\r\nB").text == "A\nB"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: x\nsubjct: y\n\nz", "m.md:2: the head has no subjct; did you mean subject?"),
        ("title: x\nDear you,\n", "m.md:2: the head ends with a blank line"),
        ("title: x\ntitle: y\n\nz", "m.md:2: title is said twice"),
        ("x" * 20_001, "m.md:1: is longer than 20,000 characters"),
    ],
)
def test_a_wrong_head_is_told_with_file_and_line(text: str, words: str) -> None:
    with pytest.raises(MacroError) as caught:
        parse(text, "m.md")
    assert str(caught.value).startswith(words)


# ---- what is missing


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Dear {{ customer.email }},", "Dear ⟨customer.email?⟩,"),
        ("{{ customer.company }}", "⟨customer.company?⟩"),
        ("{{ customer.frist_name }}", "⟨customer.frist_name?⟩"),
        ("{{ custmer.name }}", "⟨custmer.name?⟩"),
        ("{{ delay.days }}", "⟨delay.days?⟩"),
        ("{{ delay.days + 1 }} {{ delay.days | round }}", "⟨delay.days?⟩ ⟨delay.days?⟩"),
        ("{{ customer.email | upper }}", "⟨customer.email?⟩"),
        ("{{ 'to ' ~ customer.email }}", "to ⟨customer.email?⟩"),
        ("{{ parcel.last_scan.time | date }}", "⟨parcel.last_scan.time?⟩"),
        ("{{ parcel.last_scan.time | weekday }}", "⟨parcel.last_scan.time?⟩"),
        ("{{ order.shipping | money }}", "⟨order.shipping?⟩"),
        ("{{ lines[1].sku }}", "⟨lines[1].sku?⟩"),
        ("{{ lines[7].sku }}", "⟨lines[7].sku?⟩"),
        ("{{ lines | map(attribute='sku') | join(', ') }}", "LAMP-BLUE, ⟨lines[1].sku?⟩"),
        ("{% for line in lines %}{{ line.sku }} {% endfor %}", "LAMP-BLUE ⟨lines[1].sku?⟩ "),
        ("{% set who = customer.email %}{{ who }}", "⟨customer.email?⟩"),
        ("{{ none }}", "⟨value?⟩"),
        ("{{ refundable }}", "⟨refundable?⟩"),
        ("{{ credit | money }}", "⟨credit?⟩"),
        ("{{ 1 - delay.days }} {{ -delay.days }} {{ delay.days | abs }}", "⟨delay.days?⟩ ⟨delay.days?⟩ ⟨delay.days?⟩"),
        ("{{ delay.steps | join(', ') }}", "⟨delay.steps?⟩"),
        ("{{ {'a': 1}.b }}", "⟨b?⟩"),
        ("{% filter upper %}{{ delay.days }}{% endfilter %}", "⟨DELAY.DAYS?⟩"),
    ],
)
def test_a_value_that_is_missing_stands_in_the_text_and_blocks(body: str, text: str) -> None:
    rendered = fill(body)
    assert rendered.text == text
    assert not rendered.complete
    for each in rendered.missing:
        assert text[each.start : each.end] == f"⟨{each.name}?⟩"


def test_the_subject_and_the_address_block_too() -> None:
    rendered = fill("subject: About {{ delay.reason }}\n\nHello.")
    assert (rendered.missing, [each.name for each in rendered.missing_in_subject]) == ((), ["delay.reason"])
    assert not rendered.complete
    assert not fill("to: {{ customer.email }}\n\nHello.").complete


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Dear {{ customer.email | default('customer') }},", "Dear customer,"),
        ("{{ customer.email or 'friend' }}", "friend"),
        ("{% if delay %}late{% else %}on time{% endif %}", "on time"),
        ("{% if delay.days > 1 %}late{% endif %}", ""),
        ("{% for each in invoices %}x{% else %}none{% endfor %}", "none"),
        ("{% for each in delay.steps %}x{% endfor %}", ""),
        ("{{ 's' if lines | length > 1 }}{{ 's' if lines | length > 2 }}", "s"),
        ("{{ lines | sum(attribute='quantity') }} pieces", "3 pieces"),
        ("{{ customer.email is defined }}", "False"),
        ("{% if customer.company == '' %}private{% endif %}", "private"),
        ("{% if customer.company != 'Kowal' %}private{% endif %}", "private"),
        ("{% if 'x' in delay.steps %}yes{% else %}no{% endif %}{{ delay.steps | length }}", "no0"),
        ("{% if delay %}late{% elif order %}there{% endif %}", "there"),
        ("{{ 3 | abs }} {{ 2.6 | round }} {{ 2.64 | round(1) }} {{ 2.9 | int }}", "3 3 2.6 2"),
    ],
)
def test_a_macro_may_say_what_to_do_without_a_value(body: str, text: str) -> None:
    rendered = fill(body)
    assert rendered.text == text
    assert rendered.complete


def test_to_decide_by_a_name_that_is_not_there_is_a_mistake_of_the_macros_author() -> None:
    assert (
        refused("{% if custmer.name %}x{% endif %}") == "macro.md:1: there is no custmer.name; did you mean customer?"
    )
    assert refused("title: a\n\nb\n{% if customer.nam %}x{% endif %}") == (
        "macro.md:4: there is no customer.nam; did you mean name?"
    )
    assert "there is no linse" in refused("{% for line in linse %}x{% endfor %}")


# ---- money, days, times


def test_values_are_written_as_the_customers_language_does() -> None:
    body = "{{ order.total }} {{ order.total | money }} {{ 250 | money('EUR') }} {{ order.placed_at | date }} "
    body += "{{ order.placed_at | time }} {{ order.placed_at | weekday }} {{ order.promised_at }}"
    assert fill(body).text == "€8,900.00 €8,900.00 €2.50 21 November 2026 00:30 Saturday 20 November 2026"
    assert fill(body, language="de").text == (
        "8.900,00\u00a0€ 8.900,00\u00a0€ 2,50\u00a0€ 21. November 2026 00:30 Samstag 20. November 2026"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{{ customer }}", "customer is several values: say which, such as customer.name"),
        ("{{ lines }}", "is a list: loop over it"),
        ("{{ 250 | money }}", "of a plain number say the currency"),
        ("{{ customer.name | date }}", "date, time and weekday are for moments"),
        ("{{ order.promised_at | time }}", "is a day, which has no time"),
        ("{{ customer.name | int }}", "int, round and abs are for numbers"),
        ("{{ customer.name | uper }}", "No filter named 'uper'"),
        ("{{ 1 / 0 }}", "cannot be worked out (division by zero)"),
        ("{{ x", "unexpected end of template"),
        ("{{ {'a': 1} }}", "is nothing that can be written into a mail"),
        ("{{ lines | sort | length }}", "cannot be worked out ('<' not supported"),
        ("{{ delay.days + [1] }}{{ range(delay.days) }}", "range takes numbers"),
        ("{% if %}", "Expected an expression"),
        ("{% for each in order %}{% endfor %}", "is no list: nothing to loop over"),
    ],
)
def test_a_mistake_in_a_macro_is_told_with_file_and_line(body: str, words: str) -> None:
    told = refused(f"title: x\n\n\n{body}")
    assert told.startswith("macro.md:4: ")
    assert words in told


# ---- bounds


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ customer.name.upper() }}",
        "{{ customer['__class__']['__init__'] | map('x') }}{{ order.number.__class__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ range.__self__.__class__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ self.__init__.__globals__ }}",
        "{{ joiner }}{{ ().__class__ }}",
        "{{ '{0.__class__}'.format(order) }}",
        "{{ order.placed_at.isoformat() }}",
        "{{ lipsum() }}",
        "{{ dict(a=1) }}",
        "{% include 'other.md' %}",
        "{% import 'other.md' as x %}",
        "{% extends 'other.md' %}",
    ],
)
def test_a_macro_reaches_nothing_but_the_record(body: str) -> None:
    assert refused(body).startswith("macro.md:1: ")


@pytest.mark.parametrize(
    "body",
    [
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(1000000000) | join }}",
        "{% for a in range(2000) %}{% for b in range(2000) %}x{% endfor %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{% set n = namespace(x='ab') %}{% for a in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n = namespace(x=9) %}{% for a in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}",
        "{% set n = namespace(x='a') %}{% for a in range(60) %}{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_a_macro_cannot_grow_or_turn_without_end(body: str) -> None:
    begun = time.process_time()
    assert refused(body).startswith("macro.md:1: ")
    assert time.process_time() - begun < 5


def test_a_long_record_is_not_a_long_mail() -> None:
    record = {"lines": [{"title": "x" * 500}] * 1_000}
    with pytest.raises(MacroError, match="becomes longer than 100,000 characters"):
        fill("{% for line in lines %}{{ line.title }}{% endfor %}", record)


# ---- marks in any text


def test_marks_left_in_a_draft_are_found_wherever_they_came_from() -> None:
    text = "Dear {{ name }},\n> {{ quoted }} ⟨theirs?⟩\nsee ⟨order.number?⟩ {% if x %} {# no #} and {{ open"
    found = unresolved(text)
    assert [each.name for each in found] == ["name", "order.number", "if x", "no", "open"]
    assert [text[each.start : each.end] for each in found] == [
        "{{ name }}",
        "⟨order.number?⟩",
        "{% if x %}",
        "{# no #}",
        "{{ open",
    ]
    assert not unresolved("Dear Jan, {braces}, ⟨brackets⟩ and 100 % are fine?")


@given(st.text(max_size=200))
def test_what_the_record_says_is_written_as_it_is(words: str) -> None:
    rendered = fill("<{{ customer.name }}>", {"customer": {"name": words}})
    assert rendered.text == (f"<{words}>" if words.strip() else "<⟨customer.name?⟩>")


@given(st.text(max_size=300))
def test_any_text_is_a_macro_or_told_why_not(body: str) -> None:
    try:
        rendered = fill(body)
    except MacroError as error:
        told = error
    else:
        assert rendered.complete == (not rendered.missing and not rendered.missing_in_subject)
        return
    assert 1 <= told.line <= body.count("\n") + 1
    assert told.words


NAMES = st.sampled_from(
    ["customer.first_name", "customer.email", "delay.days", "parcel.last_scan.place", "nobody.there"]
)


@given(st.lists(NAMES, max_size=5))
def test_every_missing_value_is_listed_and_no_other(names: list[str]) -> None:
    rendered = fill("".join(f"[{{{{ {name} }}}}]" for name in names))
    present = {"customer.first_name", "parcel.last_scan.place"}
    assert [each.name for each in rendered.missing] == [name for name in names if name not in present]


def test_the_names_a_macro_may_use_are_listed() -> None:
    assert variables(RECORD) == [
        *("order.number", "order.total", "order.total.amount", "order.total.currency", "order.placed_at"),
        *("order.promised_at", "customer.name", "customer.first_name", "customer.company", "customer.email"),
        *("parcel.carrier", "parcel.last_scan.text", "parcel.last_scan.place", "parcel.last_scan.time"),
        *("delay", "refundable", "refundable.amount", "refundable.currency", "credit", "credit.amount"),
        *("credit.currency", "lines", "lines[0].sku", "lines[0].quantity", "invoices"),
    ]


def test_looking_for_marks_and_titles_does_not_load_the_template_engine() -> None:
    code = (
        "import sys; from oms_tui.domain import macros;"
        "macros.parse('title: x\\n\\nHello', 'a.md'); macros.unresolved('{{ x }}');"
        "sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
