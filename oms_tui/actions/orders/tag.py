"""Short words on an order that queries find it by."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import EVERYBODY, Action, Field, Outcome, Refused
from oms_tui.actions.decisions import decide, tags_of

if TYPE_CHECKING:
    from oms_tui.actions.base import Fields
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

_TAG: Final = re.compile(r"\w[\w.-]{0,39}")
_MOST: Final = 30


def _written(text: str) -> list[tuple[str, bool]]:
    """The tags as they are written, each with whether it is taken off."""
    found = []
    for word in text.lower().replace(",", " ").split():
        tag = word.lstrip("+-#")
        if not _TAG.fullmatch(tag):
            raise Refused(
                f"{word!r} is no tag", code="usage", field="tags", hint="letters, digits, - and _, at most 40"
            )
        found.append((tag, word.startswith("-")))
    return found


def _check(_session: Session, fields: Fields) -> None:
    _written(fields["tags"])


def _read(session: Session, order: QueueItem, text: str) -> tuple[list[str], str]:
    """The tags as they will be, and what changes in words."""
    old = tags_of(session, order)
    new = list(old)
    for tag, taken in _written(text):
        if taken:
            new = [each for each in new if each != tag]
        elif tag not in new:
            new.append(tag)
    if len(new) > _MOST:
        raise Refused(f"an order has at most {_MOST} tags", field="tags")
    added, gone = [tag for tag in new if tag not in old], [tag for tag in old if tag not in new]
    parts = [f"tagged {', '.join(added)}"] if added else []
    parts += [f"no longer {', '.join(gone)}"] if gone else []
    return new, "; ".join(parts)


def _apply(session: Session, order: QueueItem, fields: Fields) -> Outcome:
    tags, words = _read(session, order, fields["tags"])
    if not words:
        return Outcome("tagged so already")
    return decide(session, "tag", order, "tagged", words, tags=json.dumps(tags, ensure_ascii=False))


def _preview(session: Session, order: QueueItem, fields: Fields) -> str:
    return _read(session, order, fields["tags"])[1] or "nothing would change"


ACTION = Action(
    id="tag",
    title="Tag",
    help="Adds tags to the order, or takes them off (wismo -urgent).",
    group="order",
    key="T",
    rank=60,
    fields=(Field("tags", "Tags", required=True, help="gift late -urgent: a minus takes one off"),),
    roles=EVERYBODY,
    check=_check,
    apply=_apply,
    preview=_preview,
)
