"""Customers. What one is like follows from a rank that they have from birth: how often they come, what they spend, their tier.

One in four or five is a *regular*, who comes back until they leave; most others visit once, on the day after they registered.
"""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Calendar,
    Categorical,
    Category,
    CreatedAt,
    Date,
    Exponential,
    Grouped,
    History,
    Integer,
    Json,
    Key,
    Rank,
    Stratum,
    String,
    Table,
    Text,
    Vocabulary,
    Volume,
    column,
    either,
    exp,
    log,
    time_of_day,
    vocabulary,
)
from colgen.models.ecommerce.clocks import CITIES, CITY_COUNTRY, CITY_ROW, CLOCKS, LOCAL_HOURS, OFFSET, SHARE
from colgen.models.ecommerce.lists import LISTS, WORLD
from colgen.models.ecommerce.traffic import DEVICE_LIST, GROUP_LIST
from colgen.vocabulary.goods import CATEGORIES, KIND_CATEGORY, KINDS

REGULARS = 0.22
PARTS = ("comes back", "comes once 1", "comes once 2", "comes once 3")  # of the customers of each clock, of about the same size
CLIENTELE = {
    f"{clock}, {part}": share * (REGULARS if part == PARTS[0] else (1 - REGULARS) / (len(PARTS) - 1))
    for clock, share in zip(CLOCKS, SHARE.tolist(), strict=True)
    for part in PARTS
}
ANYBODY = len(CLIENTELE)  # a part that has no customers: who wants one of it gets any
CLIENTELE["anybody"] = 0

YEARS_BEFORE, GROWTH = 2, 0.15  # since when customers have registered, and how many more each year

# Each day needs a regular of each clock: where a clock has few, they do not leave, and where it has hardly any, others come at its hours.
FEW, HARDLY_ANY = 30, 12


def regulars(volume, period, scenario):
    """How many regulars each clock has when the period starts, about."""
    yearly = log(1 + max(scenario.time.get("growth", GROWTH), 0.01))
    before = (exp(yearly * YEARS_BEFORE) - 1) / (exp(yearly * (YEARS_BEFORE + period.days / 365.25)) - 1)
    is_new = scenario.time.get("takeoff", 0) > 0
    return volume["customers"] * REGULARS * SHARE * before * (0.1 if is_new else 1)


def wanted_clientele(clock, volume, period, scenario):
    """The regulars of a clock; those of the nearest one that has more where it has hardly any, and anybody where none has."""
    enough = np.flatnonzero(regulars(volume, period, scenario) >= HARDLY_ANY)
    if not len(enough):
        return np.full(len(clock), ANYBODY)
    nearest = enough[abs(OFFSET[:, None] - OFFSET[enough]).argmin(axis=1)]
    nearest[enough] = enough
    return (nearest * len(PARTS)).take(clock)


LONGEST, SHORTEST = 900.0, 110.0  # the mean number of days that the best regulars stay, and the least
NEVER = 1 << 30

TIERS = {"platinum": 3, "gold": 9, "silver": 18, "bronze": 30, "none": 40}
SEGMENTS = ("premium", "business", "regular", "occasional")
PREMIUM_OR_BUSINESS = (0, 0.06, REGULARS, REGULARS + 0.02, 1), (0.75, 0.65, 0.4, 0.12, 0.05)  # their share by standing: a fifth of all
OCCASIONAL = (REGULARS, 1), (0, 0.65)  # a quarter of all
USUAL = 1
TASTES = np.array([[5, 25, 70], [25, 40, 35], [40, 40, 20], [55, 35, 10]]) / 100  # thrifty, usual or fond of what is dear, by segment
BULK = np.array([80, 250, 80, 60])  # how many units, in per cent, by segment

YOUNG, OLD = 32, 52
_genders, _ages = ("female", "male", "other"), ("young", "middle", "old")
_popularity = np.bincount(KIND_CATEGORY, KINDS["popularity"].to_numpy())


