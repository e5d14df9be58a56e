"""schemathesis asks the served document's every operation, as five kinds of caller.

All its checks hold; the one thing allowed besides is in ``fuzz_hooks.py``: a rule of
the business refuses a request that the document calls valid, with a code that the
document declares. On a second server with a copy of the run's database, since it
changes what it can.

``ABS_FUZZ_SEED`` and ``ABS_FUZZ_EXAMPLES`` (per operation and caller) try others or more.
"""

import os
import random
import shutil
import subprocess
import sys

import pytest
import requests
from conftest import DEMO_API_KEY, DEMO_PASSWORD, TIMEOUT
from second_server import ROOT, SecondServer

from absctl.cluster import postgres_program

SERIES = os.environ.get("ABS_SERIES", "18.0")
SEED = int(os.environ.get("ABS_FUZZ_SEED", "20260423"))
EXAMPLES = int(os.environ.get("ABS_FUZZ_EXAMPLES", "2" if SERIES == "18.0" else "1"))
#: operations whose every boundary is tried, beside the random requests to all
THOROUGH = EXAMPLES * 4
#: they end the log-in that is used, so they come last and have one of their own
LAST = ("/api/auth/logout", "/api/customer/auth/logout")


class Fuzzed:
    """A server to be fuzzed, on a copy of the database of the run."""

    def __init__(self, base_url, folder):
        self.server = SecondServer(base_url, folder)
        self.folder = folder
        options = self.server._options
        self.source = self.server.database
        self.name = f"{self.source}_fuzz"
        self.env = {
            **os.environ,
            "PGHOST": options["db_host"],
            "PGPORT": options["db_port"],
            "PGUSER": options["db_user"],
            "PGPASSWORD": options["db_password"],
        }

    def _postgres(self, program, *arguments):
        command = [postgres_program(program), *arguments]
        subprocess.run(command, check=True, env=self.env, cwd="/")

    def start(self):
        self.stop()
        dump = self.folder / "dump"
        # The server of the run is connected: no template, but a dump.
        self._postgres("pg_dump", "-Fc", "-Z0", "-f", dump, self.source)
        self._postgres("createdb", "-T", "template0", self.name)
        self._postgres("pg_restore", "--no-owner", "-d", self.name, dump)
        dump.unlink()
        files = os.path.join(self.server._options["data_dir"], "filestore")
        shutil.copytree(f"{files}/{self.source}", f"{files}/{self.name}")
        self.server.proxy.listen()
        self.server.start(db_name=self.name)
        self.server.healthy()

    def stop(self):
        self.server.stop()
        self._postgres("dropdb", "--if-exists", "--force", self.name)
        files = os.path.join(self.server._options["data_dir"], "filestore")
        shutil.rmtree(f"{files}/{self.name}", ignore_errors=True)

    def login(self, email, door="auth"):
        """Return the headers of a new log-in, and its first Service Account."""
        body = {"email": email, "password": DEMO_PASSWORD}
        url = f"{self.server.url}/api/{door}/login"
        answer = requests.post(url, json=body, timeout=TIMEOUT)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        accounts = [row["account"]["id"] for row in told.get("memberships", ())]
        return {"Authorization": f"Bearer {told['access_token']}"}, accounts

    def run(self, headers, accounts, *arguments):
        """Let schemathesis ask; fail with what it found."""
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run"),
            *(f"{self.server.url}/api/openapi.json", "--checks", "all"),
            *("--seed", str(SEED), "--workers", "1"),
            *("--generation-database", "none", "--suppress-health-check", "all"),
            # A log-in *and* an API key is no case: the first one counts.
            *("--generation-with-security-parameters", "false"),
            *(
                "--continue-on-failure",
                "--no-shrink",
                "--no-color",
                "--warnings",
                "off",
            ),
            *arguments,
        ]
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        env = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "fuzz_hooks",
            "PYTHONPATH": str(ROOT / "tests/api"),
            "ABS_FUZZ_ACCOUNT": str(accounts[0]) if accounts else "",
        }
        done = subprocess.run(
            command, capture_output=True, text=True, env=env, cwd=self.folder
        )
        print(f"ABS_FUZZ_SEED={SEED} ABS_FUZZ_EXAMPLES={EXAMPLES}")
        print("\n".join(done.stdout.splitlines()[-8:]))
        assert done.returncode == 0, (done.stdout + done.stderr)[-30_000:]


@pytest.fixture(scope="module")
def fuzzed(base_url, tmp_path_factory):
    """The server to be fuzzed; its database goes with it."""
    fuzzed = Fuzzed(base_url, tmp_path_factory.mktemp("fuzzed"))
    try:
        fuzzed.start()
        yield fuzzed
    finally:
        fuzzed.stop()


CALLERS = {
    "anonymous": lambda fuzzed: ({}, []),
    "agent": lambda fuzzed: fuzzed.login("jean@abs.demo"),
    "manager": lambda fuzzed: fuzzed.login("ama@abs.demo"),
    "customer": lambda fuzzed: fuzzed.login("marie@abs.demo", "customer/auth"),
    "api_key": lambda fuzzed: ({"X-API-KEY": DEMO_API_KEY}, []),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_every_operation(fuzzed, caller):
    left_out = [word for path in LAST for word in ("--exclude-path", path)]
    fuzzed.run(
        *CALLERS[caller](fuzzed),
        *("--phases", "fuzzing", "--max-examples", str(EXAMPLES)),
        *left_out,
    )


def test_every_boundary_of_some(fuzzed):
    """Each limit of a schema, each missing field, each method that is not there."""
    url = f"{fuzzed.server.url}/api/openapi.json"
    paths = requests.get(url, timeout=TIMEOUT).json()["paths"]
    names = sorted(
        operation["operationId"]
        for path, verbs in paths.items()
        for operation in verbs.values()
        if path not in LAST and "deprecated" not in operation
    )
    chosen = random.Random(SEED).sample(names, min(THOROUGH, len(names)))
    print(*chosen)
    arguments = [w for name in chosen for w in ("--include-operation-id", name)]
    fuzzed.run(
        *fuzzed.login("ama@abs.demo"), "--phases", "examples,coverage", *arguments
    )


@pytest.mark.parametrize("door", ["auth", "customer/auth"])
def test_log_out_last(fuzzed, door):
    who = {"auth": "kofi@abs.demo", "customer/auth": "marie@abs.demo"}[door]
    fuzzed.run(
        *fuzzed.login(who, door),
        *("--phases", "fuzzing", "--max-examples", str(EXAMPLES)),
        *("--include-path", f"/api/{door}/logout"),
    )
