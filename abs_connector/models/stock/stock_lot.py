"""Where a serial is, and why it cannot be used (docs/contract.md 5).

Odoo does not check that a serial is where one takes it from; the guard in
``stock_move_line.py`` asks this file.
"""

from odoo import api, fields, models
from odoo.tools import float_compare

from ...card import ref
from ...exceptions import BusinessError, NotFound
from .stock_location import SYNC_DEPLOYED


class Lot(models.Model):
    """Stamp only: the SA that received or deployed it; seen within the company."""

    _name = "stock.lot"
    _inherit = ["stock.lot", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_named_freely = True
    _sa_open_domain = ((0, "=", 1),)

    x_company_id = fields.Many2one(
        "res.company",
        "Held by",
        index=True,
        readonly=True,
        copy=False,
        help="The company that moved it last; lots of shared products have no company "
        "of their own.",
    )

    @api.model
    def _abs_scope_domain(self, scope):
        """Limit lots to the caller's companies, by who moved them last (docs/contract.md 5)."""
        if scope.kind == "admin" or (scope.kind == "system" and not scope.company_ids):
            return []
        if scope.kind not in ("system", "employee"):
            return [(0, "=", 1)]
        return self._abs_company_domain(scope.company_ids)

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        """With ``X-SA-ID``: the lots of that SA's company, whichever SA got them."""
        return self._abs_company_domain(company_ids)

    @api.model
    def _abs_company_domain(self, company_ids):
        companies = list(company_ids)
        return [
            "|",
            ("x_company_id", "in", companies),
            "&",
            ("x_company_id", "=", False),
            ("company_id", "in", [*companies, False]),
        ]

    def _abs_places(self):
        """Return ``{lot: {location: quantity}}``: where units are, one query."""
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("lot_id", "in", self.ids),
                    ("location_id.usage", "in", REAL_USAGES),
                ],
                ["lot_id", "location_id"],
                ["quantity:sum"],
            )
        )
        places = {lot: {} for lot in self}
        for lot, location, quantity in groups:
            if float_compare(quantity, 0, precision_rounding=1e-6) > 0:
                places[self.browse(lot.id)][location] = quantity
        return places

    def _abs_place(self):
        """Return the location of one serial's unit; empty when it is nowhere."""
        self.ensure_one()
        places = self._abs_places()[self]
        return next(iter(places), self.env["stock.location"])

    @api.model
    def _abs_named(self, product, names, company):
        """Return the lots of ``product`` by name, as seen by ``company``."""
        return self.sudo().search(
            [
                ("product_id", "=", product.id),
                ("name", "in", list(names)),
                ("company_id", "in", (False, company.id)),
            ],
            order="company_id desc, id",
        )

    @api.model
    def _abs_by_name(self, product, names, company):
        """Return ``{name: lot}``; a company's own lot goes before a shared one."""
        found = self._abs_named(product, names, company)
        return {lot.name: lot for lot in reversed(found)}

    @api.model
    def _abs_foreign_serials(self, product, names):
        """Return the serials of those names that belong to other products."""
        return self.sudo().search(
            [
                ("name", "in", list(names)),
                ("product_id", "!=", product.id),
                ("product_id.tracking", "=", "serial"),
            ]
        )

    def _abs_was_scrapped(self):
        """Tell whether the unit was scrapped and is nowhere."""
        self.ensure_one()
        scrapped = (
            self.env["stock.scrap"]
            .sudo()
            .search_count([("lot_id", "=", self.id), ("state", "=", "done")], limit=1)
        )
        return bool(scrapped) and not self._abs_place()

    def _abs_check_found(self):
        """Refuse to count in what was scrapped, unless a person says why.

        What Odoo's dialog proposes as the reason of a count says nothing.

        :raises BusinessError: ``reason_required``
        """
        given = str(self.env.context.get("inventory_name") or "").strip()
        if not self or (given and given != self._abs_no_reason()):
            return
        scrapped = self.env["stock.scrap"].sudo()
        scrapped = scrapped.search(
            [("lot_id", "in", self.ids), ("state", "=", "done")], limit=1
        )
        if scrapped:
            raise BusinessError(
                self.env._(
                    "Serial %(serial)s was scrapped. If it was found after all, count it "
                    "with a reason that says so.",
                    serial=scrapped.lot_id.name,
                ),
                code="reason_required",
                details=[{"field": "reason"}],
            )

    def _abs_no_reason(self):
        dialog = self.env["stock.inventory.adjustment.name"].sudo()
        name = "inventory_adjustment_name"
        return dialog.default_get([name]).get(name)

    def _abs_came_in(self):
        """Tell whether a supplier brought the unit and has not got it back.

        Odoo refuses to take it from there once more, in words that lead nowhere.
        """
        self.ensure_one()
        domain = [("lot_id", "=", self.id), ("location_id.usage", "=", "supplier")]
        quants = self.env["stock.quant"].sudo()
        ((held,),) = quants._read_group(domain, aggregates=["quantity:sum"])
        return float_compare(held or 0, 0, precision_rounding=1e-6) < 0

    def _abs_where(self, company=None):
        """Return one phrase on where the unit is, for a person.

        :param company: who asks; of other companies only their name is told
        """
        self.ensure_one()
        place = self._abs_place()
        _ = self.env._
        if not place:
            if self._abs_was_scrapped():
                return _("it was scrapped")
            if self._abs_came_in():
                return _(
                    "it was received before and is not in stock any more; count it in "
                    "where it was found"
                )
            return _("it is not in stock")
        owner = place.company_id or self.x_company_id
        if company and owner and owner != company:
            return _("it is with the company %(company)s", company=owner.name)
        if place.usage == "customer":
            return _("it is with a customer (%(place)s)", place=place.display_name)
        if place.x_role == SYNC_DEPLOYED:
            return _("it is deployed at a customer (%(place)s)", place=place.name)
        if place.usage == "transit":
            return _("it is on its way (%(place)s)", place=place.display_name)
        return _("it is in %(place)s", place=place.display_name)

    def _abs_unavailable(self, company=None, source=None):
        """Return the refusal ``serial_unavailable`` that names where the unit is.

        :param source: ``stock.location`` that the goods are taken from, when the unit
            may be in another depot of the same company
        """
        self.ensure_one()
        where = self._abs_where(company)
        place = self._abs_place()
        if source and place.usage == "internal" and place.company_id == company:
            where = self.env._(
                "%(where)s, and the goods are taken from %(place)s",
                where=where,
                place=source.display_name,
            )
        return BusinessError(
            self.env._(
                "Serial %(serial)s (%(product)s) cannot be used: %(where)s.",
                serial=self.name,
                product=self.product_id.display_name,
                where=where,
            ),
            code="serial_unavailable",
            details=[{"field": "lot_name", "message": self.name}],
        )

    @api.model
    def _abs_unknown(self, product, name):
        """Return the refusal of a name that is no lot of ``product``."""
        foreign = self._abs_foreign_serials(product, [name])[:1]
        if foreign:
            owner = foreign.product_id.company_id
            hidden = owner and owner not in self.env.companies
            text = self.env._(
                "Serial %(serial)s belongs to %(other)s, not to %(product)s: %(where)s.",
                serial=name,
                other=owner.name if hidden else foreign.product_id.display_name,
                product=product.display_name,
                where=foreign._abs_where(product.company_id or self.env.company),
            )
        else:
            text = self.env._(
                "%(serial)s is not a known serial or lot of %(product)s. Receive it "
                "first.",
                serial=name,
                product=product.display_name,
            )
        return BusinessError(
            text,
            code="serial_unavailable",
            details=[{"field": "lot_name", "message": name}],
        )

    @api.model
    def _abs_duplicate(self, name):
        """Return the refusal of a serial that one request names twice."""
        return BusinessError(
            self.env._("Serial %(serial)s is named twice.", serial=name),
            code="duplicate_serial",
            details=[{"field": "lot_name", "message": name}],
        )

    @api.model
    def _abs_check_new(self, product, names, company):
        """Refuse serials that cannot come in: they are somewhere, or another product's.

        :raises BusinessError: ``serial_unavailable``
        """
        if product.tracking != "serial":
            return
        lots = self._abs_named(product, names, company)
        known = set(lots.mapped("name"))
        foreign = self._abs_foreign_serials(product, set(names) - known)[:1]
        if foreign:
            raise self._abs_unknown(product, foreign.name)
        places = lots._abs_places()
        for lot in lots:
            if places[lot] or lot._abs_was_scrapped() or lot._abs_came_in():
                raise lot._abs_unavailable(company)

    @api.model
    def _abs_backfill_holder(self):
        """Note the holder of lots that moved before the addon was there; idempotent."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE stock_lot lot SET x_company_id = last.company_id
              FROM (SELECT DISTINCT ON (lot_id) lot_id, company_id
                      FROM stock_move_line WHERE state = 'done' AND lot_id IS NOT NULL
                     ORDER BY lot_id, date DESC, id DESC) last
             WHERE last.lot_id = lot.id AND lot.x_company_id IS NULL
            """
        )
        self.invalidate_model(["x_company_id"])

    # -- answers -----------------------------------------------------------------------

    def _api_on_hand(self):
        """Return ``{lot id: quantity in warehouses}``; deployed units do not count."""
        quants = self.env["stock.quant"].sudo()
        groups = quants._read_group(
            [("lot_id", "in", self.ids), *quants._abs_on_hand_domain],
            ["lot_id"],
            ["quantity:sum"],
        )
        found = {lot.id: quantity for lot, quantity in groups}
        return {lot.id: round(found.get(lot.id, 0.0), 6) for lot in self}

    @api.model
    def _api_locate(self, name, product_id=None):
        """Return where the lot of an exact name is.

        :param str name: the serial
        :param int product_id: which product, when several have such a lot
        :return: ``{"lot", "locations": warehouses' places, "in_transit": None or
            {"id", "name"}, "with_customer": None or {"location", "since", "customer",
            "delivery"}}``
        :raises NotFound: none of that name in the caller's companies
        :raises BusinessError: ``ambiguous_serial``
        """
        domain = [("name", "=", name)]
        if product_id:
            domain.append(("product_id", "=", product_id))
        lots = self.sudo(False).search(domain, order="id").sudo()
        if not lots:
            raise NotFound(self.env._("There is no serial or lot %(name)s.", name=name))
        if len(lots) > 1:
            raise BusinessError(
                self.env._(
                    "%(name)s is a lot of several products: %(products)s. Add "
                    "?product_id= to choose.",
                    name=name,
                    products=", ".join(
                        f"{lot.product_id.display_name} ({lot.product_id.id})"
                        for lot in lots
                    ),
                ),
                code="ambiguous_serial",
            )
        quants = self.env["stock.quant"]
        rows, _total = quants._api_levels([("lot_id", "=", lots.id)])
        keys = ("location", "qty_on_hand", "qty_reserved", "qty_available")
        return {
            "lot": {
                "id": lots.id,
                "serial": lots.name,
                "ref": lots.ref or None,
                "product": ref(lots.product_id),
                "qty_on_hand": lots._api_on_hand()[lots.id],
                "sa": ref(lots.x_sa_id),
            },
            "locations": [{key: row[key] for key in keys} for row in rows],
            "in_transit": lots._abs_in_transit(),
            "with_customer": lots._abs_with_customer(),
        }

    def _abs_in_transit(self):
        """Return the transit location that the unit is at, None when it is not."""
        found = (place for place in self._abs_places()[self])
        place = next((p for p in found if p.usage == "transit"), None)
        return ref(place)

    def _abs_with_customer(self):
        """Return where the unit is in the field, None when it is not.

        Customer and delivery are named only if the caller may see them: lots are seen
        by company, customers by Service Account.
        """
        place = next((p for p in self._abs_places()[self] if p._abs_is_field()), None)
        if not place:
            return None
        line = self.env["stock.move.line"].search(
            [
                ("lot_id", "=", self.id),
                ("state", "=", "done"),
                ("location_dest_id", "=", place.id),
            ],
            order="date desc, id desc",
            limit=1,
        )
        picking = line.picking_id
        partner = line.move_id.partner_id or picking.partner_id
        return {
            "location": ref(place),
            "since": line.date or None,
            "customer": self._abs_if_visible(partner),
            "delivery": self._abs_if_visible(picking),
        }

    @api.model
    def _abs_if_visible(self, record):
        seen = record.sudo(False).search([("id", "in", record.ids)]).sudo()
        return ref(seen)

    _abs_marks = ("name", "ref")


#: usages of the places where a unit physically is
REAL_USAGES = ("internal", "transit", "customer")
