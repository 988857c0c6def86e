//! Functions that say the same of everything: what this server is, and what it has none of.

use std::sync::Arc;

use datafusion::arrow::{
    array::{
        Array, ArrayRef, BooleanArray, Int32Array, Int64Array, ListBuilder, StringArray,
        StringBuilder, TimestampMicrosecondArray, new_null_array,
    },
    datatypes::{DataType, TimeUnit},
};

use super::{Definition, as_number, as_text, as_texts, as_truth, texts};
use crate::pg::catalog::{
    Known,
    listing::{PG_CATALOG, PUBLIC},
};

/// What there is nothing to tell of.
const NO_TEXT: [&str; 31] = [
    "col_description",
    "inet_client_addr",
    "inet_server_addr",
    "obj_description",
    "pg_current_wal_lsn",
    "pg_describe_object",
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_function_arg_default",
    "pg_get_function_arguments",
    "pg_get_function_identity_arguments",
    "pg_get_function_result",
    "pg_get_function_sqlbody",
    "pg_get_functiondef",
    "pg_get_indexdef",
    "pg_get_partition_constraintdef",
    "pg_get_partkeydef",
    "pg_get_ruledef",
    "pg_get_serial_sequence",
    "pg_get_statisticsobjdef",
    "pg_get_statisticsobjdef_columns",
    "pg_get_statisticsobjdef_expressions",
    "pg_get_triggerdef",
    "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn",
    "pg_tablespace_location",
    "pg_relation_filepath",
    "shobj_description",
    "to_regproc",
    "to_regprocedure",
    "pg_sequence_last_value",
];

/// Sizes are not told: the catalog does not know what of the store a table takes.
const NO_NUMBER: [&str; 13] = [
    "inet_client_port",
    "inet_server_port",
    "pg_database_size",
    "pg_indexes_size",
    "pg_relation_filenode",
    "pg_relation_size",
    "pg_stat_get_live_tuples",
    "pg_stat_get_numscans",
    "pg_table_size",
    "pg_tablespace_size",
    "pg_total_relation_size",
    "lastval",
    "mxid_age",
];

const YES: [&str; 13] = [
    "pg_advisory_unlock",
    "pg_collation_is_visible",
    "pg_conversion_is_visible",
    "pg_function_is_visible",
    "pg_opclass_is_visible",
    "pg_operator_is_visible",
    "pg_opfamily_is_visible",
    "pg_statistics_obj_is_visible",
    "pg_ts_config_is_visible",
    "pg_ts_dict_is_visible",
    "pg_ts_parser_is_visible",
    "pg_ts_template_is_visible",
    "pg_type_is_visible",
];

const NO: [&str; 9] = [
    "pg_cancel_backend",
    "pg_is_in_backup",
    "pg_is_in_recovery",
    "pg_is_other_temp_schema",
    "pg_is_wal_replay_paused",
    "pg_jit_available",
    "pg_relation_is_publishable",
    "pg_terminate_backend",
    "row_security_active",
];

/// What asks for a privilege. It is the last argument.
const PRIVILEGES: [&str; 14] = [
    "has_any_column_privilege",
    "has_column_privilege",
    "has_database_privilege",
    "has_foreign_data_wrapper_privilege",
    "has_function_privilege",
    "has_language_privilege",
    "has_parameter_privilege",
    "has_schema_privilege",
    "has_sequence_privilege",
    "has_server_privilege",
    "has_table_privilege",
    "has_tablespace_privilege",
    "has_type_privilege",
    "pg_has_role",
];

/// What a user may do here. One privilege of a list is enough.
const GRANTED: [&str; 5] = ["select", "usage", "connect", "execute", "member"];

/// What a session tells of itself.
type Told = fn(&Known) -> String;

