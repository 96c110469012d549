"""A desk with one mailbox that is a list in memory, and orders as a shop's connector hands them over."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connectors.base import Capability, Manifest
from connectors.records import (
    Address,
    CustomerRecord,
    Identity,
    LineRecord,
    MailAddress,
    MailKey,
    MailPage,
    MailRecord,
    OrderRecord,
    Page,
    Quarantined,
)
from oms_tui.domain.business_time import BusinessHours, Span
from oms_tui.domain.policy import DeskPolicy
from oms_tui.store import desk_rows
from oms_tui.store.compiled_sql import CACHE_COLUMNS, DESK_COLUMNS
from oms_tui.store.driver import transaction
from oms_tui.store.reads import mail as reads
from oms_tui.store.rows import insert
from oms_tui.sync.ingest import ingest_page
from oms_tui.sync.mailbox import MailboxSync, MailResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from oms_tui.store.shapes import ConversationView, MessageView
    from oms_tui.store.workspace import Workspace

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NOW = int(MONDAY.timestamp() * 1000)
OURS = "support@shop.example"
BERLIN = ZoneInfo("Europe/Berlin")

POLICY = DeskPolicy(
    zone=BERLIN,
    hours=BusinessHours(BERLIN, [[Span(9 * 60, 17 * 60)]] * 5 + [[], []]),
    own_addresses=frozenset({OURS, "returns@shop.example"}),
    key=b"a key of the tests",
)


class MailboxInMemory:
    """A mailbox whose folders are lists of records, for what is quicker said than filed; a real one is tested too.

    Its cursor is how many changes of a folder were told. Headers only are handed over unless ``whole``.
    """

    manifest = Manifest("memory", "A list", frozenset({Capability.MAIL}), ())

    def __init__(self, *, whole: bool = True, page: int = 200) -> None:
        self.whole = whole
        self.page = page
        self.told: dict[str, list[MailPage]] = {"INBOX": [], "Sent": []}
        self.mails: dict[tuple[str, str, str], MailRecord] = {}
        self.unreadable: set[str] = set()
        self.breaks_after: int | None = None

    def folders(self) -> Mapping[str, str]:
        return {"inbox": "INBOX", "sent": "Sent"}

    def put(self, *records: MailRecord) -> None:
        """Deliver mails; those of one call are told newest first, as mailboxes do."""
        for record in records:
            self.mails[record.key.folder, record.key.generation, record.key.uid] = record
        for folder in dict.fromkeys(record.key.folder for record in records):
            new = [record for record in reversed(records) if record.key.folder == folder]
            for start in range(0, len(new), self.page):
                self.told.setdefault(folder, []).append(
                    MailPage(messages=[self._shown(record) for record in new[start : start + self.page]])
                )

    def tell(self, folder: str, page: MailPage) -> None:
        """Any other change."""
        self.told[folder].append(page)

    def changed(self, folder: str, cursor: dict[str, Any] | None) -> Iterator[MailPage]:
        seen = int((cursor or {}).get("seen", 0))
        pages = self.told[folder]
        for number, page in enumerate(pages[seen:], seen):
            if self.breaks_after is not None and number >= self.breaks_after:
                raise ConnectionError("the line went dead")
            yield replace(page, cursor={"seen": number + 1}, more=number + 1 < len(pages))
        if seen == len(pages):
            yield MailPage(cursor={"seen": seen})

    def bodies(self, keys: Sequence[MailKey]) -> Iterator[MailRecord]:
        for key in keys:
            record = self.mails.get((key.folder, key.generation, key.uid))
            if record is not None and key.uid not in self.unreadable:
                yield replace(record, has_body=True)

    def _shown(self, record: MailRecord) -> MailRecord:
        return replace(record, has_body=True) if self.whole else replace(record, text="", quoted=(), has_body=False)


@dataclass
class Desk:
    """The desk under test: its store, its mailbox, and short words for what happens to it."""

    store: Workspace
    mailbox: MailboxInMemory = field(default_factory=MailboxInMemory)
    source: str = "support"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def sync(self, *, now: int = NOW) -> MailResult:
        return self.syncing().run(now=now)

    def syncing(self) -> MailboxSync:
        return MailboxSync(self.store, POLICY, self.source, self.mailbox)

    def letter(
        self,
        name: str,
        sender: str = "jan.kowal@firma.example",
        *,
        to: Sequence[str] = (OURS,),
        cc: Sequence[str] = (),
        subject: str = "Hello",
        text: str = "",
        answers: Sequence[str] = (),
        sender_name: str = "",
        reply_to: Sequence[str] = (),
        folder: str = "INBOX",
        at: datetime | None = None,
        **more: Any,
    ) -> MailRecord:
        """A mail; an hour after the one written before, unless told otherwise."""
        number = next(self.numbers)
        sent = at or MONDAY - timedelta(days=2) + timedelta(hours=number)
        references = tuple(f"<{answer}>" for answer in answers)
        return MailRecord(
            key=MailKey(folder, more.pop("generation", "1"), more.pop("uid", str(number))),
            message_id=f"<{name}>" if name else "",
            subject=subject,
            sent_at=sent,
            received_at=sent,
            from_=MailAddress(sender_name, sender),
            to=tuple(MailAddress("", address) for address in to),
            cc=tuple(MailAddress("", address) for address in cc),
            reply_to=tuple(MailAddress("", address) for address in reply_to),
            in_reply_to=references[-1] if references else "",
            references=references,
            text=text,
            digest=more.pop("digest", f"digest of {name or number}"),
            **more,
        )

    def later(self) -> datetime:
        """A moment after everything that was decided."""
        return MONDAY + timedelta(hours=next(self.numbers))

    def orders(self, *orders: OrderRecord, now: int = NOW) -> list[int]:
        ingest_page(self.store, "shop", "orders", Page(records=list(orders)), now=now)
        return [self.order_id(order.remote_id) for order in orders]

    def order_id(self, remote_id: str) -> int:
        row = self.store.cache.execute("SELECT id FROM orders WHERE remote_id=?", (remote_id,)).fetchone()
        return int(row[0])

    def mail(self, message_id: str) -> MessageView:
        """The stored mail of this Message-ID, without angle brackets."""
        row = self.store.cache.execute("SELECT id FROM messages WHERE message_id=?", (f"<{message_id}>",)).fetchone()
        found = reads.message(self.store, row[0])
        assert found is not None
        return found

    def on(self, message_id: str) -> tuple[str, ...]:
        """The numbers of the orders a mail lies on."""
        mail = self.mail(message_id)
        return reads.orders_of(self.store, [mail.id]).get(mail.id, ())

    def threads(self, remote_id: str) -> tuple[ConversationView, ...]:
        return reads.conversations_of(self.store, self.order_id(remote_id), POLICY, NOW)

    def together(self) -> list[list[str]]:
        """The conversations there are, as lists of Message-IDs without brackets, oldest first."""
        groups: dict[int, list[str]] = {}
        for name, conversation in self.store.cache.execute(
            "SELECT message_id, conversation_id FROM messages WHERE state<>'quarantined' ORDER BY sent_at, id"
        ):
            groups.setdefault(conversation, []).append(name.strip("<>"))
        return sorted(groups.values())

    def decide(self, table: str, **values: Any) -> None:
        """What a person decided, as an action writes it."""
        with transaction(self.store.desk):
            desk_rows.put(self.store.desk, table, {"agent": "ana", "decided_at": NOW, "snoozed_until": None, **values})

    def outbox(self, name: str, message_id: str, remote_id: str, *, to: str) -> None:
        """A reply that left from here."""
        blank = dict.fromkeys(DESK_COLUMNS["outbox"], "")
        row = blank | {
            "id": name, "kind": "mail", "source": "shop", "remote_id": remote_id, "state": "sent", "raw": b"",
            "message_id": message_id, "sender": OURS, "recipients": json.dumps([to]), "attempts": 1, "filed": 0,
            "not_before": NOW, "created_at": NOW, "updated_at": NOW,
        }  # fmt: skip
        with transaction(self.store.desk):
            desk_rows.put(self.store.desk, "outbox", row)

    def queue(self, remote_id: str, *, is_open: int) -> None:
        """The order's row in the queue, as far as mail looks at it."""
        columns = CACHE_COLUMNS["queue_row"]
        row = dict.fromkeys(columns, 0) | {"order_id": self.order_id(remote_id), "is_open": is_open}
        self.store.cache.execute(insert("queue_row"), [row[column] for column in columns])

    def own(self, remote_id: str, agent: str) -> None:
        """Somebody takes the order."""
        self._put("order_decisions", source="shop", remote_id=remote_id, owner=agent, tags="[]")

    def task(self, remote_id: str, agent: str, *, due_at: int) -> None:
        """Somebody has something to do on it."""
        self._put(
            "tasks", id=f"t{remote_id}", source="shop", remote_id=remote_id, owner=agent, due_at=due_at, state="open"
        )

    def _put(self, table: str, **values: Any) -> None:
        blank = {column: 0 if column.endswith("_at") else "" for column in DESK_COLUMNS[table]}
        with transaction(self.store.desk):
            desk_rows.put(self.store.desk, table, blank | values)

    def take_back(self, table: str, *key: str) -> None:
        desk_rows.delete(self.store.desk, table, *key)

    def counts(self) -> dict[str, int]:
        """The counts kept, after a look that they are what is there."""
        counts = reads.mail_counts(self.store)
        real = dict(
            self.store.cache.execute(
                "SELECT state, count(*) FROM messages WHERE gone_at IS NULL GROUP BY state"
            ).fetchall()
        )
        assert {state: number for state, number in counts.items() if number and state != "fetched"} == real
        badge = self.store.cache.execute("SELECT value FROM badges WHERE key='mail.to_link'").fetchone()
        assert (badge[0] if badge else 0) == len(reads.unlinked(self.store, limit=100_000)[0]), (
            "the badge and the list are of one mind"
        )
        return counts


