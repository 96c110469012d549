"""How customers are served: the tiers with their rules, and whom another rule would move, before it is written.

`preview` says it of the config as it is now (edited, and not yet taken over), of another one with --config FILE, or of
one rule with --tier NAME --when QUERY. It changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_tui.commands.context import emit, opened, say, table
from oms_tui.commands.failures import DONE, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from oms_tui.domain.policy import TierPolicy
    from oms_tui.domain.query_tree import Tree
    from oms_tui.store.session import Session
    from oms_tui.store.tier_preview import Moves, TierPreview

_SHOWN: Final = 200


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("list", "preview"), nargs="?", default="list")
    parser.add_argument("--tier", help="preview: the tier whose rule would be another; a new name: a tier tried first")
    parser.add_argument("--when", help="preview: the rule it would have, such as customer.spend:>5000")
    parser.add_argument("--limit", type=int, default=_SHOWN, help=f"preview: customers listed at most ({_SHOWN})")


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    options.read_only = True
    session = opened(options).session
    return _preview(options, session) if options.verb == "preview" else _list(options, session)


def _list(options: Any, session: Session) -> int:
    from oms_tui.store.tier_preview import counted

    counts = counted(session.store)
    items = []
    for tier in (*session.policy.tiers, *_unconfigured(session, counts)):
        customers, orders, open_orders = counts.get(tier.name, (0, 0, 0))
        items.append(
            {
                "name": tier.name,
                "when": tier.when or None,
                "error": _fault(tier.when),
                "account_manager": tier.account_manager or None,
                "first_response_seconds": int(tier.first_response.total_seconds()),
                "calls": list(tier.calls),
                "customers": customers,
                "orders": orders,
                "open_orders": open_orders,
            }
        )
    if options.json:
        emit({"items": items, "next": None})
    else:
        heads = ("name", "when", "account_manager", "customers", "orders", "open_orders")
        table(([str(item[head] if item[head] is not None else "") for head in heads] for item in items), heads)
    return WRONG_USE if any(item["error"] for item in items) else DONE


def _unconfigured(session: Session, counts: dict[str, tuple[int, int, int]]) -> list[TierPolicy]:
    """Tiers that nobody configured, and some customer is in: those without a rule of their own."""
    from oms_tui.domain.policy import TierPolicy

    known = {tier.name for tier in session.policy.tiers}
    return [TierPolicy(name) for name in counts if name not in known]


def _fault(when: str) -> str | None:
    from oms_tui.domain.query import QueryError
    from oms_tui.domain.tiers import UnknownTierWord

    try:
        _tree(when)
    except (QueryError, UnknownTierWord) as error:
        return str(error)
    return None


def _tree(when: str) -> Tree | None:
    from oms_tui.domain.query import parse
    from oms_tui.domain.tiers import check
    from oms_tui.store.query_words import CATALOGUE

    if not when.strip():
        return None
    tree = parse(when, CATALOGUE)
    check(tree)
    return tree


def wanted_tiers(policies: Sequence[TierPolicy], name: str, when: str) -> list[tuple[str, Tree | None]]:
    """The tiers as the config has them, or with another rule for one of them.

    Raises:
        Failure: a rule cannot be read, or asks what a tier cannot be told from.
    """
    from oms_tui.domain.query import QueryError
    from oms_tui.domain.tiers import UnknownTierWord

    rules = {tier.name: tier.when for tier in policies}
    if name:
        rules = rules | {name: when} if name in rules else {name: when} | rules
    found = []
    for tier, rule in rules.items():
        try:
            found.append((tier, _tree(rule)))
        except (QueryError, UnknownTierWord) as error:
            column = f" (column {error.column + 1})" if isinstance(error, QueryError) else ""
            words = f"the rule of tier {tier!r} cannot be used: {error}{column}"
            raise Failure(WRONG_USE, "query", words, field="when", hint=rule) from None
    return found


def _preview(options: Any, session: Session) -> int:
    from oms_tui.store.tier_preview import preview

    if (options.tier is None) != (options.when is None):
        raise Failure(WRONG_USE, "usage", "--tier and --when belong together", field="tier")
    tiers = wanted_tiers(session.policy.tiers, options.tier or "", options.when or "")
    found = preview(session.store, tiers)
    shown = found.moved[: max(options.limit, 0)]
    if options.json:
        emit(_document(found, shown))
        return DONE
    rows = [[each.customer, each.before, each.after, each.why, each.number] for each in shown]
    if rows:
        table(rows, ("customer", "from", "to", "why", "newest order"))
    if len(shown) < len(found.moved):
        say(f"and {len(found.moved) - len(shown):,} more: --limit shows them")
    say(f"{len(found.moved):,} of {found.customers:,} customers would be served otherwise")
    for tier in {**found.now, **found.then}:
        say(f"{tier}: {found.now.get(tier, 0):,} now, {found.then.get(tier, 0):,} then")
    return DONE


def _document(found: TierPreview, shown: Sequence[Moves]) -> dict[str, Any]:
    return {
        "items": [
            {
                "customer": each.customer,
                "source": each.source,
                "source_id": each.source_id or None,
                "number": each.number,
                "orders": each.orders,
                "from": each.before,
                "to": each.after,
                "why": each.why,
            }
            for each in shown
        ],
        "next": None,
        "changed": len(found.moved),
        "customers": found.customers,
        "tiers": [
            {"tier": tier, "now": found.now.get(tier, 0), "then": found.then.get(tier, 0)}
            for tier in {**found.now, **found.then}
        ],
    }
