"""The cache's mail: messages, what threads them, the orders they lie on. cache_tables.py says what all tables share."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field

from oms_tui.store.cache_tables import CLUSTERED, CacheTable, big


class Message(CacheTable, table=True):
    """A mail, made safe to show. ``references_``, ``to``, ``cc``, ``attachments``… are JSON lists.

    ``state`` is linked, unlinked or quarantined; every fetched message has exactly one of them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("messages_key", "source", "folder", "generation", "uid", unique=True),
        Index("messages_message_id", "message_id"),
        Index("messages_conversation", "conversation_id", "sent_at"),
        Index("messages_from", "from_address", "sent_at"),
        Index("messages_state", "state", "sent_at"),
        Index(
            "messages_nameless",
            "digest",
            sqlite_where=text("message_id = ''"),
            postgresql_where=text("message_id = ''"),
        ),
        Index("messages_own", "own_id", sqlite_where=text("own_id <> ''"), postgresql_where=text("own_id <> ''")),
        Index(
            "messages_bodiless",
            "source",
            "sent_at",
            sqlite_where=text("has_body = 0"),
            postgresql_where=text("has_body = 0"),
        ),
    )
    id: int = Field(sa_column=big(primary=True))
    source: str
    folder: str
    generation: str = ""
    uid: str
    message_id: str = ""
    in_reply_to: str = ""
    refs: str = "[]"
    from_name: str = ""
    from_address: str = ""
    to: str = Field(default="[]", sa_column=Column("to_addresses", Text, nullable=False))
    cc: str = Field(default="[]", sa_column=Column("cc_addresses", Text, nullable=False))
    reply_to: str = "[]"
    delivered_to: str = "[]"
    subject: str = ""
    sent_at: int = Field(sa_column=big())
    received_at: int | None = Field(default=None, sa_column=big(null=True))
    direction: str
    auto: str = ""
    own_id: str = ""
    size: int = 0
    digest: str = ""
    flags: str = "[]"
    labels: str = "[]"
    thread_hint: str = ""
    has_body: int = 0
    text: str = Field(default="", sa_column=Column(Text, nullable=False))
    quoted: str = "[]"
    attachments: str = "[]"
    warnings: str = "[]"
    state: str = "unlinked"
    reason: str = ""  # why it is unlinked or quarantined, or the strongest reason of its links
    conversation_id: int | None = Field(default=None, sa_column=big(null=True))
    gone_at: int | None = Field(default=None, sa_column=big(null=True))  # no longer in the mailbox: kept, marked
    recorded_at: int = Field(sa_column=big())
    synced_at: int = Field(sa_column=big())


class MessageReference(CacheTable, table=True):
    """Which message first named a Message-ID together with a person, for threading by lookup and not by scan.

    ``key`` is a hash of both (mail_threads.py): two messages that share one are one conversation.
    """

    __tablename__ = "message_references"
    key: int = Field(sa_column=big(primary=True))
    message: int = Field(sa_column=big())


class MessageLink(CacheTable, table=True):
    """A message on an order's timeline, why, and how sure. A message may lie on several orders, an order holds many."""

    __tablename__ = "message_links"
    __table_args__ = (Index("message_links_order", "order_id"), CLUSTERED)
    message: int = Field(sa_column=big(primary=True))
    order_id: int = Field(sa_column=big(primary=True))
    reason: str
    confidence: int
    linked_by: str = ""  # "" by rule, else the agent


class Conversation(CacheTable, table=True):
    """A thread of messages with one customer."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "conversations_waiting",
            "waiting_since",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
        Index(
            "conversations_snoozed",
            "snoozed_until",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
    )
    id: int = Field(sa_column=big(primary=True))
    root: str  # Message-ID (or digest) of its first message: the name desk rows use
    customer: str = ""  # the customer's address
    subject: str = ""
    status: str = "open"
    messages: int = 0
    last_inbound_at: int | None = Field(default=None, sa_column=big(null=True))
    last_outbound_at: int | None = Field(default=None, sa_column=big(null=True))
    waiting_since: int | None = Field(default=None, sa_column=big(null=True))
    unanswered: int | None = Field(default=None, sa_column=big(null=True))  # the newest message nobody answered
    snoozed_until: int | None = Field(default=None, sa_column=big(null=True))  # put aside, and back by itself then
    returned_at: int | None = Field(default=None, sa_column=big(null=True))  # our answer to who waits came back
    to_link: int = 0  # inbound messages that belong to no order, unless somebody closed the conversation
