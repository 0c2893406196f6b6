"""A small business, ready to report on: customers, products, stock and invoices, whose figures all agree with each other."""

from colgen import Model
from colgen.models.invoicing import goods, parties, sales
from colgen.models.invoicing.reports import REPORTS
from colgen.models.invoicing.rules import REFERENCE_TABLES, RULES

model = Model(
    name="invoicing",
    description=__doc__,
    tables=(
        parties.CustomerTypes,
        goods.ProductCategories,
        parties.Customers,
        goods.Products,
        parties.CustomerAddresses,
        goods.Inventory,
        sales.Invoices,
        sales.InvoiceLineItems,
    ),
    volumes={
        "small": dict(customers=25, products=100, invoices=75, addresses_min=1, addresses_max=2, lines_min=1, lines_max=5),
        "medium": dict(customers=100, products=500, invoices=300, addresses_min=1, addresses_max=3, lines_min=2, lines_max=8),
        "large": dict(customers=1000, products=2000, invoices=5000, addresses_min=1, addresses_max=4, lines_min=1, lines_max=12),
    },
    default_volume="small",
    # a customer has one primary address
    ranges={"addresses_min": (1, 1000), "addresses_max": (1, 1000), "lines_min": (0, 1000), "lines_max": (0, 1000)},
    rules=RULES,
    reports=REPORTS,
    reference_tables=REFERENCE_TABLES,
)
