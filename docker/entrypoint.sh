#!/bin/bash
# Write the configuration with its passwords, then run Odoo or the set-up.
#   serve          the server (default)
#   setup          install or upgrade the addon, once per deployment (docker/setup.sh)
#   odoo ARGUMENTS any command of Odoo, such as `odoo shell`
set -euo pipefail
umask 077

secret() { # NAME: the value of $NAME, else the content of the file $NAME_FILE
    local file="${1}_FILE"
    if [ -n "${!1:-}" ]; then
        printf '%s' "${!1}"
    elif [ -r "${!file:-/nonexistent}" ]; then
        cat "${!file}"
    else
        echo "Set $1, or $file to a readable file that holds it." >&2
        return 1
    fi
}

conf=$(mktemp -d)/odoo.conf
database=${ABS_DATABASE:-abs}
db_password=$(secret DB_PASSWORD)
admin_passwd=$(secret MASTER_PASSWORD)
{
    cat /opt/abs/odoo.conf
    echo "db_host = ${DB_HOST:-db}"
    echo "db_port = ${DB_PORT:-5432}"
    echo "db_user = ${DB_USER:-odoo}"
    echo "db_password = $db_password"
    echo "db_name = $database"
    echo "admin_passwd = $admin_passwd"
    echo "workers = ${ABS_WORKERS:-4}"
    echo "smtp_server = ${SMTP_HOST:-localhost}"
    echo "smtp_port = ${SMTP_PORT:-25}"
} >"$conf"
export ODOO_CONF=$conf
unset DB_PASSWORD MASTER_PASSWORD

case "${1:-serve}" in
serve) exec odoo -c "$conf" ;;
setup)
    export PGHOST=${DB_HOST:-db} PGPORT=${DB_PORT:-5432} PGUSER=${DB_USER:-odoo}
    export PGPASSWORD=$db_password ABS_DATABASE=$database
    exec /opt/abs/setup.sh
    ;;
odoo)
    shift
    # `odoo shell ...` and the like: the sub-command goes before the options.
    if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
        sub=$1
        shift
        exec odoo "$sub" -c "$conf" "$@"
    fi
    exec odoo -c "$conf" "$@"
    ;;
*) exec "$@" ;;
esac
