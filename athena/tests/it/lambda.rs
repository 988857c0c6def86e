//! Functions that take lambdas.

use crate::session::session;

/// What a query comes to, as text of its only column.
async fn shown(query: &str) -> String {
    let context = session();
    // The parser's part is not in question here.
    let set = "SET datafusion.sql_parser.dialect = 'duckdb'";
    context.sql(set).await.unwrap();
    let batches = context.sql(query).await.unwrap().collect().await.unwrap();
    let column = batches[0].column(0);
    arrow::util::display::array_value_to_string(column, 0).unwrap()
}

#[tokio::test]
async fn lambdas_go_by_the_names_of_trino() {
    for (query, expected) in [
        ("SELECT transform([1, 2], x -> x + 1)", "[2, 3]"),
        ("SELECT filter([1, 2, 3, NULL], x -> x > 1)", "[2, 3]"),
        ("SELECT any_match([1, 2], x -> x > 1)", "true"),
        ("SELECT all_match([1, 2], x -> x > 1)", "false"),
        ("SELECT all_match([2, NULL], x -> x > 1)", ""),
        ("SELECT none_match([1, 2], x -> x > 2)", "true"),
        ("SELECT none_match([1, 2], x -> x > 1)", "false"),
    ] {
        assert_eq!(shown(query).await, expected, "{query}");
    }
}
