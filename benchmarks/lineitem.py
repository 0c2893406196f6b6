"""A user's model of TPC-H's largest table, with its 16 columns, types, ranges and cardinalities: the same work as tpchgen's.

`colgen build benchmarks/lineitem.py --tables lineitem` is scale factor 1, six million rows; `--scale 10` is ten times that.

The numbers follow the TPC-H specification, revision 3, clause 4.2.3. The comments are random pieces of a long text, as there; the
text is made of other words of the same kinds and lengths, and compresses no better.
"""

from functools import cache

import numpy as np
import pyarrow as pa
from numpy.lib.stride_tricks import as_strided

import colgen
from colgen import (
    Between,
    BigInteger,
    Categorical,
    Category,
    Date,
    Decimal,
    FanOut,
    ForeignKey,
    Integers,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    String,
    Table,
    Text,
    Volume,
    column,
)

FIRST_DAY, LAST_ORDER, TODAY = (int(np.datetime64(day).astype(int)) for day in ("1992-01-01", "1998-08-02", "1995-06-17"))
Price = Decimal(15, 2)


def words(listed):
    """Words and how often each comes, by Zipf's law: some are common, as in TPC-H's text."""
    return {word: 1 / place for place, word in enumerate(listed.split(), 1)}


def optional(listed, often):
    """Each of the words and a space after it, or in the other cases nothing."""
    found = words(listed)
    return {**{f"{word} ": weight * often for word, weight in found.items()}, "": (1 - often) * sum(found.values())}


ADVERBS = """boldly briskly calmly cheerfully closely daringly deftly eagerly evenly fairly firmly gently gladly grimly idly keenly
    mildly neatly openly patiently promptly quietly rarely solemnly steadily swiftly tersely warily"""
ADJECTIVES = """amber brief brisk careful clever common daring distant early final formal gentle hidden humble ironclad patient pending
    quiet regular silent sly special thorough unusual verdant"""
NOUNS = """accounts anchors bargains beacons brokers cargoes chapters couriers deposits dolphins envelopes excuses foxes gifts grouses
    hockey instructions invoices ledgers lanterns multipliers notes offers orbits packages parcels patterns pearls platelets pledges
    promises queries realms receipts requests sauternes sentinels shipments somas tallies theorems tithes vouchers warhorses"""
VERBS = """add affix amaze believe boost breach cajole detect dazzle doubt engage grow haggle hang hinder impress integrate kindle lose
    maintain mingle nag nod poach play print promise rally run serve sleep snooze solve sublate thrash unwind use wake wander x-ray"""
AUXILIARIES = "do may might shall will would can could should must cannot"
PREPOSITIONS = """about above across after against along alongside among around at atop before behind beneath beside besides between
    beyond by despite during except for from in inside into near of on outside over past since through throughout to toward under
    until up upon within without"""


class Sentences(Table):
    """What the comments are cut from."""

    rows = Volume("sentences")

    id = Key()
    how = Category(optional(ADVERBS, 0.4), hidden=True)
    which = Category(words(ADJECTIVES), hidden=True)
    who = Category(words(NOUNS), hidden=True)
    may = Category(optional(AUXILIARIES, 0.35), hidden=True)
    does = Category(words(VERBS), hidden=True)
    where = Category(words(PREPOSITIONS), hidden=True)
    the = Category({"the ": 2, "": 1}, hidden=True)
    other = Category(optional(ADJECTIVES, 0.6), hidden=True)
    whom = Category(words(NOUNS), hidden=True)
    end = Category({".": 50, ";": 10, "?": 5, "!": 5, ":": 10, " --": 10}, hidden=True)
    text = Text("{how}{which} {who} {may}{does} {where} {the}{other}{whom}{end} ")


@cache
def pool():
    """The text that comments are cut from: uint8, 1-D.

    1 MB stays in the processor's cache (12 MB cost three times as much), and codecs, which look back 64 KB to some hundred, find no
    more repeats in it than in 12 MB.
    """
    sentences = colgen.build(Model("comments", [Sentences], {"any": {"sentences": 20_000}})).table("sentences")["text"]
    return np.frombuffer("".join(sentences.to_pylist()).encode(), np.uint8)


def anywhere(data, width):
    """Records of `width` bytes that begin at any byte of the data: a view, which overlaps itself."""
    return as_strided(data[:width].view(f"V{width}"), (len(data) - width + 1,), (1,))


