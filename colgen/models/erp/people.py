"""Who works for the distributor, who buys from it, and what it sells."""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Categorical,
    Choice,
    CreatedAt,
    Date,
    FanOut,
    First,
    ForeignKey,
    Grouped,
    History,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Money,
    ParentKey,
    Poisson,
    Shuffle,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    Volume,
    column,
    either,
    vocabulary,
)
from colgen.models.erp.egypt import egypt

EGYPT = egypt()
ROLES = Categorical(["admin", "manager", "sales", "support"])
ADMIN, MANAGER, SALES, SUPPORT = range(4)
ROLE_OF = np.array(
    [0, 1, 2, 3, 2, 2, 3, 2, 2, 3, 1, 2, 2, 3, 2, 3, 2, 1, 2, 3]
)  # of twenty users, so that each role is there from the fourth on
TERMS = ["on_delivery", "net_15", "net_30", "monthly_bulk"]
ON_DELIVERY, NET_15, NET_30, BULK = range(4)
DAYS_OF_TERMS = np.array([1, 15, 30, 30])
METHODS = Categorical(["cash", "card", "bank_transfer", "cheque", "instapay"])
MACHINE = EGYPT.categories.type.words.to_pylist().index("machine")

_names = [*EGYPT.company_words.type.words.to_pylist(), *EGYPT.family_names.type.words.to_pylist()]
_names_arabic = [*EGYPT.company_words_arabic.words.to_pylist(), *EGYPT.family_names_arabic.words.to_pylist()]
FIRM_NAMES, FIRM_NAME = vocabulary.distinct(_names)
FIRM_NAMES_ARABIC, FIRM_NAME_ARABIC = vocabulary.distinct(_names_arabic)
INVENTED = len(EGYPT.company_words.type.words)  # the others are names of families

_by_governorate = np.argsort(EGYPT.governorate, kind="stable")
NEAR = Grouped("areas of a governorate", [str(row) for row in _by_governorate], EGYPT.governorate[_by_governorate])


def mobile():
    """The columns of an Egyptian mobile number."""
    return (
        Vocabulary(EGYPT.mobile_prefixes, hidden=True),
        Integers(0, 99_999_999, hidden=True),
        Text("+20{prefix}{line:08d}"),
    )


