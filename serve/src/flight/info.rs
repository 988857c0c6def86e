//! What the server says of itself and of its types.

use std::sync::LazyLock;

use arrow_flight::sql::{
    Nullable, Searchable, SqlInfo, SqlNullOrdering, SqlOuterJoinsSupportLevel,
    SqlSupportedCaseSensitivity, SqlSupportedGroupBy, SqlSupportedSubqueries,
    SqlSupportedTransaction, SqlSupportedUnions, SupportedSqlGrammar, XdbcDataType,
    XdbcDatetimeSubcode,
    metadata::{
        SqlInfoData, SqlInfoDataBuilder, XdbcTypeInfo, XdbcTypeInfoData, XdbcTypeInfoDataBuilder,
    },
};

/// What the server can do.
pub(super) static SERVER: LazyLock<SqlInfoData> =
    LazyLock::new(|| server().build().expect("constants make a table"));

/// The types that columns and values may have.
pub(super) static TYPES: LazyLock<XdbcTypeInfoData> =
    LazyLock::new(|| types().build().expect("constants make a table"));

/// Words that name something only in double quotes, beyond those of SQL:92.
const KEYWORDS: [&str; 6] = ["ilike", "lateral", "limit", "offset", "qualify", "unnest"];

fn server() -> SqlInfoDataBuilder {
    let mut info = SqlInfoDataBuilder::new();
    info.append(SqlInfo::FlightSqlServerName, "curtail");
    info.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    // The version of the format that messages are in.
    info.append(SqlInfo::FlightSqlServerArrowVersion, "1.3");
    info.append(SqlInfo::FlightSqlServerReadOnly, true);
    info.append(SqlInfo::FlightSqlServerSql, true);
    info.append(SqlInfo::FlightSqlServerSubstrait, false);
    info.append(
        SqlInfo::FlightSqlServerTransaction,
        SqlSupportedTransaction::None as i32,
    );
    info.append(SqlInfo::FlightSqlServerCancel, true);
    info.append(SqlInfo::FlightSqlServerBulkIngestion, false);
    info.append(SqlInfo::FlightSqlServerIngestTransactionsSupported, false);
    info.append(SqlInfo::FlightSqlServerStatementTimeout, 0);
    info.append(SqlInfo::FlightSqlServerTransactionTimeout, 0);
    for refused in [
        SqlInfo::SqlDdlCatalog,
        SqlInfo::SqlDdlSchema,
        SqlInfo::SqlDdlTable,
    ] {
        info.append(refused, false);
    }
    let any_case = SqlSupportedCaseSensitivity::SqlCaseSensitivityCaseInsensitive as i32;
    info.append(SqlInfo::SqlIdentifierCase, any_case);
    info.append(SqlInfo::SqlQuotedIdentifierCase, any_case);
    info.append(SqlInfo::SqlIdentifierQuoteChar, "\"");
    info.append(SqlInfo::SqlAllTablesAreSelectable, true);
    info.append(
        SqlInfo::SqlNullOrdering,
        SqlNullOrdering::SqlNullsSortedAtEnd as i32,
    );
    info.append(SqlInfo::SqlKeywords, &KEYWORDS[..]);
    info.append(
        SqlInfo::SqlNumericFunctions,
        &["abs", "ceil", "floor", "mod", "power", "round", "sqrt"][..],
    );
    info.append(
        SqlInfo::SqlStringFunctions,
        &[
            "concat", "length", "lower", "replace", "substr", "trim", "upper",
        ][..],
    );
    info.append(SqlInfo::SqlSystemFunctions, &["coalesce", "nullif"][..]);
    info.append(
        SqlInfo::SqlDatetimeFunctions,
        &["current_date", "date_trunc", "extract", "now"][..],
    );
    info.append(SqlInfo::SqlSearchStringEscape, "\\");
    info.append(SqlInfo::SqlExtraNameCharacters, "");
    for granted in [
        SqlInfo::SqlSupportsColumnAliasing,
        SqlInfo::SqlNullPlusNullIsNull,
        SqlInfo::SqlSupportsTableCorrelationNames,
        SqlInfo::SqlSupportsExpressionsInOrderBy,
        SqlInfo::SqlSupportsOrderByUnrelated,
        SqlInfo::SqlSupportsLikeEscapeClause,
        SqlInfo::SqlCorrelatedSubqueriesSupported,
        SqlInfo::SqlCatalogAtStart,
    ] {
        info.append(granted, true);
    }
    for refused in [
        SqlInfo::SqlSupportsDifferentTableCorrelationNames,
        SqlInfo::SqlSupportsNonNullableColumns,
        SqlInfo::SqlSupportsIntegrityEnhancementFacility,
        SqlInfo::SqlSelectForUpdateSupported,
        SqlInfo::SqlStoredProceduresSupported,
        SqlInfo::SqlTransactionsSupported,
        SqlInfo::SqlBatchUpdatesSupported,
        SqlInfo::SqlSavepointsSupported,
        SqlInfo::SqlNamedParametersSupported,
        SqlInfo::SqlStoredFunctionsUsingCallSyntaxSupported,
    ] {
        info.append(refused, false);
    }
    let group_by = [
        SqlSupportedGroupBy::SqlGroupByUnrelated as i32,
        SqlSupportedGroupBy::SqlGroupByBeyondSelect as i32,
    ];
    info.append(SqlInfo::SqlSupportedGroupBy, bits(&group_by));
    let grammar = [
        SupportedSqlGrammar::SqlMinimumGrammar as i32,
        SupportedSqlGrammar::SqlCoreGrammar as i32,
    ];
    info.append(SqlInfo::SqlSupportedGrammar, bits(&grammar));
    info.append(SqlInfo::SqlAnsi92SupportedLevel, bits(&[0]));
    let joins = SqlOuterJoinsSupportLevel::SqlFullOuterJoins as i32;
    info.append(SqlInfo::SqlOuterJoinsSupportLevel, bits(&[joins]));
    info.append(SqlInfo::SqlSchemaTerm, "schema");
    info.append(SqlInfo::SqlProcedureTerm, "");
    info.append(SqlInfo::SqlCatalogTerm, "catalog");
    info.append(SqlInfo::SqlSchemasSupportedActions, 0);
    info.append(SqlInfo::SqlCatalogsSupportedActions, 0);
    info.append(SqlInfo::SqlSupportedPositionedCommands, 0);
    let subqueries = [
        SqlSupportedSubqueries::SqlSubqueriesInComparisons as i32,
        SqlSupportedSubqueries::SqlSubqueriesInExists as i32,
        SqlSupportedSubqueries::SqlSubqueriesInIns as i32,
    ];
    info.append(SqlInfo::SqlSupportedSubqueries, bits(&subqueries));
    let unions = [
        SqlSupportedUnions::SqlUnion as i32,
        SqlSupportedUnions::SqlUnionAll as i32,
    ];
    info.append(SqlInfo::SqlSupportedUnions, bits(&unions));
    info.append(SqlInfo::SqlDefaultTransactionIsolation, 0_i64);
    info
}

