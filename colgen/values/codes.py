"""Codes: fixed lists of words, declared as a class with a number for each word."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from colgen.errors import ModelError
from colgen.values.types import Categorical


class Codes:
    """A fixed list of words, such as the states of an order, with a number for each: 0, 1, 2 … in the order of their declaration.

    A subclass annotates each word with `int`, or with `Annotated[int, word]` if the word is not a name in Python. Each name is then a plain
    integer, with which column functions compute; `type` is the type of their column, and `words` are the words in order. The class option
    `sql` is the type in SQL, "VARCHAR" by default.

    Raises ModelError for another annotation, a word that occurs twice or does not fit the type in SQL, or no words at all.

    >>> class Status(Codes):
    ...     pending: int
    ...     delivered: int
    ...     back: Annotated[int, "on its way back"]
    >>> Status.delivered, Status.words
    (1, ('pending', 'delivered', 'on its way back'))
    >>> import numpy as np
    >>> Status.type.to_arrow(np.array([Status.back, Status.pending])).to_pylist()
    ['on its way back', 'pending']
    """

    type: ClassVar[Categorical]
    words: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, sql: str = "VARCHAR", **options: Any) -> None:
        super().__init_subclass__(**options)
        words = {
            name: _word(cls, name, hint) for name, hint in get_type_hints(cls, include_extras=True).items() if name in cls.__annotations__
        }
        if not words or {"type", "words"} & words.keys():
            raise ModelError(f"{cls.__name__}: annotate at least one word, and none as 'type' or 'words'; for those words, use Annotated")
        if len(set(words.values())) < len(words):
            raise ModelError(f"{cls.__name__}: a word occurs twice")
        for code, name in enumerate(words):
            setattr(cls, name, code)
        cls.words = tuple(words.values())
        try:
            cls.type = Categorical(cls.words, sql)
        except ValueError as error:
            raise ModelError(f"{cls.__name__}: {error}") from error


def _word(cls: type[Codes], name: str, hint: Any) -> str:
    if hint is int:
        return name
    if get_origin(hint) is Annotated and get_args(hint)[0] is int and isinstance(get_args(hint)[1], str):
        return str(get_args(hint)[1])
    raise ModelError(f"{cls.__name__}.{name} must be annotated as int, or as Annotated[int, 'its word']")
