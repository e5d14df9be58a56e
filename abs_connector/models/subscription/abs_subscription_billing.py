import logging
from functools import partial

from odoo import api, fields, models
from odoo.fields import Command

from ...exceptions import BusinessError
from ...retry import again
from ..account.account_move import DRAWN_BY_US

_logger = logging.getLogger(__name__)
#: Subscriptions billed in one transaction: what a kill can lose, and then finds again.
BATCH = 50
#: A transaction that loses against another is run this often.
ATTEMPTS = 6
#: Longest advance billing by one call.
MAX_ADVANCE = 60


class SubscriptionBilling(models.Model):
    """Billing of due periods: each once, one transaction per batch.

    The cron takes the due rows ``FOR NO KEY UPDATE SKIP LOCKED``: a second run at the
    same time takes others. The period row is inserted before its invoice, so its unique
    constraints hold even where the lock does not reach.
    """

    _inherit = "abs.subscription"

    # --- one subscription -------------------------------------------------------------
    def _api_bill(self, until=None):
        """Bill now what is due, or ahead of time up to ``until`` (staff).

        :param until: last first day of a period to be billed; default today
        :return: self
        """
        self._abs_lock()
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        self._require_state("active")
        today = self.company_id._abs_today()
        until = max(fields.Date.to_date(until) or today, today)
        ahead, number = 0, self._next_number()
        while until > today and self._period_start(number + ahead) <= until:
            ahead += 1
            if ahead > MAX_ADVANCE:
                raise BusinessError(
                    self.env._("At most %s periods are billed ahead.", MAX_ADVANCE),
                    code="too_far_ahead",
                )
        self._bill_due(until)
        self.write({"billing_error": False, "billing_error_date": False})
        return self

    def _bill_due(self, until=None):
        """Bill each open period that begins by ``until``; then renew or expire.

        By default until today, which each company of the subscriptions has its own.
        Many subscriptions take their first due period together, then their second ...:
        one create and one posting for all is several times as fast as one by one.
        """
        today = {company: company._abs_today() for company in self.company_id}
        subs = self
        while subs:
            subs = subs.filtered(lambda s: s.state == "active")
            due = subs.filtered(
                lambda s: (
                    s.next_invoice_date
                    and s.next_invoice_date <= (until or today[s.company_id])
                )
            )
            for company in due.company_id:
                group = due.filtered(lambda s, c=company: s.company_id == c)
                group.with_context(tz=company._abs_tz())._bill_next()
            renewed = self.browse()
            for sub in subs - due:
                if sub._is_exhausted() and sub.end_date < today[sub.company_id]:
                    if sub._renew():
                        renewed += sub
                    else:
                        sub._close("expired", self.env._("End of the contract"))
            subs = due + renewed

    def _is_exhausted(self):
        last = self._last_number()
        return bool(last) and self._next_number() > last

    def _renew(self):
        """Start over for as many periods as the plan has; a lease-to-own never does."""
        if not self.auto_renew or self.kind == "sync" or not self.plan_id.duration:
            return False
        self.write(
            {
                "duration": self.duration + self.plan_id.duration,
                "renewals": self.renewals + 1,
            }
        )
        self._note(self.env._("Renewed until %s.", self.end_date), None)
        return True

    def _bill_next(self):
        """Bill the next period of each of these subscriptions, all of one company."""
        rows = []
        for sub in self:
            number = sub._next_number()
            rows.append(
                {
                    "subscription_id": sub.id,
                    "number": number,
                    "date_from": sub._period_start(number),
                    "date_to": sub._period_end(number),
                }
            )
        periods = self.env["abs.subscription.period"].create(rows)
        moves = self.env["account.move"].with_company(self.company_id)
        # a machine's invoices need no log of their making: it costs a quarter of it all
        moves = DRAWN_BY_US.on(moves.with_context(tracking_disable=True)).create(
            [p.subscription_id._invoice_vals(p) for p in periods]
        )
        for period, move in zip(periods, moves, strict=True):
            period.invoice_id = move
        posted = periods.filtered(lambda p: p.subscription_id.plan_id.auto_post)
        if posted:
            posted.invoice_id.with_context(tracking_disable=True).action_post()
        mailed = periods.filtered(lambda p: p.subscription_id.plan_id.send_mail)
        mailed.mail_state = "pending"
        for sub in self:
            if sub.kind == "sync" and sub._is_exhausted():
                sub._remind(self.env._("Last month billed: transfer the ownership."))

    def _invoice_vals(self, period):
        """Return the vals of the recurring invoice of ``period``.

        Linked by own fields, not by ``sale_line_ids``, which would make the order
        over-invoiced (cookbook 5). An advance invoice is dated today.
        """
        today = self.company_id._abs_today()
        order, line = self.order_id, self.order_line_id
        vals = {
            "move_type": "out_invoice",
            "partner_id": (order.partner_invoice_id or self.partner_id).id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": min(period.date_from, today),
            "invoice_origin": self.code,
            "x_subscription_id": self.id,
            **self._sa_stamp(),
            "invoice_line_ids": [Command.create(self._invoice_line_vals(period))],
        }
        journal = self.plan_id.with_company(self.company_id).journal_id
        if "autocheck_on_post" in journal._fields:  # 18; as posting will note it
            vals["checked"] = True
        if journal.company_id == self.company_id:
            vals["journal_id"] = journal.id
        if line:
            vals["invoice_payment_term_id"] = order.payment_term_id.id
            vals["fiscal_position_id"] = order.fiscal_position_id.id
            vals["invoice_user_id"] = order.user_id.id
        return vals

    def _invoice_line_vals(self, period):
        line = self.order_line_id
        name = f"{self.product_id.display_name} ({period.date_from} - {period.date_to})"
        vals = {
            "product_id": self.product_id.id,
            "name": name,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
        }
        if line:  # the tax the customer agreed to on the order
            vals["tax_ids"] = [Command.set(line._abs_taxes().ids)]
        return vals

    # --- many -------------------------------------------------------------------------
    def _bill_batch(self):
        """Bill these together; if one refuses, one by one, so that it stops no other."""
        if len(self) > 1:
            error = self._abs_try(self._bill_unmarked)
            if not error:
                return
            # told by the one that causes it, below
            _logger.info("Billing %s one by one", len(self), exc_info=error)
        for sub in self:
            sub._bill_safely()

    def _bill_safely(self, until=None):
        """Bill self in a savepoint; a refusal is written on the record instead.

        :return: True when it went through
        """
        self.ensure_one()
        # one bad contract never stops the others (docs/contract.md 5)
        error = self._abs_try(lambda: self._bill_unmarked(until))
        if error:
            _logger.warning("Billing of %s failed", self.code, exc_info=error)
            self._report_failure(str(error))
            return False
        return True

    def _bill_unmarked(self, until=None):
        """Bill what is due, and take back what an earlier failure left."""
        self._bill_due(until)
        failed = self.filtered("billing_error")
        failed.write({"billing_error": False, "billing_error_date": False})

    def _report_failure(self, text):
        if self.billing_error != text:
            self.message_post(body=self.env._("Billing failed: %s", text))
            self._remind(self.env._("Billing failed: mend it, then bill it."))
        self.write({"billing_error": text, "billing_error_date": fields.Datetime.now()})
        self.env.flush_all()

    @api.model
    def _take_due(self, after):
        """Lock and return up to :data:`BATCH` due subscriptions with an id above.

        Due is what begins by today, the day that it is at the subscription's company.
        One statement finds and locks, so that it is the first of its transaction and
        sees what others committed just before. Rows in other hands are left to them.
        """
        self.flush_model()
        days = self.env["res.company"]._abs_days().items()
        today = [(company, day) for day, ids in days for company in ids if company]
        companies, dates = zip(*today, strict=True)
        self.env.cr.execute(
            """
            SELECT s.id FROM abs_subscription s
              JOIN unnest(%(companies)s, %(dates)s) AS own (company_id, today)
                ON own.company_id = s.company_id
             WHERE s.state = 'active' AND s.id > %(after)s
               AND (s.next_invoice_date <= own.today
                    OR (s.next_invoice_date IS NULL AND s.end_date < own.today))
             ORDER BY s.id LIMIT %(batch)s
               FOR NO KEY UPDATE OF s SKIP LOCKED
            """,
            {
                "after": after,
                "companies": list(companies),
                "dates": list(dates),
                "batch": BATCH,
            },
        )
        subs = self.browse([row[0] for row in self.env.cr.fetchall()])
        subs.invalidate_recordset()
        return subs

    @api.model
    def _cron_bill(self):
        """Bill all that is due today, in batches; safe to kill and to run twice."""
        after = done = 0
        while True:
            work = partial(self._bill_one_batch, after, done)
            after, size, more = again(self.env, work, ATTEMPTS)
            if not size:
                break
            done += size
            if not more:
                return done
        self.env["abs.subscription.period"]._cron_send()
        return done

    @api.model
    def _bill_one_batch(self, after, done):
        """Bill one batch in its transaction; return its last id, its size, and whether
        there is time for another one."""
        batch = self._take_due(after)
        batch._bill_batch()
        last, size = batch[-1:].id, len(batch)
        return last, size, self._billing_commit(size, done + size, bool(batch))

    @api.model
    def _billing_commit(self, step, done, remaining):
        """Commit a batch and report it to the cron; the only commit of the billing.

        :param int step: records of this batch
        :param int done: records of this run
        :param bool remaining: whether there may be more
        :return: False when the cron's time is up
        """
        cron = self.env["ir.cron"]
        commit = getattr(cron, "_commit_progress", None)
        if commit:  # 19: takes steps, commits
            return commit(step, remaining=int(remaining)) > 0
        cron._notify_progress(done=done, remaining=int(remaining))
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return True
