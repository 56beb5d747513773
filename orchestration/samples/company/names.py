"""Names of persons, by the languages that are spoken in the company's countries.

Belongs here: word lists, and how often each list is used in a country. Does not belong here: drawing.

Family names are half listed and half put together from two parts, because a short list alone would make
namesakes far commoner than they are.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NameStock:
    """Names of one language; ``family_parts`` are beginnings and endings that go together."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]
    family_parts: tuple[tuple[str, ...], tuple[str, ...]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


STOCKS = {
    "german": NameStock(
        _words(
            "Anna Lena Marie Sophie Lea Laura Julia Katharina Sarah Lisa Hannah Johanna Clara Emma Mia Charlotte "
            "Luisa Paula "
            "Greta Frieda Ida Mathilda Antonia Theresa Franziska Christina Sabine Petra Monika Ursula Renate Birgit "
            "Susanne "
            "Andrea Martina Claudia Stefanie Nicole Melanie Sandra Kerstin Anja Silke Heike Ulrike Gabriele Ingrid "
            "Helga Brigitte "
            "Käthe Jördis Zoë Chloé Änne Verena Tanja Nadine Jana Svenja Wiebke Merle Rike Antje Dörte Margarete "
            "Annika Miriam"
        ),
        _words(
            "Lukas Leon Paul Jonas Finn Felix Maximilian Moritz Jakob Emil Anton Karl Oskar Theo Ben Noah Elias David "
            "Julian "
            "Tobias Sebastian Alexander Christian Michael Thomas Andreas Stefan Markus Martin Peter Wolfgang Klaus "
            "Jürgen Dieter "
            "Manfred Uwe Frank Ralf Bernd Holger Torsten Jörg Sören Björn Lars Sven Kai Nils Ole Hannes Matthias "
            "Philipp Florian "
            "Dominik Fabian Simon Daniel Benjamin Jan Tim Götz Günther Hans Rüdiger Volker Konrad Ludwig Friedrich "
            "Valentin Till"
        ),
        _words(
            "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
            "Klein Wolf "
            "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier "
            "Lehmann Köhler "
            "Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel "
            "Friedrich "
            "Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm "
            "Winter Kraus "
            "Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf "
            "Dietrich Ziegler "
            "Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Großmann Gruber "
            "Pichler Steiner Moser"
        ),
        (
            _words(
                "Stein Linden Wald Berg Eich Rosen Feld Hof Bach Brunn Kirch Mühl Schön Ober Nieder Grün Hirsch "
                "Lauter Reich Alten "
                "Neu Tannen Birken Hasel Winkel Sonnen Wiesen Ammer Falken Gold Silber Eisen Kupfer Hohen Lichten "
                "Röhren Dorn Büch"
            ),
            _words(
                "berger bauer mann meier hofer bach thaler ecker huber müller städter felder reuter feld brink kamp "
                "hagen wald "
                "egger inger horst moser loh ried burg stätter"
            ),
        ),
    ),
    "dutch": NameStock(
        _words(
            "Emma Julia Sanne Lotte Femke Anouk Fleur Lieke Eva Noor Sophie Tess Iris Maaike Marijke Ingrid Annelies "
            "Saskia Willemijn Esmée"
        ),
        _words(
            "Daan Sem Bram Thijs Jesse Lars Ruben Sander Jeroen Maarten Pieter Willem Kees Joost Bas Niels Stijn Hugo "
            "Gijs Wouter"
        ),
        _phrases(
            "de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Janssen, Visser, Smit, Meijer, de Boer, "
            "Mulder, de Groot, Bos, "
            "Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit, Dijkstra, Smits, de Graaf, van der Meer, "
            "Kuipers, Postma"
        ),
        (
            _phrases(
                "van der Wou, van Sche, Ooste, Weste, van Ho, Kui, Broe, van Lee, Hoge, Blo, van de Vel, Ter Ho, Zui, "
                "Rij, Haze, Wate"
            ),
            _words("de ven veld horst man kamp werf brink ders daal gaard mans sma stra laar"),
        ),
    ),
    "french": NameStock(
        _words(
            "Camille Léa Manon Chloé Inès Zoé Élodie Amélie Céline Hélène Aurélie Mathilde Juliette Anaïs Sylvie "
            "Nathalie Françoise "
            "Isabelle Margaux Maëlle"
        ),
        _words(
            "Lucas Hugo Louis Jules Gabriel Raphaël Théo Mathieu François Benoît Jérôme Frédéric Étienne Rémi Loïc "
            "Antoine Pierre Nicolas Noël Cédric"
        ),
        _words(
            "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Laurent Lefebvre Michel Garcia "
            "Bertrand Roux Vincent "
            "Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Lefèvre Béranger Gérard"
        ),
        (
            _words("Beau Mont Clair Haut Cham Du Bel Grand Val Fon Mar Ron Pel Char Gau Ber Del Cour La Ville"),
            _words("fort mont bert tier cart lier din champ rand vier letier dard neau rieux nac zac"),
        ),
    ),
    "english": NameStock(
        _words(
            "Olivia Amelia Isla Ava Emily Grace Charlotte Jessica Rebecca Hannah Lucy Alice Eleanor Imogen Siobhán "
            "Fiona Margaret Susan "
            "Karen Helen Niamh Gemma"
        ),
        _words(
            "Oliver George Harry Jack Charlie James William Thomas Edward Henry Alistair Callum Rhys Gareth Stephen "
            "Paul Andrew Colin Seán Neil"
        ),
        _words(
            "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White "
            "Roberts Green Hall Wood "
            "Jackson Clarke O'Brien O'Connor MacDonald Campbell Stewart Murray Patel Khan Hughes Edwards"
        ),
        (
            _words(
                "Ash Black Hart Whit Brad Hol Wood Thorn Lang Kings Mid Red Stan Har West East Nor Blake Cram Ather"
            ),
            _words("ford well ley combe field worth wick ton brook hurst more bury ham dale"),
        ),
    ),
    "international": NameStock(
        _words(
            "Ayşe Elif Zeynep Fatma Aylin Gül Agnieszka Małgorzata Katarzyna Zofia Giulia Francesca Chiara Lucía "
            "Carmen Inés Olga Natalia "
            "Svetlana Iryna Thị Linh Mai Leila Amina Fatima Layla Mina Jelena Ivana Ana Marija Nevena Ebru Şebnem "
            "Dilara Oksana Joana"
        ),
        _words(
            "Mehmet Mustafa Emre Can Murat Özgür Kemal Piotr Paweł Łukasz Krzysztof Giovanni Marco Luca Alejandro "
            "Javier José Dmitri Sergei "
            "Oleksandr Minh Tuấn Omar Ahmed Karim Yusuf Ali Hassan Nikola Marko Petar Miloš Goran Onur Serkan João "
            "Tiago Andrei"
        ),
        _words(
            "Yılmaz Kaya Demir Şahin Çelik Öztürk Aydın Arslan Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski "  # noqa: RUF001
            "Rossi Russo Ferrari "
            "Esposito García Fernández López Pérez Ivanov Petrov Kovalenko Shevchenko Nguyễn Trần Phạm Haddad Mansour "
            "Rahimi Hosseini "
            "Petrović Jovanović Nikolić Silva Santos Popescu Horváth Novák Svoboda"
        ),
        (
            _words("Kara Ak Bay Demir Er Öz Yıl Koç Gün Kov Nov Mor Sok Pav Dimi Stan Rado Vas Iva Mar"),  # noqa: RUF001
            _words("oğlu kan taş demir ev ski ić enko ova eanu ini elli ović ak soy"),
        ),
    ),
}
# Weights of the stocks, in the order of STOCKS, by country.
STOCK_WEIGHTS = {
    "DE": (0.82, 0.01, 0.01, 0.01, 0.15),
    "AT": (0.83, 0.0, 0.01, 0.01, 0.15),
    "NL": (0.05, 0.78, 0.02, 0.03, 0.12),
    "FR": (0.03, 0.0, 0.83, 0.02, 0.12),
    "GB": (0.02, 0.01, 0.02, 0.81, 0.14),
    "CH": (0.58, 0.01, 0.22, 0.02, 0.17),
}
