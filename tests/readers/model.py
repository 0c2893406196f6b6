"""A model with a column of every type that colgen has, once complete and once with values missing, for readers to read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from colgen import (
    DAY,
    Between,
    BigInteger,
    Boolean,
    Categorical,
    Category,
    Date,
    Decimal,
    FanOut,
    FixedValues,
    Flag,
    ForeignKey,
    Integer,
    Integers,
    Json,
    Key,
    Lookup,
    Model,
    Ordinal,
    ParentKey,
    RepeatedText,
    String,
    Table,
    Text,
    Timestamp,
    Uuid,
    Varchar,
    Vocabulary,
    Volume,
    column,
    vocabulary,
)

GRADES = ["A", "A+", "B", "B-", "C++"]  # one to three letters at the end of a text, which some decoders of Snappy once refused
TOWNS = pa.array(["Łódź", "São Paulo", "東京", "Αθήνα", "القاهرة", "Kraków 🏛", ""])
REMARKS = pa.array(["punkt", "très bien", "œuvre", "優", "🙂", "n/a", 'a longer remark, with a comma and a "quotation"', "two\nlines"])
MEDIUM = Categorical(["paper", "screen", "aloud"])
HALF_OF_53_BITS = 1 << 52  # a float, in which some readers keep numbers of which some are missing, tells whole numbers up to 2**53 apart
SEVENTEEN_DIGITS = 10**17


def with_missing(draw, values):
    """The same values, of which about a fifth are missing."""
    missing = draw.chance(0.2)
    if isinstance(values, pa.Array):
        return pc.if_else(pa.array(missing), pa.scalar(None, values.type), values)
    return np.ma.masked_array(values, missing)


def random_uuids(draw):
    """UUIDs of version 4, as text."""
    halves = zip(draw.bits().tolist(), draw.bits().tolist(), strict=True)
    return pa.array(f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-8{b >> 52:03x}-{b & 0xFFFFFFFFFFFF:012x}" for a, b in halves)


class Courses(Table):
    """What is taught."""

    rows = 5
    id = Key()
    title = FixedValues("Algebra", "Biology", "Chemistry", "Drama", "Économie")


class Exams(Table):
    """A morning in one course."""

    rows = Volume("exams")
    id = Key()
    course_id = ForeignKey(Courses)
    course = Lookup(Courses.title)
    title = Text("{course} {id}")

    @column(Uuid)
    def code(draw):
        return random_uuids(draw)


class Results(Table):
    """What a pupil got in an exam."""

    rows = FanOut(Exams, Between(2, 8))
    id = Key()
    exam_id = ParentKey(Exams)
    course_id = ForeignKey(Courses)
    place = Ordinal()
    points = Integers(0, 100)
    is_final = Flag(0.9)
    status = Category(passed=70, failed=20, withdrawn=10)
    first_name = Vocabulary(vocabulary.words("first_names", "name"))
    last_name = Vocabulary(vocabulary.words("last_names", "name"))
    exam = Lookup(Exams.title)
    exam_code = Lookup(Exams.code)
    grade = Category(dict.fromkeys(GRADES, 1), hidden=True)
    pupil = Text("{first_name} {last_name}")
    certificate = Text("{first_name}, {exam}: {grade}")
    number = Text("EX-{exam_id:06d}-{id:07d}")
    details = Text('{{"points": {points}, "final": {is_final}}}', type=Json)

    @column(Integer)
    def whole_number(draw):
        return draw.integers(-(2**31), 2**31 - 1)

    @column(BigInteger)
    def big_number(draw):
        return draw.bits().view(np.int64)

    @column(Decimal(9, 2))
    def fee(draw):
        return draw.integers(-999_999_999, 999_999_999)

    @column(Decimal(18, 4))
    def grant(draw):
        return draw.integers(-SEVENTEEN_DIGITS, SEVENTEEN_DIGITS) * 10 + draw.integers(-9, 9)

    @column(Date)
    def sat_on(draw):
        return draw.integers(-20_000, 20_000)

    @column(Timestamp)
    def marked_at(draw, sat_on):
        return sat_on * DAY + draw.integers(0, DAY - 1)

    @column(Uuid)
    def code(draw):
        return random_uuids(draw)

    @column(String)
    def town(draw):
        return TOWNS.take(pa.array(draw.below(len(TOWNS))))

    @column(Varchar(60))
    def remark(draw):
        return REMARKS.take(pa.array(draw.below(len(REMARKS))))

    @column(ForeignKey(Courses), nullable=True)
    def some_course_id(draw):
        return with_missing(draw, draw.integers(1, 5))

    @column(Integer, nullable=True)
    def some_whole_number(draw, whole_number):
        return with_missing(draw, whole_number)

    @column(BigInteger, nullable=True)
    def some_big_number(draw):
        return with_missing(draw, draw.integers(-HALF_OF_53_BITS, HALF_OF_53_BITS))

    @column(Decimal(9, 2), nullable=True)
    def some_fee(draw, fee):
        return with_missing(draw, fee)

    @column(Decimal(18, 4), nullable=True)
    def some_grant(draw, grant):
        return with_missing(draw, grant)

    @column(Date, nullable=True)
    def some_day(draw, sat_on):
        return with_missing(draw, sat_on)

    @column(Timestamp, nullable=True)
    def some_moment(draw, marked_at):
        return with_missing(draw, marked_at)

    @column(Boolean, nullable=True)
    def some_flag(draw, is_final):
        return with_missing(draw, is_final)

    @column(MEDIUM, nullable=True)
    def some_medium(draw):
        return with_missing(draw, draw.below(3))

    @column(RepeatedText, nullable=True)
    def some_repeated_town(draw):
        return with_missing(draw, TOWNS.take(pa.array(draw.below(len(TOWNS))))).dictionary_encode()

    @column(String, nullable=True)
    def some_remark(draw, remark):
        return with_missing(draw, remark)

    @column(Uuid, nullable=True)
    def some_code(draw, code):
        return with_missing(draw, code)

    @column(Json, nullable=True)
    def some_details(draw, details):
        return with_missing(draw, details)

    @column(Integer, nullable=True)
    def no_number(draw):
        return np.ma.masked_all(draw.count, np.int64)

    @column(Timestamp, nullable=True)
    def no_moment(draw):
        return np.ma.masked_all(draw.count, np.int64)

    @column(MEDIUM, nullable=True)
    def no_medium(draw):
        return np.ma.masked_all(draw.count, np.int64)

    @column(String, nullable=True)
    def no_text(draw):
        return pa.nulls(draw.count, pa.string())


model = Model("school", tables=[Courses, Exams, Results], volumes={"small": {"exams": 8_000}})
