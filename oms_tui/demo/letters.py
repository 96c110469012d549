"""What customers write and what the desk answers, by occasion and language; several ways to say each.

The first line is the subject. ``{…}`` are facts of the order. ``{hello}`` and ``{bye}`` are the writer's own.
"""

# ruff: noqa: E501 - texts and lists of names have the lines they have

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Letters = dict[str, tuple[str, ...]]

CUSTOMERS: Final[Mapping[str, Letters]] = {
    "where": {
        "en": (
            "Where is my parcel?\n{hello}\n\nI ordered {product} from you (order {number}) and it should have been here on {promised}. The tracking has not moved for days. Could you find out where it is?\n\n{bye}",
            'Order {number} still not here\n{hello}\n\norder {number} was promised for {promised}. Nothing has arrived and the {carrier} page only says "in transit". When can I expect it?\n\n{bye}',
            "delivery??\nHi, any news on order #{number}? I took a day off for the delivery and nobody came. I need the {product} before the weekend.\n\n{bye}",
            "Question about my delivery\n{hello}\n\ncould you please let me know when my {product} will arrive? The order number is {number}.\n\nMany thanks\n{bye}",
            "#{number}\nStill waiting. Second time I write. Where is it?\n\n{bye}",
        ),
        "de": (
            "Wo bleibt meine Bestellung {number}?\n{hello}\n\nmeine Bestellung {number} ({product}) sollte am {promised} ankommen. Die Sendungsverfolgung zeigt seit Tagen dasselbe an. Können Sie bitte nachforschen?\n\n{bye}",
            "Bestellung {number} – Lieferstatus\n{hello}\n\nkönnen Sie mir sagen, wann mein Paket kommt? Sendungsnummer {tracking} ({carrier}).\n\n{bye}",
            "Paket nicht angekommen\nHallo zusammen,\n\nich warte jetzt seit einer Woche auf {product}. Laut Bestätigung wäre der {promised} der Liefertermin gewesen. Bestellnummer {number}. Was ist da los?\n\n{bye}",
            "Nachfrage zu Auftrag {number}\n{hello}\n\nhaben Sie schon etwas von {carrier} gehört? Wir brauchen die Ware dringend, am Wochenende ist Einweihung.\n\n{bye}",
        ),
        "pl": (
            "Gdzie jest moje zamówienie {number}?\n{hello}\n\nzamówienie {number} miało dotrzeć {promised}, a paczki nadal nie ma. Numer przesyłki: {tracking}. Proszę o informację.\n\n{bye}",
            "Zamówienie {number} - brak dostawy\n{hello}\n\nczy wiadomo, kiedy dostanę paczkę ({product})? Śledzenie nie zmienia się od kilku dni.\n\n{bye}",
        ),
        "fr": (
            "Où est ma commande {number} ?\n{hello}\n\nJ'ai commandé {product} et la livraison était prévue pour le {promised}. Toujours rien, et le suivi n'avance plus. Pouvez-vous vérifier auprès du transporteur ?\n\n{bye}",
            "Commande {number} - retard\n{hello}\n\npourriez-vous me dire quand je recevrai mon colis (suivi {tracking}) ?\n\nMerci d'avance\n{bye}",
        ),
        "es": (
            "Pedido {number}: ¿dónde está?\n{hello}\n\nmi pedido {number} tenía que llegar el {promised} y todavía no he recibido nada. ¿Me pueden decir qué ha pasado?\n\n{bye}",
        ),
        "it": (
            "Ordine {number} non arrivato\n{hello}\n\nl'ordine {number} doveva arrivare il {promised}. Il tracking {tracking} è fermo da giorni. Potete controllare?\n\n{bye}",
        ),
    },
    "broken": {
        "en": (
            "Arrived broken - order {number}\n{hello}\n\nthe parcel came today, but the {product} is broken: the glass has a crack all the way round. I attach a photo. Please send a new one.\n\n{bye}",
            "Damaged lamp\nHi there,\n\nunpacked my {product} an hour ago and the base is dented and the glass is in pieces (see picture). Order {number}. What do we do now?\n\n{bye}",
        ),
        "de": (
            "{product} beschädigt angekommen\n{hello}\n\nheute kam das Paket zur Bestellung {number}. Leider ist {product} zerbrochen, der Karton war an einer Ecke eingedrückt. Foto anbei. Ich hätte gern Ersatz.\n\n{bye}",
            "Transportschaden Bestellung {number}\n{hello}\n\nanbei ein Foto: so kam die Ware an. Bitte um Ersatz oder Rückerstattung.\n\n{bye}",
        ),
        "pl": (
            "Uszkodzona przesyłka, zamówienie {number}\n{hello}\n\npaczka dotarła, ale {product} jest pęknięta. Załączam zdjęcie. Proszę o wymianę.\n\n{bye}",
        ),
        "fr": (
            "Article cassé, commande {number}\n{hello}\n\nle colis est arrivé ce matin mais {product} est cassé (photo jointe). Je voudrais un remplacement.\n\n{bye}",
        ),
    },
    "wrong": {
        "en": (
            "Wrong item in order {number}\n{hello}\n\nI ordered {product}, but in the box there was a white one. The delivery note says the right thing. Can you send the right one and tell me what to do with the other?\n\n{bye}",
        ),
        "de": (
            "Falscher Artikel geliefert (Bestellung {number})\n{hello}\n\nbestellt hatte ich {product}, im Karton war etwas ganz anderes. Wie tauschen wir das?\n\n{bye}",
        ),
        "fr": (
            "Mauvais article reçu\n{hello}\n\ncommande {number} : ce n'est pas {product} que j'ai reçu, mais un autre modèle. Comment fait-on pour l'échange ?\n\n{bye}",
        ),
    },
    "missing": {
        "en": (
            "Marked as delivered, but I have nothing\n{hello}\n\nyour mail says order {number} was delivered. I was at home all day and my neighbours have nothing either. Tracking {tracking}. Where was it left?\n\n{bye}",
        ),
        "de": (
            "Angeblich zugestellt – Bestellung {number}\n{hello}\n\nlaut {carrier} wurde das Paket ({tracking}) abgegeben. Hier ist aber nichts angekommen, auch nicht bei den Nachbarn. Bitte klären.\n\n{bye}",
        ),
        "pl": (
            "Doręczone? Nic nie dostałem - {number}\n{hello}\n\nw śledzeniu jest „doręczona”, ale paczki nie ma ani u mnie, ani u sąsiadów. Proszę o wyjaśnienie.\n\n{bye}",
        ),
    },
    "invoice": {
        "en": (
            "Invoice for order {number}\n{hello}\n\ncould you send me the invoice for order {number} as PDF again? Our bookkeeper cannot find it.\n\n{bye}",
            "VAT number on invoice {invoice}\n{hello}\n\non invoice {invoice} our VAT number is missing. Please issue a corrected one, we cannot pay it like this.\n\n{bye}",
        ),
        "de": (
            "Rechnung {invoice}\n{hello}\n\nbitte senden Sie mir die Rechnung zur Bestellung {number} noch einmal als PDF zu, an die Firmenadresse ausgestellt.\n\n{bye}",
            "Zahlungserinnerung zu {invoice}?\n{hello}\n\nwir haben eine Mahnung zu {invoice} erhalten, unserer Meinung nach ist der Betrag von {total} aber überwiesen. Bitte prüfen.\n\n{bye}",
        ),
        "pl": (
            "Faktura do zamówienia {number}\n{hello}\n\nproszę o fakturę VAT do zamówienia {number} na dane firmy.\n\n{bye}",
        ),
        "fr": (
            "Facture commande {number}\n{hello}\n\npourriez-vous m'envoyer la facture de la commande {number} en PDF ?\n\n{bye}",
        ),
    },
    "address": {
        "en": (
            "Please change the address of order {number}\n{hello}\n\nwe are moving this week. Can you send order {number} to the new place?\n\n{name}\n{new_street}\n{new_city}\n\n{bye}",
        ),
        "de": (
            "Adressänderung Bestellung {number}\n{hello}\n\nich habe aus Versehen die alte Adresse angegeben. Bitte liefern Sie an:\n\n{name}\n{new_street}\n{new_city}\n\n{bye}",
        ),
        "pl": (
            "Zmiana adresu, zamówienie {number}\n{hello}\n\nproszę o wysyłkę na inny adres:\n{name}\n{new_street}\n{new_city}\n\n{bye}",
        ),
    },
    "cancel": {
        "en": (
            "Cancel order {number} please\n{hello}\n\nI found the lamp at a friend's place, so I don't need the {product} any more. Please cancel and refund.\n\n{bye}",
        ),
        "de": (
            "Stornierung Bestellung {number}\n{hello}\n\nbitte stornieren Sie die Bestellung {number}, ich habe mich verklickt. Danke.\n\n{bye}",
        ),
    },
    "refund": {
        "en": (
            "When do I get my money back?\n{hello}\n\norder {number} was cancelled days ago and {total} is still not on my account.\n\n{bye}",
        ),
        "de": (
            "Rückerstattung zu {number}\n{hello}\n\nmeine Bestellung wurde storniert, aber die {total} sind noch nicht zurück. Wann kann ich damit rechnen?\n\n{bye}",
        ),
    },
    "stock": {
        "en": (
            'When will it ship? ({number})\n{hello}\n\nthe shop said "in stock" when I ordered the {product}. Has it left yet? If it takes longer than next week I would rather have another colour.\n\n{bye}',
        ),
        "de": (
            "Wann wird {product} verschickt?\n{hello}\n\nBestellung {number} ist bezahlt, aber noch nicht unterwegs. Ist {product} wieder lieferbar? Den Rest können Sie gern schon schicken.\n\n{bye}",
        ),
        "pl": (
            "Kiedy wysyłka? {number}\n{hello}\n\nzapłaciłam od razu, a zamówienie dalej czeka. Czy {product} jest dostępna?\n\n{bye}",
        ),
    },
    "thanks": {
        "en": (
            "Thank you!\n{hello}\n\njust wanted to say that the {product} is lovely and was here quicker than promised.\n\n{bye}",
        ),
        "de": (
            "Danke!\n{hello}\n\ndie Lampe ist da und sieht großartig aus. Vielen Dank für die schnelle Lieferung.\n\n{bye}",
        ),
        "fr": ("Merci\n{hello}\n\nbien reçu, tout est parfait. Très bel emballage !\n\n{bye}",),
    },
    "return": {
        "en": (
            "Return of order {number}\n{hello}\n\nthe {product} is too large for our table. How do I send it back?\n\n{bye}",
        ),
        "de": (
            "Rücksendung Bestellung {number}\n{hello}\n\n{product} passt farblich leider nicht. Bitte schicken Sie mir ein Rücksendeetikett.\n\n{bye}",
        ),
    },
    "pay": {
        "en": (
            "Payment failed?\n{hello}\n\nmy card was declined when I paid order {number}, although there is money on it. Can I pay another way? I don't want to lose the lamp.\n\n{bye}",
        ),
        "de": (
            "Zahlung Bestellung {number}\n{hello}\n\nich habe {total} am Freitag überwiesen, im Konto steht aber noch „offen“. Ist das Geld angekommen?\n\n{bye}",
        ),
    },
    "still": {
        "en": (
            "{re}\nThank you, but it is still not here. You said you would call the carrier?\n\n{bye}",
            "{re}\nHello?? That was days ago. Please answer, or send me another one.\n\n{bye}",
        ),
        "de": (
            "{re}\nDanke für die Antwort, es ist aber immer noch nichts passiert. Bitte um Rückruf unter {phone}.\n\n{bye}",
            "{re}\nHallo, gibt es etwas Neues? Ich finde das langsam nicht mehr lustig.\n\n{bye}",
        ),
        "pl": ("{re}\nDziękuję, ale paczki dalej nie ma. Proszę o kontakt.\n\n{bye}",),
        "fr": ("{re}\nMerci de votre réponse, mais toujours rien. Que fait-on ?\n\n{bye}",),
    },
    "good": {
        "en": ("{re}\nGreat, thanks for the quick help!\n\n{bye}",),
        "de": ("{re}\nSuper, vielen Dank für die schnelle Hilfe.\n\n{bye}",),
        "pl": ("{re}\nBardzo dziękuję za pomoc!\n\n{bye}",),
        "fr": ("{re}\nParfait, merci beaucoup.\n\n{bye}",),
    },
}
"""What customers write."""

