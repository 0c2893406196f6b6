"""Sensors: cold stores, the sensors in them, and a reading from each every hour, with gaps and alarms.

colgen build examples/sensors.py --check --out sensors/
colgen extend sensors/ --to 2024-03-31
colgen report alarms sensors/
"""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Category,
    CreatedAt,
    Daily,
    Day,
    Decimal,
    FanOut,
    FixedValues,
    ForeignKey,
    History,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Normal,
    Ordinal,
    ParentKey,
    Report,
    Rule,
    Table,
    Text,
    Timestamp,
    Volume,
    column,
    either,
    month_of,
    per_day,
)

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
    """A sensor in one of the stores; all were there before the first reading."""

    rows = Volume("sensors")
    id = Key()
    serial = Text("CS-{batch:02d}-{id:05d}", unique=True)
    batch = Integers(1, 12, hidden=True)
    store_id = ForeignKey(Stores, weights=(2, 3, 3, 2, 4))
    model = Category(basic=60, precise=30, rugged=10)
    installed_at = CreatedAt(History(years_before=3, share_before=1))
    set_point = Lookup(Stores.set_point, hidden=True)

    @column(Celsius, hidden=True)
    def offset(draw, model, set_point):
        """What it shows on average: the set point, and its own error, which is small in precise ones."""
        return set_point + (draw(Normal(0, 20)) * np.array([1, 0.2, 0.8])[model]).astype(np.int64)


class Hours(Table, hidden=True):
    """An hour of the period, in which every sensor is read once."""

    rows = Daily(24)
    id = Key()
    day = Day()

    @column(Integer)
    def sensors(id, volume):
        """How many readings there are."""
        return np.full(len(id), volume["sensors"])


class Readings(Table):
    """What a sensor has measured; missing where it could not be reached."""

    rows = FanOut(Hours, "sensors")
    id = Key()
    hour_id = ParentKey(Hours, hidden=True)
    nth = Ordinal(hidden=True)

    @column(ForeignKey(Sensors))
    def sensor_id(nth):
        """One after the other."""
        return nth

    @column(Timestamp)
    def read_at(draw, hour=Hours.id, day=Hours.day):
        """Within the first five minutes of the hour."""
        return day * DAY + (hour - 1) % 24 * HOUR + draw.below(300) * 1_000_000

    @column(Boolean)
    def door_open(draw, read_at):
        """Now and then by day, hardly ever at night."""
        hour = read_at % DAY // HOUR
        return draw.chance(either((hour >= 6) & (hour < 18), 12, 1) / 100)

    @column(Celsius, nullable=True)
    def temperature(draw, read_at, door_open, offset=Sensors.offset):
        """The sensor's average, warmer in summer, by day and behind an open door; one in two hundred is missing."""
        warmer = BY_MONTH[per_day(month_of, read_at // DAY) - 1] + BY_HOUR[read_at % DAY // HOUR] + door_open * draw.integers(50, 400)
        measured = offset + warmer + draw(Normal(0, 15)).astype(np.int64)
        return np.ma.masked_array(measured, draw.chance(0.005))

    @column(Boolean)
    def alarm(temperature, set_point=Sensors.set_point):
        """Three degrees above the set point; none while the sensor is silent."""
        return np.ma.filled(temperature, -99_00) > set_point + 3_00


model = Model(
    "sensors",
    description="Cold stores, the sensors in them, and a reading from each every hour.",
    tables=[Stores, Sensors, Hours, Readings],
    volumes={"small": dict(sensors=14, days=30), "large": dict(sensors=500, days=91)},
    first_day="2024-01-01",
    settles_after=0,  # a day's readings never change: a build can be extended
    rules=[
        Rule(
            Readings,
            "read once an hour by each sensor",
            "SELECT sensor_id, read_at FROM (SELECT *, lag(read_at) OVER (PARTITION BY sensor_id ORDER BY id) AS before FROM readings) WHERE date_diff('hour', before, read_at) <> 1",
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
        )
    ],
)
