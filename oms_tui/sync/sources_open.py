"""Sources of the config as connectors at work, and what is told of one that cannot work."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from connectors.base import Capability, MailSource, OrderActions, RecordSource, TrackingSource
from connectors.catalogue import connector
from connectors.errors import ConnectorError
from oms_tui.config_errors import ConfigError
from oms_tui.secrets import SecretError
from oms_tui.sources import account_for
from oms_tui.store.driver import DatabaseError
from oms_tui.store.workspace import StoreError
from oms_tui.sync.schedule import PARKED, Pace, pace

if TYPE_CHECKING:
    from connectors.base import Connector, MailSender, Manifest
    from oms_tui.config_model import Config


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a source cannot be read, for the person who can act. ``parked``: nothing helps but that person."""

    code: str
    words: str
    hint: str
    parked: bool = False


def fault_of(error: Exception, source: str = "") -> Fault:
    """Any exception as words; one that nobody foresaw is called a fault of ours.

    Args:
        error: the exception.
        source: its name is taken from the start of the words: whoever tells them says whose they are.
    """
    hint = str(getattr(error, "hint", ""))
    if isinstance(error, ConnectorError):
        words = str(error).removeprefix(f"{source}: ")
        return Fault(error.code, words, hint, isinstance(error, tuple(PARKED)))
    if isinstance(error, SecretError | ConfigError):
        return Fault(error.code, str(error), hint, parked=True)
    if isinstance(error, DatabaseError | StoreError):
        return Fault(
            "store", f"the desk's store could not be written: {error}", hint or "check the free space on the disk"
        )
    words = f"a fault of ours: {type(error).__name__}: {error}"
    return Fault("fault", words, "the other sources go on; please report it with what sync.log says")


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source with its connector; ``folders`` are those of a mailbox that are read, () for its inbox.

    The properties are what it can do, None where it cannot.
    """

    name: str
    connector: Connector
    pace: Pace
    folders: tuple[str, ...] = ()

    @property
    def manifest(self) -> Manifest:
        """Who the connector is."""
        return self.connector.manifest

    @property
    def records(self) -> RecordSource | None:
        """Its streams of records."""
        return self.connector if self.manifest.streams and isinstance(self.connector, RecordSource) else None

    @property
    def tracking(self) -> TrackingSource | None:
        """Its way to ask about parcels."""
        found: Any = self.connector
        return found if isinstance(found, TrackingSource) else None

    @property
    def mailbox(self) -> MailSource | None:
        """Its mailbox."""
        return cast("MailSource", self.connector) if Capability.MAIL in self.manifest.capabilities else None

    @property
    def sender(self) -> MailSender | None:
        """Its way out for mail."""
        return cast("MailSender", self.connector) if Capability.SEND in self.manifest.capabilities else None

    @property
    def actions(self) -> OrderActions | None:
        """Its way to be written to."""
        found: Any = self.connector
        return found if isinstance(found, OrderActions) else None


def open_source(config: Config, name: str) -> OpenSource:
    """The connector of a source, its secrets fetched now. Reaches nothing yet.

    Raises:
        ConfigError, SecretError: as ``account_for``. ConnectorError: its settings do not fit together.
    """
    account = account_for(config, name)
    account.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = connector(config.sources[name].kind)(account)
    return OpenSource(
        name, made, pace(config.sources[name], made.manifest), folders=tuple(account.values.get("folders") or ())
    )


class SourceBox:
    """A source that several threads use, opened by the first of them. After ``drop`` its secrets are fetched again.

    ``working`` is held while records are read: only mailboxes are made for two threads at once. ``stirred`` is set when
    we ourselves put something into the source, so that it is looked at soon.
    """

    def __init__(self, config: Config, name: str) -> None:
        self.name = name
        self._config = config
        self.working = threading.RLock()
        self.stirred = threading.Event()
        self._lock = threading.Lock()
        self._open: OpenSource | None = None

    def get(self) -> OpenSource:
        """The open source. Raises as ``open_source``."""
        with self._lock:
            if self._open is None:
                self._open = open_source(self._config, self.name)
            return self._open

    def manifest(self) -> Manifest:
        """Who its connector is, without opening it. Raises whatever loading somebody else's connector raises."""
        return connector(self._config.sources[self.name].kind).manifest

    def brings_orders(self) -> bool:
        """Whether orders are at home there: what other sources tell is joined to them.

        A source whose config says whose orders its files mean (``orders_from``) brings none.
        """
        return can(self, Capability.ORDERS) and not self._config.sources[self.name].settings.get("orders_from")

    def drop(self) -> None:
        """Close it; the next ``get`` opens it anew. May be called by any thread, and twice."""
        with self._lock:
            found, self._open = self._open, None
        if found is not None:
            with suppress(ConnectorError, OSError):
                found.connector.close()


def can(box: SourceBox, *wanted: Capability) -> bool:
    """Whether a source has one of these capabilities."""
    try:
        return not box.manifest().capabilities.isdisjoint(wanted)
    except Exception:  # noqa: BLE001 - somebody else's connector that cannot be loaded; its own thread says so
        return False
