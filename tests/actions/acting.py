"""What stories about actions are told with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from mail_in.story import MailboxInMemory

from connectors.records import (
    Address,
    CustomerRecord,
    Identity,
    LineRecord,
    MailAddress,
    MailKey,
    MailRecord,
    OrderRecord,
    Page,
)
from oms_tui.actions.run import Done, run
from oms_tui.domain.business_time import BusinessHours, read_week
from oms_tui.store import desk_rows
from oms_tui.store.reads import queue
from oms_tui.store.reads.order import read_order
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.mailbox import MailboxSync

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.records import Record
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView, QueueItem

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])


def at(text: str) -> int:
    """Milliseconds of a wall clock time in Berlin."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


def blank(kind: type[Any], /, **values: Any) -> Any:
    """A shape with nothing in it but ``values``."""
    hints = get_type_hints(kind)
    names = getattr(kind, "_fields", None) or [each.name for each in fields(kind)]
    return kind(**{name: values.get(name, _nothing(hints[name])) for name in names})


def _nothing(hint: Any) -> Any:
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return blank(hint)  # type: ignore[arg-type]
    if type(None) in get_args(hint):
        return None
    return getattr(hint, "__origin__", hint)()


@dataclass
class Clock:
    """Now, as the test says."""

    now: int = field(default_factory=lambda: at("2026-11-26T14:00"))

    def __call__(self) -> int:
        return self.now

    def pass_(self, **length: float) -> None:
        self.now += int(timedelta(**length).total_seconds() * 1000)


def as_agent(session: Session, agent: str) -> Session:
    """The same desk with another agent at it."""
    return replace(session, agent=session.agents[agent])


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@dataclass
class World:
    """A desk with a shop, a carrier, books and a mailbox: what came in from each, and what an agent then does.

    The mailbox is a list in memory, as nothing here is about mailboxes; everything from the records on is real.
    """

    session: Session
    clock: Clock
    mailbox: MailboxInMemory = field(default_factory=MailboxInMemory)
    letters: int = 0

    def orders(self, *records: OrderRecord) -> list[int]:
        """Orders arrive from the shop."""
        self.feed("shop", *records)
        return [self.id(record.number) for record in records]

    def feed(self, source: str, *records: Record) -> None:
        """Records arrive from a source, and what they touch is derived."""
        ingest_page(self.session.store, source, "all", Page(records=list(records)), now=self.clock.now)
        self.derive()

    def derive(self) -> None:
        from oms_tui.store.derive.run import derive_dirty

        derive_dirty(self.session.store, self.session.policy, now=self.clock.now)

    def id(self, number: str) -> int:
        row = self.session.store.cache.execute("SELECT id FROM orders WHERE number=?", (number,)).fetchone()
        return int(row[0])

    def item(self, number: str) -> QueueItem:
        found = queue.item(self.session.store, self.id(number))
        assert found is not None
        return found

    def view(self, number: str) -> OrderView:
        found = read_order(self.session.store, self.session.policy, self.id(number), now=self.clock.now)
        assert found is not None
        return found

    def letter(
        self,
        name: str,
        sender: str = "jan@firma.example",
        *,
        subject: str = "Where is my lamp #1042?",
        text: str = "Still no parcel.",
        to: Sequence[str] = ("support@shop.example",),
        cc: Sequence[str] = (),
        reply_to: Sequence[str] = (),
        answers: Sequence[str] = (),
        folder: str = "INBOX",
        auto: str = "",
    ) -> int:
        """A mail arrives; its id in the store."""
        self.letters += 1
        references = tuple(f"<{answer}>" for answer in answers)
        sent = moment(self.clock.now)
        self.mailbox.put(
            MailRecord(
                key=MailKey(folder, "1", str(self.letters)),
                message_id=f"<{name}>",
                subject=subject,
                sent_at=sent,
                received_at=sent,
                from_=MailAddress("Jan Kowal" if sender.startswith("jan") else "", sender),
                to=tuple(MailAddress("", each) for each in to),
                cc=tuple(MailAddress("", each) for each in cc),
                reply_to=tuple(MailAddress("", each) for each in reply_to),
                in_reply_to=references[-1] if references else "",
                references=references,
                text=text,
                auto=auto,
                digest=f"digest of {name}",
            )
        )
        sync = MailboxSync(self.session.store, self.session.policy, "support", self.mailbox)
        sync.run(now=self.clock.now)
        self.derive()
        row = self.session.store.cache.execute("SELECT id FROM messages WHERE message_id=?", (f"<{name}>",)).fetchone()
        return int(row[0])

    def do(self, action: str, *numbers: str, agent: str = "ana", preview: bool = False, **fields: object) -> list[Done]:
        """An agent does something to orders."""
        ids = [self.id(number) for number in numbers]
        return run(as_agent(self.session, agent), action, ids, fields, preview=preview)

    def events(self, number: str) -> list[tuple[str, str, str]]:
        """The audit log of an order: kind, actor, summary."""
        item = self.item(number)
        found = self.session.store.desk.execute(
            "SELECT kind, actor, summary FROM desk_events WHERE source=? AND remote_id=? ORDER BY rowid",
            (item.source, item.remote_id),
        )
        return found.fetchall()

    def row(self, item_id: str) -> dict[str, Any]:
        """An outbox item as the worker reads it."""
        found = desk_rows.get(self.session.store.desk, "outbox", item_id)
        assert found is not None
        return found


def order(number: str = "1042", **more: Any) -> OrderRecord:
    """Jan Kowal's blue lamp, paid, on its way to Lindenweg 4."""
    email = more.pop("email", "jan@firma.example")
    fields_: dict[str, Any] = {
        "remote_id": f"r{number}",
        "number": number,
        "state": "open",
        "placed_at": moment(at("2026-11-20T10:00")),
        "currency": "EUR",
        "total": 8900,
        "payment_status": "paid",
        "email": email,
        "customer": CustomerRecord(f"c-{email}", name="Jan Kowal", identities=(Identity("email", email),)),
        "ship_to": Address(name="Jan Kowal", street="Lindenweg 4", city="Leipzig", postcode="04103", country="DE"),
        "lines": (LineRecord("1", "LAMP-BLUE", 1, title="Lamp, blue", unit_price=8900),),
        "version": "v1",
    }
    return OrderRecord(**(fields_ | more))
