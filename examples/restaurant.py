"""A restaurant: what is on the menu, who waits at the tables, and a year of bills.

colgen build examples/restaurant.py --check --out restaurant/
colgen report takings restaurant/
"""

import numpy as np

from colgen import (
    Calendar,
    Category,
    Choice,
    CreatedAt,
    FanOut,
    ForeignKey,
    Grouped,
    History,
    Integer,
    Integers,
    Key,
    Lookup,
    Model,
    Moment,
    Money,
    Ordinal,
    ParentKey,
    Popularity,
    Report,
    Rule,
    Sum,
    Table,
    Text,
    Vocabulary,
    Volume,
    column,
    vocabulary,
)

STARTERS = ["tomato soup", "green salad", "smoked trout", "goat's cheese tart", "beetroot carpaccio"]
MAINS = ["roast chicken", "mushroom risotto", "beef stew", "sea bass", "lentil curry", "pork belly", "gnocchi", "lamb shank"]
DESSERTS = ["chocolate cake", "lemon tart", "panna cotta", "cheese plate"]
DRINKS = ["house wine", "lager", "cider", "sparkling water", "apple juice", "espresso", "mint tea"]
COURSES = [STARTERS, MAINS, DESSERTS, DRINKS]
DISHES = Grouped("dishes", [dish for course in COURSES for dish in course], np.repeat(range(4), [len(course) for course in COURSES]))
LOWEST, HIGHEST = np.array([6_00, 15_00, 5_50, 3_00]), np.array([14_00, 38_00, 11_00, 12_00])  # in cents, by course

# A fifth more guests on Fridays, half as many again on Saturdays, closed on Mondays; busy in December, quiet in January.
OPEN_DAYS = Calendar(weekday=(0, 0.8, 0.9, 1, 1.2, 1.5, 1.1), month={1: 0.7, 8: 0.9, 12: 1.4})
LUNCH_AND_DINNER = (0,) * 12 + (4, 5, 2, 0, 0, 1, 5, 9, 9, 6, 2, 0)


class Dishes(Table):
    """Something on the menu."""

    rows = Volume("dishes")
    id = Key()
    course = Category(starter=5, main=8, dessert=4, drink=7)
    style = Category({"": 5, "small ": 2, "large ": 2, "today's ": 1}, hidden=True)
    name = Text("{style}{dish}")

    @column(DISHES.type, hidden=True)
    def dish(draw, course):
        """One of its course."""
        return DISHES.pick(draw, course)

    @column(Money)
    def price(draw, course):
        """What its course costs, to the half euro."""
        return draw.integers(LOWEST[course], HIGHEST[course]) // 50 * 50


class Waiters(Table):
    """Who waits at the tables; most were there before the year began."""

    rows = Volume("waiters")
    id = Key()
    first_name = Vocabulary(vocabulary.words("first_names", "name"))
    last_name = Vocabulary(vocabulary.words("last_names", "name"))
    hired_at = CreatedAt(History(years_before=4, share_before=0.75))


class Bills(Table):
    """What a table of guests ate and paid."""

    rows = Volume("bills", OPEN_DAYS)
    id = Key()
    closed_at = Moment(LUNCH_AND_DINNER)
    waiter_id = ForeignKey(Waiters, existing_at="closed_at")

    @column(Integer)
    def guests(draw):
        """One to six: most come in pairs."""
        return draw(Choice((8, 44, 16, 20, 7, 5))) + 1

    @column(Integer, hidden=True)
    def items(draw, guests):
        """One to three dishes and drinks for each guest."""
        return draw.integers(guests, 3 * guests)

    subtotal = Sum("bill_items.amount", Money)
    payment = Category(card=70, phone=18, cash=12)

    @column(Money)
    def tip(draw, subtotal):
        """Nothing from one guest in seven, 5 to 15 % from the others, to ten cents."""
        return draw.chance(6 / 7) * (subtotal * draw.integers(5, 15) // 1000 * 10)


class BillItems(Table):
    """A dish or a drink on a bill."""

    rows = FanOut(Bills, "items")
    id = Key()
    bill_id = ParentKey(Bills)
    line = Ordinal()
    dish_id = ForeignKey(Dishes, popularity=Popularity(top=0.2, share=0.5))
    quantity = Integers(1, 2)
    price = Lookup(Dishes.price)

    @column(Money)
    def amount(quantity, price):
        """At the menu's price."""
        return quantity * price


model = Model(
    "restaurant",
    description="A restaurant: what is on the menu, who waits at the tables, and a year of bills.",
    tables=[Dishes, Waiters, Bills, BillItems],
    volumes={"small": dict(dishes=40, waiters=8, bills=6_000), "large": dict(dishes=60, waiters=25, bills=60_000)},
    rules=[
        Rule(Bills, "nobody eats on a Monday", "isodow(closed_at) <> 1"),
        Rule(Bills, "a tip is at most 15 % of the bill", "tip BETWEEN 0 AND 0.15 * subtotal"),
        Rule(Bills, "the waiter was hired before", "waiter.hired_at <= closed_at"),
    ],
    reports=[
        Report(
            "takings",
            "Bills, guests, takings and the average tip by month and by day of the week.",
            """SELECT strftime(closed_at, '%Y-%m') AS month, dayname(closed_at) AS day, count(*) AS bills, sum(guests) AS guests,
            sum(subtotal)::DECIMAL(18, 2) AS takings, round(100 * sum(tip) / sum(subtotal), 1) AS tip_percent
            FROM bills GROUP BY ALL ORDER BY month, any_value(isodow(closed_at))""",
        )
    ],
)