DESK: Final[Mapping[str, Letters]] = {
    "where": {
        "en": (
            "Dear {first},\n\nI am sorry that order {number} is late. {carrier} has had it since {shipped}; we have asked them to look for it and I write again as soon as they answer. You can follow it here: {url}",
            "Dear {first},\n\nthank you for writing. Your parcel ({tracking}) is on its way with {carrier}, the last scan says it should be with you within the next two days.",
        ),
        "de": (
            "Guten Tag {name},\n\nes tut mir leid, dass sich Bestellung {number} verspätet. Ich habe bei {carrier} einen Nachforschungsauftrag gestellt und melde mich, sobald ich etwas weiß. Verfolgen können Sie das Paket hier: {url}",
            "Guten Tag {name},\n\ndas Paket {tracking} ist unterwegs und sollte in den nächsten zwei Tagen bei Ihnen sein.",
        ),
        "pl": (
            "Dzień dobry,\n\nprzepraszamy za opóźnienie. Zapytaliśmy przewoźnika ({carrier}) o przesyłkę {tracking} i damy znać, gdy tylko odpowie.",
        ),
        "fr": (
            "Bonjour,\n\nnous sommes désolés de ce retard. Nous avons demandé une recherche à {carrier} pour le colis {tracking} et revenons vers vous dès que possible.",
        ),
    },
    "broken": {
        "en": (
            "Dear {first},\n\nI am sorry! Thank you for the photo. A new one leaves tomorrow, and there is no need to send the broken one back.",
        ),
        "de": (
            "Guten Tag {name},\n\ndas tut mir leid, vielen Dank für das Foto. Der Ersatz geht morgen raus, das beschädigte Stück brauchen Sie nicht zurückzusenden.",
        ),
    },
    "invoice": {
        "en": (
            "Dear {first},\n\nplease find the invoice in your account under order {number}; I have also sent it to your bookkeeping address.",
        ),
        "de": ("Guten Tag {name},\n\ndie Rechnung {invoice} geht Ihnen mit getrennter Post noch einmal zu.",),
    },
    "address": {
        "en": ("Dear {first},\n\ndone: order {number} goes to the new address.",),
        "de": ("Guten Tag {name},\n\nerledigt, Bestellung {number} geht an die neue Adresse.",),
    },
    "any": {
        "en": (
            "Dear {first},\n\nthank you for your message about order {number}. I am looking into it and come back to you today.",
        ),
        "de": (
            "Guten Tag {name},\n\nvielen Dank für Ihre Nachricht zu Bestellung {number}. Ich kümmere mich darum und melde mich heute noch.",
        ),
        "pl": (
            "Dzień dobry,\n\ndziękujemy za wiadomość w sprawie zamówienia {number}. Zajmiemy się tym jeszcze dziś.",
        ),
        "fr": (
            "Bonjour,\n\nmerci pour votre message au sujet de la commande {number}. Je m'en occupe et vous réponds aujourd'hui.",
        ),
    },
}
"""What the desk answers; ``any`` where an occasion has no answer of its own."""

