"""The records that follow from classes: rules, rights, the screens of the histories.

A model says in its class what callers of the API see of it (``_abs_scope_domain``), or
that it is the history of a governed object (``governed``). What can be derived from
that stands in no data file.
"""

from odoo import api, models
from odoo.fields import Command
from odoo.tools import SQL

USER = "abs_connector.group_user"
API = "abs_connector.group_api"
HELP = (
    '<p class="o_view_nocontent_smiling_face">No assignments yet</p>'
    "<p>Who is in charge of what, and since when: rows come by themselves when a "
    "record gets its Service Account or is reassigned.</p>"
)


def word_of(model):
    """Return the model's part of external ids, as in ``model_sale_order``."""
    return model._name.replace(".", "_")


class Derived(models.AbstractModel):
    """Makes and refreshes those records, in one place.

    They are ``noupdate``: an upgrade deletes records with our external ids that no file
    loaded, and an addon that governs one more object is loaded after this one. Such an
    addon calls :meth:`_make` from a data file of its own.
    """

    _name = "abs.derived"
    _description = "Records that follow from classes"

    @api.model
    def _make(self):
        """Bring all derived records up to date; called at each install and upgrade."""
        histories = []
        for name in self.env.registry:
            model = self.env[name]
            if model._abstract or model._transient:
                continue
            if hasattr(model, "_abs_scope_domain"):
                self._make_api_access(model)
            if getattr(model, "_sa_subject", None):
                histories.append(model)
        for number, model in enumerate(histories, 1):
            self._make_history(model, number * 10)

    @api.model
    def _record(self, model, name, values, keep=False):
        """Create or refresh the record with the external id ``name``; return it.

        :param bool keep: whether one that exists stays as a person may have made it
        """
        xml_id = f"abs_connector.{name}"
        row = {"xml_id": xml_id, "values": values, "noupdate": True}
        record = self.env[model].sudo()._load_records([row], update=keep)
        # Those of earlier versions came from files.
        self.env.cr.execute(
            SQL(
                "UPDATE ir_model_data SET noupdate = true"
                " WHERE module = 'abs_connector' AND name = %s AND NOT noupdate",
                name,
            )
        )
        return record

    @api.model
    def _make_api_access(self, model):
        """Let the API search a model, under the scope of its caller.

        The rule is global: rules of a group are OR-ed with Odoo's own, and protect
        nothing.
        """
        values = {
            "name": f"API: {model._name}",
            "model_id": self.env["ir.model"]._get_id(model._name),
        }
        domain = f'abs_scope("{model._name}")'
        name = f"rule_api_{word_of(model)}"
        self._record("ir.rule", name, {**values, "domain_force": domain})
        self._make_read_right(model, API)

    @api.model
    def _make_read_right(self, model, group):
        word = group.rpartition("_")[2]
        values = {
            "name": f"{model._name} {word}",
            "model_id": self.env["ir.model"]._get_id(model._name),
            "group_id": self.env.ref(group).id,
            "perm_read": True,
            "perm_write": False,
            "perm_create": False,
            "perm_unlink": False,
        }
        self._record("ir.model.access", f"access_{word_of(model)}_{word}", values)

    @api.model
    def _make_history(self, model, sequence):
        """Show a history to the users of the companies of its records, read only."""
        word = word_of(model)
        self._make_read_right(model, USER)
        subject = model._sa_subject
        links = ["account_id"]
        if "company_id" in self.env[model._fields[subject].comodel_name]._fields:
            links.append(subject)
        companies = [
            f'("{link}.company_id", "in", company_ids + [False])' for link in links
        ]
        self._record(
            "ir.rule",
            f"rule_company_{word}",
            {
                "name": f"Companies of the user: {model._name}",
                "model_id": self.env["ir.model"]._get_id(model._name),
                "groups": [Command.set(self.env.ref(USER).ids)],
                "domain_force": f"[{', '.join(companies)}]",
            },
        )
        action = self._record(
            "ir.actions.act_window",
            f"{word}_action",
            {
                "name": model._sa_title,
                "res_model": model._name,
                "view_mode": "list,form",
                "context": "{'search_default_current': 1}",
                "help": HELP,
            },
            keep=True,
        )
        self._record(
            "ir.ui.menu",
            f"menu_{word}",
            {
                "name": model._sa_title,
                "parent_id": self.env.ref("abs_connector.menu_abs_assignments").id,
                "action": f"ir.actions.act_window,{action.id}",
                "sequence": sequence,
            },
            keep=True,
        )
