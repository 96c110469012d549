"""Who is away, who stands in for them, and in whose hands an order is. Times are milliseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from oms_tui.domain.vocabulary import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

WITHOUT_MANAGER: Final = frozenset({"", Tier.STANDARD.value, Tier.ONE_OFF.value})
"""Tiers whose orders anybody takes: that nobody holds one of them is no news."""


class Away(NamedTuple):
    """Somebody is away from ``start`` until ``end``, which is no longer part of it.

    ``deputy`` stands in for them this time, "" for the usual one.
    """

    agent: str
    start: int
    end: int
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """Who works here.

    Attributes:
        deputies: every agent by id, with the one who stands in for them ("" for nobody). Empty: nobody is listed, and
            whoever is named works here.
        away: absences that are not over.
    """

    deputies: Mapping[str, str] = field(default_factory=dict)
    away: tuple[Away, ...] = ()

    def is_away(self, agent: str, now: int) -> bool:
        """Whether they are away, or work here no more."""
        if self.deputies and agent not in self.deputies:
            return True
        return any(each.agent == agent and each.start <= now < each.end for each in self.away)

    def back_at(self, agent: str, now: int) -> int | None:
        """When somebody who is away comes back, seen from ``now``; None: they are here, or nobody knows."""
        end = now
        spans = [each for each in self.away if each.agent == agent]
        while (later := max((each.end for each in spans if each.start <= end < each.end), default=end)) > end:
            end = later
        return end if end > now else None

    def stand_in(self, agent: str, now: int) -> str:
        """Who attends to what is ``agent``'s: they, else their deputy, else that one's, and so on; "" for nobody."""
        asked: set[str] = set()
        while agent and agent not in asked:
            if not self.is_away(agent, now):
                return agent
            asked.add(agent)
            agent = self._deputy(agent, now)
        return ""

    def _deputy(self, agent: str, now: int) -> str:
        """Who stands in for somebody who is away: who was named for this time, else the usual one."""
        named = (each.deputy for each in self.away if each.agent == agent and each.start <= now < each.end)
        return next(filter(None, named), self.deputies.get(agent, ""))

    def next_change(self, now: int) -> int | None:
        """When somebody next goes or comes back."""
        return min((at for each in self.away for at in (each.start, each.end) if at > now), default=None)


class Hands(NamedTuple):
    """Who attends to an order, why they do where it is not simply theirs, and whether anybody does."""

    owner: str
    why: str
    held: bool


def hands(team: Team, *, owner: str, manager: str, tier: str, waits: bool, now: int) -> Hands:
    """In whose hands an order is.

    An order is its owner's. One that nobody owns goes to the customer's account manager as soon as the customer waits
    for an answer. Whoever of them is away is stood in for.

    Args:
        team: who works here, and who is away.
        owner: to whom it was given, "" for nobody.
        manager: the customer's account manager, "" for nobody.
        tier: how the customer is served.
        waits: the customer waits for an answer.
        now: milliseconds since 1970 UTC.
    """
    if owner:
        acting = team.stand_in(owner, now)
        why = f"for {owner}, who is away" if acting and acting != owner else ""
        return Hands(acting or owner, why, bool(acting) or tier in WITHOUT_MANAGER)
    acting = team.stand_in(manager, now) if manager else ""
    held = bool(acting) or tier in WITHOUT_MANAGER
    if not acting or not waits:
        return Hands("", "", held)
    why = "account manager" if acting == manager else f"for {manager}, the account manager, who is away"
    return Hands(acting, why, held)
