"""Approval thresholds, goods in stock, support desk and mail of the demo."""

SERIALS = {
    # 50 kits as docs/contract.md 8 says; a few e-bikes so that a lease-to-own can be tried.
    "SK-200W": [f"SN-2026-{number:03d}" for number in range(1, 51)],
    "SYNC-BIKE": [f"SB-2026-{number:03d}" for number in range(1, 6)],
}


#: Kenya's only stock, so that a first sale is possible there too.
CONTROLLERS = 20


class Operations:
    """A part of :class:`.loader.Demo`."""

    def _load_approval(self, companies, accounts):
        """From 1,000 in each company, from 2,000 in TG-LOM, E-mobility always."""
        for company in companies.values():
            if not company.x_sale_approval:
                company.write({"x_sale_approval": True, "x_sale_approval_amount": 1000})
        if not accounts["TG-LOM"].approval_threshold:
            accounts["TG-LOM"].approval_threshold = 2000
        mobility = self.env["product.category"].search(
            [("name", "=", "E-mobility"), ("parent_id", "=", False)], limit=1
        )
        mobility.x_approval_required = True

    def _load_stock(self, companies, products):
        """Receive the goods as a supplier's deliveries, by the API's own verb."""
        lots = self.env["stock.lot"]
        lines = [
            {
                "product_id": products[code].id,
                "quantity": len(names),
                "lots": names,
            }
            for code, names in SERIALS.items()
            if not lots.search(
                [("product_id", "=", products[code].id), ("name", "in", names)], limit=1
            )
        ]
        self._demo_receipt(companies["TG"], lines)
        controller = products["CC-30"]
        received = self.env["stock.move"].search_count(
            [
                ("product_id", "=", controller.id),
                ("company_id", "=", companies["KE"].id),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        if not received:
            line = {"product_id": controller.id, "quantity": CONTROLLERS}
            self._demo_receipt(companies["KE"], [line])

    def _demo_receipt(self, company, lines):
        if not lines:
            return
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        supplier = self._one(
            "res.partner", {"name": "Oves Factory"}, {"supplier_rank": 1}
        )
        self.env["stock.picking"].with_company(company)._api_receive(
            {
                "warehouse_id": warehouse.id,
                "partner_id": supplier.id,
                "origin": "DEMO",
                "lines": lines,
            }
        )

    def _load_support(self):
        """A help desk with a closing stage, and an outgoing mail server.

        The server is the mail catcher of docker-compose; without one running, mails
        wait in Odoo's queue and nothing leaves the machine.
        """
        self._one(
            "helpdesk.ticket.team", {"name": "Customer Support"}, {"company_id": False}
        )
        stages = self.env["helpdesk.ticket.stage"]
        if not stages.search([("closed", "=", True)], limit=1):
            stages.create({"name": "Resolved", "closed": True, "sequence": 100})
        servers = self.env["ir.mail_server"].with_context(active_test=False)
        if not servers.search([], limit=1):
            servers.create(
                {
                    "name": "Demo mail catcher",
                    "smtp_host": "localhost",
                    "smtp_port": 1025,
                    "smtp_encryption": "none",
                }
            )
