"""What is derived from the cache and kept at write time: queue rows, stock given out, counts, the feed, full text."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlmodel import Field

from oms_tui.store.cache_tables import CLUSTERED, CacheTable, big
from oms_tui.store.queue_sorts import SORTS, Sort


class Observation(CacheTable, table=True):
    """Something that changed at a source between two reads (append-only): part of the order's timeline."""

    __tablename__ = "observations"
    __table_args__ = (Index("observations_order", "order_id", "occurred_at"),)
    id: int = Field(sa_column=big(primary=True))
    order_id: int = Field(sa_column=big())
    occurred_at: int = Field(sa_column=big())
    recorded_at: int = Field(sa_column=big())
    kind: str
    source: str
    source_id: str = ""
    summary: str
    data: str = "{}"


def _where(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows for which a condition holds; queries use it where they say the same condition."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def _sorted_by(sort: Sort) -> Index:
    """The index that a list is walked along: of open orders, or of all with the word whether they are open behind."""
    keys = [text(f"{key.sql} DESC" if key.descending else key.sql) for key in sort.keys]
    if sort.everywhere:
        return Index(sort.along, *keys, text("is_open"))
    return Index(sort.along, *keys, sqlite_where=text("is_open = 1"), postgresql_where=text("is_open = 1"))


class QueueRow(CacheTable, table=True):
    """One row per order: the columns lists filter and sort by, kept at write time (joins cost 200 times more).

    ``flags`` is JSON: the short words a row shows, most urgent first. ``refresh_at`` is when time alone changes it.
    ``is_open`` is 1 for orders that belong in a queue at all.
    """

    __tablename__ = "queue_row"
    __table_args__ = (
        *(_sorted_by(sort) for sort in SORTS.values()),
        # Lists of one value: of open orders, or of all the newest first. What most rows have is left out.
        *(
            Index(f"queue_row_of_{column}", column, "is_open", "order_id")
            for column in (
                "state",
                "stage",
                "payment_status",
                "fulfillment_status",
                "tracking",
                "tier",
                "country",
                "source",
            )
        ),
        *(
            _where(f"queue_row_of_{column}", f"{column} <> '{usual}'", column, "is_open", "order_id")
            for column, usual in {
                "return_status": "no_return",
                "carrier": "",
                "reason": "",
                "invoice": "",
                "owner": "",
                "call": "",
                "account_manager": "",
            }.items()
        ),
        _where("queue_row_late", "late_since IS NOT NULL", "will_be_late", "is_open", "order_id"),
        _where("queue_row_risk", "risk <> ''", "is_open", "order_id"),
        _where("queue_row_short", "short > 0", "is_open", "order_id"),
        _where("queue_row_conflicts", "conflicts > 0", "is_open", "order_id"),
        _where("queue_row_unheld", "held = 0 AND is_open = 1", "order_id"),
        _where("queue_row_tasks", "task_due_at IS NOT NULL", "task_due_at", "is_open", "order_id"),
        _where("queue_row_noted", "noted > 0", "is_open", "order_id"),
        _where("queue_row_attached", "attached > 0", "is_open", "order_id"),
        _where("queue_row_snoozed", "snoozed_until IS NOT NULL", "snoozed_until", "order_id"),
        _where("queue_row_mailed", "last_mail_at IS NOT NULL", "last_mail_at", "is_open", "order_id"),
        _where("queue_row_promised_at", "promised_at IS NOT NULL", "promised_at", "is_open", "order_id"),
        _where("queue_row_clock", "clock <> ''", "clock_share", "is_open", "order_id"),
        _where("queue_row_draft", "draft <> ''", "draft", "is_open", "order_id"),
        # Which of some thousand orders are open: read from here, and not from a page of the table for each.
        _where("queue_row_open", "is_open = 1", "order_id"),
        _where("queue_row_refresh", "refresh_at IS NOT NULL", "refresh_at"),
        Index("queue_row_number", "number"),
        Index("queue_row_customer", "customer_id"),
    )
    order_id: int = Field(sa_column=big(primary=True))
    source: str
    remote_id: str
    number: str
    name: str = ""
    customer_id: int | None = Field(default=None, sa_column=big(null=True))
    tier: str = "standard"
    account_manager: str = ""
    is_open: int
    state: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    stage: str
    progress: str = ""
    currency: str
    total: int = Field(sa_column=big())
    placed_at: int = Field(sa_column=big())
    promised_at: int | None = Field(default=None, sa_column=big(null=True))
    promised_sort: int = Field(sa_column=big())
    predicted_at: int | None = Field(default=None, sa_column=big(null=True))
    due_at: int | None = Field(default=None, sa_column=big(null=True))
    due_sort: int = Field(sa_column=big())
    priority: int = 0
    terms: str = "[]"  # JSON of the priority's terms
    flags: str = "[]"
    next_action: str = ""
    next_why: str = ""
    next_due_at: int | None = Field(default=None, sa_column=big(null=True))
    owner: str = ""  # who attends to it now: the deputy of one who is away
    held: int = 1  # 0: open, of a customer with a service of their own, and in nobody's hands
    tags: str = "[]"
    country: str = ""
    carrier: str = ""
    tracking: str = ""  # the parcel that needs most attention
    reason: str = ""  # why it is late
    days_late: int = 0
    late_since: int | None = Field(default=None, sa_column=big(null=True))
    news_at: int | None = Field(default=None, sa_column=big(null=True))  # late_since, or trouble that came after
    will_be_late: int = 0
    waiting_since: int | None = Field(default=None, sa_column=big(null=True))
    waiting_sort: int = Field(sa_column=big())
    last_mail_at: int | None = Field(default=None, sa_column=big(null=True))
    last_told_at: int | None = Field(default=None, sa_column=big(null=True))
    risk: str = ""  # what may cost us the customer (Risk), a blank around each
    short: int = 0
    invoice: str = ""
    conflicts: int = 0
    conflict_fields: str = ""  # the fields, a blank around each
    call: str = ""
    clock: str = ""  # the ClockKind of the clock that runs out first, "" while none runs
    clock_share: int = 0  # per cent of it that is gone
    draft: str = ""  # prepared (by a rule, nobody has touched it) or begun
    task_due_at: int | None = Field(default=None, sa_column=big(null=True))  # of the open task due first, no call
    in_hand_until: int | None = Field(
        default=None, sa_column=big(null=True)
    )  # the last due of tasks that have an owner
    noted: int = 0  # internal notes
    attached: int = 0  # mails with files
    snoozed_until: int | None = Field(default=None, sa_column=big(null=True))
    refresh_at: int | None = Field(default=None, sa_column=big(null=True))
    derived_at: int = Field(sa_column=big())


class OrderCall(CacheTable, table=True):
    """A milestone call of an order: what the call board lists, and words of the query language find.

    ``turn`` sorts within ``ended``: open calls by when they are due, ended ones the newest first. ``state`` is a
    CallState as of when it was derived; ``reads/calls.py`` and the words say ``missed`` from the very moment.
    """

    __tablename__ = "order_calls"
    __table_args__ = (
        Index("order_calls_turn", "ended", "turn", "order_id", "milestone"),
        Index("order_calls_state", "state", "order_id"),
        Index("order_calls_milestone", "milestone", "order_id"),
        CLUSTERED,
    )
    order_id: int = Field(sa_column=big(primary=True))
    milestone: str = Field(primary_key=True)
    task: str
    state: str
    ended: int = 0
    turn: int = Field(sa_column=big())
    reached_at: int = Field(sa_column=big())
    due_at: int = Field(sa_column=big())
    done_at: int | None = Field(default=None, sa_column=big(null=True))
    attempts: int = 0
    chasing: int = 0  # mails and calls that ask where the order is, since the milestone


class CallChange(CacheTable, table=True):
    """What must become of a milestone call on the desk, as deriving found: written there by ``milestone_calls``."""

    __tablename__ = "call_changes"
    __table_args__ = (CLUSTERED,)
    order_id: int = Field(sa_column=big(primary=True))
    milestone: str = Field(primary_key=True)
    change: str  # make, again, withdraw, miss
    tier: str
    reached_at: int = Field(sa_column=big())
    due_at: int = Field(sa_column=big())
    why: str = ""


class LapsedDecision(CacheTable, table=True):
    """A decision about a conflict is over, as deriving found; ``kept``: the desk has it (``conflict_decisions``)."""

    __tablename__ = "lapsed_decisions"
    __table_args__ = (CLUSTERED,)
    order_id: int = Field(sa_column=big(primary=True))
    field: str = Field(primary_key=True)
    decided_at: int = Field(sa_column=big())
    lapsed_at: int = Field(sa_column=big())
    kept: int = 0


class Demand(CacheTable, table=True):
    """What an open order still needs of a product, and how much of that is missing when those before it got theirs.

    What the warehouse has begun comes first, then paid orders, then unpaid ones (``rank``), of these the older: two
    orders never count on the same unit. ``behind`` is how many units must come in until this order has all it needs.
    """

    __tablename__ = "demand"
    __table_args__ = (Index("demand_turn", "sku", "rank", "placed_at", "order_id"), CLUSTERED)
    order_id: int = Field(sa_column=big(primary=True))
    sku: str = Field(primary_key=True)
    rank: int
    placed_at: int = Field(sa_column=big())
    quantity: int
    short: int = 0
    behind: int = 0


class StockMoved(CacheTable, table=True):
    """A product whose stock must be given out anew. ``levels``: what lies there moved, not only what is wanted."""

    __tablename__ = "stock_moved"
    __table_args__ = (CLUSTERED,)
    sku: str = Field(primary_key=True)
    levels: int = 0


class OrderTag(CacheTable, table=True):
    """A tag of an order, case folded: what ``queue_row.tags`` says, to be looked up."""

    __tablename__ = "order_tags"
    __table_args__ = (Index("order_tags_order", "order_id"), CLUSTERED)
    tag: str = Field(primary_key=True)
    order_id: int = Field(sa_column=big(primary=True))


class PersonWorth(CacheTable, table=True):
    """What a person spent so far and still owes in one currency, in major units, and how many orders they placed."""

    __tablename__ = "person_worth"
    __table_args__ = (
        Index("person_worth_spend", "spend"),
        Index("person_worth_orders", "orders"),
        Index("person_worth_owed", "owed"),
        CLUSTERED,
    )
    person_id: int = Field(sa_column=big(primary=True))
    currency: str = Field(primary_key=True)
    spend: float
    orders: int
    owed: float = 0.0


class PersonTag(CacheTable, table=True):
    """A tag that a source gave to a customer, case folded, of the person they are."""

    __tablename__ = "person_tags"
    __table_args__ = (Index("person_tags_person", "person_id"), CLUSTERED)
    tag: str = Field(primary_key=True)
    person_id: int = Field(sa_column=big(primary=True))


class Badge(CacheTable, table=True):
    """A count kept at write time, so that it costs the same at a thousand orders and at a million."""

    __tablename__ = "badges"
    __table_args__ = (CLUSTERED,)
    key: str = Field(primary_key=True)
    value: int = 0


class Dirty(CacheTable, table=True):
    """An order whose queue row must be derived again; committed with the change that made it so."""

    __tablename__ = "dirty"
    order_id: int = Field(sa_column=big(primary=True))


class WordsDue(CacheTable, table=True):
    """An order whose words in the full-text index are written again when it is derived, however often they changed."""

    __tablename__ = "words_due"
    order_id: int = Field(sa_column=big(primary=True))


class ChangeLog(CacheTable, table=True):
    """The change feed: what a screen has to read again. The truth; notifications are only hints."""

    __tablename__ = "change_log"
    seq: int = Field(sa_column=big(primary=True))
    kind: str
    ref: int = Field(sa_column=big())


_FULL_TEXT = (
    # contentless_delete: rows are replaced by rowid without their old text (SQLite 3.43 or newer).
    "CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5({}, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')"
)
VIRTUAL_TABLES_SQLITE = (
    _FULL_TEXT.format("orders_fts", "words"),
    _FULL_TEXT.format("messages_fts", "subject, sender, body"),
)
