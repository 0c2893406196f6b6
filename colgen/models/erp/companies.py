"""The companies that buy from the distributor: how large they are, how they pay, when they come and go."""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Choice,
    Codes,
    CreatedAt,
    Date,
    Double,
    Draw,
    Exponential,
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
    Popularity,
    Rank,
    Shuffle,
    Table,
    Text,
    Vocabulary,
    Volume,
    column,
    either,
    exp,
    log,
    vocabulary,
)
from colgen.models.erp.people import EGYPT, OFFICE, WORKING_DAYS, Users, mobile
from colgen.models.erp.products import Products


class Size(Codes):
    small: int
    medium: int
    large: int


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


DAYS_TO_PAY = np.array([1, 15, 30, 30])  # by terms
BANK = EGYPT.company_kinds.type.words.to_pylist().index("bank")
SIZES = (0.6, 0.9)  # up to which part of all companies, from the least on, they are small, and medium
BUYERS = Popularity(top=0.2, share=0.5, by="rank")
MEAN_ORDER = np.array([2_900_00, 4_300_00, 6_800_00])  # by size
MONTHS_OF_CREDIT = np.array([1.0, 1.8, 3.2, 3.8])  # by terms
LEAVES = 0.6  # of the companies, sooner or later
STAYS = np.array([2.1, 2.7, 4.8])  # years on average until one leaves, by size
NO_DAY = 1 << 30
PATIENCE = np.array([0.9, 1.1, 1.45])  # by size: the larger, the rarer are debtors who pay late
MACHINE_PRICE = np.array([40_000_00, 90_000_00, 250_000_00])  # of which a company of a size has every other machine that it looks at
_TEN = 10

_names = [*EGYPT.company_words.type.words.to_pylist(), *EGYPT.family_names.type.words.to_pylist()]
_names_arabic = [*EGYPT.company_words_arabic.words.to_pylist(), *EGYPT.family_names_arabic.words.to_pylist()]
FIRM_NAMES, FIRM_NAME = vocabulary.distinct(_names)
FIRM_NAMES_ARABIC, FIRM_NAME_ARABIC = vocabulary.distinct(_names_arabic)
INVENTED = len(EGYPT.company_words.type.words)  # the number of invented names; those after them are family names

_by_governorate = np.argsort(EGYPT.governorate, kind="stable")
_people = EGYPT.areas.weights
POSITION = np.bincount(EGYPT.governorate, EGYPT.position * _people) / np.bincount(EGYPT.governorate, _people)  # of each governorate
NEAR = Grouped("areas of a governorate", [str(row) for row in _by_governorate], EGYPT.governorate[_by_governorate])


def flattened(rank):
    """How likely a buyer who comes up is taken: the very largest order less often than a Zipf would have it."""
    return rank / (rank + 1)


def orders_share(rank, companies):
    """The share of all orders that the company with a rank gets."""
    head = np.arange(1, min(companies, 10_000) + 1)
    lost = (BUYERS.share_of(head, companies) * (1 - flattened(head))).sum()
    return BUYERS.share_of(rank, companies) * flattened(rank) / (1 - lost)


def evenly(draw, rank):
    """A uniform draw for each row, of which ten rows with neighbouring ranks have one in each tenth: so that chance decides who, not how many."""
    group = (rank - 1) // _TEN
    turn = Draw(draw.stream_key(), ids=group).below(_TEN)
    return ((rank * 3 + turn) % _TEN + draw.uniform()) / _TEN


def near(governorate_row, beat=Users.beat):
    """How likely a technician looks after a company: one of the governorate as a rule, else one from next door."""
    away = np.abs(POSITION[governorate_row] - POSITION[(beat * len(POSITION)).astype(np.int64)])
    return np.where(away == 0, 1.0, np.where(away < 0.05, 0.03, 0.0005))


def within_means(size_code, price=Products.price):
    """How likely a company of a size has a machine of a price."""
    means = MACHINE_PRICE[size_code]
    return (means / (means + price)) ** 2


