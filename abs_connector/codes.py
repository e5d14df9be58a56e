"""Every machine code of the API: its HTTP status, where it comes from, what it means.

A refusal with a code that does not stand here fails in a test. ``docs/errors.md`` and
the error answers of the OpenAPI document are printed from this table, which imports
nothing, so that scripts can read it without Odoo.
"""

from typing import NamedTuple


class Code(NamedTuple):
    """One code.

    :param tuple statuses: the HTTP statuses that it comes with, mostly one
    :param tuple areas: the packages of ``models/`` that raise it; ``kernel``: any route
    :param str meaning: one sentence; … stands for what an answer fills in
    """

    statuses: tuple[int, ...]
    areas: tuple[str, ...]
    meaning: str


#: area -> heading in docs/errors.md
AREAS = {
    "kernel": "Any address",
    "auth": "Log-in",
    "organisation": "Service Accounts, people, contacts",
    "catalogue": "Catalogue",
    "stock": "Stock",
    "sale": "Orders",
    "account": "Invoices and payments",
    "mobile_money": "Mobile money",
    "asset": "Assets, swaps, repairs",
    "subscription": "Subscriptions",
    "ticket": "Tickets",
}
_SALE = (
    "organisation",
    "catalogue",
    "stock",
    "sale",
    "account",
    "subscription",
    "asset",
)
#: first word of an address -> the areas that its verbs reach, besides the kernel's
REACH = {
    "assets": ("organisation", "stock", "asset", "subscription", "ticket"),
    "auth": ("auth",),
    "catalog": ("organisation", "catalogue"),
    "categories": ("organisation", "catalogue"),
    "contacts": ("auth", "organisation"),
    "customer": ("auth", "organisation", "account", "subscription"),
    "customers": ("organisation", "account"),
    "employees": ("auth", "organisation"),
    "invoices": ("organisation", "stock", "sale", "account"),
    "orders": _SALE,
    "payment-requests": ("organisation", "account", "mobile_money", "sale"),
    "payments": ("organisation", "sale", "account", "mobile_money", "subscription"),
    "products": ("organisation", "catalogue", "stock"),
    "quotations": _SALE,
    "repairs": ("organisation", "stock", "asset", "ticket"),
    "service-accounts": ("auth", "organisation"),
    "stock": ("organisation", "catalogue", "stock", "sale", "account", "asset"),
    "subscription": _SALE,
    "subscriptions": (*_SALE, "mobile_money"),
    "tickets": ("organisation", "stock", "asset", "ticket"),
    "warehouse": ("organisation", "catalogue", "stock", "sale", "account", "asset"),
    "warehouses": ("organisation", "stock"),
}


def codes_of(path: str, status: int) -> list[str]:
    """Return the codes with which an address may answer a status, sorted.

    :param str path: such as ``/api/orders/<int:order>/confirm``
    """
    areas = {"kernel", *REACH.get(path.split("/")[2], ("organisation",))}
    return sorted(
        word
        for word, code in CODES.items()
        if status in code.statuses and areas & set(code.areas)
    )


