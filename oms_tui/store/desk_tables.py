"""The desk: what only we know. Never lost: synchronous=FULL, a hash per row, rolling backups, additive migrations.

Rows name an order by (source, remote id) and a mail by its content (Message-ID or digest), never by a cache row's
number, so they survive a rebuild of the cache. Columns ending in ``_at`` are integer milliseconds since 1970 UTC.
Declared here as SQLModel tables and compiled like the cache's; ``store restore`` validates an export against them.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from oms_tui.store.cache_tables import big


class DeskTable(SQLModel):
    """What every desk table shares: the hash over its other columns that catches a flipped bit."""

    row_hash: str = ""


class DeskMeta(DeskTable, table=True):
    """Facts about the desk itself: its id, when it was made, whether it is a demo."""

    __tablename__ = "desk_meta"
    key: str = Field(primary_key=True)
    value: str


class OrderDecision(DeskTable, table=True):
    """What people decided about an order that no source knows."""

    __tablename__ = "order_decisions"
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    owner: str = ""
    tags: str = "[]"
    delay_reason: str = ""
    snoozed_until: int | None = Field(default=None, sa_column=big(null=True))
    snooze_reason: str = ""
    closed_at: int | None = Field(default=None, sa_column=big(null=True))
    closed_reason: str = ""
    account_manager: str = ""
    version: int = 1
    updated_at: int = Field(sa_column=big())


class Note(DeskTable, table=True):
    """An internal note on an order."""

    __tablename__ = "notes"
    __table_args__ = (Index("notes_order", "source", "remote_id"),)
    id: str = Field(primary_key=True)
    source: str
    remote_id: str
    author: str
    text: str
    created_at: int = Field(sa_column=big())
    deleted_at: int | None = Field(default=None, sa_column=big(null=True))


class CallLog(DeskTable, table=True):
    """A call made or received. ``outcome``: reached, no_answer or callback."""

    __tablename__ = "call_logs"
    __table_args__ = (Index("call_logs_order", "source", "remote_id"),)
    id: str = Field(primary_key=True)
    source: str
    remote_id: str
    agent: str
    direction: str = "outbound"
    outcome: str
    milestone: str = ""
    note: str = ""
    called_at: int = Field(sa_column=big())
    deleted_at: int | None = Field(default=None, sa_column=big(null=True))


class Task(DeskTable, table=True):
    """A thing to do by a time: reminder, milestone_call, callback, approval, vendor_chase.

    Of a milestone call: ``tier`` is how the customer was served then, ``missed_at`` when it was found missed though
    somebody tries again.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index("tasks_order", "source", "remote_id"), Index("tasks_due", "state", "due_at"))
    id: str = Field(primary_key=True)
    source: str
    remote_id: str
    kind: str
    title: str
    owner: str = ""
    due_at: int = Field(sa_column=big())
    state: str = "open"
    milestone: str = ""
    tier: str = ""
    reached_at: int | None = Field(default=None, sa_column=big(null=True))
    missed_at: int | None = Field(default=None, sa_column=big(null=True))
    attempts: int = 0
    outcome: str = ""
    created_by: str = ""
    created_at: int = Field(sa_column=big())
    done_at: int | None = Field(default=None, sa_column=big(null=True))


class LinkDecision(DeskTable, table=True):
    """A person linked or unlinked a mail and an order. ``mail`` is the mail's content name."""

    __tablename__ = "link_decisions"
    __table_args__ = (Index("link_decisions_order", "source", "remote_id"),)
    mail: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    linked: int
    agent: str
    decided_at: int = Field(sa_column=big())


class ThreadDecision(DeskTable, table=True):
    """A person split a mail off, merged it into another conversation, or closed a conversation or put it aside."""

    __tablename__ = "thread_decisions"
    mail: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # thread, status
    value: str
    reason: str = ""
    agent: str
    decided_at: int = Field(sa_column=big())
    snoozed_until: int | None = Field(default=None, sa_column=big(null=True))


class IdentityDecision(DeskTable, table=True):
    """Whether an identity is a customer's, or two customers are one: proposed, confirmed or rejected, and why."""

    __tablename__ = "identity_decisions"
    __table_args__ = (Index("identity_decisions_right", "right"),)
    left: str = Field(primary_key=True)  # "customer:<source>:<remote id>"
    right: str = Field(primary_key=True)  # likewise, or "email:<address>", "phone:<number>"
    state: str
    evidence: str = "[]"
    agent: str = ""
    decided_at: int = Field(sa_column=big())


