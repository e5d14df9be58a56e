"""nginx in front of a server: Debian's program with a configuration of our own.

Its system service is neither started nor enabled, and nothing of it is written outside of
the cache and one temporary folder. What it does is in ``docker/nginx/``, which the
containers use as well. Without nginx the server answers by itself (see :func:`lacks`).
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from absctl.cluster import free_port
from absctl.console import Problem, run_logged, say
from absctl.paths import CACHE, LOGS, ROOT, locked, read_json, write_json

_SHARED = ROOT / "docker" / "nginx"
_UNPACKED = CACHE / "nginx"
#: Seconds nginx may take to listen, and to end after SIGTERM.
_TIMEOUT = 10
_CONF = """\
# Written by ./scripts/abs; what it includes is in docker/nginx/.
{user}worker_processes auto;
pid {folder}/nginx.pid;
daemon off;
# Not `error`: those lines tell whole addresses, and those of callbacks are secret.
error_log {log} crit;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {scratch}/body;
    proxy_temp_path {scratch}/proxy;
    fastcgi_temp_path {scratch}/fastcgi;
    uwsgi_temp_path {scratch}/uwsgi;
    scgi_temp_path {scratch}/scgi;
    include abs/http.conf;
    access_log {log} abs;
    server {{
        listen {bind}:{port};
        server_name _;
        set $abs_http 127.0.0.1:{http};
        set $abs_websocket 127.0.0.1:{websocket};
        include abs/server.conf;
    }}
}}
"""


def lacks():
    """Return what a server without nginx lacks, as a sentence."""
    return (
        "clients that send slowly hold workers, nothing but the addon limits requests, "
        "answers are not compressed, and the web client has no live messages"
    )


def program():
    """Return the path of a usable nginx, or None. ABS_NGINX names one; 'no' is none."""
    given = os.environ.get("ABS_NGINX")
    if given:
        return None if given == "no" else given
    places = (
        shutil.which("nginx"),
        "/usr/sbin/nginx",
        str(_UNPACKED / "usr" / "sbin" / "nginx"),
    )
    return next((place for place in places if place and _runs(place)), None)


def _runs(place):
    try:
        return not subprocess.run([place, "-v"], capture_output=True).returncode
    except OSError:
        return False


def put(port, websocket):
    """Put nginx in front of a server that is about to start, where that can be.

    :param int port: where the public asks
    :param int websocket: the port of Odoo's gevent process
    :return dict: what the server's configuration has to say of it
    """
    http = free_port()
    nginx = program()
    try:
        if not nginx and os.environ.get("ABS_NGINX"):
            raise Problem("ABS_NGINX says so")
        if not nginx:
            nginx = _unpack()
        _start(nginx, port, http=http, websocket=websocket)
    except Problem as problem:
        say(f"serving without nginx ({problem}): {lacks()}")
        return {"http_port": port}
    return {"http_port": http, "http_interface": "127.0.0.1", "proxy_mode": True}


def _unpack():
    """Unpack Debian's package into the cache; return the program.

    Installed, its system service would be enabled and started, on port 80.
    """
    unpacked = str(_UNPACKED / "usr" / "sbin" / "nginx")
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Problem("this system has no Debian packages; install nginx by yourself")
    with locked("nginx"), tempfile.TemporaryDirectory() as folder:
        if _runs(unpacked):
            return unpacked
        # apt's own account downloads it.
        os.chmod(folder, 0o777)  # noqa: S103
        say("unpacking Debian's nginx")
        try:
            _download(folder)
        except Problem:
            if os.geteuid():
                raise
            run_logged(["apt-get", "update"], LOGS / "apt.log", "no package lists")
            _download(folder)
        (package,) = Path(folder).glob("nginx_*.deb")
        shutil.rmtree(_UNPACKED, ignore_errors=True)
        run_logged(
            ["dpkg-deb", "-x", package, _UNPACKED],
            LOGS / "apt.log",
            "Debian's nginx could not be unpacked",
        )
    if not _runs(unpacked):
        raise Problem("Debian's nginx does not run here")
    return unpacked


def _download(folder):
    run_logged(
        ["apt-get", "-o", "Acquire::Retries=3", "download", "nginx"],
        LOGS / "apt.log",
        "Debian's nginx could not be downloaded",
        cwd=folder,
    )


def _record_file(port):
    return CACHE / "run" / f"front-{port}.json"


def _alive(record):
    """Tell whether the process of ``record`` still is the nginx that it was."""
    try:
        with open(f"/proc/{record['pid']}/cmdline", "rb") as stream:
            return record["conf"].encode() in stream.read()
    except (OSError, TypeError, KeyError):
        return False


def _account():
    """Return the account that the workers of nginx change to, None without root."""
    if os.geteuid():
        return None
    for name in ("www-data", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return pwd.getpwuid(0)


def _start(nginx, port, *, http, websocket):
    """Listen on ``port`` and pass on to Odoo; return when it listens."""
    stop(port)
    folder = CACHE / "run" / f"front-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Included files are looked for beside the configuration.
    (folder / "abs").symlink_to(_SHARED)
    # The workers can't enter root's cache, hence a folder of theirs.
    scratch, account = tempfile.mkdtemp(prefix="abs-front-"), _account()
    if account:
        os.chown(scratch, account.pw_uid, account.pw_gid)
    log = LOGS / f"front-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    conf = folder / "nginx.conf"
    conf.write_text(
        _CONF.format(
            user=f"user {account.pw_name};\n" if account else "",
            folder=folder,
            log=log,
            scratch=scratch,
            bind=os.environ.get("ABS_BIND", "127.0.0.1"),
            port=port,
            http=http,
            websocket=websocket,
        ),
        encoding="utf-8",
    )
    output = folder / "output"
    try:
        with open(output, "wb") as sink:
            process = subprocess.Popen(
                [nginx, "-e", "stderr", "-c", str(conf)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
    except OSError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        raise Problem(f"{nginx} does not start: {error}") from None
    record = {"pid": process.pid, "port": port, "conf": str(conf), "scratch": scratch}
    write_json(_record_file(port), record)
    deadline = time.monotonic() + _TIMEOUT
    # It writes this file when it listens.
    while not (folder / "nginx.pid").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            message = output.read_text(errors="replace").strip()
            stop(port)
            raise Problem(f"nginx did not start on port {port}: {message}")
        time.sleep(0.05)


def stop(port):
    """Stop the nginx of ``port``, if there is one, and clear what it left."""
    record = read_json(_record_file(port))
    if not record:
        return
    if _alive(record):
        with contextlib.suppress(ProcessLookupError):
            os.kill(record["pid"], signal.SIGTERM)
        deadline = time.monotonic() + _TIMEOUT
        while _alive(record) and time.monotonic() < deadline:
            _reap(record["pid"])
            time.sleep(0.05)
        if _alive(record):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(record["pid"], signal.SIGKILL)
    _reap(record["pid"])
    shutil.rmtree(record["scratch"], ignore_errors=True)
    shutil.rmtree(Path(record["conf"]).parent, ignore_errors=True)
    _record_file(port).unlink(missing_ok=True)


def _reap(pid):
    """Take note of the end of a child, which else stays as a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def left_over(port=None):
    """Return the ports of those that run: their server may be gone."""
    records = [read_json(path) for path in (CACHE / "run").glob("front-*.json")]
    return [
        record["port"]
        for record in records
        if _alive(record) and port in (None, record["port"])
    ]
