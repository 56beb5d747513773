"""What the company sells: categories, kinds of articles, styles, brands.

Belongs here: word lists and price levels. Does not belong here: drawing the range (catalogue.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subcategory:
    """Articles of one sort; ``price`` is the median list price in the base currency with tax."""

    category: str
    name: str
    articles: tuple[str, ...]
    price: float
    spread: float
    products: int


SUBCATEGORIES = (
    Subcategory("Textiles", "Cushions", ("Cushion", "Cushion Cover", "Floor Cushion"), 24, 0.40, 12),
    Subcategory("Textiles", "Bedding", ("Duvet Set", "Fitted Sheet", "Pillowcase Pair"), 49, 0.55, 12),
    Subcategory("Textiles", "Towels", ("Bath Towel", "Hand Towel", "Kitchen Towel Set"), 17, 0.45, 10),
    Subcategory("Textiles", "Rugs", ("Wool Rug", "Cotton Rug", "Runner"), 139, 0.60, 9),
    Subcategory("Textiles", "Throws", ("Throw", "Knitted Blanket"), 54, 0.45, 8),
    Subcategory("Lighting", "Table Lamps", ("Table Lamp", "Desk Lamp", "Bedside Lamp"), 64, 0.55, 11),
    Subcategory("Lighting", "Pendant Lights", ("Pendant", "Ceiling Light"), 118, 0.55, 9),
    Subcategory("Lighting", "Floor Lamps", ("Floor Lamp", "Reading Lamp"), 149, 0.50, 7),
    Subcategory("Lighting", "String Lights", ("String Lights", "Lantern"), 19, 0.40, 7),
    Subcategory("Kitchen", "Tableware", ("Dinner Plate Set", "Bowl Set", "Mug", "Espresso Cup"), 27, 0.60, 14),
    Subcategory("Kitchen", "Glassware", ("Tumbler Set", "Carafe", "Wine Glass Pair"), 25, 0.50, 9),
    Subcategory("Kitchen", "Cookware", ("Cast Iron Pot", "Frying Pan", "Saucepan"), 79, 0.55, 8),
    Subcategory("Kitchen", "Kitchen Helpers", ("Chopping Board", "Pepper Mill", "Storage Jar"), 18, 0.50, 10),
    Subcategory("Garden", "Planters", ("Planter", "Hanging Pot", "Plant Stand"), 29, 0.60, 10),
    Subcategory("Garden", "Outdoor Furniture", ("Garden Chair", "Folding Table", "Bench"), 119, 0.60, 7),
    Subcategory("Garden", "Garden Tools", ("Watering Can", "Secateurs", "Trowel Set"), 24, 0.40, 7),
    Subcategory("Furniture", "Chairs", ("Dining Chair", "Armchair", "Bar Stool"), 159, 0.55, 10),
    Subcategory("Furniture", "Tables", ("Coffee Table", "Dining Table", "Side Table"), 249, 0.60, 8),
    Subcategory("Furniture", "Storage", ("Shelf", "Sideboard", "Coat Rack"), 189, 0.65, 9),
    Subcategory("Decor", "Vases", ("Vase", "Bud Vase"), 32, 0.55, 10),
    Subcategory("Decor", "Candles", ("Scented Candle", "Candle Holder", "Tealight Set"), 19, 0.40, 11),
    Subcategory("Decor", "Wall Art", ("Print", "Mirror", "Wall Clock"), 57, 0.60, 9),
    Subcategory("Decor", "Baskets", ("Storage Basket", "Seagrass Basket"), 29, 0.45, 7),
    Subcategory("Office", "Desk Accessories", ("Desk Organiser", "Letter Tray", "Pen Cup"), 22, 0.45, 8),
    Subcategory("Office", "Desks & Chairs", ("Desk", "Office Chair", "Monitor Stand"), 229, 0.60, 7),
)
STYLES = (
    "Linde",
    "Aalto",
    "Fjord",
    "Moos",
    "Ardennes",
    "Sable",
    "Nord",
    "Kiesel",
    "Alba",
    "Terra",
    "Juno",
    "Hygge",
    "Vela",
    "Onda",
    "Brume",
    "Fern",
    "Wabi",
    "Celeste",
    "Ottilie",
    "Bruno",
    "Marais",
    "Ahorn",
    "Rill",
    "Solveig",
    "Noma",
    "Tilda",
    "Grete",
    "Kyoto",
)
COLOURS = ("Sand", "Forest", "Ink", "Chalk", "Rust", "Sage", "Natural", "Charcoal", "Blush", "Ochre")
# Brand, how its prices stand to the median, and what it makes (everything where nothing is named).
BRANDS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("Linden & Loom", 1.0, ()), ("Linden & Loom", 1.05, ()), ("Loom Basics", 0.68, ()), ("Nordholm", 1.15, ()),
    ("Ateliers Brume", 1.35, ("Textiles", "Decor", "Kitchen")), ("Studio Kiesel", 1.5, ("Lighting", "Furniture",
    "Decor")),
    ("Casa Alba", 1.1, ("Textiles", "Kitchen", "Decor")), ("Fern & Co", 0.9, ("Garden", "Decor")),
    ("Hansa Licht", 1.2, ("Lighting",)), ("Møbelkraft", 1.3, ("Furniture", "Office", "Garden")),
    ("Topfgold", 0.95, ("Kitchen",)), ("Weberei Ostfeld", 1.25, ("Textiles",)),
)  # fmt: skip
