"""The suite itself: every connector has a harness, and no reason to leave a group out contradicts the manifest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness import GROUPS, Harness
from harnesses import CLASSES

from connectors import catalogue
from connectors.base import Capability

if TYPE_CHECKING:
    from connectors.base import Manifest

ROOT = Path(__file__).parents[2]
ALWAYS = frozenset({1, 2, 7, 14, 16})
ON_THE_WIRE = frozenset({8, 9, 13})
_MONEY = frozenset({Capability.ORDERS, Capability.PAYMENTS, Capability.INVOICES, Capability.PURCHASES})
_HAS_CURSOR = frozenset({3, 4, 5, 6, 15})
_LEAST_REASON = 20


def _contradiction(manifest: Manifest, number: int) -> str:
    """Why a group applies whatever a harness says; "" where it may be left out."""
    if number in ALWAYS:
        return "every connector has this group"
    if number in _HAS_CURSOR and (manifest.streams or Capability.MAIL in manifest.capabilities):
        return "it has streams, or folders, with a cursor"
    if number == 10 and manifest.capabilities & _MONEY:
        return "it hands over money"
    if number in {11, 12} and (manifest.actions or Capability.ORDER_ACTIONS in manifest.capabilities):
        return "it writes"
    if number == 11 and Capability.SEND in manifest.capabilities:
        return "it sends"
    return ""


def test_every_connector_has_a_harness() -> None:
    assert set(catalogue.keys()) == set(CLASSES)


@pytest.mark.parametrize("key", CLASSES)
def test_what_does_not_apply_has_a_reason_that_the_manifest_does_not_contradict(key: str) -> None:
    manifest = catalogue.connector(key).manifest
    for number, reason in CLASSES[key].not_applicable.items():
        assert number in GROUPS
        assert len(reason) > _LEAST_REASON, f"{key} {number}: {reason!r} is no sentence"
        assert not _contradiction(manifest, number), (
            f"{key}: group {number} applies: {_contradiction(manifest, number)}"
        )


@pytest.mark.parametrize("key", CLASSES)
def test_only_what_is_not_spoken_over_http_is_spared_the_faults_and_names_where_they_are(
    key: str,
) -> None:
    kind = CLASSES[key]
    declared = ON_THE_WIRE & kind.not_applicable.keys()
    if not declared:
        return
    assert kind.network is Harness.network, f"{key} speaks HTTP: groups {sorted(declared)} apply"
    for number in declared:
        places = re.findall(r"tests/[\w/]+\.py", kind.not_applicable[number])
        assert places, f"{key} {number}: it does not say where the same is tested"
        assert all((ROOT / place).is_file() for place in places), places


def test_a_reason_against_the_manifest_is_refused() -> None:
    stripe = catalogue.connector("stripe").manifest
    mail = catalogue.connector("imap").manifest
    assert _contradiction(stripe, 12)
    assert _contradiction(stripe, 10)
    assert _contradiction(mail, 11)
    assert _contradiction(mail, 4)
    assert not _contradiction(mail, 10)
    assert not _contradiction(catalogue.connector("easypost").manifest, 5)


@pytest.mark.parametrize("key", CLASSES)
def test_a_manifest_is_whole(key: str) -> None:
    manifest = catalogue.connector(key).manifest
    assert (manifest.key, bool(manifest.title), bool(manifest.proof)) == (key, True, True)
    assert bool(manifest.streams) == hasattr(catalogue.connector(key), "fetch")
    names = [setting.name for setting in manifest.settings]
    assert len(names) == len(set(names))
    assert all(setting.help for setting in manifest.settings if setting.required)
    secrets = [each for each in manifest.settings if re.search(r"password|secret|token|^key$", each.name)]
    assert all(each.type == "secret" for each in secrets), "a plain setting is not redacted"
