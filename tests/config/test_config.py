"""A config is read whole, and what is wrong in it is told all at once, with file, line, key and what was meant."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from oms_tui import config_schema as schema
from oms_tui.config import ConfigError, config_path, load
from oms_tui.config_model import Source
from oms_tui.domain import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = '[desk]\nagent = "ana"\n'


def mistakes(path: Path) -> list[str]:
    """What is wrong, as ``line key: words``."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.exit_code == 2
    assert all(str(each).startswith(str(each.file)) for each in caught.value.mistakes)
    return [f"{each.line} {each.key}: {each.words}" for each in caught.value.mistakes]


def test_a_whole_config_becomes_typed_values(write: Callable[..., Path]) -> None:
    config = load(
        write("""
        [desk]
        name = "Bright Shop"
        agent = "ana"
        timezone = "Europe/Berlin"
        undo_window = "20s"
        [desk.hours]
        mon-fri = ["09:00-12:00", "13:00-17:30"]
        fri = ["09:00-14:00"]
        holidays = ["2026-12-25", 2027-01-01]
        [agents.ana]
        name = "Ana Ruiz"
        deputy = "lea"
        [agents.lea]
        role = "lead"
        [sources.shop]
        kind = "woocommerce"
        url = "https://shop.example"
        key = { env = "SHOP_KEY" }
        poll = "60s"
        stale_after = "1h30m"
        [tiers.key]
        when = "customer.spend:>5000"
        first_response = "1h"
        calls = ["placed", "delivered"]
        account_manager = "lea"
        weight = 8
        [views."Late key accounts"]
        query = "tier:key ship:late"
        columns = ["number"]
        [rules.release]
        when = "payment:paid"
        do = "release"
        fields = { note = "by rule" }
        [procedures.gift]
        when = "tag:gift"
        steps = ["write the card", { title = "wrap", role = "warehouse" }]
        [keys]
        reply = "r"
        note = ["n", "ctrl+n"]
        [priority]
        late = 60
        [ui]
        theme = "dark"
        [stale]
        tracking = "4h"
        """)
    )
    assert config.desk.name == "Bright Shop"
    assert config.desk.undo_window == timedelta(seconds=20)
    assert config.desk.hours.holidays == (date(2026, 12, 25), date(2027, 1, 1))
    assert config.agents["ana"].name == "Ana Ruiz"
    assert config.agents["lea"].name == "lea"
    shop = config.sources["shop"]
    assert (shop.kind, shop.poll, shop.stale_after) == ("woocommerce", timedelta(minutes=1), timedelta(minutes=90))
    assert shop.settings == {"url": "https://shop.example", "key": {"env": "SHOP_KEY"}}
    assert config.tiers["key"].calls == ("placed", "delivered")
    assert config.tiers["key"].weight == 8
    assert config.views["Late key accounts"].columns == ("number",)
    assert config.rules["release"].fields == {"note": "by rule"}
    assert [step.title for step in config.procedures["gift"].steps] == ["write the card", "wrap"]
    assert config.keys == {"reply": ("r",), "note": ("n", "ctrl+n")}
    assert config.priority == {"late": 60}
    assert (config.ui.theme, config.stale.tracking) == ("dark", timedelta(hours=4))


def test_the_smallest_config_is_who_sits_at_the_desk(write: Callable[..., Path]) -> None:
    config = load(write(SMALL))
    assert config.desk.agent == "ana"
    assert config.agents["ana"].role == "lead"  # alone, one may do everything
    assert config.desk.zone.key == "UTC"
    assert config.desk.business_hours().is_open(datetime(2026, 12, 27, 3, 0, tzinfo=UTC))
    assert config.desk.undo_window == timedelta(seconds=10)
    assert not config.macros.exists()


def test_a_desk_without_anybody_is_told_to_name_who_works_there(write: Callable[..., Path]) -> None:
    assert mistakes(write("[ui]\nmouse = false\n")) == ['0 desk.agent: is missing: who works here? agent = "ana"']


