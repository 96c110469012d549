"""Where the invented customers live: cities with their postcodes, streets, and how an address is written there."""

# ruff: noqa: E501 - texts and lists of names have the lines they have

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random


@dataclass(frozen=True, slots=True)
class Country:
    """A country the shop sends to.

    Attributes:
        share: of 1,000 orders.
        currency: in which its customers pay.
        days: the promise: days from the order to the door.
        transit: working days a parcel takes, from and to.
        carriers: who brings parcels there, the usual one first.
        phones: patterns; "x" is any digit.
        street: how a line of street and house is written: ``{s}`` street, ``{n}`` house.
        cities: ``city|postcode|region``; "x" in a postcode is any digit.
        streets: names of streets.
        language: of its customers' mails.
    """

    share: int
    currency: str
    days: int
    transit: tuple[int, int]
    carriers: tuple[str, ...]
    phones: tuple[str, ...]
    street: str
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Place:
    """An address without a name."""

    street: str
    postcode: str
    city: str
    region: str
    country: str


def place(chance: Random, country: str) -> Place:
    """Some address in ``country``."""
    of = COUNTRIES[country]
    city, postcode, region = chance.choice(of.cities).split("|")
    street = of.street.format(s=chance.choice(of.streets), n=_house(chance, country))
    return Place(street, digits_in(chance, postcode), city, region, country)


def digits_in(chance: Random, pattern: str) -> str:
    """A pattern with a digit for each "x"."""
    parts = pattern.split("x")
    if len(parts) == 1:
        return pattern
    digits = f"{chance.randrange(10 ** (len(parts) - 1)):0{len(parts) - 1}d}"
    return "".join(part + digit for part, digit in zip(parts, [*digits, ""], strict=True))


def _house(chance: Random, country: str) -> str:
    number = int(chance.triangular(1, 190, 14))
    tail = chance.random()
    if country == "US":
        return str(number * 11 + 100)
    if country == "JP":
        return f"{number % 9 + 1}-{number % 23 + 1}-{number % 17 + 1}"
    if country == "PL" and tail < 0.55:
        return f"{number}/{number % 60 + 1}"
    return f"{number}{'abc'[number % 3]}" if tail < 0.07 else str(number)


def some_country(chance: Random) -> str:
    """A country, as often as its share says."""
    return chance.choices(_CODES, cum_weights=_WEIGHTS)[0]


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


