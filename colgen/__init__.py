"""colgen: realistic relational data, whole columns at a time.

>>> import colgen
>>> data = colgen.build("invoicing", volume="small", seed=7)
>>> data.frame("invoices").shape
(75, 11)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colgen.api import build, check, diff, extend, report, verify
    from colgen.calendar import Burst, Calendar, History
    from colgen.columns import Category, Chance, Day, Drawn, Integers, Key, Moment, Since, Text, Values, Vocabulary
    from colgen.data import Dataset
    from colgen.datatypes import BigInteger, Boolean, Date, Decimal, Integer, Json, Money, String, Timestamp, Uuid, Words
    from colgen.distributions import Choice, Empirical, Exponential, LogNormal, Normal, Poisson, Uniform, Zipf
    from colgen.errors import ColgenError, ModelError, RequestError, TargetError
    from colgen.model import Model, Report, Rule
    from colgen.period import Period
    from colgen.relations import Closes, Count, First, ForeignKey, Lookup, Opens, Ordinal, ParentKey, Running, Share, Sum
    from colgen.scenario import Scenario
    from colgen.table import Between, Branches, Daily, FanOut, Table, Volume, column
    from colgen.vocabulary import WordList

_HOMES = {
    "api": "build check diff extend report verify",
    "calendar": "Burst Calendar History",
    "columns": "Category Chance Day Drawn Integers Key Moment Since Text Values Vocabulary",
    "data": "Dataset",
    "datatypes": "BigInteger Boolean Date Decimal Integer Json Money String Timestamp Uuid Words",
    "distributions": "Choice Empirical Exponential LogNormal Normal Poisson Uniform Zipf",
    "errors": "ColgenError ModelError RequestError TargetError",
    "model": "Model Report Rule",
    "relations": "Closes Count First ForeignKey Lookup Opens Ordinal ParentKey Running Share Sum",
    "period": "Period",
    "scenario": "Scenario",
    "table": "Between Branches Daily FanOut Table Volume column",
    "vocabulary": "WordList",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Loads a name when it is first used, so that `colgen --help` need not wait for Arrow."""
    if name not in _HOME:
        raise AttributeError(f"module 'colgen' has no attribute {name!r}")
    value = getattr(import_module(f"colgen.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
