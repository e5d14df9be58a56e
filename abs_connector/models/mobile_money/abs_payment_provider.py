"""Mobile-money providers of a company: where to send, whom to believe (docs/contract.md 5)."""

import ipaddress
import secrets

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from .providers.base import REGISTRY, NotSent, Refused, Unknown

ADMINISTRATOR = "abs_connector.group_administrator"


class PaymentProvider(models.Model):
    """One account with one gateway.

    Credentials are readable by administrators only; adapters and verbs read them in
    sudo. None of them is ever part of an API answer or a log.
    """

    _name = "abs.payment.provider"
    _description = "Mobile-money provider"
    _inherit = ["mail.thread"]
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Selection("_selection_code", string="Gateway", required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("disabled", "Disabled"), ("test", "Test"), ("enabled", "Enabled")],
        default="disabled",
        required=True,
        tracking=True,
        help="A disabled provider takes no new attempts; what was paid before is still "
        "credited.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
        help="Payments that this provider reports are entered here.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="The currency in which this provider collects.",
    )
    expiry_minutes = fields.Integer(
        "Minutes to expiry",
        default=30,
        required=True,
        help="An attempt that nobody answered expires after this time. Money that "
        "arrives later is credited all the same.",
    )
    poll_seconds = fields.Integer(
        "Seconds before asking",
        default=60,
        required=True,
        help="After this time without a callback the provider is asked.",
    )
    ip_allow_list = fields.Char(
        "Allowed senders",
        groups=ADMINISTRATOR,
        help="Addresses or networks that may call back, separated by commas. Empty: "
        "any.",
    )
    api_url = fields.Char(
        "API address",
        groups=ADMINISTRATOR,
        help="Only when it differs from the provider's usual one.",
    )
    callback_base_url = fields.Char(
        "Callback base address",
        groups=ADMINISTRATOR,
        help="The address under which the provider reaches this server. Empty: the "
        "server's own (web.base.url).",
    )
    callback_token = fields.Char(
        groups=ADMINISTRATOR,
        copy=False,
        readonly=True,
        default=lambda self: secrets.token_hex(24),
    )
    callback_url = fields.Char(
        "Callback address", compute="_compute_callback_url", groups=ADMINISTRATOR
    )
    api_key = fields.Char("Consumer key", groups=ADMINISTRATOR, copy=False)
    api_secret = fields.Char("Consumer secret", groups=ADMINISTRATOR, copy=False)
    shortcode = fields.Char("Business short code", groups=ADMINISTRATOR)
    till_number = fields.Char(
        groups=ADMINISTRATOR, help="For a till (Buy Goods): its number."
    )
    transaction_type = fields.Selection(
        [
            ("CustomerPayBillOnline", "Pay Bill"),
            ("CustomerBuyGoodsOnline", "Buy Goods (till)"),
        ],
        default="CustomerPayBillOnline",
        groups=ADMINISTRATOR,
    )
    passkey = fields.Char(groups=ADMINISTRATOR, copy=False)
    signature_secret = fields.Char(
        groups=ADMINISTRATOR,
        copy=False,
        default=lambda self: secrets.token_urlsafe(32),
        help="Key of the signature (HMAC) on requests and callbacks.",
    )
    attempt_ids = fields.One2many("abs.payment.attempt", "provider_id")

    _callback_token_unique = Constraint(
        "UNIQUE (callback_token)", "Two providers cannot share a callback address."
    )
    _code_company_unique = Constraint(
        "EXCLUDE (code WITH =, company_id WITH =) WHERE (active)",
        "A company has each gateway at most once.",
    )

    @api.model
    def _selection_code(self):
        return [(code, adapter.label) for code, adapter in sorted(REGISTRY.items())]

    @api.depends("code", "callback_token", "callback_base_url")
    def _compute_callback_url(self):
        for provider in self:  # a new form has no gateway yet
            provider.callback_url = provider.code and provider._abs_callback_url()

    @api.constrains("state", "code")
    def _check_ready(self):
        """An open provider has all it needs to talk to its gateway."""
        for provider in self.sudo().filtered(lambda p: p.state != "disabled"):
            names = [n for n in provider._adapter().required if not provider[n]]
            if names:
                labels = [
                    provider._fields[n]._description_string(self.env) for n in names
                ]
                raise BusinessError(
                    self.env._(
                        "Fill in %(fields)s before you open %(provider)s.",
                        fields=", ".join(labels),
                        provider=provider.name,
                    ),
                    code="provider_incomplete",
                )

    @api.constrains("ip_allow_list")
    def _check_ip_allow_list(self):
        for provider in self.sudo():
            try:
                provider._abs_networks()
            except ValueError as exc:
                raise BusinessError(
                    self.env._(
                        "'%(text)s' is not a list of addresses or networks such as "
                        "196.201.214.0/24, 196.201.213.44.",
                        text=provider.ip_allow_list,
                    )
                ) from exc

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if self.journal_id.company_id != self.company_id:
            self.journal_id = False
        self.currency_id = self.company_id.currency_id

    # Buttons

    def action_new_token(self):
        """Replace the callback address, for example after it became known."""
        self.check_access("write")
        for provider in self.sudo():
            provider.callback_token = secrets.token_hex(24)

    def action_register_c2b(self):
        """Tell the gateway where payments by customers themselves are reported."""
        self.ensure_one()
        self.check_access("write")
        register = getattr(self._adapter(), "register_c2b", None)
        if register is None:
            raise BusinessError(
                self.env._("%(name)s has no such service.", name=self.name)
            )
        try:
            register()
        except (NotSent, Refused, Unknown) as exc:
            raise BusinessError(
                self.env._(
                    "%(name)s did not take the addresses: %(reason)s",
                    name=self.name,
                    reason=str(exc),
                ),
                code="provider_error",
            ) from exc
        self.message_post(body=self.env._("Callback addresses registered."))

    # For adapters and attempts

    def _adapter(self):
        """Return the adapter of one provider, in sudo."""
        self.ensure_one()
        return REGISTRY[self.code](self.sudo())

    def _abs_base_url(self):
        """The gateway's address without a slash at the end."""
        self.ensure_one()
        url = (self.sudo().api_url or "").rstrip("/")
        if url:
            return url
        hosts = getattr(REGISTRY[self.code], "hosts", {})
        return hosts.get("production" if self.state == "enabled" else "test", "")

    def _abs_callback_url(self, token=None):
        """Where the gateway shall call.

        :param str token: of one attempt; default: the provider's own
        """
        self.ensure_one()
        provider = self.sudo()
        base = provider.callback_base_url or self.get_base_url()
        token = token or provider.callback_token
        word = REGISTRY[self.code].address
        return f"{base.rstrip('/')}/api/payments/callback/{word}/{token}"

    def _abs_networks(self):
        text = self.sudo().ip_allow_list or ""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [ipaddress.ip_network(part, strict=False) for part in parts]

    def _abs_may_call(self, address):
        """Tell whether the allow list lets an address in.

        :param str address: the caller's IP, as the web server saw it
        """
        networks = self._abs_networks()
        if not networks:
            return True
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(caller in network for network in networks)

    @api.model
    def _abs_pick(self, code, company):
        """Return the open provider of a company.

        :param str code: gateway such as ``mpesa``; None: the company's first
        :raises BusinessError: ``provider_unknown``, ``provider_disabled``
        """
        known = sorted(REGISTRY)
        if code is not None and code not in REGISTRY:
            raise BusinessError(
                self.env._(
                    "There is no payment provider '%(code)s'. Known: %(known)s.",
                    code=code,
                    known=", ".join(known),
                ),
                code="provider_unknown",
            )
        domain = [("company_id", "=", company.id), ("state", "!=", "disabled")]
        if code is not None:
            domain.append(("code", "=", code))
        provider = self.sudo().search(domain, limit=1)
        if not provider:
            raise BusinessError(
                self.env._(
                    "%(company)s takes no payments through %(code)s. Ask an "
                    "administrator to open the provider.",
                    company=company.name,
                    code=code or self.env._("mobile money"),
                ),
                code="provider_disabled",
            )
        return provider
