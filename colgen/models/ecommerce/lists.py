"""The shop's own vocabulary: subcategories, attributes, devices, channels, pages, searches and reviews."""

from pathlib import Path

from colgen import vocabulary

LISTS = vocabulary.Lists(Path(__file__).with_name("data"))
