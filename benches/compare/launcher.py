"""Runs one command after the other for `measure`, in a process that is small itself.

The system counts the memory that a process had before it became another program: started from a large process, every
command would seem large.
"""

import json
import os
import sys
import time


def run(asked):
    """Wall seconds, CPU seconds, peak MiB and exit code of a command, its standard streams being files."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, asked["stdin"], os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, asked["stdout"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, asked["stderr"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    began = time.perf_counter()
    process = os.posix_spawnp(asked["command"][0], asked["command"], os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    return {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }


def main():
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
