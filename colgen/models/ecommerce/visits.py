"""What visitors do: sessions, and every click in them.

The hidden tables are the frame: a *stretch* of a day has so many sessions, a session has so many *looks* at products, and a look takes a
course of a few events (`paths`). What a session comes to is drawn first, so its path is possible by construction.
"""

import numpy as np
import pyarrow as pa

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Calendar,
    Categorical,
    Count,
    Daily,
    Day,
    Digits,
    Exponential,
    FanOut,
    First,
    ForeignKey,
    Integer,
    IsFirst,
    IsLast,
    Key,
    LogNormal,
    Lookup,
    Ordinal,
    ParentKey,
    Popularity,
    RepeatedText,
    Sum,
    Table,
    Timestamp,
    Uuid,
    Vocabulary,
    WordList,
    coded,
    column,
    either,
    elementwise,
    log,
    spell,
    time_of_day,
    vocabulary,
)
from colgen.models.ecommerce.lists import LISTS
from colgen.models.ecommerce.parties import SHORT_KINDS, WORLD, RawCustomers, RawProducts
from colgen.models.ecommerce.paths import (
    AT_LAST,
    BOUNCE,
    BROWSE,
    CART,
    CHECKOUT,
    COURSE,
    COURSE_BUYS,
    COURSE_EVENTS,
    COURSE_VIEWS,
    DROPPED,
    EVENTS,
    LAYOUTS,
    OUTCOME,
    OUTCOMES,
    PRODUCT_LAYOUTS,
    PURCHASE,
    PURCHASE_EVENT,
    SEARCH,
    SLOT_LANDS,
    SLOT_NO_PRODUCT,
    SLOT_ON_PAGE,
    SLOT_ON_PRODUCT,
    SLOT_PAGE,
    SLOT_TYPE,
    SLOTS,
    STATE,
    TAKEN,
)
from colgen.vocabulary.goods import CATEGORIES, KIND_CATEGORY

CALENDAR = Calendar(
    weekday=(1.0, 0.97, 0.98, 1.02, 1.05, 1.12, 1.16),
    month={1: 0.94, 2: 0.9, 6: 0.95, 7: 0.92, 8: 0.93, 10: 1.03, 11: 1.3, 12: 1.28},
    growth=0.25,
)
HOURS = (10, 6, 4, 3, 3, 5, 12, 24, 38, 48, 54, 57, 62, 58, 54, 53, 55, 60, 70, 84, 96, 92, 64, 30)
"""How busy each hour is: a lull at night, a first hill at noon, the summit at nine in the evening."""

MOST_SESSIONS = 8192  # in a stretch: they are made together
LEFT_IN_CART, LEFT_AT_CHECKOUT = 0.13, 0.07  # of the sessions that buy nothing


