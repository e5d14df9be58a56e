"""The readiness checklist: the system as a whole (setup guide 12)."""

from odoo import api, models

_ACTIVE_ON = ("active", "=", True)


class Readiness(models.AbstractModel):
    _inherit = "abs.readiness"

    @api.model
    def _check_system(self):
        _, item = self.env._, self._item
        people = self.env.ref("base.group_user")._abs_implied()
        features = [
            item(
                section,
                code,
                name,
                self.env.ref(xmlid) in people,
                "",
                _("Enable it in Settings, %(place)s.", place=place),
            )
            for section, code, name, xmlid, place in (
                (
                    "stock",
                    "storage_locations",
                    _("Storage Locations are enabled"),
                    "stock.group_stock_multi_locations",
                    _("Inventory, Warehouse"),
                ),
                (
                    "stock",
                    "lots_and_serials",
                    _("Lots & Serial Numbers are enabled"),
                    "stock.group_production_lot",
                    _("Inventory, Traceability"),
                ),
                (
                    "sales",
                    "proforma",
                    _("Pro-Forma Invoice is enabled"),
                    "sale.group_proforma_sales",
                    _("Sales, Quotations & Orders"),
                ),
            )
        ]
        for line in features:
            line["detail"] = _("enabled") if line["ok"] else _("disabled")
        return [
            *features,
            *self._check_governance_system(),
            self._check_sign_up(),
            *self._check_mail(),
        ]

    @api.model
    def _check_sign_up(self):
        """Ask whether strangers make accounts of their own in the web client."""
        _ = self.env._
        parameters = self.env["ir.config_parameter"].sudo()
        scopes = [parameters.get_param("auth_signup.invitation_scope", "b2b")]
        if "website" in self.env:  # which has a choice of its own for each site
            scopes += (
                self.env["website"].sudo().search([]).mapped("auth_signup_uninvited")
            )
        closed = "b2c" not in scopes
        return self._item(
            "governance",
            "sign_up",
            _("Accounts of the web client are by invitation"),
            closed,
            _("on invitation") if closed else _("free sign up"),
            _("Choose 'On invitation' in Settings, General Settings, Permissions."),
        )

    @api.model
    def _check_governance_system(self):
        _, item = self.env._, self._item
        root = self.env["ov.serviced_account"]._global_root()
        admins = self.env["ov.membership"]._effective(account=root)
        admins = admins.filtered(lambda m: m.role_code == "admin")
        selling = self.env["res.company"].search([("x_holding", "=", False)])
        return [
            item(
                "governance",
                "selling_company",
                _("A company sells"),
                selling,
                self._names(selling) or _("all are holdings only"),
                _("Clear 'Holding Only' on a company in Settings, Companies."),
            ),
            item(
                "governance",
                "global_root",
                _("The global root SA exists"),
                root and not root.company_id,
                f"{root.name} ({root.account_code})" if root else _("missing"),
                _("Upgrade the module abs_connector: it makes the global root."),
            ),
            item(
                "governance",
                "admin",
                _("An admin is a member of the global root SA"),
                admins,
                self._names(admins.employee_id) or _("nobody"),
                _(
                    "Enrol an employee with the role admin in the global root SA, or run "
                    "scripts/add_global_root_admins.py."
                ),
            ),
        ]

    @api.model
    def _check_mail(self):
        _, item = self.env._, self._item
        servers = self.env["ir.mail_server"].search_count([_ACTIVE_ON])
        teams = self.env["helpdesk.ticket.team"].search_count([_ACTIVE_ON])
        stage = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], order="sequence, id", limit=1
        )
        return [
            item(
                "helpdesk",
                "team",
                _("A helpdesk team exists"),
                teams,
                _("%(n)s teams", n=teams),
                _("Create one in Helpdesk, Configuration, Teams."),
            ),
            item(
                "helpdesk",
                "closing_stage",
                _("A closing stage exists"),
                stage,
                stage.name or _("none"),
                _("Mark a stage as closed in Helpdesk, Configuration, Stages."),
            ),
            item(
                "email",
                "mail_server",
                _("An outgoing mail server is configured"),
                servers,
                _("%(n)s servers", n=servers),
                _("Add one in Settings, Technical, Outgoing Mail Servers and test it."),
            ),
        ]
