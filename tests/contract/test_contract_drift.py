"""Group 13: a field that is not what it was costs its record at most; the others land."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import pytest
from drift import SPOILS, UNKNOWN_WORD, Drifting, Listening, Path, paths, shape
from reading import Read, pages, read, streams, texts

from connectors import records, words
from connectors.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness import Harness

    from connectors.base import Connector

_LARGEST = 2**63 - 1
_STATES = frozenset({"state", "status"})


@pytest.mark.group(13)
def test_one_field_of_one_record_that_is_not_what_it_was_costs_at_most_that_record(harness: Harness) -> None:
    problems: list[str] = []
    for stream in streams(harness, harness.connect()):
        whole, heard = _heard(harness, stream)
        network = Drifting(_network(harness), harness.records_in)
        connector = harness.connect(harness.account(transport=network))
        for path, network.victim in _fields(heard).items():
            for spoil, value in SPOILS.items():
                network.path, network.value, network.spoiled = path, value, 0
                found = _read(harness, connector, stream)
                assert network.spoiled, f"{stream}: {shape(path)} was never spoiled"
                wrong = _wrong(harness, whole, found, path, value, context=harness.context_field in network.victim)
                problems += [f"{stream}: {shape(path)} is {spoil}: {words}" for words in wrong]
    assert not problems, "\n".join(["", *problems])


def _heard(harness: Harness, stream: str) -> tuple[Read, list[dict[str, Any]]]:
    """A read as it should be, and the documents it was made of."""
    heard: list[dict[str, Any]] = []
    network = Listening(_network(harness), harness.records_in, heard)
    whole = read(harness, harness.connect(harness.account(transport=network)), stream)
    assert not whole.quarantined
    return whole, heard


def _network(harness: Harness) -> Any:
    network = harness.network()
    assert network is not None, "without HTTP group 13 has to be declared"
    return network


def _fields(heard: list[dict[str, Any]]) -> dict[Path, dict[str, Any]]:
    """Each kind of field there is, with the first record that has it."""
    found: dict[Path, dict[str, Any]] = {}
    shapes: set[str] = set()
    for record in heard:
        for path in paths(record):
            if shape(path) not in shapes:
                shapes.add(shape(path))
                found[path] = record
    return found


def _read(harness: Harness, connector: Connector, stream: str) -> Read | Exception:
    """What came, or how it ended."""
    found = Read()
    try:
        for page in pages(harness, connector, stream):
            found.take(page)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with all the others
        return error
    return found


def _wrong(
    harness: Harness, whole: Read, found: Read | Exception, path: Path, value: Any, *, context: bool
) -> Iterator[str]:
    """What became of a read that should not have. In a ``context`` others are read, so they may come out otherwise."""
    if isinstance(found, Exception):
        if not (isinstance(found, ProtocolError) and path[0] in harness.structure):
            yield f"stops the whole stream: {found!r}"
        return
    most = harness.per_document
    fewer = len(whole.records) - len(found.records)
    if fewer > len(found.quarantined) * most:
        yield f"{fewer} went without a word"
    if fewer > most or len(found.quarantined) > most:
        yield f"{whole.identities - found.identities} went with it"
    if not all(bad.ref and bad.reason for bad in found.quarantined):
        yield "something is quarantined without a name or a reason"
    for record in found.records:
        yield from _misfits(record, type(record))
    if not context and sum(record in found.records for record in whole.records) < len(whole.records) - most:
        yield "others came out otherwise"
    if value == UNKNOWN_WORD and path[-1] in _STATES and len(path) == 1 and not _kept(found):
        yield "the word is nowhere"


def _kept(found: Read) -> bool:
    """Whether a state nobody knows is kept as it was said."""
    said = [text for record in found.records for text in texts(record)]
    said += [text for bad in found.quarantined for text in (bad.raw, bad.reason)]
    return any(UNKNOWN_WORD in text for text in said)


# ---- what a record may hold

_NAMES = {**vars(typing), **vars(words), **vars(records)}


def _misfits(value: Any, hint: Any) -> Iterator[str]:
    """Where a record holds what its declaration does not allow: another type, a word outside the vocabulary."""
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint):
            yield f"{value!r} is no word of ours"
    elif origin in {types.UnionType, typing.Union}:
        if all(list(_misfits(value, each)) for each in get_args(hint)):
            yield f"{value!r} is no {hint}"
    elif origin is tuple:
        yield from _misfits_in_tuple(value, get_args(hint))
    elif isinstance(hint, type):
        yield from _misfits_in_one(value, hint)


def _misfits_in_one(value: Any, kind: type) -> Iterator[str]:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield f"{value!r} is no {kind.__name__}"
    elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        yield f"{value!r} fits no database"
    elif dataclasses.is_dataclass(kind):
        for name, inner in _hints(kind).items():
            yield from (f"{name}: {wrong}" for wrong in _misfits(getattr(value, name), inner))


def _misfits_in_tuple(value: Any, hints: tuple[Any, ...]) -> Iterator[str]:
    if not isinstance(value, tuple):
        yield f"{value!r} is no tuple"
    elif hints[-1] is Ellipsis:
        for each in value:
            yield from _misfits(each, hints[0])
    else:
        for each, hint in zip(value, hints, strict=True):
            yield from _misfits(each, hint)


_HINTS: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _HINTS:
        names = {**_NAMES, "datetime": dt.datetime, "Mapping": Mapping}
        _HINTS[kind] = {name: hint for name, hint in get_type_hints(kind, names).items() if name != "raw"}
    return _HINTS[kind]


def test_the_check_itself_finds_what_does_not_fit() -> None:
    money = records.Money(True, "EUR")
    assert list(_misfits(money, records.Money)) == ["amount: True is no int"]
    refund = records.RefundRecord("1", records.OrderRef(), "lost", 5, "EUR")  # type: ignore[arg-type] # likewise
    assert list(_misfits(refund, records.RefundRecord)) == ["state: 'lost' is no word of ours"]
    assert not list(_misfits(records.RefundRecord("1", records.OrderRef(), "failed", 5, "EUR"), records.RefundRecord))
