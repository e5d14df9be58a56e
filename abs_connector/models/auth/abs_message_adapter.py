"""One-time codes with which a person chooses the own password (docs/contract.md 1.29).

Whoever sets somebody's password knows it. An invitation goes to the person's own mail
instead: who asks for it learns nothing. Works for every model with the columns of
``abs.credential.mixin`` and ``partner_id``.

How it travels is an adapter's matter: a model that inherits ``abs.message.adapter``. Mail
is the one there is.
"""

from odoo import api, models


class MessageAdapter(models.AbstractModel):
    """How a message of ours reaches a person: one model per way."""

    _name = "abs.message.adapter"
    _description = "Way to reach a person"

    #: the lowest that has an address is taken
    _rank = 100

    @api.model
    def _address(self, holder):
        """Return where this way reaches the person of a log-in, False if it does not."""
        return False

    @api.model
    def _send(self, invitation, subject, lines):
        """Send the lines to ``invitation.address``; they may hold a secret."""
        raise NotImplementedError
