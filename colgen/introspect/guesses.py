"""Names lead to values: what a column is likely to hold, by what it is called, and by its type where the name says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from colgen.introspect.code import Call, Raw, call
from colgen.introspect.shapes import ColumnShape

TEXTS = ("text", "character varying", "character", "citext", "name")
WHOLE = ("smallint", "integer", "bigint", "oid")
FRACTIONS = ("numeric", "real", "double precision", "money", "decimal", "float")
MOMENTS = ("timestamp without time zone", "timestamp with time zone")

_FEW = {
    "status": ("new", "active", "done", "cancelled"),
    "state": ("new", "open", "closed"),
    "gender": ("female", "male"),
    "sex": ("F", "M"),
    "currency": ("USD", "EUR", "GBP"),
    "locale": ("en", "de", "fr", "es"),
    "language": ("en", "de", "fr", "es"),
    "country_code": ("US", "DE", "GB", "FR"),
    "time_zone": ("UTC", "Europe/Berlin", "America/New_York"),
    "content_type": ("text/plain", "image/png", "application/pdf"),
    "action": ("create", "update", "destroy"),
    "scope": ("read", "write", "admin"),
    "unit": ("piece", "kg", "m", "h"),
    "continent": ("Africa", "America", "Asia", "Europe", "Oceania"),
    "role": ("member", "editor", "admin"),
    "level": ("low", "medium", "high"),
    "priority": ("low", "medium", "high"),
    "size": ("S", "M", "L"),
    "color": ("red", "green", "blue", "grey"),
    "platform": ("web", "ios", "android"),
    "provider": ("email", "google", "github"),
    "method": ("card", "cash", "transfer"),
    "title_of_person": ("Ms", "Mr", "Dr"),
    "extension": ("pdf", "png", "txt"),
}


def few(name: str) -> Call:
    """A few words that a column of this name may have."""
    return call("Category", dict.fromkeys(_FEW[name], 1))


def shipped(list_: str, field: str) -> Call:
    """A word of a list that ships with colgen."""
    return call("Vocabulary", Raw(f'vocabulary.words("{list_}", "{field}")'))


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


_Text = Callable[[ColumnShape], Call]
_TEXT_RULES: list[tuple[str, _Text]] = [
    (r"e_?mail", lambda column: call("Email")),
    (r"(^|_)first_?name|given_?name|forename|^fname", lambda column: shipped("first_names", "name")),
    (r"(^|_)(last|family|sur)_?name|^lname", lambda column: shipped("last_names", "name")),
    (r"(full|display|contact|real|person|author|owner|customer|user|employee|creator|recipient)_?name$", lambda column: call("FullName")),
    (r"user_?name|login|nick|handle|screen_?name", lambda column: call("Slug")),
    (r"(^|_)ip(_?addr(ess)?)?$|_ip$|remote_addr|host_?addr", lambda column: call("IpAddress")),
    (r"phone|mobile|(^|_)fax|(^|_)tel$|cell", lambda column: call("Phone")),
    (r"street|address_?(line)?_?[12]?$|(^|_)addr", lambda column: call("StreetAddress")),
    (r"(^|_)(city|town|municipality)(_name)?$", lambda column: shipped("cities", "city")),
    (r"(^|_)(state|province|region)(_name|_province)?$", lambda column: shipped("cities", "region") if _long(column, 20) else few("state")),
    (r"zip|post(al)?_?code", lambda column: call("Code", "00000")),
    (r"country_?(code|iso)|(^|_)iso(_?[23])?(_code)?$", lambda column: few("country_code")),
    (r"(^|_)country(_name)?$", lambda column: shipped("countries", "country") if _long(column, 20) else few("country_code")),
    (r"slug|permalink|handle|subdomain", lambda column: call("Slug")),
    (r"url|uri|link|href|website|homepage|avatar|image$|photo$|picture$|logo$", lambda column: call("Url")),
    (r"(^|_)(domain|host(name)?|server)$", lambda column: shipped("email_domains", "domain")),
    (r"token|secret|digest|hash|checksum|fingerprint|(api|access|private|public|encrypted|otp)_?(key|password|data)|signature|nonce|salt|md5|sha\d*|password|passwd|etag",
     lambda column: call("Code", "x" * min(column.length or 32, 32))),
    (r"uuid|guid", lambda column: call("Uuids", type=Raw("String"))),
    (r"colou?r", lambda column: call("Code", "#xxxxxx") if _long(column, 7) else few("color")),
    (r"currency", lambda column: few("currency")),
    (r"locale|lang(uage)?(_code)?$", lambda column: few("locale")),
    (r"time_?zone|(^|_)tz$", lambda column: few("time_zone")),
    (r"(mime|content)_?type", lambda column: few("content_type")),
    (r"gender|(^|_)sex$", lambda column: few("gender") if _long(column, 6) else few("sex")),
    (r"(^|_)(status|state|stage|phase)(_?name)?$", lambda column: few("status")),
    (r"(^|_)role(_name)?s?$", lambda column: few("role")),
    (r"priority|severity|(^|_)level$|importance", lambda column: few("priority")),
    (r"(^|_)(platform|device|os|browser)(_type|_name)?$", lambda column: few("platform")),
    (r"provider|(^|_)source$|channel|medium$", lambda column: few("provider")),
    (r"(^|_)(event|action|operation)(_type|_name)?$", lambda column: few("action")),
    (r"(^|_)scopes?$", lambda column: few("scope")),
    (r"(^|_)units?(_of_measure)?$", lambda column: few("unit")),
    (r"continent", lambda column: few("continent")),
    (r"(^|_)version(_number)?$", lambda column: call("Code", "0.00.0" if _long(column, 6) else "0")),
    (r"iban", lambda column: call("Code", "DE00000000000000000000")),
    (r"(^|_)(number|no|num)$|_number$", lambda column: call("Code", "0" * min(column.length or 7, 7))),
    (r"sku|isbn|ean|upc|barcode|(^|_)(code|number|no|num|ref(erence)?|abbr(eviation)?|serial|identifier|uid)$|_code$|_number$",
     lambda column: call("Code", "AA-0000" if _long(column, 7) else "A" * min(column.length or 3, 3))),
    (r"(^|_)(id|key|whodunnit)_?$", lambda column: call("Code", "x" * min(column.length or 12, 12))),
    (r"ext(ension)?$", lambda column: few("extension")),
    (r"file_?name|(^|_)path$|file$|filename", lambda column: call("Slug")),
    (r"user_?agent", lambda column: call("Words", 4, 8)),
    (r"company|organi[sz]ation|employer|brand|manufacturer|vendor|supplier|publisher", lambda column: call("Words", 2, 3)),
    (r"description|body|content|comment|note|text|message|summary|bio|about|details?$|reason|abstract|instructions?|remark|explanation|answer|question|review|html|markdown|caption|excerpt|memo|feedback",
     lambda column: call("Words", 6, 25)),
    (r"title|subject|headline|label|name|heading|topic|term|keyword|tag|category|group|kind|type$|theme|genre", lambda column: call("Words", 1, 3)),
]  # fmt: skip

_NUMBER_RULES: list[tuple[str, tuple[float, float]]] = [
    (r"lat(itude)?$", (-90, 90)),
    (r"lon(g|gitude)?$|lng$", (-180, 180)),
    (r"percent|(^|_)pct$|ratio|progress|confidence|probability|fraction", (0, 100)),
    (r"rating|stars|score", (1, 5)),
    (r"(^|_)age$", (18, 90)),
    (r"year", (1990, 2024)),
    (r"month", (1, 12)),
    (r"(^|_)day(_of_month)?$", (1, 28)),
    (r"weekday|day_of_week|wday", (0, 6)),
    (r"hour", (0, 23)),
    (r"minute", (0, 59)),
    (r"quantity|qty|(^|_)(amount_of|units?|seats?|guests?|items?)$", (1, 10)),
    (r"position|sort|order$|rank|ordinal|sequence|priority|weight$|index$|level$|depth$|(^|_)no$", (1, 100)),
    (r"price|amount|cost|total|fee|balance|salary|budget|revenue|tax|discount|subtotal|payment|credit|debit|rate", (1, 1_000)),
    (r"count|_cnt$|views|likes|hits|visits|size|bytes|length|duration|width|height|distance", (0, 1_000)),
    (r"status|state|type|kind|role|flags?$|enum", (0, 3)),
    (r"version", (1, 5)),
]

_FLAG_RULES: list[tuple[str, float]] = [
    (r"inactive|invalid|disabled|un(verified|published|confirmed|approved|subscribed)", 0.05),
    (
        r"delet|discard|remov|archiv|hidden|hide|bann|block|suspend|spam|lock|revok|cancel|fail|closed|expired|reject|error|flagged|abus",
        0.05,
    ),
    (r"admin|super_?user|staff|default|(^|_)test|draft|private|confidential|sensitive|featured|pinned|internal|exception|ended", 0.05),
    (r"active|enabled|visible|public|verified|confirmed|approved|available|valid|current|primary|accepted|success|processed", 0.85),
    (
        r"^(is|has|can|allow|show|use|send|accept|require|notify|receive|include|auto|prefers|needs|was|should|do|with)s?_|_(only|required|allowed)$",
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

_OF_TIME = r"(^|_)(at|on|date|time|timestamp|day|created|since|until|from|to|start|end|birth|dob|expires?|due|moment|when|last|first)(_|$)|date$|time$|datum"
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


def says_time(name: str) -> bool:
    """Whether a name says that its column is of a day or a moment."""
    return re.search(_OF_TIME, name) is not None


def beginnings_of(name: str) -> list[str]:
    """The names that the beginning may have of what ends at a moment of this name: `start_date` of `end_date`."""
    return [re.sub(rf"(?<![a-z]){end}(?![a-z])", start, name) for start, end in _SPANS if re.search(rf"(?<![a-z]){end}(?![a-z])", name)]


def _long(column: ColumnShape, characters: int) -> bool:
    """Whether a text may have so many characters."""
    return column.length is None or column.length >= characters


def rules_of(name: str) -> str:
    """A name as the rules read it: `CustomerEmail` as `customer_email`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace(" ", "_").replace("-", "_")


def text(column: ColumnShape) -> Guess:
    """How a text is made, by its name; words that fit where that says nothing, or gives what is too long."""
    name, seen = rules_of(column.name), column.observed
    if seen is not None and seen.words:
        return Guess(call("Category", dict(seen.words)), seen.by, len(seen.words))
    if seen is not None and seen.code:
        return Guess(call("Code", seen.code), seen.by, code_size(seen.code))
    for pattern, make in _TEXT_RULES:
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
    }
    if value.name in longest:
        return longest[value.name] <= length
    if value.name == "Code":
        return len(value.arguments[0]) <= length
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
