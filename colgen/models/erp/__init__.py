"""A distributor of coffee and coffee machines in Egypt: orders, deliveries, payments, and labels for whatever goes wrong with them."""

from colgen import Calendar, Model
from colgen.models.erp import anomalies, audit, deliveries, orders, payments, people, requests, stock, visits
from colgen.models.erp.labels import ANOMALY_KINDS, Label
from colgen.models.erp.rules import REFERENCE_TABLES, RULES

model = Model(
    name="erp",
    description=__doc__,
    tables=(
        people.Users,
        people.Companies,
        people.Branches,
        people.Products,
        requests.Shifts,
        requests.Requests,
        orders.Orders,
        orders.OrderItems,
        orders.Discounts,
        deliveries.Shipments,
        payments.Payments,
        payments.Refunds,
        audit.AuditLogs,
        anomalies.Anomalies,
        stock.StockMovements,
        stock.OpeningStock,
        stock.Handled,
        stock.Movements,
        visits.VisitDays,
        visits.Calls,
        visits.MaintenanceVisits,
    ),
    volumes={
        name: dict(
            users=users,
            companies=companies,
            products=products,
            orders_per_day=orders_per_day,
            visits_per_week=visits_per_week,
            days=days,
            anomalies=1,  # with 0 there are none, and all other rows stay as they are
        )
        for name, users, companies, products, orders_per_day, visits_per_week, days in (
            ("small", 10, 20, 50, 10, 3, 30),
            ("medium", 20, 100, 200, 50, 10, 91),
            ("large", 200, 2_000, 1_000, 2_000, 200, 365),
        )
    },
    default_volume="medium",
    # the first four users have one role each, and of the first two products one is a machine: whatever is asked for is there
    ranges={"users": (4, 10**10), "products": (2, 10**10), "anomalies": (0, 1)},
    schema="mock_data",
    first_day="2024-01-01",
    default_scenario="normal-ops",
    # The last refund of an order is paid out within 192 days plus an outage: 9 days and the outage until it is due to leave, 22 for a delay,
    # 6 for two more attempts; 67 until the second instalment is due, 60 if that is late; 27 for the refund.
    settles_after=220,
    rules=RULES,
    reference_tables=REFERENCE_TABLES,
    calendar=Calendar(
        weekday=(1.15, 1.2, 1.15, 1.0, 0.04, 0.75, 1.25),
        month={6: 0.95, 7: 0.92, 8: 0.9, 11: 1.08, 12: 1.12},
        country="EG",
        holiday=0.15,
        ramadan=0.72,
        hours=(0, 0, 0, 0, 0, 1, 5, 10, 13, 14, 12, 10, 9, 8, 6, 4, 3, 2, 1, 0, 0, 0, 0, 0),  # UTC: from 7 a.m. to 9 p.m. in Cairo
    ),
    rates={"overdue": 0.08, "cancellation": 0.03, "discounted": 0.2, "refunded": 0.03, "second_attempt": 0.1},
    shares={"payment_terms": {"on_delivery": 0.35, "net_15": 0.25, "net_30": 0.25, "monthly_bulk": 0.15}},
    anomalies={Label.words[kind.label]: kind.share for kind in ANOMALY_KINDS},
)
