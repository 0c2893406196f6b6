"""Words as they may stand in an e-mail address."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colgen.values.text.mailbox import mailbox
from tests.values.text.parts import law, texts


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("O'Brien", "obrien"),
        ("José", "jose"),
        ("Ann Marie", "annmarie"),
        ("Åsa-Lí 2", "asali2"),
        ("日本", ""),
        ("", ""),
        ("ﬁ", "fi"),
        ("Weiß", "weiss"),
        ("Łukasz Małysz", "lukaszmalysz"),
        ("Øyvind Sørensen", "oyvindsorensen"),
        ("Æsop Dæhlie", "aesopdaehlie"),
        ("Œuvre Lœb", "oeuvreloeb"),
        ("Višnjić-Anđelić", "visnjicandelic"),
        ("Yıldız İnönü", "yildizinonu"),
        ("Żółć", "zolc"),
        ("São João", "saojoao"),
        ("Müller", "muller"),
    ],
)
def test_a_mailbox_is_the_plain_letters_of_a_word(word, said):
    assert mailbox(pa.array([word])).to_pylist() == [said]


@law
@given(st.lists(texts, max_size=5))
def test_a_mailbox_holds_nothing_but_ascii_letters_and_digits(words):
    for said in mailbox(pa.array(words, pa.string())).to_pylist():
        assert set(said) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


def test_a_mailbox_of_no_words_is_empty():
    assert mailbox(pa.array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(("word", "said"), [("Đorđe", "dorde"), ("GROẞ", "gross")])
def test_a_mailbox_has_the_capitals_too(word, said):
    assert mailbox(pa.array([word])).to_pylist() == [said]


@law
@given(st.lists(texts, max_size=5))
def test_a_mailbox_of_a_mailbox_is_itself(words):
    once = mailbox(pa.array(words, pa.string()))
    assert mailbox(once).to_pylist() == once.to_pylist()
