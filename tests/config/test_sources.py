"""A source's settings are checked against its connector, and become the account the connector works with."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import catalogue
from connectors.base import Manifest, Setting
from oms_tui import sources
from oms_tui.config import ConfigError, load
from oms_tui.config_reading import THREE_WAYS
from oms_tui.secrets import SecretError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DESK = '[desk]\nagent = "ana"\nportable = true\n'


class Pigeons:
    """A connector with a setting of every kind."""

    manifest = Manifest(
        key="pigeons",
        title="Carrier pigeons",
        capabilities=frozenset(),
        settings=(
            Setting("loft", required=True, help="name of the loft"),
            Setting("key", "secret", required=True, help="opens the cage"),
            Setting("birds", "integer", default=2),
            Setting("speed", choices=("slow", "fast"), default="slow"),
            Setting("rings", "list", default=["a"]),
            Setting("colours", "list", default=(), choices=("white", "grey")),
            Setting("home", "path", default="loft"),
            Setting("night", "boolean", default=False),
            Setting("rest", "duration", default="1h"),
            Setting("map", "path"),
            Setting("columns", "table"),
            Setting(
                "relay",
                "table",
                table=(
                    Setting("host", required=True),
                    Setting("password", "secret"),
                    Setting("port", "integer", default=25),
                ),
            ),
        ),
    )


@pytest.fixture(autouse=True)
def _pigeons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pigeons are a connector of another package."""
    theirs = catalogue.connector

    def connector(key: str) -> Any:
        if key == "broken":
            raise RuntimeError("needs a newer wing")
        return Pigeons if key == "pigeons" else theirs(key)

    monkeypatch.setattr(sources, "connector", connector)
    monkeypatch.setattr(sources, "keys", lambda: [*catalogue.keys(), "pigeons", "broken"])


