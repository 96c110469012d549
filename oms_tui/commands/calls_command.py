"""Milestone calls: whom to call about what, by when; who chased us meanwhile; what was kept and what was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.commands import documents
from oms_tui.commands.context import emit, opened, settled, table, tell
from oms_tui.commands.failures import DONE, NOTHING, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

    from oms_tui.store.reads.calls import CallItem
    from oms_tui.store.session import Session


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    for state, words in (
        ("due", "to be made, and in time"),
        ("missed", "not made in time, or not at all"),
        ("kept", "made in time"),
        ("late", "made too late"),
    ):
        parser.add_argument(f"--{state}", action="store_true", help=words)
    parser.add_argument("--tier", default="", help="of customers served so: key, priority, …")
    parser.add_argument("--owner", default="", help="of orders of an agent, me, or none")
    parser.add_argument("--account-manager", default="", help="of accounts of an agent, me, or none")
    parser.add_argument("--limit", type=int, default=200, help="how many at most (200)")
    parser.add_argument("--after", help="go on from the `next` of an earlier answer")


def run(options: Any) -> int:
    """Do it; exit code 1 where there is none."""
    from oms_tui.store.reads.calls import CallFilter, calls

    if options.limit < 1:
        raise Failure(WRONG_USE, "usage", "--limit must be at least 1", field="limit")
    session = opened(options).session
    settled(session)
    states = [state for state in ("due", "missed", "kept", "late") if getattr(options, state)]
    only = CallFilter(
        tier=_tier(session, options.tier),
        owner=_agent(session, options.owner, "owner"),
        account_manager=_agent(session, options.account_manager, "account-manager"),
    )
    try:
        page = calls(
            session.store, now=session.now(), states=states, only=only, limit=options.limit, after=options.after
        )
    except ValueError as error:
        raise Failure(WRONG_USE, "usage", str(error), field="after") from None
    if options.json:
        emit(documents.listed((call(each) for each in page.items), page.next) | {"counts": page.counts})
        return DONE if page.items else NOTHING
    if not page.items:
        tell("there is no such call")
        return NOTHING
    table((_row(session, each) for each in page.items), _HEADS)
    if page.next:
        tell(f"there are more: --after {page.next}")
    return DONE


def call(each: CallItem) -> documents.Document:
    """A milestone call (CONTRACT: ``calls``)."""
    return {
        "number": each.number,
        "source": each.source,
        "source_id": each.remote_id,
        "customer": each.customer,
        "tier": each.tier,
        "account_manager": each.account_manager or None,
        "milestone": each.milestone,
        "reached_at": documents.moment(each.reached_at),
        "due_at": documents.moment(each.due_at),
        "done_at": documents.moment(each.done_at),
        "state": each.state,
        "open": not each.ended,
        "owner": each.owner or None,
        "attempts": each.attempts,
        "chasing": each.chasing,
    }


_HEADS = ("order", "customer", "tier", "call about", "state", "due", "owner", "tries", "chasing")


def _row(session: Session, each: CallItem) -> tuple[str, ...]:
    from oms_tui.actions.decisions import shown_time
    from oms_tui.domain.vocabulary import Milestone, words_of

    return (
        each.number,
        each.customer,
        each.tier,
        words_of(Milestone, each.milestone),
        each.state,
        shown_time(session, each.due_at),
        each.owner or "nobody",
        str(each.attempts or ""),
        str(each.chasing or ""),
    )


def _agent(session: Session, named: str, field: str) -> str:
    """Their id; ``none`` for nobody."""
    if named == "me":
        return session.agent.id
    if named in {"", "none"} or not session.agents or named in session.agents:
        return named
    there = ", ".join(session.agents)
    raise Failure(WRONG_USE, "usage", f"there is no agent {named!r}", field=field, hint=f"there are: {there}")


def _tier(session: Session, named: str) -> str:
    from oms_tui.domain.vocabulary import Tier, values

    there = [tier.name for tier in session.policy.tiers]
    if not named or named in there or named in values(Tier):
        return named
    raise Failure(
        WRONG_USE, "usage", f"there is no tier {named!r}", field="tier", hint=f"there are: {', '.join(there)}"
    )
