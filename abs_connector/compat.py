"""The only module that knows two Odoo series exist."""

from odoo.release import version_info
from odoo.tools import SQL

SERIES = version_info[0]
USER_GROUPS = "group_ids" if SERIES >= 19 else "groups_id"
GROUP_CHOICE = "privilege_id" if SERIES >= 19 else "category_id"
SOL_UOM = "product_uom_id" if SERIES >= 19 else "product_uom"
SOL_TAXES = "tax_ids" if SERIES >= 19 else "tax_id"
NO_NUMBER = False if SERIES >= 19 else "/"
#: A row of stock releases no more than it has reserved itself (stock_quant_reserved.py).
RELEASE_FORGETS = SERIES >= 19

try:
    from odoo.models import Constraint
except ImportError:

    class Constraint:
        """Odoo 19's ``models.Constraint``, as an ``_sql_constraints`` triple on 18."""

        def __init__(self, definition, message=""):
            self.definition, self.message = definition, message

        def __set_name__(self, owner, name):
            own = owner.__dict__.get("_sql_constraints", [])
            triple = (name.removeprefix("_"), self.definition, self.message)
            owner._sql_constraints = [*own, triple]


try:
    from odoo.models import UniqueIndex
except ImportError:

    class UniqueIndex:
        """Odoo 19's ``models.UniqueIndex``; on 18 ``init`` has to make the index.

        For the message it is a constraint without a definition, which is Odoo 18's own
        way of one that an index holds.
        """

        def __init__(self, definition, message=""):
            self.definition, self.message = definition, message

        def __set_name__(self, owner, name):
            own = owner.__dict__.get("_sql_constraints", [])
            triple = (name.removeprefix("_"), "", self.message)
            owner._sql_constraints = [*own, triple]
            indexes = owner.__dict__.get("_abs_indexes", {})
            owner._abs_indexes = {**indexes, triple[0]: self.definition}


def make_unique_indexes(model):
    """Make the ``UniqueIndex``es of a model on 18; called by its ``init``."""
    for name, definition in getattr(type(model), "_abs_indexes", {}).items():
        model.env.cr.execute(
            SQL(
                "CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s %s",
                SQL.identifier(f"{model._table}_{name}"),
                SQL.identifier(model._table),
                SQL(definition),
            )
        )


def move_name(product):
    """Return the vals that a hand-made stock.move of ``product`` needs on 18 only."""
    return {"name": product.display_name} if SERIES < 19 else {}


def move_cost(move):
    """Return what a done stock.move took out of the stock's value (a sudo record)."""
    if SERIES >= 19:
        return abs(move.value)
    return abs(sum(move.stock_valuation_layer_ids.mapped("value")))
