//! What SQL sees, and that scans read no more than they must.

use curtail_engine::{ConnectionInfo, Params};
use curtail_queries::Query;
use curtail_store::ReportKind;

use crate::fixture::{Fixture, csv, rows, usage};

const COST: &str = "line_item_unblended_cost";

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let row = |cost, tag| {
        usage(&[
            (COST, cost),
            ("resource_tags_user_team", tag),
            ("product_region", "eu-central-1"),
            ("product_vcpu", "4"),
        ])
    };
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-09",
            &[row("1", "core"), row("2", "")],
        )
        .await;
    let other = usage(&[
        (COST, "4"),
        ("resource_tags_user_owner", "ann"),
        ("cost_category_unit", "x"),
        ("discount_spot", "7"),
    ]);
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[row("3", "edge"), other],
        )
        .await;
    let focus = vec![
        ("billingaccountid", "099999999999"),
        ("subaccountid", "000000000009"),
        ("billedcost", "8"),
        ("effectivecost", "7.5"),
        ("chargecategory", "Usage"),
        ("servicename", "Amazon S3"),
        ("billingcurrency", "USD"),
        ("chargeperiodstart", "2026-10-05T10:00:00Z"),
        ("chargeperiodend", "2026-10-05T11:00:00Z"),
        ("tags", "team=web,env=prod"),
    ];
    fixture
        .add("focus", ReportKind::Focus, "2026-10", &[focus])
        .await;
    fixture
}

#[tokio::test]
async fn tables_have_the_columns_of_the_contract() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let tables = engine.tables().await.unwrap();
    let columns = |schema: &str, name: &str| -> Vec<String> {
        let table = tables
            .iter()
            .find(|table| table.schema == schema && table.name == name)
            .unwrap();
        table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    };
    let costs = "report source billing_period usage_date usage_start usage_end payer_account_id account_id account_name service \
                 service_code region resource_id usage_type operation product_family charge_type purchase_option usage_amount \
                 usage_unit unblended_cost amortized_cost net_unblended_cost net_amortized_cost blended_cost list_cost currency \
                 invoice_id tags provisional";
    assert_eq!(columns("public", "costs")[..30].join(" "), costs);
    let cur = columns("public", "cur");
    for name in [
        "line_item_unblended_cost",
        "product_region",
        "resource_tags_user_team",
        "bill_billing_period_start_date",
        "year",
        "month",
    ] {
        assert!(cur.iter().any(|column| column == name), "{name}");
    }
    assert!(!cur.iter().any(|column| column == "has_net_columns"));
    let cur2 = columns("public", "cur2");
    for name in [
        "product",
        "resource_tags",
        "cost_category",
        "discount",
        "product_region_code",
        "billing_period",
    ] {
        assert!(cur2.iter().any(|column| column == name), "{name}");
    }
    assert!(!cur2.iter().any(|column| column == "product_region"));
    for name in [
        "periods",
        "versions",
        "files",
        "receipts",
        "columns",
        "rollups",
        "connections",
    ] {
        assert!(!columns("meta", name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn partitions_are_columns() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let sql = "SELECT report, billing_period, year, month, count(*) FROM cur GROUP BY 1, 2, 3, 4 ORDER BY 2";
    assert_eq!(
        rows(&engine, sql).await,
        ["acme,2026-09,2026,9,2", "acme,2026-10,2026,10,2"]
    );
    assert_eq!(
        rows(
            &engine,
            "SELECT count(*) FROM cur WHERE year = '2026' AND month = '9'"
        )
        .await,
        ["2"]
    );
    assert_eq!(
        rows(
            &engine,
            "SELECT count(*) FROM cur WHERE month IN ('8', '11')"
        )
        .await,
        ["0"]
    );
}

#[tokio::test]
async fn costs_is_one_shape_over_all_reports() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let sql = "SELECT report, source, service, region, charge_type, unblended_cost, amortized_cost, blended_cost, tags['team'], tags['user_team']
               FROM costs WHERE billing_period = '2026-10' ORDER BY unblended_cost";
    // FOCUS spells the key of a tag otherwise than the other reports do: each spelling finds it in these.
    let expected = [
        "acme,legacy-cur,AmazonEC2,eu-central-1,Usage,3,3,,edge,edge",
        "acme,legacy-cur,AmazonEC2,global,Usage,4,4,,,",
        "focus,focus,Amazon S3,global,Usage,8,7.5,,web,",
    ];
    assert_eq!(rows(&engine, sql).await, expected);
}

#[tokio::test]
async fn maps_hold_what_is_not_null() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let sql = "SELECT resource_tags, product, cost_category, discount FROM cur2 ORDER BY line_item_unblended_cost";
    let expected = [
        "{user_team: core},{region: eu-central-1, vcpu: 4},{},{}",
        "{},{region: eu-central-1, vcpu: 4},{},{}",
        "{user_team: edge},{region: eu-central-1, vcpu: 4},{},{}",
        "{user_owner: ann},{},{unit: x},{}",
    ];
    assert_eq!(rows(&engine, sql).await, expected);
    let sql = "SELECT resource_tags['user_team'], product['region'], resource_tags['no such key'] FROM cur2
               WHERE resource_tags['user_team'] = 'core'";
    assert_eq!(rows(&engine, sql).await, ["core,eu-central-1,"]);
    let sql = "SELECT resource_tags['user_team'] AS team, sum(line_item_unblended_cost) FROM cur2 GROUP BY 1 ORDER BY 1";
    assert_eq!(rows(&engine, sql).await, ["core,1", "edge,3", ",6"]);
}