class Users(Table):
    """Who works for the distributor."""

    rows = Volume("users")

    id = Key()
    role = column(ROLES, doc="Admin 5 %, manager 15 %, sales 50 %, support 30 %.")(lambda id: ROLE_OF[(id - 1) % len(ROLE_OF)])
    man = column(Integer, hidden=True)(lambda draw: draw.chance(0.68).astype(np.int64))
    community = Vocabulary(EGYPT.communities, hidden=True)
    first = column(EGYPT.first_names.type, hidden=True)(lambda draw, community, man: EGYPT.first_names.pick(draw, community * 2 + man))
    father = column(EGYPT.first_names.type, hidden=True)(lambda draw, community: EGYPT.first_names.pick(draw, community * 2 + 1))
    family = column(EGYPT.family_names.type, hidden=True)(lambda draw, community: EGYPT.family_names.pick(draw, community))
    first_arabic = column(EGYPT.first_names_arabic, hidden=True)(lambda first: first)
    father_arabic = column(EGYPT.first_names_arabic, hidden=True)(lambda father: father)
    family_arabic = column(EGYPT.family_names_arabic, hidden=True)(lambda family: family)
    name = Text("{first} {father} {family}")
    name_arabic = Text("{first_arabic} {father_arabic} {family_arabic}")
    email = Text("{first:mailbox}.{family:mailbox}.{id}@nile-beans.example", unique=True)
    prefix, line, phone = mobile()

    @column(Categorical(["active", "on_leave", "left"]))
    def status(draw, id):
        """Nine in ten are active; the first four, one of each role, always."""
        return draw(Choice((90, 4, 6))) * (id > len(ROLES.words))

    hired_at = CreatedAt(History(years_before=6, share_before=1))

    @column(Timestamp)
    def last_login_at(draw, hired_at, period):
        """Most within the last days of the period, after being hired."""
        ago = draw.uniform() * draw.uniform() * draw.uniform()
        return np.maximum((period.end + 1) * DAY - 1 - (ago * 40 * DAY).astype(np.int64), hired_at + DAY // 24)

    sells = column(Boolean, hidden=True)(lambda role, status: (role == SALES) & (status == 0))
    approves = column(Boolean, hidden=True)(lambda role, status: (role <= MANAGER) & (status == 0))
    supports = column(Boolean, hidden=True)(lambda role, status: (role == SUPPORT) & (status == 0))


class Companies(Table):
    """Who buys: cafés, hotels, offices and others that serve coffee."""

    rows = Volume("companies")

    id = Key()
    pattern = Vocabulary(EGYPT.company_patterns, hidden=True)

    @column(Integer, hidden=True)
    def called(draw):
        """The word of its name: two in three an invented one, else a family's."""
        invented = draw.chance(2 / 3)
        return either(invented, draw.below(INVENTED), INVENTED + draw.below(len(FIRM_NAME) - INVENTED))

    before = column(EGYPT.company_befores, hidden=True)(lambda pattern: EGYPT.company_before[pattern])
    word = column(FIRM_NAMES, hidden=True)(lambda called: FIRM_NAME[called])
    after = column(EGYPT.company_afters, hidden=True)(lambda pattern: EGYPT.company_after[pattern])
    before_arabic = column(EGYPT.company_befores_arabic, hidden=True)(lambda pattern: EGYPT.company_before_arabic[pattern])
    word_arabic = column(FIRM_NAMES_ARABIC, hidden=True)(lambda called: FIRM_NAME_ARABIC[called])
    after_arabic = column(EGYPT.company_afters_arabic, hidden=True)(lambda pattern: EGYPT.company_after_arabic[pattern])
    name = Text("{before}{word}{after}")
    name_arabic = Text("{before_arabic}{word_arabic}{after_arabic}")

    kind = column(EGYPT.company_kinds.type, doc="What it does.")(lambda pattern: EGYPT.company_kind[pattern])
    size = column(EGYPT.company_sizes.type, doc="As its kind has it.")(lambda pattern: EGYPT.company_size[pattern])
    area = Vocabulary(EGYPT.areas)
    area_arabic = column(EGYPT.areas_arabic, doc="The same area.")(lambda area: area)
    governorate_row = column(Integer, hidden=True)(lambda area: EGYPT.governorate[area])
    governorate = column(EGYPT.governorates, doc="The area's.")(lambda governorate_row: governorate_row)
    governorate_arabic = column(EGYPT.governorates_arabic, doc="The same governorate.")(lambda governorate_row: governorate_row)
    region = column(Integer, hidden=True)(lambda area: EGYPT.region[area])
    delivery_region = column(EGYPT.regions, doc="A or B, by the area: each has its days.")(lambda region: region)

    @column(Integer, hidden=True)
    def tax(draw, id):
        """Nine digits, each number once."""
        return 99_999_999 + draw(Shuffle(900_000_000))(id)

    tax_number = Text("{tax:09d}", unique=True)
    register = Integers(10_000, 499_999, hidden=True)
    commercial_register = Text("{register:06d}")

    terms_code = column(Integer, hidden=True)(
        lambda draw, scenario: draw(Choice(tuple(scenario.shares["payment_terms"][one] for one in TERMS)))
    )
    payment_terms = column(Categorical(TERMS), doc="When it pays.")(lambda terms_code: terms_code)

    @column(Integer, hidden=True)
    def method_code(draw, terms_code):
        """Cash, card or InstaPay on delivery; else a transfer or a cheque."""
        return either(terms_code == ON_DELIVERY, draw(Choice((60, 20, 0, 0, 20))), 2 + draw(Choice((70, 30))))

    method = column(METHODS, hidden=True)(lambda method_code: method_code)
    days_to_pay = column(Integer, hidden=True)(lambda terms_code: DAYS_OF_TERMS[terms_code])
    payment_config = Text('{{"terms": "{payment_terms}", "days": {days_to_pay}, "method": "{method}"}}', type=Json)

    @column(Money)
    def credit_limit(draw, size):
        """20,000 to 50,000 pounds for a small one, five and twenty times as much for others."""
        return 1_000_00 * draw.integers(20, 50) * np.array([1, 5, 20])[size]

    account_manager_id = ForeignKey(Users, where={"sells": True})
    prefix, line, phone = mobile()
    created_at = CreatedAt(History(years_before=5, share_before=1), hidden=True)
    since = column(Date, doc="In the five years before the period; ids ascend with it.")(lambda created_at: created_at // DAY)
    branch_count = column(Integer, hidden=True)(lambda draw, id: draw(Poisson(np.full(len(id), 0.3))))
    first_branch = First("branches")


class Branches(Table):
    """Another place of a company's."""

    rows = FanOut(Companies, "branch_count")

    id = Key()
    company_id = ParentKey(Companies)
    firm = Lookup(Companies.name, hidden=True)

    area_row = column(Integer, hidden=True)(lambda draw, home=Companies.governorate_row: _by_governorate[NEAR.pick(draw, home)])
    area = column(EGYPT.areas.type, doc="In the company's governorate.")(lambda area_row: area_row)
    area_arabic = column(EGYPT.areas_arabic, doc="The same area.")(lambda area_row: area_row)
    name = Text("{firm}, {area}")
    number = Integers(1, 180, hidden=True)
    street = Vocabulary(EGYPT.streets, hidden=True)
    street_arabic = column(EGYPT.streets_arabic, hidden=True)(lambda street: street)
    address = Text("{number} {street}, {area}")
    address_arabic = Text("{number} {street_arabic}، {area_arabic}")
    community = Vocabulary(EGYPT.communities, hidden=True)
    man = column(Integer, hidden=True)(lambda draw: draw.below(2))
    first = column(EGYPT.first_names.type, hidden=True)(lambda draw, community, man: EGYPT.first_names.pick(draw, community * 2 + man))
    family = column(EGYPT.family_names.type, hidden=True)(lambda draw, community: EGYPT.family_names.pick(draw, community))
    contact = Text("{first} {family}")
    prefix, line, phone = mobile()


class Products(Table):
    """What the distributor sells: coffee, tea, syrups, machines and what they need."""

    rows = Volume("products")

    id = Key()
    item = column(Integer, hidden=True)(lambda id: (id - 1) % len(EGYPT.item_product))
    category_code = column(Integer, hidden=True)(lambda item: EGYPT.item_category[item])
    sku_prefix = column(Categorical(["COF", "TEA", "SYR", "MCH", "PRT", "CNS"]), hidden=True)(lambda category_code: category_code)
    sku = Text("{sku_prefix}-{id:06d}", unique=True)

    sort = column(EGYPT.products, hidden=True)(lambda item: EGYPT.item_product[item])
    brand = column(EGYPT.brands, doc="One that makes such things; invented.")(lambda item: EGYPT.item_brand[item])
    variant = column(EGYPT.variants, hidden=True)(lambda item: EGYPT.item_variant[item])
    sort_arabic = column(EGYPT.products_arabic, hidden=True)(lambda item: EGYPT.item_product[item])
    brand_arabic = column(EGYPT.brands_arabic, hidden=True)(lambda item: EGYPT.item_brand[item])
    variant_arabic = column(EGYPT.variants_arabic, hidden=True)(lambda item: EGYPT.item_variant[item])
    name = Text("{brand} {sort} {variant}")
    name_arabic = Text("{sort_arabic} {brand_arabic} {variant_arabic}")
    category = column(EGYPT.categories.type, doc="Coffee, tea, syrup, machine, spare part or consumable.")(
        lambda category_code: category_code
    )
    unit = column(EGYPT.units.type, doc="What it is counted in.")(lambda item: EGYPT.item_unit[item])
    cost = column(Money, doc="What it is bought for.")(lambda item: EGYPT.item_cost[item])

    @column(Money)
    def price(draw, cost):
        """The cost and 18 to 60 % more, in whole pounds."""
        return (cost * draw.integers(118, 160) // 100 + 99) // 100 * 100

    is_machine = column(Boolean, hidden=True)(lambda category_code: category_code == MACHINE)
    base_stock = column(Integer, hidden=True)(lambda draw, is_machine: draw.integers(either(is_machine, 2, 30), either(is_machine, 8, 300)))