def stretches(volume):
    """Into how many stretches a day is cut, so that even a busy one has not too many sessions in each."""
    return max(1, -(-2 * volume["sessions_per_day"] // MOST_SESSIONS))


def boundary(number, per_day, period):
    """When a stretch begins, in microseconds since 1970; for the number after the last, when the last one ends."""
    day, place = number // per_day, number % per_day
    return (period.start + day) * DAY + time_of_day(place / per_day, HOURS) * (place > 0)


DEVICES = LISTS.table("devices").to_pylist()
_device = '{{"device": "{device}", "os": "{os}", "os_version": "{os_version}", "browser": "{browser}", '
_device += '"browser_version": "{browser_version}", "screen": "{screen}"}}'
DEVICE_JSON, DEVICE = vocabulary.distinct([_device.format(**one) for one in DEVICES], sql="JSON")
_weights = np.bincount(DEVICE, [one["weight"] for one in DEVICES])
DEVICE_LIST = WordList("devices", DEVICE_JSON.words, _weights)
DEVICE_PULL = np.zeros(len(_weights))
DEVICE_PULL[DEVICE] = [
    {"desktop": 1.35, "mobile": 0.78, "tablet": 1.0}[one["device"]] for one in DEVICES
]  # on a large screen one buys more
DEVICE_PULL /= np.average(DEVICE_PULL, weights=_weights)

CHANNELS = LISTS.table("channels").to_pylist()
CHANNEL_LIST = WordList("channels", [str(row) for row in range(len(CHANNELS))], np.array([one["weight"] for one in CHANNELS], float))
CHANNEL_PULL = np.array([one["conversion"] for one in CHANNELS])
CHANNEL_PULL /= np.average(CHANNEL_PULL, weights=[one["weight"] for one in CHANNELS])


def of_channel(field):
    """A column of the channel's, missing where it is empty."""
    words, code = vocabulary.distinct([one[field] or "" for one in CHANNELS])
    if "" not in words.words.to_pylist():
        return words, lambda channel: code[channel]
    named = [word for word in words.words.to_pylist() if word]
    place = np.array([named.index(one[field]) if one[field] else 0 for one in CHANNELS])
    empty = np.array([not one[field] for one in CHANNELS])
    return Categorical(named), lambda channel: np.ma.array(place[channel], mask=empty[channel])


REFERRER, UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN = (of_channel(field) for field in ("referrer", "utm_source", "utm_medium", "utm_campaign"))

SEARCH_WORDS = LISTS.table("search_words").to_pylist()
_searches = [
    " ".join(part for part in (one["before"], kind, one["after"]) if part)
    for kind, category in zip(SHORT_KINDS, KIND_CATEGORY, strict=True)
    for one in SEARCH_WORDS
    if one["category"] == CATEGORIES[category]
]
SEARCHES_PER_KIND = np.array([sum(one["category"] == CATEGORIES[category] for one in SEARCH_WORDS) for category in KIND_CATEGORY])
SEARCHES, SEARCH_CODE = vocabulary.distinct(_searches)
SEARCHES_OF_KIND = np.cumsum(SEARCHES_PER_KIND) - SEARCHES_PER_KIND

PAGES = LISTS.table("pages").to_pylist()
LANDING_PAGES = WordList(
    "landing pages",
    [one["path"] for one in PAGES if one["kind"] == "landing"],
    np.array([one["weight"] for one in PAGES if one["kind"] == "landing"], float),
)
OTHER_PAGES = WordList(
    "pages between products",
    [one["path"] for one in PAGES if one["kind"] in ("category", "info")],
    np.array([one["weight"] for one in PAGES if one["kind"] in ("category", "info")], float),
)
FIXED_PAGES = pa.array(
    ["/cart", "/checkout", "/checkout/complete", "/search", *LANDING_PAGES.type.words.to_pylist(), *OTHER_PAGES.type.words.to_pylist()]
)
FIRST_LANDING, FIRST_OTHER = 4, 4 + len(LANDING_PAGES.type.words)


class Stretches(Table, hidden=True):
    """Some hours of a day: what is sold in them is delivered at their begin."""

    rows = Daily(stretches, grows=("sessions_per_day",))

    id = Key()
    day = Day()

    @column(Integer)
    def of_day(day, volume, period, scenario):
        """Sessions of the whole day."""
        until = scenario.calendar.spread(volume["sessions_per_day"] * period.days, period)
        return np.diff(until)[day - period.start]

    @column(Integer)
    def before(id, of_day, volume):
        """Sessions of the day before this stretch."""
        many = stretches(volume)
        return (id - 1) % many * of_day // many

    @column(Integer)
    def sessions(id, of_day, before, volume):
        many = stretches(volume)
        return ((id - 1) % many + 1) * of_day // many - before

    @column(Timestamp)
    def begins(id, volume, period):
        return boundary(id - 1, stretches(volume), period)

    @column(Timestamp)
    def ends(id, volume, period):
        return boundary(id, stretches(volume), period)


class RawSessions(Table):
    """A visit to the shop."""

    rows = FanOut(Stretches, "sessions")

    number = Key(hidden=True)
    stretch = ParentKey(Stretches, hidden=True)
    place = Ordinal(hidden=True)
    day = Lookup(Stretches.day, hidden=True)

    who = ForeignKey(RawCustomers, existing_at="day", popularity=Popularity(top=0.2, share=0.4), hidden=True)
    home = Lookup(RawCustomers.country_row, via="who", hidden=True)
    channel = Vocabulary(CHANNEL_LIST, hidden=True)
    device = Vocabulary(DEVICE_LIST, hidden=True)

    @column(Integer, hidden=True)
    def intent(draw, channel, device, volume):
        """What it comes to: a bounce, browsing, a cart left behind, a checkout left behind, a purchase."""
        buys, bounces = conversion(volume), bounce(volume)
        chance = draw.uniform()
        purchase = chance < buys * CHANNEL_PULL.take(channel) * DEVICE_PULL.take(device)
        rest = draw.uniform()  # of those that buy nothing
        kind = either(rest > 1 - LEFT_AT_CHECKOUT, CHECKOUT, either(rest > 1 - LEFT_AT_CHECKOUT - LEFT_IN_CART, CART, BROWSE))
        return either(purchase, PURCHASE, either(rest < bounces / (1 - buys), BOUNCE, kind))

    state = column(Integer, hidden=True)(lambda intent: STATE.take(intent))  # of the visitor while he looks at products
    at_last = column(Integer, hidden=True)(lambda intent: AT_LAST.take(intent))  # when he looks at the last one
    orders = column(Integer, hidden=True)(lambda converted: converted.astype(np.int64))

    @column(Integer, hidden=True)
    def products_seen(draw, intent, volume):
        """One and more, most few, some very many; none in a bounce."""
        beyond_one = max(products_per_session(volume) - 1, 0.02)
        mean = 1 / float(log(1 + 1 / beyond_one))  # of what rounded down has that mean
        many = 1 + np.minimum(draw(Exponential(mean)), 1000.0).astype(np.int64)
        return many * (intent != BOUNCE)

    looks = column(Integer, hidden=True)(lambda products_seen: np.maximum(products_seen, 1))
    landing = column(Integer, hidden=True)(lambda draw: (FIRST_LANDING + LANDING_PAGES.sample(draw)).astype(np.int32))
    first_event = First("raw_clickstream")
    order = First("raw_orders")
    first_item = First("raw_order_items")
    events = Count("raw_clickstream", hidden=True)
    amount = Sum("raw_order_items.line_total", hidden=True)

    @column(Uuid, unique=True)
    def session_id(draw, number):
        """A UUID, version 4."""
        return uuid(draw.bits(), number)

    @column(ForeignKey(RawCustomers), nullable=True)
    def customer_id(draw, who, converted):
        """Who it is, if he has logged in; a buyer has."""
        return np.ma.array(who, mask=~(converted | draw.chance(0.42)))

    @column(Timestamp, hidden=True)
    def last_moment(draw, place, day, begins=Stretches.begins, before=Stretches.before, of_day=Stretches.of_day, ends=Stretches.ends):
        """When it ends, and buys; sessions are numbered by it."""
        quantile = (before + place - 1 + draw.uniform()) / of_day
        return np.clip(day * DAY + time_of_day(quantile, HOURS), begins + 1, ends - 2_000_000)

    @column(BigInteger, hidden=True)
    def share(draw, events, last_moment, day):
        """The time that each event has, in microseconds; log-normal, some 25 seconds. The session begins at midnight at the earliest."""
        drawn_seconds = np.minimum(10 + draw(LogNormal(20.0, 0.7)) * events, 14_000.0)
        return np.minimum((drawn_seconds * 1e6).astype(np.int64), last_moment - day * DAY) // events

    @column(Timestamp)
    def started_at(last_moment, share, events):
        """The day it ends."""
        return last_moment - share * events

    @column(Timestamp)
    def ended_at(last_moment):
        """By the calendar: busier in the evening, at weekends, before Christmas, and from year to year."""
        return last_moment

    @column(Integer)
    def duration_seconds(started_at, ended_at):
        """Log-normal; whole seconds from begin to end."""
        return (ended_at - started_at) // 1_000_000

    @column(DEVICE_JSON)
    def device_info(device):
        """Device, system and browser that go together."""
        return device

    @column(Integer, hidden=True)
    def country_row(draw, customer_id, home):
        return either(np.ma.getmaskarray(customer_id), WORLD.countries.sample(draw), home)

    @column(Integer, hidden=True)
    def place_row(draw, customer_id, country_row, home=RawCustomers.place.via("who")):
        strangers, place = np.flatnonzero(np.ma.getmaskarray(customer_id)), home.copy()
        place[strangers] = WORLD.place(draw.retry(strangers), country_row[strangers])
        return place

    @column(WORLD.countries.type)
    def country(country_row):
        """The customer's, or where a stranger comes from."""
        return country_row

    @column(WORLD.cities)
    def city(place_row):
        """One of the country's."""
        return WORLD.city[place_row]

    referrer = column(REFERRER[0], nullable=True, doc="The site that the visitor comes from, if any.")(lambda channel: REFERRER[1](channel))
    utm_source = column(UTM_SOURCE[0], nullable=True, doc="Of the campaign, if any.")(lambda channel: UTM_SOURCE[1](channel))
    utm_medium = column(UTM_MEDIUM[0], nullable=True, doc="Of the campaign, if any.")(lambda channel: UTM_MEDIUM[1](channel))
    utm_campaign = column(UTM_CAMPAIGN[0], nullable=True, doc="Of the campaign, if any.")(lambda channel: UTM_CAMPAIGN[1](channel))

    @column(Boolean)
    def is_bounce(intent):
        """It has seen one page and no more."""
        return intent == BOUNCE

    page_views = Sum("looks.page_views", Integer)

    @column(Boolean)
    def converted(intent):
        """It ends with a purchase."""
        return intent == PURCHASE


def conversion(volume):
    """What part of the sessions buys, for each customer to order as often as he is said to."""
    return min(0.6, volume["customers"] * volume["orders_per_customer"] / 365.25 / volume["sessions_per_day"])


def bounce(volume):
    """What part of the sessions sees one page: as asked, but no more than do not buy."""
    return min(volume["bounce_percent"] / 100, 1 - conversion(volume))


def products_per_session(volume):
    """How many products a session that does not bounce sees, for all together to have as many events as asked."""
    buys, bounces = conversion(volume), bounce(volume)
    others = 1 - bounces / (1 - buys)  # of those that buy nothing
    checkout = (1 - buys) * min(LEFT_AT_CHECKOUT, others)
    cart = (1 - buys) * min(LEFT_IN_CART, max(others - LEFT_AT_CHECKOUT, 0))
    own = np.dot(PRODUCT_LAYOUTS, [len(layout) for layout in LAYOUTS])
    carting, tail = buys + cart + checkout, 3 * buys + 2 * checkout + cart
    each = TAKEN + 2 * (1 - TAKEN) * DROPPED  # cart events of a product, but for the last: that is always taken
    return (volume["events_per_session"] - 1 - tail - carting * (1 - each)) / ((1 - bounces) * own + carting * each)


_HEX = np.frombuffer("".join(f"{number:04x}" for number in range(1 << 16)).encode(), np.uint32)  # four digits at a time
_GROUPS = (("a", "u8", 0), ("b", "u4", 8), ("c", "u4", 12), ("d", "u4", 16), ("e", "u8", 20), ("f", "u4", 28))  # of digits; the last is 12
_UUID = np.dtype(
    {"names": [one[0] for one in _GROUPS], "formats": [one[1] for one in _GROUPS], "offsets": [0, 9, 14, 19, 24, 32], "itemsize": 36}
)


def uuid(bits, number):
    """RFC 9562 version 4: random, and unlike all others, since its last 62 bits are the number's own shuffled."""
    mask = np.uint64((1 << 62) - 1)
    low = number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) & mask  # odd factors and shifts can be undone: no two are alike
    low ^= low >> np.uint64(31)
    low = low * np.uint64(0xBF58476D1CE4E5B9) & mask
    low ^= low >> np.uint64(29)
    low |= np.uint64(1 << 63)
    high = bits & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000)
    digits = _HEX.take(np.stack([high, low], axis=1).view(np.uint16).reshape(-1, 2, 4)[:, :, ::-1].reshape(-1, 8)).view(np.uint8)
    data = np.full(len(bits) * 36, ord("-"), np.uint8).view(_UUID)
    for name, kind, begin in _GROUPS:
        data[name] = digits[:, begin : begin + np.dtype(kind).itemsize].view(kind)[:, 0]
    begins = np.arange(len(bits) + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(len(bits), pa.py_buffer(begins), pa.py_buffer(data))


class Looks(Table, hidden=True):
    """A product looked at and what comes of it: after the landing if it is the first, and before the way to the checkout if it is the last."""

    rows = FanOut(RawSessions, "looks")

    id = Key()
    session = ParentKey(RawSessions)
    opens = IsFirst()
    closes = IsLast()
    day = Lookup(RawSessions.day)

    @column(Integer)
    def course(draw, opens, closes, state=RawSessions.state, at_last=RawSessions.at_last):
        """Which of the courses it takes.

        A buyer takes a quarter of the products that he sees, and the last one. Others are tempted too, and leave it in the cart.
        """
        state = either(closes, at_last, state) + opens * np.int8(7)
        return COURSE.take(draw(OUTCOME) + state * np.int16(len(OUTCOMES)))

    product_id = ForeignKey(RawProducts, popularity=Popularity(), existing_at="day")

    events = column(Integer)(lambda course: COURSE_EVENTS.take(course))
    page_views = column(Integer)(lambda course: COURSE_VIEWS.take(course))
    items = column(Integer)(lambda course: COURSE_BUYS.take(course))
    first_event = First("raw_clickstream")
    slots = column(BigInteger)(lambda course, first_event: course * np.int64(SLOTS) - first_event)  # the first, less the first event

    @column(SEARCHES)
    def query(draw, kind=RawProducts.kind):
        """How one searches for such a thing."""
        place = draw.bits(16) * SEARCHES_PER_KIND.take(kind)
        place >>= 16
        return SEARCH_CODE.take(place + SEARCHES_OF_KIND.take(kind))

    @column(Integer)
    def page(draw):
        """Which of the pages between products it goes by, if it does."""
        return (FIRST_OTHER + OTHER_PAGES.sample(draw)).astype(np.int32)

    @column(RepeatedText)
    def product_page(product_id):
        """The product's own, among all pages."""
        seen = np.zeros(product_id.max(initial=0) + 1, np.bool_)
        seen[product_id] = True
        listed, place = np.flatnonzero(seen), np.zeros(len(seen), np.int32)
        place[listed] = np.arange(len(FIXED_PAGES), len(FIXED_PAGES) + len(listed))
        pages = pa.concat_arrays([FIXED_PAGES, spell(["/product/", Digits(listed)], len(listed))])
        return coded(place.take(product_id), pages)


def page_of(slot, page, product_page):
    return SLOT_PAGE.take(slot) | SLOT_ON_PAGE.take(slot) & page | SLOT_ON_PRODUCT.take(slot) & product_page


class RawClickstream(Table):
    """What happens in a session, one event after the other."""

    rows = FanOut(Looks, "events")

    event_id = Key()
    look = ParentKey(Looks, hidden=True)
    session_id = Lookup(RawSessions.session_id)
    customer_id = Lookup(RawSessions.customer_id)

    @column(Integer)
    def event_seq(event_id, first=RawSessions.first_event):
        """1, 2, 3 … within the session."""
        return event_id - first + 1

    slot = column(BigInteger, hidden=True)(lambda event_id, slots=Looks.slots: event_id + slots)
    lands = column(Boolean, hidden=True)(lambda slot: SLOT_LANDS.take(slot))

    @column(Categorical(EVENTS))
    def event_type(slot):
        """A possible path: what is put into the cart was looked at, the checkout follows the cart, the purchase the checkout."""
        return SLOT_TYPE.take(slot)

    @column(Timestamp)
    def event_ts(draw, event_seq, lands, event_type, begins=RawSessions.started_at, share=RawSessions.share):
        """Spread over the session, each event in a part of it; the first begins it, a purchase ends it."""
        moment = event_seq - 2 << 16
        moment += draw.bits(16)
        moment *= share
        moment >>= 16
        moment += begins
        first, last = np.flatnonzero(lands), np.flatnonzero(event_type == PURCHASE_EVENT)
        moment[first] = begins[first]
        moment[last] = begins[last] + event_seq[last] * share[last]
        return moment

    @column(RepeatedText)
    def page_url(slot, lands, landing=RawSessions.landing, page=Looks.page, product_page=Looks.product_page):
        """The path of the page it happens on."""
        code = elementwise(page_of, slot, page, product_page.indices.to_numpy())
        first = np.flatnonzero(lands)
        code[first] = landing[first]
        return coded(code, product_page.dictionary)

    @column(ForeignKey(RawProducts), nullable=True)
    def product_id(slot, product=Looks.product_id):
        """What is looked at, or goes into the cart or out of it."""
        return np.ma.array(product, mask=SLOT_NO_PRODUCT.take(slot))

    @column(SEARCHES, nullable=True)
    def search_query(event_type, query=Looks.query):
        """What was searched for, of the kind of the product that is looked at next."""
        return np.ma.array(query, mask=event_type != SEARCH)

    @column(DEVICE_JSON)
    def device_info(device=RawSessions.device):
        """The session's."""
        return device
