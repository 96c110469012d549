"""Who works with which store by which rules: what every action, screen and command is given."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from oms_tui.domain.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.workspace import Workspace


def wall_clock() -> int:
    """Now, in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """Somebody at the desk. ``role`` is a Role; ``deputy`` another agent's id."""

    id: str
    name: str = ""
    role: str = Role.LEAD
    email: str = ""
    deputy: str = ""

    @property
    def shown(self) -> str:
        """How colleagues read them."""
        return self.name or self.id or "somebody"


@dataclass(frozen=True, slots=True)
class MailAccount:
    """A mailbox the desk can write from: the source's name, its address and the name shown with it.

    ``plus``: mail to ``name+anything@`` arrives there too, so replies may ask for answers to a signed address.
    """

    source: str
    address: str
    name: str = ""
    plus: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """An agent at a store. The store's connections belong to one thread at a time.

    Attributes:
        store: the two files, open.
        policy: the desk's rules.
        agent: who works.
        agents: everybody who works here, by id.
        accounts: the mailboxes that can send, the desk's first one first.
        macros: the folder of macro files; it need not exist.
        clock: milliseconds since 1970 UTC.
    """

    store: Workspace
    policy: DeskPolicy
    agent: AgentFacts
    agents: Mapping[str, AgentFacts] = field(default_factory=dict)
    accounts: tuple[MailAccount, ...] = ()
    macros: Path | None = None
    clock: Callable[[], int] = wall_clock

    def now(self) -> int:
        """Milliseconds since 1970 UTC."""
        return self.clock()

    def on(self, store: Workspace) -> Session:
        """The same session on another thread's connections."""
        return replace(self, store=store)
