"""Invented people: names as they are written in their country, and how their mail addresses spell them.

``native|latin`` where the script is not Latin; ``male/female`` where family names differ. Phone numbers are of the
ranges that regulators keep for fiction, where there are some.
"""

# ruff: noqa: E501 - texts and lists of names have the lines they have

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oms_tui.demo.places import COUNTRIES, digits_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_MEN: Final[Mapping[str, str]] = {
    "DE": """Jan Lukas Jonas Felix Paul Max Leon Finn Elias Ben Moritz Tim Niklas Julian Simon Tobias Sebastian Stefan
        Thomas Andreas Michael Markus Matthias Jürgen Klaus Bernd Uwe Holger Dieter Günther Karl-Heinz Björn Sönke Malte
        Emre Milan Dariusz Henrik Oskar Anton Ludwig Konrad Friedrich Georg""",
    "PL": """Jan Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Jakub Adam Łukasz Marek Grzegorz Mateusz Wojciech
        Mariusz Dariusz Zbigniew Jerzy Maciej Kamil Bartosz Szymon Kacper Filip Stanisław Rafał Sławomir""",
    "FR": """Pierre Jean Louis Lucas Hugo Nathan Gabriel Léo Raphaël Arthur Jules Antoine Nicolas Julien Mathieu Thomas
        Alexandre Maxime Guillaume Benoît François Étienne Rémi Cédric Jean-Baptiste Yann Loïc Olivier Théo""",
    "ES": """Alejandro Pablo Daniel Hugo Álvaro Adrián David Javier Sergio Carlos Miguel Antonio Manuel José Francisco
        Luis Jorge Raúl Rubén Íñigo Joaquín Andrés Diego Víctor Óscar Iván""",
    "IT": """Francesco Alessandro Lorenzo Mattia Leonardo Andrea Gabriele Riccardo Davide Marco Luca Matteo Giuseppe
        Antonio Giovanni Roberto Stefano Paolo Simone Federico Nicolò Emanuele Pietro Edoardo""",
    "SE": """Erik Lars Karl Anders Johan Per Nils Oskar Gustav Axel Elias Hugo Viktor Björn Åke Göran Mikael Magnus
        Henrik Fredrik Sven Olle Måns Jörgen""",
    "NL": """Daan Sem Lucas Levi Finn Bram Jesse Thijs Lars Ruben Jeroen Maarten Pieter Willem Joost Sjoerd Koen Wouter
        Bas Hendrik Gijs Tijmen""",
    "TR": """Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim Murat Ömer Yusuf Emre Burak Can Deniz Kerem Oğuz Çağlar
        Serkan Tolga Volkan""",
    "GR": """Γιώργος|Giorgos Δημήτρης|Dimitris Νίκος|Nikos Κώστας|Kostas Γιάννης|Giannis Παναγιώτης|Panagiotis
        Βασίλης|Vasilis Χρήστος|Christos Θανάσης|Thanasis Μιχάλης|Michalis Στέλιος|Stelios Αλέξανδρος|Alexandros
        Πέτρος|Petros Σπύρος|Spyros""",
    "UA": """Олександр|Oleksandr Андрій|Andrii Сергій|Serhii Володимир|Volodymyr Дмитро|Dmytro Микола|Mykola
        Іван|Ivan Максим|Maksym Богдан|Bohdan Тарас|Taras Юрій|Yurii Олег|Oleh Ярослав|Yaroslav Роман|Roman""",
    "JP": """翔太|Shota 健太|Kenta 大輔|Daisuke 拓也|Takuya 直樹|Naoki 和也|Kazuya 浩|Hiroshi 誠|Makoto 悠斗|Yuto
        蓮|Ren 湊|Minato 隆|Takashi 修|Osamu 亮|Ryo""",
    "IN": """Aarav Vivaan Aditya Arjun Rohan Rahul Amit Sanjay Vikram Karthik Suresh Rajesh Anil Nikhil Pranav Imran
        Harish Manoj Deepak Siddharth Varun Gaurav""",
    "US": """James Michael Robert David William Daniel Matthew Anthony Christopher Andrew Joshua Ethan Jacob Tyler
        Brandon Marcus Darnell Carlos José Kevin Brian Scott Gregory Wei Raj Omar Isaac Nathaniel""",
    "GB": """Oliver George Harry Jack Arthur Alfie Freddie Thomas William Callum Rhys Ewan Angus Gareth Declan Graham
        Nigel Stuart Imran Kwame Mohammed Rupert Alastair Dylan""",
}
_WOMEN: Final[Mapping[str, str]] = {
    "DE": """Anna Lea Marie Sophie Emma Mia Hannah Lena Laura Julia Katharina Sarah Lisa Nina Johanna Clara Charlotte
        Greta Frieda Sabine Petra Monika Claudia Susanne Heike Birgit Ute Ingrid Renate Aylin Magdalena Franziska
        Wiebke Antje Silke Käthe Ines Theresa Paula""",
    "PL": """Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Joanna Aleksandra Zofia Zuzanna
        Julia Natalia Monika Dorota Beata Elżbieta Grażyna Łucja Weronika Karolina Iwona Paulina""",
    "FR": """Marie Camille Léa Manon Chloé Emma Inès Jade Louise Alice Juliette Margaux Sophie Isabelle Nathalie Hélène
        Aurélie Céline Élodie Anaïs Noémie Océane Zoé Brigitte Françoise Amélie""",
    "ES": """María Lucía Paula Carmen Ana Laura Marta Elena Cristina Isabel Sofía Martina Valeria Alba Noelia Rocío
        Inés Begoña Núria Pilar Ángela Mónica Verónica Aitana""",
    "IT": """Giulia Sofia Aurora Martina Chiara Francesca Sara Alessia Elisa Federica Valentina Silvia Elena Paola
        Giorgia Beatrice Ilaria Caterina Lucia Rosaria Noemi Ludovica""",
    "SE": """Anna Maria Elsa Alice Maja Ebba Astrid Linnéa Ingrid Karin Kristina Åsa Malin Sara Emma Lovisa Birgitta
        Gunilla Märta Elin Sofia Ylva""",
    "NL": """Emma Julia Sophie Lotte Fleur Sanne Anouk Femke Marieke Saskia Ingrid Wilma Annelies Noor Tess Roos Evi
        Hanneke Liesbeth Maartje""",
    "TR": """Ayşe Fatma Zeynep Elif Emine Hatice Merve Büşra Esra Ebru Gül Şeyma Çiğdem Özlem Defne İrem Nur Selin
        Derya Pınar""",
    "GR": """Μαρία|Maria Ελένη|Eleni Κατερίνα|Katerina Βασιλική|Vasiliki Σοφία|Sofia Αγγελική|Angeliki
        Γεωργία|Georgia Δήμητρα|Dimitra Ιωάννα|Ioanna Αναστασία|Anastasia Χριστίνα|Christina Ειρήνη|Eirini Ζωή|Zoi""",
    "UA": """Олена|Olena Наталія|Nataliia Ірина|Iryna Тетяна|Tetiana Світлана|Svitlana Юлія|Yuliia Оксана|Oksana
        Катерина|Kateryna Марія|Mariia Анна|Anna Дарина|Daryna Софія|Sofiia Людмила|Liudmyla Галина|Halyna""",
    "JP": """花子|Hanako 美咲|Misaki 陽菜|Hina 結衣|Yui 葵|Aoi さくら|Sakura 由美|Yumi 恵子|Keiko 真由美|Mayumi
        愛|Ai 優子|Yuko 凛|Rin 千尋|Chihiro 明日香|Asuka""",
    "IN": """Ananya Priya Kavya Aishwarya Neha Pooja Divya Lakshmi Meera Sneha Riya Shreya Fatima Sunita Anjali Nisha
        Radhika Swati Ishita Tanvi""",
    "US": """Mary Jennifer Linda Jessica Sarah Ashley Emily Amanda Melissa Nicole Olivia Abigail Madison Latoya Keisha
        Maria Guadalupe Mei Priya Samantha Rebecca Heather Danielle Harper Chloe Brooke""",
    "GB": """Olivia Amelia Isla Ava Charlotte Poppy Freya Florence Niamh Siobhan Bronwyn Catriona Fiona Gemma Hannah
        Harriet Imogen Zara Aisha Beatrice Eleanor Rosalind Megan""",
}
_FAMILIES: Final[Mapping[str, str]] = {
    "DE": """Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein
        Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier
        Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert
        Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig
        Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Brandt Haas Schreiber Graf
        Yılmaz Nowak Petersen Thomsen Bruns Kowalski Öztürk Strauß Weißmann Rüdiger""",
    "PL": """Nowak Kowalski/Kowalska Wiśniewski/Wiśniewska Wójcik Kowalczyk Kamiński/Kamińska Lewandowski/Lewandowska
        Zieliński/Zielińska Szymański/Szymańska Woźniak Dąbrowski/Dąbrowska Kozłowski/Kozłowska Jankowski/Jankowska Mazur
        Kwiatkowski/Kwiatkowska Krawczyk Kaczmarek Piotrowski/Piotrowska Grabowski/Grabowska Zając Pawłowski/Pawłowska
        Michalski/Michalska Król Wieczorek Jabłoński/Jabłońska Wróbel Nowicki/Nowicka Majewski/Majewska Stępień
        Malinowski/Malinowska Adamczyk Dudek Górski/Górska Sikora Walczak Rutkowski/Rutkowska Baran Pietrzak Kowal""",
    "FR": """Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia
        David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont Lambert Bonnet François Martinez
        Legrand Garnier Faure Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier
        Dumont Lopez Fontaine Chevalier Robin Le_Goff Benali""",
    "ES": """García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz
        Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Gil Serrano Blanco Molina
        Ortega Delgado Castro Ortiz Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés Peña Ibáñez Etxeberria Puig""",
    "IT": """Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Mancini
        Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone
        Longo Gentile Martinelli Vitale Serra D'Angelo D'Amico Pellegrini Palumbo Sanna Farina Grasso""",
    "SE": """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson
        Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist Lundgren Berg Axelsson
        Bergström Lundberg Lund Sjöberg Åkesson Nyström Öberg Holmgren Dahl Ek Wallin""",
    "NL": """de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Janssen Smit Meijer de_Boer Mulder de_Groot Bos
        Vos Peters Hendriks van_Leeuwen Dekker Brouwer de_Wit Dijkstra Smits de_Graaf van_der_Meer van_der_Linden Kok
        Jacobs Vermeulen van_den_Heuvel Schouten Hoekstra Willems""",
    "TR": """Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç
        Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Güneş Aksoy Tekin Bulut Ünal Taş""",
    "GR": """Παπαδόπουλος|Papadopoulos/Παπαδοπούλου|Papadopoulou Παπαδάκης|Papadakis/Παπαδάκη|Papadaki
        Γεωργίου|Georgiou Δημητρίου|Dimitriou Νικολάου|Nikolaou Οικονόμου|Oikonomou Κωνσταντίνου|Konstantinou
        Βασιλείου|Vasileiou Αντωνίου|Antoniou Μακρής|Makris/Μακρή|Makri Καραγιάννης|Karagiannis/Καραγιάννη|Karagianni
        Αλεξίου|Alexiou Σταματίου|Stamatiou Ζαχαρίου|Zachariou Λάμπρου|Lamprou Ιωαννίδης|Ioannidis/Ιωαννίδου|Ioannidou""",
    "UA": """Шевченко|Shevchenko Коваленко|Kovalenko Бондаренко|Bondarenko Ткаченко|Tkachenko Кравченко|Kravchenko
        Олійник|Oliinyk Шевчук|Shevchuk Поліщук|Polishchuk Бойко|Boiko Мельник|Melnyk Лисенко|Lysenko Марченко|Marchenko
        Савченко|Savchenko Руденко|Rudenko Петренко|Petrenko Мороз|Moroz Левченко|Levchenko Гончаренко|Honcharenko
        Гриценко|Hrytsenko Клименко|Klymenko Павленко|Pavlenko Романюк|Romaniuk""",
    "JP": """佐藤|Sato 鈴木|Suzuki 高橋|Takahashi 田中|Tanaka 伊藤|Ito 渡辺|Watanabe 山本|Yamamoto 中村|Nakamura
        小林|Kobayashi 加藤|Kato 吉田|Yoshida 山田|Yamada 佐々木|Sasaki 山口|Yamaguchi 松本|Matsumoto 井上|Inoue
        木村|Kimura 林|Hayashi 斎藤|Saito 清水|Shimizu 森|Mori 池田|Ikeda 橋本|Hashimoto 石川|Ishikawa""",
    "IN": """Sharma Verma Gupta Singh Kumar Patel Shah Mehta Iyer Nair Menon Reddy Rao Naidu Das Banerjee Mukherjee
        Chatterjee Ghosh Joshi Kulkarni Deshpande Desai Khan Ansari Pillai Bhat Agarwal Mishra Tiwari Yadav Kaur""",
    "US": """Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson
        Thomas Taylor Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright
        Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Kim Patel
        O'Brien Washington Freeman Chen Kowalczyk Schroeder""",
    "GB": """Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White
        Roberts Green Hall Wood Clarke Jackson Turner Hill Cooper Ward Morris Moore Clark Lee King Baker Harrison Morgan
        Allen James Scott Phillips Watson Davis Parker Bennett Price Griffiths MacDonald Campbell Stewart O'Connor Khan
        Ahmed Okafor Fraser Sinclair""",
}
_COMPANY_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "DE": (
        "Hotel {0}",
        "Café {0}",
        "{0} Architekten GmbH",
        "{0} & Söhne KG",
        "Praxis Dr. {0}",
        "Einrichtungshaus {0} GmbH",
    ),
    "PL": ("Hotel {0}", "{0} Wnętrza Sp. z o.o.", "Kawiarnia {0}", "Biuro Projektowe {0}"),
    "FR": ("Hôtel {0}", "Atelier {0} SARL", "Maison {0}", "{0} Décoration SAS"),
    "ES": ("Hotel {0}", "Estudio {0} S.L.", "Restaurante {0}", "{0} Interiorismo S.L."),
    "IT": ("Albergo {0}", "Studio {0} S.r.l.", "Ristorante {0}", "Arredamenti {0} S.r.l."),
    "SE": ("{0} Inredning AB", "Hotell {0}", "{0} Arkitekter AB"),
    "NL": ("{0} Interieur B.V.", "Hotel {0}", "Brasserie {0}"),
    "TR": ("{0} Mobilya Ltd. Şti.", "{0} Mimarlık", "Otel {0}"),
    "GB": ("The {0} Inn", "{0} & Co Interiors Ltd", "{0} Design Studio Ltd", "Hotel {0}"),
    "US": ("{0} Design LLC", "{0} Interiors Inc.", "The {0} House", "{0} & Partners"),
}
_MAIL_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "DE": ("web-mail.example", "posteo.example", "mailbox.example", "gmx.example", "mail.example"),
    "PL": ("poczta.example", "wp-mail.example", "onet.example", "mail.example"),
    "FR": ("orange.example", "laposte.example", "free.example", "mail.example"),
    "ES": ("correo.example", "telefonica.example", "mail.example"),
    "IT": ("libero.example", "posta.example", "mail.example"),
    "SE": ("telia.example", "mail.example"),
    "NL": ("ziggo.example", "kpn.example", "mail.example"),
    "JP": ("docomo.example", "mail.example"),
    "UA": ("ukr-mail.example", "mail.example"),
}
_OTHER_HOSTS: Final = ("mail.example", "inbox.example", "post.example", "letters.example")
_ASCII: Final = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ß": "ss",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "o",
        "ı": "i",
        "İ": "I",
        "đ": "d",
        "'": "",
        "_": "",
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who orders. ``latin`` is the name as a mail program or a carrier writes it."""

    first: str
    last: str
    latin: str
    country: str
    email: str
    phone: str
    company: str = ""
    woman: bool = False

    @property
    def name(self) -> str:
        """As it is written in their country."""
        return f"{self.last} {self.first}" if self.country == "JP" else f"{self.first} {self.last}"


def person(chance: Random, country: str, *, number: int, business: bool = False) -> Person:
    """Somebody from ``country``; the same chance gives the same person. ``number`` keeps mail addresses apart."""
    woman = chance.random() < 0.52
    first, first_latin = _pair(chance.choice(_FIRST[country][woman]))
    family = chance.choice(_LAST[country])
    last, last_latin = _pair(family.partition("/")[2] or family if woman else family.partition("/")[0])
    latin = f"{first_latin} {last_latin}"
    company = ""
    if business:
        patterns = _COMPANY_WORDS.get(country, _COMPANY_WORDS["GB"])
        company = chance.choice(patterns).format(last_latin if chance.random() < 0.6 else chance.choice(_HOUSES))
    email = _email(chance, (first_latin, last_latin), country, number, company)
    return Person(first, last, latin, country, email, _phone(chance, country), company, woman)


_HOUSES: Final = (
    "Linde",
    "Aurora",
    "Stella",
    "Bellevue",
    "Seeblick",
    "Laterna",
    "Luna",
    "Solaris",
    "Panorama",
    "Central",
    "Arcadia",
    "Nova",
    "Olympia",
    "Kastanie",
    "Alhambra",
    "Metropol",
    "Riviera",
    "Belmont",
    "Astoria",
    "Miramar",
    "Terminus",
)


def _email(chance: Random, names: tuple[str, str], country: str, number: int, company: str) -> str:
    one, two = map(ascii_name, names)
    if company:
        host = "-".join(word for word in (ascii_name(part) for part in company.split()) if word)[:40].strip("-")
        box = chance.choice((f"{one[:1]}.{two}", one, "einkauf" if country == "DE" else "office", f"{one}.{two}"))
        return f"{box}@{host}.example"
    host = chance.choice(_MAIL_HOSTS.get(country, _OTHER_HOSTS))
    tail = "" if number < 400 else str(number % 1000)
    form = chance.randrange(5)
    local = (f"{one}.{two}", f"{one}{two[:1]}", f"{one[:1]}.{two}", f"{two}.{one}", f"{one}_{two}")[form]
    return f"{local}{tail or (number % 90 + 10 if form in {1, 2} else '')}@{host}"


@lru_cache(maxsize=8192)
def ascii_name(text: str) -> str:
    """A name as addresses spell it."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_ASCII))
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def _phone(chance: Random, country: str) -> str:
    """A number of the country; "x" of its pattern are digits."""
    return digits_in(chance, chance.choice(COUNTRIES[country].phones))


def _pair(word: str) -> tuple[str, str]:
    native, _, latin = word.replace("_", " ").partition("|")
    return native, latin or native


_FIRST: Final = {country: (tuple(_MEN[country].split()), tuple(_WOMEN[country].split())) for country in _MEN}
_LAST: Final = {country: tuple(words.split()) for country, words in _FAMILIES.items()}
