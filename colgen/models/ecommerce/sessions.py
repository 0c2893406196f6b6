"""Sessions of visitors: who comes, when, by which channel, on which device, and how far it goes.

A day is cut into *stretches* of a few hours, each with a number of sessions. What a session leads to is drawn first, so that its path is
possible by construction (`looks`, `clicks`).
"""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Count,
    Exponential,
    FanOut,
    First,
    ForeignKey,
    Integer,
    Key,
    LogNormal,
    Lookup,
    Money,
    OrderStatistic,
    Ordinal,
    ParentKey,
    Popularity,
    Sum,
    Table,
    Timestamp,
    Uuids,
    column,
    either,
    log,
    time_of_day,
)
from colgen.models.ecommerce.clocks import CITIES, CITY_COUNTRY, CITY_ROW, CLOCK_OF_HOUR, HOUR, HOURS
from colgen.models.ecommerce.customers import USUAL, RawCustomers, wanted_clientele
from colgen.models.ecommerce.lists import WORLD, chosen
from colgen.models.ecommerce.pages import FIRST_LANDING, LANDING_PAGES
from colgen.models.ecommerce.paths import LAST_STATE, STATE, Intent
from colgen.models.ecommerce.products import CATEGORY_LIST
from colgen.models.ecommerce.rates import LEFT_AT_CHECKOUT, LEFT_IN_CART, bounce, conversion, known, products_per_session, purchase_rate
from colgen.models.ecommerce.stretches import Expected, Stretches, stretches
from colgen.models.ecommerce.themes import LICENCE
from colgen.models.ecommerce.traffic import (
    CHANNEL_LIST,
    CHANNEL_OF_GROUP,
    CHANNEL_PULL,
    DEVICE_JSON,
    DEVICE_LIST,
    DEVICE_PULL,
    REFERRER,
    UTM_CAMPAIGN,
    UTM_MEDIUM,
    UTM_SOURCE,
)

USUAL_CHANNEL, MAIN_DEVICE, AT_HEART = 0.5, 0.75, 0.65  # how often it is the customer's own; else by chance


