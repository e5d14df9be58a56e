"""Black-box tests: everything here talks to a real server over HTTP.

``./scripts/abs test`` starts that server on a fresh demo database and names it in the
environment; ``ABS_URL`` names one that is up already; with neither, one is started on
the database ``abs_blackbox`` for this run. Nothing here imports Odoo or the addon.

Environment: ABS_URL, ABS_DB, ABS_PASSWORD (demo log-ins), ABS_API_KEY,
ABS_ADMIN_PASSWORD (Odoo's ``admin``), ABS_SERIES ("18.0" or "19.0").
"""

import itertools
import os
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[1]
DEMO_PASSWORD = os.environ.get("ABS_PASSWORD", "demo-Pass-2026")
DEMO_API_KEY = os.environ.get("ABS_API_KEY", "abs-demo-key")
ADMIN_PASSWORD = os.environ.get("ABS_ADMIN_PASSWORD", DEMO_PASSWORD)
#: Seconds a single request may take; a PDF on a busy machine needs some.
TIMEOUT = 120


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def base_url():
    """The address of the server, such as ``http://127.0.0.1:8069``."""
    given = os.environ.get("ABS_URL")
    if given:
        yield given.rstrip("/")
        return
    port = str(_free_port())
    command = [str(ROOT / "scripts" / "abs")]
    up = [*command, "up", "--detach", "--port", port, "--db", "abs_blackbox"]
    try:
        subprocess.run(up, check=True, env={**os.environ, "PYTHONPATH": ""})
    except subprocess.CalledProcessError as error:
        pytest.exit(f"no server to test: {error}", returncode=3)
    os.environ.setdefault("ABS_DB", "abs_blackbox")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([*command, "down", "--port", port], check=False)


class Client:
    """One caller of the API.

    Each verb returns the :class:`requests.Response`; ``status`` asks for one status and
    fails with the answer's own words otherwise.

    :param str base_url: address of the server
    :param dict headers: what this caller sends with each request
    """

    def __init__(self, base_url, headers=None):
        self.base_url = base_url
        self.session = requests.Session()
        # No cookie is ever kept: the API has no session.
        self.session.cookies.set_policy(_NoCookies())
        self.session.headers.update(headers or {})

    def request(self, method, path, *, status=None, **options):
        """Send one request; ``options`` are those of :func:`requests.request`."""
        options.setdefault("timeout", TIMEOUT)
        answer = self.session.request(method, self.base_url + path, **options)
        if status is not None:
            assert answer.status_code == status, (
                f"{method} {path}: {answer.status_code}, not {status}: "
                f"{answer.text[:2000]}"
            )
        return answer

    def get(self, path, **options):
        """GET ``path``."""
        return self.request("GET", path, **options)

    def post(self, path, json=None, **options):
        """POST ``json`` to ``path``."""
        return self.request("POST", path, json={} if json is None else json, **options)

    def put(self, path, json=None, **options):
        """PUT ``json`` to ``path``."""
        return self.request("PUT", path, json={} if json is None else json, **options)

    def delete(self, path, **options):
        """DELETE ``path``."""
        return self.request("DELETE", path, **options)


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):
    def set_ok(self, cookie, request):
        return False


@pytest.fixture(scope="session")
def anonymous(base_url):
    """A caller without any credentials."""
    return Client(base_url)


@pytest.fixture(scope="session")
def integration(base_url):
    """An integration with the demo API key."""
    return Client(base_url, {"X-API-KEY": DEMO_API_KEY})


@pytest.fixture(scope="session")
def login(base_url):
    """A function ``login(email) -> Client`` for demo employees and customers.

    Each person logs in once for the whole run. ``customer=True`` uses the customers'
    door; the answer of the log-in is at ``client.answer``.
    """
    known = {}

    def by_email(email, *, customer=False):
        if email not in known:
            path = "/api/customer/auth/login" if customer else "/api/auth/login"
            body = {"email": email, "password": DEMO_PASSWORD}
            answer = Client(base_url).post(path, body, status=200).json()
            token = answer["access_token"]
            known[email] = Client(base_url, {"Authorization": f"Bearer {token}"})
            known[email].answer = answer
        return known[email]

    return by_email


@pytest.fixture(scope="session")
def unique():
    """A function ``unique(prefix) -> str`` whose answers never repeat, over all runs."""
    run, numbers = uuid.uuid4().hex[:8], itertools.count(1)
    return lambda prefix="": f"{prefix}{run}-{next(numbers)}"


@pytest.fixture(scope="session")
def odoo(base_url):
    """Odoo's own RPC as ``admin``: ``odoo("stock.quant", "search_read", domain, ...)``.

    For comparing the API's figures with Odoo's; fails with the server's message.
    """
    numbers = itertools.count(1)

    def rpc(service, method, *arguments):
        call = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": next(numbers),
            "params": {"service": service, "method": method, "args": arguments},
        }
        answer = requests.post(f"{base_url}/jsonrpc", json=call, timeout=TIMEOUT).json()
        if "error" in answer:
            pytest.fail(answer["error"]["data"]["message"])
        return answer["result"]

    database = os.environ.get("ABS_DB", "")
    uid = rpc("common", "login", database, "admin", ADMIN_PASSWORD)
    assert uid, f"admin could not log in to the database '{database}' (ABS_DB)"

    def execute(model, method, *arguments, **keywords):
        return rpc(
            *("object", "execute_kw", database, uid, ADMIN_PASSWORD),
            *(model, method, list(arguments), keywords),
        )

    return execute


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; the tests that need it are skipped where it is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("Chromium is missing: 'apt-get install chromium' runs these tests")
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=options)
        yield started
        started.close()


@pytest.fixture
def page(browser, base_url):
    """A page of the web client, logged in as ``admin``."""
    context = browser.new_context(
        base_url=base_url, viewport={"width": 1400, "height": 900}
    )
    # The first page waits for Odoo to build its asset bundles.
    context.set_default_timeout(TIMEOUT * 1000)
    page = context.new_page()
    page.goto("/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", ADMIN_PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar")
    yield page
    context.close()
