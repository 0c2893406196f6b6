"""A distributor of coffee and coffee machines in Egypt: orders, deliveries, payments, and labels for whatever goes wrong with them."""

from colgen import Calendar, Model
from colgen.models.erp import (
    anomalies,
    audit,
    companies,
    deliveries,
    items,
    orders,
    payments,
    people,
    products,
    refunds,
    requests,
    rules,
    rules_of_business,
    rules_of_money,
    stock,
    visits,
)
from colgen.models.erp.labels import ANOMALY_KINDS, Label

model = Model(
    name="erp",
    description=__doc__,
    tables=(
        people.Users,
        products.Products,
        products.PriceChanges,
        companies.Companies,
        companies.Branches,
        requests.Shifts,
        requests.Requests,
        orders.Orders,
        items.OrderItems,
        items.Discounts,
        deliveries.Shipments,
        payments.Payments,
        refunds.Refunds,
        audit.AuditLogs,
        anomalies.Anomalies,
        stock.StockMovements,
        stock.OpeningStock,
        stock.StockCounts,
        stock.Handled,
        stock.Movements,
        visits.Calls,
        visits.MaintenanceVisits,
        visits.ServiceVisits,
        visits.Installations,
    ),
    volumes={
        name: dict(
            users=users,
            companies=companies,
            products=products,
            orders_per_day=orders_per_day,
            visits_per_week=visits_per_week,
            days=days,
            joining_days=days,  # in which the companies that are not customers on the first day become one; a longer period changes none of it
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
    # The last payment of an order comes within 206 days plus an outage: 6 days and the outage until it is due to leave, 19 for a delay or a
    # backlog, 6 for two more attempts; 67 until the second instalment is due, 97 if that is late, and a feast. The last refund comes earlier.
    settles_after=220,
    rules=rules.PEOPLE
    + rules.ORDERS
    + rules.DELIVERIES
    + rules_of_money.MONEY
    + rules_of_money.LOG
    + rules.STOCK_AND_VISITS
    + rules_of_business.BUSINESS
    + rules_of_money.ANSWER_KEY,
    reference_tables=rules.REFERENCE_TABLES,
    calendar=Calendar(
        weekday=(1.15, 1.2, 1.15, 1.0, 0.04, 0.75, 1.25),
        month={6: 0.95, 7: 0.92, 8: 0.9, 11: 1.08, 12: 1.12},
        country="EG",
        holiday=0.15,
        ramadan=0.72,
        noise=0.06,
        hours=(0, 0, 0, 0, 0, 1, 5, 10, 13, 14, 12, 10, 9, 8, 6, 4, 3, 2, 1, 0, 0, 0, 0, 0),  # UTC: from 7 a.m. to 9 p.m. in Cairo
    ),
    rates={"overdue": 0.08, "established": 0.94, "cancellation": 0.03, "discounted": 0.2, "refunded": 0.03, "second_attempt": 0.1},
    shares={"payment_terms": {"on_delivery": 0.35, "net_15": 0.25, "net_30": 0.25, "monthly_bulk": 0.15}},
    anomalies={Label.words[kind.label]: kind.share for kind in ANOMALY_KINDS},
)
