"""The tables of the invoicing model."""

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
    Date,
    Decimal,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Lookup,
    Moment,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Sum,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    Volume,
    column,
    time_of_day,
    vocabulary,
)
from colgen import Day as CalendarDay
from colgen.vocabulary.goods import BRANDS, CATEGORIES, KIND_CATEGORY, KIND_COST, KIND_NAMES, KIND_WEIGHT, SERIES

PLACES = vocabulary.united_states()
SALES_TAX = np.round(vocabulary.column("states", "sales_tax").to_numpy() * 10_000).astype(np.int64)  # by state, in 1/10,000

REGIONS = Categorical(list(dict.fromkeys(vocabulary.column("states", "region").to_pylist())))
STATE_REGION = vocabulary.column("states", "region").dictionary_encode().indices.to_numpy()


class CustomerStatus(Codes):
    active: int
    inactive: int
    suspended: int


class AddressType(Codes):
    billing: int
    shipping: int


class InvoiceStatus(Codes):
    pending: int
    paid: int
    overdue: int


class CustomerTypes(Table):
    """A tier of customers, by their value to the business."""

    rows = 4

    id = Key()
    name = FixedValues("Bronze", "Silver", "Gold", "Platinum", unique=True)
    description = FixedValues(
        "New and occasional customers",
        "Regular customers",
        "Large customers with a frame contract",
        "Key accounts with a manager of their own",
    )
    credit_limit_multiplier = FixedValues(10, 20, 40, 80, type=Decimal(4, 1))
    discount_percentage = FixedValues(0, 300, 500, 1000, type=Decimal(5, 2))
    priority_level = FixedValues(1, 2, 3, 4)
    active = FixedValues(True, True, True, True)


class ProductCategories(Table):
    """A category of the catalogue, with the range of its markups on cost."""

    rows = len(CATEGORIES)

    id = Key()
    name = FixedValues(*CATEGORIES, unique=True)
    description = FixedValues(*(f"{name} for offices, workshops and shops" for name in CATEGORIES))
    sku_prefix = FixedValues("ELEC", "SOFT", "OFFC", "FURN", "NETW", "PRNT", "KTCH", "CLEN", "TOOL", "SAFE", "LGHT", "PACK", unique=True)
    markup_min = FixedValues(120, 160, 130, 140, 125, 130, 135, 130, 130, 135, 140, 125, type=Decimal(4, 2))
    markup_max = FixedValues(150, 220, 190, 200, 165, 180, 190, 185, 180, 190, 200, 170, type=Decimal(4, 2))
    active = FixedValues(*([True] * len(CATEGORIES)))


class Customers(Table):
    """A customer, who is a person."""

    rows = Volume("customers")

    id = Key()
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

    @column(CustomerStatus.type)
    def status(draw, id):
        """Active 70 %, inactive 20 %, suspended 10 %; the first customer is always active, so there is always one to bill."""
        percentile = draw.below(100)
        return ((percentile >= 70) & (id > 1)).view(np.int8) + ((percentile >= 90) & (id > 1)).view(np.int8)

    customer_type_id = ForeignKey(CustomerTypes, weights=(50, 30, 15, 5))
    discount = Lookup(CustomerTypes.discount_percentage, hidden=True)

    @column(Money)
    def credit_limit(draw, multiplier=CustomerTypes.credit_limit_multiplier):
        """5,000 times the type's multiplier, plus 50 to 2,500 in steps of 50."""
        return 5_000_0 * multiplier + 50_00 * draw.integers(1, 50)

    created_at = CreatedAt(History(years_before=4, share_before=0.8))

    @column(Decimal(5, 4), hidden=True)
    def sales_tax(place):
        """The state's base rate."""
        return SALES_TAX[PLACES.state[place]]


class Products(Table):
    """A product in the catalogue."""

    rows = Volume("products")

    id = Key()
    kind = Vocabulary(KIND_NAMES, hidden=True)

    @column(ForeignKey(ProductCategories))
    def product_category_id(kind):
        """The category of its kind."""
        return KIND_CATEGORY[kind] + 1

    sku_prefix = Lookup(ProductCategories.sku_prefix, hidden=True)
    sku = Text("{sku_prefix}-{id:06d}", unique=True)

    @column(BRANDS.type, hidden=True)
    def brand(draw, product_category_id):
        return BRANDS.pick(draw, product_category_id - 1)

    @column(SERIES.type, hidden=True)
    def series(draw, product_category_id):
        return SERIES.pick(draw, product_category_id - 1)

    name = Text("{brand} {series} {kind}")

    @column(Money)
    def cost(draw, kind):
        """The typical cost of its kind, give or take a third."""
        per_mille = draw.integers(333, 666) + draw.integers(333, 666)
        return KIND_COST[kind] * per_mille // 1000

    @column(Money)
    def price(draw, cost, low=ProductCategories.markup_min, high=ProductCategories.markup_max):
        """The cost times a markup from the category's range."""
        return (cost * draw.integers(low * 100, high * 100) + 5_000) // 10_000

    @column(Decimal(8, 3))
    def weight(draw, kind):
        """Kilograms: the typical weight of its kind, give or take a tenth."""
        return KIND_WEIGHT[kind] * draw.integers(90, 110) // 100

    active = Flag(0.75)
    created_at = CreatedAt(History(years_before=4, share_before=0.9))


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
        created[others] = np.maximum(later * DAY + time_of_day(draw.uniform()), since)
        return created