class CustomerDecision(DeskTable, table=True):
    """What people decided about a customer that no source knows: who looks after the account."""

    __tablename__ = "customer_decisions"
    customer: str = Field(primary_key=True)  # "customer:<source>:<remote id>"
    account_manager: str = ""
    version: int = 1
    updated_at: int = Field(sa_column=big())


class Absence(DeskTable, table=True):
    """Somebody is away, and ``deputy`` ("" for the usual one) is asked instead. Ends by itself at ``until_at``."""

    __tablename__ = "absences"
    agent: str = Field(primary_key=True)
    starts_at: int = Field(sa_column=big())
    until_at: int = Field(sa_column=big())
    note: str = ""
    deputy: str = ""
    set_by: str = ""
    set_at: int = Field(sa_column=big())


class ConflictDecision(DeskTable, table=True):
    """Which value a person picked where systems disagree, or that they may differ."""

    __tablename__ = "conflict_decisions"
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    state: str
    chosen: str = ""
    values: str = "[]"
    agent: str
    decided_at: int = Field(sa_column=big())


class ConflictLapse(DeskTable, table=True):
    """Systems agreed again: what was decided about this field until ``decided_at`` counts no more."""

    __tablename__ = "conflict_lapses"
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    decided_at: int = Field(sa_column=big())
    lapsed_at: int = Field(sa_column=big())


class StepMark(DeskTable, table=True):
    """What a person said of a step of a procedure: done, skipped, or open after all. Steps are named by their ids."""

    __tablename__ = "step_marks"
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    procedure: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    state: str
    reason: str = ""
    agent: str
    marked_at: int = Field(sa_column=big())


class Claim(DeskTable, table=True):
    """Somebody works on an order right now. Expires; compare-and-set on ``version``."""

    __tablename__ = "claims"
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    agent: str
    what: str = "open"
    expires_at: int = Field(sa_column=big())
    version: int = 1


class Draft(DeskTable, table=True):
    """A reply being written; saved within a second of typing."""

    __tablename__ = "drafts"
    __table_args__ = (Index("drafts_order", "source", "remote_id"),)
    id: str = Field(primary_key=True)
    source: str
    remote_id: str
    agent: str
    account: str  # the mail source it will leave by
    mail: str = ""  # content name of the mail it answers, "" for a new thread
    to: str = Field(default="[]", sa_column=Column("to_addresses", Text, nullable=False))
    cc: str = Field(default="[]", sa_column=Column("cc_addresses", Text, nullable=False))
    subject: str = ""
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    quote: int = 1
    macro: str = ""
    attachments: str = "[]"  # JSON list of paths below the desk's folder
    seen: str = "[]"  # Message-IDs of the thread that its writer had before their eyes
    prepared_by: str = ""  # a rule that prepared it, "" for a person
    created_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())