COUNTRIES: Final[Mapping[str, Country]] = {
    "DE": Country(
        372,
        "EUR",
        3,
        (1, 3),
        ("dhl", "dhl", "dpd", "gls", "ups"),
        (
            "+49 171 39200xx",
            "+49 30 23125xxx",
            "+49 69 90009xxx",
            "+49 40 66969xxx",
            "+49 221 4710xxx",
            "+49 89 99998xxx",
        ),
        "{s} {n}",
        _words("""Berlin|10xxx|, Berlin|12xxx|, Hamburg|20xxx|, Hamburg|22xxx|, München|80xxx|, München|81xxx|, Köln|50xxx|,
            Frankfurt am Main|60xxx|, Stuttgart|70xxx|, Düsseldorf|40xxx|, Leipzig|04xxx|, Dortmund|44xxx|, Essen|45xxx|,
            Bremen|28xxx|, Dresden|01xxx|, Hannover|30xxx|, Nürnberg|90xxx|, Duisburg|47xxx|, Bochum|44xxx|, Wuppertal|42xxx|,
            Bielefeld|33xxx|, Bonn|53xxx|, Münster|48xxx|, Karlsruhe|76xxx|, Mannheim|68xxx|, Augsburg|86xxx|, Wiesbaden|65xxx|,
            Braunschweig|38xxx|, Kiel|24xxx|, Chemnitz|09xxx|, Aachen|52xxx|, Halle (Saale)|06xxx|, Magdeburg|39xxx|,
            Freiburg im Breisgau|79xxx|, Lübeck|23xxx|, Erfurt|99xxx|, Mainz|55xxx|, Rostock|18xxx|, Kassel|34xxx|, Potsdam|144xx|,
            Saarbrücken|66xxx|, Oldenburg|26xxx|, Regensburg|93xxx|, Würzburg|97xxx|, Göttingen|37xxx|, Ulm|89xxx|,
            Heidelberg|69xxx|, Görlitz|028xx|, Füssen|876xx|, Husum|258xx|"""),
        _words("""Hauptstraße, Schulstraße, Gartenstraße, Bahnhofstraße, Dorfstraße, Bergstraße, Birkenweg, Lindenstraße,
            Kirchstraße, Waldstraße, Ringstraße, Schillerstraße, Goethestraße, Mozartstraße, Beethovenstraße, Jahnstraße,
            Amselweg, Drosselweg, Finkenweg, Ahornweg, Buchenweg, Eichenweg, Rosenweg, Tulpenweg, Fliederweg, Wiesenweg,
            Feldstraße, Mühlenweg, Mühlstraße, Am Bach, Am Sportplatz, Im Winkel, Kastanienallee, Schönhauser Allee,
            Bergmannstraße, Karl-Marx-Straße, Friedrichstraße, Kaiserstraße, Königstraße, Ludwigstraße, Parkstraße, Poststraße,
            Rathausstraße, Marktstraße, Breite Straße, Lange Straße, Neue Straße, Sonnenallee, Torstraße, Weserstraße,
            Hafenstraße, Fischerstraße, Töpferstraße, Gerberstraße, Weinbergstraße, Nordring, Südring, Blumenstraße,
            Uhlandstraße, Heinestraße, Rilkestraße, Lessingstraße, Humboldtstraße, Röntgenstraße, Kantstraße, Robert-Koch-Straße"""),
        "de",
    ),
    "PL": Country(
        84,
        "PLN",
        5,
        (2, 4),
        ("dpd", "inpost", "gls"),
        ("+48 5xx xxx xxx", "+48 6xx xxx xxx"),
        "ul. {s} {n}",
        _words("""Warszawa|00-xxx|mazowieckie, Warszawa|02-xxx|mazowieckie, Kraków|31-xxx|małopolskie, Łódź|90-xxx|łódzkie,
            Wrocław|50-xxx|dolnośląskie, Poznań|61-xxx|wielkopolskie, Gdańsk|80-xxx|pomorskie, Szczecin|70-xxx|zachodniopomorskie,
            Bydgoszcz|85-xxx|kujawsko-pomorskie, Lublin|20-xxx|lubelskie, Białystok|15-xxx|podlaskie, Katowice|40-xxx|śląskie,
            Gdynia|81-xxx|pomorskie, Częstochowa|42-2xx|śląskie, Toruń|87-1xx|kujawsko-pomorskie, Rzeszów|35-xxx|podkarpackie,
            Kielce|25-xxx|świętokrzyskie, Olsztyn|10-xxx|warmińsko-mazurskie, Opole|45-xxx|opolskie, Zielona Góra|65-xxx|lubuskie"""),
        _words("""Polna, Leśna, Słoneczna, Krótka, Szkolna, Ogrodowa, Lipowa, Brzozowa, Łąkowa, Kwiatowa, Kościelna, Sosnowa,
            Zielona, Parkowa, Akacjowa, Kolejowa, Mickiewicza, Słowackiego, Kościuszki, Sienkiewicza, Żeromskiego, Piłsudskiego,
            Konopnickiej, Reymonta, Chopina, Kopernika, Warszawska, Krakowska, Poznańska, Długa, Wąska, Rynek, Mostowa, Młyńska,
            Żytnia, Wiśniowa, Jesionowa, Dębowa, Górna, Świerkowa"""),
        "pl",
    ),
    "FR": Country(
        86,
        "EUR",
        6,
        (2, 5),
        ("la_poste", "dpd", "gls"),
        ("+33 6 39 98 xx xx", "+33 1 99 00 xx xx", "+33 4 65 71 xx xx"),
        "{n} {s}",
        _words("""Paris|75011|Île-de-France, Paris|75018|Île-de-France, Paris|75005|Île-de-France, Marseille|1300x|PACA,
            Lyon|6900x|Auvergne-Rhône-Alpes, Toulouse|31x00|Occitanie, Nice|06x00|PACA, Nantes|44x00|Pays de la Loire,
            Montpellier|34x00|Occitanie, Strasbourg|67x00|Grand Est, Bordeaux|33x00|Nouvelle-Aquitaine, Lille|59x00|Hauts-de-France,
            Rennes|35x00|Bretagne, Reims|51100|Grand Est, Grenoble|38x00|Auvergne-Rhône-Alpes, Dijon|21000|Bourgogne-Franche-Comté,
            Angers|49x00|Pays de la Loire, Brest|29200|Bretagne, Besançon|25000|Bourgogne-Franche-Comté, Metz|57x00|Grand Est"""),
        _words("""rue de la République, rue Victor Hugo, avenue Jean Jaurès, rue Pasteur, rue des Écoles, place de l'Église,
            rue du Moulin, rue des Lilas, rue Voltaire, boulevard Gambetta, rue de la Gare, rue du Château, chemin des Vignes,
            rue Émile Zola, impasse des Acacias, rue Saint-Michel, quai de la Loire, rue des Tilleuls, rue de la Fontaine,
            avenue du Général Leclerc, rue Molière, rue Jules Ferry, rue des Fossés, allée des Peupliers, rue de Bretagne,
            rue du Faubourg, rue Lafayette, rue des Rosiers, cours Mirabeau, rue d'Alsace"""),
        "fr",
    ),
    "ES": Country(
        54,
        "EUR",
        7,
        (3, 6),
        ("correos", "gls", "ups"),
        ("+34 6xx xxx xxx", "+34 91x xxx xxx"),
        "{s}, {n}",
        _words("""Madrid|280xx|Madrid, Barcelona|080xx|Barcelona, Valencia|460xx|Valencia, Sevilla|410xx|Sevilla,
            Zaragoza|500xx|Zaragoza, Málaga|290xx|Málaga, Murcia|300xx|Murcia, Palma|070xx|Illes Balears, Bilbao|480xx|Bizkaia,
            Alicante|030xx|Alicante, Córdoba|140xx|Córdoba, Valladolid|470xx|Valladolid, Vigo|362xx|Pontevedra, Gijón|332xx|Asturias,
            Granada|180xx|Granada, San Sebastián|200xx|Gipuzkoa, Cádiz|110xx|Cádiz"""),
        _words("""Calle Mayor, Calle Real, Calle de la Iglesia, Avenida de la Constitución, Calle del Sol, Calle San Juan,
            Calle Nueva, Plaza de España, Calle Cervantes, Calle de Alcalá, Gran Vía, Paseo de Gracia, Calle Goya, Calle Velázquez,
            Calle de la Fuente, Calle del Olmo, Avenida de Andalucía, Calle Colón, Carrer de Mallorca, Carrer d'Aragó, Calle Larga,
            Calle San José, Calle del Carmen, Ronda de Toledo, Calle Jardines"""),
        "es",
    ),
    "IT": Country(
        62,
        "EUR",
        7,
        (3, 6),
        ("poste_italiane", "gls", "ups"),
        ("+39 3xx xxx xxxx", "+39 02 xxxx xxxx"),
        "{s}, {n}",
        _words("""Roma|001xx|RM, Milano|201xx|MI, Napoli|801xx|NA, Torino|101xx|TO, Palermo|901xx|PA, Genova|161xx|GE,
            Bologna|401xx|BO, Firenze|501xx|FI, Bari|701xx|BA, Catania|951xx|CT, Venezia|301xx|VE, Verona|371xx|VR,
            Padova|351xx|PD, Trieste|341xx|TS, Brescia|251xx|BS, Parma|431xx|PR, Bolzano|39100|BZ, Cagliari|091xx|CA, Lecce|73100|LE"""),
        _words("""Via Roma, Via Garibaldi, Via Mazzini, Via Dante, Corso Italia, Via Verdi, Via Cavour, Viale Europa,
            Via Marconi, Piazza della Libertà, Via Leonardo da Vinci, Via San Francesco, Via dei Mille, Via Trieste, Via Manzoni,
            Via Kennedy, Corso Vittorio Emanuele, Via Puccini, Via Nazionale, Via della Repubblica, Via Matteotti, Via Gramsci,
            Vicolo del Forno, Via XX Settembre, Largo Argentina"""),
        "it",
    ),
    "SE": Country(
        40,
        "SEK",
        6,
        (3, 5),
        ("postnord", "dhl"),
        ("+46 70 174 06xx", "+46 8 465 004 xx"),
        "{s} {n}",
        _words("""Stockholm|11x xx|, Göteborg|41x xx|, Malmö|21x xx|, Uppsala|75x xx|, Västerås|72x xx|, Örebro|70x xx|,
            Linköping|58x xx|, Helsingborg|25x xx|, Jönköping|55x xx|, Norrköping|60x xx|, Lund|22x xx|, Umeå|90x xx|, Gävle|80x xx|,
            Kiruna|981 xx|, Östersund|831 xx|"""),
        _words("""Storgatan, Kungsgatan, Drottninggatan, Skolgatan, Kyrkogatan, Järnvägsgatan, Parkgatan, Södra vägen, Björkvägen,
            Ringvägen, Hantverkargatan, Vasagatan, Götgatan, Sveavägen, Ekvägen, Lingonstigen, Åsgatan, Hamngatan, Östra Ågatan,
            Trädgårdsgatan, Norrlandsgatan, Smedjegatan"""),
    ),
    "NL": Country(
        48,
        "EUR",
        4,
        (1, 3),
        ("postnl", "dhl", "dpd"),
        ("+31 6 xxxx xxxx", "+31 20 xxx xxxx"),
        "{s} {n}",
        _words("""Amsterdam|10xx AB|, Amsterdam|10xx HK|, Rotterdam|30xx CD|, Den Haag|25xx EK|, Utrecht|35xx GH|, Eindhoven|56xx LM|,
            Groningen|97xx NP|, Tilburg|50xx RS|, Almere|13xx TV|, Breda|48xx WX|, Nijmegen|65xx ZA|, Arnhem|68xx BC|,
            Haarlem|20xx DE|, Maastricht|62xx GJ|, Leiden|23xx KL|, 's-Hertogenbosch|52xx NM|"""),
        _words("""Kerkstraat, Dorpsstraat, Molenstraat, Schoolstraat, Julianastraat, Beatrixstraat, Nieuwstraat, Stationsweg,
            Prins Hendrikkade, Keizersgracht, Prinsengracht, Oudegracht, Parallelweg, Lindelaan, Beukenlaan, Eikenlaan, Havenstraat,
            Marktstraat, Burgemeester Visserlaan, Van Goghstraat, Rembrandtlaan, Vondelstraat, Zuidsingel"""),
    ),
    "TR": Country(
        22,
        "EUR",
        12,
        (6, 10),
        ("ups", "dhl_express"),
        ("+90 53x xxx xx xx", "+90 212 xxx xx xx"),
        "{s} No: {n}",
        _words("""İstanbul|34xxx|Kadıköy, İstanbul|34xxx|Beşiktaş, İstanbul|34xxx|Şişli, Ankara|06xxx|Çankaya, İzmir|35xxx|Konak,
            Bursa|16xxx|Nilüfer, Antalya|07xxx|Muratpaşa, Eskişehir|26xxx|Odunpazarı, Gaziantep|27xxx|Şahinbey, Trabzon|61xxx|Ortahisar"""),
        _words("""Atatürk Caddesi, Cumhuriyet Caddesi, İstiklal Caddesi, Bağdat Caddesi, Gazi Bulvarı, Lale Sokak, Gül Sokak,
            Çınar Sokak, Menekşe Sokak, Fatih Caddesi, Barbaros Bulvarı, İnönü Caddesi, Yıldız Sokak, Deniz Sokak, Okul Caddesi,
            Zeytin Sokak, Şehit Mehmet Sokak"""),
    ),
    "GR": Country(
        20,
        "EUR",
        9,
        (4, 8),
        ("gls", "dhl_express"),
        ("+30 69x xxx xxxx", "+30 21x xxx xxxx"),
        "{s} {n}",
        _words("""Αθήνα|10x xx|Αττική, Αθήνα|11x xx|Αττική, Θεσσαλονίκη|54x xx|Κεντρική Μακεδονία, Πάτρα|26x xx|Αχαΐα,
            Ηράκλειο|71x xx|Κρήτη, Λάρισα|41x xx|Θεσσαλία, Βόλος|38x xx|Θεσσαλία, Ιωάννινα|45x xx|Ήπειρος, Χανιά|73x xx|Κρήτη,
            Πειραιάς|18x xx|Αττική"""),
        _words("""Ερμού, Πανεπιστημίου, Σταδίου, Πατησίων, Αγίου Δημητρίου, Τσιμισκή, Εγνατία, Βασιλίσσης Σοφίας, Αθηνάς, Αιόλου,
            Ελευθερίου Βενιζέλου, Κηφισίας, Μεγάλου Αλεξάνδρου, Καραϊσκάκη, Κολοκοτρώνη, Παπαναστασίου, Ιπποκράτους, Σόλωνος"""),
    ),
    "UA": Country(
        20,
        "EUR",
        12,
        (5, 9),
        ("dhl_express", "ups"),
        ("+380 67 xxx xx xx", "+380 50 xxx xx xx", "+380 93 xxx xx xx"),
        "вул. {s}, {n}",
        _words("""Київ|01xxx|, Київ|04xxx|, Львів|79xxx|Львівська обл., Одеса|65xxx|Одеська обл., Дніпро|49xxx|Дніпропетровська обл.,
            Харків|61xxx|Харківська обл., Вінниця|21xxx|Вінницька обл., Івано-Франківськ|76xxx|Івано-Франківська обл.,
            Тернопіль|46xxx|Тернопільська обл., Чернівці|58xxx|Чернівецька обл., Полтава|36xxx|Полтавська обл."""),
        _words("""Шевченка, Франка, Лесі Українки, Грушевського, Садова, Центральна, Соборна, Незалежності, Миру, Зелена, Лісова,
            Київська, Львівська, Гоголя, Сагайдачного, Хмельницького, Набережна, Вишнева, Шкільна, Польова"""),
    ),
    "JP": Country(
        18,
        "JPY",
        12,
        (6, 10),
        ("dhl_express", "fedex"),
        ("+81 90-xxxx-xxxx", "+81 80-xxxx-xxxx", "+81 3-xxxx-xxxx"),
        "{s}{n}",
        _words("""東京都渋谷区|150-00xx|東京都, 東京都世田谷区|154-00xx|東京都, 横浜市|220-00xx|神奈川県, 大阪市|530-00xx|大阪府, 名古屋市|460-00xx|愛知県,
            札幌市|060-00xx|北海道, 福岡市|810-00xx|福岡県, 京都市|604-80xx|京都府, 神戸市|650-00xx|兵庫県, 仙台市|980-00xx|宮城県"""),
        _words(
            """神南, 桜丘町, 代々木, 三軒茶屋, 中央町, 本町, 栄, 大手町, 元町, 山手, 北浜, 西本町, 錦, 桜台, 緑が丘, 旭町, 若葉台, 梅田"""
        ),
    ),
    "IN": Country(
        16,
        "EUR",
        14,
        (7, 12),
        ("dhl_express", "fedex", "ups"),
        ("+91 98xxx xxxxx", "+91 97xxx xxxxx"),
        "{n}, {s}",
        _words("""Mumbai|4000xx|Maharashtra, Delhi|1100xx|Delhi, Bengaluru|5600xx|Karnataka, Hyderabad|5000xx|Telangana,
            Chennai|6000xx|Tamil Nadu, Kolkata|7000xx|West Bengal, Pune|4110xx|Maharashtra, Ahmedabad|3800xx|Gujarat,
            Jaipur|3020xx|Rajasthan, Kochi|6820xx|Kerala, Panaji|4030xx|Goa"""),
        _words("""MG Road, Park Street, Linking Road, Nehru Nagar, Gandhi Road, Brigade Road, Station Road, Hill Road, Lake View Road,
            Temple Street, Civil Lines, Banjara Hills Road No. 12, Anna Salai, Church Street, Rajaji Salai, Koregaon Park Lane 5"""),
    ),
    "US": Country(
        72,
        "USD",
        10,
        (4, 8),
        ("ups", "fedex", "usps"),
        (
            "+1 212-555-01xx",
            "+1 415-555-01xx",
            "+1 312-555-01xx",
            "+1 617-555-01xx",
            "+1 206-555-01xx",
            "+1 512-555-01xx",
        ),
        "{n} {s}",
        _words("""New York|100xx|NY, Brooklyn|112xx|NY, Los Angeles|900xx|CA, San Francisco|941xx|CA, Chicago|606xx|IL, Houston|770xx|TX,
            Austin|787xx|TX, Phoenix|850xx|AZ, Philadelphia|191xx|PA, San Diego|921xx|CA, Seattle|981xx|WA, Denver|802xx|CO,
            Boston|021xx|MA, Portland|972xx|OR, Minneapolis|554xx|MN, Atlanta|303xx|GA, Nashville|372xx|TN, Savannah|314xx|GA,
            Madison|537xx|WI, Santa Fe|875xx|NM, Burlington|054xx|VT, Ann Arbor|481xx|MI"""),
        _words("""Main St, Oak St, Maple Ave, Washington Ave, Elm St, Cedar Ln, Lake Shore Dr, Sunset Blvd, Park Ave, 2nd St, 5th Ave,
            Pine St, Hillcrest Rd, Willow Way, Church St, Highland Ave, Franklin St, Jefferson St, Lincoln Blvd, Mission St, Valencia St,
            Spring St, Chestnut St, Walnut St, River Rd, Ridge Rd, Meadow Ln, Dogwood Dr, Birch Ct, Prospect Ave, Grove St"""),
    ),
    "GB": Country(
        86,
        "GBP",
        7,
        (3, 6),
        ("royal_mail", "dpd", "ups"),
        ("+44 7700 900xxx", "+44 20 7946 0xxx", "+44 161 496 0xxx"),
        "{n} {s}",
        _words("""London|SW1A 1AA|, London|E8 3xJ|, London|N16 7xP|, London|SE15 4xR|, Manchester|M4 5xB|, Birmingham|B15 2xD|,
            Leeds|LS6 3xH|, Glasgow|G12 8xQ|, Edinburgh|EH6 5xN|, Bristol|BS8 1xW|, Liverpool|L17 6xE|, Sheffield|S11 8xY|,
            Cardiff|CF11 9xL|, Belfast|BT9 6xG|, Brighton|BN1 4xU|, Oxford|OX4 1xF|, Cambridge|CB1 3xT|, York|YO24 1xS|,
            Norwich|NR2 3xZ|, Bath|BA1 5xD|, St Ives|TR26 1xA|"""),
        _words("""High Street, Station Road, Church Lane, Victoria Road, Green Lane, Manor Road, Park Road, The Crescent, Mill Lane,
            Queens Road, King Street, London Road, Albert Terrace, Alexandra Road, Chapel Street, School Lane, North Street,
            Springfield Road, The Grove, Orchard Close, Rectory Road, Kingsway, Windsor Road, Meadow View, Hawthorn Avenue,
            Cranbury Gardens, Clarendon Road, Lower Clapton Road, Byres Road, Cowley Road"""),
    ),
}
"""The countries the shop sends to, by ISO 3166 code."""

_CODES: Final = tuple(COUNTRIES)
_WEIGHTS: Final = tuple(sum(COUNTRIES[code].share for code in _CODES[: place + 1]) for place in range(len(_CODES)))
