"""Service Accounts, employees and memberships, and the customer with her access."""

from .public import PASSWORD

#: code: (name, type, parent, company)
ACCOUNTS = {
    "OV-HK": ("Oves Holdings", "root", "OVGLOBAL-ROOT", "HK"),
    "OV-TG": ("Oves Togo", "root", "OVGLOBAL-ROOT", "TG"),
    "OV-KE": ("Oves Kenya", "root", "OVGLOBAL-ROOT", "KE"),
    "TG-LOM": ("Togo - Lomé", "seed", "OV-TG", "TG"),
    "TG-LOM-A": ("Togo - Lomé Agoè", "branch", "TG-LOM", "TG"),
    "TG-KAR": ("Togo - Kara", "seed", "OV-TG", "TG"),
    "KE-NBO": ("Kenya - Nairobi", "seed", "OV-KE", "KE"),
}
#: log-in: (name, phone, SA, role); the first staff member of an SA is its manager
PEOPLE = {
    "admin": ("Ada Oves", "+22890000001", "OVGLOBAL-ROOT", "admin"),
    "ama": ("Ama Mensah", "+22890000002", "TG-LOM", "staff"),
    "kofi": ("Kofi Adjei", "+22890000003", "TG-LOM", "staff"),
    "jean": ("Jean Koffi", "+22890000004", "TG-LOM", "agent"),
    "afi": ("Afi Lawson", "+22890000005", "TG-LOM", "agent"),
    "yao": ("Yao Agbeko", "+22890000006", "TG-KAR", "staff"),
    "edem": ("Edem Tetteh", "+22890000007", "TG-KAR", "agent"),
    "wanjiru": ("Wanjiru Kamau", "+254712000001", "KE-NBO", "staff"),
    "otieno": ("Otieno Odhiambo", "+254712000002", "KE-NBO", "agent"),
}


class People:
    """A part of :class:`.loader.Demo`."""

    def _load_accounts(self, companies):
        """Return ``{code: ov.serviced_account}``, the global root included."""
        model = self.env["ov.serviced_account"]
        root = model._global_root()
        accounts = {root.account_code: root}
        for code, (name, kind, parent, company) in ACCOUNTS.items():
            accounts[code] = self._one(
                "ov.serviced_account",
                {"account_code": code},
                {
                    "name": name,
                    "sa_type": kind,
                    "parent_id": accounts[parent].id,
                    "company_id": companies[company].id,
                    "source_company_id": kind == "root" and companies[company].id,
                    "state": "active",
                },
            )
        return accounts

    def _load_people(self, accounts):
        """Return ``{log-in: abs.employee}``, each with one membership."""
        people = {}
        holdings = accounts["OV-HK"].company_id
        for login, (name, phone, code, role) in PEOPLE.items():
            account = accounts[code]
            email = f"{login}@abs.demo"
            employees = self.env["abs.employee"].with_context(active_test=False)
            employee = employees.search([("email", "=", email)], limit=1)
            if not employee:
                employee = employees.create(
                    {
                        "name": name,
                        "email": email,
                        "phone": phone,
                        "company_id": (account.company_id or holdings).id,
                    }
                )
                employee._set_password(PASSWORD)
            if not employee.membership_ids:
                self.env["ov.membership"].create(
                    {
                        "account_id": account.id,
                        "employee_id": employee.id,
                        "role_code": role,
                    }
                )
            people[login] = employee
        return people

    def _load_customer(self, account, agent):
        """Marie Dupont of TG-LOM, assigned to Jean, with customer access."""
        marie = self._one(
            "res.partner",
            {"email": "marie@abs.demo"},
            {
                "name": "Marie Dupont",
                "phone": "+22891000001",
                "street": "12 rue du Commerce",
                "city": "Lomé",
                "country_id": self.env.ref("base.tg").id,
                "customer_rank": 1,
                "x_sa_id": account.id,
                "x_actor_id": agent.partner_id.id,
            },
        )
        access = self.env["abs.customer.access"].with_context(active_test=False)
        if not access.search([("partner_id", "=", marie.id)]):
            access._open(marie, PASSWORD)
        return marie
