"""Makes sure of what the tests need besides Python: a browser and a PostgreSQL server.

What is missing is installed from Debian where that is allowed; the browser may also be the one
that Playwright brings. A test that cannot have its server fails, it is never skipped.
"""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> Path | None:
    """The browser's program: the machine's own, or Playwright's."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    kept = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    programs = sorted(Path(kept).glob("chromium-*/chrome-linux*/chrome"))
    return programs[-1] if programs else None


def postgres_programs() -> Path | None:
    """The folder of a PostgreSQL server's programs."""
    folders = []
    if asked := shutil.which("pg_config"):
        answer = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip()))
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((at for at in folders if (at / "initdb").is_file()), None)


@lru_cache(maxsize=1)
def _refreshed() -> bool:
    return subprocess.run(["apt-get", "update", "-qq"], check=False).returncode == 0


def install(package: str) -> bool:
    """Install a Debian package; False where that is not possible here."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None or not _refreshed():
        return False
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with Path(os.devnull).open("wb") as nowhere:
        done = subprocess.run(command, env=environment, stdout=nowhere, check=False)
    return done.returncode == 0


def download_browser() -> bool:
    """Fetch Playwright's own browser; False where that is not possible here."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode == 0


def main() -> int:
    """Make sure of both, and say one sentence for each; answers the exit code."""
    if browser() is None and not install("chromium"):
        download_browser()
    if postgres_programs() is None:
        install("postgresql")
    things = {"The browser": browser(), "The PostgreSQL server": postgres_programs()}
    for name, path in things.items():
        print(f"{name} is {path}." if path else f"{name} is missing; its tests will fail.")
    return 0  # the tests that need what is missing fail, each with its reason


if __name__ == "__main__":
    sys.exit(main())
