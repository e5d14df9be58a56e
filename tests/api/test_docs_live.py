"""The commands of the documentation, copied as they stand, work against a server."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
API = "API=http://localhost:8069/api"


def commands(page):
    """Return the shell blocks of a page that send requests, as one script."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.M | re.S)
    return "\n".join(block for block in blocks if "curl" in block)


PAGES = [
    page
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    if commands(page)
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_requests_of_a_page(page, base_url, unique):
    script = commands(page)
    assert API in script
    script = script.replace(API, f"API={base_url}/api")
    script = re.sub(r'"(SN-\d+)"', lambda serial: f'"{unique(serial[1])}"', script)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, ""), script
    rest, answers = done.stdout.strip(), []
    while rest:
        answer, end = json.JSONDecoder().raw_decode(rest)
        answers.append(answer)
        rest = rest[end:].lstrip()
    assert answers
    for answer in answers:
        assert answer["success"], answer


def test_pages_with_requests_are_found():
    assert {"README", "api", "sale"} <= {page.stem for page in PAGES}
