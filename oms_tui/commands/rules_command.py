"""Rules: what is done by itself, and whether they can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands.context import config_of
from oms_tui.commands.views_command import add, query_faults, told

__all__ = ["add", "run"]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.config_model import Rule


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    rules = config_of(options).rules
    faults = query_faults({name: rule.when for name, rule in rules.items()}) + list(_unknown(rules.values()))
    return told(options, faults, [{"name": each.name, "when": each.when, "do": each.do} for each in rules.values()])


def _unknown(rules: Any) -> Iterator[tuple[str, str]]:
    from oms_tui.actions.catalogue import all_actions

    known = {action.id for action in all_actions()}
    rule: Rule
    for rule in rules:
        if rule.do not in known:
            yield rule.name, f"there is no action {rule.do!r}; `oms-tui do --list`"
