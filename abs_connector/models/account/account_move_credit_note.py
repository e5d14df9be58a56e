"""Credit notes in whole and in part (workflow 7; docs/contract.md 1.12)."""

from odoo import models
from odoo.fields import Command
from odoo.tools import float_compare

from ...exceptions import BusinessError, Conflict, NotFound
from .account_move import DRAWN_BY_US


class AccountMove(models.Model):
    _inherit = "account.move"

    def _api_credit(self, reason, date=None, lines=None):
        """Credit a posted invoice; returns the posted credit note.

        :param str reason: why; stands on the credit note
        :param date date: date of the credit note, today by default
        :param list lines: ``[{"line_id": int, "quantity": float}]``; None credits all
            that has not been credited yet. Taxes follow the lines.
        :raises Conflict: ``already_credited``
        :raises BusinessError: ``invoice_not_posted``, ``credit_too_large``,
            ``not_an_invoice``, ``invalid_date``
        """
        self.ensure_one()
        self._abs_orders()._abs_lock()  # before its invoice, as in every verb
        self._abs_lock()
        if self.move_type != "out_invoice":
            raise BusinessError(
                self.env._("Only a customer invoice can be credited."),
                code="not_an_invoice",
            )
        self._abs_check_posted()
        left = self._abs_creditable()
        if not any(left.values()):
            raise Conflict(
                self.env._("%(invoice)s is credited already.", invoice=self.name),
                code="already_credited",
            )
        wanted = self._abs_credit_quantities(left, lines)
        date = self.company_id._abs_document_day(date)
        if date < self.invoice_date:
            raise BusinessError(
                self.env._(
                    "A credit note can't be dated before its invoice (%(date)s).",
                    date=self.invoice_date,
                ),
                code="invalid_date",
            )
        move = self.with_company(self.company_id)
        # it is printed on what the customer gets
        lang = self.partner_id.lang or self.env.lang
        values = {
            "ref": self.with_context(lang=lang).env._(
                "Credit of %(invoice)s: %(reason)s", invoice=self.name, reason=reason
            ),
            "invoice_date": date,
            "date": date,
        }
        note = DRAWN_BY_US.on(move)._reverse_moves([values], cancel=False)
        note = note.with_context(move.env.context)
        note._abs_keep_quantities(self, wanted)
        self._abs_check_credited(note)
        note.action_post()
        note._abs_settle_with(self)
        self.message_post(
            body=self.env._(
                "Credited by %(note)s: %(reason)s", note=note.name, reason=reason
            )
        )
        return note

    def _abs_creditable(self):
        """Return ``{invoice line id: quantity that is not credited yet}``.

        Signed as on the invoice: a down payment is taken off by a negative quantity, and
        crediting the whole gives that back as well.
        """
        notes = self.reversal_move_ids.filtered(lambda m: m.state != "cancel")
        left = {}
        for line in self._abs_product_lines():
            left[line.id] = line.quantity
        for note in notes:
            for line in note._abs_product_lines():
                origin = line.x_credited_line_id.id
                if origin in left:
                    left[origin] -= line.quantity
        signs = {line.id: line.quantity for line in self._abs_product_lines()}
        return {
            key: round(quantity, 4) if quantity * signs[key] > 0 else 0.0
            for key, quantity in left.items()
        }

    def _abs_product_lines(self):
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _abs_credit_quantities(self, left, lines):
        """Return ``{invoice line id: quantity to credit}``, checked against the rest."""
        if lines is None:
            return {key: quantity for key, quantity in left.items() if quantity}
        signs = {line.id: line.quantity for line in self._abs_product_lines()}
        wanted = {}
        for line in lines:
            if line["line_id"] not in left:
                raise NotFound(
                    self.env._(
                        "Line %(id)s is not a line of %(invoice)s.",
                        id=line["line_id"],
                        invoice=self.name,
                    ),
                    code="line_not_found",
                )
            key = line["line_id"]
            sign = -1 if signs[key] < 0 else 1
            wanted[key] = wanted.get(key, 0.0) + sign * line["quantity"]
        for key, quantity in wanted.items():
            if float_compare(abs(quantity), abs(left[key]), precision_digits=4) > 0:
                name = self.env["account.move.line"].sudo().browse(key).name
                raise BusinessError(
                    self.env._(
                        "Of '%(line)s' on %(invoice)s only %(left)s can still be "
                        "credited.",
                        line=(name or "").splitlines()[0] if name else key,
                        invoice=self.name,
                        left=abs(left[key]),
                    ),
                    code="credit_too_large",
                )
        return wanted

    def _abs_keep_quantities(self, invoice, wanted):
        """Cut a reversal down to the wanted quantities; self is the draft note."""
        self.ensure_one()
        commands = []
        for line in self.invoice_line_ids:
            if line.display_type != "product":
                continue
            quantity = wanted.get(line.x_credited_line_id.id, 0.0)
            if not quantity:
                commands.append(Command.delete(line.id))
            elif float_compare(quantity, line.quantity, precision_digits=4):
                commands.append(Command.update(line.id, {"quantity": quantity}))
        if commands:
            self.write({"invoice_line_ids": commands})
            # Odoo leaves the deleted copies in the cache of the order lines.
            self.env["sale.order.line"].invalidate_model(["invoice_lines"])

    def _abs_check_credited(self, note):
        """Refuse to credit more than was billed: goods without their discount line.

        What that leaves could not be credited any more either, its total being negative.
        Each note rounds its lines and taxes by itself, which may add up to more.
        """
        notes = self.reversal_move_ids.filtered(lambda m: m.state != "cancel") - note
        left = self.amount_total - sum(notes.mapped("amount_total"))
        currency = self.currency_id
        step = currency.rounding * 2 * len(self._abs_product_lines())
        slack = (step + self.invoice_cash_rounding_id.rounding) * (len(notes) + 1)
        if currency.compare_amounts(note.amount_total, left + slack) <= 0:
            return
        raise BusinessError(
            self.env._(
                "That is %(amount)s %(currency)s, but only %(left)s can still be "
                "credited of %(invoice)s: credit its discounts and down payments along.",
                amount=currency._abs_digits(note.amount_total),
                currency=currency.name,
                left=currency._abs_digits(left),
                invoice=self.name,
            ),
            code="credit_too_large",
        )

    def _abs_settle_with(self, invoice):
        """Reconcile the note with its invoice, as far as that is still open.

        Odoo does so at posting when the invoice is open; of a paid one the credit
        stays with the customer, to be used or paid out.
        """
        for account in self.line_ids.account_id.filtered("reconcile"):
            lines = (self + invoice).line_ids.filtered(
                lambda line, a=account: line.account_id == a and not line.reconciled
            )
            if len(lines.move_id) == 2:
                lines.reconcile()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Tie each line of a reversal to the line that it reverses."""
        notes = super()._reverse_moves(default_values_list, cancel=cancel)
        for move, note in zip(self, notes, strict=False):
            copies = note._abs_product_lines().sorted("id")
            for origin in move._abs_product_lines().sorted("id"):
                match = copies.filtered(lambda line, o=origin: line._abs_reverses(o))
                match[:1].sudo().x_credited_line_id = origin
                copies -= match[:1]
        return notes