#[tokio::test]
async fn a_lookup_reads_one_column() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for sql in [
        "SELECT tags['user_team'], sum(unblended_cost) FROM costs WHERE report = 'acme' GROUP BY 1",
        "SELECT sum(unblended_cost) FROM costs WHERE tags['user_team'] = 'core'",
        "SELECT count(*) FROM cur2 WHERE resource_tags['user_team'] IS NOT NULL",
        "SELECT a.t FROM (SELECT resource_tags['user_team'] AS t, line_item_resource_id AS r FROM cur2) a JOIN cur b ON a.r = b.line_item_resource_id",
    ] {
        let plan = engine.sql(sql, &Params::new()).await.unwrap().plan();
        assert!(plan.contains("resource_tags_user_team"), "{plan}");
        assert!(
            !plan.contains("text_map_of") && !plan.contains("resource_tags_user_owner"),
            "{plan}"
        );
    }
}

#[tokio::test]
async fn files_are_pruned_by_partition_before_any_is_opened() {
    let fixture = fixture().await;
    for (table, condition) in [
        ("cur", "billing_period = '2026-09'"),
        ("cur", "year = '2026' AND month = '9'"),
        ("costs", "billing_period < '2026-10'"),
        ("cur2", "billing_period BETWEEN '2026-01' AND '2026-09'"),
        ("costs", "report = 'acme' AND billing_period <> '2026-10'"),
    ] {
        let sql = format!(
            "SELECT count(*), sum({}) FROM {table} WHERE {condition}",
            if table == "costs" {
                "unblended_cost"
            } else {
                COST
            }
        );
        // One that has read nothing yet.
        let engine = fixture.engine().await;
        let answer = engine.sql(&sql, &Params::new()).await.unwrap();
        let plan = answer.plan();
        assert!(plan.contains("MergingScan: files=1,"), "{sql}\n{plan}");
        assert!(
            !plan.contains("FilterExec"),
            "partition filters are exact: {plan}"
        );
        assert_eq!(csv(&answer).await, ["2,3"], "{sql}");
        let stats = answer.stats();
        assert_eq!(
            (stats.files, stats.rows_scanned),
            (1, 2),
            "{sql}: {}",
            answer.plan_with_metrics()
        );
        assert!(stats.bytes_scanned > 0);
    }
}

#[tokio::test]
async fn statistics_know_the_times_and_amounts_that_are_asked_for() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for condition in [
        "usage_start >= '2026-10-05T00:00:00Z'",
        "unblended_cost > 5",
        "tags['user_team'] = 'core'",
    ] {
        let sql = format!("SELECT unblended_cost FROM costs WHERE report = 'acme' AND {condition}");
        let plan = engine.sql(&sql, &Params::new()).await.unwrap().plan();
        assert!(plan.contains("pruning_predicate="), "{condition}\n{plan}");
    }
    let sql = "SELECT tags['user_team'], count(*) FROM costs GROUP BY ROLLUP (tags['user_team']) ORDER BY 1, 2";
    assert_eq!(rows(&engine, sql).await, ["core,1", "edge,1", ",3", ",5"]);
    let sql = "SELECT a.t, b.u FROM (SELECT tags['user_team'] AS t, report AS r FROM costs) a
               LEFT JOIN (SELECT tags['user_owner'] AS u, report AS r FROM costs) b ON a.r = b.r WHERE b.u IS NOT NULL AND a.t = 'edge'";
    assert_eq!(rows(&engine, sql).await, ["edge,ann"]);
    let sql = "SELECT tags, tags['user_team'] FROM (SELECT * FROM costs WHERE tags['user_team'] IS NOT NULL ORDER BY tags['user_team'] LIMIT 1) x";
    assert_eq!(rows(&engine, sql).await, ["{user_team: core},core"]);
    let sql = "SELECT count(*) FROM cur WHERE 'core' IN (SELECT tags['user_team'] FROM costs)";
    assert_eq!(rows(&engine, sql).await, ["4"]);
}

