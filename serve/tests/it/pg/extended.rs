//! Statements that are prepared: parameters and results in binary, rows in steps, copies.

use bytes::{Buf, Bytes};
use futures::TryStreamExt;
use tokio_postgres::{
    Row,
    types::{FromSql, ToSql, Type},
};

use super::world::{World, db_error, text};

/// A `numeric` as text, read from its binary form.
#[derive(Debug, PartialEq)]
struct Numeric(String);

impl<'a> FromSql<'a> for Numeric {
    fn from_sql(
        _: &Type,
        mut raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let (count, weight, sign) = (raw.get_i16(), raw.get_i16(), raw.get_u16());
        let places = usize::try_from(raw.get_i16())?;
        let groups: Vec<i16> = (0..count).map(|_| raw.get_i16()).collect();
        let group = |power: i16| {
            let place = usize::try_from(weight - power).ok();
            place
                .and_then(|place| groups.get(place))
                .copied()
                .unwrap_or(0)
        };
        let whole: String = (0..=weight.max(0))
            .rev()
            .fold(String::new(), |text, power| {
                text + &format!("{:04}", group(power))
            });
        let whole = whole.trim_start_matches('0');
        let fraction: String = (1..=i16::try_from(places.div_ceil(4))?)
            .fold(String::new(), |text, power| {
                text + &format!("{:04}", group(-power))
            });
        let sign = if sign == 0x4000 { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if places == 0 { "" } else { "." };
        Ok(Self(format!("{sign}{whole}{point}{}", &fraction[..places])))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::NUMERIC
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_in_binary_have_every_digit() {
    let world = World::new().await;
    let client = world.connect().await;
    let row = client
        .query_one(
            "SELECT sum(unblended_cost), count(*), min(usage_date) FROM costs",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, Numeric>(0), Numeric(world.total.clone()));
    assert!(row.get::<_, i64>(1) > 0);
    let first: chrono::NaiveDate = row.get(2);
    let shown = text(&client, "SELECT min(usage_date) FROM costs").await;
    assert_eq!(first.to_string(), shown);
    // Every row, in both forms.
    let sql =
        "SELECT unblended_cost FROM costs ORDER BY unblended_cost, service, resource_id LIMIT 200";
    let binary = client.query(sql, &[]).await.unwrap();
    let plain = super::world::texts(&client, sql).await;
    for (binary, plain) in binary.iter().zip(plain) {
        let binary: Option<Numeric> = binary.get(0);
        assert_eq!(binary.map(|Numeric(text)| text), plain[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_have_the_types_of_their_places() {
    let world = World::new().await;
    let client = world.connect().await;
    let statement = client.prepare(
        "SELECT count(*) FROM costs WHERE service = $1 AND usage_date >= $2 AND usage_amount IS NOT NULL LIMIT $3",
    );
    let statement = statement.await.unwrap();
    assert_eq!(statement.params(), [Type::TEXT, Type::DATE, Type::INT8]);
    assert_eq!(statement.columns()[0].type_(), &Type::INT8);
    let service = text(
        &client,
        "SELECT service FROM costs WHERE service IS NOT NULL LIMIT 1",
    )
    .await;
    let expected = text(
        &client,
        &format!(
            "SELECT count(*) FROM costs WHERE service = '{service}' AND usage_amount IS NOT NULL"
        ),
    )
    .await;
    let day = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    let values: [&(dyn ToSql + Sync); 3] = [&service, &day, &1_i64];
    let row = client.query_one(&statement, &values).await.unwrap();
    assert_eq!(row.get::<_, i64>(0).to_string(), expected);
    // The same statement with other values, and NULL.
    let values: [&(dyn ToSql + Sync); 3] = [&None::<String>, &day, &1_i64];
    let row = client.query_one(&statement, &values).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_may_be_declared() {
    let world = World::new().await;
    let client = world.connect().await;
    let row = |sql: &'static str, kind: Type| {
        let client = &client;
        async move { client.prepare_typed(sql, &[kind]).await.unwrap() }
    };
    let statement = row("SELECT $1", Type::INT4).await;
    assert_eq!(statement.columns()[0].type_(), &Type::INT4);
    let found = client.query_one(&statement, &[&7_i32]).await.unwrap();
    assert_eq!(found.get::<_, i32>(0), 7);
    let statement = row("SELECT $1 + 1", Type::FLOAT8).await;
    let found = client.query_one(&statement, &[&0.5_f64]).await.unwrap();
    assert!((found.get::<_, f64>(0) - 1.5).abs() < f64::EPSILON);
    let statement = row("SELECT $1", Type::BOOL).await;
    let found = client.query_one(&statement, &[&true]).await.unwrap();
    assert!(found.get::<_, bool>(0));
    let statement = row("SELECT $1::text", Type::TEXT).await;
    let found = client.query_one(&statement, &[&"é"]).await.unwrap();
    assert_eq!(found.get::<_, &str>(0), "é");
    let statement = row(
        "SELECT count(*) FROM costs WHERE usage_start >= $1",
        Type::TIMESTAMPTZ,
    )
    .await;
    let moment = chrono::DateTime::from_timestamp(0, 0).unwrap();
    let found = client.query_one(&statement, &[&moment]).await.unwrap();
    assert!(found.get::<_, i64>(0) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_all_kinds() {
    let world = World::new().await;
    let client = world.connect().await;
    let sql = "SELECT true, 1::smallint, 2::int, 3::bigint, 0.5::real, 0.25::double precision, 'text', NULL::int, \
               DATE '2026-10-01', TIMESTAMP '2026-10-01 12:00:00', ARRAY[1, 2], ARRAY['a', 'b'], 1.50::numeric(10, 2)";
    let row: Row = client.query_one(sql, &[]).await.unwrap();
    assert!(row.get::<_, bool>(0));
    assert_eq!(row.get::<_, i16>(1), 1);
    assert_eq!(row.get::<_, i32>(2), 2);
    assert_eq!(row.get::<_, i64>(3), 3);
    assert!((row.get::<_, f32>(4) - 0.5).abs() < f32::EPSILON);
    assert!((row.get::<_, f64>(5) - 0.25).abs() < f64::EPSILON);
    assert_eq!(row.get::<_, &str>(6), "text");
    assert_eq!(row.get::<_, Option<i32>>(7), None);
    assert_eq!(row.get::<_, chrono::NaiveDate>(8).to_string(), "2026-10-01");
    assert_eq!(
        row.get::<_, chrono::NaiveDateTime>(9).to_string(),
        "2026-10-01 12:00:00"
    );
    assert_eq!(row.get::<_, Vec<i64>>(10), [1, 2]);
    assert_eq!(row.get::<_, Vec<String>>(11), ["a", "b"]);
    assert_eq!(row.get::<_, Numeric>(12), Numeric("1.5".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_come_in_steps() {
    let world = World::new().await;
    let mut client = world.connect().await;
    let transaction = client.transaction().await.unwrap();
    let portal = transaction
        .bind("SELECT value FROM generate_series(1, 10) AS t (value)", &[])
        .await
        .unwrap();
    let numbers = |rows: Vec<Row>| {
        rows.iter()
            .map(|row| row.get::<_, i64>(0))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        numbers(transaction.query_portal(&portal, 4).await.unwrap()),
        [1, 2, 3, 4]
    );
    assert_eq!(
        numbers(transaction.query_portal(&portal, 4).await.unwrap()),
        [5, 6, 7, 8]
    );
    // Another statement in between.
    assert_eq!(
        transaction
            .query_one("SELECT 1::int", &[])
            .await
            .unwrap()
            .get::<_, i32>(0),
        1
    );
    assert_eq!(
        numbers(transaction.query_portal(&portal, 0).await.unwrap()),
        [9, 10]
    );
    transaction.rollback().await.unwrap();
    assert_eq!(world.service.metrics().snapshot().running, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_is_passed_over_up_to_the_next_sync() {
    let world = World::new().await;
    let client = world.connect().await;
    let error = db_error(&client.query("SELECT nonsense", &[]).await.unwrap_err());
    assert_eq!(error.code().code(), "42703");
    let error = db_error(&client.query("SELECT 1; SELECT 2", &[]).await.unwrap_err());
    assert_eq!(error.code().code(), "42601");
    let error = db_error(&client.query("DELETE FROM costs", &[]).await.unwrap_err());
    assert_eq!(error.code().code(), "25006");
    // Sent together, without waiting.
    let (one, two, three) = tokio::join!(
        client.query_one("SELECT 1::int", &[]),
        client.query_one("SELECT nonsense", &[]),
        client.query_one("SELECT 3::int", &[]),
    );
    assert_eq!(
        (
            one.unwrap().get::<_, i32>(0),
            three.unwrap().get::<_, i32>(0)
        ),
        (1, 3)
    );
    assert!(two.is_err());
    let empty = client.execute("", &[]).await.unwrap();
    assert_eq!(empty, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_are_files() {
    let world = World::new().await;
    let client = world.connect().await;
    let copied = |sql: &'static str| {
        let client = &client;
        async move {
            let stream = client.copy_out(sql).await.unwrap();
            let parts: Vec<Bytes> = stream.try_collect().await.unwrap();
            parts.concat()
        }
    };
    let rows =
        "COPY (SELECT value, 'a,' || value FROM generate_series(1, 2) AS t (value)) TO STDOUT";
    assert_eq!(copied(rows).await, b"1\ta,1\n2\ta,2\n");
    let csv = "COPY (SELECT value AS number, 'a,' || value AS b FROM generate_series(1, 2) AS t (value)) TO STDOUT WITH (FORMAT csv, HEADER true)";
    assert_eq!(copied(csv).await, b"number,b\n1,\"a,1\"\n2,\"a,2\"\n");
    let binary =
        copied("COPY (SELECT sum(unblended_cost) FROM costs) TO STDOUT (FORMAT binary)").await;
    assert!(binary.starts_with(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\x01"));
    assert!(binary.ends_with(b"\xff\xff"));
    let (_, mut field) = binary.split_at(21);
    let length = usize::try_from(field.get_i32()).unwrap();
    let total = Numeric::from_sql(&Type::NUMERIC, &field[..length]).unwrap();
    assert_eq!(total, Numeric(world.total.clone()));
    assert_eq!(text(&client, "SELECT 1").await, "1");
}
