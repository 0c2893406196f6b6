"""Customers and products."""

import numpy as np

from colgen import (
    DAY,
    Categorical,
    Category,
    Choice,
    CreatedAt,
    Date,
    Decimal,
    Drawn,
    Flag,
    Grouped,
    History,
    Integer,
    Integers,
    Json,
    Key,
    Money,
    String,
    Table,
    Text,
    Vocabulary,
    Volume,
    column,
    either,
    vocabulary,
)
from colgen.models.ecommerce.lists import LISTS
from colgen.vocabulary.goods import BRANDS, CATEGORIES, KIND_CATEGORY, KIND_COST, KIND_NAMES, KIND_WEIGHT, KINDS, SERIES

WORLD = vocabulary.world()
SUBCATEGORY = {kind: name for _, kind, name in zip(*LISTS.table("subcategories").to_pydict().values(), strict=True)}
SUBCATEGORIES, KIND_SUBCATEGORY = vocabulary.distinct([SUBCATEGORY[kind] for kind in KINDS["kind"].to_pylist()])
SHORT_KINDS = [kind.lower().partition(",")[0] for kind in KINDS["kind"].to_pylist()]  # as people say them
SKU_PREFIX = Categorical(
    ["".join(word[0] for word in (name.replace("&", "") + " Goods").split())[:3].upper() + str(i) for i, name in enumerate(CATEGORIES)]
)
MOST_ATTRIBUTES = 5


def attributes(number):
    """The possible texts `"key": value` for the key with a given number of each category; empty for a category that has fewer keys.

    A comma follows unless it is the category's last key.
    """
    listed = LISTS.table("attributes").to_pylist()
    words, groups, weights = [], [], []
    for category, name in enumerate(CATEGORIES):
        keys = [key for key in listed if key["category"] == name]
        if number >= len(keys):
            texts, shares = [""], [1]
        else:
            key, comma = keys[number], ", " if number + 1 < len(keys) else ""
            texts = [
                f'"{key["key"]}": {value if value.isdigit() else chr(34) + value + chr(34)}{comma}' for value in key["values"].split("|")
            ]
            shares = [int(weight) for weight in key["weights"].split("|")]
        words, groups, weights = words + texts, groups + [category] * len(texts), weights + shares
    return Grouped(f"attributes {number}", words, np.array(groups), np.array(weights))


ATTRIBUTES = [attributes(number) for number in range(MOST_ATTRIBUTES)]
INTERESTS = Categorical(CATEGORIES)


def attribute(keys):
    """A hidden column with a text `"key": value` of the product's category."""
    return column(keys.type, hidden=True)(lambda draw, category_row: keys.pick(draw, category_row))