def test_every_mistake_is_told_at_once_with_line_key_and_nearest_key(write: Callable[..., Path]) -> None:
    path = write("""[desk]
nam = "x"
agent = "anna"
timezone = "Europe/Berln"
undo_window = "ten"
[desk.hours]
mon-fri = [
  "09:00-12:00",
  "25:00-26:00",
]
mun = []
tue = ["09:00-12:00", "11:00-13:00"]
holidays = ["2026-12-32"]
[agents.ana]
role = "agnt"
deputy = "lea"
[sourcs.x]
[sources.books]
poll = "soon"
[tiers.key]
calls = ["placed", "shiped"]
color = "#12"
weight = -5
[views.late]
sort = "due"
[rules.x]
when = "payment:paid"
do = 3
[priority]
lat = 3
tier = -1
""")
    assert mistakes(path) == [
        "2 desk.nam: there is no such key; did you mean name?",
        '3 desk.agent: there is no agent "anna" in [agents]; did you mean ana?',
        '4 desk.timezone: "Europe/Berln" is no time zone; did you mean Europe/Berlin?',
        '5 desk.undo_window: must be a length of time such as "60s", "10m", "1h30m" or "2d"',
        "9 desk.hours.mon-fri[2]: '25:00-26:00' is no span: write it as 09:00-12:00; one over midnight as two",
        "11 desk.hours.mun: there is no such day; did you mean sun?",
        "12 desk.hours.tue: two of its spans overlap",
        '13 desk.hours.holidays[1]: "2026-12-32" is no date: write it as "2026-12-25"',
        f'15 agents.ana.role: "agnt" is none of {", ".join(schema.ROLES)}; did you mean agent?',
        '16 agents.ana.deputy: there is no agent "lea" in [agents]; there are: ana',
        "17 sourcs: there is no such section; did you mean sources?",
        "18 sources.books.kind: is missing, and has to be given",
        '19 sources.books.poll: must be a length of time such as "60s", "10m", "1h30m" or "2d"',
        f'21 tiers.key.calls[2]: "shiped" is none of {", ".join(schema.MILESTONES)}; did you mean shipped?',
        '22 tiers.key.color: "#12" is no colour: write #rrggbb or a name such as "red"',
        "23 tiers.key.weight: must not be negative",
        "24 views.late.query: is missing, and has to be given",
        "28 rules.x.do: must be text, not a whole number",
        "30 priority.lat: there is no such key; did you mean late?",
        "31 priority.tier: must not be negative",
    ]


