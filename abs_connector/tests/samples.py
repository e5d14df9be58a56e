"""One record of every model that a route names, and a body that a route accepts.

The tests that walk the table of routes draw from here; a route whose model or body has
no sample fails its test, so that nobody can add a route that they do not cover.
"""

import typing

from odoo.fields import Command, Date

from ..api.contract import _marks

#: seen by several SAs on purpose: the catalogue, plans, plain words
SHARED = {
    "abs.subscription.plan",
    "ov.bop.line",
    "ov.bop.property",
    "ov.bop.property.option",
    "ov.bop.sheet",
    "product.category",
    "product.product",
    "product.template",
    "res.country",
    "res.currency",
    "uom.uom",
    "account.payment.term",
}

#: stamped, but seen by the whole company (docs/contract.md 5)
COMPANY_BOUND = {"stock.lot"}


class Samples:
    """Records of ``cls.sa_lom``, in charge of Jean, in the company Togo."""

    @classmethod
    def build_samples(cls):
        """Sell a kit with its installation, deliver, invoice and take a payment."""
        cls.receive(cls.kit, [f"SMP-{n}" for n in range(1, 4)])
        order = cls.quotation(
            cls.marie, [(cls.kit, 1), (cls.installation, 1)], actor=cls.jean.partner_id
        )
        order.action_confirm()
        cls.delivery = cls.deliver(order.picking_ids, ["SMP-1"])
        (order.invoice_ids.filtered(lambda m: m.state == "draft")).action_post()
        cls.order = order
        cls.payment = cls.pay(order.invoice_ids[:1], 10)
        cls.open_order = cls.quotation(
            cls.marie, [(cls.kit, 1)], actor=cls.jean.partner_id
        )

    @classmethod
    def sample(cls, name):
        """Return a record of model ``name`` that belongs to Lomé or to Togo."""
        own = getattr(cls, f"_sample_{name.replace('.', '_')}", None)
        if own:
            return own()
        model = cls.env[name].sudo().with_company(cls.togo)
        domains = []
        if "x_sa_id" in model._fields:
            domains.append([("x_sa_id", "=", cls.sa_lom.id)])
        if "account_id" in model._fields:
            domains.append([("account_id", "=", cls.sa_lom.id)])
        if "company_id" in model._fields:
            domains.append([("company_id", "=", cls.togo.id)])
        for domain in domains:
            if found := model.search(domain, limit=1):
                return found
        return model.create(cls._minimal(model)) if domains else model

    @classmethod
    def _minimal(cls, model):
        """Return values for the required fields of a governed record of Lomé."""
        known = {
            "partner_id": cls.marie.id,
            "company_id": cls.togo.id,
            "x_sa_id": cls.sa_lom.id,
            "x_actor_id": cls.jean.partner_id.id,
            "account_id": cls.sa_lom.id,
            "order_id": cls.open_order.id,
            "product_id": cls.kit.id,
            "name": "Sample",
            "amount": 10,
            "description": "Sample",
        }
        return {key: value for key, value in known.items() if key in model._fields}

    @classmethod
    def _sample_stock_picking(cls):
        return cls.delivery

    @classmethod
    def _sample_account_move(cls):
        return cls.order.invoice_ids[:1]

    @classmethod
    def _sample_account_payment(cls):
        return cls.payment

    @classmethod
    def _sample_sale_order(cls):
        return cls.open_order

    @classmethod
    def _sample_sale_order_line(cls):
        return cls.open_order.order_line[:1]

    @classmethod
    def _sample_account_move_line(cls):
        return cls.order.invoice_ids[:1].invoice_line_ids[:1]

    @classmethod
    def _sample_stock_move(cls):
        return cls.delivery.move_ids[:1]

    @classmethod
    def _sample_stock_move_line(cls):
        return cls.delivery.move_line_ids[:1]

    @classmethod
    def _sample_stock_lot(cls):
        return cls.delivery.move_line_ids.lot_id[:1]

    @classmethod
    def _sample_stock_location(cls):
        return cls.wh_togo.lot_stock_id

    @classmethod
    def _sample_res_partner(cls):
        return cls.marie

    @classmethod
    def _sample_res_company(cls):
        return cls.togo

    @classmethod
    def _sample_abs_employee(cls):
        return cls.jean

    @classmethod
    def _sample_ov_membership(cls):
        return cls.env["ov.membership"]._effective(employee=cls.jean)

    @classmethod
    def _sample_ov_serviced_account(cls):
        return cls.sa_lom

    @classmethod
    def _sample_product_product(cls):
        return cls.kit

    @classmethod
    def _sample_ov_bop_sheet(cls):
        sheets = cls.env["ov.bop.sheet"].search([], limit=1)
        return sheets or cls.env["ov.bop.sheet"].create(
            {
                "name": "Sample package",
                "product_id": cls.installation.id,
                "line_ids": [
                    Command.create({"product_id": cls.cable.id, "quantity": 1})
                ],
                "property_ids": [
                    Command.create(
                        {
                            "name": "Colour",
                            "option_ids": [Command.create({"name": "Black"})],
                        }
                    )
                ],
            }
        )

    @classmethod
    def _sample_ov_bop_line(cls):
        return cls._sample_ov_bop_sheet().line_ids[:1]

    @classmethod
    def _sample_ov_bop_property(cls):
        return cls._sample_ov_bop_sheet().property_ids[:1]

    @classmethod
    def _sample_ov_bop_property_option(cls):
        return cls._sample_ov_bop_property().option_ids[:1]

    @classmethod
    def _sample_abs_payment_provider(cls):
        providers = cls.env["abs.payment.provider"].sudo()
        return providers.search(
            [("company_id", "=", cls.togo.id)], limit=1
        ) or providers.create(
            {
                "name": "Sample",
                "code": "sandbox",
                "company_id": cls.togo.id,
                "journal_id": cls.journal(cls.togo, "mobile_money").id,
            }
        )

    @classmethod
    def _sample_abs_payment_attempt(cls):
        attempts = cls.env["abs.payment.attempt"].sudo()
        provider = cls._sample_abs_payment_provider()
        return attempts.search(
            [("x_sa_id", "=", cls.sa_lom.id)], limit=1
        ) or attempts.create(
            {
                **cls._minimal(attempts),
                "provider_id": provider.id,
                "currency_id": cls.togo.currency_id.id,
            }
        )

    @classmethod
    def _sample_abs_subscription(cls):
        subscriptions = cls.env["abs.subscription"].sudo()
        return subscriptions.search(
            [("x_sa_id", "=", cls.sa_lom.id)], limit=1
        ) or subscriptions.create(
            {
                **cls._minimal(subscriptions),
                "plan_id": cls._sample_abs_subscription_plan().id,
                "product_id": cls.warranty.id,
            }
        )

    @classmethod
    def _sample_abs_subscription_plan(cls):
        plans = cls.env["abs.subscription.plan"].sudo()
        return plans.search([], limit=1) or plans.create({"name": "Sample"})

    @classmethod
    def _sample_payment_request(cls):
        requests = cls.env["payment.request"].sudo()
        return requests.search(
            [("x_sa_id", "=", cls.sa_lom.id)], limit=1
        ) or requests.create({**cls._minimal(requests), "due_date": Date.today()})

    # -- bodies ----------------------------------------------------------------------

    @classmethod
    def path_of(cls, route):
        """Return the route's path with the samples' ids in it."""
        path = route.paths[0]
        for name, annotation in route.contract.path.items():
            mark = _marks(annotation)
            value = cls.sample(mark).id if isinstance(mark, str) else "SMP-1"
            for kind in ("int:", "string:", "path:", ""):
                path = path.replace(f"<{kind}{name}>", str(value))
        return path

    @classmethod
    def body_of(cls, route):
        """Return a body with the required fields only; ids are the samples'."""
        body = route.contract.body
        if body in (None, dict):
            return {}
        return cls._example(body)

    #: optional fields of which a schema needs one
    NEEDED = {"product_id", "quantity", "employee_id", "order_id", "loaner_lot_id"}

    @classmethod
    def _example(cls, schema):
        """Return the required fields, and one of the optional ones if none is."""
        example = {
            name: cls._value(field.annotation, field.metadata, name)
            for name, field in schema.model_fields.items()
            if field.is_required() or name in cls.NEEDED
        }
        return example

    @classmethod
    def _value(cls, annotation, metadata, name):
        mark = _marks(annotation, metadata)
        parts = [annotation, *typing.get_args(annotation)]
        many = any(typing.get_origin(part) is list for part in parts)
        if isinstance(mark, str):
            value = cls.sample(mark).id
        elif mark is not None:
            value = cls._example(mark)
        else:
            value = cls._scalar(annotation, name)
        return [value] if many else value

    @classmethod
    def _scalar(cls, annotation, name):
        text = str(annotation)
        if "Literal" in text:
            return annotation.__args__[0]
        if "datetime" in text or "date" in text:
            return Date.today().isoformat()
        if annotation is bool:
            return True
        if annotation in (int, float) or "int" in text or "float" in text:
            return 1
        return f"{name}-sample"


def references(contract):
    """Return the models whose ids a route takes, in path or body."""

    def walk(annotation, metadata=()):
        mark = _marks(annotation, metadata)
        if isinstance(mark, str):
            yield mark
        elif mark is not None and hasattr(mark, "model_fields"):
            for name, field in mark.model_fields.items():
                if field.is_required() or name in Samples.NEEDED:
                    yield from walk(field.annotation, field.metadata)

    found = []
    for annotation in contract.path.values():
        found += walk(annotation)
    if contract.body not in (None, dict):
        found += walk(contract.body)
    return found
