"""Every error in a file is named by its file, line and key, whatever the file holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colgen import RequestError
from colgen.scenario.scenario import Scenario, problems
from tests.scenario.post import POST, write_file
from tests.support import ROOT


def wrong(folder: Path, text: str | bytes) -> list[str]:
    """The mistakes of a file without its folder."""
    return [one.replace(f"{folder}/", "") for one in problems(write_file(folder, text), POST)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("anomaly_rat: 0.1", "my.yaml:1: key 'anomaly_rat': unknown key; did you mean 'anomaly_rate'?"),
        ("\n\nrates:\n  lots: 0.1\n", "my.yaml:4: key 'rates.lots': no model has a rate 'lots'; did you mean 'lost'?"),
        ("settings: {parcel: 1}", "my.yaml:1: key 'settings.parcel': no model has a setting 'parcel'; did you mean 'parcels'?"),
        ("multiply: {parcel: 1}", "my.yaml:1: key 'multiply.parcel': no model has a setting 'parcel'; did you mean 'parcels'?"),
        ("shares:\n  sice: {box: 1}", "my.yaml:2: key 'shares.sice': no model has a group of shares 'sice'; did you mean 'size'?"),
        ("shares:\n  size:\n    bax: 1", "my.yaml:3: key 'shares.size.bax': 'bax' is not one of its words; did you mean 'box'?"),
        ("anomaly_mix: {torm: 1}", "my.yaml:1: key 'anomaly_mix.torm': no model has a kind of anomaly 'torm'; did you mean 'torn'?"),
        ("models:\n  post:\n    rates:\n      lots: 0.1", "my.yaml:4: key 'models.post.rates.lots': model post has no rate 'lots'; did you mean"),
        ("models:\n  invoicing:\n    rates: {lost: 0.1}", "my.yaml:3: key 'models.invoicing.rates.lost': model invoicing has no rate 'lost'"),
        ("models:\n  invoicing:\n    settings: {invoice: 1}", "my.yaml:3: key 'models.invoicing.settings.invoice': model invoicing has no setting"),
        ("models: {invocing: {anomaly_rate: 0.1}}", "my.yaml:1: key 'models.invocing': unknown model; did you mean 'invoicing'?"),
        ("models: {invoicing: {anomaly_rate: 0.1}}", "my.yaml:1: key 'models.invoicing.anomaly_rate': the model has no anomalies"),
        ("models: {post: {rate: {lost: 1}}}", "my.yaml:1: key 'models.post.rate': unknown key; did you mean 'rates'?"),
        ("models: {post: {extends: normal-ops}}", "my.yaml:1: key 'models.post.extends': unknown key; available: settings,"),
        ("models: {post: 3}", "my.yaml:1: key 'models.post': 3 is invalid; it must be a mapping with keys such as settings, multiply,"),
        ("time: {growht: 1}", "my.yaml:1: key 'time.growht': unknown key; did you mean 'growth'?"),
        ("time:\n  bursts:\n    - {from: 1, dais: 1, days: 1, times: 1}", "my.yaml:3: key 'time.bursts.dais': unknown key; did you mean 'days'"),
        ("time:\n  bursts:\n    - from: 1\n      times: 1", "my.yaml:3: key 'time.bursts.days': this key is required"),
        ("time: {outages: [{from: 1, days: 1, times: 1}]}", "my.yaml:1: key 'time.outages.times': unknown key; available: from, days"),
        ("time: {outages: 5}", "my.yaml:1: key 'time.outages': 5 is invalid; it must be a list"),
        ("time: {outages: [5]}", "my.yaml:1: key 'time.outages': 5 is invalid; it must be a mapping with keys such as from, days"),
        ("time: often", "my.yaml:1: key 'time': 'often' is invalid; it must be a mapping"),
        ("anomaly_rate: 3x", "my.yaml:1: key 'anomaly_rate': '3x' is invalid; it must be a probability, from 0 to 1"),
        ("anomaly_rate: true", "my.yaml:1: key 'anomaly_rate': true is invalid; it must be a probability"),
        ("anomaly_rate: yes", "my.yaml:1: key 'anomaly_rate': 'yes' is invalid; it must be a probability"),
        ("anomaly_rate: .nan", "my.yaml:1: key 'anomaly_rate': nan is invalid"),
        ("anomaly_rate: .inf", "my.yaml:1: key 'anomaly_rate': inf is invalid"),
        ("anomaly_rate: 1e999", "my.yaml:1: key 'anomaly_rate': inf is invalid"),
        ("anomaly_rate: 1.5", "my.yaml:1: key 'anomaly_rate': 1.5 is invalid; it must be a probability"),
        ("anomaly_rate: '0.5'", "my.yaml:1: key 'anomaly_rate': '0.5' is invalid"),
        ("rates: {lost: -0.1}", "my.yaml:1: key 'rates.lost': -0.1 is invalid; it must be a probability"),
        ("rates: [1]", "my.yaml:1: key 'rates': [1] is invalid; it must be a mapping of names to values"),
        ("settings: {parcels: 1.5}", "my.yaml:1: key 'settings.parcels': 1.5 is invalid; it must be a whole number"),
        ("settings: {parcels: true}", "my.yaml:1: key 'settings.parcels': true is invalid; it must be a whole number"),
        ("settings: {parcels: -1}", "my.yaml:1: key 'settings.parcels': -1 is invalid; it must be a whole number, 0 or more"),
        ("settings: {parcels: " + "9" * 5000 + "}", "my.yaml:1: key 'settings.parcels': inf is invalid; it must be a whole number"),
        ("settings: {7: 1}", "my.yaml:1: key 'settings': 7 is invalid; it must be text"),
        ("multiply: {parcels: 0}", "my.yaml:1: key 'multiply.parcels': 0 is invalid; it must be a factor above 0"),
        ("shares: {size: {letter: 0.5, box: 0.4}}", "my.yaml:1: key 'shares.size': the shares add up to 0.9; they must add up to 1"),
        ("shares: {size: {letter: 1.5, box: -0.5}}", "my.yaml:1: key 'shares.size': 1.5 is invalid; it must be a share from 0 to 1 (of 'letter')"),
        ("shares: {size: 1}", "my.yaml:1: key 'shares.size': 1 is invalid; it must be a share for each word"),
        ("anomaly_mix: {torn: 0.5}", "my.yaml:1: key 'anomaly_mix': the shares add up to 0.5; they must add up to 1"),
        ("time: {growth: -1}", "my.yaml:1: key 'time.growth': -1 is invalid; it must be above -1"),
        ("time: {weekday: [1, 1, 1]}", "my.yaml:1: key 'time.weekday': it has 3 values; it must be 7 factors from Monday to Sunday"),
        ("time: {weekday: [0, 0, 0, 0, 0, 0, 0]}", "my.yaml:1: key 'time.weekday': all factors are 0"),
        ("time: {weekday: [1, 1, 1, 1, x, 1, 1]}", "my.yaml:1: key 'time.weekday': 'x' is invalid; it must be a factor"),
        ("time: {weekday: {fryday: 1}}", "my.yaml:1: key 'time.weekday': 'fryday' is not a day of the week; did you mean 'friday'?"),
        ("time: {weekday: {friday: 1}}", "my.yaml:1: key 'time.weekday': all seven days are needed, but monday, tuesday,"),
        ("time: {weekday: busy}", "my.yaml:1: key 'time.weekday': 'busy' is invalid; it must be 7 factors"),
        ("time: {hours: [1]}", "my.yaml:1: key 'time.hours': it has 1 value; it must be 24 factors"),
        ("time: {month: {13: 1}}", "my.yaml:1: key 'time.month': 13 is not a month; it must be a number from 1 to 12"),
        ("time: {month: {1: -1}}", "my.yaml:1: key 'time.month': -1 is invalid; it must be a factor"),
        ("time: {month: [1]}", "my.yaml:1: key 'time.month': [1] is invalid; it must be a factor for each month's number"),
        ("time: {holiday: -1}", "my.yaml:1: key 'time.holiday': -1 is invalid; it must be a factor"),
        ("time: {outages: [{from: 0, days: 1}]}", "my.yaml:1: key 'time.outages.from': 0 is invalid; it must be a day such as 2024-12-31, or a number"),
        ("time: {outages: [{from: 2024-02-30, days: 1}]}", "my.yaml:1: key 'time.outages.from': '2024-02-30' is invalid; it must be a day"),
        ("time: {outages: [{from: 0024-02-20, days: 1}]}", "my.yaml:1: key 'time.outages.from': 0024-02-20 is invalid; it must be a day"),
        ("time: {outages: [{from: 3, days: 0}]}", "my.yaml:1: key 'time.outages.days': 0 is invalid; it must be a whole number of days, at least 1"),
        ("name: 2024", "my.yaml:1: key 'name': 2024 is invalid; it must be text; put it in quotes"),
        ("name: '  '", "my.yaml:1: key 'name': '  ' is invalid; it must be a name"),
        ("extends: normal-op", "my.yaml:1: key 'extends': there is no scenario 'normal-op'; did you mean 'normal-ops'?"),
        ("extends: 5", "my.yaml:1: key 'extends': 5 is invalid; it must be text"),
        ("rates:\nanomaly_rate: 0.1", "my.yaml:1: key 'rates': it has no value; give it one, or remove the key"),
        ("rates: {}", "my.yaml:1: key 'rates': it has no value"),
        ("rates: {lost: ~}", "my.yaml:1: key 'rates.lost': it has no value"),
        ("time: {bursts: [{from: 1, times: 2, days: }]}", "my.yaml:1: key 'time.bursts.days': it has no value"),
        ("anomaly_rate: 0.1\nanomaly_rate: 0.2", "my.yaml:2: key 'anomaly_rate': duplicate key; first defined on line 1"),
        ("rates:\n  lost: 0.1\n  lost: 0.2", "my.yaml:3: key 'rates.lost': duplicate key; first defined on line 2"),
        ("rates:\n  lost: &a 0.1", "my.yaml:2: key 'rates.lost': anchors and aliases such as &a are not allowed; to share values, use extends"),
        ("anomaly_rate: !!python/name:os.system x", "my.yaml:1: key 'anomaly_rate': tags such as tag:yaml.org,2002:python/name:os.system are not allowed"),
        ("anomaly_rate: 0.1\n---\nanomaly_rate: 0.2", "my.yaml:2: a second document starts here"),
        ("- 1\n- 2", "my.yaml:1: a scenario must consist of keys and values"),
        ("just words", "my.yaml:1: a scenario must consist of keys and values"),
        ("", "my.yaml:1: the file is empty; state what differs, such as extends: normal-ops"),
        ("# nothing yet\n", "my.yaml:1: the file is empty"),
        ("---\n", "my.yaml:1: the file is empty"),
        ("? [a, b]\n: 1", "my.yaml:1: a key must be a word"),
        ("a: [1, 2\nb: 3", "my.yaml:2: not valid YAML: expected ',' or ']'"),
        ("\n\trates: 1", "my.yaml:2: not valid YAML: found character '\\t'"),
        ("name: x\ndescription: \x01", "my.yaml:2: not a text file: it contains a control character"),
        ('name: "\\UFFFFFFFF"', "my.yaml:1: not valid YAML: a character or number is out of range"),
        ('name: x\ndescription: "\\uD800"', "my.yaml:2: key 'description': it contains an unpaired surrogate"),
        (b"name: x\ndescription: caf\xe9", "my.yaml:2: not UTF-8"),
        ("rates: " + "[" * 30, "my.yaml:1: key 'rates': nested more than 10 levels deep"),
        ("description: " + "x" * 70_000, "my.yaml: the file is larger than 64 kB"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_file_line_and_key(tmp_path: Path, text: str | bytes, message: str) -> None:
    (found,) = wrong(tmp_path, text)
    assert found.startswith(message)
    with pytest.raises(RequestError, match=re.escape(message)):
        Scenario.read(tmp_path / "my.yaml", POST)


def test_all_mistakes_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    found = wrong(tmp_path, "anomaly_rate: 3\nrates:\n  lost: x\n  lost: 0.1\ntime:\n  growht: 1\n  growth: &a 2\n")
    assert [int(one.split(":")[1]) for one in found] == [1, 3, 4, 6, 7]
    with pytest.raises(RequestError, match=r"my.yaml:1: key 'anomaly_rate'.*\(and 4 more: colgen validate "):
        Scenario.read(tmp_path / "my.yaml", POST)


def test_a_wrong_value_does_not_hide_a_wrong_name(tmp_path: Path) -> None:
    found = wrong(tmp_path, "rates:\n  lots: 1\n  late: 5\n  7: 0.1\nshares:\n  size: 3\nmodels:\n  post:\n    rates:\n      lots: x\n")
    assert [int(one.split(":")[1]) for one in found] == [2, 3, 4, 6, 10, 10]


def test_unknown_names_are_all_named(tmp_path: Path) -> None:
    found = wrong(tmp_path, "rates:\n  lots: 1\n  lats: 1\nmodels:\n  post:\n    settings:\n      day: 1\n      parcel: 1")
    assert [int(one.split(":")[1]) for one in found] == [2, 3, 7, 8]


def test_mistakes_of_what_is_extended_are_named_with_their_own_file(tmp_path: Path) -> None:
    write_file(tmp_path, "\nrates: {lots: 1}", "base.yaml")
    assert [one.split(": ")[0] for one in wrong(tmp_path, "extends: base.yaml\nrates: {lats: 1}")] == ["my.yaml:2", "base.yaml:2"]


def test_a_circle_is_named(tmp_path: Path) -> None:
    write_file(tmp_path, "extends: b.yaml", "a.yaml")
    b = write_file(tmp_path, "\nextends: a.yaml", "b.yaml")
    (found,) = problems(tmp_path / "a.yaml")
    assert found == f"{b}:2: key 'extends': circular extends: a.yaml → b.yaml → a.yaml"
    with pytest.raises(RequestError, match="circle"):
        Scenario.read(tmp_path / "a.yaml")


def test_a_file_that_extends_itself_is_a_circle(tmp_path: Path) -> None:
    assert wrong(tmp_path, "extends: my.yaml")[0].endswith("my.yaml → my.yaml")


def test_a_chain_has_an_end(tmp_path: Path) -> None:
    for number in range(30):
        write_file(tmp_path, f"extends: s{number + 1}.yaml", f"s{number}.yaml")
    (found,) = problems(tmp_path / "s0.yaml")
    assert found.endswith("the chain of extends is longer than 20 scenarios")


def test_what_it_extends_must_be_there(tmp_path: Path) -> None:
    assert wrong(tmp_path, "\nextends: gone.yaml")[0].startswith("my.yaml:2: key 'extends': there is no file")
    assert wrong(tmp_path, "extends: " + "x" * 5000 + ".yaml")[0].startswith("my.yaml:1: key 'extends': there is no file")


def test_many_laughs_are_refused_at_once(tmp_path: Path) -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = wrong(tmp_path, text)
    assert "anchors and aliases such as &a" in found[0]
    assert all(one.startswith("my.yaml:") for one in found)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("peak-saison", "there is no scenario 'peak-saison'; did you mean 'peak-season'?"),
        ("", "there is no scenario ''"),
        ("gone.yaml", "gone.yaml: no such file"),
        ("a\0b.yaml", "no such file"),
        ("x" * 5000 + ".yaml", "cannot be read: File name too long"),
    ],
)
def test_a_scenario_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(RequestError, match=re.escape(message)):
        Scenario.read(name)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").mkdir()
    assert problems(tmp_path / "my.yaml") == [f"{tmp_path}/my.yaml: this is a folder; give the path of a .yaml file"]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert wrong(tmp_path, b"\xef\xbb\xbfanomaly_rate: 0.1\r\nname: x\r\n") == []


VALID = (ROOT / "scenarios" / "peak-season.yaml").read_text() + "\ntime:\n  month: {1: 2}\n  outages: [{from: 2024-01-01, days: 3}]\n"


@given(
    st.integers(0, len(VALID)),
    st.integers(0, 12),
    st.text(max_size=3)
    | st.sampled_from(["&a", "*a", "!!x ", "\t", "[", "{", "? ", "---\n", "\n", ": ", "'", '"\\x', "<<: ", "| ", "%YAML 9\n", "true", "~"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_valid_or_explained(tmp_path: Path, place: int, taken: int, put: str) -> None:
    path = write_file(tmp_path, (VALID[:place] + put + VALID[place + taken :]).encode("utf-8", "surrogatepass"))
    found = problems(path)
    assert all(re.match(rf"{re.escape(str(path))}(:\d+)?: ", one) for one in found)
    if found:
        with pytest.raises(RequestError, match=re.escape(found[0])):
            Scenario.read(path)
    else:
        Scenario.read(path)


@given(st.binary(max_size=200))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_explained(tmp_path: Path, data: bytes) -> None:
    assert all(one.startswith(str(tmp_path)) for one in problems(write_file(tmp_path, data)))
