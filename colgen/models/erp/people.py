"""The people who work for the distributor, the companies that buy from it, and its products."""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Categorical,
    Choice,
    Codes,
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


class Role(Codes):
    admin: int
    manager: int
    sales: int
    support: int


class UserStatus(Codes):
    active: int
    on_leave: int
    left: int


class Terms(Codes):
    """When a company pays."""

    on_delivery: int
    net_15: int
    net_30: int
    monthly_bulk: int


class Method(Codes):
    """How a company pays."""

    cash: int
    card: int
    bank_transfer: int
    cheque: int
    instapay: int


ROLES = np.array([0, 1, 2, 3, 2, 2, 3, 2, 2, 3, 1, 2, 2, 3, 2, 3, 2, 1, 2, 3])  # of twenty users; the first four have one role each
DAYS_TO_PAY = np.array([1, 15, 30, 30])  # by terms
MACHINE = EGYPT.categories.type.words.to_pylist().index("machine")

_names = [*EGYPT.company_words.type.words.to_pylist(), *EGYPT.family_names.type.words.to_pylist()]
_names_arabic = [*EGYPT.company_words_arabic.words.to_pylist(), *EGYPT.family_names_arabic.words.to_pylist()]
FIRM_NAMES, FIRM_NAME = vocabulary.distinct(_names)
FIRM_NAMES_ARABIC, FIRM_NAME_ARABIC = vocabulary.distinct(_names_arabic)
INVENTED = len(EGYPT.company_words.type.words)  # the number of invented names; those after them are family names

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
    """An employee of the distributor."""

    rows = Volume("users")

    id = Key()
    role = column(Role.type, doc="Admin 5 %, manager 15 %, sales 50 %, support 30 %.")(lambda id: ROLES[(id - 1) % len(ROLES)])
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

    @column(UserStatus.type)
    def status(draw, id):
        """Nine in ten are active; the first four, one of each role, always are."""
        return draw(Choice((90, 4, 6))) * (id > len(Role.words))

    hired_at = CreatedAt(History(years_before=6, share_before=1))

    @column(Timestamp)
    def last_login_at(draw, hired_at, period):
        """Usually in the last days of the period; always after they were hired."""
        ago = draw.uniform() * draw.uniform() * draw.uniform()
        return np.maximum((period.end + 1) * DAY - 1 - (ago * 40 * DAY).astype(np.int64), hired_at + DAY // 24)

    sells = column(Boolean, hidden=True)(lambda role, status: (role == Role.sales) & (status == UserStatus.active))
    approves = column(Boolean, hidden=True)(lambda role, status: (role <= Role.manager) & (status == UserStatus.active))
    supports = column(Boolean, hidden=True)(lambda role, status: (role == Role.support) & (status == UserStatus.active))


class Companies(Table):
    """A customer: a café, hotel, office or other place that serves coffee."""

    rows = Volume("companies")

    id = Key()
    pattern = Vocabulary(EGYPT.company_patterns, hidden=True)

    @column(Integer, hidden=True)
    def called(draw):
        """The word in its name: an invented one for two in three, else a family name."""
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

    kind = column(EGYPT.company_kinds.type, doc="Its line of business.")(lambda pattern: EGYPT.company_kind[pattern])
    size = column(EGYPT.company_sizes.type, doc="Depends on its kind.")(lambda pattern: EGYPT.company_size[pattern])
    area = Vocabulary(EGYPT.areas)
    area_arabic = column(EGYPT.areas_arabic, doc="The same area in Arabic.")(lambda area: area)
    governorate_row = column(Integer, hidden=True)(lambda area: EGYPT.governorate[area])
    governorate = column(EGYPT.governorates, doc="The governorate of the area.")(lambda governorate_row: governorate_row)
    governorate_arabic = column(EGYPT.governorates_arabic, doc="The same governorate in Arabic.")(lambda governorate_row: governorate_row)
    region = column(Integer, hidden=True)(lambda area: EGYPT.region[area])
    delivery_region = column(EGYPT.regions, doc="A or B, depending on the area; each has its own delivery days.")(lambda region: region)

    @column(Integer, hidden=True)
    def tax(draw, id):
        """A number of nine digits, different for every company."""
        return 99_999_999 + draw(Shuffle(900_000_000))(id)

    tax_number = Text("{tax:09d}", unique=True)
    register = Integers(10_000, 499_999, hidden=True)
    commercial_register = Text("{register:06d}")

    terms_code = column(Integer, hidden=True)(
        lambda draw, scenario: draw(Choice(tuple(scenario.shares["payment_terms"][terms] for terms in Terms.words)))
    )
    payment_terms = column(Terms.type, doc="When it pays.")(lambda terms_code: terms_code)

    @column(Integer, hidden=True)
    def method_code(draw, terms_code):
        """Cash, card or InstaPay on delivery; otherwise a bank transfer or a cheque."""
        return either(terms_code == Terms.on_delivery, draw(Choice((60, 20, 0, 0, 20))), Method.bank_transfer + draw(Choice((70, 30))))

    method = column(Method.type, hidden=True)(lambda method_code: method_code)
    days_to_pay = column(Integer, hidden=True)(lambda terms_code: DAYS_TO_PAY[terms_code])
    payment_config = Text('{{"terms": "{payment_terms}", "days": {days_to_pay}, "method": "{method}"}}', type=Json)

    @column(Money)
    def credit_limit(draw, size):
        """20,000 to 50,000 pounds for a small company, 5 or 20 times as much for a larger one."""
        return 1_000_00 * draw.integers(20, 50) * np.array([1, 5, 20])[size]

    account_manager_id = ForeignKey(Users, where={"sells": True})
    prefix, line, phone = mobile()
    created_at = CreatedAt(History(years_before=5, share_before=1), hidden=True)
    since = column(Date, doc="When it became a customer, in the five years before the period; in the order of ids.")(
        lambda created_at: created_at // DAY
    )
    branch_count = column(Integer, hidden=True)(lambda draw, id: draw(Poisson(np.full(len(id), 0.3))))
    first_branch = First("branches")


class Branches(Table):
    """Another location of a company."""

    rows = FanOut(Companies, "branch_count")

    id = Key()
    company_id = ParentKey(Companies)
    firm = Lookup(Companies.name, hidden=True)

    area_row = column(Integer, hidden=True)(lambda draw, home=Companies.governorate_row: _by_governorate[NEAR.pick(draw, home)])
    area = column(EGYPT.areas.type, doc="In the company's governorate.")(lambda area_row: area_row)
    area_arabic = column(EGYPT.areas_arabic, doc="The same area in Arabic.")(lambda area_row: area_row)
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
    """A product: coffee, tea, syrup, a machine, or supplies for one."""

    rows = Volume("products")

    id = Key()
    item = column(Integer, hidden=True)(lambda id: (id - 1) % len(EGYPT.item_product))
    category_code = column(Integer, hidden=True)(lambda item: EGYPT.item_category[item])
    sku_prefix = column(Categorical(["COF", "TEA", "SYR", "MCH", "PRT", "CNS"]), hidden=True)(lambda category_code: category_code)
    sku = Text("{sku_prefix}-{id:06d}", unique=True)

    sort = column(EGYPT.products, hidden=True)(lambda item: EGYPT.item_product[item])
    brand = column(EGYPT.brands, doc="An invented brand that makes such products.")(lambda item: EGYPT.item_brand[item])
    variant = column(EGYPT.variants, hidden=True)(lambda item: EGYPT.item_variant[item])
    sort_arabic = column(EGYPT.products_arabic, hidden=True)(lambda item: EGYPT.item_product[item])
    brand_arabic = column(EGYPT.brands_arabic, hidden=True)(lambda item: EGYPT.item_brand[item])
    variant_arabic = column(EGYPT.variants_arabic, hidden=True)(lambda item: EGYPT.item_variant[item])
    name = Text("{brand} {sort} {variant}")
    name_arabic = Text("{sort_arabic} {brand_arabic} {variant_arabic}")
    category = column(EGYPT.categories.type, doc="Coffee, tea, syrup, machine, spare part or consumable.")(
        lambda category_code: category_code
    )
    unit = column(EGYPT.units.type, doc="The unit in which it is sold.")(lambda item: EGYPT.item_unit[item])
    cost = column(Money, doc="What the distributor pays for it.")(lambda item: EGYPT.item_cost[item])

    @column(Money)
    def price(draw, cost):
        """The cost plus 18 to 60 %, in whole pounds."""
        return (cost * draw.integers(118, 160) // 100 + 99) // 100 * 100

    is_machine = column(Boolean, hidden=True)(lambda category_code: category_code == MACHINE)
    base_stock = column(Integer, hidden=True)(lambda draw, is_machine: draw.integers(either(is_machine, 2, 30), either(is_machine, 8, 300)))
