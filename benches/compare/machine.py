"""The machine that was measured on."""

import os
import platform
import re


def describe():
    """What matters of it, without its name."""
    return {
        "cpu": first(r"model name\s*: (.*)", "/proc/cpuinfo"),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(first(r"MemTotal:\s*(\d+)", "/proc/meminfo")) / (1 << 20), 1),
        "system": first(r'PRETTY_NAME="?([^"\n]*)', "/etc/os-release"),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def load():
    """How many processes wanted to run lately, and whether the machine was kept from running by others."""
    steal = first(r"cpu +(?:\d+ +){7}(\d+)", "/proc/stat")
    return {"load": os.getloadavg()[0], "steal_ticks": int(steal)}


def first(pattern, path):
    with open(path) as file:
        return re.search(pattern, file.read()).group(1).strip()
