"""Numbers in queries. What no column can hold is found nowhere: Django says so for one number, and here for several.

Without this SQLite fails where somebody has put a huge number into a choice of records, or into an address of the desk.
"""

from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import EmptyResultSet, In

LARGEST = 2**63 - 1


def fits(value):
    """Whether a column could hold `value`; what is no number is none of our business."""
    return not isinstance(value, int) or -LARGEST - 1 <= value <= LARGEST


@IntegerField.register_lookup
class NumberIn(In):
    def get_prep_lookup(self):
        return held(super().get_prep_lookup())


@ForeignKey.register_lookup
class RelatedNumberIn(RelatedIn):
    def get_prep_lookup(self):
        return held(super().get_prep_lookup())


@ForeignKey.register_lookup
class RelatedNumberExact(RelatedExact):
    def process_rhs(self, compiler, connection):
        if not fits(self.rhs):
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)


def held(values):
    return [value for value in values if fits(value)] if isinstance(values, list) else values
