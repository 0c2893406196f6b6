"""What a scenario means for one model: what column functions read as `scenario`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from colgen.arrays import Array
from colgen.declare.calendar import Burst, Calendar
from colgen.declare.period import Period


@dataclass(frozen=True)
class Phase:
    """Days on which some rates are others than usual.

    when : the days, and over how many more they come and go evenly; its `times` means nothing
    rates : probabilities by name
    """

    when: Burst
    rates: Mapping[str, float]


@dataclass(frozen=True)
class Conditions:
    """What a scenario means for one model: every rate and share has a value.

    name : the scenario's, empty under none
    rates : probabilities by name
    shares : how often each word of a group occurs, by the name of the group
    anomaly_rate : how many of the rows that may have an anomaly have one, from 0 to 1
    anomaly_mix : a share for each of the model's kinds of anomalies
    calendar : when things happen
    outages : days on which nothing goes out
    phases : days on which some rates are others
    time : the fields of a calendar that the scenario changes
    """

    name: str
    rates: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    anomaly_rate: float
    anomaly_mix: Mapping[str, float]
    calendar: Calendar
    outages: tuple[Burst, ...] = ()
    phases: tuple[Phase, ...] = ()
    time: Mapping[str, Any] = field(default_factory=dict)

    def rate(self, name: str, days: Array, period: Period) -> Array:
        """A rate on each of some days: float64. Where phases overlap, the later one in the list wins.

        days : since 1970-01-01

        >>> import datetime
        >>> january = Period(datetime.date(2024, 1, 1), datetime.date(2024, 1, 31))
        >>> crisis = Phase(Burst(3, days=9, times=1, spread=1), {"late": 0.5})
        >>> Conditions("crisis", {"late": 0.1}, {}, 0.0, {}, Calendar(), phases=(crisis,)).rate("late", january.start + np.arange(4), january)
        array([0.1, 0.3, 0.5, 0.5])
        """
        rate = np.full(len(days), float(self.rates[name]))
        for phase in self.phases:
            if name in phase.rates:
                rate += phase.when.level(days, period) * (phase.rates[name] - rate)
        return rate

    def over(self, calendar: Calendar) -> Calendar:
        """A calendar with the fields that the scenario changes; how busy holidays are only where it names a country."""
        changes = {name: value for name, value in self.time.items() if name != "holiday" or calendar.country}
        return dataclasses.replace(calendar, **changes)
