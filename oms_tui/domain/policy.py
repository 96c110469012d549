"""How this desk works: its hours, its tiers, its weights and its own addresses. Made once from the config."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from oms_tui.domain.priority_weights import WEIGHTS
from oms_tui.domain.vocabulary import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from oms_tui.domain.business_time import BusinessHours
    from oms_tui.domain.procedures import ProcedureRule

FIRST_RESPONSE: Final = timedelta(hours=8)
"""Business time to the first answer where a tier names none: one day at the desk."""


@dataclass(frozen=True, slots=True)
class TierPolicy:
    """How a group of customers is served; times are business time.

    ``when`` is the query that finds them, "" for everybody the tiers before it did not find. ``weight``: what a day
    that something costs them counts among causes; None: as ``impact.weight_of`` says.
    """

    name: str
    when: str = ""
    first_response: timedelta = FIRST_RESPONSE
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    calls: tuple[str, ...] = ()
    call_within: timedelta | None = None
    account_manager: str = ""
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class AgentPolicy:
    """Somebody who works here. ``away`` are absences the config names, from and until in milliseconds since 1970."""

    id: str
    name: str = ""
    role: str = ""
    email: str = ""
    deputy: str = ""
    away: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """Everything that rules are told about the desk.

    Attributes:
        zone: the desk's time zone.
        hours: when it is open.
        tiers: in the order in which they are tried; the last one may be for everybody.
        weights: the most points of each priority term.
        own_addresses: every address of the desk's mailboxes, normalised.
        key: the secret that reply addresses are signed with.
        stale: from which age a quoted figure is read again: orders, stock, tracking, invoices.
        undo_window: how long a reply can be taken back.
        language: in which replies say dates and money.
        procedures: the set steps for kinds of orders.
        agents: who works here, by id.
        queries: what else the house made for some orders, for reports: (rule or view, its name, its query).
        name: the desk's name, and ``signature`` what stands below replies.
    """

    zone: tzinfo
    hours: BusinessHours
    tiers: tuple[TierPolicy, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    own_addresses: frozenset[str] = frozenset()
    key: bytes = b""
    stale: Mapping[str, timedelta] = field(default_factory=dict)
    undo_window: timedelta = timedelta(seconds=10)
    language: str = "en"
    name: str = "oms-tui"
    signature: str = ""
    agents: Mapping[str, AgentPolicy] = field(default_factory=dict)
    procedures: tuple[ProcedureRule, ...] = ()
    queries: tuple[tuple[str, str, str], ...] = ()

    def tier(self, name: str) -> TierPolicy:
        """The policy of a tier; one nobody configured is served as the standard tier."""
        for policy in self.tiers:
            if policy.name == name:
                return policy
        return TierPolicy(name or Tier.STANDARD)
