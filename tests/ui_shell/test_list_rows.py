"""Rows of the screens with a list of their own, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from oms_tui.domain.rules import Rule
from oms_tui.store.reads.rules import RuleCounts
from oms_tui.store.shapes import CandidateView, UnlinkedMail
from oms_tui.ui.order.frame import Frame
from oms_tui.ui.screens.rules import Listed, run_rows
from oms_tui.ui.screens.unlinked import Opened, candidate_rows, mail_rows, order_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oms_tui.ui.rows import Row

NOW = 1_795_600_000_000
FRAME = Frame(NOW, ZoneInfo("Europe/Berlin"))


def texts(rows: Iterable[Row]) -> list[str]:
    return [row.text for row in rows]


def mail(subject: str, reason: str) -> UnlinkedMail:
    return UnlinkedMail(1, "support", "Jan", "jan@x.example", subject, NOW, "linked", reason)


def test_why_a_mail_is_unattended_is_never_cut_for_its_subject() -> None:
    letter = mail("Adressänderung zu meiner Bestellung", "unanswered, and nobody's")
    rows = texts(mail_rows([letter], FRAME, 40, reasons=True))
    assert rows[1].endswith("  nobody's")
    assert "…" in rows[1]
    assert "unanswered" not in rows[1], "all of this list are"


def test_how_sure_a_candidate_is_has_a_unit() -> None:
    rows = texts(candidate_rows([CandidateView(7, "1042", "Jan Kowal", 62, ("address Lindenweg 4",))], 80))
    assert rows == ["1 #1042 Jan Kowal  62 % address Lindenweg 4"]


def test_the_evidence_for_an_order_is_read_whole_where_there_is_room() -> None:
    evidence = ("jan@x.example is known on it", "address Lindenweg 4", "placed 2 days before")
    found = Opened(1, None, (CandidateView(7, "1042", "Jan Kowal", 100, evidence),), ())
    roomy = texts(order_rows(found, 60, 6))
    assert roomy[0] == "1 #1042 Jan Kowal  100 % "
    assert " ".join(line.strip() for line in roomy[1:]) == ", ".join(evidence)
    narrow = texts(order_rows(found, 60, 2))
    assert len(narrow) == 1
    assert narrow[0].endswith("…")


def test_what_a_rule_did_stands_in_columns() -> None:
    rule = Rule(name="customs", when="tracking:exception", do="draft", fields={}, again="returns", enabled=True)
    ran = [
        {"state": state, "number": "935", "words": "draft", "ran_at": NOW, "source": "shop", "remote_id": str(at)}
        for at, state in enumerate(("done", "withdrawn"))
    ]
    rows = texts(run_rows(Listed(rule, "", RuleCounts()), ran, (), FRAME, 80))[-2:]
    assert rows[0].index("#935") == rows[1].index("#935")
