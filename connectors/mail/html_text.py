"""HTML mail to text a person can read and a matcher can trust.

A walk over the parsed tree without recursion: blocks, lists and tables become lines, a link shows its real host, a
quotation its depth, an image its caption. What a reader of the HTML would not see is left out and said so. Nothing is
fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_NODES = 200_000
MAX_TEXT = 1_000_000  # characters
_QUOTE_DEPTH = 8
_ALT_LENGTH = 120
_LINK_LENGTH = 2000
_LINK_PIECES = 50

_DROPPED = frozenset(
    {
        "script", "style", "head", "title", "meta", "link", "template", "svg", "math", "object", "embed",
        "applet", "iframe", "frame", "frameset", "noframes", "audio", "video", "canvas", "map", "select",
        "datalist",
    }
)  # fmt: skip
_PARAGRAPHS = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr",
        "figure", "fieldset",
    }
)  # fmt: skip
_BLOCKS = _PARAGRAPHS | frozenset(
    {
        "div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside",
        "address", "form", "center", "figcaption", "caption", "thead", "tbody", "tfoot", "legend", "body",
        "html", "details", "summary",
    }
)  # fmt: skip
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|opacity\s*:\s*(?:0?\.0+|0)(?![.\d])|"
    r"font-size\s*:\s*(?:0+(?:\.0+)?(?:px|pt|em|rem|%)?|[01](?:\.\d+)?(?:px|pt)|0?\.[0-2]\d*r?em)\s*(?:!|;|\Z)|text-indent\s*:\s*-\d{3}|"
    r"(?:left|top|margin-left|margin-top)\s*:\s*-\d{3}|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?:height|width)\s*:\s*0(?:px|pt|em|%)?\s*(?:!important\s*)?(?:;|\Z)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_SHORT_HEX = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])\Z")
_STYLE_LENGTH = 2000
_LOOKS_LIKE_HOST = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[\w-]{2,})(?::\d+)?(?:[/?#]\S*)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The text, and what had to be left out (words for people)."""

    text: str
    warnings: tuple[str, ...] = ()


def html_to_text(html: str) -> HtmlText:
    """The readable text of ``html``. Control characters it spells as entities come through: whoever shows it judges."""
    walk = _Walk()
    root = LexborHTMLParser(html).root
    if root is not None:
        walk.run(root)
    return HtmlText(walk.lines.text(), tuple(walk.warnings))


