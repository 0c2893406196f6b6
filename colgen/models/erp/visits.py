"""Maintenance of coffee machines at companies: installations of those that they bought, and visits that they call for."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Branches,
    Categorical,
    Choice,
    FanOut,
    ForeignKey,
    Grouped,
    Integer,
    Json,
    Key,
    Lookup,
    Money,
    Ordinal,
    ParentKey,
    Table,
    Text,
    Timestamp,
    column,
    either,
)
from colgen.models.erp.companies import BUYERS, Companies, flattened
from colgen.models.erp.egypt import phrases
from colgen.models.erp.items import OrderItems
from colgen.models.erp.office import moment, working_day
from colgen.models.erp.orders import Orders, OrderStatus
from colgen.models.erp.people import EGYPT, Users
from colgen.models.erp.products import Products
from colgen.models.erp.requests import Shifts, missing, now


def priced(field, names, prices):
    """What may be charged, as JSON objects that have the name in `field`; and the price of each. The first is empty and free."""
    words = [
        f'{{"{field}": "{name}", "price": {price // 100}.{price % 100:02d}}}'
        for name, price in zip(names.words.to_pylist(), prices.tolist(), strict=True)
    ]
    return Categorical(["", *words]), np.array([0, *prices])


PARTS, PART_PRICE = priced("part", EGYPT.parts.type, EGYPT.part_price)
MORE_PARTS = Categorical(["", *(f", {word}" for word in PARTS.words.to_pylist()[1:])])
SERVICES, SERVICE_PRICE = priced("service", EGYPT.services.type, EGYPT.service_price)
SERVICES_OF_KIND = {
    "installation": ["Machine installation", "Water line connection", "Machine relocation"],
    "preventive": [
        "Descaling", "Deep cleaning", "Group head cleaning", "Milk system cleaning", "Pressure check", "Water filter replacement",
    ],
    "repair": [
        "Grinder burr replacement", "Gasket replacement", "Pump replacement", "Heating element replacement", "Leak repair",
        "Electrical inspection",
    ],
    "calibration": ["Grinder calibration", "Pressure check", "Temperature calibration", "Software update"],
    "training": ["Barista training"],
}  # fmt: skip
KIND_NAMES = phrases("visit_kind").type.words.to_pylist()
INSTALLATION = KIND_NAMES.index("installation")
OTHER_KINDS = Choice(tuple(weight * (kind != INSTALLATION) for kind, weight in enumerate(phrases("visit_kind").weights.tolist())))
USES_PARTS = np.array([name in ("preventive", "repair") for name in KIND_NAMES])
_services = [(kind, service) for kind, name in enumerate(KIND_NAMES) for service in SERVICES_OF_KIND[name]]
SERVICE_NAMES = Grouped("services of a visit", [service for _, service in _services], np.array([kind for kind, _ in _services]))
_all_services = EGYPT.services.type.words.to_pylist()
SERVICE = 1 + np.array([_all_services.index(name) for name in SERVICE_NAMES.type.words.to_pylist()])


class Calls(Table, hidden=True):
    """A company's call for a technician, which leads to one visit or two."""

    rows = FanOut(Shifts, "calls")

    id = Key()
    shift = ParentKey(Shifts)
    day = Lookup(Shifts.day)
    company_id = ForeignKey(
        Companies, popularity=BUYERS, existing_at="day", until="leaves_on", likely=lambda rank=Companies.rank: flattened(rank)
    )
    other = ForeignKey(Products, where={"is_machine": True})

    @column(ForeignKey(Products))
    def machine_id(draw, other, own=Companies.machine_id):
        """Mostly the model that the company has, and buys again."""
        return either(draw.chance(0.9), own, other)

    technician_id = Lookup(Companies.technician_id)
    visits = column(Integer)(lambda draw: 1 + draw.chance(0.25))  # `Shifts.calls` counts on it
    follows_after = column(Integer)(lambda draw: draw.integers(3, 21))  # days


class MaintenanceVisits(Table):
    """A technician's visit to a machine."""

    rows = Branches()


