//! `at_timezone`, `with_timezone` and `current_timezone`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringViewArray},
    compute::{is_null, nullif},
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarUDF},
};

use super::{
    super::support::{TEXT, texts},
    plain::{Plain, Run},
    read::{argument, check_text, check_time, finish, times, zoned},
    unix::constant_zone,
    zone::Zone,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let at: Run = |args, rows, returns| {
        let instants = times(&args[0], rows)?.instants;
        finish(&without_zone(&instants, args, rows)?, returns)
    };
    vec![
        Plain::new("at_timezone", [2], in_zone, at).into(),
        Plain::new("with_timezone", [2], in_zone, with_timezone).into(),
        Plain::new(
            "current_timezone",
            [0],
            |_| Ok(TEXT),
            |_, rows, _| Ok(Arc::new(StringViewArray::from(vec!["UTC"; rows]))),
        )
        .into(),
    ]
}

/// The zone is a part of the type, so that what prints the time knows it.
fn in_zone(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    check_time(argument(args, 0))?;
    check_text(argument(args, 1))?;
    let zone = args.scalar_arguments.get(1).copied().flatten();
    Ok(zoned(constant_zone(zone)?))
}

/// What the clock on the wall shows is taken for what it shows in the zone.
fn with_timezone(args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
    let zone = Zone::of(returns)?;
    let local = times(&args[0], rows)?.local();
    let instants = local.unary(|local| zone.instant(local));
    finish(&without_zone(&instants, args, rows)?, returns)
}

/// NULL where the zone is.
fn without_zone(instants: &Int64Array, args: &[ColumnarValue], rows: usize) -> Result<Int64Array> {
    let zones = texts(&args[1], rows)?;
    let null = is_null(&zones)?;
    let made = nullif(instants, &null)?;
    Ok(made.as_primitive::<Int64Type>().clone())
}
