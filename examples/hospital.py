"""A hospital: patients, a year of their stays, which never overlap, and what was found at each.

How to build it, what comes out and what to change for your own: docs/recipes/hospital.md.
"""

import numpy as np

from colgen import Boolean, Category, Choice, Date, FanOut, FixedValues, ForeignKey, Grouped, Integer, Key, LogNormal, Lookup, Model, Normal
from colgen import Ordinal, ParentKey, Report, Rule, Running, Table, Vocabulary, Volume, column, vocabulary

NAMES = vocabulary.table("first_names").sort_by("gender")
FIRST_NAMES = Grouped("first names", NAMES["name"].combine_chunks(), 1 * (np.array(NAMES["gender"]) == "M"), np.array(NAMES["weight"]))
MEDICINE, SURGERY, CARDIOLOGY, MATERNITY, PAEDIATRICS = range(1, 6)  # rows of Wards
NIGHTS = np.array([5, 3, 4, 2, 2])  # the median, by ward

# By ICD-10: why people are admitted, four reasons for each ward, and what adults often have besides.
REASONS = {
    "J18.9": "pneumonia", "N39.0": "urinary tract infection", "J44.1": "COPD, exacerbation", "A41.9": "sepsis",
    "K80.2": "gallstones", "S72.0": "fracture of the hip", "K35.8": "appendicitis", "K40.9": "inguinal hernia",
    "I50.9": "heart failure", "I48.9": "atrial fibrillation", "I21.4": "heart attack", "I20.0": "unstable angina",
    "O80": "normal delivery", "O82": "caesarean delivery", "O14.9": "pre-eclampsia", "O60.1": "preterm delivery",
    "J21.9": "bronchiolitis", "J45.9": "asthma", "A08.4": "viral gastroenteritis", "S06.0": "concussion",
}  # fmt: skip
BESIDES = {
    "I10": "hypertension", "E11.9": "type 2 diabetes", "E78.5": "raised lipids", "N18.9": "chronic kidney disease",
    "D64.9": "anaemia", "F17.2": "nicotine dependence",
}  # fmt: skip


class Wards(Table):
    """A ward."""

    rows = 5
    id = Key()
    name = FixedValues("medicine", "surgery", "cardiology", "maternity", "paediatrics", unique=True)


class Conditions(Table, key="code"):
    """What can be diagnosed."""

    rows = len(REASONS | BESIDES)
    code = FixedValues(*REASONS, *BESIDES, unique=True)
    name = FixedValues(*REASONS.values(), *BESIDES.values())


class Patients(Table):
    """Who has been a patient in the period, once or several times."""

    rows = Volume("patients")
    id = Key()
    sex = Category(female=54, male=46)
    first_name = column(FIRST_NAMES.type)(lambda draw, sex: FIRST_NAMES.pick(draw, sex))
    last_name = Vocabulary(vocabulary.words("last_names", "name"))
    years = column(Integer, hidden=True)(lambda draw: np.clip(draw(Normal(58, 26)), 0, 97).astype(np.int64))

    @column(Date)
    def born_on(draw, years, period):
        """So many years, and some days, before the period."""
        return period.start - years * 365 - years // 4 - draw.integers(1, 364)


