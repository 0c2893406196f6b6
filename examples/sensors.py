"""Sensors: cold stores, the sensors in them, and a reading from each every hour, with a daily cycle, drift, gaps and alarms.

How to build it, what comes out and what to change for your own: docs/recipes/sensors.md.
"""

import numpy as np

from colgen import DAY, Boolean, Category, CreatedAt, Daily, Day, Decimal, FanOut, FixedValues, ForeignKey, History, Integer, Integers, Key
from colgen import Lookup, Model, Normal, Ordinal, ParentKey, Report, Rule, Table, Text, Timestamp, Volume, column, month_of, per_day

HOUR = DAY // 24
Celsius = Decimal(5, 2)  # values are whole hundredths of a degree

# How much warmer than its set point a store is, in hundredths of a degree: by month, and by hour of the day, when doors stand open.
BY_MONTH = np.array([-20, -15, 0, 15, 40, 70, 90, 85, 50, 20, 0, -15])
BY_HOUR = np.array([-10, -15, -20, -20, -20, -10, 20, 50, 60, 45, 40, 40, 50, 45, 40, 50, 60, 50, 30, 15, 5, 0, -5, -10])


class Stores(Table):
    """A cold store, and the temperature it is set to."""

    rows = 5
    id = Key()
    name = FixedValues("fruit", "dairy", "meat", "fish", "frozen goods", unique=True)
    set_point = FixedValues(6_00, 4_00, 2_00, 50, -20_00, type=Celsius)


class Sensors(Table):
    """A sensor in one of the stores; all were there before the first reading. The basic ones drift, up or down, by a few tenths of a degree a year."""

    rows = Volume("sensors")
    id = Key()
    serial = Text("CS-{batch:02d}-{id:05d}", unique=True)
    batch = Integers(1, 12, hidden=True)
    store_id = ForeignKey(Stores, weights=(2, 3, 3, 2, 4))
    set_point = Lookup(Stores.set_point, hidden=True)
    model = Category(basic=60, precise=30, rugged=10)
    installed_at = CreatedAt(History(years_before=3, share_before=1))
    drift = column(Integer, hidden=True)(lambda draw, model: (draw(Normal(0, 20)) * np.array([1, 0.1, 0.5])[model]).astype(np.int64))


class Days(Table, hidden=True):
    """A day, on which every sensor measures."""

    rows = Daily(1)
    id = Key()
    day = Day()
    sensors = column(Integer)(lambda id, volume: np.full(len(id), volume["sensors"]))


