# What CI runs: formatting, lints, arrows between crates, tests, documentation.
check:
    .ci/run

# The quick part of it, while working on one crate: just quick curtail-ingest
quick crate:
    cargo fmt -p {{ crate }}
    cargo clippy -p {{ crate }} --all-targets -- -D warnings
    cargo test -p {{ crate }}

# Which crate may use which, and that DataFusion stays out of ingest and store.
arrows:
    .ci/arrows

# Fuzz targets for some seconds each, all or those named: just fuzz 60 csv
fuzz *args:
    .ci/fuzz {{ args }}

# Criterion benchmarks of the hot paths.
bench *args:
    cargo bench --workspace {{ args }}

# Whole processes side by side with DuckDB, Polars, ClickHouse and DataFusion: just compare --rows 10000000 (docs/benchmark.md)
compare *args:
    cargo build --release --locked -p curtail
    python3 -m venv target/compare-venv
    target/compare-venv/bin/pip install --quiet --disable-pip-version-check -r benches/compare/requirements.txt
    PYTHONPATH=benches target/compare-venv/bin/python -m compare {{ args }}

# Peak memory of ingest and queries under limits: just memory --rows 20000000 --limit 512MiB
memory *args:
    cargo build --release -p curtail
    benches/memory.py target/release/curtail {{ args }}

# Licences, sources and bans of everything linked (needs cargo-deny).
deny:
    cargo deny check licenses bans sources

# Which functions answers run through, for the linker (cli/order.txt): when dependencies or the compiler have changed. Needs valgrind.
order:
    cargo build --release --locked -p curtail
    benches/order.py target/release/curtail
