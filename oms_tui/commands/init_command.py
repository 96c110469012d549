"""Set a desk up: asks, tests each account before it is saved, and writes the config. Run again, it adds accounts."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oms_tui.commands import asking, config_text
from oms_tui.commands.context import emit, say, tell
from oms_tui.commands.failures import DONE, WRONG_USE, Failure

if TYPE_CHECKING:
    import argparse

    from oms_tui.config_model import Config

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
_DAYS = "mon-fri"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: there are none, everything is asked."""
    parser.epilog = "The config is written to --config, else OMS_TUI_CONFIG, else the user's own."


def run(options: Any) -> int:
    """Ask, test, write; returns the exit code."""
    from oms_tui.config_folders import config_path

    if options.read_only:
        raise Failure(WRONG_USE, "usage", "init writes a config: leave --read-only out", field="read_only")
    path = config_path(Path(options.config) if options.config else None)
    if path.exists():
        tell(f"{path} is there already: accounts are added to it, the rest stays as it is.")
        _loaded(path)
    else:
        tell(f"A new desk; its config becomes {path}. An empty answer takes what stands in brackets.\n")
        _write(path, _desk())
    saved = list(_accounts(path))
    config = _loaded(path)
    if options.json:
        emit({"config": str(path), "saved": saved, "sources": list(config.sources)})
    else:
        say(f"{path} names {len(config.sources)} sources: {', '.join(config.sources) or 'none yet'}")
        named = "" if path == config_path(None, {}) else f" --config {path}"
        tell(f"`oms-tui{named} sync --once` reads them, `oms-tui{named}` opens the desk.")
        tell("config.example.toml explains every other key: tiers, views, hours, rules, keys.")
    return DONE


# ---- the desk


def _desk() -> str:
    """The config of a desk without accounts."""
    from oms_tui import config_values as read
    from oms_tui.domain.business_time import read_week

    name = asking.text("The shop's name", required=True)
    agent = asking.text("Your short name at the desk", _login(), required=True, check=_id)
    person = asking.text("Your name, as customers read it", agent.capitalize(), required=True)
    email = asking.text("Your own address (empty: none)", check=read.address)
    zone = asking.text("The desk's time zone", _zone(), required=True, check=read.zone)
    hours = asking.text(
        f"Opening hours {_DAYS}, several with commas (empty: always open)",
        "09:00-17:00",
        check=lambda answer: read_week({_DAYS: _spans(answer)}),
    )
    return "\n".join(
        [
            config_text.table(("desk",), {"name": name, "agent": agent, "timezone": zone}),
            config_text.table(("desk", "hours"), {_DAYS: _spans(hours)}),
            config_text.table(
                ("agents", agent), {"name": person, "role": "lead"} | ({"email": email} if email else {})
            ),
        ]
    )


def _spans(answer: str) -> tuple[str, ...]:
    return tuple(span.strip() for span in answer.split(",") if span.strip())


def _id(answer: str) -> None:
    if not _ID.fullmatch(answer):
        raise ValueError("must be one word of letters, digits, - and _")


def _login() -> str:
    try:
        login = getpass.getuser()
    except (OSError, KeyError):  # no such user, as in some containers
        return ""
    return login if _ID.fullmatch(login) else ""


def _zone() -> str:
    """The machine's own time zone by its IANA name, where it says."""
    named = os.environ.get("TZ", "").lstrip(":")
    if not named:
        named = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    from oms_tui import config_values as read

    try:
        read.zone(named)
    except ValueError:
        return "UTC"
    return named


# ---- its accounts


def _accounts(path: Path) -> Any:
    """Ask for one account after another; gives the names of those that were saved."""
    from connectors.catalogue import connector, keys

    kinds = [(key, connector(key).manifest.title) for key in keys()]
    while True:
        tell("\nWhich system shall be connected?")
        kind = asking.choice("Its kind", [*kinds, ("done", "no more")], "done")
        if kind == "done":
            return
        taken = _loaded(path).sources
        name = asking.text("A name for it", kind if kind not in taken else "", required=True, check=_free(taken))
        settings: dict[str, Any] = {}
        while True:
            from oms_tui.commands.init_settings import ask

            settings = ask(connector(kind).manifest, name, settings)
            block = config_text.table(("sources", name), {"kind": kind, **settings})
            words, hint = _tried(path, block, name)
            if not words:
                verdict = "save"
            else:
                tell(f"\n{name} does not work yet: {words}" + (f"\n  {hint}" if hint else ""))
                verdict = asking.choice("What now", _VERDICTS, "again")
            if verdict != "again":
                break
        if verdict == "save":
            _write(path, path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + block)
            tell(f"{name} is saved.")
            yield name


_VERDICTS = (
    ("again", "go through the questions again"),
    ("save", "save it all the same; `status` and `doctor` say what it lacks"),
    ("leave", "leave it out"),
)


def _free(taken: Any) -> Any:
    def check(answer: str) -> None:
        _id(answer)
        if answer in taken:
            raise ValueError("is taken by another source")

    return check


def _tried(path: Path, block: str, name: str) -> tuple[str, str]:
    """Reach an account whose table is not saved yet; returns what is wrong and what to do, both "" if nothing is."""
    from connectors.catalogue import connector
    from connectors.errors import ConnectorError
    from oms_tui.config_errors import ConfigError
    from oms_tui.secrets import SecretError
    from oms_tui.sources import account_for, load_checked

    trial = path.with_name(f".{path.name}.trial")  # beside it, as its relative paths start there
    config_text.write(trial, path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + block)
    try:
        config = load_checked(trial)
        source = connector(config.sources[name].kind)(account_for(config, name))
        try:
            health = source.check()
        finally:
            source.close()
    except ConfigError as error:
        return "; ".join(mistake.words for mistake in error.mistakes), error.hint
    except (ConnectorError, SecretError) as error:
        return str(error), error.hint
    finally:
        trial.unlink(missing_ok=True)
    tell(f"  {' '.join(filter(None, (health.detail, health.version))) or 'reached'}")
    for missing in health.missing:
        tell(f"  note: {missing}")
    return ("", "") if health.ok else (health.detail or "it answers, and cannot be used", "")


def _loaded(path: Path) -> Config:
    from oms_tui.config import load

    return load(path)


def _write(path: Path, content: str) -> None:
    try:
        config_text.write(path, content)
    except OSError as error:
        raise Failure(
            WRONG_USE, "config", f"{path} cannot be written: {error.strerror}", hint="name another with --config"
        ) from None
