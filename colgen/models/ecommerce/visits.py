"""Sessions of visitors, and every click in them.

Hidden tables give the structure: a day is cut into *stretches* of a few hours, each with a number of sessions; a session has a number of
*looks* at products, and a look takes a *course* of a few events (`paths`). What a session leads to is drawn first, so its path is possible by
construction.
"""

from functools import cache
from math import fsum

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
    Money,
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
    COURSE,
    COURSE_BUYS,
    COURSE_EVENTS,
    COURSE_VIEWS,
    DROPPED,
    LAST_STATE,
    LAYOUT_SHARES,
    LAYOUTS,
    OUTCOME,
    OUTCOMES,
    SLOT_LANDS,
    SLOT_NO_PRODUCT,
    SLOT_ON_PAGE,
    SLOT_ON_PRODUCT,
    SLOT_PAGE,
    SLOT_TYPE,
    SLOTS,
    STATE,
    TAKEN,
    Event,
    Intent,
)
from colgen.vocabulary.goods import CATEGORIES, KIND_CATEGORY

CALENDAR = Calendar(
    weekday=(1.0, 0.97, 0.98, 1.02, 1.05, 1.12, 1.16),
    month={1: 0.94, 2: 0.9, 6: 0.95, 7: 0.92, 8: 0.93, 10: 1.03, 11: 1.3, 12: 1.28},
    growth=0.25,
)
HOURS = (10, 6, 4, 3, 3, 5, 12, 24, 38, 48, 54, 57, 62, 58, 54, 53, 55, 60, 70, 84, 96, 92, 64, 30)
"""How busy each hour is (UTC): a lull at night, a first peak at noon, the highest one in the evening."""

MOST_SESSIONS = 8192  # in a stretch, approximately: they are generated together
LEFT_IN_CART, LEFT_AT_CHECKOUT = 0.13, 0.07  # shares of the sessions that buy nothing


