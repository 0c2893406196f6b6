"""Names of texts, and what each leads to: kinds of columns, lists of words, a few words."""

from __future__ import annotations

from collections.abc import Callable

from colgen.introspect.code import Call, Raw, call
from colgen.introspect.names import JOINED_ID, rules_of
from colgen.introspect.shapes import ColumnShape

_FEW = {
    "status": ("new", "active", "done", "cancelled"),
    "state": ("new", "open", "closed"),
    "gender": ("female", "male"),
    "sex": ("F", "M"),
    "locale": ("en", "de", "fr", "es"),
    "language": ("en", "de", "fr", "es"),
    "country_code": ("USA", "DEU", "GBR", "FRA"),
    "time_zone": ("UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Europe/London", "Asia/Kolkata", "Asia/Tokyo"),
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
    "extension": ("pdf", "png", "txt"),
    "format": ("pdf", "csv", "json"),
    "frequency": ("daily", "weekly", "monthly", "yearly"),
    "visibility": ("public", "private", "hidden"),
    "environment": ("production", "staging", "development"),
    "queue": ("default", "mailers", "low"),
    "department": ("Sales", "Marketing", "Finance", "Engineering", "Support", "Operations"),
    "marital_status": ("single", "married", "divorced", "widowed"),
    "blood_type": ("O+", "A+", "B+", "O-", "A-", "AB+", "B-", "AB-"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
    "http_method": ("GET", "POST", "PUT", "DELETE"),
}


def few(name: str) -> Call:
    """A few words that a column of this name may have."""
    return call("Category", dict.fromkeys(_FEW[name], 1))


def shipped(list_: str, field: str) -> Call:
    """A word of a list that ships with colgen."""
    return call("Vocabulary", Raw(f'vocabulary.words("{list_}", "{field}")'))


def _long(column: ColumnShape, characters: int) -> bool:
    """Whether a text may have so many characters."""
    return column.length is None or column.length >= characters


_Text = Callable[[ColumnShape], Call]
TEXT_RULES: list[tuple[str, _Text]] = [
    (r"e_?mail|(^|_)mail$", lambda column: call("Email")),
    (r"(^|_)first_?name|given_?name|forename|^fname|middle_?name", lambda column: call("FirstName")),
    (r"(^|_)(last|family|sur|maiden)_?name|^lname", lambda column: call("LastName")),
    (r"user_?name|login|nick|handle|screen_?name", lambda column: call("Slug")),
    (r"(company|organi[sz]ation|employer|vendor|supplier|manufacturer|publisher|brand)(_?name)?$", lambda column: call("CompanyName")),
    (r"(full|display|contact|real|person|author|owner|customer|client|user|employee|creator|recipient|sender|patient|student|teacher|holder)_?name$|(^|_)by$",
     lambda column: call("FullName")),
    (r"(file|host|domain|table|class|job|queue)_?name$", lambda column: _named(column)),
    (r"(^|_)ip(_?addr(ess)?)?$|_ip$|remote_addr|host_?addr", lambda column: call("IpAddress")),
    (r"(^|_)mac(_?addr(ess)?)?$", lambda column: call("MacAddress")),
    (r"phone|mobile|(^|_)fax|(^|_)tel$|(^|_)cell", lambda column: call("Phone")),
    (r"house_?number", lambda column: call("Code", "00")),
    (r"street|address_?(line)?_?[1-3]?$|(^|_)addr", lambda column: call("StreetAddress")),
    (r"(^|_)(city|town|municipality|location|place|venue|origin|destination|birthplace)(_name)?$", lambda column: shipped("cities", "city")),
    (r"(^|_)(state|province|region|district|county)(_name|_province)?$",
     lambda column: shipped("cities", "region") if _long(column, 20) else few("state")),
    (r"zip|post(al)?_?code", lambda column: call("Code", "00000")),
    (r"country_?(code|iso)|(^|_)iso(_?[23])?(_code)?$", lambda column: _country(column)),
    (r"(^|_)(country|nationality|citizenship)(_name)?$",
     lambda column: shipped("countries", "country") if _long(column, 20) else _country(column)),
    (r"slug|permalink|subdomain|facebook|twitter|instagram|linkedin|github|skype|telegram", lambda column: call("Slug")),
    (r"url|uri|link|href|website|homepage|avatar|image$|photo$|picture$|logo$|endpoint|webhook", lambda column: call("Url")),
    (r"(^|_)(domain|host(name)?|server)$", lambda column: call("Hostname")),
    (r"user_?agent", lambda column: call("UserAgent")),
    (r"(mime|content|media)_?type", lambda column: call("MimeType")),
    (r"card_?(number|no|num)$|credit_?card$|(^|_)pan$", lambda column: call("CardNumber")),
    (r"last_?(four|4|digits)", lambda column: call("Code", "0000")),
    (r"(^|_)(cvv|cvc)2?$", lambda column: call("Code", "000")),
    (r"iban", lambda column: call("Iban", "DE")),
    (r"(^|_)(bic|swift)(_code)?$", lambda column: call("Code", r"AAAA\D\E00")),
    (r"(^|_)isbn", lambda column: call("Ean13", "978")),
    (r"(^|_)(ean|gtin|upc|barcode)", lambda column: call("Ean13")),
    (r"(^|_)vat_?(id|no|num|number|code)?$|tax_?(id|number|code)$", lambda column: call("Code", r"\D\E000000000")),
    (r"token|secret|digest|hash|checksum|fingerprint|(api|access|private|public|encrypted|otp)_?(key|password|data)|signature|nonce|salt|md5|sha\d*|password|passwd|passphrase|etag|(^|_)crypt|challenge",
     lambda column: call("Code", "x" * min(column.length or 32, 32))),
    (r"uuid|guid", lambda column: call("Uuids", type=Raw("String"))),
    (r"colou?r", lambda column: call("Code", "#xxxxxx") if _long(column, 7) else few("color")),
    (r"currency", lambda column: call("CurrencyCode")),
    (r"locale|lang(uages?)?(_code)?$", lambda column: few("locale")),
    (r"time_?zone|(^|_)tz$", lambda column: few("time_zone")),
    (r"gender|(^|_)sex$", lambda column: few("gender") if _long(column, 6) else few("sex")),
    (r"marital", lambda column: few("marital_status")),
    (r"blood_?(type|group)", lambda column: few("blood_type")),
    (r"(^|_)(status|state|stage|phase)(_?name)?$", lambda column: few("status")),
    (r"(^|_)role(_name)?s?$|permissions?$|privileges?$", lambda column: few("role")),
    (r"priority|severity|(^|_)level$|importance|difficulty", lambda column: few("priority")),
    (r"(^|_)(platform|device|os|browser)(_type|_name)?$", lambda column: few("platform")),
    (r"provider|(^|_)source$|channel|medium$|gateway", lambda column: few("provider")),
    (r"(http|request|verb)_?method$", lambda column: few("http_method")),
    (r"(pay(ment)?)_?method|payment_?(type|mode)", lambda column: few("method")),
    (r"(^|_)(event|action|operation)(_type|_name)?$", lambda column: few("action")),
    (r"visibility|privacy|availability", lambda column: few("visibility")),
    (r"frequency|interval|recurrence|periodicity", lambda column: few("frequency")),
    (r"(^|_)env(ironment)?$", lambda column: few("environment")),
    (r"(^|_)format$", lambda column: few("format")),
    (r"department|division|(^|_)team$|faculty", lambda column: few("department")),
    (r"weekday|day_?of_?week|(^|_)day$", lambda column: few("weekday")),
    (r"(^|_)month$", lambda column: few("month") if _long(column, 9) else call("Code", "0")),
    (r"(^|_)year$", lambda column: call("Code", r"2\00\0" if _long(column, 4) else "00")),
    (r"(^|_)scopes?$", lambda column: few("scope")),
    (r"(^|_)units?(_of_measure|_presentation)?$", lambda column: few("unit")),
    (r"continent", lambda column: few("continent")),
    (r"(^|_)size$", lambda column: few("size")),
    (r"(^|_)version(_number)?$", lambda column: call("Code", "0.00.0" if _long(column, 6) else "0")),
    (r"(^|_)(number|no|num)$|_number$|(^|_)number_", lambda column: call("Code", "0" * min(column.length or 7, 7))),
    (r"sku|(^|_)(code|number|no|num|ref(erence)?|abbr(eviation)?|serial|identifier|uid|asin|ssn|prefix|suffix|license_?plate|vin|permit|passport)$|_code$|_number$",
     lambda column: call("Code", "AA-0000" if _long(column, 7) else "A" * min(column.length or 3, 3))),
    (rf"(^|_)(id|key|whodunnit)_?$|^id_|{JOINED_ID}", lambda column: call("Code", "x" * min(column.length or 12, 12))),
    (r"ext(ension)?$", lambda column: few("extension")),
    (r"file_?name|(^|_)path$|file$", lambda column: call("FileName")),
    (r"job_?title|(^|_)(job|occupation|profession|position|designation)$", lambda column: call("JobTitle")),
    (r"metadata|settings|options|preferences|(^|_)config(uration)?$|propert(y|ies)$|params|parameters|payload|serialized|(^|_)(json|custom_data|extra|data|object(_changes)?|attributes|headers)$",
     lambda column: call("Text", "{{}}")),
    (r"description|body|content|comment|note|text|message|biograph|(^|_)bio$|about|details?$|abstract|instructions?|remark|explanation|answer|question|review|html|markdown|memo|feedback|article|terms|policy|disclaimer|letter|changelog",
     lambda column: _prose(column)),
    (r"summary|reason|caption|excerpt|error|exception|warning|response|request|result|output|input|(^|_)log$|backtrace|footer|header|translation|information|(^|_)info$",
     lambda column: call("Words", 6, 25)),
    (r"phrase|slogan|motto|tagline|(^|_)alt$|hint|placeholder|prompt|presentation|query|search", lambda column: call("Words", 2, 6)),
    (r"title|subject|headline|label|name|heading|topic|term|keyword|tag|category|group|kind|type$|theme|genre|model|product|item|course|section|class$|(^|_)job_class|artist|album|recipient|carrier|entrance|feature",
     lambda column: call("Words", 1, 3)),
]  # fmt: skip


def _named(column: ColumnShape) -> Call:
    """What is called by a name that is not a person's."""
    kinds = {"file": call("FileName"), "queue": few("queue"), "host": call("Hostname"), "domain": call("Hostname")}
    return next((kind for word, kind in kinds.items() if word in rules_of(column.name)), call("Words", 1, 2))


def _country(column: ColumnShape) -> Call:
    """A country by its code, of two letters or of three."""
    return few("country_code") if column.length == 3 else call("CountryCode")


def _prose(column: ColumnShape) -> Call:
    """Paragraphs where there is room for them."""
    return call("Paragraph") if column.length is None else call("Words", 6, 25)
