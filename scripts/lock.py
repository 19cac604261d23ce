"""Write constraints.txt: every installed version, without this project, local labels and what comes with Python."""

import re
import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "constraints.txt"
LEFT_OUT = {"synth", "pip", "setuptools", "wheel", "pkg-resources"}
HEADER = "# Every version `make install` takes; written by `make lock`.\n"


def main() -> None:
    """Freeze the environment this runs in."""
    command = [sys.executable, "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    pins = [re.sub(r"\+.*$", "", pin) for pin in listed if pin.split("==")[0].lower() not in LEFT_OUT]
    OUT.write_text(HEADER + "\n".join(sorted(pins, key=str.lower)) + "\n", "utf-8")
    print(f"{len(pins)} versions pinned.")


if __name__ == "__main__":
    main()