class RawCustomers(Table):
    """A registered customer."""

    rows = Volume("customers")

    customer_id = Key()
    country_row = Vocabulary(WORLD.countries, hidden=True)
    gender = Category(female=51, male=47, other=2)

    @column(Integer, hidden=True)
    def people(gender, country_row, draw):
        """The group of first and last names: of the country's women or of its men."""
        man = either(gender == 2, draw.below(2), gender)
        return country_row * 2 + man

    email_domain = Vocabulary(vocabulary.words("email_domains", "domain"), hidden=True)
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{customer_id}@{email_domain}", unique=True)

    @column(WORLD.first_names.type)
    def first_name(draw, people):
        """A name that people of the gender have in the country."""
        return WORLD.first_names.pick(draw, people)

    @column(WORLD.last_names.type)
    def last_name(draw, people):
        """A name that people have in the country."""
        return WORLD.last_names.pick(draw, people)

    @column(String)
    def phone(draw, country_row):
        """In international format, according to the country's numbering plan."""
        return WORLD.phones.sample(draw, country_row)

    @column(Date)
    def date_of_birth(draw, registration_date):
        """18 to 85 years before registration, usually 25 to 50."""
        age = 18.01 + 67 * (draw.uniform() + draw.uniform() * draw.uniform()) / 2
        return registration_date - (age * 365.25).astype(np.int64)

    registered_at = CreatedAt(History(years_before=3, share_before=0.75), hidden=True)

    @column(Date)
    def registration_date(registered_at):
        """Three quarters of the customers registered in the three years before the period, the others during it; in the order of ids."""
        return registered_at // DAY

    @column(WORLD.countries.type)
    def country(country_row):
        """One of ten countries."""
        return country_row

    @column(Integer, hidden=True)
    def place(draw, country_row):
        return WORLD.place(draw, country_row)

    @column(WORLD.cities)
    def city(place):
        """One of the country's larger cities, drawn in proportion to population."""
        return WORLD.city[place]

    @column(WORLD.regions)
    def state(place):
        """The city's state, province or region."""
        return WORLD.region[place]

    @column(String)
    def postal_code(draw, place):
        """A postal code of the city, in the country's format."""
        return WORLD.postal_codes.sample(draw, place)

    segment = Category(regular=55, occasional=25, premium=12, business=8)
    loyalty_tier = Category(none=40, bronze=30, silver=18, gold=9, platinum=3)
    marketing_opt_in = Flag(0.46)
    acquisition_channel = Category(organic=30, paid_search=20, social=18, referral=12, email=8, affiliate=7, display=5)

    street = column(WORLD.streets.type, hidden=True)(lambda draw, country_row: WORLD.streets.pick(draw, country_row))
    house = column(Integer, hidden=True)(lambda draw, country_row: 1 + draw.below(WORLD.most[country_row]))

    language = column(WORLD.languages, hidden=True)(lambda country_row: WORLD.language[country_row])
    newsletter = Category(daily=8, weekly=34, monthly=18, never=40, hidden=True)
    theme = Category(light=62, dark=23, auto=15, hidden=True)
    interest = Drawn(Choice(tuple(np.bincount(KIND_CATEGORY).tolist())), INTERESTS, hidden=True)
    preferences = Text(
        '{{"language": "{language}", "newsletter": "{newsletter}", "theme": "{theme}", "interest": "{interest}"}}', type=Json
    )


class RawProducts(Table):
    """A product of the shop."""

    rows = Volume("products")

    product_id = Key()
    kind = Vocabulary(KIND_NAMES, hidden=True)
    category_row = column(Integer, hidden=True)(lambda kind: KIND_CATEGORY[kind])
    sku_prefix = column(SKU_PREFIX, hidden=True)(lambda category_row: category_row)
    sku = Text("{sku_prefix}-{product_id:07d}", unique=True)
    series = column(SERIES.type, hidden=True)(lambda draw, category_row: SERIES.pick(draw, category_row))
    name = Text("{brand} {series} {kind}")

    @column(Categorical(CATEGORIES))
    def category(category_row):
        """The department that sells it."""
        return category_row

    @column(SUBCATEGORIES)
    def subcategory(kind):
        """A part of the category."""
        return KIND_SUBCATEGORY[kind]

    @column(BRANDS.type)
    def brand(draw, category_row):
        """A brand that makes products of the category."""
        return BRANDS.pick(draw, category_row)

    @column(Money)
    def price(draw, cost):
        """The cost plus 20 to 120 %, rounded to .49 or .99."""
        asked = cost * draw.integers(120, 220) // 100 + 50
        return asked // 50 * 50 + 49

    @column(Money)
    def cost(draw, kind):
        """The typical cost of its kind, give or take a third."""
        per_mille = draw.integers(333, 666) + draw.integers(333, 666)
        return KIND_COST[kind] * per_mille // 1000 + 1

    @column(Decimal(8, 3))
    def weight_kg(draw, kind):
        """The typical weight of its kind, give or take a tenth."""
        return KIND_WEIGHT[kind] * draw.integers(90, 110) // 100

    attribute_1, attribute_2, attribute_3, attribute_4, attribute_5 = map(attribute, ATTRIBUTES)
    attributes = Text("{{{attribute_1}{attribute_2}{attribute_3}{attribute_4}{attribute_5}}}", type=Json)
    is_active = Flag(0.93)  # at the end of the period
    launched_at = CreatedAt(History(years_before=4, share_before=0.9), hidden=True)

    @column(Date)
    def launch_date(launched_at):
        """Nine in ten before the period; in the order of ids."""
        return launched_at // DAY

    quality = Integers(0, 9, hidden=True)  # how good its reviews are
    base_stock = Integers(4, 60, hidden=True)  # a measure of the stock that warehouses have at midnight
