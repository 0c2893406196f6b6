"""`python -m benchmarks.peer_faker ROWS FILE`: the customers table with Faker, a row at a time, as its documentation shows."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq
from faker import Faker

BATCH = 10_000


def customer(fake, number):
    first_name, last_name = fake.first_name(), fake.last_name()
    return {
        "id": number,
        "first_name": first_name,
        "last_name": last_name,
        "name": f"{first_name} {last_name}",
        "email": f"{first_name}.{last_name}.{number}@{fake.free_email_domain()}".lower(),
        "phone": fake.phone_number(),
        "street_address": fake.street_address(),
        "city": fake.city(),
        "state": fake.state_abbr(),
        "zip_code": fake.postcode(),
        "created_at": fake.date_time_between("-5y", "now"),
    }


def main(rows, path):
    Faker.seed(0)
    fake = Faker("en_US")
    writer = None
    for low in range(0, rows, BATCH):
        table = pa.Table.from_pylist([customer(fake, number) for number in range(low + 1, min(low + BATCH, rows) + 1)])
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
