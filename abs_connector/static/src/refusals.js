/** @odoo-module **/
// The web client knows an error by its exact class: a subclass of UserError would show as
// "Oops! Something went wrong". These are refusals with a sentence for a person.

import { _t } from "@web/core/l10n/translation";
import { odooExceptionTitleMap, WarningDialog } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";

const refusals = ["BusinessError", "Conflict", "Forbidden", "NotFound", "TooManyRequests"];
for (const refusal of refusals) {
    const name = `odoo.addons.abs_connector.exceptions.${refusal}`;
    odooExceptionTitleMap.set(name, _t("Invalid Operation"));
    registry.category("error_dialogs").add(name, WarningDialog);
}