def order(number: str, **more: Any) -> OrderRecord:
    """An order; by default Jan Kowal's blue lamp, on its way to Lindenweg 4."""
    email = more.pop("email", "jan.kowal@firma.example")
    name = more.pop("name", "Jan Kowal")
    return OrderRecord(
        remote_id=more.pop("remote_id", number.lstrip("#")),
        number=number,
        state=more.pop("state", "open"),
        placed_at=more.pop("placed_at", MONDAY - timedelta(days=9)),
        currency="EUR",
        total=7900,
        email=email,
        customer=more.pop("customer", None)
        or CustomerRecord(f"c-{email}", name=name, identities=(Identity("email", email),)),
        ship_to=more.pop(
            "ship_to", Address(name=name, street="Lindenweg 4", city="Leipzig", postcode="04103", country="DE")
        ),
        lines=more.pop("lines", (LineRecord("1", "LAMP-BLUE", 1, title="Lamp, blue", unit_price=7900),)),
        **more,
    )


def unreadable(folder: str, uid: str, reason: str = "its header could not be read") -> MailPage:
    """A page with a message that defeats the parser."""
    return MailPage(
        quarantined=[Quarantined(f"{folder} uid {uid}", reason, "\x00\x01")],
        quarantined_keys=[MailKey(folder, "1", uid)],
    )
