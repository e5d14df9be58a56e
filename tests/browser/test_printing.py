"""Documents printed in the web client, by the wkhtmltopdf that the machine has."""

import base64
import io
import re

import pypdf
import zxingcpp
from reportlab.pdfgen.canvas import Canvas

PAGE = re.compile(rb"/Type\s*/Page\b")
#: A page with a QR code that wkhtmltopdf fetches from the server by itself.
SHEET = """
<t t-call="web.basic_layout">
  <div class="page" t-foreach="docs" t-as="doc">
    <img t-attf-src="/report/barcode/QR/{{doc.ref}}?width=300&amp;height=300"/>
  </div>
</t>
"""


def codes_in(pdf):
    """Return the texts of the bar and QR codes that are drawn in ``pdf``."""
    return {
        code.text
        for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for drawn in sheet.images
        for code in zxingcpp.read_barcodes(drawn.image.convert("RGB"))
    }


def test_several_documents_in_one_pdf(page, odoo, unique):
    partner = odoo("res.partner", "create", {"name": unique("Printed ")})
    [product] = odoo("product.product", "search", [("default_code", "=", "INST")])
    line = {"product_id": product}
    vals = {"partner_id": partner, "order_line": [[0, 0, line]]}
    orders = odoo("sale.order", "create", [vals, vals])
    ids = ",".join(map(str, orders))
    answer = page.request.get(f"/report/pdf/sale.report_saleorder/{ids}")
    content = answer.body()
    assert answer.status == 200 and content.startswith(b"%PDF"), content[:500]
    assert len(PAGE.findall(content)) == 2


def test_a_transfer_is_printed_with_its_barcode(page, odoo):
    domain = [("code", "=", "incoming")]
    [receipt] = odoo("stock.picking.type", "search", domain, limit=1)
    picking = odoo("stock.picking", "create", {"picking_type_id": receipt})
    [read] = odoo("stock.picking", "read", [picking], ["name"])
    answer = page.request.get(f"/report/pdf/stock.report_picking/{picking}")
    assert answer.status == 200, answer.body()[:500]
    assert codes_in(answer.body()) == {read["name"]}


def test_a_qr_code_is_printed(page, odoo, unique):
    key, text = f"abs_connector.{unique('sheet_')}", unique("QR ")
    view = {"name": key, "key": key, "type": "qweb"}
    odoo("ir.ui.view", "create", {**view, "arch": f'<t t-name="{key}">{SHEET}</t>'})
    report = {"name": key, "model": "res.partner", "report_name": key}
    odoo("ir.actions.report", "create", {**report, "report_type": "qweb-pdf"})
    partner = odoo("res.partner", "create", {"name": text, "ref": text})
    answer = page.request.get(f"/report/pdf/{key}/{partner}")
    assert answer.status == 200, answer.body()[:500]
    assert codes_in(answer.body()) == {text}


def test_the_suppliers_bill_is_printed_with_its_number(page, odoo, unique):
    paper = io.BytesIO()
    canvas = Canvas(paper)
    canvas.drawString(100, 500, "As the supplier sent it")
    canvas.save()
    number = f"BILL/{unique()}"
    bill = odoo("account.move", "create", {"move_type": "in_invoice", "name": number})
    file = {
        **{"name": "bill.pdf", "datas": base64.b64encode(paper.getvalue()).decode()},
        **{"res_model": "account.move", "res_id": bill},
    }
    [attachment] = odoo("ir.attachment", "create", [file])
    odoo("account.move", "write", [bill], {"message_main_attachment_id": attachment})
    answer = page.request.get(f"/report/pdf/account.report_original_vendor_bill/{bill}")
    assert answer.status == 200, answer.body()[:500]
    [sheet] = pypdf.PdfReader(io.BytesIO(answer.body())).pages
    text = sheet.extract_text()
    assert "As the supplier sent it" in text
    assert number in text
