"""Every key a config may have, and how it is read. A source's own settings are its connector's to declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui import config_values as read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oms_tui.config_values import Reader

    Readers = Mapping[str, Reader]

# The vocabulary's Role and Milestone: a test holds them together, importing it would cost the start.
ROLES: Final = ("agent", "lead", "warehouse", "finance", "account_manager", "reader")
MILESTONES: Final = (
    "placed",
    "paid",
    "allocated",
    "shipped",
    "out_for_delivery",
    "delivered",
    "exception",
    "delayed",
)

NOTICES: Final = ("shipped", "out_for_delivery", "delivered")
"""The steps of a parcel that a customer can be told of by themselves."""

AGAIN: Final = ("never", "returns")
"""When a rule acts on the same order again: the trade's ``domain.rules.AGAIN``."""

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def table(value: object) -> dict[str, Any]:
    """A table whose keys are read elsewhere."""
    if not isinstance(value, dict):
        raise read.wrong_type("a table", value)
    return value


def steps(value: object) -> list[Any]:
    """A list of steps, each read elsewhere."""
    if not isinstance(value, list):
        raise read.wrong_type("a list of steps", value)
    if not value:
        raise ValueError("must have a step at least")
    return value


DESK: Final[Readers] = {
    "name": read.name,
    "agent": read.name,
    "timezone": read.zone,
    "language": read.language,
    "signature": read.text,
    "undo_window": read.duration,
    "store": read.name,
    "data": read.name,
    "portable": read.boolean,
    "hours": table,
}
AGENT: Final[Readers] = {
    "name": read.name,
    "role": read.choice(ROLES),
    "email": read.address,
    "deputy": read.name,
    "away": read.day_spans,
}
SOURCE: Final[Readers] = {
    "kind": read.name,
    "enabled": read.boolean,
    "poll": read.positive_duration,
    "hot": read.positive_duration,
    "stale_after": read.positive_duration,
}
TIER: Final[Readers] = {
    "when": read.text,
    "first_response": read.positive_duration,
    "next_response": read.positive_duration,
    "resolution": read.positive_duration,
    "calls": read.choices(MILESTONES),
    "call_within": read.positive_duration,
    "account_manager": read.name,
    "weight": read.weight,
    "color": read.color,
}
VIEW: Final[Readers] = {"query": read.text, "sort": read.name, "columns": read.texts}
RULE: Final[Readers] = {
    "when": read.name,
    "do": read.name,
    "fields": read.fields,
    "again": read.choice(AGAIN),
    "without_asking": read.boolean,
    "enabled": read.boolean,
}
NOTICE: Final[Readers] = {"macro": read.name, "account": read.name, "when": read.text}
PROCEDURE: Final[Readers] = {"when": read.text, "steps": steps}
STEP: Final[Readers] = {"title": read.name, "role": read.choice(ROLES), "action": read.name, "id": read.name}
MACROS: Final[Readers] = {"folder": read.name}
UI: Final[Readers] = {"theme": read.name, "mouse": read.boolean, "blink": read.boolean, "animations": read.boolean}
STALE: Final[Readers] = dict.fromkeys(("orders", "stock", "tracking", "invoices"), read.positive_duration)

# Sections that are one table, and sections that hold a table for each name, with the keys that must be there.
SINGLE: Final[Mapping[str, Readers]] = {"desk": DESK, "macros": MACROS, "ui": UI, "stale": STALE}
NAMED: Final[Mapping[str, tuple[Readers, tuple[str, ...]]]] = {
    "agents": (AGENT, ()),
    "sources": (SOURCE, ("kind",)),
    "tiers": (TIER, ()),
    "views": (VIEW, ("query",)),
    "rules": (RULE, ("when", "do")),
    "procedures": (PROCEDURE, ("steps",)),
    "notices": (NOTICE, ("macro",)),
}
SECTIONS: Final = (*SINGLE, *NAMED, "keys", "priority")
