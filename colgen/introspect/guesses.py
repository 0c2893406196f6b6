"""Names lead to values: what a column is likely to hold, by what it is called, and by its type where the name says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from colgen.introspect.code import Call, call
from colgen.introspect.names import JOINED_ID, rules_of
from colgen.introspect.shapes import ColumnShape
from colgen.introspect.texts import TEXT_RULES

TEXTS = ("text", "character varying", "character", "citext", "name")
WHOLE = ("smallint", "integer", "bigint", "oid")
FRACTIONS = ("numeric", "real", "double precision", "money", "decimal", "float")
MOMENTS = ("timestamp without time zone", "timestamp with time zone")


@dataclass(frozen=True)
class Guess:
    """How a column is made.

    value : its declaration
    by : what it was guessed from: a name, a type, or nothing where it is certain
    most : how many different values there are, where that is few
    """

    value: Call
    by: str = ""
    most: int | None = None


_NUMBER_RULES: list[tuple[str, tuple[float, float]]] = [
    (r"lat(itude)?$", (-90, 90)),
    (r"lon(g|gitude)?$|lng$", (-180, 180)),
    (r"percent|(^|_)pct$|ratio(_|$)|progress|confidence|probability|fraction|(^|_)rate$|humidity|share$|prorat", (0, 100)),
    (r"rating|stars|score", (1, 5)),
    (r"(^|_)age$", (18, 90)),
    (r"year", (1990, 2024)),
    (r"month$|months?_|_month", (1, 12)),
    (r"(^|_)day(_of_month)?$", (1, 28)),
    (r"weekday|day_of_week|wday", (0, 6)),
    (r"hour", (0, 23)),
    (r"minute", (0, 59)),
    (r"days|weeks|months", (1, 30)),
    (r"(_|^)port$", (1_024, 65_535)),
    (r"(^|_)(cents|cts)$|_cents_", (1_00, 100_000)),
    (r"quantity|qty|(^|_)(amount_of|units?|seats?|guests?|items?|nights|rooms|persons?|people|children|adults)$", (1, 10)),
    (r"temperature|(^|_)temp$", (-10, 35)),
    (r"altitude|elevation", (0, 3_000)),
    (r"position|sort|order$|rank|ordinal|sequen(ce|tial)|priority|weight$|index$|level$|depth$|(^|_)(no|number|num)(_|$)|numbering|(^|_)row$", (1, 100)),
    (r"byte|(file|content|image)_?(size|length)", (1_000, 5_000_000)),
    (r"price|amount|cost|total|fee|balance|salary|budget|revenue|tax|discount|payment|credit|debit|rate|commission|wage|income|interest|deposit|refund|charge|fare|turnover|profit|sum$|(^|_)(gross|net|paid|due)$",
     (1, 1_000)),
    (r"timeout|ttl|expires_in|interval|frequency|seconds|delay|duration|period", (1, 3_600)),
    (r"limit|quota|threshold|capacity|stock|per_page|(^|_)(max|min|maximum|minimum)(_|$)|allowance", (1, 100)),
    (r"count|_cnt$|views|likes|hits|visits|votes?$|points|karma|attempts?|retr(y|ies)|tries|failures|used?s?$|usages|changes|num_|times|pending|remaining|left|size|length|width|height|distance|offset|speed|score|downloads|clicks|area|volume|population|(^|_)[xyz]$",
     (0, 1_000)),
    (r"status|state|type|kind|role|flags?$|enum|category|format|mode|method|reason|action|theme|privacy|visibility|gender|scope|permission|source|provider|algo|frequency|quality|model$|group|class$|stage|phase|color|privs|prefs",
     (0, 3)),
    (r"version|revision|generation", (1, 5)),
    (r"code$", (100, 999)),
    (rf"_id$|^id_|_ref$|{JOINED_ID}", (1, 1_000)),
    (r"^is_|_by$", (0, 1)),
]  # fmt: skip

_FLAG_RULES: list[tuple[str, float]] = [
    (r"inactive|invalid|disabled|un(verified|published|confirmed|approved|subscribed)", 0.05),
    (
        r"delet|discard|remov|archiv|hidden|hide|bann|block|suspend|spam|lock|revok|cancel|fail|closed|expired|reject|error|flagged|abus",
        0.05,
    ),
    (r"admin|super_?user|staff|default|(^|_)test|draft|private|confidential|sensitive|featured|pinned|internal|exception|ended", 0.05),
    (
        r"active|enabled|visible|public|verified|confirmed|approved|available|valid|current|primary|accepted|success|processed|eligible",
        0.85,
    ),
    (r"(^|_)(paid|sent|read|seen|done|completed|finished|resolved|mandatory|notifications?|open)$|(^|_)(message|terms)_", 0.6),
    (
        r"^(is|has|can|allow|show|use|send|accept|require|notify|receive|include|auto|prefers|needs|was|should|do|with|skip|enable|inherit|display|charge|"
        r"ignore|exclude|override|force|bill|apply|grant|permit|hide|keep|share|free|self|on|in|all|only|no|not)s?_|_(only|required|allowed|in_use|use)$|"
        r"[a-z]{2}(ed|able|ible|ing)$|_(in|by|to|for)_",
        0.3,
    ),
]

_ENDS = (
    r"delet|discard|revok|cancel|(^|_)(un)?lock|fail|bann|archiv|suspend|remov|destroy|unsubscrib|withdraw|reject|block|disabl|deactivat"
)
"""What happens to few rows, and late."""

_STEPS = r"(ed|sent|paid|run|seen|begun|read|done|sign_in|login)_?(at|on|date|time)$|^(complet|finish|resolv|clos|process|publish|approv|confirm|accept)\w*$"
"""What happens to a row after it came into being."""

_SPANS = [
    pair.split("/")
    for pair in [
        "start/end",
        "starts/ends",
        "started/ended",
        "started/finished",
        "begin/end",
        "from/to",
        "from/until",
        "opened/closed",
        "ordered/shipped",
        "order/ship",
        "order/due",
        "issued/due",
        "hired/terminated",
        "hire/termination",
        "arrival/departure",
        "effective/expiration",
        "issued/expires",
        "rental/return",
        "check_in/check_out",
    ]
]
"""Words for the beginning of something, and for its end."""

_OF_TIME = r"(^|_)(at|on|date|time|timestamp|day|created|since|until|from|to|start|end|birth|dob|expires?|due|moment|when|last|first)(_|$)|date$|time$|datum|(^|_)(data|birth|year|month)(_|$)|[a-z]ed_?(at|on)?$|before|after|till"
"""Names that say that a column is of a day or a moment, and no more."""


def flag(name: str) -> tuple[float, str]:
    """How often a flag is true, and what that was guessed from."""
    return next(((share, "its name") for pattern, share in _FLAG_RULES if re.search(pattern, name)), (0.5, "its type"))


def is_end(name: str) -> bool:
    """Whether a moment is one that few rows have, such as that of their deletion."""
    return re.search(_ENDS, name) is not None


def is_step(name: str) -> bool:
    """Whether a moment comes after the one at which its row came into being."""
    return re.search(_STEPS, name) is not None


def is_price(name: str) -> bool:
    """Whether an amount is what something costs, which ends as prices do."""
    return re.search(r"(^|_)(price|cost|fee|fare)(_|$)", name) is not None


def is_rating(name: str) -> bool:
    """Whether a number is one of stars that somebody gives."""
    return re.search(r"(^|_)(rating|stars)$", name) is not None


def degrees_of(name: str) -> tuple[str, str]:
    """The kind of a column of degrees, and what goes before it in its name; both empty for another column."""
    parts = re.fullmatch(r"(.*?)(lat|latitude|lng|lon|long|longitude)", name)
    if parts is None or (parts[1] and not parts[1].endswith("_")):
        return "", ""
    return "Latitude" if parts[2].startswith("lat") else "Longitude", parts[1]


def says_time(name: str) -> bool:
    """Whether a name says that its column is of a day or a moment."""
    return re.search(_OF_TIME, name) is not None


def beginnings_of(name: str) -> list[str]:
    """The names that the beginning may have of what ends at a moment of this name: `start_date` of `end_date`."""
    return [re.sub(rf"(?<![a-z]){end}(?![a-z])", start, name) for start, end in _SPANS if re.search(rf"(?<![a-z]){end}(?![a-z])", name)]


def text(column: ColumnShape) -> Guess:
    """How a text is made, by its name; words that fit where that says nothing, or gives what is too long."""
    name, seen = rules_of(column.name), column.observed
    if seen is not None and seen.words:
        return Guess(call("Category", dict(seen.words)), seen.by, len(seen.words))
    if seen is not None and seen.code:
        return Guess(call("Code", seen.code), seen.by, code_size(seen.code))
    for pattern, make in TEXT_RULES:
        if re.search(pattern, name):
            value = make(column)
            if fits(value, column.length):
                return Guess(value, "its name", _different(value))
            break
    if column.length is not None and column.length < 14:
        return Guess(call("Code", "A" * max(1, min(column.length, 4))), "its type", 26 ** max(1, min(column.length, 4)))
    return Guess(call("Words", 1, 4), "its type")


def fits(value: Call, length: int | None) -> bool:
    """Whether the longest of the texts fits; `Words` always do, if there is room for one."""
    if length is None:
        return True
    longest = {
        "Email": 60,
        "FullName": 40,
        "Phone": 14,
        "StreetAddress": 60,
        "Slug": 40,
        "Url": 60,
        "IpAddress": 15,
        "Uuids": 36,
        "Words": 14,
        "Paragraph": 555,
        "FirstName": 15,
        "LastName": 15,
        "CompanyName": 40,
        "JobTitle": 30,
        "Hostname": 40,
        "MacAddress": 17,
        "FileName": 45,
        "UserAgent": 150,
        "MimeType": 75,
        "CountryCode": 2,
        "CurrencyCode": 3,
        "CardNumber": 16,
        "Ean13": 13,
        "Iban": 22,
        "Text": 2,
    }
    if value.name in longest:
        return longest[value.name] <= length
    if value.name == "Code":
        return len(re.sub(r"\\(.)", r"\1", value.arguments[0])) <= length
    if value.name == "Category":
        return max(map(len, value.arguments[0])) <= length
    return length >= 15 if "names" in value.arguments[0].text else length >= 40  # of a list that ships


def _different(value: Call) -> int | None:
    if value.name == "Category":
        return len(value.arguments[0])
    if value.name == "Code":
        return code_size(value.arguments[0])
    return 50 if value.name == "Vocabulary" else None


def code_size(pattern: str) -> int:
    """How many codes a pattern has."""
    size = 1
    for sign in pattern:
        size *= {"A": 26, "a": 26, "0": 10, "x": 16}.get(sign, 1)
    return size


def number_range(column: ColumnShape) -> tuple[float, float, str]:
    """The least and the greatest number of a column, by its CHECKs, its name and its type; and what that was guessed from."""
    name = rules_of(column.name)
    low, high, by = 1.0, 1_000.0, "its type"
    for pattern, (least, most) in _NUMBER_RULES:
        if re.search(pattern, name):
            low, high, by = float(least), float(most), "its name"
            break
    seen = column.observed
    if seen is not None and seen.low is not None and seen.high is not None:
        low, by = max(seen.low, column.low if column.low is not None else seen.low), seen.by
        high = max(low, min(seen.high, column.high if column.high is not None else seen.high))
    else:
        low, high, by = _checked_range(column, low, high, by)
    if column.type == "smallint":
        high = min(high, 32_767)
    if column.precision is not None:
        most_ = 10 ** (column.precision - (column.scale or 0)) - 1
        low, high = max(low, -most_), min(high, most_)
    return low, max(low, high), by


def _checked_range(column: ColumnShape, low: float, high: float, by: str) -> tuple[float, float, str]:
    """A range as the CHECKs of a column limit it."""
    if column.low is not None:
        low, high = column.low, max(high, column.low + (high - low)) if column.low > low else high
        low, by = column.low, "a CHECK"
    if column.high is not None:
        high, by = column.high, "a CHECK"
        low = column.low if column.low is not None else min(low, high)
    return low, high, by
