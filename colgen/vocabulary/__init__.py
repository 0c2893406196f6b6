"""Vocabulary to draw from: names, places, streets and products. Files are read once and kept as arrays.

| name | contents |
|---|---|
| `words("first_names", "name")` | a shipped list with its weights, for `Vocabulary` |
| `table("states")`, `column("states", "name")` | a shipped file as an Arrow table, or one of its columns |
| `Lists(folder)` | the same for a folder of your own: the vocabulary of a model is kept beside the model |
| `distinct(texts)` | a type and codes for texts that repeat |
| `united_states()` | the United States by ZIP code |
| `world()` | ten countries, with names, streets, cities, postal codes and telephone numbers that match |
| `locale("de")` | names, places, streets and companies of 49 languages and countries, where Mimesis is installed |
| `Patterns` | texts such as telephone numbers, with random digits and letters |
| `goods` | products: kinds, brands and series by category |
"""

from __future__ import annotations

from colgen.vocabulary.locales import Locale, locale
from colgen.vocabulary.patterns import Patterns
from colgen.vocabulary.readers import SHIPPED, Lists, column, distinct, table, words
from colgen.vocabulary.united_states import UnitedStates, united_states
from colgen.vocabulary.world import World, world

__all__ = [
    "SHIPPED",
    "Lists",
    "Locale",
    "Patterns",
    "UnitedStates",
    "World",
    "column",
    "distinct",
    "locale",
    "table",
    "united_states",
    "words",
    "world",
]
