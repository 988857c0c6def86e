//! `pg_get_keywords()`.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use datafusion::{
    arrow::{
        array::{ArrayRef, BooleanArray, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
    },
    catalog::{MemTable, TableFunctionArgs, TableFunctionImpl, TableProvider},
    error::Result,
};

/// `word catcode barelabel`, as `PostgreSQL` 15 has them.
static TEXT: &str = include_str!("keywords.txt");

static CODES: LazyLock<HashMap<&'static str, (&'static str, bool)>> = LazyLock::new(|| {
    let lines = TEXT.lines().map(|line| line.split(' '));
    let words =
        lines.filter_map(|mut words| Some((words.next()?, (words.next()?, words.next()? == "t"))));
    words.collect()
});

/// Whether a name must stand in quotes, since it is a word of the language.
pub(super) fn is_reserved(name: &str) -> bool {
    let found = CODES.get(name);
    found.is_some_and(|(code, _)| *code != "U")
}

/// The function.
#[derive(Debug)]
pub(super) struct Keywords;

impl TableFunctionImpl for Keywords {
    fn call_with_args(&self, _: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        let mut words: Vec<_> = CODES.iter().map(|(word, told)| (*word, *told)).collect();
        words.sort_unstable();
        let text = |told: &dyn Fn(&'static str, &'static str, bool) -> &'static str| {
            let values = words
                .iter()
                .map(|(word, (code, bare))| told(word, code, *bare));
            Arc::new(StringArray::from_iter_values(values)) as ArrayRef
        };
        let bare: BooleanArray = words.iter().map(|(_, (_, bare))| Some(*bare)).collect();
        let columns = vec![
            ("word", text(&|word, _, _| word)),
            ("catcode", text(&|_, code, _| code)),
            ("barelabel", Arc::new(bare) as ArrayRef),
            ("catdesc", text(&|_, code, _| described(code))),
            (
                "baredesc",
                text(&|_, _, bare| {
                    if bare {
                        "can be bare label"
                    } else {
                        "requires AS"
                    }
                }),
            ),
        ];
        let fields = columns.iter().map(|(name, column)| {
            let data_type: DataType = column.data_type().clone();
            Field::new(*name, data_type, true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        let rows = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        Ok(Arc::new(MemTable::try_new(schema, vec![vec![rows]])?))
    }
}

fn described(code: &str) -> &'static str {
    match code {
        "C" => "unreserved (cannot be function or type name)",
        "T" => "reserved (can be function or type name)",
        "R" => "reserved",
        _ => "unreserved",
    }
}
