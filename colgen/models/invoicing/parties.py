"""Who buys: tiers of customers, customers and their addresses.

How much a customer buys is its rank. Its tier, its credit limit and its terms follow from that, and so do its invoices; how reliably it pays is
drawn once for each.
"""

import numpy as np

from colgen import (
    DAY,
    Between,
    Boolean,
    Calendar,
    Categorical,
    Category,
    Codes,
    CreatedAt,
    Decimal,
    FanOut,
    FixedValues,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    Rank,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    Volume,
    column,
    exp,
    log,
    time_of_day,
    vocabulary,
)

PLACES = vocabulary.united_states()
SALES_TAX = np.round(vocabulary.column("states", "sales_tax").to_numpy() * 100_000).astype(np.int64)  # by state, in 1/100,000

REGIONS = Categorical(list(dict.fromkeys(vocabulary.column("states", "region").to_pylist())))
STATE_REGION = vocabulary.column("states", "region").dictionary_encode().indices.to_numpy()

OFFICE = (0,) * 11 + (1, 3, 8, 12, 13, 11, 7, 10, 12, 11, 9, 6, 3)
"""How busy the office in New York is by the hour in UTC: from 6 a.m. to 7 p.m., with lunch at noon; winter time all the year."""

TIER_SHARES = (50, 30, 15, 5)
TERMS = np.array(
    [[1, 1, 1, 1, 2, 2, 2, 2, 2, 3], [1, 1, 2, 2, 2, 2, 2, 3, 3, 3], [2, 2, 2, 2, 2, 3, 3, 3, 4, 4], [2, 2, 2, 3, 3, 3, 4, 4, 4, 4]]
)
"""By tier, the terms of ten customers, in 15 days: the larger a customer, the later it pays."""
LATE = 0.3
"""The share of all invoices that would be paid late, were all customers to buy equally often."""


LEADERS = 0.05
"""The share of the rows, the first by rank, of which everything follows from their rank alone."""


def place_of(rank, rows, draw, certain):
    """A place in [0, 1) that is even over all rows: that of its rank for leaders and a share `certain` of the others, any beyond the leaders for the rest."""
    own = (rank - 0.5) / rows
    other = LEADERS + draw.uniform() * (1 - LEADERS)
    return np.where(draw.chance(certain) | (own < LEADERS), own, other)


class CustomerStatus(Codes):
    active: int
    inactive: int
    suspended: int


class AddressType(Codes):
    billing: int
    shipping: int


class CustomerTypes(Table):
    """A tier of customers, by their value to the business."""

    rows = 4

    id = Key()
    name = FixedValues("Bronze", "Silver", "Gold", "Platinum", unique=True)
    description = FixedValues(
        "New and occasional customers",
        "Regular customers",
        "Large customers with a framework agreement",
        "Key accounts with a manager of their own",
    )
    credit_limit_multiplier = FixedValues(10, 20, 40, 80, type=Decimal(4, 1))
    discount_percentage = FixedValues(0, 300, 500, 1000, type=Decimal(5, 2))
    priority_level = FixedValues(1, 2, 3, 4)
    active = FixedValues(True, True, True, True)


