"""How busy a day is, and how a total is spread over days."""

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colgen.declare.calendar import Burst, Calendar
from colgen.declare.period import EPOCH, Period
from colgen.errors import ModelError, RequestError

law = settings(max_examples=50)
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
WEEKDAYS = (5, 4, 4, 4, 3, 1, 0)
dates = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))
periods = st.builds(lambda first, days: Period(first, first + dt.timedelta(days)), dates, st.integers(0, 1500))


def date(day):
    return EPOCH + dt.timedelta(int(day))


def per_day_of(calendar, total, period):
    return np.diff(calendar.spread(total, period))


@law
@given(periods)
def test_a_period_counts_both_its_ends(period):
    assert date(period.start) == period.first
    assert date(period.end) == period.last
    assert period.days == (period.last - period.first).days + 1


def test_a_period_may_be_one_day():
    assert Period(EPOCH, EPOCH).days == 1


def test_a_plain_calendar_is_even():
    assert set(Calendar().intensity(YEAR)) == {1.0}
    assert len(Calendar().intensity(YEAR)) == 366


@law
@given(periods)
def test_a_day_is_as_busy_as_its_weekday_times_its_month(period):
    weights = Calendar(weekday=WEEKDAYS, month={2: 0.5, 12: 3}).intensity(period)
    for offset in range(0, period.days, 13):
        day = period.first + dt.timedelta(offset)
        assert weights[offset] == pytest.approx(WEEKDAYS[day.weekday()] * 7 / sum(WEEKDAYS) * {2: 0.5, 12: 3}.get(day.month, 1))


def test_recency_gives_each_band_its_share():
    calendar = Calendar(weekday=(2, 2, 2, 2, 2, 1, 1), month={12: 1.3}, recency=((30, 40), (90, 30), (None, 30)))
    weights = calendar.intensity(YEAR)
    age = YEAR.end - np.arange(YEAR.start, YEAR.end + 1)
    bands = age <= 30, (age > 30) & (age <= 90), age > 90
    assert [weights[band].sum() for band in bands] == pytest.approx([40, 30, 30])


def test_recency_is_a_ramp_without_a_leap_between_its_bands():
    plain, recent = Calendar(weekday=WEEKDAYS), Calendar(weekday=WEEKDAYS, recency=((30, 40), (90, 30), (None, 30)))
    busy = plain.intensity(YEAR) > 0
    ratio = recent.intensity(YEAR)[busy] / plain.intensity(YEAR)[busy]
    steps = ratio[1:] / ratio[:-1]
    assert steps.max() < 1.15
    assert (steps > 0.95).all()


def test_bands_before_the_period_drop_out():
    period = Period(dt.date(2024, 12, 1), dt.date(2024, 12, 31))
    assert Calendar(recency=((9, 40), (90, 20), (None, 30))).intensity(period).sum() == pytest.approx(60)
    assert Calendar(recency=((9, 40), (90, 20), (None, 30))).intensity(Period(period.last, period.last)).sum() == pytest.approx(40)


def test_growth_makes_each_year_busier_than_the_one_before():
    period = Period(dt.date(2020, 1, 1), dt.date(2024, 12, 31))
    rows = per_day_of(Calendar(weekday=WEEKDAYS, month={12: 2}, growth=0.25), 10**9, period)
    years = [rows[[date(day).year == year for day in range(period.start, period.end + 1)]].sum() for year in range(2020, 2025)]
    assert np.divide(years[1:], years[:-1]) == pytest.approx(1.25, rel=0.02)  # years differ in their Sundays


@law
@given(periods, st.floats(-0.9, 3), st.data())
def test_growth_goes_on_evenly_from_day_to_day(period, growth, data):
    weights = Calendar(growth=growth).intensity(period)
    one, other = (data.draw(st.integers(0, period.days - 1)) for _ in range(2))
    assert weights[other] / weights[one] == pytest.approx((1 + growth) ** ((other - one) / 365.25))
    assert weights[0] == pytest.approx(1)


