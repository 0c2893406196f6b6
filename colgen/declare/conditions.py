"""What a scenario means for one model: what column functions read as `scenario`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from colgen.declare.calendar import Burst, Calendar


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
    time : the fields of a calendar that the scenario changes
    """

    name: str
    rates: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    anomaly_rate: float
    anomaly_mix: Mapping[str, float]
    calendar: Calendar
    outages: tuple[Burst, ...] = ()
    time: Mapping[str, Any] = field(default_factory=dict)

    def over(self, calendar: Calendar) -> Calendar:
        """A calendar with the fields that the scenario changes."""
        return dataclasses.replace(calendar, **self.time)