def test_the_message_is_one_line_a_mistake_as_compilers_write_it(write: Callable[..., Path]) -> None:
    path = write('[desk]\nagent = "ana"\nname = ""\n')
    with pytest.raises(ConfigError, match="must not be empty") as caught:
        load(path)
    assert str(caught.value) == f"{path}:3: desk.name: must not be empty"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[desk]\nagent = ana\n", "2 : is no TOML: Invalid value"),
        ('[desk]\nagent = "a"\nagent = "b"\n', "3 : is no TOML: Cannot overwrite a value"),
        ('[desk\nagent = "a"\n', "1 : is no TOML: Expected ']' at the end of a table declaration"),
        ('desk = "x"\n', "1 desk: must be a table, not text"),
        ('[desk]\nagent = "ana"\nhours = 3\n', "3 desk.hours: must be a table, not a whole number"),
        ('[desk]\nagent = "ana"\n[[views]]\nquery = "x"\n', "3 views: must be a table, not a list"),
        ('[desk]\nagent = "ana"\n[views]\nlate = "x"\n', "4 views.late: must be a table, [views.NAME], not text"),
        ('[desk]\nagent = "ana"\nportable = "yes"\n', "3 desk.portable: must be true or false, not text"),
        ('[desk]\nagent = "ana"\nlanguage = "English"\n', '3 desk.language: "English" is no language'),
        ('[desk]\nagent = "ana"\n[keys]\nreply = 3\n', "4 keys.reply: must be a list of texts"),
        ('[desk]\nagent = "ana"\n[stale]\ntracking = "0s"\n', "4 stale.tracking: must be longer than nothing"),
        ('[desk]\nagent = "ana"\nundo_window = "9999999w"\n', "3 desk.undo_window: is longer than ten years"),
        ('[desk]\nagent = "ana"\n[sources."a b"]\nkind = "x"\n', '3 sources."a b": a name here has letters'),
        ('[desk]\nagent = "ana"\n[desk.hours]\nmon = []\n', "3 desk.hours: never opens"),
        ('[desk]\nagent = "ana"\n[desk.hours]\nmon = "9-5"\n', "4 desk.hours.mon: must be a list of texts"),
        ('[desk]\nagent = "ana"\n[desk.hours]\nmon = [9]\n', "4 desk.hours.mon[1]: must be text, not a whole number"),
        ('[desk]\nagent = "ana"\n[desk.hours]\nholidays = "x"\n', "4 desk.hours.holidays: must be a list of dates"),
        ('[desk]\nagent = "ana"\n[rules.x]\nwhen = "a"\ndo = "b"\nfields = 3\n', "6 rules.x.fields: must be a table"),
        ('[desk]\nagent = "ana"\nname = "a\\u001bb"\n', "3 desk.name: must be one line, without control characters"),
        ("x = " + "[" * 5000 + "]" * 5000, "0 : is nested too deeply to be read"),
        ('x = """', "1 : is no TOML: "),
        ('[desk]\nagent = "ana"\n[desk.hours]\nfri-mon = []\n', "4 desk.hours.fri-mon: 'fri-mon' runs over the end"),
        ('[desk]\nagent = "ana"\ntheme = "a"\n[ui]\ntheme = "b"\n', "3 desk.theme: belongs in [ui]"),
        ('[agents.ana]\nemail = "ana at shop"\n', '2 agents.ana.email: "ana at shop" is no e-mail address'),
        (
            '[desk]\nagent = "ana"\n[rules.x]\nwhen = "a"\ndo = "b"\nfields = { a = [1] }\n',
            "6 rules.x.fields.a: must be",
        ),
        (
            '[desk]\nagent = "ana"\n[procedures.x]\nsteps = [{ titel = "a" }]\n',
            "4 procedures.x.steps[1].title: is missing",
        ),
        ('[desk]\nagent = "ana"\n[procedures.x]\nsteps = [3]\n', "4 procedures.x.steps[1]: must be text or a table"),
        (
            '[desk]\nagent = "ana"\n[tiers.key]\ncolor = "yelow"\n',
            '4 tiers.key.color: "yelow" is no colour: did you mean yellow?',
        ),
        ('[desk]\nagent = "ana"\n[procedures.x]\nsteps = []\n', "4 procedures.x.steps: must have a step at least"),
        ('[desk]\nagent = "ana"\n[procedures.x]\nsteps = [""]\n', "4 procedures.x.steps[1].title: must not be empty"),
        ('[desk]\nagent = "ana"\n[priority]\ntier = 99999999999999999999\n', "4 priority.tier: must not be more than"),
    ],
)
def test_each_kind_of_mistake_has_its_words(write: Callable[..., Path], text: str, told: str) -> None:
    assert mistakes(write(text))[0].startswith(told)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path / "nowhere.toml") == [
        "0 : there is no such file; `oms-tui init` writes one, `oms-tui demo` makes a desk to try"
    ]


def test_a_file_that_is_not_utf8_says_on_which_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'[desk]\nagent = "ana"\nname = "Caf\xe9"\n')
    assert mistakes(path) == ["3 : is not UTF-8: save it as UTF-8"]


def test_a_folder_or_a_giant_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "a.toml")  # a folder stands for the config.toml in it
    (tmp_path / "b/config.toml").mkdir(parents=True)
    with pytest.raises(ConfigError, match="is a folder; the config is a file"):
        load(tmp_path / "b")
    giant = tmp_path / "c.toml"
    giant.write_bytes(b"#" * 4_000_001)
    with pytest.raises(ConfigError, match="larger than 4 MB"):
        load(giant)


def test_a_file_one_may_not_read_is_told_as_the_system_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.symlink_to(path)
    assert mistakes(path)[0].startswith("0 : cannot be read: Too many levels of symbolic links")