class RawSessions(Table):
    """A visit to the shop."""

    rows = FanOut(Stretches, "sessions")

    number = Key(hidden=True)
    stretch = ParentKey(Stretches, hidden=True)
    place = Ordinal(hidden=True)
    day = Lookup(Stretches.day, hidden=True)

    @column(Timestamp, hidden=True)
    def last_moment(
        draw,
        stretch,
        place,
        volume,
        day,
        sessions=Stretches.sessions,
        position=Stretches.position,
        begins=Stretches.begins,
        ends=Stretches.ends,
    ):
        """The end of the session, and the time of a purchase; sessions are in this order."""
        quantile = (position + draw(OrderStatistic(stretch, place, sessions))) / stretches(volume)
        return np.clip(day * DAY + time_of_day(quantile, HOURS), begins + 1, ends - 2_000_000)

    @column(Integer, hidden=True)
    def clock(draw, last_moment, day):
        """The clock of the visitor: of those who are awake."""
        return chosen(CLOCK_OF_HOUR, (last_moment - day * DAY) // HOUR, draw)

    expected = Expected()

    @column(Boolean, hidden=True)
    def logs_in(draw, expected, volume):
        """Whether the customer is known, as buyers always are."""
        return (expected > 0) | draw.chance(known(volume))

    visitors = column(Integer, hidden=True)(lambda logs_in, expected: (logs_in & (expected == 0)).astype(np.int64))
    visitor = Sum("visitors.customer", hidden=True)

    @column(ForeignKey(RawCustomers), hidden=True)
    def who(visitor, expected):
        """The customer; the first one for an anonymous visitor, of whom nothing is known."""
        return np.maximum(visitor + expected, 1)

    @column(Integer, hidden=True)
    def channel(draw, logs_in, expected, usual=RawCustomers.acquisition_channel.via("who")):
        """That of acquisition when they are expected, and in half of the other sessions."""
        own = logs_in & draw.chance(USUAL_CHANNEL) | (expected > 0)
        return either(own, chosen(CHANNEL_OF_GROUP, usual, draw), CHANNEL_LIST.sample(draw, np.int8))

    @column(Integer, hidden=True)
    def device(draw, logs_in, main=RawCustomers.main_device.via("who"), second=RawCustomers.second_device.via("who")):
        """One of the customer's two, mostly the first."""
        return either(logs_in, either(draw.chance(MAIN_DEVICE), main, second), DEVICE_LIST.sample(draw, np.int8))

    @column(Integer, hidden=True)
    def intent(draw, stretch, logs_in, expected, channel, device, volume):
        """How far it goes."""
        buys, bounces = conversion(volume), bounce(volume)
        chance = draw.uniform()
        rate = purchase_rate(stretch, expected > 0, CHANNEL_PULL.take(channel) * DEVICE_PULL.take(device), volume)
        purchase = logs_in & (chance < rate)
        rest = draw.uniform()  # for those that buy nothing
        left_cart = rest > 1 - LEFT_AT_CHECKOUT - LEFT_IN_CART
        stays = either(rest > 1 - LEFT_AT_CHECKOUT, Intent.checkout, either(left_cart, Intent.cart, Intent.browse))
        return either(purchase, Intent.purchase, either(rest < bounces / (1 - buys), Intent.bounce, stays))

    state = column(Integer, hidden=True)(lambda intent: STATE.take(intent))  # of the visitor while looking at products
    at_last = column(Integer, hidden=True)(lambda intent: LAST_STATE.take(intent))  # while looking at the last one
    orders = column(Integer, hidden=True)(lambda converted: converted.astype(np.int64))

    @column(Integer, hidden=True)
    def products_seen(draw, intent, volume):
        """At least one, usually few, sometimes very many; none in a bounce."""
        beyond_one = max(products_per_session(volume) - 1, 0.02)
        mean = 1 / float(log(1 + 1 / beyond_one))  # rounded down, an exponential with this mean has the mean `beyond_one`
        products = 1 + np.minimum(draw(Exponential(mean)), 1000.0).astype(np.int64)
        return products * (intent != Intent.bounce)

    looks = column(Integer, hidden=True)(lambda products_seen: np.maximum(products_seen, 1))
    landing = column(Integer, hidden=True)(lambda draw: (FIRST_LANDING + LANDING_PAGES.sample(draw)).astype(np.int32))

    @column(Integer, hidden=True)
    def theme(draw, logs_in, interest=RawCustomers.interest.via("who")):
        """The category that it is about, often the customer's interest."""
        return either(logs_in & draw.chance(AT_HEART), interest, CATEGORY_LIST.sample(draw, np.int8)).astype(np.int8)

    @column(Integer, hidden=True)
    def taste(logs_in, taste=RawCustomers.taste.via("who")):
        """The customer's; an anonymous visitor's is usual."""
        return either(logs_in, taste, USUAL).astype(np.int8)

    first_event = First("raw_clickstream")
    order = First("raw_orders")
    first_item = First("raw_order_items")
    events = Count("raw_clickstream", hidden=True)
    items = Count("raw_order_items", hidden=True)
    amount = Sum("raw_order_items.line_total", Money, hidden=True)
    delivered = Sum("raw_orders.delivered", hidden=True)  # of its one order, as the next one
    back_on = Sum("raw_orders.back_on", hidden=True)
    goods = Sum("looks.goods", hidden=True)
    licences = column(Integer, hidden=True)(lambda goods: goods // LICENCE)

    @column(Boolean, hidden=True)
    def sends_back(draw, items, goods):
        """Whether the goods will be sent back, if there is time: as likely as on average over the items, and never where a licence is among them."""
        return draw.chance(either(goods < LICENCE, goods / (1e4 * np.maximum(items, 1)), 0.0))

    session_id = Uuids()

    @column(ForeignKey(RawCustomers), nullable=True)
    def customer_id(who, logs_in):
        """The customer, if logged in, as buyers always are."""
        return np.ma.array(who, mask=~logs_in)

    @column(BigInteger, hidden=True)
    def share(draw, events, last_moment, day):
        """The time for each event, in microseconds: log-normal, about 25 seconds. A session starts at midnight at the earliest."""
        drawn_seconds = np.minimum(10 + draw(LogNormal(20.0, 0.7)) * events, 14_000.0)
        return np.minimum((drawn_seconds * 1e6).astype(np.int64), last_moment - day * DAY) // events

    @column(Timestamp)
    def started_at(last_moment, share, events):
        """On the same day as it ends."""
        return last_moment - share * events

    @column(Timestamp)
    def ended_at(last_moment):
        """When people are awake where the visitor lives; more at weekends, on Black Friday, before Christmas, and from year to year."""
        return last_moment

    @column(Integer)
    def duration_seconds(started_at, ended_at):
        """Whole seconds from start to end; log-normal."""
        return (ended_at - started_at) // 1_000_000

    @column(DEVICE_JSON)
    def device_info(device):
        """A combination of device, operating system and browser; each customer has two, and mostly uses the first."""
        return device

    @column(Integer, hidden=True)
    def city_row(draw, logs_in, clock, home=RawCustomers.place.via("who")):
        """The customer's city; one that goes by the same clock for an anonymous visitor."""
        anonymous, rows = np.flatnonzero(~logs_in), home.copy()
        rows[anonymous] = CITY_ROW[CITIES.pick(draw.retry(anonymous), clock[anonymous])]
        return rows

    @column(WORLD.countries.type)
    def country(city_row):
        """The customer's country, or the one that an anonymous visitor comes from."""
        return CITY_COUNTRY[city_row]

    @column(WORLD.cities)
    def city(city_row):
        """A city of the country."""
        return WORLD.city[city_row]

    referrer = column(REFERRER[0], nullable=True, doc="The site that the visitor came from, if any.")(lambda channel: REFERRER[1](channel))
    utm_source = column(UTM_SOURCE[0], nullable=True, doc="The source of the campaign, if any.")(lambda channel: UTM_SOURCE[1](channel))
    utm_medium = column(UTM_MEDIUM[0], nullable=True, doc="The medium of the campaign, if any.")(lambda channel: UTM_MEDIUM[1](channel))
    utm_campaign = column(UTM_CAMPAIGN[0], nullable=True, doc="The name of the campaign, if any.")(lambda channel: UTM_CAMPAIGN[1](channel))

    @column(Boolean)
    def is_bounce(intent):
        """Whether it ends after a single page."""
        return intent == Intent.bounce

    page_views = Sum("looks.page_views", Integer)

    @column(Boolean)
    def converted(intent):
        """Whether it ends with a purchase."""
        return intent == Intent.purchase


class Visitors(Table, hidden=True):
    """A customer who logs in without being expected: one who comes back, the best most often, while they are awake."""

    rows = FanOut(RawSessions, "visitors")

    id = Key()
    session = ParentKey(RawSessions)
    day = Lookup(RawSessions.day)
    wanted = column(Integer)(lambda volume, period, scenario, clock=RawSessions.clock: wanted_clientele(clock, volume, period, scenario))
    customer = ForeignKey(
        RawCustomers,
        existing_at="day",
        until="left_on",
        popularity=Popularity(top=0.2, share=0.35, by="rank"),
        within={"clientele": "wanted"},
    )
