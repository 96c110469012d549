"""What queue rows are derived from, read for some hundred orders at a time: a statement a table, never one an order."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.attention import ENDED
from oms_tui.domain.stages import ParcelFacts
from oms_tui.domain.vocabulary import ShipmentState, TrackingStatus
from oms_tui.store.answered import answered_at, closed_at
from oms_tui.store.compiled_sql import CACHE_COLUMNS
from oms_tui.store.conflict_decisions import decided
from oms_tui.store.conflict_facts import disagreements, standing
from oms_tui.store.customer_facts import account_managers, persons
from oms_tui.store.reads.mail_requests import KINDS_SQL
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oms_tui.domain.conflicts import Value
    from oms_tui.store.conflict_decisions import Decided
    from oms_tui.store.customer_facts import PersonFacts
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

Values = dict[str, Any]

_ORDER: Final = (
    "id",
    "source",
    "remote_id",
    "number",
    "state",
    "payment_status",
    "fulfillment_status",
    "return_status",
    "placed_at",
    "promised_at",
    "currency",
    "total",
    "customer_id",
    "email",
    "ship_name",
    "ship_country",
    "tags",
)
_KEPT: Final = tuple(CACHE_COLUMNS["queue_row"])
_NOT_SEEN: Final = frozenset({TrackingStatus.UNKNOWN, TrackingStatus.PRE_TRANSIT, TrackingStatus.CANCELLED})


@dataclass(slots=True)
class Parcel:
    """A parcel with what its carrier says of it (``status`` None: no carrier was asked). ``units`` by product."""

    state: str
    carrier: str
    units: dict[str, int]
    shipped_at: int | None
    delivered_at: int | None
    status: str | None
    delayed: int
    reason: str
    estimated_at: int | None
    last_event_at: int | None
    told_at: int | None
    source: str
    recorded_at: int

    @property
    def void(self) -> bool:
        """Whether it will never travel."""
        return ParcelFacts(self.state, self.status or TrackingStatus.UNKNOWN).void

    @property
    def there(self) -> bool:
        """Whether the customer has it."""
        return self.state == ShipmentState.DELIVERED or self.status == TrackingStatus.DELIVERED

    @property
    def taken(self) -> bool:
        """Whether its goods are off the shelf: packed, or on the road. A planned parcel still needs them."""
        if self.state in {ShipmentState.PENDING, ShipmentState.SHIPPED, ShipmentState.DELIVERED}:
            return True
        return self.status is not None and self.status not in _NOT_SEEN


@dataclass(slots=True)
class Purchase:
    """An order of ours to a vendor. ``units`` by product; empty when nobody says."""

    units: dict[str, int]
    drop_ship: bool
    status: str
    expected_at: int | None
    vendor: str


@dataclass(slots=True)
class Waiting:
    """A conversation in which the customer waits since ``since``; its letters are (at, direction), oldest first."""

    since: int
    letters: list[tuple[int, str]] = field(default_factory=list)
    answered_at: int | None = None
    closed_at: int = 0  # when it was closed before the customer wrote again
    waits: bool = True

    def answered(self, at: int) -> None:
        """An answer was sent on the desk at ``at``, and no mailbox shows it yet."""
        self.answered_at = max(at, self.answered_at or at)
        later = [each for each, direction in self.letters if direction == "inbound" and each > self.answered_at]
        self.letters = sorted([*self.letters, (at, "outbound")])
        self.since, self.waits = min(later, default=self.since), bool(later)


@dataclass(slots=True)
class Threads:
    """The conversations on an order: who waits, and when somebody wrote last. ``told_at``: we to them."""

    waiting: list[Waiting] = field(default_factory=list)
    last_mail_at: int | None = None
    told_at: int | None = None
    bounced: bool = False
    attached: int = 0  # mails with files

    @property
    def waiting_since(self) -> int | None:
        """Since when the one who waits longest waits."""
        return min((each.since for each in self.waiting), default=None)


@dataclass(slots=True)
class OrderFacts:
    """One order."""

    order: Values
    before: Values | None = None
    lines: list[tuple[str, int, int]] = field(default_factory=list)  # sku, quantity, fulfilled
    parcels: list[Parcel] = field(default_factory=list)
    invoices: list[tuple[str, str, int | None]] = field(default_factory=list)  # kind, status, due
    purchases: list[Purchase] = field(default_factory=list)
    disputed: bool = False
    declined: bool = False  # a payment was declined, and none was taken
    conflicts: tuple[str, ...] = ()  # fields on which systems disagree, and nobody has decided
    sides: dict[str, tuple[Value, ...]] = field(default_factory=dict)  # what each of them says, by field
    decided: dict[str, Decided] = field(default_factory=dict)  # decisions that have not lapsed, by field
    threads: Threads | None = None
    decision: Values | None = None
    tasks: list[Values] = field(default_factory=list)
    outbox: str = ""
    draft: str = ""  # prepared or begun, "" for none
    prepared: str = ""  # what a prepared one is about
    called_at: int | None = None
    notes: int = 0
    step: str = ""  # the next step of its procedure, in words, and the action that does it
    step_action: str = ""
    person: int | None = None
    worth: PersonFacts | None = None  # of the whole person
    manager: str = ""  # whom people made the account manager of the person
    customer_name: str = ""

    @property
    def orders(self) -> int:
        """How many the person placed."""
        return self.worth.orders if self.worth else 1


def load(store: Workspace, ids: Sequence[int]) -> dict[int, OrderFacts]:
    """The facts of these orders; those that are gone are left out. At most some hundred at a time."""
    cache = store.cache
    place = marks(len(ids))
    found = {
        row[0]: OrderFacts(dict(zip(_ORDER, row, strict=True)))
        for row in cache.execute(f"SELECT {','.join(_ORDER)} FROM orders WHERE id IN ({place})", ids)
    }
    here = list(found)
    if not here:
        return found
    place = marks(len(here))
    names = ",".join(_KEPT)
    for row in cache.execute(f"SELECT {names} FROM queue_row WHERE order_id IN ({place})", here):
        found[row[0]].before = dict(zip(_KEPT, row, strict=True))
    for order, sku, quantity, fulfilled in cache.execute(
        f"SELECT order_id, sku, quantity, fulfilled FROM order_lines WHERE order_id IN ({place})", here
    ):
        found[order].lines.append((sku, quantity, fulfilled))
    for order, state, carrier, units, *parcel in cache.execute(
        "SELECT s.order_id, s.state, s.carrier, s.lines, s.shipped_at, s.delivered_at, t.status, "
        "coalesce(t.delayed, 0), coalesce(t.reason, ''), t.estimated_delivery_at, t.last_event_at, "
        "coalesce(t.updated_at, t.last_event_at), coalesce(t.source, s.source), s.recorded_at "
        f"FROM shipments s LEFT JOIN trackers t ON t.id = s.tracker_id WHERE s.order_id IN ({place})",
        here,
    ):
        found[order].parcels.append(Parcel(state, carrier, _units(units), *parcel))
    _money(cache, found, here, place)
    _mail(store, found, here, place)
    _customers(cache, found)
    _managers(store, found)
    _desk(store.desk, found)
    _conflicts(store, found)
    return found


def _money(cache: Connection, found: dict[int, OrderFacts], here: list[int], place: str) -> None:
    for order, kind, status, due_at in cache.execute(
        f"SELECT order_id, kind, status, due_at FROM invoices WHERE order_id IN ({place}) ORDER BY issued_at", here
    ):
        found[order].invoices.append((kind, status, due_at))
    for order, lines, drop_ship, *purchase in cache.execute(
        "SELECT order_id, lines, drop_ship, request_status, expected_at, vendor FROM purchase_orders "
        f"WHERE order_id IN ({place}) AND request_status NOT IN ('rejected','cancellation_accepted')",
        here,
    ):
        found[order].purchases.append(Purchase(_units(lines), bool(drop_ship), *purchase))
    for (order,) in cache.execute(
        f"SELECT DISTINCT order_id FROM disputes WHERE order_id IN ({place}) "
        "AND state IN ('needs_response','under_review')",
        here,
    ):
        found[order].disputed = True
    for (order,) in cache.execute(
        f"SELECT order_id FROM payments WHERE order_id IN ({place}) GROUP BY order_id "
        "HAVING max(state IN ('declined','error')) AND NOT max(state IN ('settled','authorized'))",
        here,
    ):
        found[order].declined = True


def _units(lines: str) -> dict[str, int]:
    """Units by product, from the JSON a parcel or an order to a vendor keeps; empty when nobody says."""
    found: dict[str, int] = {}
    if lines != "[]":
        for sku, quantity, *_ in json.loads(lines):
            found[str(sku)] = found.get(str(sku), 0) + int(quantity)
    return found


def _mail(store: Workspace, found: dict[int, OrderFacts], here: list[int], place: str) -> None:
    """What was written stays written: a mail that is gone from its mailbox counts as before."""
    cache = store.cache
    waiting: dict[int, Waiting] = {}
    names: dict[str, Waiting] = {}
    for order, conversation, last, ours, person, bounce, attached, since in cache.execute(
        "SELECT l.order_id, c.id, max(m.sent_at), "
        "max(CASE WHEN m.direction='outbound' AND m.auto='' THEN m.sent_at END), "
        "max(CASE WHEN m.auto='' THEN m.sent_at END), max(CASE WHEN m.auto='bounce' THEN m.sent_at END), "
        "sum(m.attachments<>'[]'), "
        "c.waiting_since FROM message_links l JOIN messages m ON m.id = l.message "
        "LEFT JOIN conversations c ON c.id = m.conversation_id "
        f"WHERE l.order_id IN ({place}) GROUP BY l.order_id, c.id",
        here,
    ):
        threads = found[order].threads
        if threads is None:
            threads = found[order].threads = Threads()
        threads.last_mail_at = max(threads.last_mail_at or last, last)
        threads.attached += attached
        if ours is not None:
            threads.told_at = max(threads.told_at or ours, ours)
        if bounce is not None and (person is None or bounce > person):
            threads.bounced = True
        if since is not None:
            threads.waiting.append(waiting.setdefault(conversation, Waiting(since)))
    for part in chunks(waiting):
        for conversation, at, direction, name in cache.execute(
            "SELECT conversation_id, sent_at, direction, CASE message_id WHEN '' THEN digest ELSE message_id END "
            f"FROM messages WHERE conversation_id IN ({marks(len(part))}) AND auto='' "
            "ORDER BY conversation_id, sent_at",
            part,
        ):
            waiting[conversation].letters.append((at, direction))
            names[name] = waiting[conversation]
    _decided(store, found, names)


def _decided(store: Workspace, found: dict[int, OrderFacts], names: dict[str, Waiting]) -> None:
    """What the desk knows of conversations in which somebody waits: closed once, answers on their way."""
    for name, at in closed_at(store.desk, names).items():
        names[name].closed_at = max(names[name].closed_at, at)
    answers = answered_at(store, names)
    for name, at in answers.items():
        names[name].answered(at)
    for threads in (each.threads for each in found.values() if each.threads and each.threads.waiting):
        sent = [each.answered_at for each in threads.waiting if each.answered_at is not None]
        threads.told_at = max([*filter(None, (threads.told_at,)), *sent], default=None)
        threads.waiting = [each for each in threads.waiting if each.waits]


def _customers(cache: Connection, found: dict[int, OrderFacts]) -> None:
    """Name, tags, and what the whole person ordered and spent."""
    wanted = sorted({facts.order["customer_id"] for facts in found.values() if facts.order["customer_id"] is not None})
    if not wanted:
        return
    people: dict[int, tuple[int, str]] = {}
    for customer, person, name, company in cache.execute(
        f"SELECT id, person_id, name, company FROM customers WHERE id IN ({marks(len(wanted))})", wanted
    ):
        people[customer] = (person, name or company)
    worth = persons(cache, (person for person, _ in people.values()))
    for facts in found.values():
        known = people.get(facts.order["customer_id"])
        if known is not None:
            facts.person, facts.customer_name = known
            facts.worth = worth.get(known[0])


def _managers(store: Workspace, found: dict[int, OrderFacts]) -> None:
    """Whom people made account manager of these persons, by whichever of their customers they said it."""
    people = {facts.person for facts in found.values() if facts.person is not None}
    if people and store.desk.execute("SELECT 1 FROM customer_decisions LIMIT 1").fetchone() is not None:
        managers = account_managers(store, people)
        for facts in found.values():
            facts.manager = managers.get(facts.person or 0, "")


def _conflicts(store: Workspace, found: dict[int, OrderFacts]) -> None:
    """Of orders that are not over; what a person decided on the very values that are told now is no conflict."""
    under_way = [order for order, facts in found.items() if facts.order["state"] not in ENDED]
    told = disagreements(store.cache, under_way)
    by_name = {(found[order].order["source"], found[order].order["remote_id"]): order for order in under_way}
    for (order, name), decision in decided(store, by_name).items():
        found[order].decided[name] = decision
    for order, fields in told.items():
        found[order].sides = {name: values for name, values, _parts in fields}
        found[order].conflicts = tuple(
            name
            for name, values, _parts in fields
            if name not in found[order].decided or not standing(found[order].decided[name].values, values)
        )


_OUTBOX_RANK: Final = ("in_doubt", "blocked", "failed")
_UNDECIDED: Final = f" AND state IN ('in_doubt','blocked','failed') AND kind NOT IN {KINDS_SQL}"


_TASK: Final = (
    "id",
    "kind",
    "title",
    "due_at",
    "milestone",
    "state",
    "outcome",
    "reached_at",
    "created_at",
    "done_at",
    "missed_at",
    "attempts",
    "owner",
)


def _desk(desk: Connection, found: dict[int, OrderFacts]) -> None:
    """What people decided, tasks that are open, replies that need a decision, calls that reached somebody."""
    by_name = {(facts.order["source"], facts.order["remote_id"]): facts for facts in found.values()}
    names = list(by_name)
    for row in _of(
        desk, names, "order_decisions", "owner, tags, delay_reason, snoozed_until, closed_at, account_manager"
    ):
        columns = ("owner", "tags", "delay_reason", "snoozed_until", "closed_at", "account_manager")
        by_name[row[0], row[1]].decision = dict(zip(columns, row[2:], strict=True))
    made = " AND (state='open' OR kind='milestone_call')"
    for row in _of(desk, names, "tasks", ", ".join(_TASK), made):
        by_name[row[0], row[1]].tasks.append(dict(zip(_TASK, row[2:], strict=True)))
    for row in _of(desk, names, "outbox", "state", _UNDECIDED):
        facts = by_name[row[0], row[1]]
        if not facts.outbox or _OUTBOX_RANK.index(row[2]) < _OUTBOX_RANK.index(facts.outbox):
            facts.outbox = row[2]
    reached = " AND deleted_at IS NULL AND outcome='reached'"
    for row in _of(desk, names, "call_logs", "called_at", reached):
        facts = by_name[row[0], row[1]]
        facts.called_at = max(facts.called_at or 0, row[2])
    for row in _of(desk, names, "drafts", "agent, prepared_by, macro"):
        facts = by_name[row[0], row[1]]
        prepared = bool(row[3]) and row[2] == row[3]
        facts.draft = "prepared" if prepared and facts.draft != "begun" else "begun"
        facts.prepared = (row[4] or row[3]).removesuffix(".md").replace("-", " ") if facts.draft == "prepared" else ""
    for row in _of(desk, names, "notes", "id", " AND deleted_at IS NULL"):
        by_name[row[0], row[1]].notes += 1


def _of(
    desk: Connection, names: list[tuple[str, str]], table: str, columns: str, condition: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Rows of a desk table on these orders, (source, remote id) first. Most orders have none: an index says so."""
    values = ",".join(["(?,?)"] * len(names))
    bound = [part for name in names for part in name]
    # The planner must start from the few names, not from the table.
    yield from desk.execute(
        f"WITH wanted(s, r) AS (VALUES {values}) SELECT source, remote_id, {columns} FROM wanted CROSS JOIN {table} "
        f"ON source = s AND remote_id = r{condition}",
        bound,
    )