def test_a_config_shows_none_of_its_text(write: Callable[..., Path]) -> None:
    config = load(write(SMALL + '[sources.m]\nkind = "imap"\nlogin = "hunter2"\n'))
    assert "hunter2" not in repr(config) + repr(config.document) + repr(config.sources)


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbf[desk]\r\nagent = "ana"\r\nnam = 1\r\n')
    assert mistakes(path)[0].startswith("3 desk.nam:")


def test_a_day_of_its_own_says_more_than_a_range(write: Callable[..., Path]) -> None:
    config = load(write(SMALL + '[desk.hours]\nfri = ["09:00-12:00"]\nmon-fri = ["09:00-17:00"]\nwed = []\n'))
    hours = config.desk.business_hours()
    assert hours.is_open(datetime(2026, 11, 26, 16, 0, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 25, 10, 0, tzinfo=UTC))


# ---- files beside the config


def test_views_rules_and_procedures_may_be_files(write: Callable[..., Path]) -> None:
    path = write(SMALL + '[views.all]\nquery = ""\n')
    write('query = "ship:late"\n', "views/late.toml")
    write('name = "Unpaid for a week"\nquery = "payment:pending"\n', "views/unpaid.toml")
    write('when = "payment:paid"\ndo = "release"\n', "rules/release.toml")
    write('when = "tag:gift"\nsteps = ["write the card"]\n', "procedures/gift.toml")
    config = load(path)
    assert list(config.views) == ["all", "late", "Unpaid for a week"]
    assert config.rules["release"].do == "release"
    assert config.procedures["gift"].steps[0].title == "write the card"


def test_several_views_may_stand_in_one_file_and_nothing_beside_them(write: Callable[..., Path]) -> None:
    path = write(SMALL)
    write('[views.Late]\nquery = "ship:late"\n[views.Unpaid]\nquery = "payment:pending"\n', "views/team.toml")
    config = load(path)
    assert [(view.name, view.file) for view in config.views.values()] == [
        ("Late", "views/team.toml"),
        ("Unpaid", "views/team.toml"),
    ]
    team = write('query = ""\n[views.Late]\nquery = 1\n', "views/team.toml")
    assert {(each.file, each.line, each.key) for each in load(path).set_aside} == {
        (team, 1, "query"),
        (team, 3, "views.Late.query"),
    }


def test_a_mistake_in_a_file_beside_the_config_names_that_file(write: Callable[..., Path]) -> None:
    path = write(SMALL + '[rules.late]\nwhen = "x"\ndo = "note"\nwhn = "due"\n')
    late = write('# twice\nwhen = "x"\ndo = "note"\n', "rules/late.toml")
    broken = write("query = \n", "rules/broken.toml")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert [(each.file, each.line, each.key) for each in caught.value.mistakes] == [
        (path, 6, "rules.late.whn"),
        (late, 0, ""),
        (broken, 1, ""),
    ]
    assert '"late" is there already, in config.toml' in str(caught.value)