HELLO: Final = {
    "en": ("Hello,", "Hi,", "Dear Bright Shop team,", "Good morning,"),
    "de": ("Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Liebes Bright-Shop-Team,"),
    "pl": ("Dzień dobry,", "Witam,"),
    "fr": ("Bonjour,",),
    "es": ("Hola,", "Buenos días,"),
    "it": ("Buongiorno,", "Salve,"),
}
BYE: Final = {
    "en": (
        "Best regards\n{name}",
        "Thanks\n{first}",
        "Kind regards,\n{name}",
        "{first}",
        "{name}\n\nSent from my phone",
    ),
    "de": (
        "Mit freundlichen Grüßen\n{name}",
        "Viele Grüße\n{name}",
        "Gruß\n{first}",
        "Beste Grüße\n{name}\n\nVon meinem iPhone gesendet",
    ),
    "pl": ("Pozdrawiam\n{name}", "Z poważaniem\n{name}"),
    "fr": ("Cordialement\n{name}", "Bien à vous,\n{name}"),
    "es": ("Un saludo\n{name}", "Saludos,\n{name}"),
    "it": ("Cordiali saluti\n{name}", "Grazie\n{name}"),
}
ON_WROTE: Final = {
    "en": "On {date}, {who} wrote:",
    "de": "Am {date} schrieb {who}:",
    "pl": "{date} {who} napisał(a):",
    "fr": "Le {date}, {who} a écrit :",
    "es": "El {date}, {who} escribió:",
    "it": "Il giorno {date} {who} ha scritto:",
}
