"""What the documentation says of the source is so."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_page_of_error_codes_is_current():
    script = ROOT / "scripts" / "error_codes.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_links_lead_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    assert len(pages) > 5
    for page in pages:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_odoos_own_runner_finds_every_test_file():
    """``--test-enable`` runs what the package imports, and nothing else."""
    folder = ROOT / "abs_connector" / "tests"
    imported = re.findall(
        r"^from \. import (\w+)$", (folder / "__init__.py").read_text(), re.M
    )
    assert imported == sorted(path.stem for path in folder.glob("test_*.py"))