#: code | HTTP statuses | areas that raise it | what it means
_TABLE = """
api_key_invalid | 401 | kernel | The API key is not valid or has expired.
conflict | 409 | kernel | The same thing exists already.
control_characters | 400 | kernel | Write it in one line, without control characters.
idempotency_in_progress | 409 | kernel | The first request with this key is still running. Try again.
idempotency_mismatch | 422 | kernel | This Idempotency-Key was used with another request.
invalid_input | 400 | kernel | Path, query or body do not fit the contract: see details.
invalid_json | 400 | kernel | The body is not valid JSON.
method_not_allowed | 405 | kernel | This address does not take this method.
not_found | 404 | kernel organisation catalogue stock mobile_money | There is no such record, or it is not yours to see.
odd_slashes | 400 | kernel | A slash of a code or serial stands at an end, or beside another one.
readonly_field | 400 | kernel auth catalogue sale subscription | This field is not changed by hand.
role_required | 403 | kernel organisation catalogue stock sale | Your role does not allow this.
sa_forbidden | 403 | kernel organisation | You are not a member of this Service Account.
scope_required | 403 | kernel | The API key lacks the scope '…'.
server_error | 500 | kernel | Our fault; nothing was changed.
token_invalid | 401 | kernel | The token is not valid or has expired. Please log in again.
token_revoked | 401 | kernel | This access has ended. Please log in again.
too_large | 413 | kernel | The request is too large.
try_again | 409 | kernel auth | Somebody else is working on the same record.
unauthorized | 401 | kernel | Send 'Authorization: Bearer <token>'.
unavailable | 503 | kernel | The database is away: try again after Retry-After.
unsupported_media_type | 415 | kernel | Send the body as application/json.
wrong_token_kind | 403 | kernel | This kind of access does not open this address.
access_closed | 400 | auth | This customer's log-in was closed: staff who see all that it shows open it again.
identity_taken | 400 409 | auth organisation | Somebody else logs in with this e-mail or phone.
invalid | 400 | auth organisation catalogue stock sale mobile_money asset subscription | A rule that has no word of its own: the sentence says which.
invalid_credentials | 400 401 | auth | The log-in or the present password is not right.
invitation_invalid | 400 | auth | This invitation is not valid any more. Ask for a new one.
no_identity | 400 | auth | … has neither e-mail nor phone: add one to log in with.
refresh_invalid | 401 | auth | This log-in has ended. Please log in again.
refresh_reused | 401 | auth | This refresh token was used before, so the log-in was ended. Please log in again.
too_many_attempts | 429 | auth | Too many wrong passwords. Please try again in … minutes.
too_many_invitations | 429 | auth | This customer was invited … times within the hour. Please wait for the mail to arrive.
too_many_requests | 429 | kernel auth | Too many requests at this moment. Please wait a little.
weak_password | 400 | auth | A password needs at least … characters.
actor_not_member | 400 | organisation | … is not an active member of …. Enrol them first, or choose another person.
admin_outside_root | 400 | organisation | The role admin exists in the global root SA only; choose staff or agent in ….
already_member | 409 | organisation | … is an active member of … already.
code_taken | 409 | organisation | … has the code … already.
company_mismatch | 400 | organisation catalogue stock sale mobile_money asset subscription ticket | What was named belongs to another company.
company_required | 400 | organisation sale | Say for which company this is.
company_root_exists | 409 | organisation | … is the root SA of … already; there can be only one. Choose the type seed or branch.
contact_protected | 400 | organisation | This contact is a person of the office, not a customer.
contact_shared | 403 | organisation | Others deal with this contact as well, so it stays shared: only staff of all of them may take it to a Service Account of their company.
duplicate_contact | 409 | organisation | A customer of this Service Account has this phone number already. Send allow_duplicate if they share it.
email_missing | 400 | organisation account | … has no valid e-mail address: add one to the contact first.
employee_inactive | 409 | organisation | The employee is deactivated.
global_root_active | 409 | organisation | The global root SA stays active: every admin's access hangs on it.
global_root_company | 400 | organisation | The global root SA belongs to no company.
global_root_exists | 409 | organisation | … is the global root SA; there can be only one.
global_root_parent | 400 | organisation | Nothing is above the global root SA.
governed_field | 400 | organisation | The Service Account and the actor of a record are changed by 'Reassign' only, so that the history is kept.
has_history | 409 | organisation | … has a history, which is kept: archive it instead.
hierarchy_cycle | 400 | organisation | These members would report to each other in a circle.
identity_unconfirmed | 409 | organisation | The e-mail or phone was changed by somebody who does not manage the person: an admin sets it once more first.
invitation_only | 403 | organisation | This customer's log-in shows more than you can see: invite the customer, who then chooses the password.
last_admin | 409 | organisation | This is the last admin of the global root SA. Make another employee an admin first, without a last day.
manager_exists | 409 | organisation | … has an SA manager already, …: say whom the staff member reports to, or change the SA manager.
manager_not_active | 400 | organisation | The SA manager must be an active member.
manager_not_staff | 400 | organisation | … must report to a staff member of ….
manager_required | 400 | organisation | Name the staff member who becomes the SA manager.
membership_fixed | 400 | organisation | Revoke this membership and enrol the person anew.
membership_history | 409 | organisation | Revoke the membership instead: its history is kept.
membership_revoked | 400 409 | organisation | This membership has been revoked before.
merge_across_accounts | 400 | organisation | These contacts are not of the same Service Account: reassign them to one first.
merge_family | 400 | organisation | … is an address or contact person of another one of these: they stay two.
merge_log_ins | 400 | organisation | … each have a log-in: close all but one first.
merge_people | 400 | organisation | … are two people or companies of the office: each keeps a contact of its own. Deactivate the one who is no more.
merge_self | 400 | organisation | Name the contacts that go up in this one, not itself.
parent_required | 400 | organisation | … needs a parent: only the global root has none.
person_in_use | 400 | organisation | The person of an employee with memberships can't be changed: records are assigned to that person.
root_parent | 400 | organisation | A company root hangs below the global root only.
sa_inactive | 400 | organisation sale | The Service Account is not active and takes no records.
sa_not_empty | 400 | organisation | … can't be closed, this is open in it: …. Reassign it or bring it to its end first.
sa_required | 400 | organisation catalogue | Say in the header X-SA-ID for which Service Account this is.
ambiguous_reference | 400 | catalogue | Several products have the code …, or it is the id of another one: use an id, one of …, or write id: or code: before it.
component_archived | 400 | catalogue | … in the package … is archived. Ask for a substitute or a new package.
component_exists | 409 | catalogue | … is already in the package …: change its quantity instead.
component_unknown | 400 | catalogue | … has no component …: line_id is the id of one of its lines.
default_code_taken | 409 | catalogue | The code … belongs to … already.
last_option | 400 | catalogue | … is the last option of …: remove the property instead.
not_archived | 409 | catalogue | … is not archived.
option_exists | 409 | catalogue | The property has this option already.
package_archived | 400 | catalogue | The package … is archived.
package_circle | 400 | catalogue | The package … contains itself and cannot be sold.
package_empty | 400 | catalogue | The package … has no components yet.
package_missing | 400 | catalogue | … is no package yet: add a component first.
price_by_rule | 400 | catalogue | The pricelist … sets another price for …. Change its rules in Odoo.
price_of_package | 400 | catalogue | … is a package: it costs what its components cost. Change their prices.
pricelist_missing | 400 | catalogue | … has no pricelist in …. Create one, then set the price again.
product_family | 400 | catalogue | … lies below a category of another product family. Set the family on the root category instead.
property_exists | 409 | catalogue | The package has this property already.
property_required | 400 | catalogue | Choose … for the package …: ….
property_unknown | 400 | catalogue | … is no option of …. Choose one of: ….
pu_rule | 400 | catalogue | The PU fields do not fit each other.
quantity_too_small | 400 | catalogue | … is counted in steps of … …: … is too little.
substitution_not_allowed | 400 | catalogue | … cannot be substituted by …. See the substitutes of the package.
tax_not_for_sale | 400 | catalogue | … is no sales tax.
ambiguous_serial | 400 | stock asset | Several products have, or may have, this serial or lot number: name the product or the id.
backorder_required | 400 | stock | …: less than the … … of …. Send force_backorder: true for a part; the rest becomes a backorder.
delivery_cancelled | 400 | stock | The delivery is cancelled.
delivery_done | 409 | stock | The delivery is done already.
delivery_not_done | 400 | stock | … is a step inside the warehouse: return the goods from the delivery that ships them….
duplicate_line | 400 | stock | … is counted twice at ….
duplicate_serial | 400 | stock | Serial … is named twice.
insufficient_stock | 400 | stock asset | Less is available than asked: receive goods first, or take less.
location_not_allowed | 400 | stock | Units get to SYNC Deployed by the delivery of an order or by a swap, so that each has its customer.
location_not_internal | 400 | stock | … is no internal location: transfers go between internal locations.
location_required | 400 | stock | … is in several places of …: …. Name the location_id that was counted.
lot_required | 400 | stock | … is tracked by lots: ….
no_warehouse | 400 | stock | … has no warehouse yet: create one first.
not_stockable | 400 | stock | … is a service: it has no stock.
not_tracked | 400 | stock | … has neither serials nor lots: leave them out.
not_validated | 400 | stock | The return of … could not be validated.
nothing_to_return | 400 | stock | Everything of … is back already.
nothing_to_validate | 400 | stock | Nothing of … was chosen.
order_not_delivered | 400 | stock | Nothing of … has left yet: cancel the order instead.
previous_step_pending | 400 | stock | Validate … first: it brings the goods of … to ….
quantity_exceeded | 400 | stock | …: … asked, but only … … are on ….
reason_required | 400 | stock sale subscription | Say why.
receipt_cancelled | 400 | stock | The receipt is cancelled.
receipt_done | 409 | stock | The receipt is done already.
return_cancelled | 400 | stock | The return is cancelled.
return_done | 409 | stock | The return is done already.
same_location | 400 | stock | Goods are moved from one location to another.
serial_quantity | 400 | stock | Serial … is one unit: count 0 or 1.
serial_required | 400 | stock asset subscription ticket | Name the serial numbers, one for each unit.
serial_unavailable | 400 | stock asset ticket | The unit is elsewhere, or of another product: the sentence says where.
stock_changed | 409 | stock | Stock of … changed during the count. Count again.
transfer_cancelled | 400 | stock | The transfer is cancelled.
transfer_done | 409 | stock | The transfer is done already.
uom_mismatch | 400 | stock | … is counted in …, not in ….
already_approved | 409 | sale | … is approved: confirm it.
already_cancelled | 409 | sale | … is cancelled already.
already_confirmed | 409 | sale | … is confirmed already.
already_finalized | 409 | sale | … is finalized already.
approval_disabled | 400 | sale | Sales Order Approval is off in …. An administrator turns it on in Settings, Sales, Quotations & Orders.
approval_not_pending | 400 | sale | … does not wait for approval. Its maker asks for one with 'Request Approval' first.
approval_not_required | 400 | sale | … needs no approval: confirm it at once.
approval_pending | 409 | sale | … already waits for approval.
approval_required | 400 | sale | … needs an approval (…): have the staff of its Service Account do this, or make a quotation and request it.
currency_not_found | 400 | sale account | The currency … is not in use here. An administrator activates it in Accounting, Configuration, Currencies.
delivery_pending | 400 | sale account | … is not delivered: validate … first, by POST /api/stock/deliveries/…/validate, or name a posted invoice in invoice_id.
invalid_state | 400 | sale subscription | The record's state does not allow this.
invoice_not_found | 404 | sale account | Invoice … is not an invoice of ….
invoice_posted | 400 | sale | … has posted invoices (…): credit them before you cancel it.
journal_not_found | 400 | sale account | No such journal takes payments for …. Name one of its cash, bank or mobile money journals.
line_not_found | 404 | sale account | The line is not one of this record.
no_lines | 400 | sale | Name at least one product.
not_a_package | 400 | sale | … is no package: it has no properties or substitutions.
not_finalizable | 400 | sale | … can't be finalized: …
nothing_to_invoice | 400 | sale account | Nothing of the order is to be invoiced.
order_delivered | 400 | sale | … is delivered (…): take the goods back by a return before you cancel it, or cancel only the deliveries that are still open.
order_finalized | 400 | sale | … is finalized. Take goods back and credit the invoices.
order_not_confirmed | 400 | sale account mobile_money | … is …: confirm it first.
own_order | 403 | sale | You made … yourself: another staff member or the manager of … approves it.
package_price | 400 | sale | … is billed by its components: leave price_unit out, or give a discount.
product_not_sellable | 400 | sale | … is not sold by …. Choose another product.
product_required | 400 | sale subscription | Name the product.
sa_mismatch | 400 | sale | … belongs to …: sell there, or have the customer reassigned to … first.
template_missing | 400 | sale | The mail template of quotations is missing.
whole_units | 400 | sale | … has one serial per unit: order whole units, not ….
already_credited | 409 | account | … is credited already.
already_paid | 409 | account mobile_money | Nothing is left to pay on ….
already_posted | 409 | account | … is posted already.
amount_invalid | 400 | account mobile_money | It is no amount of this currency: above 0, in its smallest steps.
credit_too_large | 400 | account | That is … …, but only … can still be credited of …: credit its discounts and down payments along.
currency_mismatch | 400 | account mobile_money | … takes …, the payment is in ….
forbidden | 403 | account mobile_money | You are not allowed to do this.
invalid_date | 400 | account | A credit note can't be dated before its invoice (…).
invoice_cancelled | 400 | account | This invoice is cancelled. Draft it anew from its order.
invoice_not_posted | 400 | account mobile_money | This invoice is …. Post it first, by POST /api/orders/…/invoices/…/confirm.
no_credit | 400 | account | … has no unused credit in ….
not_an_invoice | 400 | account | Only a customer invoice can be credited.
overpayment | 400 | account mobile_money | … … is more than the … … still owed on …. Pay less, or keep the rest as credit with "allow_credit": true.
several_accounts | 400 | account | … stand on different receivable accounts or currencies: pay them one by one, each named in invoice_id.
address_not_allowed | 403 | mobile_money | Callbacks from this address are not taken.
already_decided | 409 | mobile_money | Somebody was first: this is decided or settled already.
amount_required | 400 | mobile_money | Say how much the customer is to pay.
attempt_pending | 409 | mobile_money | The customer was asked for this already (…). Wait for the answer, or cancel that attempt.
customer_mismatch | 400 | mobile_money ticket | It belongs to another customer.
customer_required | 400 | mobile_money | Name the customer, the order or the invoice.
invalid_signature | 401 | mobile_money | The signature does not fit the body.
invoice_mismatch | 400 | mobile_money | … is not an invoice of ….
malformed | 400 | mobile_money | The message is not understood: ….
phone_invalid | 400 | mobile_money | '…' is not a phone number. Write it with the country code, such as +228 90 12 34 56.
provider_disabled | 400 | mobile_money | … takes no payments through …. Ask an administrator to open the provider.
provider_error | 400 | mobile_money | … did not take the addresses: …
provider_incomplete | 400 | mobile_money | Fill in … before you open ….
provider_unknown | 400 | mobile_money | There is no payment provider '…'. Known: ….
receipt_used | 409 | mobile_money | This receipt is credited by ….
target_required | 400 | mobile_money | Say first which customer, order or invoice … is for.
asset_exists | 409 | asset | The unit … is registered already, and not with this customer. It must be returned first.
asset_is_loaner | 400 | asset | This unit is a loaner itself: return it, then swap.
asset_not_active | 400 | asset | Only a unit that is with a customer can be swapped; … is in ….
asset_sold | 400 | asset | This unit was delivered to … with …. Return it and deliver it to the new customer.
asset_transferred | 400 | asset | … is the customer's own since it was transferred. Repair it under a ticket or a repair order; a loaner is for leased units.
no_swap | 400 | asset | No loaner stands in for this unit.
not_configured | 400 | asset | … has no repair operation type: create its warehouse in Inventory > Configuration > Warehouses.
not_on_bench | 400 | asset | The unit of … can't go back: it is not repaired yet, or it is not in Service/Repair any more.
repair_closed | 409 | asset | Repair … is closed already.
repair_open | 400 | asset | Repair … still has parts to be used: finish or cancel it first.
serial_fixed | 400 | asset | Stock moves brought the unit …: return it, and deliver the right one.
state_by_stock | 400 | asset | The stock move decides this: scrap the unit with POST /api/stock/scrap, or transfer the ownership with its subscription.
swap_open | 409 | asset subscription | A loaner stands in for this unit: return the loaner first.
already_active | 409 | subscription | It is active already.
already_paused | 409 | subscription | It is paused already.
already_transferred | 409 | subscription | … has been transferred already.
contract_ended | 400 | subscription | … is over: take … back (POST /api/subscriptions/…/return), or transfer its ownership where that is due.
equipment_price | 400 | subscription | … is leased or rented: its price is 0, the fee is on the service line.
no_deployed_unit | 400 | subscription | … has no unit at SYNC Deployed: deliver it first.
not_deployed | 400 | subscription | … has no deployed unit to give back.
not_lease_to_own | 400 | subscription | … is not a lease-to-own contract.
not_recurring | 400 | subscription | … is not a service that is sold.
order_mismatch | 400 | subscription | … is an order of another customer.
periods_unpaid | 400 | subscription | Periods of the contract are not paid.
plan_required | 400 | subscription | … names no plan: name one (plan_id).
schedule_fixed | 400 | subscription | … has billed periods: its start and its billing period can no longer change.
staff_only | 403 | subscription | Ask us to pause, resume or cancel ….
start_date_range | 400 | subscription | The start is between … and ….
sync_fee_missing | 400 | subscription | A SYNC order needs a service line that carries the fee: add the plan's product.
too_far_ahead | 400 | subscription | At most … periods are billed ahead.
transfer_early | 400 | subscription | The contract is not in its last month.
already_closed | 409 | ticket | Ticket … is closed already.
asset_required | 400 | ticket | Ticket … names no unit: set its asset first.
no_closing_stage | 400 | ticket | No closing stage: tick 'Closed' on a stage in Helpdesk > Configuration > Stages.
no_field_project | 400 | ticket | No field-service project: tick 'Field Service' on a project of …, in Project > Settings.
repair_exists | 409 | ticket | … is in repair already: ….
wrong_stage | 400 | ticket | The stage … is not one of this ticket's team.
"""


def _read(line: str) -> tuple[str, Code]:
    word, statuses, areas, meaning = (part.strip() for part in line.split("|", 3))
    known = tuple(map(int, statuses.split()))
    return word, Code(known, tuple(areas.split()), meaning)


CODES = dict(_read(line) for line in _TABLE.strip().splitlines())
