"""Rules: an action done by itself to every order that a query finds, once per order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTOR: Final = "rule:"
"""Before a rule's name, where the log says who did something."""

NEVER: Final = "never"
RETURNS: Final = "returns"
AGAIN: Final = (NEVER, RETURNS)
"""When a rule acts on an order it has acted on: never, or when the order has left its query and comes back."""


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        name: how people call it.
        when: the query that finds its orders.
        do: an action's id.
        fields: what the action is told.
        again: one of ``AGAIN``.
        without_asking: it may do what a person is asked about before (money or mail leaves, an order ends).
        enabled: whether it is at work.
    """

    name: str
    when: str
    do: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    again: str = NEVER
    without_asking: bool = False
    enabled: bool = True

    @property
    def actor(self) -> str:
        """How the log calls it."""
        return f"{ACTOR}{self.name}"

    @property
    def definition(self) -> str:
        """A name for what it says: another one where the query, the action or its fields are changed."""
        import json
        from hashlib import blake2b  # late: every desk reads its config at its start

        said = json.dumps([self.when, self.do, dict(self.fields)], sort_keys=True, default=str)
        return blake2b(said.encode(), digest_size=8).hexdigest()


def person_or_rule(actor: str) -> str:
    """How people read who did something, an agent's id as it is: ``rule customs``."""
    return f"rule {rule_of(actor)}" if rule_of(actor) else actor


def rule_of(actor: str) -> str:
    """The rule that the log means by ``actor``; "" where it was a person."""
    return actor.removeprefix(ACTOR) if actor.startswith(ACTOR) else ""
