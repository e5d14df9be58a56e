"""What a refused log-in leaves behind is committed apart: only a live server shows it."""


def test_locked_out_after_five_wrong_passwords(anonymous, unique):
    """Known or unknown, the identity waits; another one does not."""
    email = f"{unique('nobody')}@abs.demo"
    body = {"email": email, "password": "wrong-password"}
    answers = [anonymous.post("/api/auth/login", body) for _try in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 15 * 60 + 1
    other = {"email": f"{unique('nobody')}@abs.demo", "password": "wrong-password"}
    assert anonymous.post("/api/auth/login", other).status_code == 401


def test_a_spent_refresh_token_ends_its_family(anonymous):
    body = {"email": "afi@abs.demo", "password": "demo-Pass-2026"}
    first = anonymous.post("/api/auth/login", body, status=200).json()
    spent = {"refresh_token": first["refresh_token"]}
    second = anonymous.post("/api/auth/refresh", spent, status=200).json()
    reused = anonymous.post("/api/auth/refresh", spent, status=401).json()
    assert reused["code"] == "refresh_reused"
    ended = {"refresh_token": second["refresh_token"]}
    anonymous.post("/api/auth/refresh", ended, status=401)
    for pair in (first, second):
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        anonymous.get("/api/auth/me", headers=headers, status=401)


def test_refused_writes_are_logged(login, odoo, unique):
    """Refused requests are rolled back; the log keeps them under their id."""
    name = unique("refused-")
    jean = login("jean@abs.demo")
    jean.post(  # a letter that PostgreSQL does not keep is left out of the row
        "/api/contacts", {"colour\x00": 1}, headers={"X-Request-ID": name}, status=400
    )
    (row,) = odoo(
        "abs.request.log",
        "search_read",
        [("request_id", "=", name)],
        fields=["status", "code", "path"],
    )
    assert (row["status"], row["code"]) == (400, "invalid_input")
    assert row["path"] == "/api/contacts"
