"""psql: what its commands show, copies, and errors with their place."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal

from common import DATABASE, HOST, PASSWORD, PORT, USER, WHERE, plain

if shutil.which("psql") is None:
    sys.exit(0 if os.environ.get("CURTAIL_TEST_WITHOUT_PSQL") else "psql is not there: install postgresql-client")


def psql(*commands, ok=True):
    """What psql prints, commands one after the other."""
    called = ["psql", "-X", "-h", HOST, "-p", str(PORT), "-U", USER, "-d", DATABASE, "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(
        called,
        input="\n".join(commands) + "\n",
        env={**os.environ, "PGPASSWORD": PASSWORD, "PAGER": "", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = done.stdout + done.stderr
    assert (done.returncode == 0) == ok, f"{commands}: {told}"
    return told


def shows(command, *words):
    """Fails unless a command shows these words."""
    shown = psql(command)
    for word in words:
        assert word in shown, f"{command} does not show {word!r}:\n{shown}"


shows(r"\dt", "public | costs", "table", USER)
shows(r"\dt+", "public | costs", "permanent")
shows(r"\dt meta.*", "meta   | periods")
shows(r"\dv", "public | mine", "view")
shows(r"\d", "costs", "mine")
shows(r"\d costs", 'Table "public.costs"', "unblended_cost", "numeric(38,18)", "timestamp with time zone")
shows(r"\d+ costs", 'Table "public.costs"', "unblended_cost", "Storage")
shows(r"\d mine", 'View "public.mine"', "service")
shows(r"\d+ mine", "View definition:")
shows(r"\d meta.periods", 'Table "meta.periods"', "billing_period")
shows(r"\dn", "public", "meta")
shows(r"\dn+", "public")
shows(r"\l", DATABASE, "UTF8")
shows(r"\l+", DATABASE)
shows(r"\du", USER)
shows(r"\dS pg_cl*", "pg_class")
shows(r"\conninfo", f'database "{DATABASE}"')
shows(r"\encoding", "UTF8")
shows("TABLE mine LIMIT 1;", "service")
shows(r"\sv mine", "CREATE OR REPLACE VIEW")
for command in (r"\df", r"\di", r"\ds", r"\dm", r"\dp", r"\dT", r"\dy", r"\dx", r"\db", r"\dC", r"\dd", r"\do", r"\da", r"\dL", r"\des", r"\det", r"\dF", r"\dO", r"\dRp", r"\dconfig", r"\drds", r"\dD", r"\z"):
    psql(command)
missing = psql(r"\d nowhere", ok=False)
assert "Did not find any relation named" in missing, missing

for answer in WHERE["answers"]:
    shown = psql(r"\pset format unaligned", r"\pset tuples_only", answer["sql"] + ";")
    rows = [line for line in shown.splitlines() if "|" in line and not line.startswith("NOTICE")]
    assert len(rows) == len(answer["rows"]), f"{answer['sql']}: {shown}"
    for line, wanted in zip(rows, answer["rows"]):
        for shown, one in zip(line.split("|"), wanted):
            if isinstance(one, (int, Decimal)) and not isinstance(one, bool):
                assert plain(Decimal(shown)) == plain(one), (answer["sql"], line, wanted)

copied = psql(r"\copy (SELECT service, count(*) AS n FROM costs GROUP BY 1 ORDER BY 1) TO STDOUT WITH (FORMAT csv, HEADER)")
assert copied.startswith("service,n\n") and "AmazonEC2," in copied, copied
shows(r"\copy (SELECT 1 AS a, NULL AS b) to stdout", "1\t\\N")
shown = psql(r"\x on", r"\timing on", "SELECT service FROM costs WHERE service IS NOT NULL ORDER BY 1 LIMIT 1;")
assert "-[ RECORD 1 ]" in shown and "Time:" in shown, shown
shows("SELECT 1 AS a \\gset\nSELECT :a + 1 AS b;", " 2")
shows("PREPARE p AS SELECT count(*) FROM costs WHERE service = $1;\nEXECUTE p('AmazonEC2');", "count")
shows("BEGIN; SELECT 1; COMMIT;", "COMMIT")
shows("EXPLAIN SELECT count(*) FROM costs;", "plan")

# A script goes on behind rows that nothing takes, whatever stands in them.
script = "SELECT 1 AS before;\ncopy costs from stdin;\nit's;a\t\"row\n\\.\nSELECT 'went on' AS then;\n\\copy costs from stdin csv\na,b\n\\.\nSELECT 'to its end' AS last;"
gone_on = psql(r"\set ON_ERROR_STOP off", script)
assert "went on" in gone_on and "to its end" in gone_on, gone_on
assert gone_on.count("cannot execute COPY FROM in a read-only transaction") == 2, gone_on
kept = psql("CREATE VIEW here AS SELECT 1 AS a;")
assert "created for this session" in kept and "--save" not in kept, kept
quiet = psql("SET client_min_messages = warning;", "CREATE VIEW here AS SELECT 1 AS a;")
assert "NOTICE" not in quiet, quiet

wrong = psql("SELECT service,\n       servise FROM costs;", ok=False)
assert "ERROR:" in wrong and "LINE 2:" in wrong and "^" in wrong and "HINT:" in wrong, wrong
wrong = psql("SELECT FROM WHERE;", ok=False)
assert "ERROR:" in wrong and "LINE 1:" in wrong, wrong
wrong = psql("DELETE FROM costs;", ok=False)
assert "ERROR:" in wrong and "read" in wrong, wrong
