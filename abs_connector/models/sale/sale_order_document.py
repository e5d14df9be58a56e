"""Quotation by mail and pro-forma as PDF (workflow 2; setup guide 10)."""

from odoo import models

from ...exceptions import BusinessError
from ..base.report import report_pdf

LAYOUT = "mail.mail_notification_layout_with_responsible_signature"


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _api_send(self):
        """Mail the quotation (or the order) with its PDF to the customer.

        :raises BusinessError: ``email_missing``, ``invalid_state`` when cancelled
        """
        self.ensure_one()
        self._abs_lock()
        if self.state == "cancel":
            raise BusinessError(
                self.env._("%(order)s is cancelled.", order=self.name),
                code="invalid_state",
            )
        self.partner_id._abs_require_email()
        order = self.with_company(self.company_id)
        template = order._find_mail_template()
        if not template:
            raise BusinessError(
                self.env._("The mail template of quotations is missing."),
                code="template_missing",
            )
        order.message_post_with_source(
            template, email_layout_xmlid=LAYOUT, subtype_xmlid="mail.mt_comment"
        )
        if order.state == "draft":
            order.action_quotation_sent()
        return self

    def _api_proforma_pdf(self):
        """Return ``{"filename", "mimetype", "content"}`` of the pro-forma, base64."""
        self.ensure_one()
        if self.state == "cancel":
            raise BusinessError(
                self.env._("%(order)s is cancelled.", order=self.name),
                code="invalid_state",
            )
        report = "sale.action_report_pro_forma_invoice"
        name = self.env._("Pro-forma %(order)s", order=self.name)
        order = self.with_company(self.company_id).with_context(proforma=True)
        return order._abs_pdf(report, name)

    def _abs_pdf(self, report, name):
        """Render a report of one record for the API."""
        return report_pdf(self, report, name)
