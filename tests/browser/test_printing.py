"""Documents printed in the web client, by the wkhtmltopdf that the machine has."""

import re

PAGE = re.compile(rb"/Type\s*/Page\b")


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
