"""What the reads hand out about mail: messages, threads, drafts, what leaves. As plain as ``shapes``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class AttachmentView:
    """A part of a mail that is not its text; saved only on request."""

    index: int
    name: str
    content_type: str
    size: int


@dataclass(slots=True, frozen=True)
class MessageView:
    """A mail. ``quoted`` are line ranges [first, last) of ``text`` to fold; desk rows call it ``content_name``."""

    id: int
    source: str
    source_id: str
    message_id: str
    content_name: str
    direction: str
    from_name: str
    from_address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: tuple[str, ...]
    subject: str
    sent_at: int
    auto: str
    has_body: bool
    text: str
    quoted: tuple[tuple[int, int], ...]
    attachments: tuple[AttachmentView, ...]
    warnings: tuple[str, ...]
    state: str
    link_reason: str
    link_confidence: int
    conversation_id: int | None
    known_sender: bool
    synced_at: int


@dataclass(slots=True, frozen=True)
class ConversationView:
    """A thread on this order. ``unanswered`` is the id of the newest customer's message nobody answered."""

    id: int
    root: str
    status: str
    subject: str
    customer: str
    waiting_since: int | None
    unanswered: int | None
    messages: tuple[MessageView, ...]  # oldest first


@dataclass(slots=True, frozen=True)
class DraftView:
    """A reply being written."""

    id: str
    agent: str
    account: str
    mail: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    body: str
    quote: bool
    macro: str
    attachments: tuple[str, ...]
    prepared_by: str
    updated_at: int


@dataclass(slots=True, frozen=True)
class OutboxView:
    """Something that leaves, or left. ``guard`` says why it is blocked, in words."""

    id: str
    kind: str
    source: str
    remote_id: str
    number: str
    agent: str
    account: str
    state: str
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    attempts: int
    not_before: int
    error: str
    guard: tuple[str, ...]
    filed: bool
    since: int


@dataclass(slots=True, frozen=True)
class UnlinkedMail:
    """A mail that belongs to no order yet, or could not be read."""

    id: int
    source: str
    from_name: str
    from_address: str
    subject: str
    sent_at: int
    state: str
    reason: str


@dataclass(slots=True, frozen=True)
class CandidateView:
    """An order that a mail may be about, with the evidence; the agent decides."""

    order_id: int
    number: str
    name: str
    score: int
    evidence: tuple[str, ...]
