"""Whether customers had their answers in the time their tier was promised: by clock, tier and week."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain.clocks import ClockKind
from oms_tui.domain.figures import Kind
from oms_tui.domain.vocabulary import ConversationStatus
from oms_tui.store.reads.reports.behind import query_of
from oms_tui.store.reads.reports.handling import middle, slow
from oms_tui.store.reads.reports.shape import figure, share
from oms_tui.store.reads.reports.turns import meter, turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.domain.policy import TierPolicy
    from oms_tui.store.reads.reports.behind import Named
    from oms_tui.store.reads.reports.shape import Asked
    from oms_tui.store.reads.reports.turns import Meter, Turn

FORMULA: Final = (
    "first response: from the first mail of a conversation to the first answer a person here wrote; next response: the "
    "same for every later mail, where a tier is promised one; resolution: all waits of a conversation together until "
    "it is closed, likewise. All in business time, by the week in which the customer wrote (of a resolution: wrote "
    "first) and the tier they have today. Met: answered, or closed, within the tier's time; late: after it, or still "
    "waiting beyond it; open: still in time; a response clock closed without an answer counts as neither. In time: "
    "met in percent of met and late. Median and ninth decile (nine of ten were faster) of what was answered."
)
_QUIET: Final = frozenset({ConversationStatus.CLOSED, ConversationStatus.SPAM, ConversationStatus.MERGED})


@dataclass(frozen=True, slots=True)
class Kept:
    """A clock of a tier in a week. Times are business seconds; None where nothing was answered or promised."""

    week: str = figure(Kind.TEXT)
    tier: str = figure(Kind.TEXT)
    clock: str = figure(Kind.TEXT)
    promised: int | None = figure(Kind.SECONDS, gives_way=3)
    asked: int = figure(gives_way=1)
    met: int = figure()
    late: int = figure()
    open: int = figure()
    met_percent: float | None = figure(Kind.PERCENT, "in time", bar=True)
    median: int | None = figure(Kind.SECONDS, gives_way=2)
    slow: int | None = figure(Kind.SECONDS, "ninth decile", gives_way=4)
    query: str = figure(Kind.QUERY)


class _Sum:
    __slots__ = ("asked", "behind", "late", "met", "open", "waits")

    def __init__(self) -> None:
        self.asked = self.met = self.late = self.open = 0
        self.waits: list[float] = []
        self.behind: set[Named] = set()

    def add(self, turn: Turn, waited: float, promised: float, *, answered: bool, quiet: bool) -> None:
        self.asked += 1
        if turn.order is not None and waited > promised and (answered or not quiet):
            self.behind.add(turn.order)
        if answered:
            self.waits.append(waited)
            self.met += waited <= promised
            self.late += waited > promised
        elif not quiet:
            self.late += waited > promised
            self.open += waited <= promised


class _Wait:
    """All that a customer waited in a conversation, and the turn that began it, if that lies in these weeks."""

    __slots__ = ("first", "waited")

    def __init__(self) -> None:
        self.first: Turn | None = None
        self.waited = 0.0

    def add(self, turn: Turn, waited: float) -> None:
        self.waited += waited
        if turn.first:
            self.first = turn


def sla(asked: Asked) -> list[Kept]:
    """The newest week first, then by tier as the config lists them, then by clock."""
    policy, weeks = asked.policy, asked.weeks
    measure = meter(asked)
    promises = {tier.name: _promises(tier) for tier in policy.tiers}
    found: defaultdict[tuple[str, str, str], _Sum] = defaultdict(_Sum)
    solved: dict[int, _Wait] = {}
    for turn in turns(asked):
        promised = promises.setdefault(turn.tier, _promises(policy.tier(turn.tier)))
        waited = _waited(turn, measure, weeks.until)
        clock = ClockKind.FIRST_RESPONSE if turn.first else ClockKind.NEXT_RESPONSE
        if turn.asked >= weeks.since and clock in promised:
            found[weeks.of(turn.asked), turn.tier, clock.value].add(
                turn, waited, promised[clock], answered=turn.answered is not None, quiet=turn.status in _QUIET
            )
        if ClockKind.RESOLUTION in promised:
            solved.setdefault(turn.conversation, _Wait()).add(turn, waited)
    for each in solved.values():
        if each.first is not None and each.first.asked >= weeks.since:
            tier, status = each.first.tier, each.first.status
            found[weeks.of(each.first.asked), tier, ClockKind.RESOLUTION.value].add(
                each.first,
                each.waited,
                promises[tier][ClockKind.RESOLUTION],
                answered=status == ConversationStatus.CLOSED,
                quiet=status in _QUIET,
            )
    order = {name: place for place, name in enumerate(promises)}
    keys = sorted(found, key=lambda key: (order[key[1]], list(ClockKind).index(ClockKind(key[2]))))
    keys.sort(key=lambda key: key[0], reverse=True)
    return [_kept(key, found[key], promises[key[1]]) for key in keys]


def _waited(turn: Turn, measure: Meter, now: int) -> float:
    return measure.seconds(turn.asked, turn.answered if turn.answered is not None else now)


def _promises(tier: TierPolicy) -> dict[ClockKind, float]:
    return dict(_each(tier))


def _each(tier: TierPolicy) -> Iterator[tuple[ClockKind, float]]:
    yield ClockKind.FIRST_RESPONSE, tier.first_response.total_seconds()
    if tier.next_response is not None:
        yield ClockKind.NEXT_RESPONSE, tier.next_response.total_seconds()
    if tier.resolution is not None:
        yield ClockKind.RESOLUTION, tier.resolution.total_seconds()


def _kept(key: tuple[str, str, str], sums: _Sum, promised: dict[ClockKind, float]) -> Kept:
    week, tier, clock = key
    return Kept(
        week=week,
        tier=tier,
        clock=clock,
        promised=round(promised[ClockKind(clock)]),
        asked=sums.asked,
        met=sums.met,
        late=sums.late,
        open=sums.open,
        met_percent=share(sums.met, sums.met + sums.late),
        median=middle(sums.waits),
        slow=slow(sums.waits),
        query=query_of(sums.behind),
    )
