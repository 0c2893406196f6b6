"""The people who work for the distributor."""

import numpy as np

from colgen import (
    DAY,
    Boolean,
    Calendar,
    Choice,
    Codes,
    CreatedAt,
    Double,
    History,
    Integer,
    Integers,
    Key,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    Volume,
    column,
)
from colgen.models.erp.egypt import egypt
from colgen.models.erp.office import HOUR, moment

EGYPT = egypt()
OFFICE = (0, 0, 0, 0, 0, 0, 2, 8, 10, 9, 8, 6, 7, 6, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0)  # UTC: from 8 a.m. to 6 p.m. in Cairo
WORKING_DAYS = Calendar(weekday=(1.1, 1.1, 1.0, 1.0, 0.0, 0.3, 1.2))


class Role(Codes):
    admin: int
    manager: int
    sales: int
    support: int


class UserStatus(Codes):
    active: int
    on_leave: int
    left: int


ROLES = np.array([0, 1, 2, 3, 2, 2, 3, 2, 2, 3, 1, 2, 2, 3, 2, 3, 2, 1, 2, 3])  # of twenty users; the first four have one role each


def mobile():
    """The columns of an Egyptian mobile number."""
    return (
        Vocabulary(EGYPT.mobile_prefixes, hidden=True),
        Integers(0, 99_999_999, hidden=True),
        Text("+20{prefix}{line:08d}"),
    )


class Users(Table):
    """An employee of the distributor."""

    rows = Volume("users")

    id = Key()
    role = column(Role.type, doc="Admin 5 %, manager 15 %, sales 50 %, support 30 %.")(lambda id: ROLES[(id - 1) % len(ROLES)])
    man = column(Integer, hidden=True)(lambda draw: draw.chance(0.68).astype(np.int64))
    community = Vocabulary(EGYPT.communities, hidden=True)
    first = column(EGYPT.first_names.type, hidden=True)(lambda draw, community, man: EGYPT.first_names.pick(draw, community * 2 + man))
    father = column(EGYPT.first_names.type, hidden=True)(lambda draw, community: EGYPT.first_names.pick(draw, community * 2 + 1))
    family = column(EGYPT.family_names.type, hidden=True)(lambda draw, community: EGYPT.family_names.pick(draw, community))
    first_arabic = column(EGYPT.first_names_arabic, hidden=True)(lambda first: first)
    father_arabic = column(EGYPT.first_names_arabic, hidden=True)(lambda father: father)
    family_arabic = column(EGYPT.family_names_arabic, hidden=True)(lambda family: family)
    name = Text("{first} {father} {family}")
    name_arabic = Text("{first_arabic} {father_arabic} {family_arabic}")
    email = Text("{first:mailbox}.{family:mailbox}.{id}@nile-beans.example", unique=True)
    prefix, line, phone = mobile()

    @column(UserStatus.type)
    def status(draw, id):
        """Nine in ten are active; the first four, one of each role, always are."""
        return draw(Choice((90, 4, 6))) * (id > len(Role.words))

    hired_at = CreatedAt(History(years_before=6, share_before=1, calendar=WORKING_DAYS), OFFICE)

    @column(Timestamp)
    def last_login_at(draw, hired_at, status, period):
        """Usually in the last days of the period, by day; always after they were hired, and long ago for some who have left."""
        ago = draw.uniform() * draw.uniform() * draw.uniform() * 40
        gone = (period.end - hired_at // DAY) * draw.uniform()
        day = period.end - np.where(status == UserStatus.left, gone, ago).astype(np.int64)
        return np.maximum(moment(day, draw.uniform(), 8, 18), hired_at + HOUR)

    sells = column(Boolean, hidden=True)(lambda role, status: (role == Role.sales) & (status == UserStatus.active))
    approves = column(Boolean, hidden=True)(lambda role, status: (role <= Role.manager) & (status == UserStatus.active))
    supports = column(Boolean, hidden=True)(lambda role, status: (role == Role.support) & (status == UserStatus.active))
    beat = column(Double, hidden=True)(lambda draw: draw.uniform())  # where in the country a technician lives: see `EGYPT.position`
