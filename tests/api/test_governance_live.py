"""Governance where only committed transactions and real parallelism tell."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

API_KEY = os.environ.get("ABS_API_KEY", "abs-demo-key")
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "add_global_root_admins.py"


@pytest.fixture(scope="module")
def root(integration):
    """The path of the global root's members."""
    answer = integration.get("/api/system/global-root", status=200).json()
    assert (answer["exists"], answer["company"]) == (True, None)
    return f"/api/service-accounts/{answer['account']['id']}/members"


@pytest.fixture
def person(integration, root, unique):
    """A new employee of the holding; an admin no more after the test."""
    rows = integration.get("/api/employees?email=admin@abs.demo", status=200).json()
    body = {
        "name": "Second Admin",
        "email": f"{unique('second')}@abs.demo",
        "password": "demo-Pass-2026",
        "company_id": rows["items"][0]["company"]["id"],
    }
    made = integration.post("/api/employees", body, status=201).json()["employee"]
    yield made
    for member in admins(integration, root):
        if member["employee"]["id"] == made["id"]:
            integration.delete(f"{root}/{member['id']}", status=200)


def admins(integration, root):
    path = f"{root}?role_code=admin&state=active&limit=100"
    return integration.get(path, status=200).json()["items"]


def run_script(base_url, *arguments, key=API_KEY):
    env = {**os.environ, "ABS_URL": base_url, "ABS_API_KEY": key}
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)


def test_script_adds_admins_once(base_url, integration, root, person, login):
    first = run_script(base_url, person["email"])
    assert (first.returncode, first.stderr) == (0, "")
    assert f"{person['email']}: now an admin" in first.stdout
    again = run_script(base_url, person["email"].upper())
    assert f"{person['email']}: was an admin" in again.stdout
    named = [
        m for m in admins(integration, root) if m["employee"]["id"] == person["id"]
    ]
    assert len(named) == 1
    assert named[0]["scope_policy"] == "sa_tree"
    customer = login("marie@abs.demo", customer=True).answer["customer"]["id"]
    login(person["email"]).get(f"/api/contacts/{customer}", status=200)


def test_script_says_what_is_missing(base_url, unique):
    stranger = run_script(base_url, f"{unique('nobody')}@abs.demo")
    assert stranger.returncode == 1
    assert "no such employee" in stranger.stdout
    for key, words in (("", "ABS_API_KEY"), ("abs_wrong", "401")):
        refused = run_script(base_url, "admin@abs.demo", key=key)
        assert refused.returncode != 0
        assert words in refused.stderr
    silent = run_script("http://127.0.0.1:9", "admin@abs.demo")
    assert "ABS_URL" in silent.stderr
    assert run_script(base_url).stderr.startswith("Nobody to add")


def test_two_admins_end_each_other_at_once(integration, root, person, login):
    """Each sees the other one as the admin who stays: one of them must lose."""
    body = {"employee_id": person["id"], "role_code": "admin"}
    integration.post(root, body, status=201)
    ours = {m["employee"]["id"]: m["id"] for m in admins(integration, root)}
    ada = login("admin@abs.demo")
    second = login(person["email"])
    first_id = ada.answer["employee"]["id"]
    for other in set(ours) - {first_id, person["id"]}:  # left by somebody else
        integration.delete(f"{root}/{ours[other]}", status=200)
    try:
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda pair: pair[0].delete(f"{root}/{ours[pair[1]]}"),
                    ((ada, person["id"]), (second, first_id)),
                )
            )
        told = [(a.status_code, a.text[:200]) for a in answers]
        assert sorted(a.status_code for a in answers)[0] == 200, told
        assert sorted(a.status_code for a in answers)[1] in (403, 404, 409), told
        assert len(admins(integration, root)) == 1
    finally:
        if first_id not in [m["employee"]["id"] for m in admins(integration, root)]:
            back = {"employee_id": first_id, "role_code": "admin"}
            integration.post(root, back, status=201)


def test_use_of_a_key_is_noted(integration, odoo):
    integration.get("/api/contacts?limit=1", status=200)
    (key,) = odoo(
        "abs.api.key",
        "search_read",
        [("name", "=", "Demo integration")],
        fields=["last_used"],
    )
    assert key["last_used"]
