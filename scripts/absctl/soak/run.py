"""``abs soak``: set up, let them sell and kill, compare, report."""

import importlib.util
import os
import random
import time

from absctl.cluster import free_port
from absctl.console import Problem, say
from absctl.instance import addon_digest
from absctl.paths import LOGS, ROOT
from absctl.server import Server
from absctl.soak import books
from absctl.soak.killer import Killer
from absctl.soak.phone import Ledger
from absctl.soak.sales import Shop
from absctl.stack import drop_database, fresh, open_stack, settle
from absctl.walks import AUDIT

_GATEWAY = ROOT / "scripts" / "demo" / "sandbox_gateway.py"
_CLIENTS, _WORKERS = 4, 4
#: Seconds for what is under way when the last sale has begun.
_GRACE = 240
_PROVIDER = """
provider = env["abs.payment.provider"].search(
    [("code", "=", "sandbox"), ("company_id.name", "=", "Oves Togo")]
)
provider.write({{"api_url": {api!r}, "callback_base_url": {url!r}, "poll_seconds": 10}})
env.ref("abs_connector.cron_payment_attempts").interval_number = 1
report(provider.signature_secret)
env.cr.commit()
"""


def soak(*, odoo, minutes, seed):
    """Sell for some minutes while things are killed; return the exit status."""
    if not 0 < minutes <= 60:
        raise Problem("--minutes is between 0 and 60: a soak is bounded.")
    sandbox = _module(_GATEWAY)
    seed = random.randrange(10**6) if seed is None else seed
    with open_stack(odoo) as stack:
        name = f"abs_soak_{stack.source.series.partition('.')[0]}_{os.getpid()}"
        try:
            instance = fresh(stack, name)
            settle(instance, demo=True)
            port = free_port()
            serving = Server(instance, port, workers=_WORKERS)
            url = f"http://127.0.0.1:{port}"
            with sandbox.Gateway("") as gateway:
                gateway.secret = instance.run_script(
                    _PROVIDER.format(api=gateway.url, url=url),
                    "The sandbox provider could not be set up",
                )
                return _soak(serving, url, gateway, sandbox.sign, minutes, seed)
        finally:
            drop_database(stack, name)


def _module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _soak(serving, url, gateway, sign, minutes, seed):
    instance = serving.instance
    say(f"seed {seed}: {minutes:g} minutes of sales of {_CLIENTS} clients")
    folder = LOGS / f"soak-{os.getpid()}"
    before = books.read(instance, f"SOAK-{seed}-")
    serving.start(detach=True, addon=addon_digest(), demo=True)
    killer = Killer(serving, seed, folder)
    closing = time.monotonic() + 60 * minutes
    ledger = Ledger(url, closing + _GRACE)
    shop = Shop(ledger, gateway, sign, seed, closing)
    try:
        shop.look()
        killer.begin()
        shop.open(_CLIENTS)
        while time.monotonic() < closing and killer.alive():
            time.sleep(1)
        shop.closing = 0
        killer.end()
        if killer.problem:
            ledger.fault(f"the server did not come back: {killer.problem}")
            ledger.deadline = 0
        say("no more kills; what is under way is finished")
        shop.close()
    finally:
        shop.closing = ledger.deadline = 0  # also when somebody interrupts us
        killer.end()
        serving.stop()
        killer.keep_log()
    say("comparing with Odoo's own books")
    for text in books.compare(shop.sold, before, books.read(instance, shop.prefix)):
        ledger.fault(text)
    for row in instance.run_script(AUDIT, "The audit could not run"):
        ledger.fault("audit: {check}: {model}({res_id}): {detail}".format(**row))
    return _report(ledger, shop, killer, folder, seed)


def _report(ledger, shop, killer, folder, seed):
    """Print the summary; return the exit status."""
    kinds = {}
    for sale in shop.sold:
        done, all_ = kinds.get(sale.kind, (0, 0))
        kinds[sale.kind] = (done + sale.done, all_ + 1)
    print(f"\nseed {seed}\nsales:")
    for kind, (done, all_) in sorted(kinds.items()):
        print(f"  {done:6} of {all_} {kind}")
    for title, rows in (
        ("clients", sorted(ledger.counts.items())),
        ("kills", sorted(killer.kills.items())),
        ("answers", sorted(ledger.answers.items())),
        (
            "tracebacks in the server's logs that no lost connection explains",
            killer.tracebacks().most_common(),
        ),
    ):
        print(f"{title}:")
        for what, number in rows:
            print(f"  {number:6} {what if isinstance(what, str) else _answer(*what)}")
    seconds, where = ledger.slowest
    print(f"slowest answer: {seconds:.1f} s, {where}\nlogs: {folder}")
    faults = ledger.faults if shop.sold else ["nothing was sold"]
    for text in faults:
        print(f"FAULT {text}")
    done = sum(sale.done for sale in shop.sold)
    print(f"{done} sales, {sum(killer.kills.values())} kills, {len(faults)} faults")
    return 1 if faults else 0


def _answer(status, code):
    return f"{status} {code}".rstrip()
