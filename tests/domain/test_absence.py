"""In whose hands orders are: owners, account managers, and their deputies while they are away. It ends by itself."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_tui.domain.absence import Away, Team, hands

AGENTS = ("ana", "ben", "lea", "tom")


def test_a_chain_of_deputies_is_followed_and_never_goes_round() -> None:
    team = Team({"lea": "ben", "ben": "ana", "ana": "lea"}, (Away("lea", 0, 100), Away("ben", 50, 80)))
    assert team.stand_in("lea", 10) == "ben"
    assert team.stand_in("lea", 60) == "ana"
    assert team.stand_in("lea", 100) == "lea", "she is back"
    everybody = Team(team.deputies, tuple(Away(name, 0, 100) for name in ("lea", "ben", "ana")))
    assert everybody.stand_in("lea", 10) == ""


def test_who_is_named_for_this_time_goes_before_the_usual_deputy() -> None:
    away = (Away("lea", 0, 200), Away("lea", 100, 150, "tom"))
    team = Team({"lea": "ben", "ben": "", "tom": "ana", "ana": ""}, away)
    assert [team.stand_in("lea", at) for at in (50, 120, 160)] == ["ben", "tom", "ben"]
    team = Team(team.deputies, (*away, Away("tom", 0, 200)))
    assert team.stand_in("lea", 120) == "ana", "and is stood in for like anybody"


def test_who_works_here_no_more_holds_nothing() -> None:
    found = hands(Team({"ana": ""}), owner="zoe", manager="", tier="key", waits=False, now=0)
    assert (found.owner, found.held) == ("zoe", False)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    deputies=st.dictionaries(st.sampled_from(AGENTS), st.sampled_from(("", *AGENTS))),
    away=st.lists(st.builds(Away, st.sampled_from(AGENTS), st.integers(0, 50), st.integers(50, 99)), max_size=6),
    asked=st.sampled_from(AGENTS),
    now=st.integers(0, 100),
)
def test_whoever_stands_in_is_here(deputies: dict[str, str], away: list[Away], asked: str, now: int) -> None:
    team = Team(deputies, tuple(away))
    acting = team.stand_in(asked, now)
    assert not acting or not team.is_away(acting, now)
    if not team.is_away(asked, now):
        assert acting == asked
    changes = team.next_change(now)
    assert changes is None or changes > now
