"""A client of the API for the walks: standard library only, and it believes nothing.

Settings come from the environment, as ``./scripts/abs demo`` sets them: ``ABS_URL``,
``ABS_PASSWORD``, ``ABS_API_KEY``, and ``ABS_WEB_PASSWORD`` of the web client's admin.
"""

import http.cookiejar
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ.get("ABS_URL", "http://127.0.0.1:8069").rstrip("/")
PASSWORD = os.environ.get("ABS_PASSWORD", "demo-Pass-2026")
WEB_PASSWORD = os.environ.get("ABS_WEB_PASSWORD", PASSWORD)
API_KEY = os.environ.get("ABS_API_KEY", "abs-demo-key")


class Surprise(Exception):
    """The server did something else than what the walk expects."""


class Client:
    """One caller of the API.

    :param dict headers: sent with every request
    """

    def __init__(self, name, headers=None):
        self.name, self.headers = name, headers or {}

    @classmethod
    def login(cls, email, path="/api/auth/login"):
        """Return the client of an employee of the demo (or of a customer)."""
        body = cls("nobody").post(path, {"email": email, "password": PASSWORD})
        client = cls(email.split("@")[0].capitalize())
        client.headers["Authorization"] = f"Bearer {body['access_token']}"
        client.session = body
        return client

    @classmethod
    def with_key(cls):
        """Return the client of an integration."""
        return cls("integration", {"X-API-KEY": API_KEY})

    def request(self, method, path, body=None):
        """Return ``(status, answer)`` whatever the status is."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        request = urllib.request.Request(
            URL + path, data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            try:
                return error.code, json.loads(text)
            except ValueError:
                return error.code, {"error": text[:300], "code": "no_json"}
        except urllib.error.URLError as error:
            raise Surprise(
                f"No server answers at {URL} ({error.reason}). Start one with "
                "./scripts/abs up."
            ) from error

    def get(self, path):
        return self._expect("GET", path, None, (200,))

    def post(self, path, body=None):
        return self._expect("POST", path, body or {}, (200, 201))

    def refused(self, status, code, method, path, body=None):
        """Send what must be refused; return the sentence of the refusal."""
        got, answer = self.request(method, path, body if method != "GET" else None)
        if got != status or answer.get("code") != code:
            raise Surprise(
                f"{method} {path} as {self.name}: {status} {code} expected, "
                f"{got} came: {json.dumps(answer)[:600]}"
            )
        return answer["error"]

    def _expect(self, method, path, body, statuses):
        status, answer = self.request(method, path, body)
        if status not in statuses or answer.get("success") is not True:
            raise Surprise(
                f"{method} {path} as {self.name}: {status} came: "
                f"{json.dumps(answer)[:600]}"
            )
        return answer


class Books:
    """Odoo's own records, read as the web client's admin does: no code of ours between.

    :param int company_id: whose books
    """

    def __init__(self, company_id):
        self.company_id = company_id
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        page = self._open("/web/login").decode()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {
            "login": "admin",
            "password": WEB_PASSWORD,
            "csrf_token": token.group(1) if token else "",
        }
        answer = self._open("/web/login", urllib.parse.urlencode(form).encode())
        if b'name="password"' in answer:
            raise Surprise("the web client's admin could not log in: ABS_WEB_PASSWORD")

    def _open(self, path, data=None, **headers):
        request = urllib.request.Request(URL + path, data, headers)
        try:
            with self.opener.open(request, timeout=300) as answer:
                return answer.read()
        except urllib.error.URLError as error:
            raise Surprise(f"{path}: {error}") from error

    def read(self, model, domain, fields):
        """Return the records as dicts."""
        call = {
            "model": model,
            "method": "search_read",
            "args": [domain, fields],
            "kwargs": {"context": {"allowed_company_ids": [self.company_id]}},
        }
        data = json.dumps({"jsonrpc": "2.0", "method": "call", "params": call}).encode()
        path = f"/web/dataset/call_kw/{model}/search_read"
        answer = json.loads(
            self._open(path, data, **{"Content-Type": "application/json"})
        )
        if "error" in answer:
            raise Surprise(f"{model}: {answer['error'].get('message')}")
        return answer["result"]


class Walk:
    """Prints numbered steps, and stops at the first figure that is not as expected."""

    def __init__(self, title):
        self.number = 0
        print(f"{title}\n{URL}\n", flush=True)

    def step(self, title):
        self.number += 1
        print(f"{self.number:3d}  {title}", flush=True)

    @staticmethod
    def tell(text):
        print(f"       {text}", flush=True)

    @staticmethod
    def check(what, got, wanted):
        """Stop the walk unless ``got`` equals ``wanted`` (numbers to a half cent)."""
        numbers = isinstance(got, int | float) and isinstance(wanted, int | float)
        same = abs(got - wanted) < 0.005 if numbers else got == wanted
        if not same:
            raise Surprise(f"{what}: {wanted!r} expected, {got!r} came")


def run(walk):
    """Run a walk as a program: exit status 0, or 1 with the surprise on stderr."""
    try:
        walk()
    except Surprise as surprise:
        print(f"\nNot as expected. {surprise}", file=sys.stderr)
        sys.exit(1)
    except KeyError as missing:
        print(f"\nNot as expected. The answer lacks {missing}.", file=sys.stderr)
        sys.exit(1)
