"""A record of any model that belongs to one of the two companies of the tests' world.

Put into the table by SQL, past all rules of the model, so that the next model is covered
as soon as it exists.
"""

import json

from odoo import fields
from odoo.tools import SQL

from .common import AbsCommon

#: how a record of Odoo's own models tells its company
CORE = {
    "res.partner": "x_sa_id.company_id",
    "sale.order": "company_id",
    "stock.picking": "company_id",
    "account.move": "company_id",
    "account.payment": "company_id",
    "helpdesk.ticket": "company_id",
}


class CompanyRows(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls.quotation(cls.zawadi, [(cls.cable, 1)])
        home = cls.quotation(cls.marie, [(cls.cable, 1)])
        (order | home).write({"state": "sale"})  # the report counts them
        cls.known = {
            cls.kenya: {
                "ov.serviced_account": cls.sa_nbo,
                "ov.membership": cls.m_wanjiru,
                "abs.employee": cls.wanjiru,
                "res.partner": cls.zawadi,
                "sale.order": order,
            },
            cls.togo: {
                "ov.serviced_account": cls.sa_lom,
                "ov.membership": cls.m_jean,
                "abs.employee": cls.jean,
                "res.partner": cls.marie,
                "sale.order": home,
            },
        }

    def setUp(self):
        super().setUp()
        world = {company: dict(rows) for company, rows in self.known.items()}
        type(self).world = world  # rows of one test are rolled back after it
        self.env.flush_all()

    @classmethod
    def own_models(cls):
        """Yield the stored models that the addon defines."""
        for name in sorted(cls.env.registry):
            model = cls.env[name]
            if model._original_module == "abs_connector":
                if not (model._abstract or model._transient):
                    yield model.sudo().with_context(active_test=False)

    @classmethod
    def company_path(cls, model, depth=2):
        """Return the dotted path to the company of a record, or None."""
        if model._name in CORE:
            return CORE[model._name]
        links = {
            name: field
            for name, field in model._fields.items()
            if field.type == "many2one" and (field.store or not model._auto)
        }
        if "company_id" in links:
            return "company_id"
        stamps = ("x_sa_id", "account_id")
        for name in sorted(
            links, key=lambda n: (n not in stamps, not links[n].required)
        ):
            target = cls.env[links[name].comodel_name]
            known = target._original_module == "abs_connector" or target._name in CORE
            if depth and known and target._name != model._name:
                path = cls.company_path(target, depth - 1)
                if path:
                    return f"{name}.{path}"
        return None

    @classmethod
    def row(cls, name, company):
        """Return a record of a model that belongs to a company (sudo)."""
        model = cls.env[name].sudo().with_context(active_test=False)
        if name == "res.company":
            return company
        known = cls.world[company].get(name)
        path = cls.company_path(model)
        if known is None and path:
            known = model.search([(path, "=", company.id)], limit=1)
        if known is None and model._original_module != "abs_connector":
            known = model.search([], limit=1)
        if not known:
            known = cls.insert(model, company, (path or "").split(".")[0])
        cls.world[company][name] = known
        return known

    @classmethod
    def insert(cls, model, company, link):
        """Put a row into the table, with what is required and leads to the company."""
        values = {}
        for name, field in model._fields.items():
            if not field.store or not field.column_type or name == "id":
                continue
            if field.type == "many2one":
                if field.required or name in (link, "company_id"):
                    values[name] = cls.row(field.comodel_name, company).id
            elif field.required:
                values[name] = cls.filler(model, field, company)
        if model._log_access:
            values["create_uid"] = values["write_uid"] = 1
        columns = [SQL.identifier(name) for name in values]
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(columns),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        return model.browse(cls.env.cr.fetchone()[0])

    @classmethod
    def filler(cls, model, field, company):
        if field.type == "selection":
            return field.get_values(cls.env)[0]
        name = f"{model._name} of {company.name}"
        if field.translate:
            name = json.dumps({"en_US": name})
        return {
            "boolean": False,
            "integer": 1,
            "float": 1,
            "monetary": 1,
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
        }.get(field.type, name)

    @classmethod
    def trade(cls, customer, serial, shipping=None):
        """Sell a unit to a customer, deliver it, take the money, and have trouble with
        it: ``{model: record}``, one per domain."""
        env, company = cls.env, customer.x_sa_id.company_id
        cls.receive(cls.kit, [serial], cls.warehouse_of(company))
        lines = [(cls.kit, 1), (cls.installation, 1)]
        where = (shipping or customer).id
        order = cls.quotation(customer, lines, partner_shipping_id=where)
        order.action_confirm()
        delivery = cls.deliver(order.picking_ids, [serial])
        invoice = order.invoice_ids[:1]
        invoice.filtered(lambda m: m.state == "draft").action_post()
        asset = env["ov.asset"].search([("partner_id", "=", customer.id)])
        first = customer.name.split()[0]
        ticket = env["helpdesk.ticket"].create(
            {
                "name": f"{first}'s kit is dark",
                "description": f"{first} called",
                "partner_id": customer.id,
                "company_id": company.id,
                "x_asset_id": asset.id,
            }
        )
        records = (
            *(order, delivery, invoice, cls.pay(invoice), asset, asset.equipment_id),
            *(ticket, ticket._api_create_repair(), ticket._api_create_request()),
            *(ticket._api_create_task(), asset.lot_id),
        )
        return {record._name: record for record in records}
