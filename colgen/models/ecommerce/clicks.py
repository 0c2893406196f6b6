"""The clickstream: every event of every session."""

import numpy as np

from colgen import (
    BigInteger,
    Boolean,
    FanOut,
    ForeignKey,
    Integer,
    Key,
    Lookup,
    ParentKey,
    RepeatedText,
    Table,
    Timestamp,
    coded,
    column,
    elementwise,
)
from colgen.models.ecommerce.looks import Looks
from colgen.models.ecommerce.pages import SEARCHES
from colgen.models.ecommerce.paths import SLOT_LANDS, SLOT_NO_PRODUCT, SLOT_ON_PAGE, SLOT_ON_PRODUCT, SLOT_PAGE, SLOT_TYPE, Event
from colgen.models.ecommerce.products import RawProducts
from colgen.models.ecommerce.sessions import RawSessions
from colgen.models.ecommerce.traffic import DEVICE_JSON


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
