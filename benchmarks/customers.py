"""A user's model of one table of customers, with 11 columns: the same work as `peer_faker` and `peer_mimesis`.

City, state and ZIP code are real combinations, and rows come in order of `created_at`; the peers draw each column alone.
"""

from colgen import CreatedAt, History, Integers, Key, Model, Table, Text, Vocabulary, Volume, column, vocabulary

PLACES = vocabulary.united_states()


class Customers(Table):
    """Who buys: one row a person."""

    rows = Volume("customers")

    id = Key()
    first_name = Vocabulary(vocabulary.words("first_names", "name"))
    last_name = Vocabulary(vocabulary.words("last_names", "name"))
    name = Text("{first_name} {last_name}")

    domain = Vocabulary(vocabulary.words("email_domains", "domain"), hidden=True)
    email = Text("{first_name:mailbox}.{last_name:mailbox}.{id}@{domain}", unique=True)

    area, exchange, line = Integers(201, 989, hidden=True), Integers(200, 999, hidden=True), Integers(0, 9999, hidden=True)
    phone = Text("({area:03d}) {exchange:03d}-{line:04d}")

    house_number = Integers(1, 9999, hidden=True)
    street = Vocabulary(vocabulary.words("streets", "name"), hidden=True)
    street_address = Text("{house_number} {street}")

    zip_code = Vocabulary(PLACES.zip_codes)

    @column(PLACES.cities)
    def city(zip_code):
        return PLACES.city[zip_code]

    @column(PLACES.states)
    def state(zip_code):
        return PLACES.state[zip_code]

    created_at = CreatedAt(History(years_before=4, share_before=0.8))


model = Model("customers", tables=[Customers], volumes={"million": {"customers": 1_000_000}})
