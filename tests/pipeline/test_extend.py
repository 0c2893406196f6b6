"""A build that is made longer is what a build from scratch over the longer period is."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

import colgen as package
from colgen.declare.clock import DAY
from colgen.declare.model import Model
from colgen.declare.rows import Daily
from colgen.errors import ModelError, RequestError
from colgen.generate.plan import Task, Tasks, cut
from colgen.generate.spec import Spec
from colgen.generate.walk import walk
from colgen.scenario.scenario import Scenario
from colgen.values.types import Date, Timestamp
from tests.pipeline.extending import ERP, assert_same, build, extend
from tests.support import first_of, thorough


class TestTheDistributor:
    @thorough
    @pytest.mark.parametrize(
        ("volume", "scenario", "format", "days"),
        first_of(
            [
                ("small", "warehouse-outage", "parquet", ("2024-01-14", "2024-01-31")),
                ("small", "normal-ops", "parquet", ("2024-01-30", "2024-01-31")),
                ("small", "normal-ops", "csv", ("2024-01-02", "2024-03-05", "2024-12-31")),
                ("small", "warehouse-outage", "parquet", ("2024-01-14", "2024-02-01", "2024-04-01")),
                ("small", "growth-phase", "csv", ("2024-05-31", "2025-03-31")),
                ("small", "payment-crisis", "jsonl", ("2024-04-09", "2024-07-01")),
                ("medium", "normal-ops", "parquet", ("2024-01-31", "2024-03-31")),
                ("medium", "warehouse-outage", "csv", ("2024-01-20", "2024-02-20")),
                ("medium", "anomaly-heavy", "parquet", ("2024-03-31", "2024-04-30")),
            ]
        ),
    )
    def test_extended_is_the_same_as_from_scratch(
        self, tmp_path: Path, target: Path, volume: str, scenario: str, format: str, days: tuple[str, ...]
    ) -> None:
        first, *later = days
        build(ERP, target, first, volume=volume, scenario=scenario, format=format, seed=3)
        for day in later:
            summary = extend(target, day)
            assert summary.added is not None
            assert all(added >= 0 for added in summary.added.values())
            assert summary.added["orders"] > 0
        build(ERP, tmp_path / "scratch" / "data", days[-1], volume=volume, scenario=scenario, format=format, seed=3)
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    @pytest.mark.parametrize("scenario", ["normal-ops", "warehouse-outage", "payment-crisis"])
    def test_what_is_kept_is_the_same_as_from_scratch(
        self, tmp_path: Path, target: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 120_000)
        build(ERP, target, "2024-11-15", volume="small", scenario=scenario)
        kept = [extend(target, day).kept for day in ("2024-11-16", "2024-12-31", "2025-02-11")]
        assert 0 < kept[0] <= kept[1] < kept[2]
        build(ERP, tmp_path / "scratch" / "data", "2025-02-11", volume="small", scenario=scenario)
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    def test_what_was_open_moves_on_and_no_row_goes(self, tmp_path: Path, target: Path) -> None:
        build(ERP, target, "2024-01-20", volume="small")
        shutil.copytree(target, tmp_path / "before")
        extend(target, "2024-02-10")
        found = {one.table: one for one in package.diff(tmp_path / "before", target)}
        assert all(one.gone == 0 for one in found.values())
        assert found["orders"].changed > 0
        assert found["orders"].columns["status"] > 0
        assert found["payments"].columns["paid_at"] > 0
        assert found["shipments"].added > 0

    @pytest.mark.parametrize("scenario", first_of(["warehouse-outage", "normal-ops", "anomaly-heavy", "payment-crisis"]))
    def test_nothing_comes_of_a_day_after_it_has_settled(self, scenario: str) -> None:
        """Every moment that any row of a family speaks of, hidden ones and such as have not happened too."""
        spec = Spec.of(ERP, volume="medium", last_day="2025-06-30", scenario=scenario)
        generation = spec.generation(ERP)
        assert ERP.settles_after is not None
        bound = ERP.settles_after + max((outage.days for outage in generation.scenario.outages), default=0)
        latest = 0.0
        for family in ERP.families:
            if not isinstance(family[0].rows, Daily):
                continue
            day_of = family[0].columns["day"]
            for blocks in walk(generation, family, 1, generation.counts.of(family[0])):
                for table, block in blocks.items():
                    values, rows = (block.values("day"), slice(None)) if table == family[0] else block.parent_values(day_of)
                    day = np.asarray(values)[rows]
                    for column in table.columns.values():
                        if column.type in (Date, Timestamp) and block.count:
                            moment = np.ma.asarray(block.values(column.name)) / (DAY if column.type is Timestamp else 1)
                            happens = np.ma.compressed(np.ma.masked_where(np.ma.getdata(moment) > 10**6, moment - day))  # not in 4,700
                            latest = max(latest, happens.max(initial=0.0))
        assert 100 < latest < bound - 14

    @thorough
    def test_the_longest_outage_is_waited_for(self, tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 30_000)
        outage = {"time": {"outages": [{"from": 5, "days": 80}]}}
        scenario = Scenario.read("normal-ops").derive("standstill", models={"erp": outage})
        build(ERP, target, "2024-10-15", volume="small", scenario=scenario, tables=["orders"])
        build(ERP, tmp_path / "other" / "data", "2024-10-15", volume="small", tables=["orders"])
        assert extend(target, "2024-10-20").kept == 0
        assert extend(tmp_path / "other" / "data", "2024-10-20").kept > 0
        assert extend(target, "2024-11-30").kept == 0  # 294 days less 220 and 80
        assert extend(target, "2024-12-01").kept > 0
        build(ERP, tmp_path / "scratch" / "data", "2024-12-01", volume="small", scenario=scenario, tables=["orders"])
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    def test_some_tables_alone_are_extended_too(self, tmp_path: Path, target: Path) -> None:
        for folder, day in ((target, "2024-01-10"), (tmp_path / "scratch" / "data", "2024-01-25")):
            build(ERP, folder, day, volume="small", tables=["stock_movements", "companies"])
        assert set(extend(target, "2024-01-25").rows) == {"stock_movements", "companies"}
        assert_same(target, tmp_path / "scratch" / "data")

    @thorough
    def test_every_rule_holds_on_what_was_extended(self, target: Path) -> None:
        build(ERP, target, "2024-01-06", volume="small")
        outcomes = extend(target, "2024-01-16", check=True).outcomes
        assert outcomes
        assert all(one.holds for one in outcomes)


class TestTheCut:
    """A short period and a long one are cut at the same roots."""

    def slices(self, spec: Spec, model: Model) -> dict[str, list[Task]]:
        return {family[0].name: list(Tasks((tasks,))) for family, tasks in cut(spec, spec.generation(model))}

    @pytest.mark.parametrize("days", [1, 2, 7, 40, 63, 64, 65, 300])
    @pytest.mark.usefixtures("small_parts")
    def test_of_a_model_of_ones_own(self, desk: Model, days: int) -> None:
        spec = Spec.of(desk, last_day="2025-12-31")
        short = spec.until(str(np.datetime64("2024-01-01") + days - 1))
        found, longer = self.slices(short, desk)["hours"], self.slices(spec, desk)["hours"]
        assert found[:-1] == longer[: len(found) - 1]
        assert found[-1].rows <= longer[len(found) - 1].rows

    @thorough
    @pytest.mark.parametrize("scenario", first_of(["growth-phase", "normal-ops"]))
    @pytest.mark.parametrize("volume", first_of(["small", "large"]))
    def test_of_the_distributor(self, volume: str, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("colgen.generate.plan.PART_BYTES", 40_000)
        spec = Spec.of(ERP, volume=volume, last_day="2024-12-31", scenario=scenario)
        longer = self.slices(spec, ERP)
        for day in ("2024-01-02", "2024-02-29", "2024-07-01"):
            found = self.slices(spec.until(day), ERP)
            assert found["shifts"][:-1] == longer["shifts"][: len(found["shifts"]) - 1]

    def test_of_a_period_beyond_whose_end_not_everything_is_known(self) -> None:
        spec = Spec.of(ERP, volume="small", first_day="2077-06-01", last_day="2077-06-30")  # Ramadan is known until 2077
        assert self.slices(spec, ERP)["shifts"][0].rows == 30


class TestTheSpec:
    def test_it_is_what_the_same_request_with_the_later_day_gives(self) -> None:
        request = dict(volume="medium", scale=2.0, settings={"users": 7}, seed=4, scenario="growth-phase", format="csv", tables=["orders"])
        spec = Spec.of(ERP, last_day="2024-02-10", **request)  # type: ignore[arg-type]
        assert spec.until("2024-08-01") == Spec.of(ERP, last_day="2024-08-01", **request)  # type: ignore[arg-type]
        assert spec.until("2024-08-01").settings["days"] == 214

    @pytest.mark.parametrize("day", ["tomorrow", "2024-02-30", "2201-01-01"])
    def test_no_day_is_refused(self, day: str) -> None:
        with pytest.raises(RequestError):
            Spec.of(ERP).until(day)

    def test_a_model_that_settles_before_the_day_is_over_is_refused(self, desk: Model) -> None:
        with pytest.raises(ModelError, match=r"settles_after must be .* not -1"):
            dataclasses.replace(desk, settles_after=-1)
