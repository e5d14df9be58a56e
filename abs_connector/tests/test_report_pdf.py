"""PDFs name the company that sends them, with an unpatched wkhtmltopdf as well."""

import lxml.html

from ..models.platform.ir_actions_report import put_inside
from .common import AbsCommon

REPORT = "account.account_invoices"
PLAIN = b"<html><body><main><div class='article'>Label</div></main></body></html>"


class TestReportPdf(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        layout = "web.external_layout_standard"
        cls.togo.external_report_layout_id = cls.env.ref(layout)
        cls.togo.report_footer = "Registered in Lome"
        cls.togo.company_details = "Oves Togo, Boulevard 13"
        orders = [
            cls.quotation(cls.marie, [(cls.installation, 1)], actor=cls.jean.partner_id)
            for _ in range(2)
        ]
        for order in orders:
            order.action_confirm()
            order.invoice_ids.action_post()
        cls.invoices = orders[0].invoice_ids + orders[1].invoice_ids
        reports = cls.env["ir.actions.report"]
        cls.html = reports._render_qweb_html(
            REPORT, cls.invoices.ids, {"report_type": "pdf"}
        )[0]

    def test_each_document_has_its_header_and_footer(self):
        report = self.env.ref(REPORT)
        bodies, ids, header, footer, options = report._prepare_html(
            put_inside(self.html), report_model="account.move"
        )
        self.assertEqual(ids, self.invoices.ids)
        for body, invoice in zip(bodies, self.invoices, strict=True):
            texts = [
                body.index(text)
                for text in ("Boulevard 13", invoice.name, "Registered in Lome")
            ]
            self.assertEqual(texts, sorted(texts))
            self.assertNotIn("Page", lxml.html.fromstring(body).text_content())
        for rest in (header, footer):
            self.assertNotIn("Boulevard 13", rest)
            self.assertNotIn("Registered in Lome", rest)
        self.assertEqual(options, {"data-report-margin-top": "10"})

    def test_others_stay_as_they_are(self):
        self.assertEqual(put_inside(PLAIN), PLAIN)
