#!/bin/bash
# Install the addon into the database, or upgrade it; run once per deployment, before
# any server starts, so that several servers can start at the same time.
#   ABS_PUBLIC_URL  address that customers and agents use, for links in mails
#   ABS_DEMO=1      load the demo company (its passwords are public: never in production)
#   WEB_PASSWORD    password of the web client's `admin` on a new database
set -euo pipefail
conf=${ODOO_CONF:?start this through docker/entrypoint.sh}
run() { odoo "$@" --no-http --workers=0 --max-cron-threads=0; }
installed() {
    psql -d "$ABS_DATABASE" -tAc \
        "SELECT 1 FROM ir_module_module WHERE name = 'abs_connector' AND state = 'installed'" \
        2>/dev/null | grep -q 1
}

if installed; then
    echo "upgrading abs_connector"
    export ABS_NEW=0
    run -c "$conf" -u abs_connector --stop-after-init
else
    echo "installing abs_connector (some minutes)"
    export ABS_NEW=1
    run -c "$conf" -i abs_connector --stop-after-init
fi

run shell -c "$conf" <<'PYTHON'
import os
import secrets
import sys

params = env["ir.config_parameter"].sudo()
params.set_param("web.base.url", os.environ.get("ABS_PUBLIC_URL", "http://localhost:8069"))
params.set_param("web.base.url.freeze", "True")
# Each container draws its PDFs with style sheets from its own websocket process.
params.set_param("report.url", "http://127.0.0.1:8072")
if os.environ["ABS_NEW"] == "1":
    password = os.environ.get("WEB_PASSWORD") or secrets.token_urlsafe(12)
    env.ref("base.user_admin").password = password
    if not os.environ.get("WEB_PASSWORD"):
        print(f"web log-in of the new database: admin / {password}", file=sys.stderr)
if os.environ.get("ABS_DEMO") == "1":
    from odoo.addons.abs_connector.demo.loader import load
    load(env)
    print("the demo company is loaded", file=sys.stderr)
env.cr.commit()
PYTHON

echo "abs_connector is set up"
