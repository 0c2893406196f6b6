"""The 22 questions of TPC-H, asked of `examples/tpch.py` in DuckDB: every one has an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import colgen
from tests.support import ROOT

pytestmark = pytest.mark.thorough

REVENUE = "l_extendedprice * (1 - l_discount)"

QUESTIONS = {
    1: f"""SELECT l_returnflag, l_linestatus, sum(l_quantity), sum(l_extendedprice), sum({REVENUE}), sum({REVENUE} * (1 + l_tax)), avg(l_discount), count(*)
        FROM lineitem WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAY GROUP BY ALL ORDER BY ALL""",
    2: """WITH offers AS (
            SELECT * FROM partsupp JOIN supplier ON s_suppkey = ps_suppkey JOIN nation ON n_nationkey = s_nationkey
            JOIN region ON r_regionkey = n_regionkey WHERE r_name = 'EUROPE')
        SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr FROM offers JOIN part ON p_partkey = ps_partkey
        WHERE p_size = 15 AND p_type LIKE '%BRASS' AND ps_supplycost = (SELECT min(ps_supplycost) FROM offers AS other WHERE other.ps_partkey = p_partkey)
        ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100""",
    3: f"""SELECT l_orderkey, sum({REVENUE}) AS revenue, o_orderdate FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey
        WHERE c_mktsegment = 'BUILDING' AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
        GROUP BY l_orderkey, o_orderdate ORDER BY revenue DESC LIMIT 10""",
    4: """SELECT o_orderpriority, count(*) FROM orders WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-10-01'
        AND EXISTS (FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate) GROUP BY ALL ORDER BY ALL""",
    5: f"""SELECT n_name, sum({REVENUE}) AS revenue FROM customer JOIN orders ON o_custkey = c_custkey JOIN lineitem ON l_orderkey = o_orderkey
        JOIN supplier ON s_suppkey = l_suppkey AND s_nationkey = c_nationkey JOIN nation ON n_nationkey = s_nationkey
        JOIN region ON r_regionkey = n_regionkey WHERE r_name = 'ASIA' AND year(o_orderdate) = 1994 GROUP BY ALL ORDER BY revenue DESC""",
    6: """SELECT sum(l_extendedprice * l_discount) FROM lineitem WHERE year(l_shipdate) = 1994 AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24
        HAVING count(*) > 0""",
    7: f"""SELECT supplies.n_name, buys.n_name, year(l_shipdate), sum({REVENUE}) FROM lineitem JOIN orders ON o_orderkey = l_orderkey
        JOIN customer ON c_custkey = o_custkey JOIN supplier ON s_suppkey = l_suppkey
        JOIN nation AS supplies ON supplies.n_nationkey = s_nationkey JOIN nation AS buys ON buys.n_nationkey = c_nationkey
        WHERE (supplies.n_name, buys.n_name) IN (('FRANCE', 'GERMANY'), ('GERMANY', 'FRANCE')) AND year(l_shipdate) IN (1995, 1996)
        GROUP BY ALL ORDER BY ALL""",
    8: f"""SELECT year(o_orderdate), sum(CASE WHEN supplies.n_name = 'BRAZIL' THEN {REVENUE} ELSE 0 END) / sum({REVENUE})
        FROM part JOIN lineitem ON l_partkey = p_partkey JOIN orders ON o_orderkey = l_orderkey JOIN customer ON c_custkey = o_custkey
        JOIN nation AS buys ON buys.n_nationkey = c_nationkey JOIN region ON r_regionkey = buys.n_regionkey
        JOIN supplier ON s_suppkey = l_suppkey JOIN nation AS supplies ON supplies.n_nationkey = s_nationkey
        WHERE r_name = 'AMERICA' AND p_type = 'ECONOMY ANODIZED STEEL' AND year(o_orderdate) IN (1995, 1996) GROUP BY ALL ORDER BY ALL""",
    9: f"""SELECT n_name, year(o_orderdate), sum({REVENUE} - ps_supplycost * l_quantity) FROM part JOIN lineitem ON l_partkey = p_partkey
        JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey JOIN orders ON o_orderkey = l_orderkey
        JOIN supplier ON s_suppkey = l_suppkey JOIN nation ON n_nationkey = s_nationkey WHERE p_name LIKE '%green%' GROUP BY ALL ORDER BY ALL""",
    10: f"""SELECT c_custkey, c_name, sum({REVENUE}) AS lost, c_acctbal, n_name, c_phone FROM customer JOIN orders ON o_custkey = c_custkey
        JOIN lineitem ON l_orderkey = o_orderkey JOIN nation ON n_nationkey = c_nationkey
        WHERE o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1994-01-01' AND l_returnflag = 'R' GROUP BY ALL ORDER BY lost DESC LIMIT 20""",
    11: """WITH stock AS (
            SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS worth FROM partsupp JOIN supplier ON s_suppkey = ps_suppkey
            JOIN nation ON n_nationkey = s_nationkey WHERE n_name = 'GERMANY' GROUP BY ALL)
        FROM stock WHERE worth > (SELECT sum(worth) * 0.001 FROM stock) ORDER BY worth DESC""",
    12: """SELECT l_shipmode, count(*) FILTER (o_orderpriority IN ('1-URGENT', '2-HIGH')), count(*) FROM orders JOIN lineitem ON l_orderkey = o_orderkey
        WHERE l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate AND year(l_receiptdate) = 1994
        GROUP BY ALL ORDER BY ALL""",
    13: """SELECT placed, count(*) AS customers FROM (
            SELECT c_custkey, count(o_orderkey) AS placed FROM customer LEFT JOIN orders ON o_custkey = c_custkey AND o_comment NOT LIKE '%special%requests%'
            GROUP BY ALL) GROUP BY ALL ORDER BY customers DESC, placed DESC""",
    14: f"""SELECT 100 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN {REVENUE} ELSE 0 END) / sum({REVENUE}) FROM lineitem JOIN part ON p_partkey = l_partkey
        WHERE l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01' HAVING count(*) FILTER (p_type LIKE 'PROMO%') > 0""",
    15: f"""WITH earned AS (
            SELECT l_suppkey, sum({REVENUE}) AS revenue FROM lineitem WHERE l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-04-01' GROUP BY ALL)
        SELECT s_suppkey, s_name, s_address, s_phone, revenue FROM supplier JOIN earned ON l_suppkey = s_suppkey
        WHERE revenue = (SELECT max(revenue) FROM earned) ORDER BY s_suppkey""",
    16: """SELECT p_brand, p_type, p_size, count(DISTINCT ps_suppkey) AS suppliers FROM partsupp JOIN part ON p_partkey = ps_partkey
        WHERE p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)
        AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
        GROUP BY ALL ORDER BY suppliers DESC, p_brand, p_type, p_size""",
    17: """SELECT sum(l_extendedprice) / 7.0 FROM lineitem JOIN part ON p_partkey = l_partkey WHERE p_brand = 'Brand#23' AND p_container = 'MED BOX'
        AND l_quantity < (SELECT 0.2 * avg(l_quantity) FROM lineitem WHERE l_partkey = p_partkey) HAVING count(*) > 0""",
    18: """SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) FROM customer JOIN orders ON o_custkey = c_custkey
        JOIN lineitem ON l_orderkey = o_orderkey GROUP BY ALL HAVING sum(l_quantity) > 300 ORDER BY o_totalprice DESC, o_orderdate LIMIT 100""",
    19: f"""SELECT sum({REVENUE}) FROM lineitem JOIN part ON p_partkey = l_partkey WHERE l_shipmode IN ('AIR', 'AIR REG') AND l_shipinstruct = 'DELIVER IN PERSON'
        AND (p_brand = 'Brand#12' AND p_container LIKE 'SM %' AND l_quantity BETWEEN 1 AND 11 AND p_size BETWEEN 1 AND 5
            OR p_brand = 'Brand#23' AND p_container LIKE 'MED %' AND l_quantity BETWEEN 10 AND 20 AND p_size BETWEEN 1 AND 10
            OR p_brand = 'Brand#34' AND p_container LIKE 'LG %' AND l_quantity BETWEEN 20 AND 30 AND p_size BETWEEN 1 AND 15) HAVING count(*) > 0""",
    20: """SELECT s_name, s_address FROM supplier JOIN nation ON n_nationkey = s_nationkey WHERE n_name = 'CANADA' AND s_suppkey IN (
            SELECT ps_suppkey FROM partsupp WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%') AND ps_availqty > (
                SELECT 0.5 * sum(l_quantity) FROM lineitem WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey AND year(l_shipdate) = 1994))
        ORDER BY s_name""",
    21: """SELECT s_name, count(*) AS waited FROM supplier JOIN nation ON n_nationkey = s_nationkey JOIN lineitem AS late ON late.l_suppkey = s_suppkey
        JOIN orders ON o_orderkey = late.l_orderkey
        WHERE n_name = 'SAUDI ARABIA' AND o_orderstatus = 'F' AND late.l_receiptdate > late.l_commitdate
        AND EXISTS (FROM lineitem AS other WHERE other.l_orderkey = late.l_orderkey AND other.l_suppkey <> late.l_suppkey)
        AND NOT EXISTS (FROM lineitem AS other WHERE other.l_orderkey = late.l_orderkey AND other.l_suppkey <> late.l_suppkey
            AND other.l_receiptdate > other.l_commitdate)
        GROUP BY s_name ORDER BY waited DESC, s_name LIMIT 100""",
    22: """WITH called AS (SELECT *, c_phone[:2] AS code FROM customer WHERE c_phone[:2] IN ('13', '31', '23', '29', '30', '18', '17'))
        SELECT code, count(*), sum(c_acctbal) FROM called WHERE c_acctbal > (SELECT avg(c_acctbal) FROM called WHERE c_acctbal > 0)
        AND NOT EXISTS (FROM orders WHERE o_custkey = c_custkey) GROUP BY ALL ORDER BY ALL""",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A tenth of TPC-H's smallest official size: 600,000 lines."""
    path: Path = tmp_path_factory.mktemp("tpch") / "shop.duckdb"
    colgen.build(ROOT / "examples" / "tpch.py", volume="medium", out=path)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("USE tpch")
        yield connection


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_an_answer(shop: Any, number: int) -> None:
    assert shop.execute(QUESTIONS[number]).fetchall()


def test_the_answers_are_of_the_size_of_those_that_tpch_expects(shop: Any) -> None:
    rows = {number: len(shop.execute(QUESTIONS[number]).fetchall()) for number in (1, 4, 5, 7, 8, 10, 12, 22)}
    assert rows == {1: 4, 4: 5, 5: 5, 7: 4, 8: 2, 10: 20, 12: 2, 22: 7}
    (promoted,) = shop.execute(QUESTIONS[14]).fetchone()
    assert 14 < promoted < 19  # of six kinds of parts one is promoted
    assert {row[0] for row in shop.execute(QUESTIONS[13]).fetchall()[:1]} == {0}  # a third of the customers never orders


def test_money_adds_up(shop: Any) -> None:
    charged = "sum(l_extendedprice * (1 - l_discount) * (1 + l_tax))"
    query = f"""SELECT count(*) FROM (SELECT o_totalprice, {charged} AS charged, count(*) AS lines FROM orders JOIN lineitem ON l_orderkey = o_orderkey
        GROUP BY o_orderkey, o_totalprice) WHERE abs(o_totalprice - charged) > 0.01 * lines"""
    assert shop.execute(query).fetchone() == (0,)
