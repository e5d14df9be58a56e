"""``abs sbom``: what an environment holds, as CycloneDX in JSON."""

import json
import subprocess
from pathlib import Path

from absctl import odoo_source, python_env, system
from absctl.console import Problem
from absctl.paths import ROOT


def bill_of(python, series):
    """Return the bill of materials of one environment, as a dict.

    :param python: its interpreter
    :param str series: the Odoo that runs in it
    """
    output = subprocess.run(
        [
            python_env.for_lint().home / "bin" / "cyclonedx-py",
            *("environment", "--output-reproducible", "--output-format", "JSON"),
            *("--pyproject", ROOT / "pyproject.toml", "--mc-type", "application"),
            python,
        ],
        capture_output=True,
        text=True,
    )
    if output.returncode:
        raise Problem(f"The bill could not be made: {output.stderr.strip()}")
    bill = json.loads(output.stdout)
    # Odoo is a tree beside the environment, which pip knows nothing of.
    bill["components"].append(
        {
            "bom-ref": "odoo",
            "type": "framework",
            "name": "odoo",
            "version": series,
            "licenses": [{"license": {"id": "LGPL-3.0-only"}}],
            "purl": f"pkg:generic/odoo@{series}",
        }
    )
    return bill


def sbom(*, odoo, output=None):
    """Print the bill of materials of the environment for ``odoo``; return the status.

    :param odoo: the value of ``--odoo``
    :param output: the file to write instead
    """
    if not system.has_venv():
        system.install(["python3-venv"], "Python environments are missing")
    source = odoo_source.resolve(odoo)
    bill = bill_of(python_env.for_odoo(source).python, source.series)
    text = json.dumps(bill, indent=2, sort_keys=True) + "\n"
    if output:
        Path(output).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0
