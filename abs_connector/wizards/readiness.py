"""The readiness checklist in the web client; the checks are ``abs.readiness``'s."""

from markupsafe import Markup
from odoo import api, fields, models


class ReadinessLine(models.TransientModel):
    _name = "abs.readiness.line"
    _description = "Readiness checklist item"
    _order = "sequence, id"

    sequence = fields.Integer()
    company_name = fields.Char("Company")
    section = fields.Char()
    name = fields.Char("Item")
    ok = fields.Boolean("Ready")
    detail = fields.Text()
    fix = fields.Text("What to do")

    @api.model
    def action_open(self):
        """Run the checks for the user's companies and show the list."""
        _ = self.env._
        sections = {
            "accounting": _("Accounting"),
            "customers": _("Customers"),
            "email": _("E-mail"),
            "governance": _("Governance"),
            "helpdesk": _("Helpdesk"),
            "products": _("Products"),
            "sales": _("Sales"),
            "stock": _("Stock"),
        }
        report = self.env["abs.readiness"]._api_readiness(self.env.companies.ids)
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = []
        for block in report["companies"]:
            company = block["company"]
            name = company["name"] if company else self.env._("Whole system")
            for item in block["items"]:
                rows.append(
                    {
                        "sequence": len(rows),
                        "company_name": name,
                        "section": sections[item["section"]],
                        "name": item["name"],
                        "ok": item["ok"],
                        "detail": item["detail"],
                        "fix": item["fix"],
                    }
                )
        lines = self.create(rows)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Readiness checklist"),
            "res_model": self._name,
            "view_mode": "list",
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>")
            % (
                self.env._("Everything is ready"),
                self.env._("Remove the filter to see what was checked."),
            ),
            "domain": [("id", "in", lines.ids)],
            "context": {"group_by": "company_name", "search_default_to_do": 1},
        }