def mistakes(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        sources.load_checked(path)
    return [f"{each.line} {each.key}: {each.words}" for each in caught.value.mistakes]


def test_an_account_has_every_setting_with_defaults_and_secrets(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAGE", "open sesame")
    monkeypatch.setenv("RELAY", "wind")
    config = load(
        write(
            DESK
            + """
        [sources.post]
        kind = "pigeons"
        poll = "5m"
        loft = "roof"
        key = { env = "CAGE" }
        rings = ["b", "c"]
        rest = "90s"
        map = "../maps/roof.svg"
        columns = { number = "Order No." }
        [sources.post.relay]
        host = "tower"
        password = { env = "RELAY" }
        """
        )
    )
    sources.check_sources(config)
    account = sources.account_for(config, "post")
    assert account.values == {
        "loft": "roof",
        "key": "open sesame",
        "birds": 2,
        "speed": "slow",
        "rings": ("b", "c"),
        "colours": (),
        "home": config.path.parent / "loft",
        "night": False,
        "rest": timedelta(seconds=90),
        "map": config.path.parent.parent / "maps/roof.svg",
        "columns": {"number": "Order No."},
        "relay": {"host": "tower", "password": "wind", "port": 25},
    }
    assert account.cache == config.folders.cache / "sources/post"
    assert "open sesame" not in repr(account) + repr(config)


def test_defaults_are_read_like_settings(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAGE", "open sesame")
    config = load(write(DESK + '[sources.post]\nkind = "pigeons"\nloft = "x"\nkey = { env = "CAGE" }\n'))
    values = sources.account_for(config, "post").values
    assert (values["rest"], values["rings"], values["map"], values["relay"]) == (timedelta(hours=1), ("a",), None, None)


def test_a_place_on_another_machine_stays_as_it_is(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAGE", "open sesame")
    text = '[sources.post]\nkind = "pigeons"\nloft = "x"\nkey = { env = "CAGE" }\nmap = "sftp://depot/maps"\n'
    assert sources.account_for(load(write(DESK + text)), "post").values["map"] == "sftp://depot/maps"


def test_a_secret_is_fetched_when_the_account_is_made_and_not_before(write: Callable[..., Path]) -> None:
    config = sources.load_checked(
        write(DESK + '[sources.post]\nkind = "pigeons"\nloft = "x"\nkey = { env = "CAGE" }\n')
    )
    with pytest.raises(SecretError, match=r"sources\.post\.key: the environment variable CAGE is not set"):
        sources.account_for(config, "post")


def test_every_mistake_of_every_source_is_told_with_those_of_the_desk(write: Callable[..., Path]) -> None:
    path = write(
        DESK
        + """naem = "x"
[sources.post]
kind = "pigeons"
key = "hunter2"
birds = "hunter2"
speed = "fastt"
rings = ["a", 3]
rest = "hunter2"
pol = "hunter2"
map = ""
columns = []
[sources.post.relay]
password = "hunter2"
hots = "hunter2"
[sources.mail]
kind = "maildirr"
[sources.wing]
kind = "broken"
"""
    )
    assert mistakes(path) == [
        "4 desk.naem: there is no such key; did you mean name?",
        "5 sources.post.loft: is missing: name of the loft",
        f"7 sources.post.key: {THREE_WAYS}",
        "8 sources.post.birds: must be a whole number, not text",
        "9 sources.post.speed: must be one of slow, fast; did you mean fast?",
        "10 sources.post.rings[2]: must be text, not a whole number",
        '11 sources.post.rest: must be a length of time such as "60s", "10m", "1h30m" or "2d"',
        "12 sources.post.pol: there is no such key; did you mean poll?",
        "13 sources.post.map: must not be empty",
        "14 sources.post.columns: must be a table, not a list",
        "15 sources.post.relay.host: is missing, and has to be given",
        f"16 sources.post.relay.password: {THREE_WAYS}",
        "17 sources.post.relay.hots: there is no such key; did you mean host?",
        '19 sources.mail.kind: there is no connector "maildirr"; did you mean maildir?',
        '21 sources.wing.kind: the connector "broken" cannot be loaded: RuntimeError: needs a newer wing',
    ]


def test_a_plain_secret_is_refused_even_where_no_connector_is_loaded(write: Callable[..., Path]) -> None:
    path = write(
        DESK
        + '[sources.books]\nkind = "stripe"\nkey = "sk_live_1"\n[sources.m]\nkind = "imap"\nsmtp.password = "p4ss"\n'
    )
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert [each.key for each in caught.value.mistakes] == ["sources.books.key", "sources.m.smtp.password"]
    assert "connectors.invoicing.stripe" in sys.modules or "sk_live_1" not in str(caught.value)


def test_an_item_of_a_list_is_one_of_those_there_are(write: Callable[..., Path]) -> None:
    text = '[sources.post]\nkind = "pigeons"\nloft = "x"\nkey = { env = "K" }\ncolours = [\n"grey",\n"gray",\n]\n'
    assert mistakes(write(DESK + text)) == [
        "10 sources.post.colours[2]: must be one of white, grey; did you mean grey?"
    ]


def test_a_check_may_be_made_again(write: Callable[..., Path]) -> None:
    config = load(write(DESK + '[sources.post]\nkind = "pigeons"\n'))
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"sources\.post\.loft") as caught:
            sources.check_sources(config)
        assert len(caught.value.mistakes) == 2


def test_a_source_that_is_not_there_is_told_with_the_nearest(write: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError, match=r"sources.pots: there is no such source; did you mean post\?"):
        sources.account_for(load(write(DESK + '[sources.post]\nkind = "pigeons"\n')), "pots")


SECRET = "hunter2-Zq9"  # a value that stands wherever somebody may put it by mistake
MISPLACED = st.recursive(
    st.sampled_from([SECRET, f"pw={SECRET}", f" {SECRET}\n"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2),
        st.dictionaries(
            st.sampled_from(["env", "command", "keyrng", "password", "host", "x"]), inner, min_size=1, max_size=2
        ),
    ),
    max_leaves=3,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    table=st.dictionaries(
        st.sampled_from(
            [setting.name for setting in Pigeons.manifest.settings] + ["poll", "enabled", "pasword", "stale_after"]
        ),
        MISPLACED,
        max_size=6,
    )
)
def test_no_message_ever_holds_a_secret_that_stands_in_the_wrong_place(
    write: Callable[..., Path], table: dict[str, Any]
) -> None:
    rows = "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())
    path = write(DESK + f'[sources.post]\nkind = "pigeons"\n{rows}')
    with pytest.raises((ConfigError, SecretError)) as caught:  # something is always missing or wrong
        sources.account_for(sources.load_checked(path), "post")
    assert SECRET not in str(caught.value)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value) if isinstance(value, str) else "[" + ", ".join(map(_toml, value)) + "]"
