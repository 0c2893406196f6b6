"""Software that many companies use: each is a tenant with users, projects and tasks of its own, on a plan that it keeps, changes or leaves.

How to build it, what comes out and what to change for your own: docs/recipes/saas.md.
"""

import numpy as np

from colgen import DAY, Boolean, Category, Choice, CreatedAt, Date, Exponential, FanOut, FixedValues, ForeignKey, History, Integer, Key
from colgen import Lookup, Model, Money, Ordinal, ParentKey, Poisson, Report, Rule, Running, Sum, Table, Text, Timestamp, Vocabulary, Volume
from colgen import column, time_of_day, vocabulary

FIRST_NAMES, LAST_NAMES = vocabulary.words("first_names", "name"), vocabulary.words("last_names", "name")
DAYS_KEPT = np.array([400, 700, 1500])  # on average, by plan: the more they pay, the longer they stay


def in_office_hours(draw, start, days):
    """A moment on one of so many days from a moment on, but not before it."""
    day = start // DAY + (days * draw.uniform()).astype(np.int64)
    return np.maximum(start, day * DAY + time_of_day(draw.uniform()))


class Plans(Table):
    """What can be subscribed to."""

    rows = 3
    id = Key()
    name = FixedValues("basic", "plus", "pro", unique=True)
    price = FixedValues(9_00, 15_00, 24_00, type=Money)  # of a seat and month, in cents


