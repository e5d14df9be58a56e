"""nginx as ``abs up`` puts it in front: started, away from Odoo, stopped; or not there."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from absctl import front  # noqa: E402
from absctl.cluster import free_port  # noqa: E402
from absctl.console import Problem  # noqa: E402

PHRASE = "Please try again in a moment."


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A free port whose nginx, if one is started, leaves nothing behind."""
    monkeypatch.setattr(front, "CACHE", tmp_path)
    monkeypatch.setattr(front, "LOGS", tmp_path / "log")
    port = free_port()
    yield port
    front.stop(port)


@pytest.fixture
def put(place):
    """What the server's configuration is told, with nginx in front."""
    if not front.program():
        pytest.skip("no nginx here")
    return front.put(place, free_port())


def test_odoo_hides_behind_it(put, place):
    assert put["http_port"] != place
    assert put["http_interface"] == "127.0.0.1"
    assert put["proxy_mode"] is True
    assert requests.get(f"http://127.0.0.1:{place}/nginx-health", timeout=9).ok


@pytest.mark.parametrize("path", ["/api/orders", "/api/auth/login", "/api/nothing"])
def test_while_odoo_is_away(put, place, path):
    url = f"http://127.0.0.1:{place}{path}"
    headers = {"X-Request-ID": "asked-for-it", "Accept-Language": "fr-FR,fr;q=0.9"}
    answer = requests.post(url, json={}, headers=headers, timeout=9)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (503, "unavailable")
    assert (body["success"], body["details"]) == (False, [])
    assert body["error"].startswith("Le serveur ne répond pas")
    assert body["request_id"] == answer.headers["X-Request-ID"] == "asked-for-it"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert PHRASE in requests.get(url, timeout=9).json()["error"]
    preflight = requests.options(url, timeout=9)
    assert preflight.status_code == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    away = requests.get(f"http://127.0.0.1:{place}/web", timeout=9)
    assert away.status_code == 503
    assert int(away.headers["Retry-After"]) > 0


def test_a_log_in_too_many_waits(put, place):
    """One source: the first of a crowd are passed on, late; the rest is told to wait."""

    class Odoo(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", put["http_port"]), Odoo)
    Thread(target=server.serve_forever, daemon=True).start()
    answers = []

    def knock():
        url = f"http://127.0.0.1:{place}/api/auth/login"
        answers.append(requests.post(url, json={}, timeout=60))

    # More at once than one source may have, and than may wait.
    knocking = [Thread(target=knock) for _number in range(99)]
    for thread in knocking:
        thread.start()
    for thread in knocking:
        thread.join()
    server.shutdown()
    server.server_close()
    passed = [answer for answer in answers if answer.status_code == 401]
    told = [answer for answer in answers if answer.status_code == 429]
    assert len(passed) + len(told) == len(answers)
    assert passed and told
    assert told[0].json()["code"] == "too_many_requests"
    assert int(told[0].headers["Retry-After"]) > 0
    assert told[0].headers["Access-Control-Allow-Origin"] == "*"


def test_down_finds_what_a_server_left(put, place, tmp_path):
    assert front.left_over() == front.left_over(place) == [place]
    (scratch,) = [
        Path(line.split()[1].rstrip(";")).parent
        for line in (tmp_path / f"run/front-{place}/nginx.conf")
        .read_text()
        .splitlines()
        if line.strip().startswith("proxy_temp_path")
    ]
    assert scratch.is_dir()
    front.stop(place)
    assert front.left_over() == []
    assert not scratch.exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{place}/nginx-health", timeout=9)


@pytest.mark.parametrize("said", ["no", "/nonexistent/nginx", "/bin/false"])
def test_serves_without(place, monkeypatch, capsys, said):
    """And says what that lacks, whatever kept nginx from starting."""
    monkeypatch.setenv("ABS_NGINX", said)
    assert front.put(place, free_port()) == {"http_port": place}
    told = capsys.readouterr().err
    assert "serving without nginx" in told
    assert "slowly hold workers" in told
    assert front.left_over() == []


def test_serves_without_where_none_can_be_had(place, monkeypatch, capsys):
    def refuse():
        raise Problem("no packages today")

    monkeypatch.delenv("ABS_NGINX", raising=False)
    monkeypatch.setattr(front, "_runs", lambda _place: False)
    monkeypatch.setattr(front, "_unpack", refuse)
    assert front.put(place, free_port()) == {"http_port": place}
    assert "no packages today" in capsys.readouterr().err
