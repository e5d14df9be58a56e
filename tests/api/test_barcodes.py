"""Barcodes and QR codes, as the web client and printed documents ask for them."""

import io

import pytest
import zxingcpp
from PIL import Image


@pytest.mark.parametrize(
    ("kind", "text", "size"),
    [
        ("Code128", "WH/OUT/00042", (600, 100)),
        ("EAN13", "5901234123457", (400, 120)),
        ("QR", "https://example.com/pay?order=42", (300, 300)),
    ],
)
@pytest.mark.parametrize("readable", [0, 1])
def test_a_code_can_be_read_again(anonymous, kind, text, size, readable):
    width, height = size
    answer = anonymous.get(
        "/report/barcode",
        params={
            **{"barcode_type": kind, "value": text, "width": width, "height": height},
            **{"humanreadable": readable, "quiet": 1},
        },
    )
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("PNG", size)
    found = zxingcpp.read_barcodes(picture.convert("RGB"))
    assert [code.text for code in found] == [text]
