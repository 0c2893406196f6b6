"""Who buys, and what is sold."""

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
SHORT_KINDS = [kind.lower().partition(",")[0] for kind in KINDS["kind"].to_pylist()]  # as people say it
SKU_PREFIX = Categorical(
    ["".join(word[0] for word in (name.replace("&", "") + " Goods").split())[:3].upper() + str(i) for i, name in enumerate(CATEGORIES)]
)
MOST_ATTRIBUTES = 5


def attributes(place):
    """The `"key": value` of each category's key at a place, with the comma that follows it or not; nothing where it has fewer."""
    found = LISTS.table("attributes").to_pylist()
    words, groups, weights = [], [], []
    for category, name in enumerate(CATEGORIES):
        keys = [one for one in found if one["category"] == name]
        if place >= len(keys):
            texts, shares = [""], [1]
        else:
            one, comma = keys[place], ", " if place + 1 < len(keys) else ""
            texts = [
                f'"{one["key"]}": {value if value.isdigit() else chr(34) + value + chr(34)}{comma}' for value in one["values"].split("|")
            ]
            shares = [int(weight) for weight in one["weights"].split("|")]
        words, groups, weights = words + texts, groups + [category] * len(texts), weights + shares
    return Grouped(f"attributes {place}", words, np.array(groups), np.array(weights))


ATTRIBUTES = [attributes(place) for place in range(MOST_ATTRIBUTES)]
INTERESTS = Categorical(CATEGORIES)


def attribute(keys):
    """A column with one `"key": value` of the product's category."""
    return column(keys.type, hidden=True)(lambda draw, category_row: keys.pick(draw, category_row))


class RawCustomers(Table):
    """Who has registered with the shop."""

    rows = Volume("customers")

    customer_id = Key()
    country_row = Vocabulary(WORLD.countries, hidden=True)
    gender = Category(female=51, male=47, other=2)

    @column(Integer, hidden=True)
    def people(gender, country_row, draw):
        """The list of names: the country's women's or men's."""
        man = either(gender == 2, draw.below(2), gender)
        return country_row * 2 + man

    email_domain = Vocabulary(vocabulary.words("email_domains", "domain"), hidden=True)
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{customer_id}@{email_domain}", unique=True)

    @column(WORLD.first_names.type)
    def first_name(draw, people):
        """One that is borne in the country, by people of that gender."""
        return WORLD.first_names.pick(draw, people)

    @column(WORLD.last_names.type)
    def last_name(draw, people):
        """One that is borne in the country."""
        return WORLD.last_names.pick(draw, people)

    @column(String)
    def phone(draw, country_row):
        """In the international form, as the country's numbering plan has it."""
        return WORLD.phones.sample(draw, country_row)

    @column(Date)
    def date_of_birth(draw, registration_date):
        """18 to 85 years before registering, most between 25 and 50."""
        age = 18.01 + 67 * (draw.uniform() + draw.uniform() * draw.uniform()) / 2
        return registration_date - (age * 365.25).astype(np.int64)

    registered_at = CreatedAt(History(years_before=3, share_before=0.75), hidden=True)

    @column(Date)
    def registration_date(registered_at):
        """Three quarters registered in the three years before the period, the others in it; ids ascend with it."""
        return registered_at // DAY

    @column(WORLD.countries.type)
    def country(country_row):
        """One of ten."""
        return country_row

    @column(Integer, hidden=True)
    def place(draw, country_row):
        return WORLD.place(draw, country_row)

    @column(WORLD.cities)
    def city(place):
        """One of the country's larger ones, as often as people live there."""
        return WORLD.city[place]

    @column(WORLD.regions)
    def state(place):
        """The city's state, province or region."""
        return WORLD.region[place]

    @column(String)
    def postal_code(draw, place):
        """Of the city, in the country's form."""
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
    """What the shop sells."""

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
        """The shelf."""
        return category_row

    @column(SUBCATEGORIES)
    def subcategory(kind):
        """The part of the shelf that its kind stands in."""
        return KIND_SUBCATEGORY[kind]

    @column(BRANDS.type)
    def brand(draw, category_row):
        """One that makes such things."""
        return BRANDS.pick(draw, category_row)

    @column(Money)
    def price(draw, cost):
        """The cost and 20 to 120 % more, to the next .99 or .49."""
        asked = cost * draw.integers(120, 220) // 100 + 50
        return asked // 50 * 50 + 49

    @column(Money)
    def cost(draw, kind):
        """Around what its kind costs, up to a third less or more."""
        per_mille = draw.integers(333, 666) + draw.integers(333, 666)
        return KIND_COST[kind] * per_mille // 1000 + 1

    @column(Decimal(8, 3))
    def weight_kg(draw, kind):
        """Its kind's, a tenth up or down."""
        return KIND_WEIGHT[kind] * draw.integers(90, 110) // 100

    attribute_1, attribute_2, attribute_3, attribute_4, attribute_5 = map(attribute, ATTRIBUTES)
    attributes = Text("{{{attribute_1}{attribute_2}{attribute_3}{attribute_4}{attribute_5}}}", type=Json)
    is_active = Flag(0.93)  # at the end of the period
    launched_at = CreatedAt(History(years_before=4, share_before=0.9), hidden=True)

    @column(Date)
    def launch_date(launched_at):
        """Nine in ten before the period; ids ascend with it."""
        return launched_at // DAY

    quality = Integers(0, 9, hidden=True)  # what its reviews are like
    base_stock = Integers(4, 60, hidden=True)  # what a warehouse has each midnight
