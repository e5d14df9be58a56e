#!/usr/bin/env python3
"""Make people admins: members of the global root SA (setup guide 11c).

Edit ADMINS, or name the e-mail addresses on the command line:

    ABS_URL=http://127.0.0.1:8069 ABS_API_KEY=... \\
        python scripts/add_global_root_admins.py director@example.com

The API key needs the scope 'system'. A person who is no employee yet is made one when
ADMINS names more than the address. Who is an admin already is left alone. Exit status
0 only when everybody is an admin afterwards.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

#: e-mail, or a dict for people who are no employees yet:
#: {"email": ..., "name": ..., "company_id": ..., "phone": ..., "password": ...}
ADMINS = []

URL = os.environ.get("ABS_URL", "http://127.0.0.1:8069").rstrip("/")
KEY = os.environ.get("ABS_API_KEY", "")


def call(method, path, body=None):
    """Return the answer of the API; exit with its own sentence when it refuses."""
    request = urllib.request.Request(
        URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-API-KEY": KEY, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            text = json.loads(text)["error"]
        except (ValueError, KeyError):
            text = text[:200]
        sys.exit(f"{method} {path}: {error.code}: {text}")
    except urllib.error.URLError as error:
        sys.exit(f"{URL} does not answer ({error.reason}): set ABS_URL.")


def employee_of(person):
    """Return the employee with this e-mail, made when there is enough to make one."""
    email = person["email"].strip().lower()
    found = call("GET", "/api/employees?" + urllib.parse.urlencode({"email": email}))
    if found["items"]:
        return found["items"][0]
    if not person.get("name"):
        print(f"{email}: no such employee; give name and company_id in ADMINS.")
        return None
    return call("POST", "/api/employees", person)["employee"]


def main(arguments):
    if not KEY:
        sys.exit("Set ABS_API_KEY to a key with the scope 'system'.")
    people = [{"email": a} for a in arguments] or [
        {"email": a} if isinstance(a, str) else a for a in ADMINS
    ]
    if not people:
        sys.exit("Nobody to add: edit ADMINS or name e-mail addresses.")
    root = call("GET", "/api/system/global-root")
    if not root["exists"]:
        sys.exit("There is no global root SA: upgrade the module abs_connector.")
    members = f"/api/service-accounts/{root['account']['id']}/members"
    missing = 0
    for person in people:
        employee = employee_of(person)
        if employee is None:
            missing += 1
            continue
        admin = any(
            m["role_code"] == "admin" and m["state"] == "active"
            for m in employee["memberships"]
        )
        if not admin:
            body = {"employee_id": employee["id"], "role_code": "admin"}
            call("POST", members, body)
        print(f"{employee['email']}: {'was' if admin else 'now'} an admin")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