class Companies(Table, keep="there"):
    """A customer: a café, hotel, office or other place that serves coffee."""

    rows = Volume("companies")

    id = Key()
    rank = Rank()

    @column(Double, hidden=True)
    def bigness(draw, rank, volume):
        """From 0 to 1, evenly: mostly its place among all companies by how often they order, the largest last."""
        return np.where(draw.chance(0.85), 1 - (rank - 0.5) / volume["companies"], draw.uniform())

    size_code = column(Integer, hidden=True)(lambda bigness: np.searchsorted(SIZES, bigness, side="right"))
    pattern = column(Integer, hidden=True)(lambda draw, size_code: EGYPT.company_pattern(draw, size_code))

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

    kind_code = column(Integer, hidden=True)(lambda pattern: EGYPT.company_kind[pattern])
    kind = column(EGYPT.company_kinds.type, doc="Its line of business.")(lambda kind_code: kind_code)
    size = column(Size.type, doc="Six in ten are small, three medium; the larger, the more they order.")(lambda size_code: size_code)
    area = Vocabulary(EGYPT.areas)
    area_arabic = column(EGYPT.areas_arabic, doc="The same area in Arabic.")(lambda area: area)
    governorate_row = column(Integer, hidden=True)(lambda area: EGYPT.governorate[area])
    governorate = column(EGYPT.governorates, doc="The governorate of the area.")(lambda governorate_row: governorate_row)
    governorate_arabic = column(EGYPT.governorates_arabic, doc="The same governorate in Arabic.")(lambda governorate_row: governorate_row)
    region = column(Integer, hidden=True)(lambda area: EGYPT.region[area])
    delivery_region = column(EGYPT.regions, doc="A or B, depending on the area; each has its own delivery days.")(lambda region: region)
    stop = column(Double, hidden=True)(lambda draw, area: EGYPT.stretch_start[area] + draw.uniform() * EGYPT.stretch[area])  # on the way

    @column(Integer, hidden=True)
    def tax(draw, id):
        """A number of nine digits, different for every company."""
        return 99_999_999 + draw(Shuffle(900_000_000))(id)

    tax_number = Text("{tax:09d}", unique=True)
    register = Integers(10_000, 499_999, hidden=True)
    commercial_register = Text("{register:06d}")

    @column(Integer, hidden=True)
    def terms_code(draw, bigness, kind_code, scenario):
        """Small companies mostly pay on delivery, large ones by the month; all together as the scenario says. A bank has no till to pay from."""
        shares = [scenario.shares["payment_terms"][terms] for terms in Terms.words]
        terms = np.searchsorted(np.cumsum(shares[:-1]), np.where(draw.chance(0.8), bigness, draw.uniform()), side="right")
        return np.where((kind_code == BANK) & (terms == Terms.on_delivery), Terms.net_15, terms)

    payment_terms = column(Terms.type, doc="When it pays; small companies mostly on delivery, banks never.")(lambda terms_code: terms_code)

    @column(Integer, hidden=True)
    def method_code(draw, terms_code):
        """Cash, card or InstaPay on delivery; otherwise a bank transfer or a cheque."""
        return either(terms_code == Terms.on_delivery, draw(Choice((60, 20, 0, 0, 20))), Method.bank_transfer + draw(Choice((70, 30))))

    method = column(Method.type, hidden=True)(lambda method_code: method_code)
    days_to_pay = column(Integer, hidden=True)(lambda terms_code: DAYS_TO_PAY[terms_code])
    payment_config = Text('{{"terms": "{payment_terms}", "days": {days_to_pay}, "method": "{method}"}}', type=Json)

    @column(Money)
    def credit_limit(draw, rank, size_code, terms_code, volume):
        """What it is expected to buy in one month to three, depending on its terms, in steps of 5,000 pounds; at least 15,000."""
        orders = volume["orders_per_day"] * 30 * orders_share(rank, volume["companies"])
        generous = MONTHS_OF_CREDIT[terms_code] * (0.85 + 0.5 * draw.uniform())
        return np.maximum((orders * MEAN_ORDER[size_code] * generous).astype(np.int64) // 5_000_00 + 1, 3) * 5_000_00

    account_manager_id = ForeignKey(Users, where={"sells": True})
    prefix, line, phone = mobile()
    created_at = CreatedAt(
        History(years_before=5, share_before="established", calendar=WORKING_DAYS, within="joining_days"), OFFICE, hidden=True
    )
    since = column(Date, doc="When it became a customer, in the order of ids.")(lambda created_at: created_at // DAY)

    @column(Date, hidden=True)
    def leaves_on(draw, id, since, size_code, period):
        """The day from which on it orders no more, if ever: some years from the first day, or from when it came. The first one stays."""
        days = draw(Exponential(365.0)) * STAYS[size_code]
        leaves = draw.chance(LEAVES) & (id > 1)
        return either(leaves, np.maximum(since, period.start) + 2 + days.astype(np.int64), NO_DAY)

    @column(Date, nullable=True)
    def left_on(leaves_on, period):
        """The day from which on it ordered no more; missing if it is still a customer."""
        return np.ma.array(leaves_on, mask=leaves_on > period.end)

    # Latent traits: what makes some companies unlike others of their kind.
    impatience = column(Double, hidden=True)(lambda draw, rank, size_code: log(evenly(draw, rank)) * PATIENCE[size_code])
    slow = column(Double, hidden=True)(lambda impatience: exp(impatience * 4))  # how likely it pays late, in quiet times
    fickle = column(Double, hidden=True)(lambda draw, rank: 4 * evenly(draw, rank) ** 3)  # mean 1: cancels and complains so often
    hard_to_reach = column(Double, hidden=True)(lambda draw, area: 3 * Draw(draw.stream_key(), ids=area).uniform() ** 2)  # mean 1
    machine_id = ForeignKey(Products, where={"is_machine": True}, likely=within_means, hidden=True)  # the model that it has, and buys again

    technician_id = ForeignKey(Users, where={"supports": True}, likely=near, hidden=True)
    branch_count = column(Integer, hidden=True)(lambda draw, id: draw(Poisson(np.full(len(id), 0.3))))
    first_branch = First("branches")
    there = column(Boolean, hidden=True)(lambda since, period: since <= period.end)


class Branches(Table, keep="there"):
    """Another location of a company."""

    rows = FanOut(Companies, "branch_count")

    id = Key()
    company_id = ParentKey(Companies)
    there = Lookup(Companies.there, hidden=True)
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
