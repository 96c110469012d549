"""From a config to a desk one can work at: its rules as values, its store opened, its agent known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oms_tui.domain.policy import FIRST_RESPONSE, AgentPolicy, DeskPolicy, TierPolicy
from oms_tui.domain.priority_weights import checked_weights
from oms_tui.store.session import AgentFacts, MailAccount, Session, wall_clock
from oms_tui.store.workspace import StoreError, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from oms_tui.config_model import Agent, Config, Source
    from oms_tui.domain.procedures import ProcedureRule

_MAIL_KINDS = ("imap", "maildir")


def open_store(config: Config, *, checkpoints: bool = False, read_only: bool = False) -> Workspace:
    """The desk's store.

    Raises:
        StoreError: it cannot be opened, or is of a kind this version does not have.
    """
    if config.desk.store.kind != "sqlite":
        raise StoreError(
            'a store on PostgreSQL is not part of this version: set `store = "sqlite"` in [desk], or leave it out'
        )
    return Workspace(config.desk.store.folder, checkpoints=checkpoints, read_only=read_only)


def policy_of(config: Config, store: Workspace) -> DeskPolicy:
    """The rules of the desk. The key of its reply addresses is made with the store and kept there."""
    return DeskPolicy(
        zone=config.desk.zone,
        hours=config.desk.business_hours(),
        tiers=tuple(
            TierPolicy(
                name=tier.name,
                when=tier.when,
                first_response=tier.first_response or FIRST_RESPONSE,
                next_response=tier.next_response,
                resolution=tier.resolution,
                calls=tier.calls,
                call_within=tier.call_within,
                account_manager=tier.account_manager,
                weight=tier.weight,
            )
            for tier in config.tiers.values()
        ),
        weights=checked_weights(dict(config.priority)),
        own_addresses=frozenset(address for source in config.sources.values() for address in source_addresses(source)),
        key=store.reply_key(),
        stale={
            "orders": config.stale.orders,
            "stock": config.stale.stock,
            "tracking": config.stale.tracking,
            "invoices": config.stale.invoices,
        },
        undo_window=config.desk.undo_window,
        language=config.desk.language,
        name=config.desk.name,
        signature=config.desk.signature,
        agents={each.id: _agent_policy(each, config.desk.zone) for each in config.agents.values()},
        procedures=_procedures(config),
        queries=(
            *(("rule", rule.name, rule.when) for rule in config.rules.values() if rule.enabled),
            *(("view", view.name, view.query) for view in config.views.values()),
        ),
    )


def _procedures(config: Config) -> tuple[ProcedureRule, ...]:
    if not config.procedures:
        return ()
    from oms_tui.domain.procedures import ProcedureRule, StepRule

    return tuple(
        ProcedureRule(
            each.name, each.when, tuple(StepRule(step.id, step.title, step.role, step.action) for step in each.steps)
        )
        for each in config.procedures.values()
    )


def _agent_policy(agent: Agent, zone: tzinfo) -> AgentPolicy:
    """Their absences are whole days of the desk's zone, the last one included."""
    from datetime import datetime, time, timedelta

    away = tuple(
        (
            int(datetime.combine(first, time(), zone).timestamp() * 1000),
            int(datetime.combine(last + timedelta(days=1), time(), zone).timestamp() * 1000),
        )
        for first, last in agent.away
    )
    return AgentPolicy(agent.id, agent.name, agent.role, agent.email, agent.deputy, away)


def source_addresses(source: Source) -> tuple[str, ...]:
    """The addresses of a mailbox, normalised: its own, its aliases, else its login."""
    from oms_tui.domain import normalise

    if source.kind not in _MAIL_KINDS:
        return ()
    settings: Any = source.settings
    own = settings.get("address") or settings.get("user") or ""
    aliases = settings.get("aliases") or ()
    found = [own, *aliases] if isinstance(aliases, list | tuple) else [own]
    return tuple(normalise.email(str(address)) for address in found if "@" in str(address))


def accounts_of(config: Config) -> tuple[MailAccount, ...]:
    """The mailboxes that can send."""
    found = []
    for source in config.sources.values():
        addresses = source_addresses(source)
        sends = source.settings.get("smtp") or source.settings.get("sendmail") or source.settings.get("deliver_to")
        if source.enabled and addresses and sends:
            plus = source.settings.get("plus_addresses") is True
            found.append(MailAccount(source.name, addresses[0], config.desk.name, plus))
    return tuple(found)


def agent_of(config: Config, named: str = "") -> AgentFacts:
    """Who works: the one named, else the config's. Without any [agents] the desk's agent may do everything.

    Raises:
        KeyError: the config has agents, and this is none of them; the argument is words for a person.
    """
    wanted = named or config.desk.agent
    if not config.agents:
        return AgentFacts(wanted or "me")
    if wanted not in config.agents:
        there = ", ".join(config.agents)
        raise KeyError(
            f"there is no agent {wanted!r} in the config; there are: {there}"
            if wanted
            else f"say who you are: --as one of {there}"
        )
    agent = config.agents[wanted]
    return AgentFacts(agent.id, agent.name, agent.role, agent.email, agent.deputy)


def open_session(
    config: Config, *, agent: str = "", read_only: bool = False, clock: Callable[[], int] = wall_clock
) -> Session:
    """A session at the config's desk.

    Raises:
        StoreError: the store cannot be opened.
        KeyError: there is no such agent.
    """
    who = agent_of(config, agent)
    store = open_store(config, read_only=read_only)
    return session_on(config, store, who, clock=clock)


def session_on(
    config: Config, store: Workspace, agent: AgentFacts, *, clock: Callable[[], int] = wall_clock
) -> Session:
    """A session of ``agent`` on a store that is open already."""
    return Session(
        store=store,
        policy=policy_of(config, store),
        agent=agent,
        agents={
            each.id: AgentFacts(each.id, each.name, each.role, each.email, each.deputy)
            for each in config.agents.values()
        },
        accounts=accounts_of(config),
        macros=config.macros,
        clock=clock,
    )