#[tokio::test]
async fn rows_are_counted_from_the_log_alone() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let answer = engine
        .sql(
            "SELECT count(*) FROM cur WHERE billing_period = '2026-10'",
            &Params::new(),
        )
        .await
        .unwrap();
    assert!(
        !answer.plan().contains("DataSourceExec: file_groups"),
        "{}",
        answer.plan()
    );
    assert_eq!(csv(&answer).await, ["2"]);
}

#[tokio::test]
async fn meta_tells_what_is_in_the_store() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let sql = "SELECT report, source, billing_period, rows, unblended_cost FROM curtail.meta.periods ORDER BY 1, 3";
    assert_eq!(
        rows(&engine, sql).await,
        [
            "acme,legacy-cur,2026-09,2,3",
            "acme,legacy-cur,2026-10,2,7",
            "focus,focus,2026-10,1,8"
        ]
    );
    assert_eq!(
        rows(&engine, "SELECT count(*) FROM meta.versions").await,
        ["3"]
    );
    assert_eq!(
        rows(
            &engine,
            "SELECT table_name, sum(rows) FROM meta.files GROUP BY 1 ORDER BY 1"
        )
        .await,
        ["focus,1", "line_items,4"]
    );
    let sql = "SELECT sums['line_item_unblended_cost'] FROM meta.receipts WHERE billing_period = '2026-09'";
    assert_eq!(rows(&engine, sql).await, ["3"]);
    let sql = "SELECT origin, source_names FROM meta.columns WHERE column_name = 'resource_tags_user_team'";
    assert_eq!(
        rows(&engine, sql).await,
        ["report,[resourceTags/user:team]"]
    );
    assert_eq!(
        rows(&engine, "SELECT count(*) FROM meta.rollups").await,
        ["0"]
    );
}

#[tokio::test]
async fn one_kind_of_report_is_enough() {
    let fixture = Fixture::empty();
    fixture
        .add(
            "acme",
            ReportKind::Cur2,
            "2026-10",
            &[usage(&[(COST, "1")])],
        )
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        rows(
            &engine,
            "SELECT sum(unblended_cost), max(source) FROM costs"
        )
        .await,
        ["1,cur2"]
    );
    assert_eq!(rows(&engine, "SELECT count(*) FROM focus").await, ["0"]);
    assert_eq!(
        rows(&engine, "SELECT tags['user_team'] FROM costs").await,
        [""]
    );
}

#[tokio::test]
async fn a_period_without_rows_is_no_error() {
    let fixture = Fixture::empty();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &[])
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        rows(&engine, "SELECT count(*), sum(unblended_cost) FROM costs").await,
        ["0,"]
    );
}

#[tokio::test]
async fn connections_are_listed_where_reports_overlap_too() {
    let fixture = Fixture::empty();
    let report = [usage(&[(COST, "1.5")])];
    for (name, kind) in [("a", ReportKind::LegacyCur), ("b", ReportKind::Cur2)] {
        fixture.add(name, kind, "2026-10", &report).await;
    }
    let known = ConnectionInfo {
        name: "main".to_owned(),
        account_id: "011122223333".to_owned(),
        kind: "billing".to_owned(),
        role: None,
        region: None,
        reports: Vec::new(),
    };
    let engine = fixture.engine().await;
    let none =
        "SELECT (SELECT count(*) FROM meta.periods) AS periods, count(*) FROM meta.connections";
    assert_eq!(rows(&engine, none).await, ["2,0"]);
    let engine = engine.with_connections(&[known]).unwrap();
    let sql = "SELECT name, (SELECT count(*) FROM costs) FROM meta.connections";
    assert_eq!(rows(&engine, sql).await, ["main,2"]);
    // A query of the library sees each charge once, in a catalog of its own.
    let query = Query {
        name: "own",
        title: "",
        description: "",
        params: Vec::new(),
        sql: sql.to_owned(),
    };
    let answer = engine.query(&query, &Params::new()).await.unwrap();
    assert_eq!(csv(&answer).await, ["main,1"]);
}