class Inventory(Table):
    """The stock of a product at one warehouse."""

    rows = FanOut(Products, Between(1, 3))

    id = Key()
    product_id = ParentKey(Products)
    number = Ordinal(hidden=True)

    @column(Categorical(["Atlanta", "Chicago", "Dallas", "Denver", "Newark", "Reno", "Seattle"]))
    def warehouse_location(number, product_id):
        """Different for each of a product's rows: they go round the warehouses from a start that depends on the product."""
        return (product_id * 5 + number * 3) % 7

    reorder_point = Integers(10, 120)
    reorder_quantity = column(Integer, doc="Two to five times the reorder point.")(
        lambda draw, reorder_point: reorder_point * draw.integers(2, 5)
    )

    @column(Integer)
    def quantity_on_hand(draw, reorder_point, reorder_quantity):
        """From the reorder point up to one order above it; about one in six has fallen below the reorder point."""
        stocked = reorder_point + draw.below(reorder_quantity + 1)
        short = draw.below(reorder_point)
        low = draw.chance(1 / 6)
        return stocked + (short - stocked) * low

    @column(Timestamp)
    def last_restocked_at(draw, period, since=Products.created_at):
        """Within the last 120 days, but not before the product was created."""
        day = period.end - draw.below(120)
        return np.maximum(day * DAY + time_of_day(draw.uniform()), since)


class Invoices(Table):
    """An invoice to a customer."""

    rows = Volume(
        "invoices",
        Calendar(weekday=(1.1, 1.15, 1.15, 1.1, 1.0, 0.35, 0.25), month={11: 1.1, 12: 1.3}, recency=((30, 40), (90, 30), (None, 30))),
    )

    id = Key()
    date = CalendarDay()
    invoice_number = Text("INV-{date:%Y}-{id:08d}", unique=True)
    customer_id = ForeignKey(Customers, existing_at="date", where={"status": "active"})
    discount = Lookup(Customers.discount, hidden=True)
    terms = Integers(1, 4, hidden=True)
    due_date = column(Date, doc="15, 30, 45 or 60 days later.")(lambda date, terms: date + 15 * terms)

    @column(InvoiceStatus.type)
    def status(draw, date, due_date, period):
        """Pending or paid under 30 days of age, mostly paid under 60, paid or overdue from 60 on; never overdue before the due date."""
        age = period.end - date
        percentile = draw.below(100)
        passed = due_date < period.end
        young, old = age < 30, age >= 60
        middle = ~(young | old)
        overdue = passed & ((old & (percentile < 14)) | (middle & (percentile < 13)))
        pending = ((young & (percentile < 45)) | (middle & (percentile < 25))) & ~overdue
        return InvoiceStatus.paid + overdue.view(np.int8) - pending.view(np.int8)  # overdue is the code after paid, pending the one before

    subtotal = Sum("invoice_line_items.line_total", Money)
    tax_rate = Lookup(Customers.sales_tax)

    @column(Money)
    def tax_amount(subtotal, tax_rate):
        """Subtotal × tax rate, rounded half up to the cent."""
        return (subtotal * tax_rate + 5_000) // 10_000

    total = column(Money, doc="The amount to pay.")(lambda subtotal, tax_amount: subtotal + tax_amount)
    created_at = Moment()


class InvoiceLineItems(Table):
    """A product on an invoice."""

    rows = FanOut(Invoices, Between("lines_min", "lines_max"))

    id = Key()
    invoice_id = ParentKey(Invoices)
    line_number = Ordinal()
    date = Lookup(Invoices.date, hidden=True)
    product_id = ForeignKey(Products, popularity=Popularity(), existing_at="date")
    quantity = Integers(1, 20)

    @column(Money)
    def unit_price(price=Products.price, discount=Invoices.discount):
        """The product's price less the customer type's discount, rounded half up to the cent."""
        return (price * (100_00 - discount) + 50_00) // 100_00

    line_total = column(Money, doc="Quantity × unit price.")(lambda quantity, unit_price: quantity * unit_price)
