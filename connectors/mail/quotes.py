"""Which lines of a mail repeat an earlier one. They are folded on the screen, never cut.

No heuristic is right in more than about half of real replies, so the one that loses least of the customer's words is taken,
and a mail that would be folded whole is not folded at all. Every rule looks at a line and at most a few after it: the time is
linear, where regular expressions over the whole text take seconds on lines made for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_ATTRIBUTION_LINES = 4  # "On Monday, … \n Support <…> \n wrote:" is wrapped by some programs
_HEADER_LINES = 8
_LINE_READ = 400  # characters of a line that are looked at
_KNOWN_LENGTH = 20  # a line of our own mail must be this long to be recognised: "Hello," proves nothing
_HEADERS_NEEDED = 3

_MARKED = re.compile(r"[ \t]{0,3}(?:>|\|(?=\s))")
_OPENER = re.compile(
    r"[ \t]*[*_>«]{0,2}(?:on|am|at|le|el|il|em|op|den|dne|dnia|w dniu|på|kl|ons|man|tir|tor|fre|lør|lör|søn|sön|mån|tis|na|a\(z\)|"
    r"mnamo|pada|vào|ngày|в|пн|вт|ср|чт|пт|сб|вс|em|ma|ti|ke|to|pe|la|su|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{4}年|\d{1,2}\s\w+\s\d{4}|"
    r"mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|geschrieben|a\s[ée]crit|escribi[óo]|ha\sscritto|scrisse|schreef|geschreven|escreveu|skrev|"
    r"napisa[łl]|napisał\(a\)|napsala?|napísal|kirjoitti|írta|a\sscris|написала?|пишет|пише|написав|έγραψε|yazdı|đã\sviết|escrigué|"
    r"va\sescriure|idatzi\sdu)\b|写道|書きました|のメッセージ|님이\s작성|写了|寫道",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{1,4}[-./年: ]|@|\d{4}")
_DIVIDER = re.compile(
    r"[ \t]*[-_=*]{2,}[ \t]*(?:original message|original appointment|forwarded message|forwarded by .*|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|originalnachricht|message d'origine|message original|message transféré|mensaje original|mensaje reenviado|"
    r"messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|mensagem original|mensagem encaminhada|"
    r"ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|"
    r"eredeti üzenet|исходное сообщение|пересылаемое сообщение|reply message|原始邮件|原始郵件)[ \t]*[-_=*]{0,}[ \t]*:?[ \t]*\Z"
    r"|[ \t]*(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|inizio messaggio inoltrato)[ \t]*:",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]*[-_—]{5,}[ \t]*\Z")
_HEADER = re.compile(
    r"[ \t]*[*_]{0,2}(?:(?P<from>from|von|de|da|van|från|fra|lähettäjä|od|feladó|от|发件人|寄件者|差出人|보낸 사람)|"
    r"(?P<sent>sent|date|gesendet|datum|envoyé|date|enviado|enviado el|inviato|data|verzonden|fecha|skickat|sendt|dato|lähetetty|wysłano|odesláno|"
    r"отправлено|дата|发送时间|日期|送信日時)|"
    r"(?P<other>to|cc|an|à|para|a|aan|till|til|kopi|kopia|do|komu|vastaanottaja|кому|копия|subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|"
    r"emne|aihe|temat|předmět|tárgy|тема|主题|主旨|件名|收件人))[*_]{0,2}\s?[:：][*_]{0,2}",
    re.IGNORECASE,
)


def quoted_ranges(text: str, *, marker: str = "", known: Collection[str] = ()) -> tuple[tuple[int, int], ...]:
    """Line ranges ``[first, last)`` of ``text`` (split at ``\\n``) that quote earlier mail, in order.

    Args:
        text: the mail's text.
        marker: a line of our own that stands above everything we quoted; where it is found, the rest is quote.
        known: texts we sent earlier in this conversation; their longer lines are recognised even without a ``>``.
    """
    lines = [line[:_LINE_READ] for line in text.split("\n")]
    quoted = [bool(_MARKED.match(line)) for line in lines]
    ours = {_bare(line) for sent in known for line in sent.split("\n") if len(_bare(line)) >= _KNOWN_LENGTH}
    for number, line in enumerate(lines):
        if marker and marker in line:
            quoted[number:] = [True] * (len(lines) - number)
            break
        if ours and _bare(line) in ours:
            quoted[number] = True
        if quoted[number]:
            continue
        if (_DIVIDER.match(line) and not _is_signature_rule(line)) or _starts_header(lines, number):
            quoted[number:] = [True] * (len(lines) - number)
            break
        length = _attribution(lines, number)
        if not length:
            continue
        follows = _next_text(lines, number + length)
        if follows is None or not quoted[follows]:
            quoted[number:] = [True] * (len(lines) - number)
            break
        quoted[number:follows] = [True] * (follows - number)
    return _ranges(lines, quoted)


def _bare(line: str) -> str:
    return " ".join(line.lstrip("> \t|").split())


def _is_signature_rule(line: str) -> bool:
    return line.rstrip() in {"--", "-- "}


def _attribution(lines: list[str], number: int) -> int:
    """How many lines from ``number`` on say who wrote what follows and when; 0 if they do not."""
    if not _OPENER.match(lines[number]):
        return 0
    joined = ""
    for length, line in enumerate(lines[number : number + _ATTRIBUTION_LINES], 1):
        if not line.strip() or (length > 1 and _MARKED.match(line)):
            return 0
        joined = f"{joined} {line.strip()}"
        if line.rstrip().endswith((":", "：", ":*", ": *", ":_")):
            return length if _VERB.search(joined) and _DATED.search(joined) else 0
    return 0


def _starts_header(lines: list[str], number: int) -> bool:
    """Whether the block of From, Sent, To, Subject that Outlook puts above what it quotes starts here."""
    first = number + 1 if _RULE.match(lines[number]) else number
    if first >= len(lines):
        return False
    opening = _HEADER.match(lines[first])
    if not opening or not (opening["from"] or opening["sent"]):
        return False
    kinds: set[str] = set()
    count = 0
    for line in lines[first : first + _HEADER_LINES]:
        if match := _HEADER.match(line):
            kinds.add(match.lastgroup or "")
            count += 1
    return count >= _HEADERS_NEEDED and {"from", "sent"} <= kinds


def _next_text(lines: list[str], number: int) -> int | None:
    return next((place for place in range(number, min(number + 4, len(lines))) if lines[place].strip()), None)


def _ranges(lines: list[str], quoted: list[bool]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    start = end = -1
    said = False
    for number, line in enumerate(lines):
        if quoted[number]:
            start = number if start < 0 else start
            end = number + 1
        elif line.strip():
            said = True
            if start >= 0:
                found.append((start, end))
            start = -1
    if start >= 0:
        found.append((start, end))
    return tuple(found) if said else ()
