"""The addon's page in the Apps list."""

import re


def test_the_page_comes_with_its_pictures(anonymous, odoo):
    domain = [("name", "=", "abs_connector")]
    [module] = odoo("ir.module.module", "search_read", domain, ["description_html"])
    pictures = re.findall(r'src="([^"]+)"', module["description_html"])
    assert len(pictures) > 2
    for picture in pictures:
        answer = anonymous.get(picture, status=200)
        assert answer.headers["Content-Type"] == "image/png"
