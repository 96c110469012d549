"""Whether the rules of a config's tiers can be read: one that cannot finds nobody, and ends whatever it promised."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_tui.config_model import Config


def check_tiers(config: Config) -> None:
    """See that every tier's rule is a query, and asks only what a tier can be told from.

    Raises:
        ConfigError: one is not; it lists all that are not, each with its line.
    """
    rules = {name: tier.when for name, tier in config.tiers.items() if tier.when.strip()}
    if not rules:
        return
    from oms_tui.config_errors import ConfigError
    from oms_tui.domain.query import QueryError, parse
    from oms_tui.domain.tiers import UnknownTierWord, check
    from oms_tui.store.query_words import CATALOGUE

    document = config.document.again()
    for name, when in rules.items():
        try:
            check(parse(when, CATALOGUE))
        except (QueryError, UnknownTierWord) as error:
            column = f" (column {error.column + 1} of the rule)" if isinstance(error, QueryError) else ""
            document.wrong(("tiers", name, "when"), f"{error}{column}")
    if mistakes := document.take_mistakes():
        raise ConfigError(mistakes)
