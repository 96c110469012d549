"""A mail as rows: who wrote when, what is odd about it, the text with its quotes folded, what is attached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.vocabulary import Direction
from oms_tui.ui.order.frame import size_text
from oms_tui.ui.rows import Part, Row, cut, flow, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from oms_tui.store.shapes import MessageView
    from oms_tui.ui.order.frame import Frame

FOLDED: Final = "▸"
OPEN: Final = "▾"
_PREVIEW: Final = 200
_NARROW: Final = 48
_SIGNS: Final = {"bounce": "came back", "auto": "automatic", "list": "list mail"}


def heading(message: MessageView, frame: Frame, width: int, *, unanswered: bool, folded: bool) -> Row:
    """Who wrote and when; the address always beside the name, because the name is free to choose."""
    inbound = message.direction == Direction.INBOUND
    name = message.from_name or message.from_address
    left = [Part("● " if unanswered else f"{FOLDED} " if folded else "  ", "warn" if unanswered else "muted")]
    left.append(Part(name, "strong" if inbound else "name", bold=True))
    if inbound and message.from_name:
        left.append(Part(f" <{message.from_address}>", "muted"))
    elif not inbound and message.to:
        left.append(Part(f" → {', '.join(message.to)}", "muted"))
    right = [Part("unanswered ", "warn", bold=True)] if unanswered and width >= _NARROW else []
    right.append(Part(frame.moment(message.sent_at), "text" if unanswered else "muted"))
    return Row(spread(left, right, width, gap=1), key=("message", message.id))


def preview(message: MessageView, width: int) -> Row:
    """The first words of a folded mail."""
    own = own_lines(message)
    words = " ".join(" ".join(own)[: _PREVIEW * 2].split())[:_PREVIEW]
    if not message.has_body:
        words = "not fetched yet"
    clip = f"  ▪ {len(message.attachments)}" if message.attachments else ""
    text = [Part("  "), Part(words or message.subject or "no text", "muted")]
    return Row(spread(text, [Part(clip.strip(), "muted")] if clip else [], width), key=("message", message.id))


def own_lines(message: MessageView) -> list[str]:
    """The lines of the text that are not quoted."""
    lines = message.text.split("\n")
    quoted = {at for first, last in message.quoted for at in range(first, min(last, len(lines)))}
    return [line for at, line in enumerate(lines) if at not in quoted]


def remarks(message: MessageView, width: int, *, before: str = "") -> Iterator[Row]:
    """What a reader must know of a mail before they answer it. ``before`` is the subject of the mail before."""
    inbound = message.direction == Direction.INBOUND
    groups: list[list[Part]] = []
    if message.auto:
        groups.append([Part(_SIGNS.get(message.auto, f"automatic: {message.auto}"), "muted")])
    if inbound and not message.known_sender:
        groups.append([Part("new address, not yet known as theirs", "warn")])
    if inbound and message.reply_to and {each.lower() for each in message.reply_to} != {message.from_address.lower()}:
        groups.append([Part(f"answers go to {', '.join(message.reply_to)}", "warn")])
    if message.cc:
        groups.append([Part(f"cc {', '.join(message.cc)}", "muted")])
    if message.subject and message.subject != before:
        groups.append([Part("subject ", "faint"), Part(message.subject, "text")])
    groups += [[Part(f"! {warning}", "warn")] for warning in message.warnings]
    key = ("message", message.id)
    for parts in flow(groups, max(1, width - 2), gap=3):
        yield Row((Part("  "), *parts), key=key)


def body(message: MessageView, width: int, unfolded: Collection[tuple[int, int]]) -> Iterator[Row]:
    """The text. A quoted run is one line until its key ``(message, first line)`` is in ``unfolded``."""
    key = ("message", message.id)
    if not message.has_body:
        yield Row((Part("  the text is not fetched yet; enter asks for it", "muted"),), key=("body", message.id))
        return
    lines = message.text.split("\n")
    at = 0
    runs = [(first, min(last, len(lines))) for first, last in sorted(message.quoted) if first < len(lines)]
    for first, last in runs:
        yield from _plain(lines[at:first], width, key)
        count = last - first
        fold = (message.id, first)
        opened = fold in unfolded
        words = f"{OPEN if opened else FOLDED} {count} quoted line{'s' if count != 1 else ''}"
        yield Row((Part("  "), Part(words, "muted")), key=("quote", *fold))
        if opened:
            yield from _plain(lines[first:last], width, ("quote", *fold), level="faint", bar="│ ")
        at = max(at, last)
    yield from _plain(lines[at:], width, key)


def _plain(
    lines: list[str], width: int, key: tuple[str, *tuple[int, ...]], *, level: str = "text", bar: str = ""
) -> Iterator[Row]:
    """Lines wrapped, without the blank ones at both ends."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    lead = (Part("  "), Part(bar, "faint")) if bar else (Part("  "),)
    room = max(4, width - 2 - len(bar))
    for line in lines:
        for piece in wrap(line, room):
            yield Row((*lead, Part(piece, level)), key=key)


def attached(message: MessageView, width: int) -> Iterator[Row]:
    """What is attached; nothing of it is opened by itself."""
    for each in message.attachments:
        parts = [
            Part("  ▪ ", "muted"),
            Part(each.name or "without a name", "accent"),
            Part(f"  {size_text(each.size)}", "muted"),
        ]
        if each.content_type:
            parts.append(Part(f"  {each.content_type}", "faint"))
        yield Row(cut(parts, width), key=("attachment", message.id, each.index))


def link_words(message: MessageView) -> str:
    """Why the mail is on this order."""
    if not message.link_reason:
        return ""
    sure = f" ({message.link_confidence} %)" if 0 < message.link_confidence < 100 else ""  # noqa: PLR2004 - percent
    reason = message.link_reason
    return f"linked {reason}{sure}" if " " in reason else f"linked by {reason.replace('_', ' ')}{sure}"