class Stays(Table, keep="happened"):
    """A stay: it starts at least one night after the patient's last one has ended."""

    rows = FanOut(Patients, {1: 74, 2: 15, 3: 7, 4: 3, 5: 1})
    id = Key()
    patient_id = ParentKey(Patients)
    number = Ordinal()

    @column(ForeignKey(Wards))
    def ward_id(draw, number, years=Patients.years, sex=Patients.sex):
        """By age and sex. Nobody gives birth or has the same operation twice in a year: later stays of adults are medical."""
        adult = draw(Choice((46, 36, 18))) + MEDICINE
        adult = np.where((adult == CARDIOLOGY) & (years < 45), MEDICINE, adult)
        mother = (sex == 0) & (years >= 18) & (years < 42) & draw.chance(0.6)
        return np.select([years < 16, number > 1, mother], [PAEDIATRICS, np.where(adult == SURGERY, MEDICINE, adult), MATERNITY], adult)

    nights = column(Integer, hidden=True)(lambda draw, ward_id: 1 + (NIGHTS[ward_id - 1] * draw(LogNormal(0.8, 0.6))).astype(np.int64))

    @column(Integer, hidden=True)
    def days(draw, number, nights, period):
        """From the discharge before to this one; for the first stay, from the start of the period."""
        return nights + np.where(number == 1, draw.below(period.days), 1 + draw(LogNormal(45, 1.2)).astype(np.int64))

    until = Running("days", hidden=True)
    admitted_on = column(Date)(lambda until, nights, period: period.start + until - nights)
    happened = column(Boolean, hidden=True)(lambda admitted_on, period: admitted_on <= period.end)

    @column(Date, nullable=True)
    def discharged_on(admitted_on, nights, period):
        """Missing while the patient is there."""
        return np.ma.masked_greater(admitted_on + nights, period.end)

    @column(Integer, hidden=True)
    def diagnoses(draw, years=Patients.years):
        """One, and with the years up to four besides."""
        return 1 + (draw.uniform() * np.clip(years - 20, 0, 75) / 15).astype(np.int64)

    first = column(Integer, hidden=True)(lambda draw: draw.below(len(BESIDES)))


class Diagnoses(Table, key=("stay_id", "number"), keep="happened", unique=[("stay_id", "code")]):
    """What was found at a stay: first the reason for it, then what the patient has besides."""

    rows = FanOut(Stays, "diagnoses")
    stay_id = ParentKey(Stays)
    happened = Lookup(Stays.happened, hidden=True)
    number = Ordinal()

    @column(ForeignKey(Conditions), distinct=True)
    def code(draw, number, ward=Stays.ward_id, first=Stays.first):
        """One of the four reasons of the ward, or the next of the others."""
        return 1 + np.where(number == 1, (ward - 1) * 4 + draw(Choice((50, 28, 14, 8))), len(REASONS) + (first + number) % len(BESIDES))


model = Model(
    "hospital",
    description="A hospital: patients, a year of their stays, which never overlap, and what was found at each.",
    tables=[Wards, Conditions, Patients, Stays, Diagnoses],
    volumes={"small": dict(patients=1_000), "large": dict(patients=40_000)},
    rules=[
        Rule(
            Stays,
            "a stay starts after the patient's last one has ended",
            """SELECT id FROM stays
            QUALIFY admitted_on <= lag(coalesce(discharged_on, 'infinity')) OVER (PARTITION BY patient_id ORDER BY admitted_on)""",
        ),
        Rule(Stays, "only women are in maternity", "ward.name <> 'maternity' OR patient.sex = 'female'"),
        Rule(Stays, "children are in paediatrics", "(ward.name = 'paediatrics') = (patient.born_on > $start - INTERVAL 16 YEAR)"),
    ],
    reports=[
        Report(
            "wards",
            "Stays, patients still there, nights on average, and the ages at the time, by ward.",
            """SELECT wards.name AS ward, count(*) AS stays, count(*) FILTER (discharged_on IS NULL) AS still_there,
            round(avg(discharged_on - admitted_on), 1) AS nights, round(avg(age)) AS average_age, min(age) AS youngest, max(age) AS oldest
            FROM (SELECT *, date_sub('year', born_on, admitted_on) AS age FROM stays JOIN patients ON patients.id = patient_id)
            JOIN wards ON wards.id = ward_id GROUP BY ALL ORDER BY stays DESC""",
        ),
        Report(
            "returns",
            "Stays by how long after the patient's last one they start; one that overlaps it would be in a line of its own.",
            """SELECT CASE WHEN days <= 0 THEN 'overlapping' WHEN days <= 30 THEN 'within 30 days' WHEN days > 30 THEN 'later' ELSE 'first' END AS start,
            count(*) AS stays, min(days) AS fewest_days, max(days) AS most_days FROM (SELECT admitted_on - lag(coalesce(discharged_on, 'infinity'))
            OVER (PARTITION BY patient_id ORDER BY admitted_on) AS days FROM stays) GROUP BY ALL ORDER BY fewest_days""",
        ),
    ],
)