class _Lines:
    """Lines as they grow: pieces of the current one, its prefix, and the blank lines owed."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._pieces: list[str] = []
        self._blank_owed = -1  # the depth of the blank line owed; -1: none is
        self.quote = 0
        self.indent = ""
        self.bullet = ""
        self.length = 0

    def add(self, words: str) -> None:
        if not self._pieces:
            words = words.lstrip(" ")
        elif words.startswith(" ") and self._pieces[-1].endswith((" ", "\n")):
            words = words[1:]
        if words:
            self._pieces.append(words)
            self.length += len(words)

    def add_raw(self, words: str) -> None:
        for number, line in enumerate(words.split("\n")):
            if number:
                self.end(keep_blank=True)
            if line:
                self._pieces.append(line)
                self.length += len(line)

    def end(self, *, keep_blank: bool = False) -> None:
        line = "".join(self._pieces).rstrip()
        self._pieces.clear()
        if not line and not keep_blank:
            return
        mark = "> " * self.quote
        if self._blank_owed >= 0 and self._done:
            self._done.append(("> " * min(self._blank_owed, self.quote)).rstrip())
        self._blank_owed = -1
        start = self.indent[: -len(self.bullet)] + self.bullet if self.bullet else self.indent
        self.bullet = ""
        self._done.append(f"{mark}{start}{line}".rstrip())

    def paragraph(self) -> None:
        self.end()
        self._blank_owed = self.quote if self._blank_owed < 0 else min(self._blank_owed, self.quote)

    def add_to_last(self, words: str) -> None:
        """Add to the current line, or to the one just ended if a block closed it."""
        if self._pieces or not self._done:
            self._pieces.append(words)
        else:
            self._done[-1] += words

    def open(self) -> bool:
        return bool(self._pieces)

    def since(self, mark: int) -> str:
        return "".join(self._pieces[mark : mark + _LINK_PIECES])

    def mark(self) -> int:
        return len(self._pieces)

    def text(self) -> str:
        self.end()
        return "\n".join(self._done).strip("\n")


class _Walk:
    """Down, across, up: an explicit walk, since a tree may be 20,000 deep."""

    def __init__(self) -> None:
        self.lines = _Lines()
        self.warnings: list[str] = []
        self._links: list[tuple[str, int, int]] = []  # where it leads, and where it starts
        self._lists: list[int] = []  # the next number; 0 for a list without numbers
        self._cells: list[int] = []
        self._pre = 0

    def run(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        path: list[LexborNode] = []
        for _ in range(MAX_NODES):
            if node is None or self.lines.length > MAX_TEXT:
                break
            child = node.first_child if self._enter(node) else None
            if child is not None:
                path.append(node)
                node = child
                continue
            self._leave(node)
            following = node.next
            while following is None and path:
                node = path.pop()
                self._leave(node)
                following = node.next if path else None
            node = following
        if node is not None:
            self.warnings.append("the HTML is too long: its end was left out")

    def _enter(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag in _DROPPED or (tag.startswith(("-", "!")) and tag != "-document"):
            return False
        attributes = node.attributes if tag not in {"br", "-document"} else {}
        if _hidden(attributes):
            if (node.text(deep=True) or "").strip():
                self._warn("text that the HTML hides was left out")
            return False
        self._open(tag, attributes)
        return True

    def _text(self, words: str) -> None:
        if self._pre:
            self.lines.add_raw(words.replace("\r\n", "\n").replace("\r", "\n"))
        elif words:
            self.lines.add(_BLANKS.sub(" ", words))

    def _open(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in _PARAGRAPHS and not (tag in {"ul", "ol"} and self._lists):
            self.lines.paragraph()
        elif tag in _BLOCKS:
            self.lines.end()
        match tag:
            case "br":
                self.lines.end(keep_blank=True)
            case "hr":
                self.lines.add("----------")
            case "blockquote":
                self.lines.quote = min(self.lines.quote + 1, _QUOTE_DEPTH)
            case "pre":
                self._pre += 1
            case "a":
                self._links.append(
                    ((attributes.get("href") or "")[:_LINK_LENGTH], self.lines.mark(), self.lines.length)
                )
            case "img":
                self._image(attributes)
            case _:
                self._open_list_or_table(tag)

    def _open_list_or_table(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self._lists.append(1 if tag == "ol" else 0)
            case "li":
                self._item()
            case "tr":
                self._cells.append(0)
            case "td" | "th":
                self._cell()
            case _:
                pass

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "a" and self._links:
            self._link(*self._links.pop())
        if tag in _PARAGRAPHS and not (tag in {"ul", "ol"} and len(self._lists) > 1):
            self.lines.paragraph()
        elif tag in _BLOCKS:
            self.lines.end()
        match tag:
            case "blockquote":
                self.lines.quote = max(0, self.lines.quote - 1)
            case "pre":
                self._pre = max(0, self._pre - 1)
            case "ul" | "ol" if self._lists:
                self._lists.pop()
                self.lines.indent = "  " * len(self._lists)
            case "tr" if self._cells:
                self._cells.pop()
            case _:
                pass

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else 0
        if number:
            self._lists[-1] += 1
        bullet = f"{number}. " if number else "- "
        depth = min(max(1, len(self._lists)), _QUOTE_DEPTH)
        self.lines.indent = "  " * (depth - 1) + " " * len(bullet)
        self.lines.bullet = bullet

    def _cell(self) -> None:
        if self._cells:
            self._cells[-1] += 1
            if self._cells[-1] > 1 and self.lines.open():
                self.lines.add(" | ")

    def _image(self, attributes: dict[str, str | None]) -> None:
        caption = _BLANKS.sub(" ", attributes.get("alt") or "").strip()[:_ALT_LENGTH]
        if caption:
            self.lines.add(f"[image: {caption}]")
        elif (attributes.get("src") or "")[:5].lower().startswith(("cid:", "data:")):
            self.lines.add("[image]")

    def _link(self, href: str, mark: int, length: int) -> None:
        target = _target(href)
        if not target or self.lines.length == length:
            return
        shown = self.lines.since(mark).strip()
        match = _LOOKS_LIKE_HOST.match(shown[:_LINK_LENGTH])
        claimed = match[1].lower() if match else ""
        if claimed and target != claimed and "@" not in target:
            self._warn(f"a link shows {claimed} but leads to {target}")
        if target not in {claimed, shown.lower()}:
            self.lines.add_to_last(f" <{target}>")

    def _warn(self, words: str) -> None:
        if words not in self.warnings and len(self.warnings) < 10:  # noqa: PLR2004 - enough to make one careful
            self.warnings.append(words)


def _hidden(attributes: dict[str, str | None]) -> bool:
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style = (attributes.get("style") or "")[:_STYLE_LENGTH]
    if not style:
        return False
    if _HIDING.search(style) or (_NO_SIZE.search(style) and _CLIPPED.search(style)):
        return True
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(colour and background and _colour(colour[1]) == _colour(background[1]))


def _colour(value: str) -> str:
    plain = value.strip().lower()
    plain = {"white": "#ffffff", "black": "#000000"}.get(plain, plain)
    return _SHORT_HEX.sub(r"#\1\1\2\2\3\3", plain)


def _target(href: str) -> str:
    """Where a link leads, as people should see it: the host, or the address of a mailto; "" for anything else."""
    link = "".join(href.split())
    scheme, _, rest = link.partition(":")
    if scheme.lower() == "mailto":
        return unquote(rest.partition("?")[0]).lower()
    if scheme.lower() not in {"http", "https"} and not link.startswith("//"):
        return ""
    try:
        return (urlsplit(link).hostname or "").lower()
    except ValueError:
        return "an unreadable address"
