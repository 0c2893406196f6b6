"""A help desk: tickets, what was promised for them, and when they were answered and solved; most of what is late is due to a few agents.

How to build it, what comes out and what to change for your own: docs/recipes/support-tickets.md.
"""

import numpy as np

from colgen import DAY, Boolean, Calendar, Category, Codes, Double, Exponential, FixedValues, ForeignKey, FullName, Key
from colgen import Model, Moment, Popularity, Rank, Report, Rule, Table, Timestamp, Volume, column

HOUR = DAY // 24
AROUND_THE_CLOCK = (1, 1, 1, 1, 1, 2, 4, 7, 12, 16, 17, 15, 12, 14, 16, 15, 13, 10, 7, 5, 4, 3, 2, 1)


def waited(draw, hours, late):
    """How long something took, in microseconds: less than it was given, or, where it is late, more."""
    return (hours * np.where(late, 1 + draw(Exponential(0.5)), draw.uniform() ** 2) * HOUR).astype(np.int64)


class Status(Codes):
    new: int
    answered: int
    solved: int


class Promises(Table, key="priority"):
    """What is promised, by priority: the hours until there is an answer, and until the ticket is solved."""

    rows = 4
    priority = FixedValues("urgent", "high", "normal", "low", unique=True)
    answer_hours = FixedValues(1, 4, 8, 24)
    solution_hours = FixedValues(6, 24, 72, 168)


class Agents(Table):
    """Who answers. How often an agent is late is a trait: hardly ever with most, every third ticket with the last few."""

    rows = Volume("agents")
    id = Key()
    name = FullName()
    rank = Rank(hidden=True)
    late = column(Double, hidden=True)(lambda rank, volume: 0.45 * (rank / volume["agents"]) ** 6)


class Customers(Table):
    """Who asks."""

    rows = Volume("customers")
    id = Key()
    name = FullName()


class Tickets(Table):
    """A question, and what has become of it by the end of the period."""

    rows = Volume("tickets", Calendar(weekday=(1.3, 1.2, 1.1, 1, 1, 0.4, 0.3), noise=0.1))
    id = Key()
    created_at = Moment(AROUND_THE_CLOCK)
    customer_id = ForeignKey(Customers, popularity=Popularity(top=0.2, share=0.6))
    agent_id = ForeignKey(Agents)
    priority = ForeignKey(Promises, weights=(5, 15, 55, 25))
    subject = Category(
        {
            "cannot log in": 22,
            "invoice is wrong": 16,
            "export fails": 14,
            "page is slow": 12,
            "question about a plan": 24,
            "cancel my account": 5,
            "data missing": 7,
        }
    )
    late = column(Boolean, hidden=True)(lambda draw, late=Agents.late: draw.chance(late))

    @column(Timestamp, nullable=True)
    def answered_at(draw, created_at, late, period, hours=Promises.answer_hours):
        """Missing where that would be after the period."""
        moment = created_at + waited(draw, hours, late)
        return np.ma.masked_array(moment, moment // DAY > period.end)

    @column(Timestamp)
    def due_at(created_at, hours=Promises.solution_hours):
        return created_at + hours.astype(np.int64) * HOUR

    @column(Timestamp, nullable=True)
    def solved_at(draw, answered_at, due_at, late, period):
        """The rest of the time after the answer, or more."""
        moment = answered_at + waited(draw, (due_at - answered_at).clip(HOUR) / HOUR, late)
        return np.ma.masked_array(moment, np.ma.getmaskarray(moment) | (np.ma.getdata(moment) // DAY > period.end))

    @column(Status.type)
    def status(answered_at, solved_at):
        return Status.solved - np.ma.getmaskarray(solved_at) - np.ma.getmaskarray(answered_at)

    @column(Boolean)
    def breached(due_at, solved_at, period):
        """Solved too late, or not solved by the end of the period although it was due."""
        return np.ma.filled(solved_at, (period.end + 1) * DAY) > due_at


model = Model(
    "support",
    description="A help desk: tickets, what was promised for them, and when they were answered and solved.",
    tables=[Promises, Agents, Customers, Tickets],
    volumes={"small": dict(agents=20, customers=400, tickets=5_000), "large": dict(agents=150, customers=20_000, tickets=500_000)},
    rules=[
        Rule(Tickets, "answered after it was asked", "answered_at IS NULL OR answered_at >= created_at"),
        Rule(Tickets, "solved after it was answered", "solved_at IS NULL OR solved_at >= answered_at"),
        Rule(
            Tickets,
            "the status is what the times say",
            "(status = 'solved') = (solved_at IS NOT NULL) AND (status = 'new') = (answered_at IS NULL)",
        ),
    ],
    reports=[
        Report(
            "priorities",
            "Tickets, the median hours until they were answered and solved, and how many were late, by priority.",
            """SELECT priority, count(*) AS tickets, round(median(date_diff('minute', created_at, answered_at)) / 60, 1) AS answered,
            round(median(date_diff('minute', created_at, solved_at)) / 60, 1) AS solved, any_value(solution_hours) AS promised,
            round(100 * avg(breached::INT), 1) AS late_percent
            FROM tickets JOIN promises USING (priority) GROUP BY priority ORDER BY promised""",
        ),
        Report(
            "agents",
            "The five agents with the most late tickets, and what part of all late tickets they and those above them have.",
            """SELECT name AS agent, count(*) AS tickets, sum(breached::INT)::INT AS late, round(100 * avg(breached::INT), 1) AS late_percent,
            round(100 * sum(late) OVER (ORDER BY late DESC, name) / sum(late) OVER (), 1) AS together
            FROM tickets JOIN agents ON agents.id = agent_id GROUP BY agents.id, name ORDER BY late DESC, name LIMIT 5""",
        ),
    ],
)
