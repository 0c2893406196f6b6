"""The paths that a session may take: what happens at each look at a product, as tables to be looked up by the numbers of courses.

A session is a row of *looks*, of which the first follows the landing and the last one may be followed by the way to the checkout. A *course*
is the events of one look; a *slot* is the place of an event in a course, `SLOTS * course + place`.
"""

import itertools

import numpy as np

from colgen import Choice

BOUNCE, BROWSE, CART, CHECKOUT, PURCHASE = range(5)
EVENTS = ["page_view", "search", "product_view", "add_to_cart", "remove_from_cart", "checkout_start", "purchase"]
PAGE_VIEW, SEARCH, PRODUCT_VIEW, ADD_TO_CART, REMOVE_FROM_CART, CHECKOUT_START, PURCHASE_EVENT = range(7)


# The layouts of a look at a product: alone, or after a page or a search, each also with a look at its details.
LAYOUTS = [
    [PRODUCT_VIEW],
    [PRODUCT_VIEW, PAGE_VIEW],
    [PAGE_VIEW, PRODUCT_VIEW],
    [PAGE_VIEW, PRODUCT_VIEW, PAGE_VIEW],
    [SEARCH, PRODUCT_VIEW],
    [SEARCH, PRODUCT_VIEW, PAGE_VIEW],
]
PRODUCT_LAYOUTS = np.array([32, 6, 24, 4, 29, 5]) / 100
TAKEN, DROPPED = 0.22, 0.06  # of the products seen by who fills a cart: put in; of the others put in and taken out again
NO_MORE, PUT_IN, PUT_BACK = range(3)  # what comes of the look
CARTED = [[], [ADD_TO_CART], [ADD_TO_CART, REMOVE_FROM_CART]]
CARTS = (1 - TAKEN - (1 - TAKEN) * DROPPED, TAKEN, (1 - TAKEN) * DROPPED)

# A draw for a look: a layout, and what would come of the look if the visitor filled a cart.
OUTCOMES = [(layout, cart) for layout in range(len(LAYOUTS)) for cart in (NO_MORE, PUT_IN, PUT_BACK)]
OUTCOME = Choice(tuple(PRODUCT_LAYOUTS[layout] * CARTS[cart] for layout, cart in OUTCOMES))

# The course of a look: a bounce; or a look, after the landing if it is the first, what comes of it, and how far the session goes on from there.
FARTHER = {BROWSE: [], CART: [PAGE_VIEW], CHECKOUT: [PAGE_VIEW, CHECKOUT_START], PURCHASE: [PAGE_VIEW, CHECKOUT_START, PURCHASE_EVENT]}
ENDINGS = [(cart, BROWSE, False) for cart in (NO_MORE, PUT_IN, PUT_BACK)] + [(PUT_IN, BROWSE, True)]
ENDINGS += [(PUT_IN, goes_on, goes_on == PURCHASE) for goes_on in (CART, CHECKOUT, PURCHASE)]
COURSES = [None, *itertools.product((False, True), range(len(LAYOUTS)), ENDINGS)]
SLOTS = 8  # as many events as the longest course has
CART_PAGE, CHECKOUT_PAGE, COMPLETE_PAGE, SEARCH_PAGE = range(4)
COURSE_EVENTS, COURSE_VIEWS, COURSE_BUYS = np.zeros((3, len(COURSES)), np.int64)
SLOT_TYPE = np.zeros(len(COURSES) * SLOTS, np.int8)
SLOT_PAGE, SLOT_ON_PRODUCT, SLOT_ON_PAGE = np.zeros((3, len(COURSES) * SLOTS), np.int32)  # a page of the shop's own; elsewhere, all bits
for _number, _course in enumerate(COURSES):
    _first, _layout, (_cart, _goes_on, _buys) = _course or (True, None, ENDINGS[0])
    _landing, _look, _farther = [PAGE_VIEW] * _first, [] if _layout is None else LAYOUTS[_layout], FARTHER[_goes_on]
    _events = [*_landing, *_look, *CARTED[_cart], *_farther]
    COURSE_EVENTS[_number], COURSE_BUYS[_number] = len(_events), _buys
    COURSE_VIEWS[_number] = sum(event in (PAGE_VIEW, PRODUCT_VIEW) for event in _events)
    for _place, _event in enumerate(_events):
        _slot, _own = _number * SLOTS + _place, _place - len(_events) + len(_farther)
        SLOT_TYPE[_slot] = _event
        if _own >= 0 or _event == SEARCH:
            SLOT_PAGE[_slot] = max(_own, 0) if _event != SEARCH else SEARCH_PAGE
        elif _place >= _first:  # the landing page is the session's
            (SLOT_ON_PRODUCT if PRODUCT_VIEW in _events[: _place + 1] else SLOT_ON_PAGE)[_slot] = -1

SLOT_NO_PRODUCT = SLOT_ON_PRODUCT == 0
SLOT_LANDS = np.isin(np.arange(len(SLOT_TYPE)), [number * SLOTS for number, course in enumerate(COURSES) if course is None or course[0]])

# Which course a look takes, by the visitor's state: he only lands, looks around, fills a cart or buys; or looks for the last time and goes on.
BOUNCES, LOOKS_AROUND, FILLS_CART, BUYS, LEAVES_CART, LEAVES_CHECKOUT, HAS_BOUGHT = range(7)
STATE = np.array([BOUNCES, LOOKS_AROUND, FILLS_CART, FILLS_CART, BUYS], np.int8)  # by what a session comes to
AT_LAST = np.array([BOUNCES, LOOKS_AROUND, LEAVES_CART, LEAVES_CHECKOUT, HAS_BOUGHT], np.int8)


def ending(state, cart):
    if state in (LEAVES_CART, LEAVES_CHECKOUT, HAS_BOUGHT):
        return ENDINGS[state]
    return (NO_MORE if state == LOOKS_AROUND else cart, BROWSE, state == BUYS and cart == PUT_IN)


COURSE = np.array(
    [
        0 if state == BOUNCES else COURSES.index((first, layout, ending(state, cart)))
        for first, state, (layout, cart) in itertools.product((False, True), range(7), OUTCOMES)
    ],
    np.int8,
)
