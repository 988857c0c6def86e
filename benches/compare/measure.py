"""Commands as processes of their own: how long they took, how much memory, and what they said."""

import json
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    """A command that did not do what it was asked."""


class Run(NamedTuple):
    """What a command took and wrote. `seconds` is wall time, `peak` in MiB."""

    seconds: float
    cpu: float
    peak: float
    stdout: str
    stderr: str


class Measure:
    """Runs commands, one at a time."""

    def __init__(self, work):
        self.streams = work / "streams"
        self.streams.mkdir(parents=True, exist_ok=True)
        self.launcher = subprocess.Popen(
            [sys.executable, "-S", HERE / "launcher.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        # What any command is counted with at least.
        self.floor = self.run(["true"]).peak

    def run(self, command, text=None):
        """Runs a command to its end, with `text` on its standard input."""
        stdin, stdout, stderr = (self.streams / name for name in ("stdin", "stdout", "stderr"))
        stdin.write_text(text or "")
        asked = {
            "command": [str(word) for word in command],
            "stdin": str(stdin),
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        self.launcher.stdin.write(json.dumps(asked) + "\n")
        self.launcher.stdin.flush()
        answer = self.launcher.stdout.readline()
        if not answer:
            raise Failed(f"{asked['command'][0]} cannot be run")
        took = json.loads(answer)
        said = stderr.read_text(errors="replace")
        if took["code"] != 0:
            raise Failed(f"exit code {took['code']}: {said.strip()[-2000:]}")
        return Run(took["wall"], took["cpu"], took["peak"], stdout.read_text(), said)

    def close(self):
        """Ends the process that runs the commands."""
        self.launcher.stdin.close()
        self.launcher.wait()


def environment():
    """The environment of every command: nobody's settings of curtail, this package within Python's reach, UTC."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CURTAIL_")}
    return kept | {"PYTHONPATH": str(HERE.parent), "TZ": "UTC"}
