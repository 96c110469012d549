# ruff: noqa: RUF001 - words of many alphabets, and some of their letters look like Latin ones
"""How mail programs say, in the languages of their users, that what follows is an earlier mail. Regular expressions."""

from __future__ import annotations


def _alternatives(words: str) -> str:
    return "|".join(" ".join(word.split()) for word in words.split(","))


# How "On Mon, 2 March 2026 … wrote:" begins.
OPENERS = _alternatives(
    """
    on, am, at, le, el, il, em, op, den, dne, dnia, w dniu, på, kl, ons, man, tir, tor, fre, lør, lör, søn, sön,
    mån, tis, na, mnamo, pada, vào, ngày, в, пн, вт, ср, чт, пт, сб, вс, ma, ti, ke, to, pe, la, su, mon, tue,
    wed, thu, fri, sat, sun, mo, di, mi, do, fr, sa, so
    """
)
# How it ends, in languages that have spaces between words.
VERBS = _alternatives(
    """
    wrote, writes, pisze, schrieb, schrieben, geschrieben, a [ée]crit, escribi[óo], ha scritto, scrisse, schreef,
    geschreven, escreveu, skrev, napisa[łl], napsala?, napísal, kirjoitti, írta, a scris, написала?, пишет,
    пише, έγραψε, yazdı, đã viết, escrigué, va escriure, idatzi du
    """
)
# The same in those that have none.
VERBS_WITHOUT_SPACES = "写道|書きました|のメッセージ|님이 작성|写了|寫道"
# What stands between dashes above a mail that is repeated or passed on.
TITLES = _alternatives(
    """
    original message, original appointment, forwarded message, reply message, ursprüngliche nachricht,
    originalnachricht, weitergeleitete nachricht, message d'origine, message original, message transféré,
    mensaje original, mensaje reenviado, messaggio originale, messaggio inoltrato, oorspronkelijk bericht,
    doorgestuurd bericht, mensagem original, mensagem encaminhada, ursprungligt meddelande, oprindelig
    meddelelse, opprinnelig melding, alkuperäinen viesti, wiadomość oryginalna, původní zpráva, eredeti üzenet,
    исходное сообщение, пересылаемое сообщение, 原始邮件, 原始郵件
    """
)
# The same without dashes.
FORWARDS = _alternatives(
    """
    begin forwarded message, anfang der weitergeleiteten nachricht, début du message réexpédié, inizio messaggio
    inoltrato
    """
)
# The header lines Outlook puts above what it repeats.
FROM = _alternatives(
    """
    from, von, de, da, van, från, fra, lähettäjä, od, feladó, от, 发件人, 寄件者, 差出人
    """
)
SENT = _alternatives(
    """
    sent, date, gesendet, datum, envoyé, enviado, enviado el, inviato, data, verzonden, fecha, skickat, sendt,
    dato, lähetetty, wysłano, odesláno, отправлено, дата, 发送时间, 日期, 送信日時
    """
)
OTHER = _alternatives(
    """
    to, cc, an, à, para, a, aan, till, til, kopi, kopia, komu, vastaanottaja, кому, копия, subject, betreff,
    objet, asunto, oggetto, onderwerp, assunto, ämne, emne, aihe, temat, předmět, tárgy, тема, 主题, 主旨, 件名, 收件人
    """
)