class Tenants(Table):
    """A company that uses the software, or did so."""

    rows = Volume("tenants")
    id = Key()
    founder = Vocabulary(LAST_NAMES, hidden=True)
    kind = Category({"& Sons": 2, "Consulting": 3, "Foods": 1, "Group": 3, "Logistics": 2, "Partners": 3}, hidden=True)
    name = Text("{founder} {kind}")
    signed_up_at = CreatedAt(History(years_before=2, share_before=0.4))
    plan = column(Integer, hidden=True)(lambda draw: draw(Choice((55, 35, 10))) + 1)
    plans = column(Integer, hidden=True)(lambda draw, plan: np.minimum(draw(Choice((72, 22, 6))) + 1, 4 - plan))
    seats = column(Integer)(lambda draw, plan: 1 + draw(Poisson(np.array([1.5, 6, 35])[plan - 1])))
    days = Sum("subscriptions.days", Integer, hidden=True)

    @column(Date, nullable=True)
    def left_on(signed_up_at, days, period):
        """When the last subscription ended; missing while there is one."""
        return np.ma.masked_greater(signed_up_at // DAY + days, period.end)

    end = column(Integer, hidden=True)(lambda left_on, period: np.ma.filled(left_on, period.end + 1))


class Subscriptions(Table, keep="begun"):
    """A plan of a tenant, from a day to the day before another; the next plan is the next larger one."""

    rows = FanOut(Tenants, "plans")
    id = Key()
    tenant_id = ParentKey(Tenants)
    number = Ordinal()
    plan_id = column(ForeignKey(Plans))(lambda number, plan=Tenants.plan: plan + number - 1)
    seats = Lookup(Tenants.seats)
    monthly = column(Money)(lambda seats, price=Plans.price: seats * price)
    days = column(Integer, hidden=True)(lambda draw, plan_id: 14 + (DAYS_KEPT[plan_id - 1] * draw(Exponential())).astype(np.int64))
    ends = Running("days", hidden=True)
    starts_on = column(Date)(lambda ends, days, signed_up_at=Tenants.signed_up_at: signed_up_at // DAY + ends - days)
    begun = column(Boolean, hidden=True)(lambda starts_on, period: starts_on <= period.end)

    @column(Date, nullable=True)
    def ends_on(starts_on, days, period):
        """The first day without it; missing while it runs."""
        return np.ma.masked_greater(starts_on + days, period.end)


class Users(Table, unique=[("tenant_id", "number")]):
    """Somebody at a tenant; the first is its owner."""

    rows = FanOut(Tenants, "seats")
    id = Key()
    tenant_id = ParentKey(Tenants)
    number = Ordinal()
    first_name = Vocabulary(FIRST_NAMES)
    last_name = Vocabulary(LAST_NAMES)
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{number}@tenant-{tenant_id}.example.com", unique=True)


class Projects(Table):
    """What a tenant works on."""

    rows = FanOut(Tenants, {1: 40, 2: 30, 3: 20, 5: 10})
    id = Key()
    tenant_id = ParentKey(Tenants)
    lead_id = ForeignKey(Users, within=Tenants, nullable=True)

    @column(Timestamp)
    def created_at(draw, start=Tenants.signed_up_at, end=Tenants.end):
        """In the first half of the tenant's time."""
        return in_office_hours(draw, start, (end - start // DAY + 1) // 2)


class Tasks(Table):
    """A piece of a project's work, done by a user of the same tenant."""

    rows = FanOut(Projects, Poisson(12))
    id = Key()
    project_id = ParentKey(Projects)
    tenant_id = column(ForeignKey(Tenants))(lambda tenant_id=Projects.tenant_id: tenant_id)
    assignee_id = ForeignKey(Users, within=Tenants, nullable=0.2)

    @column(Timestamp)
    def created_at(draw, start=Projects.created_at, end=Tenants.end):
        """While the tenant was there."""
        return in_office_hours(draw, start, end - start // DAY)


model = Model(
    "saas",
    description="Software that many companies use: each is a tenant with users, projects and tasks of its own, on a plan it keeps, changes or leaves.",
    tables=[Plans, Tenants, Subscriptions, Users, Projects, Tasks],
    volumes={"small": dict(tenants=400), "large": dict(tenants=30_000)},
    rules=[
        Rule(Tasks, "a task's project is of the same tenant", "tenant_id = project.tenant_id"),
        Rule(Tasks, "nothing happens after a tenant has left", "tenant.left_on IS NULL OR utc_date(created_at) < tenant.left_on"),
        Rule(Subscriptions, "ends after it starts", "ends_on IS NULL OR ends_on > starts_on"),
        Rule(
            Subscriptions,
            "each plan starts when the one before ends",
            "SELECT id FROM subscriptions QUALIFY starts_on <> lag(ends_on) OVER (PARTITION BY tenant_id ORDER BY number)",
        ),
    ],
    reports=[
        Report(
            "tenants",
            "References between rows of different tenants: none.",
            """SELECT 'lead of a project' AS reference, count(*) AS rows, count(*) FILTER (a.tenant_id <> b.tenant_id) AS of_other_tenants
            FROM projects AS a JOIN users AS b ON b.id = lead_id
            UNION ALL SELECT 'assignee of a task', count(*), count(*) FILTER (a.tenant_id <> b.tenant_id) FROM tasks AS a JOIN users AS b ON b.id = assignee_id
            UNION ALL SELECT 'project of a task', count(*), count(*) FILTER (a.tenant_id <> b.tenant_id) FROM tasks AS a JOIN projects AS b ON b.id = project_id""",
        ),
        Report(
            "churn",
            "The tenants at the start of each quarter, those that came and that left in it, and what they pay a month at its end.",
            """SELECT strftime(q.start, '%Y-%m') AS quarter, count(DISTINCT t.id) FILTER (signed_up_at < q.start) AS tenants,
            count(DISTINCT t.id) FILTER (signed_up_at >= q.start) AS came, count(DISTINCT t.id) FILTER (left_on < q.next) AS have_left,
            sum(monthly) FILTER (ends_on IS NULL OR ends_on >= q.next) AS monthly_revenue
            FROM (SELECT start, start + INTERVAL 3 MONTH AS next FROM generate_series(DATE '2024-01-01', DATE '2024-10-01', INTERVAL 3 MONTH) AS s(start)) AS q
            JOIN tenants AS t ON signed_up_at < q.next AND (left_on IS NULL OR left_on >= q.start)
            JOIN subscriptions AS s ON s.tenant_id = t.id AND s.starts_on < q.next GROUP BY q.start ORDER BY q.start""",
        ),
    ],
)
