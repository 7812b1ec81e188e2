"""How long does `python3 start.py` take beside a plain `pip install` of the same requirements?

    python3 benchmarks/install.py [ROUNDS]

Each round makes two new folders and installs once with start.py (up to the point where JupyterLab
would open) and once with venv and pip. Pip's cache is warm for both after a first, uncounted round,
so the figures compare work and not the network. Prints both times and their ratio.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "*.egg-info", ".*_cache", "start.log")


def seconds(command, folder):
    started = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, cwd=folder, check=True, **quiet)
    return time.perf_counter() - started


def with_start(folder):
    course = shutil.copytree(ROOT, folder / "course", ignore=LEFT_OUT)
    prepare = "import start; start.prepare('run')"
    return seconds([sys.executable, "-c", prepare], course)


def with_pip(folder):
    make = seconds([sys.executable, "-m", "venv", "plain"], folder)
    python = (
        next(folder.glob("plain/bin/python"))
        if sys.platform != "win32"
        else (folder / "plain" / "Scripts" / "python.exe")
    )
    install = [python, "-m", "pip", "install", "-q", "-r", ROOT / "requirements.txt"]
    return make + seconds(install, folder)


def main(rounds):
    ratios = []
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            ours, plain = with_start(Path(first)), with_pip(Path(second))
        if number:
            ratios.append(ours / plain)
            print(f"start.py {ours:.0f} s, pip {plain:.0f} s, ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
