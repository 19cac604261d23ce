"""Install the pinned torch: on Linux the CPU build, unless CUDA=1 asks for the one with several GB of CUDA packages.

On macOS and Windows the ordinary build is the CPU build. On Linux it depends on where pip looks: if what it would take
needs CUDA packages, `uv` installs the CPU build instead, from the place its `--torch-backend` option knows.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def main() -> None:
    """Install torch as the constraints pin it; does nothing when it is there."""
    wanted = pinned("torch")
    if installed() == wanted:
        return
    constraints = ["-c", str(ROOT / "constraints.txt")]
    if os.environ.get("CUDA") == "1" or sys.platform != "linux" or not needs_cuda(wanted):
        run([*PIP, "install", *constraints, f"torch=={wanted}"])
        return
    run([*PIP, "install", *constraints, "uv"])
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    run([*uv, "--torch-backend=cpu", f"torch=={wanted}"])


def pinned(name: str) -> str:
    """The version that the constraints give."""
    found = re.search(rf"^{name}==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    if not found:
        sys.exit(f"constraints.txt does not pin {name}.")
    return found.group(1)


def installed() -> str | None:
    """The version that is installed, without a local label such as +cpu."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("torch").split("+")[0]
    except PackageNotFoundError:
        return None


def needs_cuda(wanted: str) -> bool:
    """True when the build that pip would take asks for CUDA packages."""
    command = [*PIP, "install", "--dry-run", "--no-deps", "--report", "-", f"torch=={wanted}"]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    needs = report["install"][0]["metadata"].get("requires_dist", [])
    return any(need.lower().startswith(("nvidia", "cuda", "triton")) for need in needs)


def run(command: list[str]) -> None:
    """Run a command; end with its exit code when it fails."""
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