@law
@given(periods, st.floats(-0.9, 3))
def test_growth_keeps_the_shape_of_the_week_and_the_year(period, growth):
    plain = Calendar(weekday=WEEKDAYS, month={2: 0.5, 12: 3}).intensity(period)
    grown = Calendar(weekday=WEEKDAYS, month={2: 0.5, 12: 3}, growth=growth).intensity(period)
    np.testing.assert_allclose(grown, plain * Calendar(growth=growth).intensity(period))


def test_no_growth_changes_nothing():
    assert Calendar(weekday=WEEKDAYS, growth=0.0).intensity(YEAR).tolist() == Calendar(weekday=WEEKDAYS).intensity(YEAR).tolist()


def test_less_and_less_is_growth_too():
    weights = Calendar(growth=-0.5).intensity(YEAR)
    assert (np.diff(weights) < 0).all()
    assert weights[0] / weights[-1] == pytest.approx(2, rel=0.01)


def test_recency_gives_each_band_its_share_whatever_the_growth():
    weights = Calendar(recency=((30, 40), (90, 30), (None, 30)), growth=0.8).intensity(YEAR)
    age = YEAR.end - np.arange(YEAR.start, YEAR.end + 1)
    assert [weights[band].sum() for band in (age <= 30, (age > 30) & (age <= 90), age > 90)] == pytest.approx([40, 30, 30])
    assert (np.diff(weights[age > 90]) > 0).all()


def factor_of(calendar, period, first=None, last=None):
    """A factor for each day from the first to the last, of the period unless they are given."""
    begin = period.start if first is None else (first - EPOCH).days
    end = period.end if last is None else (last - EPOCH).days
    return calendar.factor(np.arange(begin, end + 1), period)


some_bursts = st.lists(st.builds(Burst, st.integers(1, 300) | dates, st.integers(1, 60), st.floats(0, 9), st.integers(0, 30)), max_size=3)
calendars = st.builds(
    Calendar,
    weekday=st.lists(st.just(0.0) | st.floats(0.01, 9), min_size=7, max_size=7),
    month=st.dictionaries(st.integers(1, 12), st.floats(0, 9)),
    growth=st.floats(-0.9, 3),
    country=st.sampled_from(["EG", "US", "DE"]),
    holiday=st.floats(0, 3),
    ramadan=st.floats(0, 3),
    bursts=some_bursts,
)


@law
@given(calendars, periods, st.integers(0, 500))
def test_a_longer_period_changes_no_earlier_day(calendar, period, more):
    longer = Period(period.first, period.last + dt.timedelta(more))
    assert factor_of(calendar, longer)[: period.days].tolist() == factor_of(calendar, period).tolist()


@law
@given(calendars, periods, st.data())
def test_a_days_factor_hangs_on_no_other_day(calendar, period, data):
    some = np.array(data.draw(st.lists(st.integers(period.start, period.end), max_size=20)), np.int64)
    assert calendar.factor(some, period).tolist() == factor_of(calendar, period)[some - period.start].tolist()


@law
@given(st.lists(st.floats(0, 1e6), min_size=7, max_size=7).filter(lambda week: sum(week) > 1e-3), dates)
def test_the_mean_of_any_week_is_1(week, first):
    factors = factor_of(Calendar(weekday=week), Period(first, first + dt.timedelta(6)))
    assert factors.mean() == pytest.approx(1)
    assert factors == pytest.approx([week[(first.weekday() + i) % 7] * 7 / sum(week) for i in range(7)])


def test_a_week_of_no_weight_is_silent():
    assert not factor_of(Calendar(weekday=(0,) * 7), YEAR).any()


