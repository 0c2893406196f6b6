"""The eight tables of TPC-H, a wholesale supplier, with the words and the ranges that its 22 queries ask for.

colgen build examples/tpch.py --volume medium --out tpch.duckdb
colgen report pricing_summary tpch.duckdb

`tiny`, `small`, `medium` and `large` are the scale factors 0.001 to 1 of TPC-H. Simplified: names of parts may have a colour twice, and
remarks are put together out of fewer words.
"""

import numpy as np

from colgen import (
    BigInteger,
    Categorical,
    Category,
    Count,
    Date,
    Dates,
    Decimal,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    Report,
    Rule,
    Sum,
    Table,
    Text,
    Volume,
    Words,
    column,
    either,
)

Cents = Decimal(15, 2)
TODAY = np.datetime64("1995-06-17").astype(int)  # what came before has been delivered
OPEN, FINISHED, PARTLY = range(3)


def any_of(words, **options):
    """One of these words, each as likely as another."""
    return Category(dict.fromkeys(words.split(", "), 1), **options)


COLOURS = (
    "almond, antique, aquamarine, azure, beige, bisque, black, blanched, blue, blush, brown, burlywood, burnished, chartreuse, chiffon, "
    "chocolate, coral, cornflower, cornsilk, cream, cyan, dark, deep, dim, dodger, drab, firebrick, floral, forest, frosted, gainsboro, "
    "ghost, goldenrod, green, grey, honeydew, hot, indian, ivory, khaki, lace, lavender, lawn, lemon, light, lime, linen, magenta, maroon, "
    "medium, metallic, midnight, mint, misty, moccasin, navajo, navy, olive, orange, orchid, pale, papaya, peach, peru, pink, plum, powder, "
    "puff, purple, red, rose, rosy, royal, saddle, salmon, sandy, seashell, sienna, sky, slate, smoke, snow, spring, steel, tan, thistle, "
    "tomato, turquoise, violet, wheat, white, yellow"
)
NATIONS = {
    "ALGERIA": 1, "ARGENTINA": 2, "BRAZIL": 2, "CANADA": 2, "EGYPT": 5, "ETHIOPIA": 1, "FRANCE": 4, "GERMANY": 4, "INDIA": 3,
    "INDONESIA": 3, "IRAN": 5, "IRAQ": 5, "JAPAN": 3, "JORDAN": 5, "KENYA": 1, "MOROCCO": 1, "MOZAMBIQUE": 1, "PERU": 2, "CHINA": 3,
    "ROMANIA": 4, "SAUDI ARABIA": 5, "VIETNAM": 3, "RUSSIA": 4, "UNITED KINGDOM": 4, "UNITED STATES": 2,
}  # fmt: skip


class Region(Table):
    """A part of the world."""

    rows = 5
    r_regionkey = Key(Integer, start=0)
    r_name = FixedValues("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST", unique=True)
    r_comment = Words(4, 12)


class Nation(Table):
    """A country, and the region it lies in."""

    rows = 25
    n_nationkey = Key(Integer, start=0)
    n_name = FixedValues(*NATIONS, unique=True)
    n_comment = Words(4, 12)

    @column(ForeignKey(Region))
    def n_regionkey(n_nationkey):
        """As on the map."""
        return np.array(list(NATIONS.values()))[n_nationkey]


class Supplier(Table):
    """Who delivers parts."""

    rows = Volume("suppliers")
    s_suppkey = Key()
    s_name = Text("Supplier#{s_suppkey:09d}")
    s_address = Words(2, 4, most=40)
    s_nationkey = ForeignKey(Nation)
    area, exchange, line = (
        Integers(100, 999, hidden=True),
        Integers(100, 999, hidden=True),
        Integers(1_000, 9_999, hidden=True),
    )
    s_phone = Text("{country_code}-{area}-{exchange}-{line}")
    s_acctbal = Integers(-999_99, 9_999_99, type=Cents)
    word = any_of("blithely, carefully, furiously, quickly, slyly", hidden=True)
    remark = Category({"sleep above the deposits": 198, "Customer grow Complaints": 1, "Customer haggle Recommends": 1}, hidden=True)
    s_comment = Text("{word} {remark}")

    @column(Integer, hidden=True)
    def country_code(s_nationkey):
        """What its telephone numbers begin with."""
        return s_nationkey + 10


