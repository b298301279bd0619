"""`make test`: every test, and one closing line for all of them.

Browser tests run in a process of their own: their driver keeps an event loop that tests of
asynchronous code cannot share. The others share the processors, a file's tests on the same one.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLOSING = ROOT / ".pytest_cache" / "closing-line"
AT_ONCE = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
RUNS = (("everything but the browser", "not e2e", AT_ONCE), ("the browser", "e2e", []))
COUNTED = re.compile(r"(\d+) (passed|failed|error|skipped|xfailed)s?\b")
NONE_FOUND = 5  # pytest's exit code where no test was collected
SHOWN = ("passed", "failed", "skipped", "xfailed")


def run(marker: str, more: list[str]) -> tuple[int, Counter[str]]:
    """Run the tests with this marker; answers pytest's exit code and its counts."""
    command = [sys.executable, "-m", "pytest", "-m", marker, *more]
    last = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if COUNTED.search(line) and " in " in line:
                last = line
    counts: Counter[str] = Counter()
    for number, word in COUNTED.findall(last):
        counts["failed" if word == "error" else word] += int(number)
    return process.returncode, counts


def main(more: list[str]) -> int:
    """Run both parts and say what came of them; answers the exit code."""
    total: Counter[str] = Counter()
    is_good = True
    for what, marker, how in RUNS:
        print(f"Testing {what}.", flush=True)
        code, counts = run(marker, [*how, *more])
        total += counts
        if code not in {0, NONE_FOUND}:
            is_good = False
            total["failed"] += not counts["failed"]  # it broke before it could count
    line = ", ".join(
        f"{total[word]} {word}" for word in SHOWN if total[word] or word in {"passed", "failed"}
    )
    CLOSING.parent.mkdir(exist_ok=True)
    CLOSING.write_text(line + "\n", encoding="ascii")
    print(line, flush=True)
    return 0 if is_good and total["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