class OutboxItem(DeskTable, table=True):
    """Something that leaves: its bytes and identity are fixed before the wire, its states never skip.

    held -> queued -> sending -> sent -> filed; beside these blocked (a guard), failed (permanent), in_doubt (a person
    decides), recalled. ``phase`` refines sending: ``connecting``, then ``committing`` just before the final dot.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_state", "state", "not_before"),
        Index("outbox_order", "source", "remote_id"),
        Index("outbox_message_id", "message_id"),
        Index("outbox_mail", "mail"),
        Index("outbox_key", "key"),
    )
    id: str = Field(primary_key=True)
    kind: str
    source: str
    remote_id: str
    number: str = ""
    agent: str
    account: str
    state: str
    phase: str = ""
    message_id: str = ""
    sender: str = ""
    recipients: str = "[]"
    subject: str = ""
    body: str = Field(default="", sa_column=Column(Text, nullable=False))
    raw: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))
    mail: str = ""
    thread_ids: str = "[]"  # Message-IDs the guard looks for
    seen_ids: str = "[]"  # Message-IDs of the thread the writer had before their eyes
    quotes: str = "[]"  # sources whose data the text quotes, with their age: the guard refreshes or stops
    guard: str = ""  # why it is blocked (JSON), for the choices on the screen
    overrides: str = "[]"  # guards a person waved through
    snapshot: str = Field(default="", sa_column=Column(Text, nullable=False))
    draft: str = Field(default="", sa_column=Column(Text, nullable=False))
    attempts: int = 0
    not_before: int = Field(sa_column=big())
    sent_mark: str = ""  # position in Sent before the first attempt
    answer: str = ""
    error: str = ""
    filed: int = 0
    key: str = ""
    payload: str = "{}"
    created_at: int = Field(sa_column=big())
    updated_at: int = Field(sa_column=big())


class DeskEvent(DeskTable, table=True):
    """What a person, rule or the worker did (append-only): the audit log, and part of the timeline."""

    __tablename__ = "desk_events"
    __table_args__ = (
        Index("desk_events_order", "source", "remote_id", "occurred_at"),
        Index("desk_events_time", "occurred_at"),
    )
    id: str = Field(primary_key=True)
    source: str = ""
    remote_id: str = ""
    occurred_at: int = Field(sa_column=big())
    kind: str
    actor: str
    summary: str
    data: str = Field(default="{}", sa_column=Column(Text, nullable=False))


class UndoEntry(DeskTable, table=True):
    """How to take an action back: the rows it changed, before and after (JSON)."""

    __tablename__ = "undo_entries"
    __table_args__ = (
        Index("undo_entries_agent", "agent", "created_at"),
        Index("undo_entries_bulk", "bulk", sqlite_where=text("bulk <> ''"), postgresql_where=text("bulk <> ''")),
    )
    id: str = Field(primary_key=True)
    agent: str
    action: str
    summary: str
    bulk: str = ""  # the same for all that one action to several orders did: undo takes them back together
    orders: str = "[]"
    changes: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    created_at: int = Field(sa_column=big())
    undone_at: int | None = Field(default=None, sa_column=big(null=True))


class AgentNotice(DeskTable, table=True):
    """Something somebody here is to know of: an escalation, a note with their name. Open until it is done.

    ``recipient`` is an agent's id, or ``role:lead``: whoever has that role, and one of them looks after it.
    """

    __tablename__ = "agent_notices"
    __table_args__ = (
        Index("agent_notices_open", "recipient", "created_at", sqlite_where=text("done_at IS NULL")),
        Index("agent_notices_order", "source", "remote_id"),
    )
    id: str = Field(primary_key=True)
    recipient: str
    kind: str  # escalation, mention, …
    source: str = ""
    remote_id: str = ""
    number: str = ""
    words: str
    sender: str
    created_at: int = Field(sa_column=big())
    done_at: int | None = Field(default=None, sa_column=big(null=True))
    done_by: str = ""


class RuleRun(DeskTable, table=True):
    """What a rule did to an order: once, so that it never does it again by itself.

    ``definition`` names the rule's text at that time, ``seen`` how the order stood: one that was refused is tried again
    when either has changed. ``left_at``: since when the rule's query finds the order no more.
    """

    __tablename__ = "rule_runs"
    __table_args__ = (
        Index("rule_runs_order", "source", "remote_id"),
        Index("rule_runs_time", "rule", "ran_at"),
    )
    rule: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    remote_id: str = Field(primary_key=True)
    number: str = ""
    definition: str
    action: str
    state: str  # done, queued, refused, undone, withdrawn
    words: str
    undo_id: str = ""
    draft: str = ""
    seen: str = ""
    times: int = 0
    ran_at: int = Field(sa_column=big())
    left_at: int | None = Field(default=None, sa_column=big(null=True))


class QualityDay(DeskTable, table=True):
    """A flaw in a source's data as it stood on a day (ISO 8601, the desk's own): see ``quality.py``."""

    __tablename__ = "quality_days"
    day: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    times: int
    of: int | None = None


class Lease(DeskTable, table=True):
    """Who may do a thing only one process may do (the sync worker). On the store's clock."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True)
    holder: str
    expires_at: int = Field(sa_column=big())
    version: int = 1


class Preference(DeskTable, table=True):
    """What an agent left as it was: the last view, folded panes, the theme."""

    __tablename__ = "preferences"
    agent: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str


class DeskChange(SQLModel, table=True):
    """The desk's own change feed; the cache applies it (``meta.desk_seq``), a rebuilt one from its beginning."""

    __tablename__ = "desk_changes"
    __table_args__ = (Index("desk_changes_order", "source", "remote_id", sqlite_where=text("remote_id <> ''")),)
    seq: int = Field(sa_column=big(primary=True))
    kind: str
    source: str = ""
    remote_id: str = ""