class Part(Table):
    """What is sold."""

    rows = Volume("parts")
    p_partkey = Key()
    colour_1, colour_2, colour_3, colour_4, colour_5 = (any_of(COLOURS, hidden=True) for _ in range(5))
    p_name = Text("{colour_1} {colour_2} {colour_3} {colour_4} {colour_5}")
    maker = Integers(1, 5, hidden=True)
    model = Integers(1, 5, hidden=True)
    p_mfgr = Text("Manufacturer#{maker}")
    p_brand = Text("Brand#{maker}{model}")
    grade = any_of("STANDARD, SMALL, MEDIUM, LARGE, ECONOMY, PROMO", hidden=True)
    finish = any_of("ANODIZED, BURNISHED, PLATED, POLISHED, BRUSHED", hidden=True)
    metal = any_of("TIN, NICKEL, BRASS, STEEL, COPPER", hidden=True)
    p_type = Text("{grade} {finish} {metal}")
    p_size = Integers(1, 50)
    how_large = any_of("SM, LG, MED, JUMBO, WRAP", hidden=True)
    vessel = any_of("CASE, BOX, BAG, JAR, PKG, PACK, CAN, DRUM", hidden=True)
    p_container = Text("{how_large} {vessel}")
    p_comment = Words(1, 3, most=23)

    @column(Cents)
    def p_retailprice(p_partkey):
        """900.00 to 2,098.99, by the part's number."""
        return 90_000 + p_partkey // 10 % 20_001 + 100 * (p_partkey % 1_000)


class Partsupp(Table, key=("ps_partkey", "ps_suppkey")):
    """Who delivers a part, and at which cost: four suppliers each."""

    rows = FanOut(Part, 4)
    ps_partkey = ParentKey(Part)
    ps_suppkey = ForeignKey(Supplier, distinct=True)
    ps_availqty = Integers(1, 9_999)
    ps_supplycost = Integers(1_00, 1_000_00, type=Cents)
    ps_comment = Words(8, 25)
    retail_price = Lookup(Part.p_retailprice, hidden=True)


class Customer(Table):
    """Who may order: two in three do."""

    rows = Volume("customers")
    c_custkey = Key()
    c_name = Text("Customer#{c_custkey:09d}")
    c_address = Words(2, 4, most=40)
    c_nationkey = ForeignKey(Nation)
    area, exchange, line = (
        Integers(100, 999, hidden=True),
        Integers(100, 999, hidden=True),
        Integers(1_000, 9_999, hidden=True),
    )
    c_phone = Text("{country_code}-{area}-{exchange}-{line}")
    c_acctbal = Integers(-999_99, 9_999_99, type=Cents)
    c_mktsegment = any_of("AUTOMOBILE, BUILDING, FURNITURE, HOUSEHOLD, MACHINERY")
    c_comment = Words(6, 20)
    orders = Flag(2 / 3, hidden=True)

    @column(Integer, hidden=True)
    def country_code(c_nationkey):
        """What its telephone numbers begin with."""
        return c_nationkey + 10


class Orders(Table, key="o_orderkey"):
    """What somebody ordered on a day."""

    rows = Volume("orders")
    number = Key(hidden=True)
    o_custkey = ForeignKey(Customer, where={"orders": True})
    lines = Count("lineitem", hidden=True)
    open_lines = Sum("lineitem.is_open", Integer, hidden=True)
    o_totalprice = Sum("lineitem.charge", Cents)
    o_orderdate = Dates()
    o_orderpriority = any_of("1-URGENT, 2-HIGH, 3-MEDIUM, 4-NOT SPECIFIED, 5-LOW")
    clerk = Integers(1, 1_000, hidden=True)
    o_clerk = Text("Clerk#{clerk:09d}")
    o_shippriority = Integers(0, 0)
    manner = any_of("special, pending, unusual, express, furious, sly, careful, blithe, quick, ironic, final, regular", hidden=True)
    matter = any_of("packages, requests, accounts, deposits, foxes, ideas, theodolites, pinto beans, instructions", hidden=True)
    action = any_of("sleep, wake, are, cajole, haggle, nag, use, boost, affix, detect, integrate", hidden=True)
    o_comment = Text("{manner} {matter} {action} among the {manner} {matter}")

    @column(BigInteger, unique=True)
    def o_orderkey(number):
        """Only the first eight of every 32 numbers are taken."""
        return (number - 1) // 8 * 32 + (number - 1) % 8 + 1

    @column(Categorical(["O", "F", "P"]))
    def o_orderstatus(lines, open_lines):
        """Open, finished, or partly so, as its lines are."""
        return either(open_lines == lines, OPEN, either(open_lines == 0, FINISHED, PARTLY))


