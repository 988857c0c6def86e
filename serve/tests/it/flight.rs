//! Arrow Flight SQL as a client sees it.

mod limits;
mod logins;
mod refusals;
pub(crate) mod world;

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Schema},
};
use arrow_flight::{
    FlightDescriptor, IpcMessage,
    sql::{
        CommandGetDbSchemas, CommandGetExportedKeys, CommandGetPrimaryKeys, CommandGetTables,
        CommandGetXdbcTypeInfo, CommandStatementQuery, ProstMessageExt, SqlInfo,
    },
};
use prost::Message;
use tonic::Code;

use world::{World, ask, fetch, status, texts};

const BY_SERVICE: &str = "SELECT service, sum(unblended_cost) AS cost FROM costs GROUP BY service ORDER BY cost DESC, service";

#[tokio::test]
async fn amounts_arrive_with_every_digit() {
    let world = World::open().await;
    let mut client = world.client().await;
    let sum = "SELECT sum(unblended_cost) AS cost FROM costs".to_owned();
    let info = client.execute(sum, None).await.unwrap();
    let batches = fetch(&mut client, &info).await.unwrap();

    let decimal = DataType::Decimal128(38, 18);
    assert_eq!(batches[0].schema().field(0).data_type(), &decimal);
    let told = &texts(&batches)[0][0];
    let told = told.trim_end_matches('0').trim_end_matches('.');
    assert_eq!(told, world.total);
    assert_eq!(info.try_decode_schema().unwrap().field(0).name(), "cost");
}

#[tokio::test]
async fn text_is_plain_whatever_the_engine_has() {
    let world = World::open().await;
    let mut client = world.client().await;
    let sql = "SELECT service, tags, usage_start FROM costs LIMIT 5".to_owned();
    let info = client.execute(sql, None).await.unwrap();
    let announced = info.clone().try_decode_schema().unwrap();
    let batches = fetch(&mut client, &info).await.unwrap();

    assert_eq!(batches[0].schema().as_ref(), &announced);
    assert_eq!(announced.field(0).data_type(), &DataType::Utf8);
    assert!(matches!(announced.field(1).data_type(), DataType::Map(..)));
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 5);
}

#[tokio::test]
async fn an_empty_answer_has_columns() {
    let world = World::open().await;
    let mut client = world.client().await;
    let sql = "SELECT service FROM costs WHERE service = 'none'".to_owned();
    let info = client.execute(sql, None).await.unwrap();
    assert!(texts(&fetch(&mut client, &info).await.unwrap()).is_empty());
    assert_eq!(info.try_decode_schema().unwrap().fields().len(), 1);
}

#[tokio::test]
async fn a_ticket_is_fetched_once() {
    let world = World::open().await;
    let mut client = world.client().await;
    let info = client.execute("SELECT 1".to_owned(), None).await.unwrap();
    fetch(&mut client, &info).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let again = status(client.do_get(ticket).await.unwrap_err());
    assert_eq!(again.code(), Code::NotFound, "{again}");
    assert!(again.message().contains("fetched already"), "{again}");
}

#[tokio::test]
async fn a_prepared_statement_takes_values() {
    let world = World::open().await;
    let mut client = world.client().await;
    let expected = ask(&mut client, BY_SERVICE).await.unwrap();
    let sql =
        "SELECT sum(unblended_cost) AS cost FROM costs WHERE service = ? AND length(service) > ?";
    let mut prepared = client.prepare(sql.to_owned(), None).await.unwrap();
    assert_eq!(prepared.parameter_schema().unwrap().fields().len(), 2);
    let dataset = prepared.dataset_schema().unwrap().clone();
    assert_eq!(dataset.field(0).data_type(), &DataType::Decimal128(38, 18));

    for row in &expected[..2] {
        let service: ArrayRef = Arc::new(StringArray::from(vec![row[0].as_str()]));
        let length: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let values = RecordBatch::try_from_iter([("0", service), ("1", length)]).unwrap();
        prepared.set_parameters(values).unwrap();
        let info = prepared.execute().await.unwrap();
        let told = texts(&fetch(&mut client, &info).await.unwrap());
        assert_eq!(told, [[row[1].clone()]]);
    }
    prepared.close().await.unwrap();
}

#[tokio::test]
async fn values_that_do_not_fit_are_told() {
    let world = World::open().await;
    let mut client = world.client().await;
    let sql = "SELECT count(*) AS n FROM costs WHERE unblended_cost > ?".to_owned();
    let mut prepared = client.prepare(sql, None).await.unwrap();
    let missing = status(prepared.execute().await.unwrap_err());
    assert_eq!(missing.code(), Code::InvalidArgument);
    assert_eq!(
        missing.message(),
        "the statement has 1 parameters, and 0 values were bound"
    );
    let two: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    prepared
        .set_parameters(RecordBatch::try_from_iter([("0", two)]).unwrap())
        .unwrap();
    let rows = status(prepared.execute().await.unwrap_err());
    assert!(rows.message().contains("2 rows of values"), "{rows}");
    let text: ArrayRef = Arc::new(StringArray::from(vec!["0.25"]));
    prepared
        .set_parameters(RecordBatch::try_from_iter([("0", text)]).unwrap())
        .unwrap();
    let info = prepared.execute().await.unwrap();
    let counted = texts(&fetch(&mut client, &info).await.unwrap());
    let told = "SELECT count(*) AS n FROM costs WHERE unblended_cost > 0.25";
    assert_eq!(counted, ask(&mut client, told).await.unwrap());
}