def cut(begins, lengths):
    """A piece of the pool for each row, of up to LONGEST bytes: all are copied at full length, and each overwrites what the one before
    has too much."""
    ends = np.zeros(len(begins) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    data = np.empty(int(ends[-1]) + LONGEST, np.uint8)
    source, target = anywhere(pool(), LONGEST), anywhere(data, LONGEST)
    for low in range(0, len(begins), 4096):
        target[ends[low : low + 4096][: len(begins) - low]] = source[begins[low : low + 4096]]
    return pa.StringArray.from_buffers(len(begins), pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data))


INSTRUCTIONS = Categorical(["DELIVER IN PERSON", "COLLECT COD", "NONE", "TAKE BACK RETURN"])
MODES = Categorical(["REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"])
SHORTEST, LONGEST = 10, 43


class Part(Table):
    """What is sold."""

    rows = Volume("parts")

    p_partkey = Key()

    @column(Price)
    def p_retailprice(p_partkey):
        """By the specification's formula, in cents."""
        return (90_000 + p_partkey // 10 % 20_001 + 100 * (p_partkey % 1000)).astype(np.int32)


class Supplier(Table):
    """Who sells it."""

    rows = Volume("suppliers")

    s_suppkey = Key()


class Orders(Table):
    """What was bought at once."""

    rows = Volume("orders")

    id = Key()

    @column(BigInteger)
    def o_orderkey(id):
        """The first 8 of every 32 numbers."""
        return id // 8 * 32 + id % 8

    @column(Date)
    def o_orderdate(draw):
        return draw.integers(FIRST_DAY, LAST_ORDER, np.int32)


class Lineitem(Table):
    """A part, of a supplier, in an order."""

    rows = FanOut(Orders, Between(1, 7))

    id = Key(hidden=True)  # TPC-H has neither this nor the next: they are for the engine
    order = ParentKey(Orders, hidden=True)
    orderdate = Lookup(Orders.o_orderdate, hidden=True)

    l_orderkey = Lookup(Orders.o_orderkey)
    l_partkey = ForeignKey(Part)

    @column(ForeignKey(Supplier))
    def l_suppkey(draw, l_partkey, volume):
        """One of the part's four, by the specification's formula."""
        suppliers, part = volume["suppliers"], l_partkey.astype(np.int32)
        place = part + draw.below(4, np.int32) * (suppliers // 4 + (part - 1) // suppliers)
        return place - place // suppliers * suppliers + 1  # NumPy divides by a constant faster than it takes a remainder

    l_linenumber = Ordinal()

    @column(Price)
    def l_quantity(draw):
        return draw.integers(1, 50, np.int16) * 100

    @column(Price)
    def l_extendedprice(l_quantity, retailprice=Part.p_retailprice):
        return l_quantity // 100 * retailprice

    l_discount = Integers(0, 10, type=Price)
    l_tax = Integers(0, 8, type=Price)

    @column(Categorical(["N", "R", "A"]))
    def l_returnflag(draw, l_receiptdate):
        """What has arrived was returned or accepted."""
        arrived = (l_receiptdate <= TODAY).view(np.int8)
        return arrived << draw.chance(0.5).view(np.int8)

    @column(Categorical(["F", "O"]))
    def l_linestatus(l_shipdate):
        return (l_shipdate > TODAY).view(np.int8)

    @column(Date)
    def l_shipdate(draw, orderdate):
        return orderdate + draw.integers(1, 121, np.int32)

    @column(Date)
    def l_commitdate(draw, orderdate):
        return orderdate + draw.integers(30, 90, np.int32)

    @column(Date)
    def l_receiptdate(draw, l_shipdate):
        return l_shipdate + draw.integers(1, 30, np.int32)

    @column(INSTRUCTIONS)
    def l_shipinstruct(draw):
        return draw.below(4, np.int8)

    @column(MODES)
    def l_shipmode(draw):
        return draw.below(7, np.int8)

    @column(String)
    def l_comment(draw):
        """A piece of 10 to 43 characters out of the pool."""
        return cut(draw.below(len(pool()) - LONGEST, np.int32), draw.integers(SHORTEST, LONGEST, np.int8))


model = Model(
    "tpch",
    tables=[Part, Supplier, Orders, Lineitem],
    volumes={"sf1": {"orders": 1_500_000, "parts": 200_000, "suppliers": 10_000}},
)