/// A mask with the bits of these numbers set.
fn bits(numbers: &[i32]) -> i32 {
    numbers.iter().fold(0, |mask, number| mask | (1 << number))
}

fn types() -> XdbcTypeInfoDataBuilder {
    let of = |name: &str, data_type: XdbcDataType| XdbcTypeInfo {
        type_name: name.to_owned(),
        local_type_name: Some(name.to_owned()),
        data_type,
        sql_data_type: data_type,
        nullable: Nullable::NullabilityNullable,
        searchable: Searchable::Basic,
        unsigned_attribute: Some(false),
        auto_increment: Some(false),
        ..XdbcTypeInfo::default()
    };
    let whole = |name, data_type, bits| XdbcTypeInfo {
        column_size: Some(bits),
        num_prec_radix: Some(2),
        ..of(name, data_type)
    };
    let time = |name: &str, data_type, subcode, size| XdbcTypeInfo {
        column_size: Some(size),
        literal_prefix: Some(format!("{name} '")),
        literal_suffix: Some("'".to_owned()),
        unsigned_attribute: None,
        sql_data_type: XdbcDataType::XdbcDatetime,
        datetime_subcode: Some(subcode),
        ..of(name, data_type)
    };
    let text = XdbcTypeInfo {
        column_size: Some(i32::MAX),
        literal_prefix: Some("'".to_owned()),
        literal_suffix: Some("'".to_owned()),
        case_sensitive: true,
        searchable: Searchable::Full,
        unsigned_attribute: None,
        auto_increment: None,
        ..of("varchar", XdbcDataType::XdbcVarchar)
    };
    let amount = XdbcTypeInfo {
        column_size: Some(38),
        create_params: Some(vec!["precision".to_owned(), "scale".to_owned()]),
        minimum_scale: Some(0),
        maximum_scale: Some(38),
        num_prec_radix: Some(10),
        ..of("decimal", XdbcDataType::XdbcDecimal)
    };
    let bytes = XdbcTypeInfo {
        column_size: Some(i32::MAX),
        unsigned_attribute: None,
        auto_increment: None,
        ..of("varbinary", XdbcDataType::XdbcVarbinary)
    };
    let mut types = XdbcTypeInfoDataBuilder::new();
    types.append(whole("boolean", XdbcDataType::XdbcBit, 1));
    types.append(whole("tinyint", XdbcDataType::XdbcTinyint, 8));
    types.append(whole("smallint", XdbcDataType::XdbcSmallint, 16));
    types.append(whole("integer", XdbcDataType::XdbcInteger, 32));
    types.append(whole("bigint", XdbcDataType::XdbcBigint, 64));
    types.append(whole("real", XdbcDataType::XdbcReal, 24));
    types.append(whole("double", XdbcDataType::XdbcDouble, 53));
    types.append(amount);
    types.append(text);
    types.append(bytes);
    let unknown = XdbcDatetimeSubcode::XdbcSubcodeUnknown;
    types.append(time("date", XdbcDataType::XdbcDate, unknown, 10));
    let timestamp = XdbcDatetimeSubcode::XdbcSubcodeTimestamp;
    types.append(time(
        "timestamp",
        XdbcDataType::XdbcTimestamp,
        timestamp,
        26,
    ));
    types
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;

    use super::*;

    #[test]
    fn the_server_says_that_it_only_reads() {
        let read_only = SqlInfo::FlightSqlServerReadOnly as u32;
        let rows = SERVER.record_batch([read_only]).unwrap();
        assert_eq!(rows.num_rows(), 1);
        let value = rows.column(1).as_union().value(0);
        assert!(value.as_boolean().value(0));
    }

    #[test]
    fn a_type_is_found_by_its_number() {
        let decimal = XdbcDataType::XdbcDecimal as i32;
        let rows = TYPES.record_batch(decimal).unwrap();
        assert_eq!(rows.num_rows(), 1);
        assert_eq!(rows.column(0).as_string::<i32>().value(0), "decimal");
    }
}