def test_growth_counts_from_the_first_day():
    factors = factor_of(Calendar(growth=0.2), Period(dt.date(2023, 1, 1), dt.date(2026, 12, 31)))
    assert factors[0] == 1
    assert factors[[365, 1461 - 1]] == pytest.approx([1.2 ** (365 / 365.25), 1.2 ** (1460 / 365.25)])


@law
@given(calendars, periods)
def test_without_recency_a_day_is_as_busy_as_its_factor(calendar, period):
    assert calendar.intensity(period).tolist() == factor_of(calendar, period).tolist()


@law
@given(calendars, periods)
def test_every_cause_of_a_factor_multiplies(calendar, period):
    alone = [
        Calendar(weekday=calendar.weekday, month=calendar.month),
        Calendar(growth=calendar.growth),
        Calendar(country=calendar.country, holiday=calendar.holiday),
        Calendar(ramadan=calendar.ramadan),
        *(Calendar(bursts=[burst]) for burst in calendar.bursts),
    ]
    np.testing.assert_allclose(factor_of(calendar, period), np.prod([factor_of(one, period) for one in alone], axis=0), atol=1e-12)


def test_a_burst_lasts_its_days():
    factors = Burst(dt.date(2024, 3, 10), 3, 4.0).factor(np.arange(YEAR.start, YEAR.end + 1), YEAR)
    assert [date(YEAR.start + offset) for offset in np.flatnonzero(factors == 4)] == [dt.date(2024, 3, day) for day in (10, 11, 12)]
    assert set(factors) == {1.0, 4.0}


def test_a_burst_comes_and_goes_evenly():
    factors = factor_of(Calendar(bursts=[Burst(10, 2, 5.0, spread=3)]), YEAR)[5:16]
    assert factors.tolist() == [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 1]


def test_a_lull_comes_and_goes_evenly():
    factors = factor_of(Calendar(bursts=[Burst(10, 1, 0.0, spread=1)]), YEAR)[7:12]
    assert factors.tolist() == [1, 0.5, 0, 0.5, 1]


@law
@given(periods, st.integers(1, 300), st.integers(1, 60), st.floats(0, 9), st.integers(0, 30))
def test_a_day_number_is_a_date_of_the_period(period, first, days, times, spread):
    by_number, by_date = (
        factor_of(Calendar(bursts=[Burst(begin, days, times, spread)]), period) for begin in (first, period.first + dt.timedelta(first - 1))
    )
    assert by_number.tolist() == by_date.tolist()


@law
@given(periods, st.integers(-90, 300), st.integers(1, 60), st.floats(0, 9), st.integers(0, 30))
def test_a_burst_is_never_beyond_its_times_and_steps_are_even(period, offset, days, times, spread):
    """Whether it begins before the period, in it, or after it."""
    begin = period.first + dt.timedelta(offset)
    days_of = np.arange(period.start - 200, period.end + 500)
    factors = Burst(begin, days, times, spread).factor(days_of, period)
    low, high = min(1, times), max(1, times)
    assert (factors >= low - 1e-9).all()
    assert (factors <= high + 1e-9).all()
    assert (factors == 1).sum() >= len(factors) - days - 2 * spread
    assert np.abs(np.diff(factors)).max() <= abs(times - 1) / (spread + 1) + 1e-9


def test_what_is_left_of_a_burst_before_the_period_is_felt():
    factors = factor_of(Calendar(bursts=[Burst(dt.date(2023, 12, 25), 7, 5.0, spread=3)]), YEAR)
    assert factors[:5].tolist() == [4, 3, 2, 1, 1]
    assert factor_of(Calendar(bursts=[Burst(dt.date(2023, 12, 1), 7, 5.0, spread=3)]), YEAR).tolist() == [1] * 366


def test_a_burst_of_0_silences_its_days():
    rows = per_day_of(Calendar(bursts=[Burst(1, 3, 0.0), Burst(dt.date(2024, 12, 30), 2, 0.0)]), 10_000, YEAR)
    assert np.flatnonzero(rows == 0).tolist() == [0, 1, 2, 364, 365]


