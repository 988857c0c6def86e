"""Whole processes side by side: curtail, and what else people ask such reports with. docs/benchmark.md defines it."""
