"""`python -m benchmarks.peer_mimesis ROWS FILE`: the customers table with Mimesis, a row at a time, as its documentation shows."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq
from mimesis import Generic
from mimesis.locales import Locale

BATCH = 10_000


def customer(generic, number):
    first_name, last_name = generic.person.first_name(), generic.person.last_name()
    return {
        "id": number,
        "first_name": first_name,
        "last_name": last_name,
        "name": f"{first_name} {last_name}",
        "email": generic.person.email(),
        "phone": generic.person.phone_number(),
        "street_address": generic.address.address(),
        "city": generic.address.city(),
        "state": generic.address.state(abbr=True),
        "zip_code": generic.address.zip_code(),
        "created_at": generic.datetime.datetime(start=2020, end=2024),
    }


def main(rows, path):
    generic = Generic(Locale.EN, seed=0)
    writer = None
    for low in range(0, rows, BATCH):
        table = pa.Table.from_pylist([customer(generic, number) for number in range(low + 1, min(low + BATCH, rows) + 1)])
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
