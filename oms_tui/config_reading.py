"""From the tables of a config's files to a Config: names, references between sections, files beside the config."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from oms_tui import config_schema as schema
from oms_tui import config_values as read
from oms_tui.config_desk import read_hours, read_store
from oms_tui.config_document import Document
from oms_tui.config_errors import ConfigError, Mistake, nearest, printable
from oms_tui.config_folders import folders_for, path_in
from oms_tui.config_model import (
    Agent,
    Config,
    Desk,
    Folders,
    Notice,
    Procedure,
    Rule,
    Screen,
    Source,
    StaleAfter,
    Step,
    Tier,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from oms_tui.config_errors import KeyPath

    Check = Callable[[Mapping[str, Source], Document], object]

THREE_WAYS: Final = (
    'a secret is never written here: use { env = "NAME" }, { command = "pass show shop" } or { keyring = "name" }'
)

_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,39}", re.ASCII)
_IDS: Final = ("agents", "sources", "tiers")  # stand in queries (tier:key), references (shop:1042) and folder names
_IN_FILES: Final = ("views", "rules", "procedures")

# A connector says exactly which of its settings are secrets; what has one of these names is refused as plain text
# before any connector is loaded. In a source's inner tables only the names that nothing else has.
_SECRET_NAMES: Final = frozenset(
    {"password", "passphrase", "secret", "client_secret", "token", "access_token", "refresh_token", "api_key", "key"}
)
_SECRET_NAMES_WITHIN: Final = _SECRET_NAMES - {"key", "secret", "token"}


class _Entry(NamedTuple):
    """One named table, where it stands, and what could be read of it."""

    document: Document
    path: KeyPath
    name: str
    table: dict[str, Any]
    values: dict[str, Any]


class Reading:
    """A config being read. Mistakes gather in the documents; ``config`` raises them together at the end."""

    def __init__(self, document: Document) -> None:
        self._main = document
        self._root = document.path.parent
        self._documents = [document]
        self._unreadable: list[Mistake] = []
        self._views: list[Document] = []
        for key in document.table:
            if key not in schema.SECTIONS:
                document.unknown((key,), schema.SECTIONS, what="section")

    def config(self, check: Check | None) -> Config:
        """All of it.

        Raises:
            ConfigError: something is wrong; it lists all that is.
        """
        desk_values = self._single("desk")
        folders = self._folders(desk_values)
        agents = dict(self._agents(desk_values))
        sources = dict(self._sources())
        desk = self._desk(desk_values, agents, folders)
        config = Config(
            path=self._main.path,
            folders=folders,
            desk=desk,
            agents=agents,
            sources=sources,
            tiers=dict(self._tiers(agents)),
            views={
                entry.name: View(name=entry.name, file=self._place(entry.document), **entry.values)
                for entry in self._entries("views")
            },
            rules={entry.name: Rule(name=entry.name, **entry.values) for entry in self._entries("rules")},
            procedures=dict(self._procedures()),
            notices=dict(self._notices(sources)),
            macros=path_in(self._root, self._single("macros").get("folder", "macros")),
            keys=dict(self._keys()),
            priority=dict(self._priority()),
            ui=Screen(**self._single("ui")),
            stale=StaleAfter(**self._single("stale")),
            document=self._main,
        )
        if check is not None:
            check(sources, self._main)
        self._raise_mistakes()
        return replace(config, set_aside=faults) if (faults := self._set_aside()) else config

    def _set_aside(self) -> tuple[Mistake, ...]:
        """What is wrong in files of views: they are everybody's, and one of them stops nobody."""
        noted = [mistake for document in self._views for mistake in document.take_mistakes()]
        return (*noted, *(each for each in self._unreadable if self._is_view(each)))

    def _is_view(self, mistake: Mistake) -> bool:
        return mistake.file.parent == self._root / "views"

    def _raise_mistakes(self) -> None:
        noted = (mistake for document in self._documents for mistake in document.take_mistakes())
        if mistakes := [*noted, *(each for each in self._unreadable if not self._is_view(each))]:
            raise ConfigError(mistakes)

    # ---- tables

    def _single(self, section: str) -> dict[str, Any]:
        """The values of a section that is one table."""
        table = self._main.subtable(self._main.table, (section,))
        strays = {key: home for key in table for home in schema.SINGLE if key in schema.SINGLE[home]}
        strays = {key: home for key, home in strays.items() if key not in schema.SINGLE[section]}
        for key, home in strays.items():
            self._main.wrong((section, key), f"belongs in [{home}]")
        own = {key: table[key] for key in table if key not in strays}
        return self._main.read(own, (section,), schema.SINGLE[section])

    def _entries(self, section: str) -> Iterator[_Entry]:
        """The tables of a section by name, then those in files of their own; none that lacks a needed key."""
        _, required = schema.NAMED[section]
        seen: dict[str, str] = {}
        for entry in (*self._tables(section, self._main), *self._files(section)):
            if entry.name in seen:
                entry.document.wrong(entry.path, f'"{printable(entry.name)}" is there already, in {seen[entry.name]}')
                continue
            seen[entry.name] = entry.document.path.name
            if all(key in entry.values for key in required):
                yield entry

    def _tables(self, section: str, document: Document) -> Iterator[_Entry]:
        readers, required = schema.NAMED[section]
        tables = document.subtable(document.table, (section,))
        for name in tables:
            path: KeyPath = (section, name)
            if section in _IDS and not _ID.fullmatch(name):
                document.wrong(path, "a name here has letters without accents, digits, - and _, at most 40")
            if not isinstance(tables[name], dict):
                document.wrong(path, f"must be a table, [{section}.NAME], not {read.type_words(tables[name])}")
                continue
            table = tables[name]
            known = {key: table[key] for key in table if key in readers} if section == "sources" else table
            yield _Entry(document, path, name, table, document.read(known, path, readers, required=required))

    def _files(self, section: str) -> Iterator[_Entry]:
        if section not in _IN_FILES:
            return
        readers, required = schema.NAMED[section]
        for file in sorted((self._root / section).glob("*.toml")):
            try:
                document = Document(file)
            except ConfigError as error:
                self._unreadable.extend(error.mistakes)
                continue
            (self._views if section == "views" else self._documents).append(document)
            if isinstance(document.table.get(section), dict):  # several in one file, as in the config itself
                for stray in (key for key in document.table if key != section):
                    document.wrong((stray,), f"beside [{section}.NAME] nothing else stands in such a file")
                yield from self._tables(section, document)
                continue
            values = document.read(document.table, (), {"name": read.name, **readers}, required=required)
            name = values.pop("name", file.stem)
            yield _Entry(document, (), name, document.table, values)

    def _place(self, document: Document) -> str:
        return document.path.relative_to(self._root).as_posix()

    # ---- the desk and who works at it

    def _folders(self, values: Mapping[str, Any]) -> Folders:
        return folders_for(self._main.path, data=values.get("data", ""), portable=values.get("portable", False))

    def _desk(self, values: Mapping[str, Any], agents: Mapping[str, Agent], folders: Folders) -> Desk:
        own = {key: values[key] for key in ("name", "language", "signature", "undo_window") if key in values}
        return Desk(
            zone=values.get("timezone") or read.zone("UTC"),
            store=read_store(values.get("store", "sqlite"), self._main, folders),
            agent=values.get("agent") or (next(iter(agents)) if len(agents) == 1 else ""),
            hours=read_hours(values.get("hours"), self._main),
            **own,
        )

    def _agents(self, desk: Mapping[str, Any]) -> Iterator[tuple[str, Agent]]:
        """Those configured; where none is, whoever sits at the desk may do everything."""
        names = self._main.subtable(self._main.table, ("agents",))
        sitting = desk.get("agent", "")
        if not names:
            if sitting:
                yield sitting, Agent(sitting, sitting, role="lead")
            elif "agent" not in self._main.subtable(self._main.table, ("desk",)):
                self._main.missing(("desk", "agent"), 'who works here? agent = "ana"')
            return
        if sitting and sitting not in names:
            self._main.wrong(("desk", "agent"), _nobody(sitting, names))
        for entry in self._entries("agents"):
            self._known_agent(entry, "deputy", names)
            yield entry.name, Agent(**{"id": entry.name, "name": entry.name, **entry.values})

    def _known_agent(self, entry: _Entry, key: str, agents: Mapping[str, Any]) -> None:
        named = entry.values.get(key, "")
        if named and named not in agents:
            entry.document.wrong((*entry.path, key), _nobody(named, agents))

    # ---- the other sections

    def _sources(self) -> Iterator[tuple[str, Source]]:
        for entry in self._entries("sources"):
            settings = {key: entry.table[key] for key in entry.table if key not in schema.SOURCE}
            self._no_plain_secrets(settings, entry.path, _SECRET_NAMES)
            yield entry.name, Source(name=entry.name, settings=settings, **entry.values)

    def _no_plain_secrets(self, table: Mapping[str, Any], path: KeyPath, names: frozenset[str]) -> None:
        for key, value in table.items():
            if isinstance(value, str) and key in names:
                self._main.wrong((*path, key), THREE_WAYS)
            elif isinstance(value, dict):
                self._no_plain_secrets(value, (*path, key), _SECRET_NAMES_WITHIN)

    def _tiers(self, agents: Mapping[str, Agent]) -> Iterator[tuple[str, Tier]]:
        for entry in self._entries("tiers"):
            self._known_agent(entry, "account_manager", agents)
            yield entry.name, Tier(name=entry.name, **entry.values)

    def _notices(self, sources: Mapping[str, Source]) -> Iterator[tuple[str, Notice]]:
        for entry in self._entries("notices"):
            if entry.name not in schema.NOTICES:
                entry.document.unknown(entry.path, schema.NOTICES, what="step of a parcel")
                continue
            account = entry.values.get("account")
            if account and account not in sources:
                entry.document.wrong((*entry.path, "account"), f"there is no such source; {nearest(account, sources)}")
            yield entry.name, Notice(name=entry.name, **entry.values)

    def _procedures(self) -> Iterator[tuple[str, Procedure]]:
        for entry in self._entries("procedures"):
            steps = [
                self._step(each, (*entry.path, "steps", place), entry.document)
                for place, each in enumerate(entry.values["steps"])
            ]
            found = tuple(step for step in steps if step is not None)
            self._each_once(found, entry)
            yield entry.name, Procedure(entry.name, entry.values.get("when", ""), found)

    def _each_once(self, steps: tuple[Step, ...], entry: _Entry) -> None:
        """Ticks are kept by a step's id: two steps must not share one."""
        seen: set[str] = set()
        for place, step in enumerate(steps):
            if step.id in seen:
                words = f'"{printable(step.id)}" is another step of this procedure already: give one of them an id'
                entry.document.wrong((*entry.path, "steps", place), words)
            seen.add(step.id)

    def _step(self, value: object, path: KeyPath, document: Document) -> Step | None:
        """A step is its title alone, or a table."""
        from oms_tui.domain.procedures import step_id

        if isinstance(value, str):
            value = {"title": value}
        if not isinstance(value, dict):
            document.wrong(path, f"must be text or a table, not {read.type_words(value)}")
            return None
        values = document.read(value, path, schema.STEP, required=("title",))
        return Step(**{"id": step_id(values["title"]), **values}) if "title" in values else None

    def _keys(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Keys by action id. Which ids there are, and which keys clash, the screen knows."""
        table = self._main.subtable(self._main.table, ("keys",))
        yield from self._main.read(table, ("keys",), dict.fromkeys(table, read.text_or_texts)).items()

    def _priority(self) -> Iterator[tuple[str, int]]:
        table = self._main.subtable(self._main.table, ("priority",))
        if table:
            from oms_tui.domain.priority_weights import WEIGHTS

            yield from self._main.read(table, ("priority",), dict.fromkeys(WEIGHTS, read.weight)).items()


def _nobody(name: str, agents: Mapping[str, Any]) -> str:
    return f'there is no agent "{printable(name)}" in [agents]; {nearest(name, agents)}'