def charges():
    """The columns of what is done on a visit, and what it costs."""
    return (
        column(PARTS, hidden=True)(lambda draw, kind: draw.integers(1, len(PARTS.words) - 1) * (draw.chance(0.7) & USES_PARTS[kind])),
        column(MORE_PARTS, hidden=True)(lambda draw, part: draw.integers(1, len(PARTS.words) - 1) * ((part > 0) & draw.chance(0.3))),
        column(SERVICES, hidden=True)(lambda draw, kind: SERVICE[SERVICE_NAMES.pick(draw, kind)]),
        Text("[{part}{more}]", type=Json),
        Text("[{service}]", type=Json),
        column(Money, doc="The parts and the service together.")(
            lambda part, more, service: PART_PRICE[part] + PART_PRICE[more] + SERVICE_PRICE[service]
        ),
    )


STATUS = Categorical(["completed", "customer_absent", "part_missing"])


class ServiceVisits(MaintenanceVisits, keep="there"):
    """A visit that a company called for."""

    rows = FanOut(Calls, "visits")

    id = Key()
    call = ParentKey(Calls, hidden=True)
    number = Ordinal(hidden=True)
    company_id = column(ForeignKey(Companies), doc="Who called, or bought the machine.")(lambda company=Calls.company_id: company)
    machine_id = column(ForeignKey(Products), doc="A product that is a machine.")(lambda machine=Calls.machine_id: machine)
    technician_id = column(ForeignKey(Users), doc="A support user, mostly one who lives nearby: always the same one for a company.")(
        lambda technician=Calls.technician_id: technician
    )

    @column(Timestamp)
    def visited_at(draw, number, after=Calls.follows_after, day=Shifts.day):
        """In working hours, on the day of the call or the next working day; a second one some days after the first."""
        return moment(working_day(working_day(day) + after * (number - 1)), draw.uniform(), 9, 17)

    kind = column(phrases("visit_kind").type, doc="Why the technician comes.")(lambda draw: draw(OTHER_KINDS))
    part, more, service, spare_parts, services, cost = charges()
    order_id = column(ForeignKey(Orders), nullable=True, doc="The order of a machine that is installed; missing for other visits.")(
        lambda id: missing(id, np.ones(len(id), bool))
    )

    @column(BigInteger, nullable=True)
    def follow_up_of(id, number):
        """The first visit, if this is the second."""
        return missing(id - 1, number == 1)

    status = column(STATUS, doc="How it went.")(lambda draw: draw(Choice((92, 5, 3))))
    there = column(Boolean, hidden=True)(lambda visited_at, period: visited_at < now(period))


class Installations(MaintenanceVisits, keep="there"):
    """The installation of a machine that was delivered."""

    rows = FanOut(OrderItems, "installations")

    id = Key()
    item = ParentKey(OrderItems, hidden=True)
    company_id = column(ForeignKey(Companies))(lambda company=Orders.company_id: company)
    machine_id = column(ForeignKey(Products))(lambda machine=OrderItems.product_id: machine)
    technician_id = column(ForeignKey(Users))(lambda technician=Companies.technician_id: technician)

    @column(Timestamp)
    def visited_at(draw, ended=Orders.ended):
        """In the days after the delivery."""
        return moment(working_day(ended // DAY + 1 + draw.below(8)), draw.uniform(), 9, 17)

    kind = column(phrases("visit_kind").type)(lambda id: np.full(len(id), INSTALLATION))
    part, more, service, spare_parts, services, cost = charges()
    order_id = column(ForeignKey(Orders), nullable=True)(lambda order=OrderItems.order_id: order)
    follow_up_of = column(BigInteger, nullable=True)(lambda id: missing(id, np.ones(len(id), bool)))
    status = column(STATUS)(lambda draw: draw(Choice((92, 5, 3))))
    there = column(Boolean, hidden=True)(
        lambda visited_at, period, order=Orders.there, end=Orders.end: order & (end == OrderStatus.delivered) & (visited_at < now(period))
    )
