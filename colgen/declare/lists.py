"""Words that many schemas have a column of, of lists that ship with colgen (`colgen/vocabulary/data/README.md` has where they are from).

| kind | values |
|---|---|
| `CountryCode()`, `CurrencyCode()` | ISO 3166-1 codes, by population; ISO 4217 codes, by what is traded |
| `JobTitle()` | what somebody does in a company |
| `MimeType()`, `UserAgent()` | of files that are uploaded; of browsers |
"""

from __future__ import annotations

from typing import Unpack

from colgen import vocabulary
from colgen.declare.column import Options
from colgen.declare.columns import Vocabulary
from colgen.declare.people import locale_of


class CountryCode(Vocabulary):
    """A country by its ISO 3166-1 code of two letters, as often as people live there (GeoNames)."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(vocabulary.words("country_codes", "code"), **options)


class CurrencyCode(Vocabulary):
    """A currency by its ISO 4217 code, as often as it is traded (Bank for International Settlements, Triennial Survey of 2022)."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(vocabulary.words("currencies", "code"), **options)


class JobTitle(Vocabulary):
    """What somebody does for a living.

    locale : in which language; English if None
    """

    def __init__(self, *, locale: str | None = None, **options: Unpack[Options]) -> None:
        known = locale_of("JobTitle", locale)
        super().__init__(known.jobs if known else vocabulary.words("job_titles", "title"), **options)


class MimeType(Vocabulary):
    """The media type of a file that is uploaded, such as `image/jpeg` (names of IANA's registry; the weights are estimates)."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(vocabulary.words("mime_types", "type"), **options)


class UserAgent(Vocabulary):
    """What a browser calls itself, of those that were current in 2024 (the forms are the vendors'; the weights are estimates)."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(vocabulary.words("user_agents", "user_agent"), **options)
