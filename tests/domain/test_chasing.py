"""Which mails chase an order, in the languages customers write."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.chasing import is_chasing, without_quotes

CHASING = [
    ("Hello??", "still no parcel, I live at Lindenweg 4"),
    ("Order 1042", "Where is my order? It should have come on Friday."),
    ("Where's my parcel", ""),
    ("", "When will it arrive?"),
    ("", "The lamp hasn't arrived yet."),
    ("", "I haven\u2019t received anything."),
    ("tracking", "The tracking has not moved for five days"),
    ("Bestellung 1042", "Wo bleibt meine Lampe?"),
    ("", "Das Paket ist noch immer nicht angekommen."),
    ("", "Wann kommt die Lieferung denn?"),
    ("", "Ich warte nun schon seit einer Woche auf die Lampe."),
    ("", "Où est mon colis ? Je n'ai toujours rien reçu."),
    ("", "¿Dónde está mi pedido? Todavía no ha llegado."),
    ("", "Dov'è il mio pacco?"),
    ("", "Non ho ancora ricevuto nulla."),
    ("", "Waar blijft mijn bestelling?"),
    ("", "Var är mitt paket? Det har inte kommit."),
    ("", "Gdzie jest moja paczka? Jeszcze nie dotarła."),
    ("", "Onde está a minha encomenda?"),
    ("注文について", "まだ届いていません。"),
]
ORDINARY = [
    ("Order 1042", "The parcel arrived today, thank you!"),
    ("Invoice", "Please send the invoice to our accounts department."),
    ("New address", "We have moved: Lindenweg 4."),
    ("Damaged", "One lamp was broken when I opened the parcel."),
    ("Frage", "Passt der Schirm auch auf die kleine Lampe?"),
    ("", "Vielen Dank, das Paket ist angekommen."),
    ("", "Merci, tout est bien arrivé."),
    ("Angebot", "Bitte schicken Sie uns ein Angebot."),
    ("", "Please cancel the order."),
]


@pytest.mark.parametrize(("subject", "text"), CHASING)
def test_a_mail_that_asks_where_it_is_chases(subject: str, text: str) -> None:
    assert is_chasing(subject, text)


@pytest.mark.parametrize(("subject", "text"), ORDINARY)
def test_a_mail_about_anything_else_does_not(subject: str, text: str) -> None:
    assert not is_chasing(subject, text)


def test_what_a_mail_quotes_is_not_what_it_asks() -> None:
    text = "Thank you, all is well.\n> Where is my order?\n> When will it arrive?\nJan"
    own = without_quotes(text, [[1, 3]])
    assert own == "Thank you, all is well.\nJan"
    assert not is_chasing("Re: thanks", own)
    assert without_quotes("one line", [[0, 9]]) == ""


@given(st.text(), st.text())
def test_any_text_is_read(subject: str, text: str) -> None:
    assert is_chasing(subject, text) in {True, False}


def test_a_mail_of_a_megabyte_costs_no_more_than_its_beginning() -> None:
    began = time.perf_counter()
    is_chasing("where " * 300, "the order is where the parcel is when it is " * 25_000)
    assert time.perf_counter() - began < 1
