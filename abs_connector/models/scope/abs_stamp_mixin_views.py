"""The governance of a record in the web client, for every governed model at once.

One place instead of an inherited view per model and series: forms get a button to the
history and a page with SA, actor and history; lists the two columns; searches fields,
filters and groupings. A view that shows ``x_sa_id`` by itself is left as it is.
"""

from lxml import etree
from odoo import api, models

USER = "abs_connector.group_user"
SHOWN = "//field[@name='{}'][not(@invisible='1' or @invisible='True')]"


def _shows(arch, name):
    """Tell whether a view shows a field itself, not inside the view of another one."""
    nodes = arch.xpath(SHOWN.format(name))
    return any(not list(node.iterancestors("field")) for node in nodes)


class StampMixin(models.AbstractModel):
    _inherit = "abs.stamp.mixin"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if arch.tag == "form":
            # the section first: the button to the history shows the SA as well
            if not _shows(arch, "x_sa_id"):
                self._abs_form_section(arch)
            self._abs_form_reassign(arch)
            self._abs_form_history(arch)
        elif arch.tag == "list" and not _shows(arch, "x_sa_id"):
            for name in ("x_sa_id", "x_actor_id"):
                etree.SubElement(arch, "field", name=name, optional="hide", groups=USER)
        elif arch.tag == "search" and not _shows(arch, "x_sa_id"):
            self._abs_search_terms(arch)
        return arch, view

    @api.model
    def _abs_form_history(self, arch):
        """Add the smart button to the history, unless the form has one."""
        boxes = arch.xpath("//div[@name='button_box']")
        existing = arch.xpath("//button[@name='action_assignments']")
        if not boxes or existing or not self._sa_assignment_model:
            return
        button = etree.SubElement(
            boxes[0],
            "button",
            name="action_assignments",
            type="object",
            icon="fa-sitemap",
            groups=USER,
            invisible="not x_sa_id",
            **{"class": "oe_stat_button"},
        )
        stat = etree.SubElement(button, "div", **{"class": "o_stat_info"})
        value = etree.SubElement(stat, "span", **{"class": "o_stat_value"})
        etree.SubElement(value, "field", name="x_sa_id", options="{'no_open': True}")
        label = etree.SubElement(stat, "span", **{"class": "o_stat_text"})
        label.text = self.env._("Governance")

    @api.model
    def _abs_form_reassign(self, arch):
        """Add 'Reassign' to the header of a form that has SA and actor of its own."""
        if arch.xpath("//button[@name='action_reassign']"):
            return
        header = arch.find("header")
        if header is None:
            header = etree.Element("header")
            arch.insert(0, header)
        etree.SubElement(
            header,
            "button",
            name="action_reassign",
            type="object",
            string=self.env._("Reassign"),
            invisible="not id or not x_sa_id",
            groups=USER,
        )

    @api.model
    def _abs_form_section(self, arch):
        """Add SA, actor, history and 'Reassign' as a page, else at the sheet's end."""
        sheets = arch.xpath("//sheet")
        if not sheets:
            return
        books = [
            node
            for node in arch.xpath("//sheet//notebook")
            if not list(node.iterancestors("field"))
        ]
        title = self.env._("Governance")
        if books:
            home = etree.SubElement(
                books[0], "page", string=title, name="abs_governance", groups=USER
            )
        else:
            home = sheets[0]
        group = etree.SubElement(home, "group", name="abs_governance", groups=USER)
        if not books:
            group.set("string", title)
        left = etree.SubElement(group, "group")
        for name in ("x_sa_id", "x_actor_id"):
            etree.SubElement(left, "field", name=name, readonly="1")
        right = etree.SubElement(group, "group")
        etree.SubElement(
            right,
            "button",
            name="action_reassign",
            type="object",
            string=self.env._("Reassign"),
            icon="fa-exchange",
            invisible="not id",
            colspan="2",
            **{"class": "btn-secondary"},
        )
        if "x_assignment_ids" in self._fields and books:
            rows = etree.SubElement(
                home, "field", name="x_assignment_ids", readonly="1", nolabel="1"
            )
            table = etree.SubElement(
                rows, "list", create="0", edit="0", delete="0", limit="20"
            )
            for name in ("date_from", "date_to", "account_id", "actor_id"):
                etree.SubElement(table, "field", name=name)
            badge = {"widget": "badge", "decoration-success": "state == 'active'"}
            etree.SubElement(table, "field", name="state", **badge)
            etree.SubElement(table, "field", name="assigned_by_id")
            etree.SubElement(table, "field", name="reason")
            etree.SubElement(table, "field", name="source", optional="hide")

    @api.model
    def _abs_search_terms(self, arch):
        """Add what finds, filters and groups by SA and actor."""
        for name in ("x_sa_id", "x_actor_id"):
            etree.SubElement(arch, "field", name=name, groups=USER)
        etree.SubElement(arch, "separator")
        for name, label, domain in (
            (
                "abs_waiting",
                self.env._("Waits for an actor"),
                "[('x_sa_id', '!=', False), ('x_actor_id', '=', False)]",
            ),
            (
                "abs_ungoverned",
                self.env._("Without Service Account"),
                "[('x_sa_id', '=', False)]",
            ),
        ):
            etree.SubElement(
                arch, "filter", name=name, string=label, domain=domain, groups=USER
            )
        groups = arch.xpath("/search/group")
        home = groups[-1] if groups else etree.SubElement(arch, "group")
        for name, label in (
            ("x_sa_id", self.env._("Service Account")),
            ("x_actor_id", self.env._("Actor")),
        ):
            etree.SubElement(
                home,
                "filter",
                name=f"abs_by_{name}",
                string=label,
                context=f"{{'group_by': '{name}'}}",
                groups=USER,
            )