def test_bursts_on_one_day_multiply():
    factors = factor_of(Calendar(bursts=[Burst(1, 2, 3.0), Burst(2, 2, 0.5)]), YEAR)[:4]
    assert factors.tolist() == [3, 1.5, 0.5, 1]


def test_holidays_are_as_busy_as_is_said():
    factors = factor_of(Calendar(country="EG", holiday=0.1), YEAR, dt.date(2024, 4, 8), dt.date(2024, 4, 13))
    assert factors.tolist() == [1, 1, 0.1, 0.1, 1, 1]


def test_a_country_alone_changes_nothing():
    assert factor_of(Calendar(country="EG"), YEAR).tolist() == [1] * 366


def test_holidays_need_a_country():
    with pytest.raises(ModelError, match="name the country whose holidays are meant"):
        Calendar(holiday=0.5)


@pytest.mark.parametrize("country", ["Atlantis", "XX"])
def test_holidays_of_no_known_country_are_a_wrong_model(country):
    with pytest.raises(ModelError, match=f"country '{country}' are not known; give its ISO code"):
        factor_of(Calendar(country=country, holiday=0.5), YEAR)


def test_the_days_of_ramadan_are_as_busy_as_is_said():
    factors = factor_of(Calendar(ramadan=0.7), YEAR)
    quiet = np.flatnonzero(factors != 1)
    assert [str(date(YEAR.start + offset)) for offset in (quiet[0], quiet[-1])] == ["2024-03-11", "2024-04-09"]
    assert set(factors[quiet]) == {0.7}
    assert len(quiet) == 30


def test_ramadan_in_years_that_nobody_knows_is_a_wrong_request():
    with pytest.raises(RequestError, match="from 1924 to 2077"):
        factor_of(Calendar(ramadan=0.7), Period(dt.date(2080, 1, 1), dt.date(2080, 12, 31)))
    assert factor_of(Calendar(), Period(dt.date(2080, 1, 1), dt.date(2080, 12, 31))).tolist() == [1] * 366


@law
@given(
    st.integers(0, 10**12),
    periods,
    st.lists(st.integers(0, 50), min_size=7, max_size=7).filter(all),
    st.dictionaries(st.integers(1, 12), st.integers(1, 9)),
)
def test_a_total_is_spread_exactly_by_largest_remainder(total, period, weekday, month):
    weights = [weekday[day.weekday()] * month.get(day.month, 1) for day in (period.first + dt.timedelta(i) for i in range(period.days))]
    rows = per_day_of(Calendar(weekday=weekday, month=month), total, period).tolist()
    assert sum(rows) == total
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    near = Fraction(total + 1, 10**15)  # of an exact tie, or of a whole number, rounding may make either
    assert all(abs(row - share) < 1 + near for row, share in zip(rows, exact, strict=True))
    up = [share - row for row, share in zip(rows, exact, strict=True) if row > share]
    down = [share - row for row, share in zip(rows, exact, strict=True) if row < share]
    assert not up or not down or min(up) + 1 >= max(down) - near


def test_spread_counts_up_to_the_end_of_each_day():
    assert Calendar().spread(10, Period(dt.date(2024, 1, 1), dt.date(2024, 1, 4))).tolist() == [0, 3, 6, 8, 10]


def test_days_of_no_weight_get_no_rows():
    rows = per_day_of(Calendar(weekday=WEEKDAYS), 100_003, YEAR)
    sundays = np.array([date(day).weekday() == 6 for day in range(YEAR.start, YEAR.end + 1)])
    assert not rows[sundays].any()
    assert rows[~sundays].all()


