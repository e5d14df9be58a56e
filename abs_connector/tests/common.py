"""The small world that the rule tests live in: two countries, four SAs, their people.

Companies Togo (XOF, VAT 18 %) and Kenya (KES, VAT 16 %), each with a chart of accounts,
journals (sale, bank, cash, mobile money) and a warehouse.
"""

from functools import lru_cache

from odoo.fields import Command
from odoo.tests import TransactionCase
from passlib.hash import pbkdf2_sha512

from ..compat import USER_GROUPS, move_name
from ..scope import Call, Grant, Scope
from .companies import CompanyBuilders

PASSWORD = "demo-Pass-2026"


@lru_cache(maxsize=1)
def password_hash():
    """A cheap hash of PASSWORD: log-in works, and people are made quickly."""
    return pbkdf2_sha512.using(rounds=1000).hash(PASSWORD)


class AbsBuilders(CompanyBuilders):
    """Builders on ``cls.env``; mixed into AbsCommon and into the HTTP case."""

    @classmethod
    def build_world(cls):
        """Build everything below on the shared companies."""
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.togo = cls.env.ref("__abs_test__.togo")
        cls.kenya = cls.env.ref("__abs_test__.kenya")
        cls.env.user.company_ids += cls.togo + cls.kenya
        companies = cls.env.company + cls.togo + cls.kenya
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": companies.ids}
        )
        for name in ("togo", "kenya"):
            setattr(cls, name, getattr(cls, name).with_env(cls.env))
        cls.wh_togo = cls.warehouse_of(cls.togo)
        cls.wh_kenya = cls.warehouse_of(cls.kenya)
        cls.build_accounts()
        cls.build_people()
        cls.build_customers()
        cls.build_products()

    # -- governance ------------------------------------------------------------------

    @classmethod
    def build_accounts(cls):
        """The tree: global root > company roots > Lomé (with a branch), Kara, Nairobi."""
        accounts = cls.env["ov.serviced_account"]
        cls.sa_global = accounts._global_root().with_env(cls.env)
        cls.sa_togo = cls.make_account(
            "Test Togo", "T-TG", cls.togo, sa_type="root", source=cls.togo
        )
        cls.sa_kenya = cls.make_account(
            "Test Kenya", "T-KE", cls.kenya, sa_type="root", source=cls.kenya
        )
        cls.sa_lom = cls.make_account("Test Lomé", "T-LOM", cls.togo)
        cls.sa_lom_a = cls.make_account(
            "Test Lomé A", "T-LOM-A", cls.togo, sa_type="branch", parent=cls.sa_lom
        )
        cls.sa_kar = cls.make_account("Test Kara", "T-KAR", cls.togo)
        cls.sa_nbo = cls.make_account("Test Nairobi", "T-NBO", cls.kenya)

    @classmethod
    def make_account(
        cls, name, code, company, sa_type="seed", parent=None, source=None, **vals
    ):
        """Return an active SA."""
        vals = {
            "name": name,
            "account_code": code,
            "company_id": company.id,
            "sa_type": sa_type,
            "source_company_id": source.id if source else False,
            "state": "active",
            **vals,
        }
        if parent:
            vals["parent_id"] = parent.id
        return cls.env["ov.serviced_account"].create(vals)

    @classmethod
    def build_people(cls):
        """Employees by name; the memberships as ``m_<name>``."""
        lom, kar, nbo = cls.sa_lom, cls.sa_kar, cls.sa_nbo
        for name, account, role in (
            ("admin", cls.sa_global, "admin"),
            ("ama", lom, "staff"),
            ("kofi", lom, "staff"),
            ("jean", lom, "agent"),
            ("afi", lom, "agent"),
            ("yao", kar, "staff"),
            ("edem", kar, "agent"),
            ("wanjiru", nbo, "staff"),
            ("otieno", nbo, "agent"),
        ):
            company = account.company_id or cls.togo
            employee = cls.make_employee(name, company)
            setattr(cls, name, employee)
            setattr(cls, f"m_{name}", cls.enroll(account, employee, role))

    @classmethod
    def make_user(cls, login, *groups):
        """Return a user of Togo's web client with these groups."""
        users = cls.env["res.users"].with_context(no_reset_password=True)
        given = [cls.env.ref(group).id for group in ("base.group_user", *groups)]
        return users.create(
            {
                "name": login,
                "login": login,
                "company_id": cls.togo.id,
                "company_ids": [Command.set(cls.togo.ids)],
                USER_GROUPS: [Command.set(given)],
            }
        )

    @classmethod
    def make_employee(cls, name, company, **vals):
        """Return an employee ``<name>@test.abs`` whose password is PASSWORD."""
        return cls.env["abs.employee"].create(
            {
                "name": name.capitalize(),
                "email": f"{name}@test.abs",
                "company_id": company.id,
                "password_hash": password_hash(),
                **vals,
            }
        )

    @classmethod
    def enroll(cls, account, employee, role, **vals):
        """Return the active membership, which began long ago.

        Many tests freeze the clock at a certain day, which may be over by now or not.
        """
        return cls.env["ov.membership"].create(
            {
                "account_id": account.id,
                "employee_id": employee.id,
                "role_code": role,
                "date_from": "2020-01-01",
                **vals,
            }
        )

    @classmethod
    def build_customers(cls):
        """Marie (Lomé, Jean; with access), Paul (Kara, Edem), Zawadi (Nairobi)."""
        cls.marie = cls.make_customer(
            "Marie Dupont", cls.sa_lom, cls.jean, email="marie@test.abs"
        )
        cls.paul = cls.make_customer(
            "Paul Agbeko", cls.sa_kar, cls.edem, email="paul@test.abs"
        )
        cls.zawadi = cls.make_customer(
            "Zawadi Otieno", cls.sa_nbo, cls.otieno, email="zawadi@test.abs"
        )
        cls.access_marie = cls.env["abs.customer.access"].create(
            {
                "partner_id": cls.marie.id,
                "email": "marie@test.abs",
                "password_hash": password_hash(),
            }
        )

    @classmethod
    def make_customer(cls, name, account=None, employee=None, **vals):
        """Return a customer, governed when an SA is given."""
        vals = {"name": name, "customer_rank": 1, **vals}
        if account:
            country = account.company_id.country_id
            vals = {"x_sa_id": account.id, "country_id": country.id, **vals}
            vals["x_actor_id"] = employee.partner_id.id if employee else False
        return cls.env["res.partner"].create(vals)

    # -- products and stock ----------------------------------------------------------

    @classmethod
    def build_products(cls):
        """Kit and battery by serial, cable untracked, two services; VAT of each
        company comes by default."""
        goods = {"type": "consu", "is_storable": True, "invoice_policy": "delivery"}
        serial = {**goods, "tracking": "serial"}
        service = {"type": "service", "invoice_policy": "order"}
        cls.kit = cls.make_product("Test Kit", "T-SK", 450, **serial)
        cls.battery = cls.make_product("Test Battery", "T-BAT", 120, **serial)
        cls.cable = cls.make_product("Test Cable", "T-CABLE", 25, **goods)
        cls.installation = cls.make_product(
            "Test Installation", "T-INST", 50, **service
        )
        cls.warranty = cls.make_product("Test Warranty", "T-WAR", 30, **service)

    @classmethod
    def make_product(cls, name, code, price, **vals):
        """Return a ``product.product``."""
        return cls.env["product.product"].create(
            {"name": name, "default_code": code, "list_price": price, **vals}
        )

    @classmethod
    def build_cover(cls, price):
        """Build a monthly plan, and a warranty that is billed by it."""
        cls.monthly = cls.env["abs.subscription.plan"].create(
            {"name": "Test Monthly", "code": "T-MONTH", "send_mail": False}
        )
        cls.cover = cls.make_product(
            "Test Cover",
            "T-COVER",
            price,
            type="service",
            invoice_policy="order",
            x_pu_category="contract",
            x_contract_type="warranty",
            recurring_invoice=True,
            plan_id=cls.monthly.id,
        )

    @classmethod
    def receive(cls, product, what, warehouse=None):
        """Receive serials (list of names) or a quantity (number); returns the picking
        (done)."""
        warehouse = warehouse or cls.wh_togo
        env = cls.env
        serials = what if isinstance(what, list | tuple) else []
        supplier = env.ref("stock.stock_location_suppliers")
        places = {
            "location_id": supplier.id,
            "location_dest_id": warehouse.lot_stock_id.id,
        }
        picking = (
            env["stock.picking"]
            .with_company(warehouse.company_id)
            .create(
                {
                    "picking_type_id": warehouse.in_type_id.id,
                    **places,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": len(serials) or what,
                                "product_uom": product.uom_id.id,
                                **places,
                                **move_name(product),
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        lines = picking.move_ids.move_line_ids
        for line, name in zip(lines, serials, strict=False):
            line.lot_name = name
        picking.move_ids.picked = True
        done = picking.with_context(skip_backorder=True).button_validate()
        assert done is True, done
        return picking

    def analyze_tables(self):
        """Tell the planner what there is; autovacuum counts no uncommitted rows.

        A report planned for empty tables took half an hour. The locks keep it away.
        """
        query = "SELECT string_agg(quote_ident(tablename), ',') FROM pg_tables "
        self.env.cr.execute(query + "WHERE schemaname = 'public'")
        self.env.cr.execute(f"ANALYZE {self.env.cr.fetchone()[0]}")

    @classmethod
    def quotation(cls, partner, lines, account=None, actor=None, **vals):
        """Return a draft order of the partner's SA (or the one given).

        :param list lines: ``(product, quantity)`` or ``(product, quantity, price)``
        """
        account = account or partner.x_sa_id
        company = account.company_id or cls.togo
        commands = []
        for product, quantity, *price in lines:
            line = {"product_id": product.id, "product_uom_qty": quantity}
            line["price_unit"] = price[0] if price else product.list_price
            commands.append(Command.create(line))
        order = {
            "partner_id": partner.id,
            "company_id": company.id,
            "x_sa_id": account.id,
            "x_actor_id": (actor or partner.x_actor_id).id,
            "order_line": commands,
            **vals,
        }
        return cls.env["sale.order"].with_company(company).create(order)

    @classmethod
    def deliver(cls, picking, serials=None):
        """Validate a delivery: all of it, or these serials (names) per product only."""
        env = cls.env
        for move in picking.move_ids:
            if move.product_id.tracking == "serial" and serials is not None:
                lots = env["stock.lot"].search(
                    [
                        ("name", "in", serials),
                        ("product_id", "=", move.product_id.id),
                    ]
                )
                move.move_line_ids.unlink()
                move.move_line_ids = [
                    Command.create(
                        {
                            **move._prepare_move_line_vals(quantity=1),
                            "lot_id": lot.id,
                            "location_id": lot.location_id.id or move.location_id.id,
                            "picked": True,
                        }
                    )
                    for lot in lots
                ]
                move.picked = bool(lots)
            else:
                move.quantity = move.product_uom_qty
                move.picked = True
        done = picking.with_context(skip_backorder=True).button_validate()
        assert done is True, done
        return picking

    @classmethod
    def pay(cls, invoice, amount=None, journal="cash"):
        """Register a payment on a posted invoice; returns the payment."""
        company = invoice.company_id
        wizard = (
            cls.env["account.payment.register"]
            .with_company(company)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": cls.journal(company, journal).id,
                    "amount": amount or invoice.amount_residual,
                    "communication": invoice.name,
                }
            )
        )
        return wizard._create_payments()

    # -- scopes ----------------------------------------------------------------------

    @classmethod
    def scope_of(cls, employee):
        """Return the Scope that the API resolves for an employee, built by hand."""
        members = cls.env["ov.membership"]._effective(employee=employee)
        if any(m.role_code == "admin" for m in members):
            return Scope("admin")
        grants = []
        for member in members:
            accounts = member.account_id
            if member.scope_policy == "sa_tree":
                accounts = accounts.search([("id", "child_of", accounts.ids)])
            ids = tuple(sorted(accounts.ids))
            actor = member.person_partner_id.id
            grants.append(Grant(member.scope_policy, ids, actor))
        companies = tuple(sorted(members.account_id.company_id.ids))
        return Scope("employee", tuple(grants), companies)

    @classmethod
    def api_env(cls, employee=None, scope=None, account=None):
        """Return the environment in which the API runs a request of an employee."""
        user = cls.env.ref("abs_connector.user_api")
        scope = scope or cls.scope_of(employee)
        call = Call(
            actor_id=employee.partner_id.id if employee else 0,
            employee_id=employee.id if employee else 0,
            account_id=account.id if account else 0,
        )
        context = {**cls.env.context, "abs_scope": scope, "abs_call": call}
        companies = list(getattr(scope, "company_ids", ()))
        context["allowed_company_ids"] = companies or user.company_ids.ids
        return cls.env(user=user.id, su=False, context=context)


class AbsCommon(AbsBuilders, TransactionCase):
    """Base of the rule tests: the world is built once per class."""

    @classmethod
    def setUpClass(cls):
        cls.share_companies()
        super().setUpClass()
        cls.build_world()
