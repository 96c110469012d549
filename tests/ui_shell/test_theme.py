from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._color_constants import COLOR_NAME_TO_RGB

from oms_tui.config_colors import NAMES
from oms_tui.ui import theme as themes

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(themes.found())


def test_three_themes_are_shipped() -> None:
    assert {"dark", "light", "high-contrast"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_one_has_to_read_can_be_read(name: str) -> None:
    theme = themes.load(name)
    wanted = 7.0 if name == "high-contrast" else themes.READABLE

    poor = [
        (what, round(themes.contrast(*pair), 2)) for what, *pair in theme.pairs() if themes.contrast(*pair) < wanted
    ]

    assert not poor


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_says_every_colour_itself(name: str) -> None:
    theme = themes.load(name)

    assert set(theme.surfaces) == set(themes.SURFACES)
    assert set(theme.text) == set(themes.TEXTS)
    assert set(theme.badges) == set(themes.BADGES)
    assert set(theme.lines) == set(themes.LINES)


def test_contrast_is_that_of_wcag() -> None:
    assert themes.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert themes.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert themes.contrast("#123456", "#123456") == pytest.approx(1.0)


def test_a_desks_own_theme_goes_first_and_need_not_say_everything(tmp_path: Path) -> None:
    (tmp_path / "dark.toml").write_text('title = "Ours"\n[text]\nalarm = "#FFB0A8"\n', "utf-8")

    theme = themes.load("dark", tmp_path)

    assert theme.title == "Ours"
    assert theme.text["alarm"] == "#ffb0a8"
    assert theme.text["good"] == themes.load("dark").text["good"]


def test_a_light_theme_of_the_desk_is_filled_in_from_the_light_one(tmp_path: Path) -> None:
    (tmp_path / "paper.toml").write_text("dark = false\n", "utf-8")

    assert themes.load("paper", tmp_path).surfaces == themes.load("light").surfaces
    assert "paper" in themes.found(tmp_path)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("[text]\nalarn = '#ffffff'", "text.alarn: there is no such colour"),
        ("[text]\nalarm = 'red'", 'text.alarm: must be a colour like "#79c0ff"'),
        ("[badges]\nstage = '#ffffff'", "badges.stage: must be two colours"),
        ("text = 3", "text: must be a table"),
        ("[text", "cannot be read as a theme"),
    ],
)
def test_a_wrong_theme_is_told_with_file_and_key(tmp_path: Path, written: str, words: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(written, "utf-8")

    with pytest.raises(themes.ThemeError) as caught:
        themes.load("own", tmp_path)

    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_a_theme_nobody_has_is_told_with_those_there_are() -> None:
    with pytest.raises(themes.ThemeError, match=r"there is no theme 'drak'; there are: .*dark"):
        themes.load("drak")


def test_roles_are_styles() -> None:
    theme = themes.load("dark")

    assert theme.style("alarm").color.name == theme.text["alarm"]  # type: ignore[union-attr]
    assert theme.style("alarm").bgcolor is None
    assert theme.style("alarm", "cursor").bgcolor.name == theme.surfaces["cursor"]  # type: ignore[union-attr]
    assert theme.style("badge.alarm").bgcolor.name == theme.badges["alarm"][1]  # type: ignore[union-attr]
    assert theme.style("tier.gold") == theme.style("tier.standard"), "a tier of the desk's own"
    assert theme.style("strong").bold
    with pytest.raises(KeyError):
        theme.style("no such role")


def test_the_sheets_get_every_colour_by_name() -> None:
    variables = themes.load("light").variables()

    assert variables["oms-base"] == "#ffffff"
    assert {f"oms-{name}" for name in (*themes.SURFACES, *themes.TEXTS, *themes.LINES)} == set(variables)


def test_badges_of_any_ground_get_a_front_one_can_read() -> None:
    assert themes.readable_on("#ffff00") == "#000000"
    assert themes.readable_on("#00007f") == "#ffffff"


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("color", ["yellow", "#1a1a40", "#777", "navy", "#7f7f7f", "hotpink"])
def test_a_tiers_own_colour_is_read_in_every_theme(name: str, color: str) -> None:
    ground = themes.color_of(color)
    theme = themes.load(name).with_tiers({"key": ground, "gold": ground})
    for tier in ("tier.key", "tier.gold"):
        front, back = theme.badges[tier]
        assert back == ground
        assert themes.contrast(front, back) >= themes.READABLE
        made = theme.style(tier)
        assert made.bgcolor is not None
        assert made.bgcolor.get_truecolor().hex == ground
    assert theme.badges["tier.standard"] == themes.load(name).badges["tier.standard"]


def test_what_is_no_colour_leaves_the_themes_own() -> None:
    assert themes.color_of("no-such-colour") == ""
    assert themes.color_of("#fff") == "#ffffff"


def test_every_colour_that_a_config_may_name_can_be_drawn_and_no_other_is_kept_from_it() -> None:
    assert all(themes.color_of(name) for name in NAMES)
    drawn = {name for name in COLOR_NAME_TO_RGB if not name.startswith("ansi_")} - {"transparent"}
    assert drawn == NAMES
