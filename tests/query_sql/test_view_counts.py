"""Counts of views are bounded: so many orders, so many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from plain_shop import BERLIN

from oms_tui.domain.query import parse
from oms_tui.store import driver
from oms_tui.store.query_words import CATALOGUE
from oms_tui.store.reads import view_counts
from oms_tui.store.reads.view_counts import view_count

if TYPE_CHECKING:
    from plain_shop import PlainShop

NOW = 1_790_000_000_000


def counted(plain: PlainShop, query: str, **options: int) -> int | None:
    return view_count(plain.store, parse(query, CATALOGUE), now=NOW, zone=BERLIN, agent="ana", **options)


@pytest.fixture
def many(plain: PlainShop) -> PlainShop:
    for number in range(60):
        plain.order(str(number))
    plain.derive()
    return plain


def test_so_many_and_no_more(many: PlainShop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(many, "") == 60
    monkeypatch.setattr(view_counts, "MOST", 25)
    assert counted(many, "") == 25


def test_one_that_takes_too_long_is_given_up_and_the_store_goes_on(
    many: PlainShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_STEPS_A_LOOK", 1)
    assert counted(many, "total:>0", effort=10) is None
    assert counted(many, "", effort=1_000_000) == 60, "nothing is left behind that would stop the next question"
