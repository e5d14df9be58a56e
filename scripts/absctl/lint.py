"""``abs lint``: ruff (rules and format), the OCA's Odoo rules, the kernel's types, known
advisories."""

import os
import subprocess

from absctl import python_env, system
from absctl.console import say
from absctl.paths import ROOT

#: Rules of pylint-odoo that don't fit here, and why.
_OTHERWISE = {
    "attribute-string-redundant": "labels are written out for the translators",
    "consider-merging-classes-inherited": "each domain extends Odoo's models by itself",
    "context-overridden": "an adopted context is meant as a whole",
    "missing-readme": "the README is at the root of the repository",
    "missing-return": "it takes hooks without a result for overrides",
    "no-search-all": "companies and locations with a role are few",
    "prefer-env-translation": "the API speaks before there is a record with an env",
    "super-method-mismatch": "the only writers of a guarded field go past its guard",
}


def lint():
    """Run all linters; return 0 only when each is content."""
    if not system.has_venv():
        system.install(["python3-venv"], "Python environments are missing")
    env = python_env.for_lint()
    tools = env.home / "bin"
    disabled = ",".join(_OTHERWISE)
    commands = (
        [tools / "ruff", "check", "."],
        [tools / "ruff", "format", "--check", "."],
        [
            tools / "pylint",
            "--rcfile=.pylintrc",
            f"--disable={disabled}",
            "abs_connector",
            "abs_connector_server",
        ],
        [tools / "oca-checks-odoo-module", "abs_connector", "abs_connector_server"],
        [tools / "mypy"],
        [env.python, "-m", "absctl.advisories"],
    )
    status = 0
    for command in commands:
        say(" ".join([command[0].name, *command[1:]]))
        status |= subprocess.run(command, cwd=ROOT, env=os.environ).returncode
    print("=== lint: " + ("FAILED" if status else "passed") + " ===", flush=True)
    return 1 if status else 0
