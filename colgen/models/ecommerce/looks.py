"""Looks at products: which ones a session looks at, and what follows from each look."""

import numpy as np
import pyarrow as pa

from colgen import (
    BigInteger,
    Digits,
    FanOut,
    First,
    ForeignKey,
    Integer,
    IsFirst,
    IsLast,
    Key,
    Lookup,
    ParentKey,
    Popularity,
    RepeatedText,
    Table,
    coded,
    column,
    either,
    spell,
)
from colgen.models.ecommerce.lists import chosen
from colgen.models.ecommerce.pages import (
    FIRST_OTHER,
    FIRST_SEARCH,
    FIXED_PAGES,
    PAGE_OF_THEME,
    SEARCH_CODE,
    SEARCHES,
    SEARCHES_PER_KIND,
)
from colgen.models.ecommerce.paths import COURSE, COURSE_BUYS, COURSE_CARTS, COURSE_EVENTS, COURSE_VIEWS, OUTCOMES, SLOTS
from colgen.models.ecommerce.products import ANY_SHELF, ENOUGH, RawProducts
from colgen.models.ecommerce.sessions import RawSessions
from colgen.models.ecommerce.themes import GOODS, LIKED, NEXT_THEME, OUTCOME_OF, STAY, TASTES
from colgen.vocabulary.goods import CATEGORIES


class Looks(Table, hidden=True):
    """A look at a product and what follows from it. The first look starts with the landing page, the last may lead to the checkout."""

    rows = FanOut(RawSessions, "looks")

    id = Key()
    session = ParentKey(RawSessions)
    opens = IsFirst()
    closes = IsLast()
    day = Lookup(RawSessions.day)

    @column(Integer)
    def theme(draw, opens, first=RawSessions.theme):
        """The category that it is in: three looks in five stay in that of the look before."""
        theme = either(opens, first, chosen(NEXT_THEME, first.astype(np.int32), draw))
        since = np.arange(len(theme), dtype=np.int32)
        since *= theme != STAY
        return theme.take(np.maximum.accumulate(since, out=since))

    @column(Integer)
    def course(draw, opens, closes, theme, state=RawSessions.state, at_last=RawSessions.at_last, taste=RawSessions.taste):
        """The course that it takes.

        Buyers take a quarter of the products that they see, and always the last one; more of what is cheap. Others put products into the cart
        and leave them there.
        """
        state = either(closes, at_last, state) + opens * np.int8(7)
        outcome = chosen(OUTCOME_OF, taste.astype(np.int32) * np.int32(len(CATEGORIES)) + theme, draw)
        return COURSE.take(outcome + state * np.int16(len(OUTCOMES)))

    @column(Integer)
    def wish(course, taste=RawSessions.taste, sends_back=RawSessions.sends_back):
        """What decides which product it is: nothing where none is put into the cart, else the taste, and whether it will be sent back."""
        return COURSE_CARTS.take(course) * (taste.astype(np.int16) + np.int16(1) + TASTES * sends_back) * np.int16(100)

    shelf = column(Integer)(lambda theme, volume: theme if volume["products"] >= ENOUGH else np.full(len(theme), ANY_SHELF))

    product_id = ForeignKey(
        RawProducts,
        popularity=Popularity(by="rank"),
        within={"shelf": "shelf"},
        existing_at="day",
        until="withdrawn_on",
        likely=lambda wish, appeal=RawProducts.appeal: LIKED.take(wish + appeal),
    )

    events = column(Integer)(lambda course: COURSE_EVENTS.take(course))
    page_views = column(Integer)(lambda course: COURSE_VIEWS.take(course))
    items = column(Integer)(lambda course: COURSE_BUYS.take(course))
    goods = column(Integer)(lambda items, theme: items * GOODS.take(theme))
    first_event = First("raw_clickstream")
    slots = column(BigInteger)(lambda course, first_event: course * np.int64(SLOTS) - first_event)  # the first slot less the first event

    @column(SEARCHES)
    def query(draw, kind=RawProducts.kind):
        """A search that leads to a product of its kind."""
        search = draw.bits(16) * SEARCHES_PER_KIND.take(kind)
        search >>= 16
        return SEARCH_CODE.take(search + FIRST_SEARCH.take(kind))

    @column(Integer)
    def page(draw, theme):
        """The page between products, if it has one: of the same category, or one that informs."""
        return chosen(PAGE_OF_THEME, theme.astype(np.int32), draw) + np.int32(FIRST_OTHER)

    @column(RepeatedText)
    def product_page(product_id):
        """The page of the product, in a dictionary that has all pages."""
        seen = np.zeros(product_id.max(initial=0) + 1, np.bool_)
        seen[product_id] = True
        listed, code = np.flatnonzero(seen), np.zeros(len(seen), np.int32)
        code[listed] = np.arange(len(FIXED_PAGES), len(FIXED_PAGES) + len(listed))
        pages = pa.concat_arrays([FIXED_PAGES, spell(["/product/", Digits(listed)], len(listed))])
        return coded(code.take(product_id), pages)
