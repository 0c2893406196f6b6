"""A data source of Spark: the tables of a model as DataFrames, made on the executors.

    spark.dataSource.register(colgen.spark.ColgenDataSource)
    spark.read.format("colgen").option("model", "ecommerce").option("volume", "large").load("raw_clickstream")

The driver reads the options, plans and makes nothing; each of Spark's tasks makes the rows of one task of the plan. PySpark is optional, and
only `source` needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colgen.spark.source import ColgenDataSource

__all__ = ["ColgenDataSource"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from colgen.spark import source
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("pyspark"):
            raise
        raise ModuleNotFoundError("a data source of Spark needs PySpark 4: pip install 'colgen[spark]'", name=error.name) from None
    return getattr(source, name)
