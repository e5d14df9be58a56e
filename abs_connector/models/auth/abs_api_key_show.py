"""Keys of integrations: random, stored as a hash, shown once (docs/contract.md 1.14)."""

from odoo import fields, models


class ApiKeyShow(models.TransientModel):
    _name = "abs.api.key.show"
    _description = "New API key"

    name = fields.Char(readonly=True)
    value = fields.Char("Key", readonly=True)