def interest_weights():
    """How many have each category at heart, by gender and age."""
    for gender in _genders:
        for age in _ages:
            for facts, popularity in zip(LISTS.table("categories").to_pylist(), _popularity, strict=True):
                yield round(popularity * facts.get(gender, 100) * facts.get(age, 100) / 100)


_groups = np.arange(len(_genders) * len(_ages)).repeat(len(CATEGORIES))
INTERESTS = Grouped("interests", CATEGORIES * (len(_genders) * len(_ages)), _groups, np.array(list(interest_weights())))


class RawCustomers(Table):
    """A registered customer."""

    rows = Volume("customers")

    customer_id = Key()
    rank = Rank()
    clientele = Stratum(CLIENTELE, hidden=True)
    clock = column(Integer, hidden=True)(lambda clientele: clientele // len(PARTS))
    comes_back = column(Boolean, hidden=True)(lambda clientele: clientele % len(PARTS) == 0)
    place = column(Integer, hidden=True)(lambda draw, clock: CITY_ROW[CITIES.pick(draw, clock)])
    country_row = column(Integer, hidden=True)(lambda place: CITY_COUNTRY[place])

    @column(Integer, hidden=True)
    def standing(draw, rank, comes_back, volume):
        """How many of a million are more important: regulars come first."""
        within = (rank - draw.uniform()) / volume["customers"]
        return (1e6 * either(comes_back, REGULARS * within, REGULARS + (1 - REGULARS) * within)).astype(np.int64)

    gender = Category(female=51, male=47, other=2)

    @column(Integer, hidden=True)
    def people(gender, country_row, draw):
        """The group of first and last names: of the country's women or of its men."""
        man = either(gender == 2, draw.below(2), gender)
        return country_row * 2 + man

    email_domain = Vocabulary(vocabulary.words("email_domains", "domain"), hidden=True)
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{customer_id}@{email_domain}", unique=True)

    @column(WORLD.first_names.type)
    def first_name(draw, people):
        """A name that people of the gender have in the country."""
        return WORLD.first_names.pick(draw, people)

    @column(WORLD.last_names.type)
    def last_name(draw, people):
        """A name that people have in the country."""
        return WORLD.last_names.pick(draw, people)

    @column(String)
    def phone(draw, country_row):
        """In international format, according to the country's numbering plan."""
        return WORLD.phones.sample(draw, country_row)

    @column(Integer, hidden=True)
    def days_old(draw):
        """When registering."""
        age = 18.01 + 67 * (draw.uniform() + draw.uniform() * draw.uniform()) / 2
        return (age * 365.25).astype(np.int64)

    years_old = column(Integer, hidden=True)(lambda days_old: days_old // 365)

    @column(Date)
    def date_of_birth(days_old, registration_date):
        """18 to 85 years before registration, usually 25 to 50."""
        return registration_date - days_old

    registered_at = CreatedAt(
        History(
            years_before=YEARS_BEFORE, share_before=None, calendar=Calendar(weekday=(1, 1, 1, 1, 1, 0.9, 0.9), growth=GROWTH, noise=0.2)
        ),
        hidden=True,
    )

    @column(Date)
    def registration_date(registered_at):
        """In the two years before the period and within it, more from year to year; in the order of ids."""
        return registered_at // DAY

    @column(Date, hidden=True)
    def left_on(draw, customer_id, registration_date, rank, clock, comes_back, volume, period, scenario):
        """The first day on which they do not come any more. The first customer never leaves, so that there is always one."""
        mean = LONGEST * exp(log(SHORTEST / LONGEST) * (rank / volume["customers"]))
        stays = either(comes_back, 2 + (draw(Exponential(1.0)) * mean).astype(np.int64), 1)
        never = (customer_id == 1) | (comes_back & (regulars(volume, period, scenario) < FEW)[clock])
        return either(never, NEVER, registration_date + stays)

    @column(Boolean, hidden=True)
    def comes_again(draw, comes_back):
        """Whether one who is no regular comes a second time."""
        return draw.chance(0.13) & ~comes_back

    @column(Integer, hidden=True)
    def visits_at(draw, clock):
        """The time of day in UTC at which they come when they are expected: microseconds."""
        return (time_of_day(draw.uniform(), LOCAL_HOURS) - OFFSET[clock]) % DAY

    @column(WORLD.countries.type)
    def country(country_row):
        """One of ten countries."""
        return country_row

    @column(WORLD.cities)
    def city(place):
        """One of the country's larger cities, drawn in proportion to population."""
        return WORLD.city[place]

    @column(WORLD.regions)
    def state(place):
        """The city's state, province or region."""
        return WORLD.region[place]

    @column(String)
    def postal_code(draw, place):
        """A postal code of the city, in the country's format."""
        return WORLD.postal_codes.sample(draw, place)

    @column(Categorical(SEGMENTS))
    def segment(draw, standing):
        """Premium and business are mostly regulars, occasional are those who come once."""
        standing, chance = standing / 1e6, draw.uniform()
        best = either(draw.chance(0.4), SEGMENTS.index("business"), SEGMENTS.index("premium"))
        least = either(chance > 1 - np.interp(standing, *OCCASIONAL), SEGMENTS.index("occasional"), SEGMENTS.index("regular"))
        return either(chance < np.interp(standing, *PREMIUM_OR_BUSINESS), best, least)

    @column(Categorical(list(TIERS)))
    def loyalty_tier(draw, standing):
        """Those who spend most are platinum (3 %), then come gold (9 %), silver (18 %), bronze (30 %) and none."""
        noisy = standing / 1e6 * (0.5 + draw.uniform()) * log(3.0)  # whose logarithm is the mean of 1 / noise
        return np.searchsorted(np.cumsum(list(TIERS.values()))[:-1] / 100, noisy, side="right")

    @column(Boolean)
    def marketing_opt_in(draw, standing):
        """More often those who come often; 46 % of all."""
        return draw.chance(0.66 - 0.4 * standing / 1e6)

    acquisition_channel = Vocabulary(GROUP_LIST)  # by which they come in half of their sessions, and in others by chance

    street = column(WORLD.streets.type, hidden=True)(lambda draw, country_row: WORLD.streets.pick(draw, country_row))
    house = column(Integer, hidden=True)(lambda draw, country_row: 1 + draw.below(WORLD.most[country_row]))

    language = column(WORLD.languages, hidden=True)(lambda country_row: WORLD.language[country_row])

    @column(Categorical(["daily", "weekly", "monthly", "never"]), hidden=True)
    def newsletter(draw, standing):
        """Half of them as befits their standing."""
        wanted = either(draw.chance(0.5), standing / 1e6, draw.uniform())
        return np.searchsorted([0.08, 0.42, 0.60], wanted, side="right")

    theme = Category(light=62, dark=23, auto=15, hidden=True)

    @column(INTERESTS.type, hidden=True)
    def interest(draw, gender, years_old):
        return INTERESTS.pick(draw, gender * 3 + (years_old >= YOUNG) + (years_old >= OLD))

    preferences = Text(
        '{{"language": "{language}", "newsletter": "{newsletter}", "theme": "{theme}", "interest": "{interest}"}}', type=Json
    )

    main_device = Vocabulary(DEVICE_LIST, hidden=True)
    second_device = Vocabulary(DEVICE_LIST, hidden=True)

    @column(Integer, hidden=True)
    def taste(draw, segment):
        """0 for the thrifty, 1 for most, 2 for those who like what is dear."""
        chance = draw.uniform()
        return (chance > TASTES[segment, 0]).astype(np.int64) + (chance > TASTES[segment, 0] + TASTES[segment, 1])

    @column(Integer, hidden=True)
    def bulk(draw, segment, taste):
        """How many units they buy, relative to others: per cent."""
        return (BULK[segment] * exp(0.6 * draw.uniform() + 0.6 * taste - 0.9)).astype(np.int64)
