"""What repeats an earlier mail is folded; what the customer wrote is not."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.quotes import quoted_ranges

if TYPE_CHECKING:
    from pathlib import Path

LOST_SHARE = 0.02  # of the customer's words that may be folded with a quote


def unfolded(text: str, **more: object) -> str:
    lines = text.split("\n")
    folded = {number for first, last in quoted_ranges(text, **more) for number in range(first, last)}  # type: ignore[arg-type]
    return "\n".join(line for number, line in enumerate(lines) if number not in folded).strip()


@pytest.mark.parametrize(
    "quote",
    [
        "> Dear Jan\n> bye",
        "On Mon, 2 Mar 2026 at 10:00, Support <s@shop.test> wrote:\n> Dear Jan",
        "On Mon, 2 Mar 2026 at 10:00, Support <s@shop.test> wrote:\n\nDear Jan\nbye",
        "On Mon, 2 Mar 2026 at 10:00, A Very Long Name\n<support@shop.test>\nwrote:\n\n> Dear Jan",
        "Am 02.03.2026 um 10:00 schrieb Support:\n> Hallo",
        "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Support <\ns@shop.test>:\n\nHallo",
        "Le lun. 2 mars 2026 à 10:00, Support <s@shop.test> a écrit :\n\nBonjour",
        "El lun, 2 mar 2026 a las 10:00, Support (<s@shop.test>) escribió:\n> Hola",
        "Il giorno lun 2 mar 2026 alle ore 10:00 Support <s@shop.test> ha scritto:\nCiao",
        "Op ma 2 mrt 2026 om 10:00 schreef Support <s@shop.test>:\nHoi",
        "Den mån 2 mars 2026 kl 10:00 skrev Support <s@shop.test>:\nHej",
        "W dniu 2.03.2026 o 10:00, Support pisze:\n> Witaj",
        "pon., 2 mar 2026 o 10:00 Support <s@shop.test> napisał(a):\n\n> Witaj",
        "2026-03-02 10:00 GMT+02:00 Support <\ns@shop.test>:\n\n> Dear Jan",
        "-----Original Message-----\nFrom: Support\nDear Jan",
        "-----Ursprüngliche Nachricht-----\nVon: Support\nHallo",
        "_______________\nFrom: Support <s@shop.test>\nSent: Monday, 2 March 2026\nTo: Jan\nSubject: hi\n\nDear",
        "Von: Support <s@shop.test>\nGesendet: Montag, 2. März 2026 10:00\nAn: Jan\nBetreff: hi\n\nHallo",
        "*From:* Support\n*Sent:* Monday\n*To:* Jan\n*Subject:* hi\n\nDear Jan",
        "Begin forwarded message:\n\nFrom: x\nDear",
    ],
)
def test_the_quote_is_folded_and_the_answer_stays(quote: str) -> None:
    answer = "Still no parcel!\nPlease help.\n\nJan"
    assert unfolded(f"{answer}\n\n{quote}\n") == answer


def test_answers_between_the_lines_stay() -> None:
    text = "On 2026-03-02 at 10:00, Support wrote:\n> Which colour?\nBlue.\n\n> Which size?\nL, please."
    assert unfolded(text) == "Blue.\n\nL, please."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote that it is broken.\nToday it still is.",
        "From: what I see, the lamp is blue.\nI ordered red.",
        "I want the following:\nlamp blue\nlamp red",
        "Date of order: 2 March\nNumber: SO-100001\nSubject: late",
        "--\nJan Kowal\nWarsaw",
    ],
)
def test_words_that_only_look_like_a_quote_stay(text: str) -> None:
    assert quoted_ranges(text) == ()


def test_a_mail_that_is_all_quote_is_shown() -> None:
    assert quoted_ranges("---------- Forwarded message ----------\nFrom: a\n> b") == ()
    assert quoted_ranges("> only this") == ()
    assert quoted_ranges("") == ()


def test_our_own_marker_and_our_own_lines_come_first() -> None:
    ours = "Dear Jan,\nyour parcel is at customs in Leipzig."
    text = "Thanks.\n## reply above ##\nanything\nat all"
    assert unfolded(text, marker="## reply above ##") == "Thanks."
    assert unfolded(f"Thanks.\n\n{ours}\nHow long?", known=[ours]) == "Thanks.\n\nDear Jan,\nHow long?"


@pytest.mark.parametrize(
    "line",
    ["On Mon", "On Mon, 2 Mar 2026 10:00", "From: a", "> a", "> a\nOn x@y:", "-" * 400, "_____",
     "Am 1.1.2026 schrieb x" + " " * 300, "forwarded by " + " " * 380 + "x",
     "-- original message" + " " * 370 + "x", ":", "\n"],
    ids=lambda line: line[:12],
)  # fmt: skip
def test_fifty_thousand_lines_made_for_it_take_less_than_a_moment(line: str) -> None:
    text = f"{line}\n" * 50_000 + "end"
    started = time.process_time()
    quoted_ranges(text)
    assert time.process_time() - started < 3  # 0.2 s on a free core


def test_the_customers_words_survive_real_replies(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = corpus / "replies" / "discourse__email_reply_trimmer"
    written = lost = 0
    for trimmed in sorted(folder.glob("test__trimmed__*")):
        mail = folder / trimmed.name.replace("trimmed", "emails")
        if not mail.exists():
            continue
        shown = Counter(re.findall(r"\w+", unfolded(mail.read_text("utf-8", "replace"))))
        own = "\n".join(line for line in trimmed.read_text("utf-8", "replace").split("\n") if not line.startswith(">"))
        words = Counter(re.findall(r"\w+", own))
        written += words.total()
        lost += (words - shown).total()
    with capsys.disabled():
        print(f"\nreal replies: {lost} of {written} of the customers' words folded")
    assert written > 200
    assert lost <= written * LOST_SHARE


PIECES = ["> a", "", "On 2026-01-01 x wrote:", "words", "From: x", "Sent: y", "To: z", "-- original message"]


@given(st.lists(st.sampled_from(PIECES)))
def test_ranges_are_in_order_and_within_the_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    end = 0
    for first, last in quoted_ranges(text):
        assert end <= first < last <= len(text.split("\n"))
        end = last