def test_a_file_of_views_that_is_wrong_stops_nobody(write: Callable[..., Path]) -> None:
    """They are shared: what a colleague saved must not keep everybody from the desk."""
    path = write(SMALL + '[views.late]\nquery = "ship:late"\n')
    twice = write('query = "x"\n', "views/late.toml")
    write("query = \n", "views/broken.toml")
    write("", "views/empty.toml")
    (path.parent / "views" / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (path.parent / "views" / "folder.toml").mkdir()
    (path.parent / "views" / "loop.toml").symlink_to("loop.toml")
    write('[views.Good]\nquery = "x"\n[views.Odd]\nquery = ""\ncolumns = 3\n', "views/team.toml")

    config = load(path)

    assert {name: view.query for name, view in config.views.items()} == {"late": "ship:late", "Good": "x", "Odd": ""}
    wrong = {(each.file.name, each.line): each.words for each in config.set_aside}
    assert set(wrong) == {
        ("late.toml", 0), ("broken.toml", 1), ("empty.toml", 0), ("binary.toml", 1), ("folder.toml", 0),
        ("loop.toml", 0), ("team.toml", 5),
    }  # fmt: skip
    assert wrong[twice.name, 0] == '"late" is there already, in config.toml'


# ---- folders


def test_the_users_own_config_keeps_its_data_in_the_users_folders(home: Path) -> None:
    path = home / ".config/oms-tui/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(SMALL)
    config = load()
    assert config.path == path
    assert config.folders.data == home / ".local/share/oms-tui"
    assert config.folders.cache == home / ".cache/oms-tui"


def test_two_configs_elsewhere_never_share_a_store(write: Callable[..., Path], home: Path) -> None:
    first = load(write(SMALL, "a.toml"))
    second = load(write(SMALL, "b.toml"))
    assert first.folders.data != second.folders.data
    assert first.folders.data.is_relative_to(home / ".local/share/oms-tui/desks")
    assert first.desk.store.folder == first.folders.data


def test_a_portable_desk_keeps_everything_beside_its_config(write: Callable[..., Path]) -> None:
    path = write(SMALL + "portable = true\n")
    folders = load(path).folders
    assert (folders.data, folders.cache, folders.logs) == (
        path.parent / "data",
        path.parent / "data/cache",
        path.parent / "data/logs",
    )


def test_data_may_be_named_in_the_config_and_the_environment_has_the_last_word(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write(SMALL + 'data = "../elsewhere"\n')
    assert load(path).folders.data == tmp_path / "elsewhere"
    monkeypatch.setenv("OMS_TUI_DATA", str(tmp_path / "other"))
    assert load(path).folders.data == tmp_path / "other"


def test_the_config_may_be_named_by_the_environment_or_by_its_folder(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(SMALL)
    monkeypatch.setenv("OMS_TUI_CONFIG", str(path))
    assert load().path == path
    assert config_path(path.parent) == path


@pytest.mark.parametrize(
    ("written", "kind", "end"),
    [
        ("sqlite:///store", "sqlite", "desk/store"),
        ("sqlite:////srv/oms", "sqlite", "/srv/oms"),
        ("sqlite", "sqlite", ""),
    ],
)
def test_a_store_of_files_is_a_folder(write: Callable[..., Path], written: str, kind: str, end: str) -> None:
    store = load(write(SMALL + f'store = "{written}"\n')).desk.store
    assert store.kind == kind
    assert str(store.folder).endswith(end)


def test_a_store_on_a_server_is_a_url_without_a_password(write: Callable[..., Path]) -> None:
    store = load(write(SMALL + 'store = "postgresql://oms@db.example/oms"\n')).desk.store
    assert (store.kind, store.url) == ("postgresql", "postgresql://oms@db.example/oms")
    told = mistakes(write(SMALL + 'store = "postgresql://oms:hunter2@db.example/oms"\n'))
    assert told[0].startswith("3 desk.store: holds a password")
    assert "hunter2" not in told[0]
    assert mistakes(write(SMALL + 'store = "mysql://x"\n'))[0].startswith('3 desk.store: must be "sqlite"')


# ---- what holds it together


def test_roles_and_milestones_are_the_vocabularys() -> None:
    assert vocabulary.values(vocabulary.Role) == schema.ROLES
    assert vocabulary.values(vocabulary.Milestone) == schema.MILESTONES


def test_reading_a_config_loads_no_connector_and_no_library(write: Callable[..., Path]) -> None:
    path = write(SMALL + 'portable = true\n[sources.books]\nkind = "stripe"\nkey = { env = "X" }\n')
    code = (
        "import sys, pathlib; from oms_tui.config import load; load(pathlib.Path(sys.argv[1]));"
        "bad = {'connectors', 'httpx', 'pydantic', 'platformdirs', 'difflib', 'jinja2'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_source_is_stale_after_what_the_config_says_else_after_three_polls_and_never_within_minutes() -> None:
    assert Source("shop", "files").stale_after_ms == 15 * 60_000
    assert Source("shop", "files", poll=timedelta(seconds=5)).stale_after_ms == 15 * 60_000
    assert Source("shop", "files", poll=timedelta(hours=1)).stale_after_ms == 3 * 3_600_000
    assert Source("shop", "files", stale_after=timedelta(seconds=20)).stale_after_ms == 20_000
