"""What of a source's values may be taken over at all: nothing that could be about one person."""

from __future__ import annotations

import re

from colgen.introspect.names import rules_of

FEW = 20
"""What is true of fewer rows than this is never taken over: it may be about a person."""

_PERSONAL = re.compile(
    r"(first|last|middle|full|given|family|sur|maiden|nick|user|display|contact|real|legal|screen|person|author|owner|customer|employee|creator|sender"
    r"|recipient|holder|patient|client|member|guest|driver)_?name|forename|salutation|signature|initials"
    r"|e_?mail|phone|mobile|(^|_)(fax|tel|cell|msisdn|whatsapp|skype|twitter|facebook|linkedin|instagram|telegram)(_|$)|contact"
    r"|address|(^|_)addr|street|house_?n(o|um)|postal|post_?code|zip|(^|_)(lat|latitude|lng|lon|longitude|geo|gps|location|coordinates?)(_|$)"
    r"|birth|(^|_)(dob|born|age)(_|$)|gender|(^|_)sex(_|$)|religio|ethnic|(^|_)race(_|$)|national(ity)?(_|$)|politic|disab|diagnos|disease|health|blood|marital"
    r"|ssn|social_?sec|tax_?(id|n)|(^|_)(vat|tin|nin|nino|cpf|pesel|aadhaar|passport|licen[cs]e|visa)(_|$)|identity|personal|insurance"
    r"|iban|(^|_)(bic|swift|pan|cvv|cvc|card)(_|$)|card_?n|account_?n|routing|salary|wage|income|payroll"
    r"|(^|_)(ip|mac|imei|imsi|device_?id|user_?agent|cookie|session|fingerprint)(_|$)|ip_?addr"
    r"|login|user_?name|(^|_)(user|handle|owner|author|creator|nick|person|whodunnit|\w+ed_by)(_|$)"
    r"|passw|(^|_)(pwd|pin|otp)(_|$)|secret|token|api_?key|private_?key|salt|hash|digest|credential"
    r"|avatar|photo|portrait|(^|_)(note|notes|comment|comments|message|messages|bio|remark|remarks|memo|body|feedback|transcript)(_|$)"
)
_PEOPLE = re.compile(
    r"user|customer|person|people|employee|patient|member|contact|author|staff|student|teacher|client|guest|passenger|subscriber|lead|candidate|applicant"
    r"|participant|profile|resident|voter|player|artist|actor|driver|doctor|nurse|worker|officer|manager|agent|owner|tenant|donor|volunteer|attendee|account"
)


def is_personal(column: str, table: str) -> bool:
    """Whether a column looks like one that says who somebody is, or what only they know, by its name and that of its table.

    >>> is_personal("EmailAddress", "orders"), is_personal("name", "employees"), is_personal("name", "products"), is_personal("status", "users")
    (True, True, False, False)
    """
    name = rules_of(column)
    if re.search(r"(^|_)(name|title|label)$", name) and _PEOPLE.search(rules_of(table)):
        return True
    return _PERSONAL.search(name) is not None
