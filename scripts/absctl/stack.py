"""Odoo, its Python environment and PostgreSQL together, and the databases on them."""

import contextlib
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass

from absctl import odoo_source, python_env, system
from absctl.console import Problem, say
from absctl.database import Address, Databases, address, given
from absctl.instance import Instance, addon_digest, manifest
from absctl.odoo_source import OdooSource
from absctl.paths import ADDON, CACHE, locked, read_json, secret, write_json
from absctl.python_env import PythonEnv
from absctl.system import postgres_program

#: The one password of the demo data (docs/contract.md 8); it is public, and so is the API key.
DEMO_PASSWORD = "demo-Pass-2026"  # noqa: S105
DEMO_API_KEY = "abs-demo-key"

_SETTLE = """
# A copy of the template must not share its secrets with other copies.
env["ir.config_parameter"].init(force=True)
env.ref("base.user_admin").write({{"password": {password!r}}})
env.cr.commit()
"""
#: Style sheets and scripts that every database shares; the first PDF and the first
#: log-in would each wait twenty seconds for them.
_ASSETS = """
for name in ("web.report_assets_common", "web.report_assets_pdf", "web.assets_frontend"):
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)
    bundle.css()
    bundle.js()
env.cr.commit()
"""
_DEMO = """
from odoo.addons.abs_connector.demo.loader import load

load(env)
env.cr.commit()
"""
#: Databases from before 1.2.0; what a person chose stays.
_SIGN_UP = """
from odoo.addons.abs_connector.hooks import close_sign_up
close_sign_up(env)
env.cr.commit()
"""


@dataclass
class Stack:
    """What an instance runs on."""

    source: OdooSource
    env: PythonEnv
    where: Address
    databases: Databases

    def instance(self, name):
        """Return the :class:`Instance` of the database ``name``."""
        return Instance(self, name)


@contextlib.contextmanager
def open_stack(odoo=None, *, tests=False, at=None):
    """Yield a :class:`Stack` that is ready to run, setting up whatever is missing.

    :param odoo: the value of ``--odoo``
    :param bool tests: whether the packages of the tests are needed as well
    :param str at: another time for all that runs on it, see :mod:`absctl.clock`
    """
    if not ADDON.is_dir():
        raise Problem(f"{ADDON} is missing: run this from a whole clone.")
    system.need_base(postgres=not given())
    source = odoo_source.resolve(odoo)
    say(source.where)
    env = python_env.for_odoo(source)
    if tests:
        python_env.with_tests(env)
    with address(at) as where:
        databases = Databases(where, env)
        databases.check()
        yield Stack(source, env, where, databases)


def copy_database(stack, source, target):
    """Make the database ``target`` a copy of ``source``, attachments included."""
    old, new = stack.instance(source), stack.instance(target)
    shutil.rmtree(new.filestore, ignore_errors=True)
    if old.filestore.is_dir():
        shutil.copytree(old.filestore, new.filestore)
    stack.databases.ask("drop", target)
    stack.databases.ask("create", target, source)


def drop_database(stack, name):
    """Drop the database ``name``, its attachments and its files, if they exist."""
    instance = stack.instance(name)
    stack.databases.ask("drop", name)
    shutil.rmtree(instance.filestore, ignore_errors=True)
    instance.conf.unlink(missing_ok=True)
    instance.server_conf.unlink(missing_ok=True)
    _state_file(stack, name).unlink(missing_ok=True)


def template(stack):
    """Return the database that has all the addon depends on; make it at first.

    Installing eighty modules takes minutes and copying them a second, so that each
    database starts as a copy of this one.
    """
    depends = sorted(manifest()["depends"])
    mark = [str(stack.source.pythonpath), *depends]
    mark.append(",".join(path.name for path in sorted(stack.env.oca_addons.iterdir())))
    digest = hashlib.sha256("\0".join(mark).encode()).hexdigest()[:8]
    name = f"abs_template_{stack.source.series.partition('.')[0]}_{digest}"
    # The usual one is brought here under its own lock.
    lock = f"{name}_clock" if stack.where.clock else name
    with locked(lock):
        if stack.databases.ask("exists", name):
            return name
        if stack.where.clock:
            _fetch_template(stack, name)
        else:
            building = stack.instance(f"{name}_building")
            drop_database(stack, building.name)
            say(f"installing {len(depends)} Odoo applications (once, some minutes)")
            stack.databases.ask("create", building.name)
            building.modules("-i", *depends)
            building.run_script(_ASSETS, "The style sheets could not be made")
            final = stack.instance(name)
            shutil.rmtree(final.filestore, ignore_errors=True)
            if building.filestore.is_dir():
                building.filestore.rename(final.filestore)
            building.conf.unlink()
            # Last: the name says that all of it is there.
            stack.databases.ask("rename", building.name, name)
    return name


