"""One question or command to PostgreSQL; run inside an environment with psycopg2.

``python pgtool.py COMMAND [ARGUMENT ...]`` with the address in PGHOST, PGPORT, PGUSER
and PGPASSWORD. Prints one JSON value. Errors of the server are one line on stderr.
"""

import json
import sys

import psycopg2
from psycopg2 import sql


def _server(database="postgres"):
    connection = psycopg2.connect(dbname=database, connect_timeout=10)
    connection.autocommit = True
    return connection.cursor()


def check():
    """Return the server's version and whether the role may create databases."""
    cursor = _server()
    cursor.execute(
        "SELECT current_setting('server_version'), rolcreatedb OR rolsuper, rolname"
        " FROM pg_roles WHERE rolname = current_user"
    )
    version, may_create, role = cursor.fetchone()
    return {"version": version, "may_create": may_create, "role": role}


def exists(name):
    """Return whether there is a database ``name``."""
    cursor = _server()
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return bool(cursor.fetchone())


def names(prefix):
    """Return the names of the databases that start with ``prefix``."""
    cursor = _server()
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
    )
    return [row[0] for row in cursor.fetchall()]


def create(name, template="template0"):
    """Create the database ``name`` as a copy of ``template``."""
    text = "CREATE DATABASE {} TEMPLATE {}"
    if template == "template0":
        text += " ENCODING 'UTF8' LC_COLLATE 'C'"
    command = sql.SQL(text).format(sql.Identifier(name), sql.Identifier(template))
    _server().execute(command)


def rename(name, new):
    """Rename the database ``name`` to ``new``."""
    _server().execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(name), sql.Identifier(new)
        )
    )


def drop(name):
    """Drop the database ``name``, connections and all, if it exists."""
    _server().execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def disconnect(name, number):
    """End at most ``number`` connections to the database ``name``, those at work first.

    Return how many were ended.
    """
    cursor = _server()
    cursor.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM ("
        "  SELECT pid FROM pg_stat_activity"
        "   WHERE datname = %s AND backend_type = 'client backend'"
        "   ORDER BY state = 'idle', random() LIMIT %s) AS chosen",
        [name, int(number)],
    )
    return cursor.fetchone()[0]


def module(name, module_name):
    """Return the state of an addon in the database ``name``.

    That is "absent" for an empty database and for an addon it has never seen.
    """
    cursor = _server(name)
    cursor.execute("SELECT to_regclass('ir_module_module') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return "absent"
    cursor.execute("SELECT state FROM ir_module_module WHERE name = %s", [module_name])
    row = cursor.fetchone()
    return row[0] if row else "absent"


def param(name, *pairs):
    """Write system parameters, ``KEY=VALUE`` each, to a database nobody serves."""
    cursor = _server(name)
    for pair in pairs:
        key, _, value = pair.partition("=")
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )


if __name__ == "__main__":
    try:
        print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
    except psycopg2.Error as error:
        sys.exit(str(error).strip().splitlines()[0])
