"""Reports as the API hands them out."""

import base64


def report_pdf(record, report, name):
    """Return one record's report as ``filename, mimetype, content`` (base64).

    Odoo renders HTML inside its tests, and says so in the kind; the black-box tests
    check real PDFs. Without wkhtmltopdf it raises, and says what to install.
    """
    record.ensure_one()
    reports = record.env["ir.actions.report"].sudo()
    content, kind = reports._render_qweb_pdf(report, record.ids)
    content = content if isinstance(content, bytes) else content.encode()
    filename = "".join(c if c.isalnum() or c in " -_." else "-" for c in name)
    return {
        "filename": f"{filename}.{kind}",
        "mimetype": "application/pdf" if kind == "pdf" else f"text/{kind}",
        "content": base64.b64encode(content).decode(),
    }
