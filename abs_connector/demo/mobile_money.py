"""A sandbox provider per demo company, see ``scripts/demo/sandbox_gateway.py``."""

import os

#: Like the other demo credentials: public, and only ever with the demo.
SECRET = "abs-demo-callback-secret"
GATEWAY = "http://127.0.0.1:8899"


class MobileMoney:
    """A part of :class:`.loader.Demo`."""

    def _load_mobile_money(self, companies):
        """Open the sandbox in each company that sells.

        :param dict companies: ``{code: res.company}``
        """
        for company in companies.values():
            journal = self.env["account.journal"].search(
                [("company_id", "=", company.id), ("name", "=", "Mobile Money")],
                limit=1,
            )
            if journal:
                self._one(
                    "abs.payment.provider",
                    {"code": "sandbox", "company_id": company.id},
                    {
                        "name": "Sandbox",
                        "journal_id": journal.id,
                        "currency_id": company.currency_id.id,
                        "signature_secret": SECRET,
                        "api_url": os.environ.get("ABS_SANDBOX_URL", GATEWAY),
                        "state": "test",
                    },
                )