class Lineitem(Table, key=("l_orderkey", "l_linenumber")):
    """So many of a part from one of its suppliers."""

    rows = FanOut(Orders, dict.fromkeys(range(1, 8), 1))
    supply = ForeignKey(Partsupp, hidden=True)
    l_orderkey = ParentKey(Orders)
    l_partkey = Lookup(Partsupp.ps_partkey)
    l_suppkey = Lookup(Partsupp.ps_suppkey)
    l_linenumber = Ordinal()
    pieces = Integers(1, 50, hidden=True)
    l_discount = Integers(0, 10, type=Cents)
    l_tax = Integers(0, 8, type=Cents)
    l_shipinstruct = any_of("DELIVER IN PERSON, COLLECT COD, NONE, TAKE BACK RETURN")
    l_shipmode = any_of("REG AIR, AIR, RAIL, SHIP, TRUCK, MAIL, FOB")
    l_comment = Words(2, 6, most=44)
    days_to_ship = Integers(1, 121, hidden=True)
    days_to_commit = Integers(30, 90, hidden=True)
    days_to_receive = Integers(1, 30, hidden=True)

    @column(Cents)
    def l_quantity(pieces):
        """A whole number of them."""
        return pieces * 100

    @column(Cents)
    def l_extendedprice(pieces, price=Partsupp.retail_price):
        """The retail price of all."""
        return pieces * price

    @column(Cents, hidden=True)
    def charge(l_extendedprice, l_discount, l_tax):
        """What is to be paid: less the discount, plus the tax."""
        return l_extendedprice * (100 - l_discount) * (100 + l_tax) // 10_000

    @column(Date)
    def l_shipdate(days_to_ship, ordered=Orders.o_orderdate):
        """Up to four months after the order."""
        return ordered + days_to_ship

    @column(Date)
    def l_commitdate(days_to_commit, ordered=Orders.o_orderdate):
        """One to three months after the order."""
        return ordered + days_to_commit

    @column(Date)
    def l_receiptdate(l_shipdate, days_to_receive):
        """Up to a month on the way."""
        return l_shipdate + days_to_receive

    @column(Integer, hidden=True)
    def is_open(l_shipdate):
        """1 if it has yet to be sent."""
        return (l_shipdate > TODAY).astype(np.int64)

    @column(Categorical(["O", "F"]))
    def l_linestatus(is_open):
        """Open or finished."""
        return either(is_open == 1, OPEN, FINISHED)

    @column(Categorical(["R", "A", "N"]))
    def l_returnflag(draw, l_receiptdate):
        """Of what has come, half was returned; what has yet to come is neither returned nor accepted."""
        return either(l_receiptdate <= TODAY, draw.below(2), 2)


def scale(factor):
    """The numbers of rows of a scale factor of TPC-H, and the days on which orders come in: up to 2 August 1998."""
    rows = {"suppliers": 10_000, "parts": 200_000, "customers": 150_000, "orders": 1_500_000}
    return {**{name: round(count * factor) for name, count in rows.items()}, "days": 2406}


model = Model(
    "tpch",
    description="The tables of TPC-H: parts, who supplies them, who orders them, and what was delivered when.",
    tables=[Region, Nation, Supplier, Part, Partsupp, Customer, Orders, Lineitem],
    volumes={"tiny": scale(0.001), "small": scale(0.01), "medium": scale(0.1), "large": scale(1)},
    first_day="1992-01-01",
    rules=[
        Rule(Lineitem, "sent after it was ordered, and received after it was sent", "l_shipdate < l_receiptdate"),
        Rule(Lineitem, "open until it is sent", "(l_linestatus = 'O') = (l_shipdate > DATE '1995-06-17')"),
        Rule(Lineitem, "neither returned nor accepted before it is there", "(l_returnflag = 'N') = (l_receiptdate > DATE '1995-06-17')"),
        Rule(
            Orders,
            "an order is open, finished, or partly so, as its lines are",
            """SELECT o_orderkey FROM orders JOIN lineitem ON o_orderkey = l_orderkey GROUP BY o_orderkey, o_orderstatus
            HAVING o_orderstatus <> CASE count(DISTINCT l_linestatus) WHEN 2 THEN 'P' ELSE any_value(l_linestatus) END""",
        ),
    ],
    reports=[
        Report(
            "pricing_summary",
            "Quantities, prices and charges by return flag and line status.",
            """SELECT l_returnflag, l_linestatus, count(*) AS lines, sum(l_quantity) AS quantity,
            sum(l_extendedprice * (1 - l_discount) * (1 + l_tax))::DECIMAL(18, 2) AS charge
            FROM lineitem GROUP BY ALL ORDER BY ALL""",
        )
    ],
)
