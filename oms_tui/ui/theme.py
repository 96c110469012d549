"""Colours by what they are for. A theme is a TOML file; no other file of the desk names a colour.

Text roles are read on every surface, badges bring their own ground; a test computes the contrast of each of these
pairs. Meaning is never in the colour alone: a word or a sign always stands beside it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.theme import Theme as TextualTheme

SURFACES: Final = ("base", "bar", "cursor", "field", "over")
TEXTS: Final = ("text", "strong", "muted", "faint", "accent", "info", "good", "warn", "alarm", "call", "name")
LINES: Final = ("border", "focus")
BADGES: Final = (
    "app",
    "tier.key",
    "tier.priority",
    "tier.standard",
    "tier.one_off",
    "stage",
    "stage.alarm",
    "jump",
    "alarm",
    "warn",
    "good",
)
DEFAULT: Final = "dark"
READABLE: Final = 4.5
"""The least contrast of text to its ground: WCAG 2.2, success criterion 1.4.3."""

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_TABLES: Final[Mapping[str, tuple[str, ...]]] = {"surfaces": SURFACES, "text": TEXTS, "badges": BADGES, "lines": LINES}
_BOLD: Final = frozenset({"strong"})


class ThemeError(ValueError):
    """A theme file that cannot be used; the message is words for the person who wrote it."""


class Theme(NamedTuple):
    """A theme's colours as ``#rrggbb``. A badge is a pair: text, ground. ``made``: styles made so far."""

    name: str
    title: str
    dark: bool
    surfaces: Mapping[str, str]
    text: Mapping[str, str]
    badges: Mapping[str, tuple[str, str]]
    lines: Mapping[str, str]
    made: dict[tuple[str, str, bool], Style]

    def style(self, role: str, on: str = "", *, bold: bool = False) -> Style:
        """The style of a role: a text role, a badge as ``badge.alarm`` or ``tier.key``, a line, or a surface."""
        key = (role, on, bold)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = self._new(role, on, bold=bold)
        return found

    def _new(self, role: str, on: str, *, bold: bool) -> Style:
        ground = self.surfaces[on] if on else None
        if role in self.text:
            return Style(color=self.text[role], bgcolor=ground, bold=bold or role in _BOLD or None)
        badge = role.removeprefix("badge.")
        if role.startswith("tier.") and badge not in self.badges:
            badge = "tier.standard"  # a tier of the desk's own
        if badge in self.badges and role not in self.surfaces:
            front, back = self.badges[badge]
            return Style(color=front, bgcolor=back, bold=bold or None)
        if role in self.surfaces:
            return Style(color=self.text["text"], bgcolor=self.surfaces[role], bold=bold or None)
        return Style(color=self.lines[role], bgcolor=ground, bold=bold or None)

    def with_tiers(self, colors: Mapping[str, str]) -> Theme:
        """The same with grounds of the desk's own for its tiers' badges, as ``#rrggbb``.

        The letters on them are black or white, whichever is read better: one of the two always is.
        """
        own = {f"tier.{name}": (readable_on(ground), ground) for name, ground in colors.items()}
        return self._replace(badges={**self.badges, **own}, made={})

    def pairs(self) -> Iterator[tuple[str, str, str]]:
        """Every pair of colours that somebody has to read: what it is, text, ground."""
        for role, front in self.text.items():
            for surface, back in self.surfaces.items():
                yield f"{role} on {surface}", front, back
        for role, (front, back) in self.badges.items():
            yield f"badge {role}", front, back

    def variables(self) -> dict[str, str]:
        """The colours as variables of the style sheets: ``$oms-base``, ``$oms-muted``, ``$oms-border``."""
        return {f"oms-{name}": color for name, color in {**self.surfaces, **self.text, **self.lines}.items()}

    def as_textual(self) -> TextualTheme:
        """The same for Textual's own widgets: input fields, the palette, notices."""
        from textual.theme import Theme as TextualTheme

        text = self.text
        return TextualTheme(
            name=f"oms-{self.name}",
            primary=text["accent"],
            secondary=text["name"],
            accent=text["accent"],
            warning=text["warn"],
            error=text["alarm"],
            success=text["good"],
            foreground=text["text"],
            background=self.surfaces["base"],
            surface=self.surfaces["field"],
            panel=self.surfaces["over"],
            dark=self.dark,
            variables=self.variables()
            | {
                "text-muted": text["muted"],
                "text-disabled": text["faint"],
                "block-cursor-background": self.surfaces["cursor"],
                "block-cursor-foreground": text["strong"],
                "block-cursor-blurred-background": self.surfaces["cursor"],
                "block-cursor-blurred-foreground": text["text"],
                "input-cursor-background": text["text"],
                "input-cursor-foreground": self.surfaces["base"],
                "border": text["accent"],
                "border-blurred": self.lines["border"],
            },
        )