def _fetch_template(stack, name):
    """Copy the template ``name`` from the usual cluster to that of another time."""
    with address() as where:
        usual = Stack(stack.source, stack.env, where, Databases(where, stack.env))
        template(usual)
        say(f"copying {name} to the PostgreSQL of another time (once)")
        stack.databases.ask("drop", f"{name}_copy")
        stack.databases.ask("create", f"{name}_copy")
        dump = subprocess.Popen(
            [postgres_program("pg_dump"), "-Fc", "-Z0", name],
            env={**os.environ, **where.env},
            stdout=subprocess.PIPE,
        )
        restore = subprocess.run(
            [postgres_program("pg_restore"), "--no-owner", "-d", f"{name}_copy"],
            env={**os.environ, **stack.where.env},
            stdin=dump.stdout,
        )
        dump.stdout.close()
        if dump.wait() or restore.returncode:
            raise Problem(f"{name} could not be copied: see the lines above.")
    stack.databases.ask("rename", f"{name}_copy", name)


def fresh(stack, name):
    """Return a new database ``name`` with the addon and nothing else."""
    source = template(stack)
    drop_database(stack, name)
    copy_database(stack, source, name)
    say(f"installing the addon into {name}")
    instance = stack.instance(name)
    instance.modules("-i", "abs_connector")
    return instance


def settle(instance, *, demo):
    """Give a new database its own secrets and administrator, and the demo company."""
    password = DEMO_PASSWORD if demo else secret("web_admin")
    instance.run_script(
        _SETTLE.format(password=password), "The new database could not be settled"
    )
    if demo:
        say("loading the demo company")
        instance.run_script(_DEMO, "The demo data could not be loaded")


def _state_file(stack, name):
    place = "private" if stack.where.hold is not None else stack.where.host
    return CACHE / "state" / f"database-{place}-{name}.json"


def tree_of(name):
    """Return the Odoo tree (a path) that the database ``name`` was made with, or None."""
    for path in (CACHE / "state").glob(f"database-*-{name}.json"):
        tree = read_json(path, {}).get("tree")
        if tree:
            return tree
    return None


def ensure(stack, name, *, demo):
    """Return the instance of the database ``name``, made or brought up to date.

    A database that an earlier run left half made is made again. One that this command
    did not make is never dropped, and gets no demo data.

    :return: the instance, and whether the database has the demo data
    """
    instance = stack.instance(name)
    with locked(f"database-{name}"):
        path = _state_file(stack, name)
        state = read_json(path, {})
        exists = stack.databases.ask("exists", name)
        if exists and state.get("series", stack.source.series) != stack.source.series:
            raise Problem(
                f"The database {name} belongs to Odoo {state['series']}: name another "
                f"one with --db, or use --odoo {state['series']}."
            )
        if exists and demo and not state:
            raise Problem(
                f"The database {name} was not made by this command, so that it gets no "
                "demo data: serve it as it is with --no-demo."
            )
        module = stack.databases.ask("module", name, "abs_connector") if exists else ""
        if not exists or state.get("stage") == "making":
            write_json(path, {"series": stack.source.series, "stage": "making"})
            state = _make(instance, demo=demo)
        elif module != "installed" or state.get("addon") != addon_digest():
            say(f"bringing {name} up to date with the addon")
            verb = "-u" if module == "installed" else "-i"
            instance.modules(verb, "abs_connector")
            state = {**state, "addon": addon_digest()}
        if "demo" in state and not state.get("sign_up"):  # made by this command
            instance.run_script(_SIGN_UP, "Free sign-up could not be closed")
            state["sign_up"] = "closed"
        if demo and not state.get("demo"):
            settle(instance, demo=True)
            state["demo"] = True
        state |= {"series": stack.source.series, "stage": "ready"}
        state["tree"] = str(stack.source.pythonpath)
        write_json(path, state)
    return instance, bool(state.get("demo"))


def _make(instance, *, demo):
    """Make the database of ``instance``; return its state."""
    stack = instance.stack
    source = template(stack)
    copy_database(stack, source, instance.name)
    say(f"installing the addon into {instance.name}")
    instance.modules("-i", "abs_connector")
    if not demo:
        settle(instance, demo=False)
    # Installing it has closed free sign-up.
    return {"addon": addon_digest(), "demo": False, "sign_up": "closed"}
