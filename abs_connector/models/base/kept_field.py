"""Fields that the addon keeps: no caller of RPC, import or form writes them.

``readonly`` is a word to the web client only: over RPC Odoo takes any value for such a
field, stored computes included. Rules of ours hang on them (who holds a serial, whether
an order is finalized, what state a payment attempt is in), so here it is a law: a stored
field that this addon alone defines and declares ``readonly`` is written by our own code,
which does so in ``sudo``. It takes no default from the context or from a user's own
defaults either. What is written to a computed one is dropped: it follows from others.
"""

from odoo import api, models, tools

from ...exceptions import BusinessError

MAGIC = {"id", *models.LOG_ACCESS_COLUMNS}


class Given(int):
    """The id that code of ours gives to a create which Odoo runs as the user.

    No caller can send one: JSON and XML carry plain numbers.
    """

    @classmethod
    def by(cls, env, value):
        """Return what ``env`` may create with; to the system a number is enough."""
        return value if env.su else cls(value)


class Base(models.AbstractModel):
    _inherit = "base"

    #: kept fields that overrides of ``create`` set as the user, whatever the values say,
    #: or that say nothing which a rule asks for
    _abs_given_at_create = ()

    @api.model
    @tools.ormcache("self._name")
    def _abs_kept_fields(self):
        """Return the names of the fields of this model that the addon keeps."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and field.column_type
            and field.readonly
            and name not in MAGIC
            and tuple(field._modules or ()) == ("abs_connector",)
        )

    @api.model_create_multi
    def create(self, vals_list):
        if kept := self._abs_kept_fields():
            kept -= set(self._abs_given_at_create)
            vals_list = [self._abs_without_kept(v, kept, "create") for v in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and (kept := self._abs_kept_fields() & vals.keys()):
            vals = self._abs_without_kept(vals, kept, "write")
        return super().write(vals)

    @api.model
    def default_get(self, fields_list):
        kept = self._abs_kept_fields().intersection(fields_list)
        values = super().default_get([n for n in fields_list if n not in kept])
        for name in kept:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(
                    field.default(self), self, validate=False
                )
                values[name] = field.convert_to_write(value, self)
        return values

    def _abs_without_kept(self, vals, kept, operation):
        """Return the values without those of computed kept fields.

        :raises BusinessError: ``readonly_field``: there are values of others
        """
        if kept.isdisjoint(vals):
            return vals
        result = {}
        for name, value in vals.items():
            field = self._fields.get(name)
            if isinstance(value, Given):
                result[name] = int(value)
            elif name not in kept or self.env.su:
                result[name] = value
            elif not field.compute and (value or operation == "write"):
                self.check_access(operation)  # who has no right is told that
                raise BusinessError(
                    self.env._(
                        "%(field)s (%(model)s) is kept by the system and not written by "
                        "hand.",
                        field=field._description_string(self.env),
                        model=self._description,
                    ),
                    code="readonly_field",
                    details=[{"field": name}],
                )
        return result
