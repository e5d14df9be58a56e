"""``abs lint``: ruff (rules and format) and pylint with the OCA's Odoo rules."""

import os
import subprocess

from absctl import python_env, system
from absctl.console import say
from absctl.paths import ROOT


def lint():
    """Run all linters; return 0 only when each is content."""
    if not system.has_venv():
        system.install(["python3-venv"], "Python environments are missing")
    tools = python_env.for_lint().home / "bin"
    # The README is at the root of the repository, not in the addon.
    commands = (
        [tools / "ruff", "check", "."],
        [tools / "ruff", "format", "--check", "."],
        [
            tools / "pylint",
            "--rcfile=.pylintrc",
            "--disable=missing-readme",
            "abs_connector",
        ],
    )
    status = 0
    for command in commands:
        say(" ".join([command[0].name, *command[1:]]))
        status |= subprocess.run(command, cwd=ROOT, env=os.environ).returncode
    print("=== lint: " + ("FAILED" if status else "passed") + " ===", flush=True)
    return 1 if status else 0
