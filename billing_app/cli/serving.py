"""Serving: everything on one port, from a front end that is rebuilt only when it changed."""

import compileall
import gc
import hashlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMP = ROOT / ".web" / "build" / ".made-from"
SOURCES = (
    "billing_app/**/*.py",
    "assets/**/*",
    "rxconfig.py",
    "reflex.lock/*.json",
    "requirements.lock",
)
# Rooms whose changes cannot reach the browser's code.
SERVER_ONLY = (
    "domain",
    "persistence",
    "documents",
    "services",
    "integrations",
    "api",
    "jobs",
    "cli",
)
ENVIRONMENT = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_USE_GRANIAN": "1",
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "262144",
}


def fingerprint() -> str:
    """A hash over everything the built front end depends on."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not (parts[0] == "billing_app" and parts[1] in SERVER_ONLY):
                digest.update("/".join(parts).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build_front_end(*, force: bool = False) -> bool:
    """Build the front end if anything it is made from changed; answers whether it did."""
    made_from = fingerprint()
    if not force and STAMP.exists() and STAMP.read_text(encoding="ascii") == made_from:
        return False
    binaries = Path(sys.executable).parent
    environment = os.environ | ENVIRONMENT | {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(
            [sys.executable, "-m", "reflex", "export", "--no-zip"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            output.seek(0)
            message = f"The front end could not be built:\n{output.read()[-4000:]}"
            raise RuntimeError(message)
    STAMP.write_text(fingerprint(), encoding="ascii")
    return True


def compile_modules() -> None:
    """Compile what changed, so that the next start does not."""
    compileall.compile_dir(ROOT / "billing_app", quiet=2)


def serve_forever(host: str, port: int) -> None:
    """Serve until interrupted: one process, or several where Redis keeps their state."""
    os.chdir(ROOT)
    os.environ.update(ENVIRONMENT)
    os.environ["__REFLEX_SKIP_COMPILE"] = "true"
    os.environ["__REFLEX_MOUNT_FRONTEND_COMPILED_APP"] = "true"
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from granian.constants import Interfaces  # noqa: PLC0415  only the server needs it
    from granian.server import Server  # noqa: PLC0415

    multiprocessing.set_start_method("fork", force=True)
    gc.disable()  # while a million objects are made that all stay
    import billing_app.billing_app  # noqa: F401, PLC0415  workers inherit the loaded pages

    gc.freeze()
    gc.enable()

    Server(
        target="billing_app.billing_app:app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=int(os.environ.get("BILLING_WORKERS", "1")),
        log_access=False,
        websockets=True,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()
