"""An online shop down to every click, as its systems deliver it: the bronze layer of a data warehouse."""

from colgen import Model
from colgen.models.ecommerce import clicks, customers, items, looks, orders, products, reviews, sessions, stock, stretches, traffic
from colgen.models.ecommerce.charts import CHARTS
from colgen.models.ecommerce.reports import REPORTS
from colgen.models.ecommerce.rules import REFERENCE_TABLES, RULES

model = Model(
    name="ecommerce",
    description=__doc__,
    tables=(
        customers.RawCustomers,
        products.RawProducts,
        stretches.Stretches,
        sessions.RawSessions,
        sessions.Visitors,
        looks.Looks,
        clicks.RawClickstream,
        orders.RawOrders,
        items.RawOrderItems,
        reviews.RawReviews,
        stock.RawInventory,
        stock.InitialStock,
        stock.Deliveries,
        stock.Sales,
        stock.ReturnedGoods,
    ),
    volumes={
        name: dict(
            customers=customers,
            products=products,
            days=days,
            sessions_per_day=sessions,
            orders_per_customer=5,
            events_per_session=14,
            bounce_percent=36,
        )
        for name, customers, products, days, sessions in (
            ("small", 1_000, 500, 30, 100),
            ("medium", 10_000, 5_000, 365, 1_000),
            ("large", 100_000, 50_000, 730, 10_000),
        )
    },
    default_volume="small",
    schema="bronze",
    calendar=traffic.CALENDAR,
    rules=RULES,
    reports=REPORTS,
    charts=CHARTS,
    reference_tables=REFERENCE_TABLES,
)
