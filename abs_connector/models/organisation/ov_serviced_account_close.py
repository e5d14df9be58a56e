"""An SA ends when nothing is open in it any more (docs/contract.md 1.20)."""

from odoo import models

from ...exceptions import BusinessError
from ..base.domain import all_of

#: how many records of a kind a refusal names
NAMED = 5


class ServicedAccount(models.Model):
    _inherit = "ov.serviced_account"

    def _before_end(self, vals):
        """Refuse to close an SA in which something is open; return whose charge of
        others it was, as ``_charges``: theirs from above, if it moves."""
        closing = self.browse()
        if vals.get("state") == "closed":
            closing = self.filtered(lambda account: account.state != "closed")
        closing._refuse_open()
        ids = closing.ids
        if "parent_id" in vals:
            moving = self.filtered(lambda a: a.parent_id.id != vals["parent_id"])
            ids += list(moving._above_ids() - set(moving.ids))
        if not ids:
            return {}
        trees = [("account_id", "in", ids), ("scope_policy", "=", "sa_tree")]
        return self.env["ov.membership"].sudo().search(trees)._charges()

    def _refuse_open(self):
        """Refuse to close these SAs, and name what is open in them by number."""
        for account in self:
            rows = account._open_records()
            if not rows:
                continue
            raise BusinessError(
                self.env._(
                    "%(account)s can't be closed, this is open in it: %(records)s. "
                    "Reassign it or bring it to its end first.",
                    account=account.name,
                    records=", ".join(text for _kind, text, _names in rows),
                ),
                code="sa_not_empty",
                details=[
                    {"field": kind, "message": f"{text} ({names})" if names else text}
                    for kind, text, names in rows
                ],
            )

    def _open_records(self):
        """Return ``[(kind, its number in words, the first names)]`` of what is open."""
        rows = []
        for name, kind in self.env["abs.stamp.mixin"]._sa_kinds().items():
            model = self.env[name].sudo()
            domain = all_of([("x_sa_id", "in", self.ids)], model._sa_open_domain)
            found = model.search(domain)
            if found:
                label = self.env["ir.model"].sudo()._get(name).name
                # Of what the caller sees: others count, and keep their names.
                shown = found[:NAMED]._abs_shown(strict=True)
                names = ", ".join(shown.mapped("display_name"))
                names += ", …" if names and len(found) > len(shown) else ""
                rows.append((kind, f"{label}: {len(found)}", names))
        return rows