pub(super) fn all() -> Vec<Definition> {
    let mut all = Vec::new();
    all.extend(NO_TEXT.map(|name| {
        Definition::new(name, as_text, |_, _, rows| {
            Ok(new_null_array(&DataType::Utf8, rows))
        })
    }));
    all.extend(NO_NUMBER.map(|name| {
        Definition::new(name, as_number, |_, _, rows| {
            Ok(new_null_array(&DataType::Int64, rows))
        })
    }));
    all.extend(YES.map(|name| truth(name, true)));
    all.extend(NO.map(|name| truth(name, false)));
    all.extend(PRIVILEGES.map(privilege));
    let told: [(&str, Told); 10] = [
        ("current_catalog", Known::database),
        ("current_database", Known::database),
        ("current_role", Known::user),
        ("current_schema", |known| {
            let first = known.searched().into_iter().next();
            first.unwrap_or(PUBLIC).to_owned()
        }),
        ("current_user", Known::user),
        ("getdatabaseencoding", |_| "UTF8".to_owned()),
        ("pg_client_encoding", |_| "UTF8".to_owned()),
        ("session_user", Known::user),
        ("user", Known::user),
        ("version", |known| known.connection.version()),
    ];
    all.extend(told.map(|(name, told)| {
        Definition::new(name, as_text, move |known, _, rows| {
            Ok(Arc::new(StringArray::from(vec![told(known); rows])))
        })
    }));
    // There are no temporary tables, and no transactions that could be told apart.
    for (name, number) in [
        ("pg_my_temp_schema", 0),
        ("txid_current", 1),
        ("txid_current_if_assigned", 1),
        ("pg_current_xact_id", 1),
    ] {
        all.push(Definition::new(name, as_number, move |_, _, rows| {
            Ok(Arc::new(Int64Array::from(vec![number; rows])))
        }));
    }
    all.push(Definition::new(
        "pg_backend_pid",
        |_| DataType::Int32,
        |known, _, rows| {
            let pid = known.connection.pid();
            Ok(Arc::new(Int32Array::from(vec![pid; rows])))
        },
    ));
    all.extend(["pg_advisory_unlock_all", "pg_advisory_lock"].map(|name| {
        Definition::new(name, as_text, |_, _, rows| {
            Ok(Arc::new(StringArray::from(vec![""; rows])))
        })
    }));
    all.extend(
        ["pg_postmaster_start_time", "pg_conf_load_time"].map(|name| {
            Definition::new(name, as_time, |known, _, rows| {
                Ok(times(known.started, rows))
            })
        }),
    );
    let clock = |name, now: fn() -> i64| {
        Definition::new(name, as_time, move |_, _, rows| Ok(times(now(), rows)))
    };
    let now = || chrono::Utc::now().timestamp_micros();
    all.push(clock("clock_timestamp", now).volatile());
    all.push(clock("statement_timestamp", now));
    all.push(clock("transaction_timestamp", now));
    all.push(Definition::new(
        "current_schemas",
        as_texts,
        |known, arguments, rows| {
            let implicit = texts(arguments, 0, rows)?;
            let mut searched = known.searched();
            let named = searched.contains(&PG_CATALOG);
            searched.insert(0, PG_CATALOG);
            let mut lists = ListBuilder::new(StringBuilder::new());
            for row in 0..rows {
                let all = implicit.is_valid(row) && implicit.value(row) == "true";
                let schemas = searched.iter().skip(usize::from(!all || named));
                lists.append_value(schemas.map(Some));
            }
            Ok(Arc::new(lists.finish()))
        },
    ));
    all.push(Definition::new(
        "pg_blocking_pids",
        as_texts,
        |_, _, rows| {
            let mut lists = ListBuilder::new(StringBuilder::new());
            (0..rows).for_each(|_| lists.append_value([None::<&str>; 0]));
            Ok(Arc::new(lists.finish()))
        },
    ));
    all
}

fn truth(name: &'static str, value: bool) -> Definition {
    Definition::new(name, as_truth, move |_, _, rows| {
        Ok(Arc::new(BooleanArray::from(vec![value; rows])))
    })
}

fn privilege(name: &'static str) -> Definition {
    Definition::new(name, as_truth, |_, arguments, rows| {
        let last = arguments.len().saturating_sub(1);
        let asked = texts(arguments, last, rows)?;
        let granted = |asked: &str| {
            let mut each = asked.split(',').map(|one| one.trim().to_lowercase());
            each.any(|one| GRANTED.contains(&one.as_str()))
        };
        let told = asked.iter().map(|asked| asked.map(granted));
        Ok(Arc::new(told.collect::<BooleanArray>()))
    })
}

fn as_time(_: &[DataType]) -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()))
}

fn times(time: i64, rows: usize) -> ArrayRef {
    let times = TimestampMicrosecondArray::from(vec![time; rows]);
    Arc::new(times.with_timezone("+00:00"))
}

impl Known {
    fn database(&self) -> String {
        self.connection.database()
    }

    fn user(&self) -> String {
        self.connection.user()
    }
}
