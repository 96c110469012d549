"""What an action is: one entry of the catalogue that keys, palette, footer, help, commands and rules are fed from.

An action is about one order. It says why it cannot be done now, what it would do, and does it: a transaction of the
desk of its own. Nothing here, and nothing an action imports at its top, may cost time: the desk loads all of them right
after its first frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.refused import Refused
from oms_tui.domain.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

    Fields = Mapping[str, Any]
    WhyNot = Callable[[Session, QueueItem], str]
    Preview = Callable[[Session, QueueItem, Fields], str]
    Doubt = Callable[[Session, QueueItem, Fields], str]
    Check = Callable[[Session, Fields], None]
    Apply = Callable[[Session, QueueItem, Fields], "Outcome"]

__all__ = [
    "DESK",
    "DESK_AND_FINANCE",
    "DESK_AND_WAREHOUSE",
    "EVERYBODY",
    "GROUPS",
    "WHEN_EXAMPLES",
    "Action",
    "Done",
    "Field",
    "Outcome",
    "Refused",
    "always",
]

DESK: Final = frozenset({Role.AGENT, Role.LEAD, Role.ACCOUNT_MANAGER})
"""Who answers customers."""

DESK_AND_FINANCE: Final = DESK | {Role.FINANCE}
DESK_AND_WAREHOUSE: Final = DESK | {Role.WAREHOUSE}
EVERYBODY: Final = DESK | {Role.FINANCE, Role.WAREHOUSE}
"""Everybody who may change anything; a reader may not."""

WHEN_EXAMPLES: Final = "write 2h, 3d, tomorrow, tomorrow 9:00, fri or 2026-12-24 14:30"
"""How a business time is written (when.py)."""

GROUPS: Final = ("reply", "mail", "order", "calls", "money", "customer")
"""The groups of actions, in the order in which help lists them."""


@dataclass(frozen=True, eq=False, repr=False)
class Field:
    """One thing an action wants to be told.

    ``kind`` is how it is read (``field_values.py``): ``line``, ``block`` (lines), ``choice``, ``agent``, ``when`` (a
    business time), ``money``, ``flag`` or ``mail`` (a message). ``choices`` are the values there are, ``words`` how
    people read each of them.
    """

    name: str
    title: str
    kind: str = "line"
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of it: ``done``, or ``queued`` where it still has to leave. ``warning`` is for people to read.

    ``draft``: the draft it made.
    """

    summary: str
    undo_id: str = ""
    result: str = "done"
    warning: str = ""
    draft: str = ""


def always(_session: Session, _order: QueueItem) -> str:
    """Nothing stands against it."""
    return ""


@dataclass(frozen=True, eq=False, repr=False)
class Action:
    """One thing that can be done to an order.

    Attributes:
        id: how commands, rules and the config call it.
        title: two or three words.
        help: one sentence.
        group: one of ``GROUPS``.
        apply: does it; raises ``Refused``.
        key: the default key on the desk, "" for none.
        rank: footer and palette list low ranks first.
        fields: what it wants to be told.
        roles: who may.
        destructive: is asked for before it is done.
        undoable: ``undo`` takes it back.
        why_not: why it cannot be done to this order now, "" if it can.
        preview: what it would do, in words, changing nothing.
        leaves: mail or money leaves by it: a rule does it only where the rule itself says ``without_asking``.
        not_by_rule: why no rule may do it, "" where one may.
        check: raises ``Refused`` (code ``usage``) for values that are wrong whatever the order, where a field's kind
            does not tell: before any order is touched.
        doubt: what speaks against it though it may be done, "" for nothing: a person is asked first.
    """

    id: str
    title: str
    help: str
    group: str
    apply: Apply
    key: str = ""
    rank: int = 100
    fields: tuple[Field, ...] = ()
    roles: frozenset[str] = DESK
    destructive: bool = False
    undoable: bool = True
    why_not: WhyNot = always
    preview: Preview | None = None
    leaves: bool = False
    not_by_rule: str = ""
    check: Check | None = None
    doubt: Doubt | None = None

    def allowed(self, session: Session) -> str:
        """Why this agent may not do it at all, "" if they may."""
        if session.store.read_only:
            return "this desk was opened to read only"
        if session.agent.role not in self.roles:
            allowed = ", ".join(sorted(role.replace("_", " ") for role in self.roles))
            return f"{session.agent.shown} works here as {session.agent.role.replace('_', ' ')}; it takes {allowed}"
        return ""

    def refusal(self, session: Session, order: QueueItem) -> str:
        """Why it cannot be done now, by role or by rule; "" if it can: the reason it is greyed out."""
        return self.allowed(session) or self.why_not(session, order)

    def in_words(self, session: Session, order: QueueItem, fields: Fields) -> str:
        """What it would do."""
        if self.preview is not None:
            return self.preview(session, order, fields)
        said = ", ".join(f"{name} {value}" for name, value in fields.items() if value not in {"", None, False})
        return f"{self.title}: {said}" if said else self.title


@dataclass(frozen=True)
class Done:
    """What became of an action on one order. ``result``: done, queued, refused, previewed.

    ``code`` is that of a refusal; ``why`` are words: what was done, or why not.
    """

    number: str
    action: str
    result: str
    why: str
    undo_id: str = ""
    warning: str = ""
    code: str = ""
    order: tuple[str, str] = field(default=("", ""))
