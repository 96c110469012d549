"""Group 13: one field of one record is not what it was; that record is set aside or read without it, the others land."""

from __future__ import annotations

import types
import typing
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

_STATES = frozenset({"state", "status"})


@pytest.mark.group(13)
def test_one_field_of_one_record_that_is_not_what_it_was_costs_at_most_that_record(harness: Harness) -> None:
    for stream in streams(harness, harness.connect()):
        whole, heard = _heard(harness, stream)
        for path, victim in _fields(heard).items():
            network = Drifting(_network(harness), harness.records_in, lambda one, victim=victim: one == victim, path, 0)
            connector = harness.connect(harness.account(transport=network))
            for spoil, value in SPOILS.items():
                network.value, network.spoiled = value, 0
                found = _read(harness, connector, stream, path)
                where = f"{stream}: {shape(path)} is {spoil}"
                assert network.spoiled, f"{where}: it was never spoiled"
                if found is not None:
                    _check(where, whole, found)
                    _check_word(where, path, value, found)


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


def _read(harness: Harness, connector: Connector, stream: str, path: Path) -> Read | None:
    """What came; None where the answer was refused as a whole, which only fields that make it an answer may cause."""
    found = Read()
    try:
        for page in pages(harness, connector, stream):
            found.take(page)
    except ProtocolError:
        assert path[0] in harness.structure, f"{stream}: {shape(path)} stops the whole stream"
        return None
    return found


def _check(where: str, whole: Read, found: Read) -> None:
    fewer = len(whole.records) - len(found.records)
    assert fewer <= len(found.quarantined), f"{where}: {fewer} went without a word"
    assert fewer <= 1, f"{where}: {whole.identities - found.identities} went with it"
    assert len(found.quarantined) <= 1, f"{where}: {found.quarantined}"
    for bad in found.quarantined:
        assert bad.ref, where
        assert bad.reason, where
    for record in found.records:
        wrong = list(_misfits(record, type(record)))
        assert not wrong, f"{where}: {wrong}"
    untouched = [record for record in whole.records if record in found.records]
    assert len(untouched) >= len(whole.records) - 1, f"{where}: others came out otherwise"


def _check_word(where: str, path: Path, value: Any, found: Read) -> None:
    """A state nobody knows is kept as it was said."""
    if value != UNKNOWN_WORD or path[-1] not in _STATES or len(path) > 1:
        return
    kept = [text for record in found.records for text in texts(record)]
    kept += [text for bad in found.quarantined for text in (bad.raw, bad.reason)]
    assert any(UNKNOWN_WORD in text for text in kept), f"{where}: the word is nowhere"


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
    elif isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        if not isinstance(value, hint):
            yield f"{value!r} is no {hint.__name__}"
            return
        for name, inner in _hints(hint).items():
            yield from (f"{name}: {wrong}" for wrong in _misfits(getattr(value, name), inner))
    elif isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
        yield f"{value!r} is no {hint.__name__}"


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
        import datetime
        from collections.abc import Mapping

        names = {**_NAMES, "datetime": datetime.datetime, "Mapping": Mapping}
        _HINTS[kind] = {name: hint for name, hint in get_type_hints(kind, names).items() if name != "raw"}
    return _HINTS[kind]


def test_the_check_itself_finds_what_does_not_fit() -> None:
    money = records.Money(True, "EUR")
    assert list(_misfits(money, records.Money)) == ["amount: True is no int"]
    refund = records.RefundRecord("1", records.OrderRef(), "lost", 5, "EUR")  # type: ignore[arg-type] # likewise
    assert list(_misfits(refund, records.RefundRecord)) == ["state: 'lost' is no word of ours"]
    assert not list(_misfits(records.RefundRecord("1", records.OrderRef(), "failed", 5, "EUR"), records.RefundRecord))
