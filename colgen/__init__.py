"""colgen: realistic relational data, whole columns at a time.

>>> import colgen
>>> data = colgen.build("invoicing", volume="small", seed=7)
>>> data.frame("invoices").shape
(75, 12)

Calls: build, estimate, merge, extend, check, verify, report, diff
What they return, raise and tell: Dataset, Summary, Outcome, Verification, Verdict, Difference, Example; ColgenError, RequestError, ModelError,
    TargetError, CheckFailed; Estimate, Plan, Started, RowsMade, StageStarted, Proving, Noted, Ended
A model: Model, Table, Volume, Daily, FanOut, Between, Pairs, Branches, Rule, Report, Chart, read_reports; Calendar, Burst, History, Period; Scenario,
    Conditions
Columns: column, Key, FixedValues, Drawn, Integers, Flag, Category, Vocabulary, Text, Day, Moment, DailyCount, CreatedAt, Rank,
    Stratum, RankWithin, ForeignKey, PolymorphicKey, Popularity, ParentKey, Tree, Level, Code, Uuids, Later, Stages, Stage, Reached, Words,
    Paragraph, FirstName, LastName, FullName, Email, Phone, StreetAddress, CompanyName, JobTitle, Slug, Url, IpAddress, Hostname, MacAddress, UserAgent,
    FileName, MimeType, Price, Rating, CurrencyCode, CountryCode, Latitude, Longitude, Iban, CardNumber, Ean13, Dates, Timestamps, Times,
    RandomBytes, Several, Struct, Ordinal, IsFirst, IsLast, Lookup, ExistingBy, Sum, First, Count, Running; Column and Rows, for a kind of column of your own
Types: SmallInteger, Integer, BigInteger, Decimal, Money, Double, Real, Boolean, Date, Timestamp, LocalTimestamp, Time, String, Varchar, Char,
    RepeatedText, Uuid, Json, Bytes, Named, Enum, List, Categorical, Codes
Distributions: Choice, DiscreteUniform, Empirical, Exponential, LogNormal, Normal, OrderStatistic, Poisson, Shuffle, Uniform,
    Zipf; Draw, key
For functions of columns: Array, either, elementwise, ranges, exp, log, DAY, OFFICE_HOURS, time_of_day, per_day, year_of, month_of, day_of_month; spell,
    Coded, Digits, WordBytes, coded
Words: vocabulary (names, places, streets, products), WordList, Grouped
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str

    from colgen import vocabulary
    from colgen.api import build, check, diff, estimate, extend, merge, report, verify
    from colgen.arrays import Array, either, elementwise, ranges
    from colgen.audit.check import CheckFailed, Outcome
    from colgen.audit.diff import Difference, Example
    from colgen.audit.verify import Verdict, Verification
    from colgen.declare.binary import RandomBytes
    from colgen.declare.calendar import Burst, Calendar
    from colgen.declare.checked import CardNumber, Ean13, Iban
    from colgen.declare.clock import DAY, OFFICE_HOURS, time_of_day
    from colgen.declare.column import Column, column
    from colgen.declare.columns import Category, Drawn, FixedValues, Flag, Integers, Key, Vocabulary
    from colgen.declare.commerce import Price, Rating
    from colgen.declare.conditions import Conditions
    from colgen.declare.days import day_of_month, month_of, per_day, year_of
    from colgen.declare.everyday import Dates, IpAddress, Slug, Timestamps, Url, Words
    from colgen.declare.foreign_key import ForeignKey
    from colgen.declare.history import History
    from colgen.declare.identifiers import Code, Uuids
    from colgen.declare.lists import CountryCode, CurrencyCode, JobTitle, MimeType, UserAgent
    from colgen.declare.model import Model
    from colgen.declare.people import CompanyName, Email, FirstName, FullName, LastName, Phone, StreetAddress
    from colgen.declare.period import Period
    from colgen.declare.places import Latitude, Longitude
    from colgen.declare.polymorphic import PolymorphicKey
    from colgen.declare.popularity import Popularity
    from colgen.declare.prose import Paragraph
    from colgen.declare.ranks import Rank, RankWithin, Stratum
    from colgen.declare.relations import Count, ExistingBy, First, IsFirst, IsLast, Lookup, Ordinal, ParentKey, Running, Sum
    from colgen.declare.rows import Between, Branches, Daily, FanOut, Pairs, Rows, Volume
    from colgen.declare.rules import Chart, Report, Rule, read_reports
    from colgen.declare.several import Several
    from colgen.declare.stages import Later, Reached, Stage, Stages
    from colgen.declare.struct import Struct
    from colgen.declare.table import Table
    from colgen.declare.text import Text
    from colgen.declare.times import CreatedAt, DailyCount, Day, Moment, Times
    from colgen.declare.trees import Level, Tree
    from colgen.declare.web import FileName, Hostname, MacAddress
    from colgen.draws.distributions import Choice, DiscreteUniform, Empirical, Exponential, LogNormal, Normal, Poisson, Uniform
    from colgen.draws.draw import Draw, key
    from colgen.draws.elementary import exp, log
    from colgen.draws.order_statistic import OrderStatistic
    from colgen.draws.shuffle import Shuffle
    from colgen.draws.zipf import Zipf
    from colgen.engines.progress import Ended, Noted, Proving, RowsMade, StageStarted, Started
    from colgen.errors import ColgenError, ModelError, RequestError, TargetError
    from colgen.generate.estimate import Estimate
    from colgen.generate.plan import Plan
    from colgen.pipeline.dataset import Dataset
    from colgen.pipeline.summary import Summary
    from colgen.scenario.scenario import Scenario
    from colgen.values.arrow import coded
    from colgen.values.codes import Codes
    from colgen.values.text.digits import Digits
    from colgen.values.text.spell import spell
    from colgen.values.text.words import Coded, WordBytes
    from colgen.values.types import (
        BigInteger,
        Boolean,
        Bytes,
        Categorical,
        Char,
        Date,
        Decimal,
        Double,
        Enum,
        Integer,
        Json,
        List,
        LocalTimestamp,
        Money,
        Named,
        Real,
        RepeatedText,
        SmallInteger,
        String,
        Time,
        Timestamp,
        Uuid,
        Varchar,
    )
    from colgen.values.word_list import Grouped, WordList

_HOMES = {
    "api": "build check diff estimate extend merge report verify",
    "arrays": "Array either elementwise ranges",
    "audit.check": "CheckFailed Outcome",
    "audit.diff": "Difference Example",
    "audit.verify": "Verdict Verification",
    "declare.binary": "RandomBytes",
    "declare.calendar": "Burst Calendar",
    "declare.clock": "DAY OFFICE_HOURS time_of_day",
    "declare.column": "Column column",
    "declare.columns": "Category Drawn FixedValues Flag Integers Key Vocabulary",
    "declare.conditions": "Conditions",
    "declare.days": "day_of_month month_of per_day year_of",
    "declare.foreign_key": "ForeignKey",
    "declare.popularity": "Popularity",
    "declare.history": "History",
    "declare.model": "Model",
    "declare.period": "Period",
    "declare.ranks": "Rank RankWithin Stratum",
    "declare.relations": "Count ExistingBy First IsFirst IsLast Lookup Ordinal ParentKey Running Sum",
    "declare.rows": "Between Branches Daily FanOut Pairs Rows Volume",
    "declare.rules": "Chart Report Rule read_reports",
    "declare.table": "Table",
    "declare.text": "Text",
    "declare.times": "CreatedAt DailyCount Day Moment Times",
    "declare.identifiers": "Code Uuids",
    "declare.polymorphic": "PolymorphicKey",
    "declare.several": "Several",
    "declare.struct": "Struct",
    "declare.stages": "Later Reached Stage Stages",
    "declare.trees": "Level Tree",
    "declare.everyday": "Dates IpAddress Slug Timestamps Url Words",
    "declare.checked": "CardNumber Ean13 Iban",
    "declare.commerce": "Price Rating",
    "declare.lists": "CountryCode CurrencyCode JobTitle MimeType UserAgent",
    "declare.people": "CompanyName Email FirstName FullName LastName Phone StreetAddress",
    "declare.places": "Latitude Longitude",
    "declare.prose": "Paragraph",
    "declare.web": "FileName Hostname MacAddress",
    "draws.distributions": "Choice DiscreteUniform Empirical Exponential LogNormal Normal Poisson Uniform",
    "draws.draw": "Draw key",
    "draws.elementary": "exp log",
    "draws.order_statistic": "OrderStatistic",
    "draws.shuffle": "Shuffle",
    "draws.zipf": "Zipf",
    "engines.progress": "Ended Noted Proving RowsMade StageStarted Started",
    "errors": "ColgenError ModelError RequestError TargetError",
    "generate.estimate": "Estimate",
    "generate.plan": "Plan",
    "pipeline.dataset": "Dataset",
    "pipeline.summary": "Summary",
    "scenario.scenario": "Scenario",
    "values.arrow": "coded",
    "values.codes": "Codes",
    "values.text.digits": "Digits",
    "values.text.spell": "spell",
    "values.text.words": "Coded WordBytes",
    "values.types": "BigInteger Boolean Bytes Categorical Char Date Decimal Double Enum Integer Json List LocalTimestamp Money Named Real RepeatedText SmallInteger String Time Timestamp Uuid Varchar",
    "values.word_list": "Grouped WordList",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "DAY",
    "OFFICE_HOURS",
    "Array",
    "Between",
    "BigInteger",
    "Boolean",
    "Branches",
    "Burst",
    "Bytes",
    "Calendar",
    "CardNumber",
    "Categorical",
    "Category",
    "Char",
    "Chart",
    "CheckFailed",
    "Choice",
    "Code",
    "Coded",
    "Codes",
    "ColgenError",
    "Column",
    "CompanyName",
    "Conditions",
    "Count",
    "CountryCode",
    "CreatedAt",
    "CurrencyCode",
    "Daily",
    "DailyCount",
    "Dataset",
    "Date",
    "Dates",
    "Day",
    "Decimal",
    "Difference",
    "Digits",
    "DiscreteUniform",
    "Double",
    "Draw",
    "Drawn",
    "Ean13",
    "Email",
    "Empirical",
    "Ended",
    "Enum",
    "Estimate",
    "Example",
    "ExistingBy",
    "Exponential",
    "FanOut",
    "FileName",
    "First",
    "FirstName",
    "FixedValues",
    "Flag",
    "ForeignKey",
    "FullName",
    "Grouped",
    "History",
    "Hostname",
    "Iban",
    "Integer",
    "Integers",
    "IpAddress",
    "IsFirst",
    "IsLast",
    "JobTitle",
    "Json",
    "Key",
    "LastName",
    "Later",
    "Latitude",
    "Level",
    "List",
    "LocalTimestamp",
    "LogNormal",
    "Longitude",
    "Lookup",
    "MacAddress",
    "MimeType",
    "Model",
    "ModelError",
    "Moment",
    "Money",
    "Named",
    "Normal",
    "Noted",
    "OrderStatistic",
    "Ordinal",
    "Outcome",
    "Pairs",
    "Paragraph",
    "ParentKey",
    "Period",
    "Phone",
    "Plan",
    "Poisson",
    "PolymorphicKey",
    "Popularity",
    "Price",
    "Proving",
    "RandomBytes",
    "Rank",
    "RankWithin",
    "Rating",
    "Reached",
    "Real",
    "RepeatedText",
    "Report",
    "RequestError",
    "Rows",
    "RowsMade",
    "Rule",
    "Running",
    "Scenario",
    "Several",
    "Shuffle",
    "Slug",
    "SmallInteger",
    "Stage",
    "StageStarted",
    "Stages",
    "Started",
    "Stratum",
    "StreetAddress",
    "String",
    "Struct",
    "Sum",
    "Summary",
    "Table",
    "TargetError",
    "Text",
    "Time",
    "Times",
    "Timestamp",
    "Timestamps",
    "Tree",
    "Uniform",
    "Url",
    "UserAgent",
    "Uuid",
    "Uuids",
    "Varchar",
    "Verdict",
    "Verification",
    "Vocabulary",
    "Volume",
    "WordBytes",
    "WordList",
    "Words",
    "Zipf",
    "__version__",
    "build",
    "check",
    "coded",
    "column",
    "day_of_month",
    "diff",
    "either",
    "elementwise",
    "estimate",
    "exp",
    "extend",
    "key",
    "log",
    "merge",
    "month_of",
    "per_day",
    "ranges",
    "read_reports",
    "report",
    "spell",
    "time_of_day",
    "verify",
    "vocabulary",
    "year_of",
]


def __getattr__(name: str) -> Any:
    """Loads a name when it is first used, so that `colgen --help` need not wait for Arrow."""
    if name == "__version__":
        from importlib.metadata import version

        return version("colgen")
    if name == "vocabulary":
        return import_module("colgen.vocabulary")
    if name not in _HOME:
        raise AttributeError(f"module 'colgen' has no attribute {name!r}")
    value = getattr(import_module(f"colgen.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
