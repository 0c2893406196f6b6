"""A clinic: doctors, their patients, a diary of appointments and what was done at each.

colgen build examples/clinic.py --check --out clinic/
colgen report attendance clinic/
"""

import numpy as np

from colgen import (
    DAY,
    Calendar,
    Category,
    Choice,
    CreatedAt,
    Date,
    Day,
    FanOut,
    FixedValues,
    ForeignKey,
    History,
    Integer,
    Key,
    Lookup,
    Model,
    Money,
    Normal,
    Ordinal,
    ParentKey,
    Popularity,
    Report,
    Rule,
    Sum,
    Table,
    Text,
    Timestamp,
    Vocabulary,
    Volume,
    column,
    either,
    time_of_day,
    vocabulary,
)

FIRST_NAMES, LAST_NAMES = vocabulary.words("first_names", "name"), vocabulary.words("last_names", "name")
ADULT, PAEDIATRICIAN = 16 * 365, 5
MINUTE = 60_000_000  # in microseconds
FEES = np.array([45_00, 80_00, 120_00, 35_00, 210_00])  # in cents, by kind of treatment

# Closed on Sundays and public holidays, two doctors on Saturdays, busier in winter than in summer.
DIARY = Calendar(weekday=(1.2, 1.1, 1, 1, 0.9, 0.3, 0), month={1: 1.2, 2: 1.2, 7: 0.8, 8: 0.7, 12: 0.9}, country="US", holiday=0)


class Doctors(Table):
    """Who sees patients."""

    rows = 8
    id = Key()
    name = Text("Dr. {last_name}")
    last_name = Vocabulary(LAST_NAMES, hidden=True)
    speciality = FixedValues(*["family medicine"] * 4, "paediatrics", "dermatology", "cardiology", "orthopaedics")


class Patients(Table):
    """Who is registered with the clinic."""

    rows = Volume("patients")
    id = Key()
    first_name = Vocabulary(FIRST_NAMES)
    last_name = Vocabulary(LAST_NAMES)
    registered_at = CreatedAt(History(years_before=6, share_before=0.85))
    insurance = Category(public=62, private=27, none=11)

    @column(Date)
    def born_on(draw, registered_at):
        """Nought to ninety years before registering; the middle-aged are the most."""
        age = np.clip(draw(Normal(mean=44, deviation=23)), 0, 90)
        return registered_at // DAY - (age * 365.25).astype(np.int64)


class Appointments(Table):
    """A quarter of an hour, or several, in a doctor's diary."""

    rows = Volume("appointments", DIARY)
    id = Key()
    day = Day()
    patient_id = ForeignKey(Patients, existing_at="day", popularity=Popularity(top=0.2, share=0.5))

    @column(ForeignKey(Doctors))
    def doctor_id(draw, day, born_on=Patients.born_on):
        """Children see the paediatrician, adults one of the others."""
        return either(day - born_on < ADULT, PAEDIATRICIAN, draw(Choice((20, 18, 18, 16, 0, 10, 9, 9))) + 1)

    @column(Timestamp)
    def starts_at(draw, day):
        """On the quarter hour, from eight in the morning to five in the afternoon."""
        return day * DAY + (8 * 60 + 15 * draw.below(9 * 4)) * MINUTE

    @column(Timestamp)
    def booked_at(draw, starts_at):
        """In office hours, one day to four weeks before."""
        return (starts_at // DAY - draw.integers(1, 28)) * DAY + time_of_day(draw.uniform())

    status = Category(attended=84, cancelled=9, missed=7)

    @column(Integer, hidden=True)
    def treatments(draw, status):
        """One to three where the patient came."""
        return (status == 0) * (draw(Choice((70, 22, 8))) + 1)

    fee = Sum("treatments.fee", Money)


class Treatments(Table):
    """What was done at an appointment."""

    rows = FanOut(Appointments, "treatments")
    id = Key()
    appointment_id = ParentKey(Appointments)
    number = Ordinal()
    performed_at = Lookup(Appointments.starts_at)
    kind = Category({"consultation": 55, "examination": 18, "imaging": 9, "vaccination": 12, "minor surgery": 6})

    @column(Money)
    def fee(draw, kind):
        """What its kind costs, up to a tenth more."""
        return FEES[kind] * draw.integers(100, 110) // 100


model = Model(
    "clinic",
    description="A clinic: doctors, their patients, a diary of appointments and what was done at each.",
    tables=[Doctors, Patients, Appointments, Treatments],
    volumes={"small": dict(patients=800, appointments=4_000), "large": dict(patients=12_000, appointments=90_000)},
    rules=[
        Rule(Appointments, "nobody is seen on a Sunday", "isodow(day) <> 7"),
        Rule(Appointments, "booked before it starts", "booked_at < starts_at"),
        Rule(Appointments, "only who came was treated", "(status = 'attended') = (fee > 0)"),
        Rule(Appointments, "children see the paediatrician", "(day - patient.born_on < 16 * 365) = (doctor.speciality = 'paediatrics')"),
        Rule(Patients, "born before registering", "born_on <= registered_at::DATE"),
    ],
    reports=[
        Report(
            "attendance",
            "Appointments, how many were attended and what they earned, by speciality.",
            """SELECT speciality, count(*) AS appointments, round(100 * avg((status = 'attended')::INT), 1) AS attended_percent,
            round(100 * avg((status = 'missed')::INT), 1) AS missed_percent, sum(fee)::DECIMAL(18, 2) AS fees
            FROM appointments JOIN doctors ON doctors.id = doctor_id GROUP BY ALL ORDER BY fees DESC""",
        )
    ],
)
