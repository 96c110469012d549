"""Whether the rules of a config's tiers can be read: one that cannot finds nobody, and ends whatever it promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oms_tui.config_model import Config
    from oms_tui.domain.query import QueryError
    from oms_tui.domain.tiers import UnknownTierWord


def faults(config: Config) -> Iterator[tuple[str, QueryError | UnknownTierWord]]:
    """The tiers whose rule is no query, or asks what a tier cannot be told from; each with what is wrong."""
    rules = {name: tier.when for name, tier in config.tiers.items() if tier.when.strip()}
    if not rules:
        return
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.domain.tiers import UnknownTierWord, check
    from oms_tui.store.query_words import CATALOGUE

    for name, when in rules.items():
        try:
            check(parse(when, CATALOGUE))
        except (QueryError, UnknownTierWord) as error:
            yield name, error


def check_tiers(config: Config) -> None:
    """See that every tier's rule is a query, and asks only what a tier can be told from.

    Raises:
        ConfigError: one is not; it lists all that are not, each with its line.
    """
    found = list(faults(config))
    if not found:
        return
    from oms_tui.config_errors import ConfigError

    document = config.document.again()
    for name, error in found:
        at = getattr(error, "column", None)
        column = "" if at is None else f" (column {at + 1} of the rule)"
        document.wrong(("tiers", name, "when"), f"{error}{column}")
    raise ConfigError(document.take_mistakes())
