"""What is wrong and what to do: config, credentials, reachability, versions, the store, what could not be read."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oms_tui import __version__
from oms_tui.commands.context import config_of, emit, say
from oms_tui.commands.failures import DONE, NOTHING, SOURCE_FAILED, WRONG_USE
from oms_tui.domain.vocabulary import Tier

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session

_SKEW_SECONDS = 120  # a clock further off than that spoils due times and signatures


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``level``: ok, note, wrong or failed (a source)."""

    about: str
    level: str
    words: str
    hint: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--offline", action="store_true", help="do not reach the sources")


def run(options: Any) -> int:
    """Look at everything; the exit code says how bad it is."""
    found = list(_findings(options))
    if options.json:
        items = [
            {"about": each.about, "level": each.level, "message": each.words, "hint": each.hint or None}
            for each in found
        ]
        emit({"items": items, "next": None})
    else:
        for each in found:
            say(f"{_MARKS[each.level]} {each.about}: {each.words}" + (f"\n    {each.hint}" if each.hint else ""))
    levels = {each.level for each in found}
    if "wrong" in levels:
        return WRONG_USE
    return SOURCE_FAILED if "failed" in levels else NOTHING if "note" in levels else DONE


_MARKS = {"ok": "ok    ", "note": "note  ", "wrong": "WRONG ", "failed": "FAILED"}


def _findings(options: Any) -> Iterator[Finding]:
    yield from _versions()
    from oms_tui.config_errors import ConfigError

    try:
        config = config_of(options, checked=True)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield Finding("config", "wrong", str(mistake), error.hint)
        return
    yield Finding("config", "ok", str(config.path))
    yield from _texts(config)
    yield from _store(config, options)
    if not options.offline:
        yield from _sources(config)


def _versions() -> Iterator[Finding]:
    from oms_tui.store import driver

    yield Finding("oms-tui", "ok", f"{__version__} on Python {platform.python_version()}, {platform.system()}")
    if driver.version_is_safe():
        yield Finding("SQLite", "ok", driver.version())
    else:
        yield Finding(
            "SQLite",
            "note",
            f"{driver.version()} can, rarely, damage a file that two processes use",
            "install a newer one: pip install pysqlite3",
        )


def _texts(config: Config) -> Iterator[Finding]:
    """Views, macros and keys: whether they can be read. Rules are checked at the store: they name agents and macros."""
    from oms_tui.actions.catalogue import all_actions
    from oms_tui.actions.macro_files import broken, macros
    from oms_tui.commands.views_command import query_faults

    queries = {f"view {name!r}": view.query for name, view in config.views.items()}
    queries |= {f"tier {name!r}": tier.when for name, tier in config.tiers.items() if tier.when}
    queries |= {f"procedure {name!r}": each.when for name, each in config.procedures.items() if each.when}
    faults = query_faults(queries)
    faults += _procedure_faults(config)
    faults += _tier_faults(config)
    faults += [(f"macro {error.file}", f"line {error.line}: {error.words}") for error in broken(config.macros)]
    faults += [
        (f"views/{each.file.name}", f"line {each.line or 1}: {each.key} {each.words}") for each in config.set_aside
    ]
    for about, words in faults:
        yield Finding(about, "wrong", words, "correct it in the config or its folder")
    if not faults:
        yield Finding(
            "texts", "ok", f"{len(config.views)} views, {len(config.rules)} rules, {len(macros(config.macros))} macros"
        )
    if (one_off := config.tiers.get(Tier.ONE_OFF)) is not None and one_off.calls:
        words = "its calls are not made: one-off customers expect no courtesy calls"
        yield Finding("tier 'one_off'", "note", words, "take `calls` out, or give them to another tier")
    from oms_tui.ui.keys import key_map, widget_ids

    try:
        key_map(config.keys, all_actions(), widgets=widget_ids(config.keys))
    except ValueError as error:
        yield Finding("keys", "wrong", str(error), "correct [keys] in the config")


def _procedure_faults(config: Config) -> list[tuple[str, str]]:
    """Steps whose action is none of the catalogue: they would never tick themselves."""
    from oms_tui.actions.catalogue import all_actions
    from oms_tui.domain.query_words import nearest

    known = {action.id for action in all_actions()}
    found = []
    for name, procedure in config.procedures.items():
        for step in procedure.steps:
            if step.action and step.action not in known:
                meant = nearest(step.action, known)
                hint = f"; did you mean {' or '.join(meant)}?" if meant else ""
                found.append((f"procedure {name!r}", f"step {step.title!r}: there is no action {step.action!r}{hint}"))
    return found


