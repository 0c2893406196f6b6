"""Reviews of what was bought."""

import numpy as np
import pyarrow as pa

from colgen import (
    Boolean,
    Coded,
    FanOut,
    ForeignKey,
    Grouped,
    Integer,
    Key,
    Lookup,
    ParentKey,
    String,
    Table,
    Timestamp,
    WordBytes,
    column,
    either,
    spell,
)
from colgen.models.ecommerce.customers import RawCustomers
from colgen.models.ecommerce.items import RawOrderItems
from colgen.models.ecommerce.lists import LISTS
from colgen.models.ecommerce.orders import RawOrders
from colgen.models.ecommerce.products import SHORT_KINDS, RawProducts

NO_KIND = len(SHORT_KINDS)


def by_rating(name, field="text"):
    """The texts of a file, grouped by rating."""
    source = LISTS.table(name)
    ordered = source.take(pa.array(np.argsort(source["rating"].to_numpy(), kind="stable")))
    return Grouped(name, ordered[field].combine_chunks(), ordered["rating"].to_numpy() - 1)


TITLES, OPENINGS = by_rating("review_titles", "title"), by_rating("review_openings")
DETAILS, CLOSINGS = by_rating("review_details"), by_rating("review_closings")
_openings = [opening.partition("{kind}") for opening in OPENINGS.type.words.to_pylist()]
OPENING_BEFORE = WordBytes(pa.array([before for before, _, _ in _openings]))
OPENING_AFTER = WordBytes(pa.array([after for _, _, after in _openings]))
NAMES_KIND = np.array([bool(mark) for _, mark, _ in _openings])
KIND_WORDS = WordBytes(pa.array([*SHORT_KINDS, ""]))
DETAIL_WORDS, CLOSING_WORDS = WordBytes(DETAILS.type.words), WordBytes(CLOSINGS.type.words)

# The cumulated shares of ratings 1 to 5 by the quality of the product; of all products together, 6, 5, 11, 26 and 52 %.
_low, _high = np.array([14, 10, 18, 27, 31]), np.array([1, 1, 4, 24, 70])
RATING_UNTIL = np.cumsum([_low + (_high - _low) * quality / 9 for quality in range(10)], axis=1) / 100


class RawReviews(Table):
    """A review of a product by a customer."""

    rows = FanOut(RawOrderItems, "reviews")

    review_id = Key()
    item = ParentKey(RawOrderItems, hidden=True)
    unproved = column(Boolean, hidden=True)(lambda draw: draw.chance(0.04))

    @column(ForeignKey(RawProducts))
    def product_id(product=RawOrderItems.product_id):
        """The product that was bought."""
        return product

    @column(ForeignKey(RawCustomers))
    def customer_id(customer=RawOrderItems.customer):
        """The customer who bought it."""
        return customer

    @column(ForeignKey(RawOrders), nullable=True)
    def order_id(unproved, order=RawOrderItems.order_id):
        """The order in which it was bought; missing if the purchase is not verified."""
        return np.ma.array(order, mask=unproved)

    @column(Integer)
    def rating(draw, quality=RawProducts.quality.via("product_id")):
        """1 to 5, usually 4 or 5; depends on the quality of the product."""
        chance = draw.uniform()
        return 1 + sum((chance > RATING_UNTIL[quality, below]).astype(np.int64) for below in range(4))

    @column(TITLES.type)
    def title(draw, rating):
        """Matches the rating."""
        return TITLES.pick(draw, rating - 1)

    kind = Lookup(RawProducts.kind, via="product_id", hidden=True)
    opening = column(OPENINGS.type, hidden=True)(lambda draw, rating: OPENINGS.pick(draw, rating - 1))
    detail = column(DETAILS.type, hidden=True)(lambda draw, rating: DETAILS.pick(draw, rating - 1))
    closing = column(CLOSINGS.type, hidden=True)(lambda draw, rating: CLOSINGS.pick(draw, rating - 1))

    @column(String)
    def review_text(opening, detail, closing, kind):
        """Matches the rating; sometimes names the kind of product."""
        named = either(NAMES_KIND[opening], kind, NO_KIND)
        parts = [Coded(OPENING_BEFORE, opening), Coded(KIND_WORDS, named), Coded(OPENING_AFTER, opening)]
        return spell([*parts, " ", Coded(DETAIL_WORDS, detail), " ", Coded(CLOSING_WORDS, closing)], len(opening))

    @column(Boolean)
    def verified_purchase(unproved):
        """True for all but one in 25."""
        return ~unproved

    @column(Integer)
    def helpful_votes(draw):
        """0 for most reviews, hundreds for a few."""
        chance = draw.uniform()
        return np.minimum(0.35 / chance, 900.0).astype(np.int64)

    @column(Timestamp)
    def review_ts(at=RawOrderItems.reviewed_at):
        """Within three weeks of the delivery."""
        return at
