"""What a connector is: a manifest, settings, and the small protocols it chooses to implement.

Everything is synchronous: the worker gives every source a thread of its own, and IMAPClient and smtplib are blocking.
Nothing here is retried except reads. Nothing here keeps state of its own: cursors come in and go out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from connectors.records import MailKey, MailPage, MailRecord, Page, Ref


class Capability(StrEnum):
    """What a connector can give or do."""

    ORDERS = "orders"
    CUSTOMERS = "customers"
    STOCK = "stock"
    SHIPMENTS = "shipments"
    TRACKING = "tracking"
    PAYMENTS = "payments"
    INVOICES = "invoices"
    PURCHASES = "purchases"
    ORDER_ACTIONS = "order_actions"
    MAIL = "mail"
    SEND = "send"


class Change(StrEnum):
    """The changes a support desk lives on; a manifest says which of them its cursor sees."""

    PAID = "paid"
    PARTLY_SHIPPED = "partly_shipped"
    TRACKING_SET = "tracking_set"
    TRACKING_CHANGED = "tracking_changed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUND = "refund"
    NOTE = "note"
    ADDRESS_EDIT = "address_edit"
    LINE_EDIT = "line_edit"


@dataclass(frozen=True)
class Setting:
    """One key of a source's table in the config.

    ``type`` is how it is checked: text, secret (env, command or keyring), integer, boolean, duration ("60s", "10m"),
    list (of text), path (relative to the config's folder), table (its keys in ``table``; an empty one is free).
    ``asked``: whoever sets the source up is asked for it though it may be left out, as most need it.
    """

    name: str
    type: Literal["text", "secret", "integer", "boolean", "duration", "list", "path", "table"] = "text"
    required: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    table: tuple[Setting, ...] = ()
    asked: bool = False


@dataclass(frozen=True)
class Manifest:
    """Who a connector is. ``proof`` says in words what it was proven against; ``scale`` follows from that.

    ``min_poll`` is how often the system may be asked where the config does not say.
    """

    key: str
    title: str
    capabilities: frozenset[Capability]
    settings: tuple[Setting, ...]
    cursor_covers: frozenset[Change] = frozenset()
    actions: tuple[str, ...] = ()  # kinds of Action that ``perform`` takes
    streams: tuple[str, ...] = ()
    scale: Literal["bronze", "silver", "gold"] = "bronze"
    proof: str = ""
    min_poll: timedelta = timedelta(seconds=15)


@dataclass(frozen=True)
class Health:
    """The answer of ``check``: what was reached, and what is missing for full use."""

    ok: bool
    detail: str = ""
    version: str = ""
    missing: tuple[str, ...] = ()
    clock_skew: timedelta | None = None


@dataclass(frozen=True)
class Account:
    """One configured source, secrets resolved. ``values`` holds every setting by name, defaults filled in.

    ``repr`` never shows the values. ``cache`` is a folder this source may use for files (raw mail, downloads).
    ``options`` is for tests and embedders: ``transport`` (an httpx transport), ``clock``.
    ``zone`` is the desk's own time zone: what a day is, where neither the system nor its settings say.
    """

    name: str
    values: Mapping[str, Any] = field(repr=False)
    cache: Path
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    zone: tzinfo = UTC


class Connector(Protocol):
    """A class with a manifest, made from an account. Making one does no I/O."""

    manifest: Manifest

    def __init__(self, account: Account) -> None: ...

    def check(self) -> Health:
        """Reach the system, log in, name what is missing. Raises a ConnectorError."""
        ...

    def close(self) -> None:
        """Let go of connections. May be called twice."""
        ...


@runtime_checkable
class RecordSource(Protocol):
    """Orders, customers, stock, shipments, payments, invoices… in streams that each have a cursor."""

    manifest: Manifest

    def changed(self, stream: str, cursor: dict[str, Any] | None, *, until: datetime) -> Iterator[Page]:
        """Pages of what changed in ``stream`` since ``cursor`` (None: everything), oldest change first.

        The last page's cursor holds nothing later than ``until`` less the overlap, so that the next run reads the
        overlap again: delivering a record twice is right, missing one is not.
        """
        ...

    def fetch(self, refs: Sequence[Ref]) -> Page:
        """Re-read given records with all that hangs off them (hot set, before a write). Gone ones in ``deleted``."""
        ...


@dataclass(frozen=True)
class TrackingRef:
    """A parcel to ask a carrier about."""

    carrier: str
    tracking_number: str
    remote_id: str = ""  # the aggregator's own id, once known
    postcode: str = ""


@runtime_checkable
class TrackingSource(Protocol):
    """A carrier, or an aggregator of carriers."""

    manifest: Manifest

    def carriers(self) -> frozenset[str] | None:
        """The carriers it can answer for, as our keys (``dhl``, ``ups``…); None: any."""
        ...

    def track(self, refs: Sequence[TrackingRef]) -> Page:
        """TrackingRecords of the given parcels. One that cannot be read is quarantined, the others still come."""
        ...


@runtime_checkable
class MailSource(Protocol):
    """A mailbox to read. Nothing here ever sets \\Seen."""  # noqa: D301 - the flag's name has a backslash

    manifest: Manifest

    def folders(self) -> Mapping[str, str]:
        """Folder of each role we know: ``inbox``, ``sent``, ``drafts``, ``junk``… (RFC 6154, else by name)."""
        ...

    def changed(self, folder: str, cursor: dict[str, Any] | None) -> Iterator[MailPage]:
        """Pages of what changed in ``folder``, new mail newest first; headers only where bodies are dear."""
        ...

    def bodies(self, keys: Sequence[MailKey]) -> Iterator[MailRecord]:
        """The same messages with their text. A key that is gone is left out."""
        ...

    def raw(self, key: MailKey) -> bytes:
        """The message as it lies there (for attachments and quarantine). Raises NotFound."""
        ...

    def search(
        self, folder: str, message_ids: Sequence[str], *, own_id: str = "", since_uid: str = ""
    ) -> list[MailKey]:
        """Messages in ``folder`` with one of the Message-IDs or our own X-OMS-ID, from ``since_uid`` on."""
        ...

    def thread(self, message_ids: Sequence[str]) -> list[MailRecord]:
        """Messages now in inbox or sent that carry, or refer to, one of the ids (headers): for the send guard."""
        ...

    def mark(self, folder: str) -> str:
        """A position in ``folder`` before which nothing new can appear (UIDNEXT), for ``search``'s since_uid."""
        ...

    def append(self, folder: str, raw: bytes) -> None:
        """File ``raw`` as read (\\Seen) into ``folder``."""  # noqa: D301
        ...

    def wait(self, seconds: float) -> bool:
        """Wait for news at most ``seconds`` (IDLE, else sleep). True: look now."""
        ...


@dataclass(frozen=True)
class SendReceipt:
    """What the server answered when it took the message, and recipients it refused (address, words)."""

    answer: str
    refused: tuple[tuple[str, str], ...] = ()


@runtime_checkable
class MailSender(Protocol):
    """A way out for mail."""

    manifest: Manifest

    def send(
        self, sender: str, recipients: Sequence[str], raw: bytes, *, about_to_commit: Callable[[], None]
    ) -> SendReceipt:
        """Hand ``raw`` (CRLF, fixed by the outbox) over, once.

        ``about_to_commit`` is called just before the point after which the server may have taken it (the final dot).

        Raises:
            Rejected: a permanent refusal before that point; nothing was sent.
            Temporary: could not get to that point; safe to try again.
            OutcomeUnknown: the connection died after it.
        """
        ...

    def files_sent_itself(self) -> bool:
        """Whether this server is known to file sent mail itself (Gmail, Exchange)."""
        ...


@dataclass(frozen=True)
class Action:
    """A write wanted: ``kind`` is the id in the desk's catalogue of actions, ``fields`` its fields."""

    kind: str
    order: Ref
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """A write done: the remote id it got and the system's words."""

    remote_id: str
    detail: str = ""


@runtime_checkable
class OrderActions(Protocol):
    """Writing back. Never retried blindly; a timeout is OutcomeUnknown and is settled by ``confirm``."""

    manifest: Manifest

    def preview(self, action: Action) -> str:
        """In words, the exact call that will be made."""
        ...

    def perform(self, action: Action, *, key: str, expect: str) -> Receipt:
        """Do it once; ``key`` makes a repeat harmless, ``expect`` is the version it was decided on."""
        ...

    def confirm(self, key: str) -> Receipt | None:
        """Whether the action with ``key`` happened; None: it did not."""
        ...
