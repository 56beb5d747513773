"""Where people live: cities, postal codes and street names of the company's countries.

Belongs here: word lists and the form of a postal code. Does not belong here: who lives where.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city; in ``postal`` every # stands for a digit and every @ for a letter."""

    country: str
    name: str
    province: str
    postal: str
    weight: float


CITIES = tuple(
    City(*row)
    for row in (
        ("DE", "Berlin", "BE", "10###", 15), ("DE", "Berlin", "BE", "12###", 11), ("DE", "Hamburg", "HH", "22###", 15),
        ("DE", "München", "BY", "81###", 13), ("DE", "Köln", "NW", "50###", 10), ("DE", "Frankfurt am Main", "HE",
        "60###", 8),
        ("DE", "Stuttgart", "BW", "70###", 7), ("DE", "Düsseldorf", "NW", "40###", 6), ("DE", "Leipzig", "SN", "04###",
        7),
        ("DE", "Dresden", "SN", "01###", 6), ("DE", "Dortmund", "NW", "44###", 5), ("DE", "Bremen", "HB", "28###", 5),
        ("DE", "Hannover", "NI", "30###", 5), ("DE", "Nürnberg", "BY", "90###", 5), ("DE", "Münster", "NW", "48###", 4),
        ("DE", "Freiburg im Breisgau", "BW", "79###", 3), ("DE", "Halle (Saale)", "ST", "06###", 3), ("DE", "Chemnitz",
        "SN", "09###", 2),
        ("DE", "Kiel", "SH", "24###", 3), ("DE", "Mainz", "RP", "55###", 3), ("DE", "Rostock", "MV", "18###", 2),
        ("DE", "Erfurt", "TH", "99###", 2), ("DE", "Gera", "TH", "07###", 1), ("DE", "Göttingen", "NI", "37###", 1),
        ("DE", "Lüneburg", "NI", "21###", 1), ("DE", "Bad Tölz", "BY", "83###", 1),
        ("AT", "Wien", "W", "1##0", 20), ("AT", "Graz", "ST", "80##", 6), ("AT", "Linz", "OÖ", "40##", 4),
        ("AT", "Salzburg", "S", "50##", 4), ("AT", "Innsbruck", "T", "60##", 3), ("AT", "Sankt Pölten", "NÖ", "31##",
        2),
        ("NL", "Amsterdam", "NH", "10## @@", 9), ("NL", "Rotterdam", "ZH", "30## @@", 6), ("NL", "Utrecht", "UT",
        "35## @@", 5),
        ("NL", "Den Haag", "ZH", "25## @@", 5), ("NL", "Eindhoven", "NB", "56## @@", 3), ("NL", "Groningen", "GR",
        "97## @@", 3),
        ("FR", "Paris", "IDF", "750##", 10), ("FR", "Lyon", "ARA", "6900#", 5), ("FR", "Strasbourg", "GES", "67###", 5),
        ("FR", "Lille", "HDF", "59###", 3), ("FR", "Nice", "PAC", "06###", 3), ("FR", "Bourg-en-Bresse", "ARA",
        "01###", 2),
        ("FR", "Nîmes", "OCC", "30###", 2),
        ("GB", "London", "ENG", "SW# #@@", 7), ("GB", "London", "ENG", "N# #@@", 6), ("GB", "Manchester", "ENG",
        "M# #@@", 4),
        ("GB", "Bristol", "ENG", "BS# #@@", 3), ("GB", "Edinburgh", "SCT", "EH# #@@", 3), ("GB", "Leeds", "ENG",
        "LS# #@@", 3),
        ("CH", "Zürich", "ZH", "80##", 8), ("CH", "Basel", "BS", "40##", 4), ("CH", "Bern", "BE", "30##", 4),
        ("CH", "Genève", "GE", "12##", 3), ("CH", "Luzern", "LU", "60##", 2),
    )
)  # fmt: skip

STREETS = {
    "DE": (
        "Hauptstraße", "Bahnhofstraße", "Lindenstraße", "Gartenstraße", "Schillerstraße", "Goethestraße", "Bergstraße",
        "Kirchgasse", "Am Mühlbach", "Rosenweg", "Ahornweg", "Kastanienallee", "Schönhauser Allee", "Weserstraße",
        "Uferweg",
        "Eichendorffstraße", "Königstraße", "Turmstraße", "Brückenstraße", "Feldweg", "Wiesengrund", "Jahnstraße",
        "Mozartstraße", "Beethovenstraße", "Karl-Marx-Straße", "Sonnenallee", "Marktplatz", "Am Alten Hafen",
        "Birkenweg",
        "Mönchsweg", "Ludwigstraße", "Wilhelmstraße", "Neue Gasse", "Parkstraße", "Hölderlinweg", "Drosselweg",
    ),
    "NL": (
        "Prinsengracht", "Keizersgracht", "Dorpsstraat", "Kerkstraat", "Molenweg", "Lijnbaansgracht", "Oudegracht",
        "Stationsweg",
        "Wilhelminastraat", "Beukenlaan", "Parkweg", "Nieuwe Binnenweg", "Zeedijk", "Julianalaan",
    ),
    "FR": (
        "rue de la République", "rue Victor-Hugo", "avenue de la Gare", "rue des Lilas", "boulevard Voltaire",
        "rue du Moulin",
        "rue de l'Église", "place du Marché", "rue Pasteur", "allée des Chênes", "quai de la Saône",
        "rue Saint-Antoine",
    ),
    "GB": (
        "High Street", "Station Road", "Church Lane", "Victoria Road", "Mill Lane", "Park Avenue", "Queens Road",
        "Kings Street",
        "Albert Terrace", "Chestnut Grove", "The Green", "Grange Road", "Windsor Close",
    ),
}  # fmt: skip
# Whose street names a country shares.
STREETS_OF = {"DE": "DE", "AT": "DE", "CH": "DE", "NL": "NL", "FR": "FR", "GB": "GB"}