def _tier_faults(config: Config) -> list[tuple[str, str]]:
    """Tiers whose rule asks what a customer cannot be told by; those that cannot be read at all are told apart."""
    from oms_tui.config_tiers import faults
    from oms_tui.domain.tiers import UnknownTierWord

    return [(f"tier {name!r}", str(error)) for name, error in faults(config) if isinstance(error, UnknownTierWord)]


def _store(config: Config, options: Any) -> Iterator[Finding]:
    from oms_tui.desk import open_session
    from oms_tui.store.backup import copies, faults
    from oms_tui.store.workspace import StoreError

    try:
        session = open_session(config, agent=options.agent)
    except (StoreError, KeyError) as error:
        yield Finding("store", "wrong", str(error.args[0]))
        return
    damaged = faults(session.store.desk, hashed=True)
    for fault in damaged:
        yield Finding("desk", "wrong", fault, "`oms-tui store restore` brings rows back from a copy")
    if not damaged:
        kept = copies(session.store)
        yield Finding("store", "ok", f"{session.store.folder}; {len(kept)} copies of the desk's data")
    yield from _rules(config, session)
    yield from _unread(session)
    session.store.close()


def _rules(config: Config, session: Session) -> Iterator[Finding]:
    """Rules that cannot be carried out, and sources that all of them wait for."""
    from oms_tui.actions.by_rule import all_ready
    from oms_tui.store.reads.rules import not_read_yet

    _, wrong = all_ready(session, config.rules.values())
    for name, refused in wrong.items():
        yield Finding(
            f"rule {name!r}", "wrong", refused.message, refused.hint or "correct it in the config or its file"
        )
    at_work = any(rule.enabled and name not in wrong for name, rule in config.rules.items())
    waits = not_read_yet(session.store, [source.name for source in config.sources.values() if source.enabled])
    if at_work and waits:
        words = f"they wait until each source was read once: {', '.join(waits)}"
        yield Finding("rules", "note", words, "`oms-tui status` says how each does")


def _unread(session: Session) -> Iterator[Finding]:
    """What was set aside, not understood or belongs to no order."""
    from oms_tui.store.reads.health import loose_records, quarantined, unmapped_codes

    for row in quarantined(session.store, limit=50):
        yield Finding(
            f"set aside ({row.source})",
            "note",
            f"{row.ref}: {row.reason}",
            "correct it at the source; it is read again",
        )
    for code in unmapped_codes(session.store):
        yield Finding(
            f"unknown word ({code.source})",
            "note",
            f"{code.field} {code.code!r}, seen {code.times} times; kept as it is and shown as unknown",
        )
    loose = loose_records(session.store, limit=20)
    for each in loose:
        yield Finding(f"belongs to no order ({each.source})", "note", f"{each.kind} {each.remote_id}: {each.reason}")


def _sources(config: Config) -> Iterator[Finding]:
    """Reach each source: its credentials, its rights, its clock."""
    from connectors.catalogue import connector
    from connectors.errors import ConnectorError
    from oms_tui.secrets import SecretError
    from oms_tui.sources import account_for

    for source in config.sources.values():
        if not source.enabled:
            yield Finding(source.name, "note", "it is switched off in the config")
            continue
        try:
            opened = connector(source.kind)(account_for(config, source.name))
        except (SecretError, ConnectorError) as error:  # the latter: settings that do not go together
            words = str(error).removeprefix(f"{source.name}: ")
            yield Finding(source.name, "wrong", words, error.hint)
            continue
        try:
            health = opened.check()
        except ConnectorError as error:
            yield Finding(source.name, "failed", str(error).removeprefix(f"{source.name}: "), error.hint)
            continue
        finally:
            opened.close()
        words = " ".join(filter(None, (health.detail, health.version)))
        yield Finding(source.name, "ok" if health.ok else "failed", words or "reached")
        for missing in health.missing:
            yield Finding(source.name, "note", missing)
        if health.clock_skew and abs(health.clock_skew.total_seconds()) > _SKEW_SECONDS:
            yield Finding(
                source.name,
                "note",
                f"its clock and ours are {health.clock_skew} apart",
                "set this machine's clock by a time server",
            )