#[tokio::test]
async fn columns_are_told_without_running_anything() {
    let world = World::open().await;
    let mut client = world.client().await;
    let command = CommandStatementQuery {
        query: BY_SERVICE.to_owned(),
        transaction_id: None,
    };
    let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
    let told = client.inner_mut().get_schema(descriptor).await.unwrap();
    let schema = Schema::try_from(IpcMessage(told.into_inner().schema)).unwrap();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name()).collect();
    assert_eq!(names, ["service", "cost"]);
    let counts = world.service.metrics().snapshot();
    assert!(
        counts
            .queries
            .iter()
            .all(|counts| counts.latency.count == 0)
    );
}

#[tokio::test]
async fn tables_are_listed_with_their_columns() {
    let world = World::open().await;
    let mut client = world.client().await;
    let asked = CommandGetTables {
        db_schema_filter_pattern: Some("public".to_owned()),
        table_name_filter_pattern: Some("cost%".to_owned()),
        include_schema: true,
        ..CommandGetTables::default()
    };
    let info = client.get_tables(asked).await.unwrap();
    let batches = fetch(&mut client, &info).await.unwrap();
    let names = batches[0].column_by_name("table_name").unwrap();
    let names: Vec<_> = names.as_string::<i32>().iter().flatten().collect();
    assert_eq!(names, ["cost_explorer", "costs"]);
    let schemas = batches[0].column_by_name("table_schema").unwrap();
    let costs = schemas.as_binary::<i32>().value(1).to_vec();
    let costs = Schema::try_from(IpcMessage(costs.into())).unwrap();
    let cost = costs.field_with_name("unblended_cost").unwrap();
    assert_eq!(cost.data_type(), &DataType::Decimal128(38, 18));

    let info = client
        .get_tables(CommandGetTables::default())
        .await
        .unwrap();
    let all = fetch(&mut client, &info).await.unwrap();
    assert!(all[0].num_rows() > 10);
    assert!(all[0].column_by_name("table_schema").is_none());
}

#[tokio::test]
async fn what_clients_ask_about_the_server_is_answered() {
    let world = World::open().await;
    let mut client = world.client().await;
    let info = client.get_catalogs().await.unwrap();
    assert_eq!(
        texts(&fetch(&mut client, &info).await.unwrap()),
        [["curtail"]]
    );
    let all = CommandGetDbSchemas::default();
    let info = client.get_db_schemas(all).await.unwrap();
    let schemas = texts(&fetch(&mut client, &info).await.unwrap());
    assert!(schemas.contains(&vec!["curtail".to_owned(), "public".to_owned()]));
    let info = client.get_table_types().await.unwrap();
    assert_eq!(
        texts(&fetch(&mut client, &info).await.unwrap()),
        [["TABLE"], ["VIEW"]]
    );
    let asked = vec![
        SqlInfo::FlightSqlServerName,
        SqlInfo::FlightSqlServerReadOnly,
    ];
    let info = client.get_sql_info(asked).await.unwrap();
    let told = fetch(&mut client, &info).await.unwrap();
    assert_eq!(told[0].num_rows(), 2);
    let info = client
        .get_xdbc_type_info(CommandGetXdbcTypeInfo::default())
        .await;
    let types = fetch(&mut client, &info.unwrap()).await.unwrap();
    assert!(types[0].num_rows() > 5);
    assert_eq!(types[0].num_columns(), 19);

    let table = "costs".to_owned();
    let asked = CommandGetPrimaryKeys {
        table: table.clone(),
        ..CommandGetPrimaryKeys::default()
    };
    let info = client.get_primary_keys(asked).await.unwrap();
    assert_eq!(info.clone().try_decode_schema().unwrap().fields().len(), 6);
    assert!(texts(&fetch(&mut client, &info).await.unwrap()).is_empty());
    let asked = CommandGetExportedKeys {
        table,
        ..CommandGetExportedKeys::default()
    };
    let info = client.get_exported_keys(asked).await.unwrap();
    assert_eq!(info.clone().try_decode_schema().unwrap().fields().len(), 13);
    assert!(texts(&fetch(&mut client, &info).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_client_chooses_the_dialect() {
    let world = World::open().await;
    let mut client = world.client().await;
    let cast = "SELECT '1'::bigint + 1 AS n";
    client.set_header("curtail-dialect", "generic");
    assert_eq!(ask(&mut client, cast).await.unwrap(), [["2"]]);
    client.set_header("curtail-dialect", "klingon");
    let refused = status(client.execute(cast.to_owned(), None).await.unwrap_err());
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("trino and generic"), "{refused}");
}

#[tokio::test]
async fn large_answers_arrive_whole() {
    let world = World::open().await;
    let mut client = world.client().await;
    let counted = ask(&mut client, "SELECT count(*) AS n FROM costs")
        .await
        .unwrap();
    let rows: usize = counted[0][0].parse().unwrap();
    let sql = "SELECT a.usage_type, b.unblended_cost FROM costs a CROSS JOIN (SELECT * FROM costs LIMIT 100) b";
    let info = client.execute(sql.to_owned(), None).await.unwrap();
    let batches = fetch(&mut client, &info).await.unwrap();
    let fetched: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(fetched, rows * 100);
    assert!(
        batches
            .iter()
            .all(|batch| batch.column(1).len() == batch.num_rows())
    );
}

#[tokio::test]
async fn tables_are_tables_in_both_dialects() {
    let world = World::open().await;
    let sql = "SELECT table_catalog, table_name, table_type FROM information_schema.tables WHERE table_name IN ('costs', 'periods') ORDER BY 2";
    for (dialect, catalog) in [("trino", "awsdatacatalog"), ("generic", "curtail")] {
        let mut client = world.client().await;
        client.set_header("curtail-dialect", dialect);
        let told = ask(&mut client, sql).await.unwrap();
        let expected = [
            [catalog, "costs", "BASE TABLE"],
            [catalog, "periods", "BASE TABLE"],
        ];
        assert_eq!(told, expected, "{dialect}");
    }
}