def stretches(volume):
    """The number of stretches in a day, chosen so that even a busy stretch does not have too many sessions."""
    return max(1, -(-2 * volume["sessions_per_day"] // MOST_SESSIONS))


def boundary(number, per_day, period):
    """The start of a stretch, in microseconds since 1970; for the number after the last stretch, its end."""
    day, position = number // per_day, number % per_day
    return (period.start + day) * DAY + time_of_day(position / per_day, HOURS) * (position > 0)


DEVICES = LISTS.table("devices").to_pylist()
_device = '{{"device": "{device}", "os": "{os}", "os_version": "{os_version}", "browser": "{browser}", '
_device += '"browser_version": "{browser_version}", "screen": "{screen}"}}'
DEVICE_JSON, DEVICE = vocabulary.distinct([_device.format(**device) for device in DEVICES], sql="JSON")
_weights = np.bincount(DEVICE, [device["weight"] for device in DEVICES])
DEVICE_LIST = WordList("devices", DEVICE_JSON.words, _weights)
DEVICE_PULL = np.zeros(len(_weights))  # how often a session buys something, relative to all; more often on a large screen
DEVICE_PULL[DEVICE] = [{"desktop": 1.35, "mobile": 0.78, "tablet": 1.0}[device["device"]] for device in DEVICES]
DEVICE_PULL /= np.average(DEVICE_PULL, weights=_weights)

CHANNELS = LISTS.table("channels").to_pylist()
CHANNEL_LIST = WordList(
    "channels", [str(row) for row in range(len(CHANNELS))], np.array([channel["weight"] for channel in CHANNELS], float)
)
CHANNEL_PULL = np.array([channel["conversion"] for channel in CHANNELS])
CHANNEL_PULL /= np.average(CHANNEL_PULL, weights=[channel["weight"] for channel in CHANNELS])

PULL = np.outer(CHANNEL_PULL, DEVICE_PULL)
PULL_SHARE = np.outer([channel["weight"] for channel in CHANNELS], _weights) / (
    sum(channel["weight"] for channel in CHANNELS) * _weights.sum()
)


def of_channel(field):
    """The type of a column with a field of the channel, and the function that computes it; empty fields are missing values."""
    words, code = vocabulary.distinct([channel[field] or "" for channel in CHANNELS])
    if "" not in words.words.to_pylist():
        return words, lambda channel: code[channel]
    named = [word for word in words.words.to_pylist() if word]
    code = np.array([named.index(channel[field]) if channel[field] else 0 for channel in CHANNELS])
    empty = np.array([not channel[field] for channel in CHANNELS])
    return Categorical(named), lambda channel: np.ma.array(code[channel], mask=empty[channel])


REFERRER, UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN = (of_channel(field) for field in ("referrer", "utm_source", "utm_medium", "utm_campaign"))

SEARCH_WORDS = LISTS.table("search_words").to_pylist()
_searches = [
    " ".join(part for part in (words["before"], kind, words["after"]) if part)
    for kind, category in zip(SHORT_KINDS, KIND_CATEGORY, strict=True)
    for words in SEARCH_WORDS
    if words["category"] == CATEGORIES[category]
]
SEARCHES_PER_KIND = np.array([sum(words["category"] == CATEGORIES[category] for words in SEARCH_WORDS) for category in KIND_CATEGORY])
SEARCHES, SEARCH_CODE = vocabulary.distinct(_searches)
FIRST_SEARCH = np.cumsum(SEARCHES_PER_KIND) - SEARCHES_PER_KIND  # of each kind

PAGES = LISTS.table("pages").to_pylist()
LANDING_PAGES = WordList(
    "landing pages",
    [page["path"] for page in PAGES if page["kind"] == "landing"],
    np.array([page["weight"] for page in PAGES if page["kind"] == "landing"], float),
)
OTHER_PAGES = WordList(
    "pages between products",
    [page["path"] for page in PAGES if page["kind"] in ("category", "info")],
    np.array([page["weight"] for page in PAGES if page["kind"] in ("category", "info")], float),
)
FIXED_PAGES = pa.array(
    ["/cart", "/checkout", "/checkout/complete", "/search", *LANDING_PAGES.type.words.to_pylist(), *OTHER_PAGES.type.words.to_pylist()]
)
FIRST_LANDING, FIRST_OTHER = 4, 4 + len(LANDING_PAGES.type.words)


class Stretches(Table, hidden=True):
    """A few hours of a day; the goods that are sold in them are delivered when they start."""

    rows = Daily(stretches, grows=("sessions_per_day",))

    id = Key()
    day = Day()

    @column(Integer)
    def of_day(day, volume, period, scenario):
        """The number of sessions on the whole day."""
        until = scenario.calendar.spread(volume["sessions_per_day"] * period.days, period)
        return np.diff(until)[day - period.start]

    @column(Integer)
    def before(id, of_day, volume):
        """The number of sessions on the day before this stretch."""
        per_day = stretches(volume)
        return (id - 1) % per_day * of_day // per_day

    @column(Integer)
    def sessions(id, of_day, before, volume):
        per_day = stretches(volume)
        return ((id - 1) % per_day + 1) * of_day // per_day - before

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
        """How far it goes."""
        buys, bounces = conversion(volume), bounce(volume)
        chance = draw.uniform()
        purchase = chance < pulled(buys) * CHANNEL_PULL.take(channel) * DEVICE_PULL.take(device)
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
    first_event = First("raw_clickstream")
    order = First("raw_orders")
    first_item = First("raw_order_items")
    events = Count("raw_clickstream", hidden=True)
    amount = Sum("raw_order_items.line_total", Money, hidden=True)

    @column(Uuid, unique=True)
    def session_id(draw, number):
        """A UUID of version 4."""
        return uuid(draw.bits(), number)

    @column(ForeignKey(RawCustomers), nullable=True)
    def customer_id(draw, who, converted):
        """The customer, if logged in, as buyers always are."""
        return np.ma.array(who, mask=~(converted | draw.chance(0.42)))

    @column(Timestamp, hidden=True)
    def last_moment(draw, place, day, begins=Stretches.begins, before=Stretches.before, of_day=Stretches.of_day, ends=Stretches.ends):
        """The end of the session, and the time of a purchase; sessions are in this order."""
        quantile = (before + place - 1 + draw.uniform()) / of_day
        return np.clip(day * DAY + time_of_day(quantile, HOURS), begins + 1, ends - 2_000_000)

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
        """Follows the calendar: busier in the evening, at weekends, before Christmas, and from year to year."""
        return last_moment

    @column(Integer)
    def duration_seconds(started_at, ended_at):
        """Whole seconds from start to end; log-normal."""
        return (ended_at - started_at) // 1_000_000

    @column(DEVICE_JSON)
    def device_info(device):
        """A combination of device, operating system and browser."""
        return device

    @column(Integer, hidden=True)
    def country_row(draw, customer_id, home):
        return either(np.ma.getmaskarray(customer_id), WORLD.countries.sample(draw), home)

    @column(Integer, hidden=True)
    def place_row(draw, customer_id, country_row, home=RawCustomers.place.via("who")):
        anonymous, rows = np.flatnonzero(np.ma.getmaskarray(customer_id)), home.copy()
        rows[anonymous] = WORLD.place(draw.retry(anonymous), country_row[anonymous])
        return rows

    @column(WORLD.countries.type)
    def country(country_row):
        """The customer's country, or the one that an anonymous visitor comes from."""
        return country_row

    @column(WORLD.cities)
    def city(place_row):
        """A city of the country."""
        return WORLD.city[place_row]

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


def conversion(volume):
    """The share of sessions that buy something, so that customers order as often as the settings say."""
    return min(0.6, volume["customers"] * volume["orders_per_customer"] / 365.25 / volume["sessions_per_day"])


@cache
def pulled(share):
    """By what the pulls of channel and device are multiplied so that this share of sessions buys: the share itself, unless some always buy."""
    if share * CHANNEL_PULL.max() * DEVICE_PULL.max() <= 1:
        return share
    low, high = share, 1 / (CHANNEL_PULL.min() * DEVICE_PULL.min())
    for _ in range(60):
        middle = (low + high) / 2
        bought = np.minimum(middle * PULL, 1) * PULL_SHARE
        low, high = (middle, high) if fsum(bought.ravel().tolist()) < share else (low, middle)
    return low


def bounce(volume):
    """The share of sessions that see a single page: as the settings say, but no more than those that buy nothing."""
    return min(volume["bounce_percent"] / 100, 1 - conversion(volume))


def products_per_session(volume):
    """The mean number of products in a session that does not bounce, so that sessions have as many events as the settings say."""
    buys, bounces = conversion(volume), bounce(volume)
    others = 1 - bounces / (1 - buys)  # the share of those that buy nothing which do not bounce
    checkout = (1 - buys) * min(LEFT_AT_CHECKOUT, others)
    cart = (1 - buys) * min(LEFT_IN_CART, max(others - LEFT_AT_CHECKOUT, 0))
    own = np.dot(LAYOUT_SHARES, [len(layout) for layout in LAYOUTS])
    carting, tail = buys + cart + checkout, 3 * buys + 2 * checkout + cart
    each = TAKEN + 2 * (1 - TAKEN) * DROPPED  # cart events per product, except for the last product, which is always put into the cart
    return (volume["events_per_session"] - 1 - tail - carting * (1 - each)) / ((1 - bounces) * own + carting * each)


_HEX = np.frombuffer("".join(f"{number:04x}" for number in range(1 << 16)).encode(), np.uint32)  # four digits at once
_GROUPS = (
    ("a", "u8", 0),
    ("b", "u4", 8),
    ("c", "u4", 12),
    ("d", "u4", 16),
    ("e", "u8", 20),
    ("f", "u4", 28),
)  # the fields of a UUID: dtype and first digit; the last is split in two
_UUID = np.dtype(
    {
        "names": [name for name, _, _ in _GROUPS],
        "formats": [dtype for _, dtype, _ in _GROUPS],
        "offsets": [0, 9, 14, 19, 24, 32],
        "itemsize": 36,
    }
)


def uuid(bits, number):
    """UUIDs of version 4 (RFC 9562) as text. They are random, and distinct because their last 62 bits are a permutation of the numbers."""
    mask = np.uint64((1 << 62) - 1)
    low = (
        number.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) & mask
    )  # odd factors and shifts are invertible, so no two results are equal
    low ^= low >> np.uint64(31)
    low = low * np.uint64(0xBF58476D1CE4E5B9) & mask
    low ^= low >> np.uint64(29)
    low |= np.uint64(1 << 63)
    high = bits & np.uint64(0xFFFFFFFFFFFF0FFF) | np.uint64(0x4000)
    digits = _HEX.take(np.stack([high, low], axis=1).view(np.uint16).reshape(-1, 2, 4)[:, :, ::-1].reshape(-1, 8)).view(np.uint8)
    data = np.full(len(bits) * 36, ord("-"), np.uint8).view(_UUID)
    for name, dtype, first in _GROUPS:
        data[name] = digits[:, first : first + np.dtype(dtype).itemsize].view(dtype)[:, 0]
    begins = np.arange(len(bits) + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(len(bits), pa.py_buffer(begins), pa.py_buffer(data))


class Looks(Table, hidden=True):
    """A look at a product and what follows from it. The first look starts with the landing page, the last may lead to the checkout."""

    rows = FanOut(RawSessions, "looks")

    id = Key()
    session = ParentKey(RawSessions)
    opens = IsFirst()
    closes = IsLast()
    day = Lookup(RawSessions.day)

    @column(Integer)
    def course(draw, opens, closes, state=RawSessions.state, at_last=RawSessions.at_last):
        """The course that it takes.

        Buyers take a quarter of the products that they see, and always the last one. Others put products into the cart and leave them there.
        """
        state = either(closes, at_last, state) + opens * np.int8(7)
        return COURSE.take(draw(OUTCOME) + state * np.int16(len(OUTCOMES)))

    product_id = ForeignKey(RawProducts, popularity=Popularity(), existing_at="day")

    events = column(Integer)(lambda course: COURSE_EVENTS.take(course))
    page_views = column(Integer)(lambda course: COURSE_VIEWS.take(course))
    items = column(Integer)(lambda course: COURSE_BUYS.take(course))
    first_event = First("raw_clickstream")
    slots = column(BigInteger)(lambda course, first_event: course * np.int64(SLOTS) - first_event)  # the first slot less the first event

    @column(SEARCHES)
    def query(draw, kind=RawProducts.kind):
        """A search that leads to a product of its kind."""
        search = draw.bits(16) * SEARCHES_PER_KIND.take(kind)
        search >>= 16
        return SEARCH_CODE.take(search + FIRST_SEARCH.take(kind))

    @column(Integer)
    def page(draw):
        """The page between products, if it has one."""
        return (FIRST_OTHER + OTHER_PAGES.sample(draw)).astype(np.int32)

    @column(RepeatedText)
    def product_page(product_id):
        """The page of the product, in a dictionary that has all pages."""
        seen = np.zeros(product_id.max(initial=0) + 1, np.bool_)
        seen[product_id] = True
        listed, code = np.flatnonzero(seen), np.zeros(len(seen), np.int32)
        code[listed] = np.arange(len(FIXED_PAGES), len(FIXED_PAGES) + len(listed))
        pages = pa.concat_arrays([FIXED_PAGES, spell(["/product/", Digits(listed)], len(listed))])
        return coded(code.take(product_id), pages)


def page_of(slot, page, product_page):
    """The code of the page of an event, given the codes of its look's two pages."""
    return SLOT_PAGE.take(slot) | SLOT_ON_PAGE.take(slot) & page | SLOT_ON_PRODUCT.take(slot) & product_page


class RawClickstream(Table):
    """An event in a session."""

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

    @column(Event.type)
    def event_type(slot):
        """The path is possible: what goes into the cart has been looked at, the checkout follows the cart, and the purchase the checkout."""
        return SLOT_TYPE.take(slot)

    @column(Timestamp)
    def event_ts(draw, event_seq, lands, event_type, begins=RawSessions.started_at, share=RawSessions.share):
        """The events are spread over the session, which starts with the first and ends with a purchase, if there is one."""
        moment = event_seq - 2 << 16
        moment += draw.bits(16)
        moment *= share
        moment >>= 16
        moment += begins
        first, last = np.flatnonzero(lands), np.flatnonzero(event_type == Event.purchase)
        moment[first] = begins[first]
        moment[last] = begins[last] + event_seq[last] * share[last]
        return moment

    @column(RepeatedText)
    def page_url(slot, lands, landing=RawSessions.landing, page=Looks.page, product_page=Looks.product_page):
        """The path of the page."""
        code = elementwise(page_of, slot, page, product_page.indices.to_numpy())
        first = np.flatnonzero(lands)
        code[first] = landing[first]
        return coded(code, product_page.dictionary)

    @column(ForeignKey(RawProducts), nullable=True)
    def product_id(slot, product=Looks.product_id):
        """The product that is looked at, or that is put into the cart or taken out of it."""
        return np.ma.array(product, mask=SLOT_NO_PRODUCT.take(slot))

    @column(SEARCHES, nullable=True)
    def search_query(event_type, query=Looks.query):
        """What is searched for: the kind of the product that is looked at next."""
        return np.ma.array(query, mask=event_type != Event.search)

    @column(DEVICE_JSON)
    def device_info(device=RawSessions.device):
        """The session's device."""
        return device
