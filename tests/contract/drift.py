"""Schemas that change under us: one field of one record dropped, emptied, of another type, with a word nobody knows."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Path = tuple[str | int, ...]
DROPPED: Final = object()
UNKNOWN_WORD: Final = "brand_new_word"
DEEPEST: Final = 3

SPOILS: Final[dict[str, Any]] = {
    "missing": DROPPED,
    "null": None,
    "a number": 17,
    "a huge number": 10**40,
    "an unknown word": UNKNOWN_WORD,
    "a list": [17],
    "an object": {"x": {"y": 1}},
}


def paths(value: Any, before: Path = ()) -> Iterator[Path]:
    """Every field of a record, down to ``DEEPEST``; of a list its first element."""
    if isinstance(value, dict) and len(before) < DEEPEST:
        for name, inner in value.items():
            yield (*before, name)
            yield from paths(inner, (*before, name))
    elif isinstance(value, list) and value and len(before) < DEEPEST:
        yield from paths(value[0], (*before, 0))


def shape(path: Path) -> str:
    """A path for people: ``lines[].price``."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def spoil(record: dict[str, Any], path: Path, value: Any) -> bool:
    """Put ``value`` at ``path``; False where the record has no such field."""
    *way, last = path
    place: Any = record
    try:
        for step in way:
            place = place[step]
        place[last]
        if value is DROPPED:
            del place[last]
        else:
            place[last] = copy.deepcopy(value)
    except (KeyError, IndexError, TypeError):
        return False
    return True


@dataclass
class Drifting(httpx.BaseTransport):
    """Passes on to ``inner``; in the record ``victim`` of an answer the field at ``path`` is ``value`` instead."""

    inner: httpx.BaseTransport
    records_in: Callable[[Any], list[dict[str, Any]]]
    victim: dict[str, Any] = field(default_factory=dict)
    path: Path = ()
    value: Any = None
    spoiled: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        try:
            document = json.loads(answer.read())
        except ValueError:
            return answer
        for record in self.records_in(document):
            if record == self.victim:
                self.spoiled += spoil(record, self.path, self.value)
        return httpx.Response(answer.status_code, json=document)


@dataclass
class Listening(httpx.BaseTransport):
    """Passes on, and keeps the records of every answer as they came."""

    inner: httpx.BaseTransport
    records_in: Callable[[Any], list[dict[str, Any]]]
    heard: list[dict[str, Any]]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        try:
            self.heard += copy.deepcopy(self.records_in(json.loads(answer.read())))
        except ValueError:
            return answer
        return answer