def contrast(front: str, back: str) -> float:
    """The contrast of two colours ``#rrggbb``, 1 to 21, as WCAG 2.2 defines it."""
    bright, dim = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - sRGB
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def color_of(written: str) -> str:
    """``#rrggbb`` of a colour as a config names it: ``#rgb``, ``#rrggbb`` or a name of the web's; "" if it is none."""
    from textual.color import Color, ColorParseError

    try:
        return Color.parse(written).hex6.lower()
    except ColorParseError:
        return ""


# ---- files


def shipped_folder() -> Path:
    """The themes that come with the program: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def found(own: Path | None = None) -> dict[str, Path]:
    """Every theme there is, by name; one in the folder ``own`` goes before one of ours."""
    folders = [shipped_folder(), *([own] if own is not None and own.is_dir() else [])]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def load(name: str, own: Path | None = None) -> Theme:
    """The theme called ``name``, from the desk's own folder or ours; "" is the default.

    Raises:
        ThemeError: there is none, or its file is wrong; says which file and what.
    """
    name = name or DEFAULT
    path = own / f"{name}.toml" if own is not None else None
    if path is None or not path.is_file():
        path = shipped_folder() / f"{name}.toml"
    if not path.is_file():
        raise ThemeError(f"there is no theme {name!r}; there are: {', '.join(found(own))}")
    return read(path)


def read(path: Path) -> Theme:
    """The theme in a file; what it leaves out is the dark or light theme's.

    Raises:
        ThemeError: the file cannot be read, or says something that is no colour.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read as a theme: {error}") from error
    dark = table.get("dark", True) is not False
    groups: dict[str, dict[str, Any]] = {}
    for group, roles in _TABLES.items():
        own = table.get(group, {})
        if not isinstance(own, dict):
            raise ThemeError(f"{path}: {group}: must be a table")
        for role in own:
            if role not in roles:
                raise ThemeError(f"{path}: {group}.{role}: there is no such colour; there are: {', '.join(roles)}")
        pair = group == "badges"
        groups[group] = {role: _color(path, f"{group}.{role}", color, pair=pair) for role, color in own.items()}
    if any(len(groups[group]) < len(roles) for group, roles in _TABLES.items()):
        base = _base(path, dark=dark)
        groups = {group: {**getattr(base, group), **own} for group, own in groups.items()}
    return Theme(
        name=path.stem,
        title=str(table.get("title", path.stem)),
        dark=dark,
        surfaces=groups["surfaces"],
        text=groups["text"],
        badges=groups["badges"],
        lines=groups["lines"],
        made={},
    )


def _base(path: Path, *, dark: bool) -> Theme:
    complete = shipped_folder() / ("dark.toml" if dark else "light.toml")
    if path == complete:
        raise ThemeError(f"{path}: a colour is missing, and no other theme can fill in")
    return read(complete)


def _color(path: Path, key: str, value: object, *, pair: bool) -> str | tuple[str, str]:
    if pair and isinstance(value, list) and len(value) == len(("text", "ground")):
        front, back = (str(_color(path, key, each, pair=False)) for each in value)
        return front, back
    if pair or not isinstance(value, str) or not _COLOR.fullmatch(value):
        wanted = 'two colours: ["#000000", "#ffffff"]' if pair else 'a colour like "#79c0ff"'
        raise ThemeError(f"{path}: {key}: must be {wanted}")
    return value.lower()


# ---- the theme in use: one per process, as there is one screen


class _Current:
    theme: Theme | None = None


def use(theme: Theme) -> None:
    """Draw with this theme from now on."""
    _Current.theme = theme


def current() -> Theme:
    """The theme in use."""
    if _Current.theme is None:
        _Current.theme = load(DEFAULT)
    return _Current.theme


def style(role: str, on: str = "", *, bold: bool = False) -> Style:
    """A role's style in the theme in use. Text roles have no ground unless ``on`` names a surface.

    Raises:
        KeyError: there is no such role.
    """
    return current().style(role, on, bold=bold)


@cache
def readable_on(ground: str) -> str:
    """Black or white, whichever is read better on ``ground`` (``#rrggbb``)."""
    return max(("#000000", "#ffffff"), key=lambda front: contrast(front, ground))
