"""A share of a build: some of its tasks, to be made alone, anywhere, without knowing of the others."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from colgen.errors import RequestError

MOST_SHARES = 1_000_000


class Share(BaseModel):
    """One of several shares of a build, which together are the whole.

    number : which one, from 1
    of : how many there are

    >>> Share.parse("3/8")
    Share(number=3, of=8)
    >>> [Share(number=number, of=3).among(10) for number in (1, 2, 3)]
    [slice(0, 3, None), slice(3, 6, None), slice(6, 10, None)]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[int, Field(ge=1)]
    of: Annotated[int, Field(ge=1, le=MOST_SHARES)]

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.number > self.of:
            raise ValueError(f"there is no share {self.number} of {self.of}")
        return self

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: object, option: str = "part") -> Share:
        """Reads "3/8": the third of eight. RequestError for anything else.

        option : how whoever asks spells it
        """
        numbers = re.fullmatch(r"(\d{1,7})/(\d{1,7})", text.strip(), re.ASCII) if isinstance(text, str) else None
        if numbers is None or not 1 <= int(numbers[1]) <= int(numbers[2]) <= MOST_SHARES:
            shown = text if isinstance(text, str) and len(text) < 100 else type(text).__name__
            raise RequestError(
                f"{option} = {shown!r}: it must be K/N, such as 3/8 for the third of eight shares; N is at most {MOST_SHARES:,}"
            )
        return cls(number=int(numbers[1]), of=int(numbers[2]))

    @property
    def folder(self) -> str:
        """What its folder is called, beside those of the others."""
        return f"part-{self.number}-of-{self.of}"

    def among(self, tasks: int) -> slice:
        """Which tasks are its own, in order: what lies before a task is counted once for all of them."""
        return slice(tasks * (self.number - 1) // self.of, tasks * self.number // self.of)