class Customers(Table):
    """A customer, who is a person."""

    rows = Volume("customers")

    id = Key()
    rank = Rank()  # 1 buys the most
    first_name = Vocabulary(vocabulary.words("first_names", "name"), hidden=True)
    last_name = Vocabulary(vocabulary.words("last_names", "name"), hidden=True)
    email_domain = Vocabulary(vocabulary.words("email_domains", "domain"), hidden=True)
    place = Vocabulary(PLACES.zip_codes, hidden=True)

    name = Text("{first_name} {last_name}")
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{id}@{email_domain}", unique=True)

    @column(Integer, hidden=True)
    def area_code(draw, place):
        """One that is in use at the primary address."""
        return PLACES.area_code(draw, place)

    exchange = Integers(200, 999, hidden=True)
    line = Integers(0, 9999, hidden=True)
    phone = Text("({area_code:03d}) {exchange:03d}-{line:04d}")

    created_at = CreatedAt(History(years_before=4, share_before=0.8, calendar=Calendar(growth=0.15, noise=0.1)), OFFICE)

    @column(CustomerStatus.type)
    def status(draw, id, created_at, rank, period, volume):
        """Active 70 %, inactive 20 %, suspended 10 %: those who have left or do not pay are older customers, and seldom large ones.

        The first customer is always active, so there is always one to bill.
        """
        is_new = created_at >= period.start * DAY
        place = place_of(rank, volume["customers"], draw, 0.5)
        inactive, suspended = np.where(is_new, 0.02, 0.245), np.where(is_new, 0.01, 0.1225)  # four in five are older
        gone, blocked = (place > 1 - inactive - suspended) & (id > 1), (place > 1 - suspended) & (id > 1)
        return gone.view(np.int8) + blocked.view(np.int8)

    @column(ForeignKey(CustomerTypes))
    def customer_type_id(draw, rank, volume):
        """By what the customer buys: Bronze 50 %, Silver 30 %, Gold 15 %, Platinum 5 %."""
        place = place_of(rank, volume["customers"], draw, 0.85)
        return 1 + sum((place < share).astype(np.int64) for share in (0.5, 0.2, 0.05))

    discount = Lookup(CustomerTypes.discount_percentage, hidden=True)

    @column(Money)
    def credit_limit(draw, multiplier=CustomerTypes.credit_limit_multiplier):
        """5,000 times the type's multiplier, plus 50 to 2,500 in steps of 50."""
        return 5_000_0 * multiplier + 50_00 * draw.integers(1, 50)

    @column(Integer, hidden=True)
    def terms(draw, customer_type_id):
        """How long it may take to pay, in units of 15 days."""
        return TERMS[customer_type_id - 1, draw.below(10)]

    @column(Integer, hidden=True)
    def lateness(draw):
        """How many of 10,000 invoices it pays late: few customers pay most of those that are."""
        return (exp(log(draw.uniform()) * (1 / LATE - 1)) * 10_000).astype(np.int64)

    @column(Decimal(6, 5), hidden=True)
    def sales_tax(place):
        """The state's base rate."""
        return SALES_TAX[PLACES.state[place]]


class CustomerAddresses(Table):
    """A billing or shipping address of a customer."""

    rows = FanOut(Customers, Between("addresses_min", "addresses_max"))

    id = Key()
    customer_id = ParentKey(Customers)
    number = Ordinal(hidden=True)

    @column(AddressType.type)
    def address_type(draw, number):
        """The first is for billing; of the others, three in four are for shipping."""
        return (draw.chance(0.75) & (number > 1)).view(np.int8)

    street = Vocabulary(vocabulary.words("streets", "name"), hidden=True)

    @column(Integer, hidden=True)
    def house_number(draw):
        """1 to 9,999, more often a low number."""
        chance = draw.uniform()
        return (chance * chance * 9_999).astype(np.int64) + 1

    street_address = Text("{house_number} {street}")

    @column(PLACES.zip_codes.type, hidden=True)
    def place(draw, number, home=Customers.place):
        """The customer's home for the first address and two thirds of the others."""
        elsewhere = np.flatnonzero((number > 1) & draw.chance(1 / 3))
        rows = home.copy()
        rows[elsewhere] = PLACES.zip_codes.sample(draw.retry(elsewhere))
        return rows

    @column(PLACES.cities)
    def city(place):
        """Drawn in proportion to population."""
        return PLACES.city[place]

    @column(PLACES.states)
    def state(place):
        """The state of the city."""
        return PLACES.state[place]

    @column(REGIONS)
    def region(place):
        """The census region of the state."""
        return STATE_REGION[PLACES.state[place]]

    @column(PLACES.zip_codes.type)
    def zip_code(place):
        """A ZIP code of the city."""
        return place

    country = Category({"United States": 1})

    @column(Boolean)
    def is_primary(number):
        """Whether it is the first address."""
        return number == 1

    @column(Timestamp)
    def created_at(draw, number, period, since=Customers.created_at):
        """The first address is created with the customer, the others on a later day."""
        created, others = since.copy(), np.flatnonzero(number > 1)
        draw, since = draw.retry(others), since[others]
        day = since // DAY
        later = day + draw.below(period.end - day + 1)
        created[others] = np.maximum(later * DAY + time_of_day(draw.uniform(), OFFICE), since)
        return created
