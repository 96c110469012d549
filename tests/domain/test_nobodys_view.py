"""Which orders no shared view shows is a query made of the views' own."""

from __future__ import annotations

from oms_tui.domain.nobodys_view import nobodys_view

TIERS = ("key", "priority", "standard", "one_off")


def query(*views: str, tiers: tuple[str, ...] = TIERS, agents: tuple[str, ...] = ("ana", "lea")) -> str:
    found = nobodys_view(views, tiers=tiers, agents=agents)
    return found.query if found else ""


def test_it_is_what_they_have_left() -> None:
    assert query("ship:late", "a OR b") == "is:open (tier:key OR tier:priority) -(ship:late) -(a OR b)"


def test_a_view_of_ones_own_is_asked_for_everybody() -> None:
    assert query("owner:me state:open", "is:mine").endswith(
        "-(owner:ana state:open) -(owner:lea state:open) -(owner:ana) -(owner:lea)"
    )
    assert query("(manager:me OR owner:none)", agents=("ana",)).endswith("-((manager:ana OR owner:none))")


def test_there_is_none_where_it_would_say_nothing() -> None:
    assert query() == ""
    assert query("ship:late", "") == "", "a view of everything shows everything"
    assert query("ship:late", tiers=("standard", "one_off")) == ""
