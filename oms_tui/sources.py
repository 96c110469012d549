"""A source's own settings: checked against what its connector declares, and made into the account it works with.

This is the only part of reading a config that loads connectors. The desk starts without it, and its worker tells of
each source by itself; every command goes through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connectors.base import Account
from connectors.catalogue import UnknownConnector, connector, keys
from oms_tui import config_schema as schema
from oms_tui import config_values as read
from oms_tui.config import load
from oms_tui.config_errors import ConfigError, dotted, meant, nearest, printable
from oms_tui.config_folders import path_in
from oms_tui.secrets import Reference, reference, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from connectors.base import Manifest, Setting
    from oms_tui.config_document import Document
    from oms_tui.config_errors import KeyPath
    from oms_tui.config_model import Config, Source
    from oms_tui.config_values import Reader


def load_checked(path: Path | None = None) -> Config:
    """The config, its sources' settings checked with the rest.

    Raises:
        ConfigError: something is wrong; it lists all that is.
    """
    return load(path, check=check_settings)


def check_sources(config: Config) -> None:
    """Check the sources' settings of a config that was loaded without.

    Raises:
        ConfigError: something is wrong; it lists all that is.
    """
    document = config.document.again()
    check_settings(config.sources, document)
    _raise_mistakes(document)


def check_settings(sources: Mapping[str, Source], document: Document) -> None:
    """Note in ``document`` whatever is wrong with the settings of ``sources``."""
    for source in sources.values():
        _values_of(source, document)


def account_for(config: Config, name: str, *, options: Mapping[str, Any] | None = None) -> Account:
    """The account of a source, ready for its connector: defaults filled in, secrets fetched now.

    Durations are ``timedelta``, paths absolute ``Path`` (an address such as sftp://… stays text), lists tuples.
    ``options`` goes to the account as it is.

    Raises:
        ConfigError: there is no such source, or its settings are wrong.
        SecretError: a secret could not be fetched.
    """
    document = config.document.again()
    if name not in config.sources:
        document.unknown(("sources", name), config.sources, what="source")
        _raise_mistakes(document)
    values = _values_of(config.sources[name], document)
    _raise_mistakes(document)
    return Account(
        name=name,
        values={key: _revealed(value, ("sources", name, key)) for key, value in values.items()},
        cache=config.folders.cache / "sources" / name,
        options=options or {},
        zone=config.desk.zone,
    )


def _raise_mistakes(document: Document) -> None:
    if mistakes := document.take_mistakes():
        raise ConfigError(mistakes)


def _values_of(source: Source, document: Document) -> dict[str, Any]:
    """Every setting of a source by name, secrets as references. What is wrong is noted and left out."""
    path: KeyPath = ("sources", source.name)
    manifest = _manifest(source, document)
    if manifest is None:
        return {}
    return _table(manifest.settings, source.settings, path, document, also=schema.SOURCE)


def _manifest(source: Source, document: Document) -> Manifest | None:
    path: KeyPath = ("sources", source.name, "kind")
    try:
        return connector(source.kind).manifest
    except UnknownConnector:
        document.wrong(path, f'there is no connector "{printable(source.kind)}"; {nearest(source.kind, keys())}')
    except Exception as error:  # noqa: BLE001 - somebody else's package may raise anything while it is imported
        why = f"{type(error).__name__}: {printable(str(error), 200)}"
        document.wrong(path, f'the connector "{printable(source.kind)}" cannot be loaded: {why}')
    return None


def _table(
    settings: Iterable[Setting],
    table: Mapping[str, Any],
    path: KeyPath,
    document: Document,
    *,
    also: Iterable[str] = (),
) -> dict[str, Any]:
    """The values of a table by its settings. Its words never repeat a value: it may be a secret in the wrong place."""
    by_name = {setting.name: setting for setting in settings}
    for key in table:
        if key not in by_name:
            document.unknown((*path, key), (*by_name, *also))
    values: dict[str, Any] = {}
    for name, setting in by_name.items():
        here = (*path, name)
        if name not in table:
            if setting.required:
                document.missing(here, setting.help)
            values[name] = _default(setting, document)
            continue
        try:
            values[name] = _value(setting, table[name], here, document)
        except read.WrongItemError as error:
            document.wrong((*here, *error.path), str(error))
        except ValueError as error:
            document.wrong(here, str(error))
    return values


def _default(setting: Setting, document: Document) -> Any:
    if setting.type == "duration" and isinstance(setting.default, str):
        return read.duration(setting.default)
    if setting.type == "path" and isinstance(setting.default, str) and setting.default:
        return _path(setting.default, document)
    return tuple(setting.default) if isinstance(setting.default, list) else setting.default


def _value(setting: Setting, value: object, path: KeyPath, document: Document) -> Any:
    if setting.type == "table":
        table = schema.table(value)
        return _table(setting.table, table, path, document) if setting.table else table
    if setting.type == "path":
        return _path(read.name(value), document)
    if setting.type == "list":
        return _listed(setting, read.texts(value))
    found = _READERS[setting.type](value)
    if setting.type in {"text", "integer"}:
        _chosen(setting, found)
    return found


_READERS: Final[Mapping[str, Reader]] = {
    "text": read.text,
    "secret": reference,
    "integer": read.integer,
    "boolean": read.boolean,
    "duration": read.duration,
}


def _listed(setting: Setting, items: tuple[str, ...]) -> tuple[str, ...]:
    for place, item in enumerate(items):
        try:
            _chosen(setting, item)
        except ValueError as error:
            raise read.WrongItemError(str(error), (place,)) from None
    return items


def _chosen(setting: Setting, value: object) -> None:
    if setting.choices and str(value) not in setting.choices:
        words = f"must be one of {', '.join(setting.choices)}"
        raise ValueError(f"{words}; {meant(str(value), setting.choices)}")


def _path(written: str, document: Document) -> Path | str:
    return written if "://" in written else path_in(document.path.parent, written)


def _revealed(value: Any, path: KeyPath) -> Any:
    """``value`` with every secret in it fetched."""
    if isinstance(value, Reference):
        return resolve(value, dotted(path)).reveal()
    if isinstance(value, dict):
        return {key: _revealed(each, (*path, key)) for key, each in value.items()}
    return value
