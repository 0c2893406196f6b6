"""How busy days are, where visitors come from, and on which devices."""

import numpy as np

from colgen import Array, Calendar, Categorical, Period, WordList, day_of_month, either, month_of, vocabulary
from colgen.models.ecommerce.lists import LISTS, cells

FRIDAY = 4
BLACK_FRIDAY = np.array([1.1, 1.12, 1.18, 1.3, 2.4, 1.75, 1.6, 2.1])  # how busy its week is, from Monday to the Monday after
QUIET = {(12, 24): 0.75, (12, 25): 0.5, (12, 26): 0.85, (12, 31): 0.75, (1, 1): 0.65}  # by month and day


def feasts(days: Array) -> Array:
    """How busy days are that stand out in every year: 1 for all others."""
    factor, month, number, weekday = np.ones(len(days)), month_of(days), day_of_month(days), (days + 3) % 7
    for (quiet_month, quiet_day), times in QUIET.items():
        factor[(month == quiet_month) & (number == quiet_day)] = times
    for after in (weekday - FRIDAY, either(weekday == 0, 3, 0)):  # of the Friday of the week, or on a Monday of the one before
        friday = days - after
        is_near = (month_of(friday) == 11) & (day_of_month(friday) >= 23) & (day_of_month(friday) <= 29) & ((friday + 3) % 7 == FRIDAY)
        factor[is_near] = BLACK_FRIDAY[after[is_near] + 4]
    return factor


class ShopCalendar(Calendar):
    """A calendar with Black Friday, the day after the fourth Thursday of November, and a quiet Christmas."""

    def factor(self, days: Array, period: Period) -> Array:
        return super().factor(days, period) * feasts(days)


CALENDAR = ShopCalendar(
    weekday=(1.0, 0.97, 0.98, 1.02, 1.05, 1.12, 1.16),
    month={1: 0.94, 2: 0.9, 6: 0.95, 7: 0.92, 8: 0.93, 10: 1.03, 11: 1.2, 12: 1.28},
    growth=0.25,
    noise=0.06,
)

DEVICES = LISTS.table("devices").to_pylist()
_device = '{{"device": "{device}", "os": "{os}", "os_version": "{os_version}", "browser": "{browser}", '
_device += '"browser_version": "{browser_version}", "screen": "{screen}"}}'
DEVICE_JSON, _row = vocabulary.distinct([_device.format(**device) for device in DEVICES], sql="JSON")
_weights = np.bincount(_row, [device["weight"] for device in DEVICES])
DEVICE_LIST = WordList("devices", DEVICE_JSON.words, _weights)

DEVICE_PULL = np.zeros(len(_weights))  # how often a session buys something, relative to all; more often on a large screen
DEVICE_PULL[_row] = [{"desktop": 1.35, "mobile": 0.78, "tablet": 1.0}[device["device"]] for device in DEVICES]
DEVICE_PULL /= np.average(DEVICE_PULL, weights=_weights)

DEVICE_UNITS = np.ones(len(_weights))  # how many units are ordered beyond the first, relative to a tablet
DEVICE_UNITS[_row] = [{"desktop": 1.6, "mobile": 0.55, "tablet": 1.0}[device["device"]] for device in DEVICES]

SYSTEMS = ("any", "apple", "google")  # that a wallet needs


def system_of(device):
    """The system whose wallet a device has."""
    if device["os"] in ("iOS", "iPadOS", "macOS"):
        return "apple"
    return "google" if device["os"] in ("Android", "ChromeOS") or device["browser"] == "Chrome" else "any"


DEVICE_SYSTEM = np.zeros(len(_weights), np.int64)
DEVICE_SYSTEM[_row] = [SYSTEMS.index(system_of(device)) for device in DEVICES]

CHANNELS = LISTS.table("channels").to_pylist()
CHANNEL_WEIGHTS = np.array([channel["weight"] for channel in CHANNELS], float)
CHANNEL_LIST = WordList("channels", [str(row) for row in range(len(CHANNELS))], CHANNEL_WEIGHTS)
CHANNEL_PULL = np.array([channel["conversion"] for channel in CHANNELS])
CHANNEL_PULL /= np.average(CHANNEL_PULL, weights=CHANNEL_WEIGHTS)

GROUPS, CHANNEL_GROUP = vocabulary.distinct([channel["channel"] for channel in CHANNELS])
GROUP_LIST = WordList("channel groups", GROUPS.words, np.bincount(CHANNEL_GROUP, CHANNEL_WEIGHTS))
CHANNEL_OF_GROUP = cells(np.where(np.arange(len(GROUPS.words))[:, None] == CHANNEL_GROUP, CHANNEL_WEIGHTS, 0))

PULL = np.outer(CHANNEL_PULL, DEVICE_PULL)
PULL_SHARE = np.outer(CHANNEL_WEIGHTS, _weights) / (CHANNEL_WEIGHTS.sum() * _weights.sum())


def of_channel(field):
    """The type of a column with a field of the channel, and the function that computes it; empty fields are missing values."""
    words, code = vocabulary.distinct([channel[field] or "" for channel in CHANNELS])
    if "" not in words.words.to_pylist():
        return words, lambda channel: code[channel]
    named = [word for word in words.words.to_pylist() if word]
    code = np.array([named.index(channel[field]) if channel[field] else 0 for channel in CHANNELS])
    empty = np.array([not channel[field] for channel in CHANNELS])
    return Categorical(named), lambda channel: np.ma.array(code[channel], mask=empty[channel])


REFERRER, UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN = (of_channel(field) for field in ("referrer", "utm_source", "utm_medium", "utm_campaign"))
