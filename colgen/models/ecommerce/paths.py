"""The paths that a session can take, as tables that are indexed by the number of a course.

A session is a sequence of *looks* at products. The first look follows the landing page, and the last one may be followed by steps towards the
checkout. The events of one look are a *course*; event number `i` of course `c` has the *slot* `SLOTS * c + i`.
"""

import itertools

import numpy as np

from colgen import Codes


class Intent(Codes):
    """How far a session goes: it leaves after one page, looks around, fills a cart, starts the checkout, or buys."""

    bounce: int
    browse: int
    cart: int
    checkout: int
    purchase: int


class Event(Codes):
    page_view: int
    search: int
    product_view: int
    add_to_cart: int
    remove_from_cart: int
    checkout_start: int
    purchase: int


class Cart(Codes):
    """What a look does to the cart."""

    unchanged: int
    put_in: int
    put_back: int


# The events of a look at a product before the cart: the product alone, or after a page or a search, each with or without a look at its details.
LAYOUTS = [
    [Event.product_view],
    [Event.product_view, Event.page_view],
    [Event.page_view, Event.product_view],
    [Event.page_view, Event.product_view, Event.page_view],
    [Event.search, Event.product_view],
    [Event.search, Event.product_view, Event.page_view],
]
LAYOUT_SHARES = np.array([32, 6, 24, 4, 29, 5]) / 100
TAKEN = 0.22  # the share of products that a visitor who fills a cart puts into it
DROPPED = 0.06  # the share of the others that are put in and taken out again
CART_EVENTS = [[], [Event.add_to_cart], [Event.add_to_cart, Event.remove_from_cart]]

# What is drawn for each look: its layout, and what it would do to the cart if the visitor filled one.
OUTCOMES = [(layout, cart) for layout in range(len(LAYOUTS)) for cart in range(len(Cart.words))]


def outcome_weights(taken):
    """How often each outcome comes, if this share of the products is taken."""
    carts = (1 - taken - (1 - taken) * DROPPED, taken, (1 - taken) * DROPPED)
    return [LAYOUT_SHARES[layout] * carts[cart] for layout, cart in OUTCOMES]


# How a look ends: what it does to the cart, how far the session goes on from there, and whether the product is bought.
STEPS = {
    Intent.browse: [],
    Intent.cart: [Event.page_view],
    Intent.checkout: [Event.page_view, Event.checkout_start],
    Intent.purchase: [Event.page_view, Event.checkout_start, Event.purchase],
}
ENDINGS = [(cart, Intent.browse, False) for cart in range(len(Cart.words))] + [(Cart.put_in, Intent.browse, True)]
ENDINGS += [(Cart.put_in, intent, intent == Intent.purchase) for intent in (Intent.cart, Intent.checkout, Intent.purchase)]

# A course: a bounce (None), or whether it is the first of the session, its layout and its ending.
COURSES = [None, *itertools.product((False, True), range(len(LAYOUTS)), ENDINGS)]
SLOTS = 8  # the number of events in the longest course
CART_PAGE, CHECKOUT_PAGE, COMPLETE_PAGE, SEARCH_PAGE = range(4)
COURSE_EVENTS, COURSE_VIEWS, COURSE_BUYS = np.zeros((3, len(COURSES)), np.int16)  # how many of each a course has
COURSE_CARTS = np.zeros(len(COURSES), np.int16)  # whether the product is put into the cart
SLOT_TYPE = np.zeros(len(COURSES) * SLOTS, np.int8)
# The page of an event: one of the four above, or, by a mask of all bits, the product's page or another page.
SLOT_PAGE, SLOT_ON_PRODUCT, SLOT_ON_PAGE = np.zeros((3, len(COURSES) * SLOTS), np.int32)
for _number, _course in enumerate(COURSES):
    _first, _layout, (_cart, _intent, _buys) = _course or (True, None, ENDINGS[0])
    _landing, _look, _steps = [Event.page_view] * _first, [] if _layout is None else LAYOUTS[_layout], STEPS[_intent]
    _events = [*_landing, *_look, *CART_EVENTS[_cart], *_steps]
    COURSE_EVENTS[_number], COURSE_BUYS[_number] = len(_events), _buys
    COURSE_CARTS[_number] = Event.add_to_cart in _events
    COURSE_VIEWS[_number] = sum(event in (Event.page_view, Event.product_view) for event in _events)
    for _position, _event in enumerate(_events):
        _slot, _step = _number * SLOTS + _position, _position - len(_events) + len(_steps)
        SLOT_TYPE[_slot] = _event
        if _step >= 0 or _event == Event.search:
            SLOT_PAGE[_slot] = max(_step, 0) if _event != Event.search else SEARCH_PAGE
        elif _position >= _first:  # the landing page is the session's
            (SLOT_ON_PRODUCT if Event.product_view in _events[: _position + 1] else SLOT_ON_PAGE)[_slot] = -1

SLOT_NO_PRODUCT = SLOT_ON_PRODUCT == 0
SLOT_LANDS = np.isin(np.arange(len(SLOT_TYPE)), [number * SLOTS for number, course in enumerate(COURSES) if course is None or course[0]])


class State(Codes):
    """What a visitor does during a look; the last three are for the last look of a session, after which it goes on."""

    bounces: int
    looks_around: int
    fills_cart: int
    buys: int
    leaves_cart: int
    leaves_checkout: int
    has_bought: int


# The state during a session, and during its last look, by the intent of the session.
STATE = np.array([State.bounces, State.looks_around, State.fills_cart, State.fills_cart, State.buys], np.int8)
LAST_STATE = np.array([State.bounces, State.looks_around, State.leaves_cart, State.leaves_checkout, State.has_bought], np.int8)


def ending(state, cart):
    """How a look ends in a state, if it would do this to the cart."""
    if state in (State.leaves_cart, State.leaves_checkout, State.has_bought):
        return ENDINGS[state]
    return (Cart.unchanged if state == State.looks_around else cart, Intent.browse, state == State.buys and cart == Cart.put_in)


COURSE = np.array(
    [
        0 if state == State.bounces else COURSES.index((first, layout, ending(state, cart)))
        for first, state, (layout, cart) in itertools.product((False, True), range(len(State.words)), OUTCOMES)
    ],
    np.int8,
)
"""The course of a look, by whether it is the first, the state and the outcome: `(first * 7 + state) * len(OUTCOMES) + outcome`."""
