"""Maintenance of coffee machines at companies."""

import numpy as np

from colgen import (
    DAY,
    BigInteger,
    Boolean,
    Categorical,
    Choice,
    Daily,
    Day,
    FanOut,
    ForeignKey,
    Grouped,
    Integer,
    Json,
    Key,
    Money,
    Ordinal,
    ParentKey,
    Poisson,
    Popularity,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    column,
    per_day,
)
from colgen.models.erp.egypt import phrases
from colgen.models.erp.people import EGYPT, Companies, Products, Users
from colgen.models.erp.requests import HOUR, missing, now

FRIDAY = 4  # 0 is Monday


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
USES_PARTS = np.array([name in ("preventive", "repair") for name in KIND_NAMES])
_services = [(kind, service) for kind, name in enumerate(KIND_NAMES) for service in SERVICES_OF_KIND[name]]
SERVICE_NAMES = Grouped("services of a visit", [service for _, service in _services], np.array([kind for kind, _ in _services]))
_all_services = EGYPT.services.type.words.to_pylist()
SERVICE = 1 + np.array([_all_services.index(name) for name in SERVICE_NAMES.type.words.to_pylist()])


class VisitDays(Table, hidden=True):
    """A day on which companies call technicians."""

    rows = Daily()

    id = Key()
    day = Day()

    @column(Integer)
    def calls(draw, day, volume, period, scenario):
        mean = per_day(lambda days: scenario.calendar.factor(days, period), day) * (volume["visits_per_week"] / 7)
        return draw(Poisson(mean / 1.25))  # one call in four leads to a second visit


class Calls(Table, hidden=True):
    """A company's call for a technician, which leads to one visit or two."""

    rows = FanOut(VisitDays, "calls")

    id = Key()
    day = ParentKey(VisitDays)
    company_id = ForeignKey(Companies, popularity=Popularity(top=0.2, share=0.55))
    machine_id = ForeignKey(Products, where={"is_machine": True})
    technician_id = ForeignKey(Users, where={"supports": True})
    visits = column(Integer)(lambda draw: 1 + draw.chance(0.25))
    follows_after = column(Integer)(lambda draw: draw.integers(3, 21))  # days


class MaintenanceVisits(Table, keep="there"):
    """A technician's visit to a machine."""

    rows = FanOut(Calls, "visits")

    id = Key()
    call = ParentKey(Calls, hidden=True)
    number = Ordinal(hidden=True)
    company_id = column(ForeignKey(Companies), doc="Who called.")(lambda company=Calls.company_id: company)

    @column(ForeignKey(Products))
    def machine_id(machine=Calls.machine_id):
        """A product that is a machine."""
        return machine

    technician_id = column(ForeignKey(Users), doc="A support user.")(lambda technician=Calls.technician_id: technician)

    @column(Timestamp)
    def visited_at(draw, number, after=Calls.follows_after, day=VisitDays.day):
        """In working hours, on the day of the call or three to 21 days later; never on a Friday."""
        day = day + after * (number - 1)
        day = day + ((day + 3) % 7 == FRIDAY)
        return day * DAY + 8 * HOUR + (draw.uniform() * 8 * HOUR).astype(np.int64)

    kind = Vocabulary(phrases("visit_kind"))
    part = column(PARTS, hidden=True)(lambda draw, kind: draw.integers(1, len(PARTS.words) - 1) * (draw.chance(0.7) & USES_PARTS[kind]))
    more = column(MORE_PARTS, hidden=True)(lambda draw, part: draw.integers(1, len(PARTS.words) - 1) * ((part > 0) & draw.chance(0.3)))
    service = column(SERVICES, hidden=True)(lambda draw, kind: SERVICE[SERVICE_NAMES.pick(draw, kind)])
    spare_parts = Text("[{part}{more}]", type=Json)
    services = Text("[{service}]", type=Json)

    @column(Money)
    def cost(part, more, service):
        """The parts and the service together."""
        return PART_PRICE[part] + PART_PRICE[more] + SERVICE_PRICE[service]

    @column(BigInteger, nullable=True)
    def follow_up_of(id, number):
        """The first visit, if this is the second."""
        return missing(id - 1, number == 1)

    status = column(Categorical(["completed", "customer_absent", "part_missing"]), doc="How it went.")(
        lambda draw: draw(Choice((92, 5, 3)))
    )
    there = column(Boolean, hidden=True)(lambda visited_at, period: visited_at < now(period))
