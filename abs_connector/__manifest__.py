{
    "name": "ABS Connector",
    "summary": "Governed sale-to-cash for solar kits and e-bikes: API, Service "
    "Accounts, assets, subscriptions",
    # No series prefix: Odoo shows 18.0.1.2.0 or 19.0.1.2.0 (docs/contract.md 1.17).
    "version": "1.4.0",
    "category": "Sales/Sales",
    "author": "ABS Connector contributors",
    "license": "AGPL-3",
    "application": True,
    "depends": [
        "mail",
        "web_hierarchy",
        "sale_management",
        "sale_stock",
        "stock",
        "account",
        "purchase_stock",
        "maintenance",
        "repair",
        "project",
        "sale_project",
        "helpdesk_mgmt",
    ],
    "external_dependencies": {
        "python": ["PyJWT", "passlib", "phonenumbers", "pydantic", "requests"]
    },
    "data": [
        # platform
        "security/groups.xml",
        "security/ir.model.access.csv",
        "data/technical_user.xml",
        "views/menus.xml",
        "views/api_docs.xml",
        "views/platform_views.xml",
        # governance
        "data/platform_cron.xml",
        "data/governance_cron.xml",
        "views/ov_serviced_account_views.xml",
        "views/res_company_views.xml",
        "views/ov_membership_views.xml",
        "views/abs_employee_views.xml",
        "wizards/governance_wizard_views.xml",
        # catalogue
        "views/product_views.xml",
        "views/bop_sheet_views.xml",
        "wizards/add_package_views.xml",
        # stock
        "data/stock_data.xml",
        "views/stock_views.xml",
        # sales and accounting
        "wizards/order_reject_views.xml",
        "wizards/bill_again_views.xml",
        "views/sale_order_views.xml",
        "views/sale_settings_views.xml",
        "views/account_views.xml",
        # assets
        "views/ov_asset_swap_views.xml",
        "views/ov_asset_views.xml",
        "views/maintenance_equipment_views.xml",
        "data/maintenance_cron.xml",
        # subscriptions
        "security/subscription_rules.xml",
        "data/subscription_data.xml",
        "views/abs_subscription_views.xml",
        "views/abs_subscription_plan_views.xml",
        "views/subscription_inherit_views.xml",
        "wizards/ownership_transfer_views.xml",
        # tickets
        "views/helpdesk_ticket_views.xml",
        "data/field_service.xml",
        # mobile money and reports
        "data/payment_data.xml",
        "views/payment_provider_views.xml",
        "views/payment_attempt_views.xml",
        "views/payment_request_views.xml",
        "views/payment_callback_views.xml",
        "views/sa_report_views.xml",
        # record rules, after all models are known
        "security/platform_rules.xml",
        "security/rules.xml",
        "security/rules_assets.xml",
        "security/company_rules.xml",
        "data/derived.xml",
    ],
    "assets": {
        "web.assets_backend": ["abs_connector/static/src/refusals.js"],
    },
    "post_init_hook": "post_init_hook",
}