class SensorDays(Table, hidden=True):
    """A day of one sensor: on three in a hundred it is out of reach for some hours."""

    rows = FanOut(Days, "sensors")
    id = Key()
    day_id = ParentKey(Days)
    day = Lookup(Days.day)
    nth = Ordinal()
    sensor_id = column(ForeignKey(Sensors))(lambda nth: nth)
    offset = column(Integer)(lambda day, drift=Sensors.drift, since=Sensors.installed_at: drift * (day - since // DAY) // 365)
    silent_from = Integers(0, 23)
    silent_hours = column(Integer)(lambda draw: draw.chance(0.03) * draw.integers(1, 12))


class Readings(Table, keep="received"):
    """What a sensor has measured in an hour; there is no row where it was out of reach, and no value where the measurement failed."""

    rows = FanOut(SensorDays, 24)
    id = Key()
    sensor_day_id = ParentKey(SensorDays, hidden=True)
    sensor_id = column(ForeignKey(Sensors))(lambda sensor_id=SensorDays.sensor_id: sensor_id)
    place = Ordinal(hidden=True)
    hour = column(Integer, hidden=True)(lambda place: place - 1)

    @column(Boolean, hidden=True)
    def received(hour, start=SensorDays.silent_from, hours=SensorDays.silent_hours):
        return (hour < start) | (hour >= start + hours)

    @column(Timestamp)
    def read_at(draw, hour, day=SensorDays.day):
        """Within the first five minutes of the hour."""
        return day * DAY + hour * HOUR + draw.below(300) * 1_000_000

    @column(Boolean)
    def door_open(draw, hour):
        """Now and then by day, hardly ever at night."""
        return draw.chance(np.where((hour >= 6) & (hour < 18), 0.12, 0.01))

    @column(Celsius, nullable=True)
    def temperature(draw, hour, door_open, day=SensorDays.day, offset=SensorDays.offset, set_point=Sensors.set_point):
        """As the store was set: warmer in summer, by day and behind an open door. One in two hundred is missing."""
        warmer = BY_MONTH[per_day(month_of, day) - 1] + BY_HOUR[hour] + door_open * draw.integers(50, 400)
        return np.ma.masked_array(set_point + offset + warmer + draw(Normal(0, 15)).astype(np.int64), draw.chance(0.005))

    @column(Boolean)
    def alarm(temperature, set_point=Sensors.set_point):
        """Three degrees above the set point; none where nothing was measured."""
        return np.ma.filled(temperature, -99_00) > set_point + 3_00


model = Model(
    "sensors",
    description="Cold stores, the sensors in them, and a reading from each every hour.",
    tables=[Stores, Sensors, Days, SensorDays, Readings],
    volumes={"small": dict(sensors=14, days=30), "large": dict(sensors=500, days=91)},
    first_day="2024-01-01",
    settles_after=0,  # a day's readings never change: a build can be extended
    rules=[
        Rule(
            Readings,
            "each sensor measures in ascending hours",
            "SELECT id FROM readings QUALIFY date_trunc('hour', read_at) <= lag(date_trunc('hour', read_at)) OVER (PARTITION BY sensor_id ORDER BY id)",
        ),
        Rule(Readings, "no alarm without a temperature", "NOT alarm OR temperature IS NOT NULL"),
        Rule(Readings, "read after the sensor was installed", "read_at >= sensor.installed_at"),
    ],
    reports=[
        Report(
            "alarms",
            "Readings, the average temperature, how many are missing and how many are alarms, by store.",
            """SELECT stores.name AS store, set_point, count(*) AS readings, round(avg(temperature), 2) AS average,
            count(*) FILTER (temperature IS NULL) AS missing, count(*) FILTER (alarm) AS alarms
            FROM readings JOIN sensors ON sensors.id = sensor_id JOIN stores ON stores.id = store_id GROUP BY ALL ORDER BY alarms DESC""",
        ),
        Report(
            "cycle",
            "How far above the set point it is, by six hours of the day.",
            """SELECT hour(read_at) // 6 * 6 AS from_hour, round(avg(temperature - set_point), 2) AS above, count(*) FILTER (alarm) AS alarms
            FROM readings JOIN sensors ON sensors.id = sensor_id JOIN stores ON stores.id = store_id GROUP BY ALL ORDER BY ALL""",
        ),
        Report(
            "gaps",
            "The five longest gaps between two readings of a sensor.",
            """SELECT serial, last AS last_reading, read_at AS next_reading, date_diff('hour', last, read_at) - 1 AS hours_missing
            FROM (SELECT *, lag(read_at) OVER (PARTITION BY sensor_id ORDER BY read_at) AS last FROM readings) JOIN sensors ON sensors.id = sensor_id
            WHERE date_diff('hour', last, read_at) > 1 ORDER BY hours_missing DESC, serial, last LIMIT 5""",
        ),
        Report(
            "drift",
            "The five sensors that are furthest from what a cold store has at night, 0.3 below its set point, and how old they are.",
            """SELECT serial, model, date_diff('month', installed_at, max(read_at)) AS months, round(avg(temperature - set_point) + 0.3, 2) AS off
            FROM readings JOIN sensors ON sensors.id = sensor_id JOIN stores ON stores.id = store_id
            WHERE hour(read_at) < 4 AND NOT door_open GROUP BY serial, model, installed_at ORDER BY abs(off) DESC LIMIT 5""",
        ),
    ],
)