def test_with_a_key_each_day_is_drawn_and_the_total_is_still_exact():
    calendar = Calendar(weekday=(2, 2, 2, 2, 2, 1, 1), recency=((30, 40), (None, 60)))
    first, second = (np.diff(calendar.spread(50_000, YEAR, key)) for key in (1, 2))
    for rows in (first, second):
        assert rows.sum() == 50_000
        assert abs(rows[-31:].sum() - 20_000) <= 31  # a band has its share to within a row a day
        expected = calendar.intensity(YEAR) / 100 * 50_000
        assert 0.8 < ((rows - expected) ** 2 / expected).mean() < 1.2  # Poisson
    assert (first == second).mean() < 0.2


def test_noise_spreads_days_beyond_poisson():
    calm, noisy = (np.diff(Calendar(noise=noise).spread(10**6, YEAR, 1)) for noise in (0.0, 0.1))
    assert calm.var() / calm.mean() < 1.3
    assert 0.085 < noisy.std() / noisy.mean() < 0.115


def test_more_rows_than_anybody_could_draw_are_spread_too():
    assert Calendar().spread(10**10, Period(YEAR.first, YEAR.first), 1).tolist() == [0, 10**10]


@pytest.mark.parametrize("days", [30, 91, 365])
def test_a_new_business_at_least_doubles_over_any_period(days):
    period = Period(YEAR.first, YEAR.first + dt.timedelta(days - 1))
    factors = factor_of(Calendar(takeoff=10), period)
    tenth = max(days // 10, 3)
    assert factors[-tenth:].mean() > 2 * factors[:tenth].mean()
    assert (np.diff(factors) >= 0).all()
    if days > 31:
        assert factors[30] == pytest.approx(1)


def test_fewer_rows_than_days_are_spread_too():
    rows = per_day_of(Calendar(), 5, YEAR)
    assert rows.sum() == 5
    assert rows.max() == 1


@pytest.mark.parametrize(
    ("calendar", "period"),
    [
        (Calendar(weekday=(1, 1, 1, 1, 1, 0, 0), recency=((1, 50), (None, 50))), Period(dt.date(2024, 1, 1), dt.date(2024, 6, 30))),
        (Calendar(weekday=(1, 1, 1, 1, 1, 0, 0)), Period(dt.date(2024, 6, 30), dt.date(2024, 6, 30))),
    ],
    ids=["a band of a weekend", "a period of a Sunday"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_all_days_are_quiet_the_total_is_still_spread_or_the_request_refused(calendar, period):
    try:
        rows = per_day_of(calendar, 100, period)
    except RequestError:
        return
    assert rows.sum() == 100
    assert rows.min() >= 0


SILENT = [Burst(1, 400, 0.0)]


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar(bursts=SILENT),
        Calendar(bursts=[Burst(dt.date(2023, 6, 1), 900, 0.0)]),
        Calendar(weekday=(0,) * 7),
        Calendar(month=dict.fromkeys(range(1, 13), 0)),
    ],
    ids=["bursts", "a burst over the period's ends", "weekdays", "months"],
)
def test_a_period_without_a_busy_day_is_refused(calendar):
    with pytest.raises(RequestError, match="no busy day from 2024-01-01 to 2024-12-31"):
        calendar.spread(100, YEAR)


def test_a_build_without_a_busy_day_is_a_wrong_request_by_any_way(tmp_path):
    import colgen
    from tests import support

    (tmp_path / "shop.py").write_text(
        "from colgen import *\n"
        "class Visits(Table):\n"
        "    rows = Volume('visits', Calendar(bursts=[Burst(1, 400, 0.0)]))\n"
        "    id = Key()\n"
        "    day = Day()\n"
        "model = Model('shop', tables=[Visits], volumes={'small': {'visits': 5}})\n"
    )
    with pytest.raises(RequestError, match=r"^the calendar has no busy day from 2024-01-01 to 2024-12-31"):
        colgen.build(str(tmp_path / "shop.py")).frame("visits")
    told = support.colgen("build", "shop.py", "--quiet", cwd=tmp_path)
    assert told.returncode == 2
    assert told.stderr.startswith("colgen: the calendar has no busy day")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == ["shop.py"]
