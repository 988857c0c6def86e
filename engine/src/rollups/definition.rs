//! Definitions of rollups: SQL that is understood, not executed.
//!
//! ```sql
//! SELECT line_item_product_code, date_trunc('day', line_item_usage_start_date), sum(line_item_unblended_cost), count(*)
//! FROM cur
//! GROUP BY 1, 2
//! ```
//!
//! Read token by token, so that whatever else SQL knows is refused where it stands, and nothing is passed over.

mod tokens;

use std::collections::BTreeSet;

use curtail_store::{ColumnType, Definition, Grain, RollupName, Table, TableSchema};

use self::tokens::{Found, Tokens};
use crate::{catalog, suggest};

/// Columns that reports bring as they are used: before the first report has them, nobody can tell that they are wrong.
const OPEN: [&str; 2] = ["resource_tags_", "cost_category_"];

/// Why the definition of a rollup cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {why}")]
pub struct DefinitionError {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
    /// What is wrong there.
    pub why: String,
    /// Names like the one that stands there, the most similar one first.
    pub similar: Vec<String>,
}

/// Understands the definition `text` of the rollup called `name`; `schema` tells the columns of a table, as far as they are
/// known by now.
pub fn define(
    name: RollupName,
    text: &str,
    schema: impl Fn(Table) -> TableSchema,
) -> Result<Definition, DefinitionError> {
    let mut tokens = Tokens::of(text)?;
    tokens.expect("SELECT")?;
    let mut items = Vec::new();
    loop {
        items.push(item(&mut tokens)?);
        if !tokens.takes(",") {
            break;
        }
    }
    tokens.expect("FROM")?;
    let from = table(&mut tokens)?;
    let groups = groups(&mut tokens)?;
    tokens.takes(";");
    tokens.end()?;
    let mut reader = Reader {
        from,
        schema: schema(from.table),
        per: Grain::Period,
        dimensions: BTreeSet::new(),
        measures: BTreeSet::new(),
    };
    reader.take(&items, &groups)?;
    Ok(reader.finish(name))
}

/// One thing that is selected.
struct Item {
    what: What,
    alias: Option<String>,
    at: Found,
}

#[derive(Clone)]
enum What {
    Column(String),
    /// The start of usage, cut off.
    Time(Grain, Found, String),
    Sum(String, Found),
    Count,
}

/// What rows are grouped by.
enum Groups {
    /// By nothing.
    None,
    /// By all that is no aggregate.
    All,
    By(Vec<Group>),
}

enum Group {
    Position(usize, Found),
    What(What, Found),
}

/// The table, and what it is called in the statement.
#[derive(Clone, Copy)]
struct From {
    table: Table,
    name: &'static str,
}

fn item(tokens: &mut Tokens) -> Result<Item, DefinitionError> {
    let at = tokens.next().clone();
    let what = what(tokens)?;
    let named = tokens.takes("AS");
    let alias = match tokens.next() {
        next if named || next.is_name() => {
            let next = next.clone();
            Some(tokens.name(&next, "a name")?)
        }
        _ => None,
    };
    Ok(Item { what, alias, at })
}

/// A column, the start of usage, or an aggregate.
fn what(tokens: &mut Tokens) -> Result<What, DefinitionError> {
    let at = tokens.next().clone();
    if at.is("*") {
        return Err(at.refused("`*` has to be spelled out: name the columns to group by"));
    }
    if at.is_end() {
        return Err(tokens.unexpected("a column"));
    }
    if !at.is_name() {
        return Err(at.refused(&format!(
            "{at} is not supported: only columns, date_trunc(…), sum(column) and count(*) can be selected"
        )));
    }
    let name = tokens.name(&at, "a column")?;
    if !tokens.takes("(") {
        return column(tokens, name).map(What::Column);
    }
    match name.as_str() {
        "date_trunc" => {
            let unit = tokens.next().clone();
            let told = unit.text().map(str::to_lowercase);
            let grain = Grain::ALL[..3]
                .iter()
                .find(|grain| Some(grain.as_str()) == told.as_deref());
            let Some(grain) = grain else {
                return Err(unit.refused(&format!(
                    "{unit} is no stretch of time that a rollup can have: 'hour', 'day' or 'month'"
                )));
            };
            tokens.skip();
            tokens.expect(",")?;
            let of = tokens.next().clone();
            let name = tokens.name(&of, "a column")?;
            let name = column(tokens, name)?;
            tokens.expect(")")?;
            Ok(What::Time(*grain, of, name))
        }
        "sum" => {
            let of = tokens.next().clone();
            if !of.is_name() {
                return Err(of.refused(&format!("{of} is not supported: sum takes one column")));
            }
            let name = tokens.name(&of, "a column")?;
            if tokens.next().is("(") {
                return Err(of.refused(&format!(
                    "`{name}(…)` is not supported: sum takes one column"
                )));
            }
            let name = column(tokens, name)?;
            if !tokens.next().is(")") {
                let next = tokens.next();
                return Err(next.refused(&format!("{next} is not supported: sum takes one column")));
            }
            tokens.skip();
            aggregate(tokens, What::Sum(name, of))
        }
        "count" => {
            let of = tokens.next().clone();
            if !of.is("*") && !of.is("1") {
                return Err(of.refused(&format!(
                    "{of} is not supported: of counts, a rollup has count(*)"
                )));
            }
            tokens.skip();
            tokens.expect(")")?;
            aggregate(tokens, What::Count)
        }
        other => Err(at.refused(&format!(
            "`{other}(…)` is not supported: of functions, a rollup has date_trunc, sum and count(*)"
        ))),
    }
}

/// The column called `name`, or, with a `.` behind that, one of the table that it names.
fn column(tokens: &mut Tokens, name: String) -> Result<String, DefinitionError> {
    if !tokens.takes(".") {
        return Ok(name);
    }
    let next = tokens.next().clone();
    tokens.name(&next, "a column")
}

/// An aggregate with nothing behind it that would change what it means.
fn aggregate(tokens: &Tokens, what: What) -> Result<What, DefinitionError> {
    let next = tokens.next();
    for word in ["FILTER", "OVER", "WITHIN"] {
        if next.is(word) {
            return Err(next.refused(&format!("{word} is not supported in a rollup")));
        }
    }
    Ok(what)
}

fn table(tokens: &mut Tokens) -> Result<From, DefinitionError> {
    let at = tokens.next().clone();
    if at.is("(") {
        return Err(at.refused("a subquery is not supported: a rollup is of `cur` or `focus`"));
    }
    let name = tokens.name(&at, "a table")?;
    let from = [("cur", Table::LineItems), ("focus", Table::Focus)];
    let from = from.into_iter().find(|(known, _)| *known == name);
    let Some((name, table)) = from else {
        return Err(at.refused(&format!(
            "`{name}` cannot be rolled up: a rollup is of `cur` or `focus`, and answers questions over the views on them"
        )));
    };
    Ok(From { table, name })
}

fn groups(tokens: &mut Tokens) -> Result<Groups, DefinitionError> {
    if !tokens.takes("GROUP") {
        return Ok(Groups::None);
    }
    tokens.expect("BY")?;
    if tokens.takes("ALL") {
        return Ok(Groups::All);
    }
    let mut groups = Vec::new();
    loop {
        let at = tokens.next().clone();
        groups.push(match at.number() {
            Some(position) => {
                tokens.skip();
                Group::Position(position, at)
            }
            None => Group::What(what(tokens)?, at),
        });
        if !tokens.takes(",") {
            return Ok(Groups::By(groups));
        }
    }
}

/// What a definition says, checked against the table's columns.
struct Reader {
    from: From,
    schema: TableSchema,
    per: Grain,
    dimensions: BTreeSet<String>,
    measures: BTreeSet<String>,
}

impl Reader {
    fn take(&mut self, items: &[Item], groups: &Groups) -> Result<(), DefinitionError> {
        let plain = |item: &&Item| matches!(item.what, What::Column(_) | What::Time(..));
        for item in items.iter().filter(plain) {
            self.group(&item.what, &item.at)?;
        }
        let mut grouped = BTreeSet::new();
        if let Groups::By(groups) = groups {
            for group in groups {
                grouped.insert(self.grouped(items, group)?);
            }
        }
        for item in items {
            match &item.what {
                What::Sum(name, at) => self.sum(name, at)?,
                What::Count => {}
                what => {
                    let by = matches!(groups, Groups::All) || grouped.contains(&key(what));
                    if !by {
                        let why = format!("{} is selected, but not grouped by", key(what));
                        return Err(item.at.refused(&why));
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes in what rows are grouped by, and tells its key.
    fn grouped(&mut self, items: &[Item], group: &Group) -> Result<String, DefinitionError> {
        let (what, at) = match group {
            Group::Position(position, at) => {
                let item = position.checked_sub(1).and_then(|index| items.get(index));
                let item = item.ok_or_else(|| {
                    at.refused(&format!("there is no {position}. column to group by"))
                })?;
                (&item.what, at)
            }
            Group::What(what, at) => {
                let named = items.iter().find(|item| match (what, &item.alias) {
                    (What::Column(name), Some(alias)) => name == alias,
                    _ => false,
                });
                (named.map_or(what, |item| &item.what), at)
            }
        };
        self.group(what, at)?;
        Ok(key(what))
    }

    fn group(&mut self, what: &What, at: &Found) -> Result<(), DefinitionError> {
        match what {
            What::Column(name) => self.dimension(name, at),
            What::Time(per, of, name) => {
                let start = catalog::usage_start(self.from.table);
                if name != start {
                    self.column(name, of)?;
                    return Err(of.refused(&format!(
                        "`{name}` cannot be cut off: of times, a rollup has the `{start}`"
                    )));
                }
                if self.per != Grain::Period && self.per != *per {
                    return Err(
                        at.refused("a rollup has one stretch of time, and this is a second")
                    );
                }
                self.per = *per;
                Ok(())
            }
            What::Sum(..) | What::Count => Err(at.refused("an aggregate is no group")),
        }
    }

    fn dimension(&mut self, name: &str, at: &Found) -> Result<(), DefinitionError> {
        // The same in all line items that a rollup is made of.
        if ["report", "billing_period", "year", "month"].contains(&name)
            && self.schema.column(name).is_none()
        {
            return Ok(());
        }
        if name == catalog::usage_start(self.from.table) {
            return Err(at.refused(&format!(
                "`{name}` tells line items apart: write date_trunc('day', {name}), or 'hour' or 'month'"
            )));
        }
        match self.column(name, at)? {
            ColumnType::Text | ColumnType::Timestamp => {}
            ColumnType::Amount => {
                let why = format!("`{name}` is an amount: write sum({name})");
                return Err(at.refused(&why));
            }
            ColumnType::TextMap | ColumnType::AmountMap => {
                let why = format!("`{name}` is a map, which nothing can be grouped by");
                return Err(at.refused(&why));
            }
        }
        self.dimensions.insert(name.to_owned());
        Ok(())
    }

    fn sum(&mut self, name: &str, at: &Found) -> Result<(), DefinitionError> {
        match self.column(name, at)? {
            ColumnType::Amount => {}
            _ => return Err(at.refused(&format!("`{name}` is no amount to be summed up"))),
        }
        self.measures.insert(name.to_owned());
        Ok(())
    }

    fn column(&self, name: &str, at: &Found) -> Result<ColumnType, DefinitionError> {
        if let Some(column) = self.schema.column(name) {
            return Ok(column.column_type);
        }
        let open = self.from.table == Table::LineItems;
        if open && OPEN.iter().any(|family| name.starts_with(family)) {
            return Ok(ColumnType::Text);
        }
        let known = self.schema.columns().iter();
        let similar = suggest::similar(name, known.map(|column| column.name.as_str()));
        let nearest = match similar.first() {
            Some(nearest) => format!(" (the nearest is `{nearest}`)"),
            None => String::new(),
        };
        let from = self.from.name;
        Err(DefinitionError {
            similar,
            ..at.refused(&format!("`{from}` has no column `{name}`{nearest}"))
        })
    }

    fn finish(self, name: RollupName) -> Definition {
        let quoted = |name: &String| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
                name.clone()
            } else {
                format!("\"{}\"", name.replace('"', "\"\""))
            }
        };
        let mut columns: Vec<_> = self.dimensions.iter().map(quoted).collect();
        if self.per != Grain::Period {
            let start = catalog::usage_start(self.from.table);
            columns.push(format!("date_trunc('{}', {start})", self.per.as_str()));
        }
        let places: Vec<_> = (1..=columns.len()).map(|at| at.to_string()).collect();
        let sums = self
            .measures
            .iter()
            .map(|name| format!("sum({})", quoted(name)));
        columns.extend(sums.chain(["count(*)".to_owned()]));
        let mut text = format!("SELECT {} FROM {}", columns.join(", "), self.from.name);
        if !places.is_empty() {
            text = format!("{text} GROUP BY {}", places.join(", "));
        }
        Definition {
            name,
            table: self.from.table,
            per: self.per,
            dimensions: self.dimensions.into_iter().collect(),
            measures: self.measures.into_iter().collect(),
            text,
        }
    }
}

/// What two groups share if they are the same.
fn key(what: &What) -> String {
    match what {
        What::Column(name) => format!("`{name}`"),
        What::Time(grain, _, name) => format!("date_trunc('{}', {name})", grain.as_str()),
        What::Sum(name, _) => format!("sum({name})"),
        What::Count => "count(*)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Definition, DefinitionError> {
        let name = "team".parse().unwrap();
        define(name, text, TableSchema::documented)
    }

    const START: &str = "line_item_usage_start_date";

    #[test]
    fn what_means_the_same_is_the_same() {
        let text = read(&format!(
            "SELECT line_item_product_code AS p, date_trunc('day', {START}), resource_tags_user_team,\n \
             sum(line_item_unblended_cost) cost, count(*) FROM cur GROUP BY 1, 2, 3"
        ))
        .unwrap();
        assert_eq!(text.table, Table::LineItems);
        assert_eq!(text.per, Grain::Day);
        assert_eq!(
            text.dimensions,
            ["line_item_product_code", "resource_tags_user_team"]
        );
        assert_eq!(text.measures, ["line_item_unblended_cost"]);
        assert_eq!(
            text.text,
            format!(
                "SELECT line_item_product_code, resource_tags_user_team, date_trunc('day', {START}), \
                 sum(line_item_unblended_cost), count(*) FROM cur GROUP BY 1, 2, 3"
            )
        );
        for same in [
            format!(
                "-- by team\nselect count(1), sum(cur.line_item_unblended_cost), DATE_TRUNC('DAY', {START}) AS d, \
                 \"resource_tags_user_team\", report, line_item_product_code as p from cur \
                 group by p, d, resource_tags_user_team, report;"
            ),
            format!(
                "SELECT sum(line_item_unblended_cost) FROM cur GROUP BY line_item_product_code, \
                 resource_tags_user_team, date_trunc('day', {START})"
            ),
            text.text.replace("GROUP BY 1, 2, 3", "GROUP BY ALL"),
            text.text.clone(),
        ] {
            assert_eq!(read(&same).unwrap(), text, "{same}");
        }
    }

    #[test]
    fn times_and_tables() {
        for (unit, per) in [("hour", Grain::Hour), ("month", Grain::Month)] {
            let text =
                format!("SELECT date_trunc('{unit}', {START}), count(*) FROM cur GROUP BY 1");
            assert_eq!(read(&text).unwrap().per, per);
        }
        let focus = read("SELECT servicename, sum(billedcost) FROM focus GROUP BY servicename");
        let focus = focus.unwrap();
        assert_eq!((focus.table, focus.per), (Table::Focus, Grain::Period));
    }

    #[test]
    fn what_is_not_understood_is_refused_where_it_stands() {
        let of = |text: &str| read(text).unwrap_err().to_string();
        for (text, told) in [
            (
                "SELECT sum(line_item_unblended_cost)\nFROM cur\nWHERE 1 = 1",
                "line 3, column 1: `WHERE`",
            ),
            (
                "SELECT count(*) FROM cur JOIN focus ON 1 = 1",
                "line 1, column 26: `JOIN`",
            ),
            ("SELECT count(*) FROM cur c", "line 1, column 26: `c`"),
            ("SELECT count(*) FROM cur, focus", "line 1, column 25: `,`"),
            (
                "SELECT count(*) FROM cur HAVING count(*) > 1",
                "line 1, column 26: `HAVING`",
            ),
            (
                "SELECT count(*) FROM cur LIMIT 1",
                "line 1, column 26: `LIMIT`",
            ),
            (
                "SELECT count(*) FROM cur; SELECT 1",
                "line 1, column 27: `SELECT`",
            ),
            (
                "SELECT DISTINCT bill_invoice_id FROM cur",
                "line 1, column 8: `DISTINCT`",
            ),
            (
                "WITH a AS (SELECT 1) SELECT 1 FROM a",
                "line 1, column 1: `WITH`",
            ),
            (
                "SELECT * FROM cur",
                "line 1, column 8: `*` has to be spelled out",
            ),
            (
                "SELECT count(*) FROM costs",
                "line 1, column 22: `costs` cannot be rolled up",
            ),
            (
                "SELECT count(*) FROM (SELECT 1)",
                "line 1, column 22: a subquery",
            ),
            (
                "SELECT avg(line_item_unblended_cost) FROM cur",
                "line 1, column 8: `avg(…)`",
            ),
            (
                "SELECT upper(bill_invoice_id) FROM cur",
                "line 1, column 8: `upper(…)`",
            ),
            (
                "SELECT count(DISTINCT bill_invoice_id) FROM cur",
                "line 1, column 14: `DISTINCT`",
            ),
            (
                "SELECT sum(DISTINCT line_item_unblended_cost) FROM cur",
                "line 1, column 12: `DISTINCT`",
            ),
            (
                "SELECT sum(-line_item_unblended_cost) FROM cur",
                "line 1, column 12: `-`",
            ),
            (
                "SELECT sum(line_item_unblended_cost + 1) FROM cur",
                "line 1, column 37: `+`",
            ),
            (
                "SELECT sum(line_item_unblended_cost) + 1 FROM cur",
                "line 1, column 38: `+`",
            ),
            (
                "SELECT sum(line_item_unblended_cost) FILTER (WHERE true) FROM cur",
                "line 1, column 38: FILTER",
            ),
            (
                "SELECT sum(coalesce(line_item_unblended_cost, 0)) FROM cur",
                "line 1, column 12: `coalesce(…)`",
            ),
            (
                "SELECT CASE WHEN true THEN 1 END FROM cur",
                "line 1, column 8: `CASE`",
            ),
            ("SELECT 'a' FROM cur", "line 1, column 8: 'a'"),
            (
                "SELECT bill_invoice_id, count(*) FROM cur",
                "line 1, column 8: `bill_invoice_id` is selected, but not grouped",
            ),
            (
                "SELECT bill_invoice_id, count(*) FROM cur GROUP BY 3",
                "line 1, column 52: there is no 3. column",
            ),
            (
                "SELECT bill_invoice_id, count(*) FROM cur GROUP BY 1, 2",
                "line 1, column 55: an aggregate",
            ),
            (
                "SELECT bill_invoice_id, count(*) FROM cur GROUP BY ROLLUP (1)",
                "line 1, column 52: `rollup(…)`",
            ),
            (
                "SELECT line_item_unblended_cost FROM cur GROUP BY 1",
                "line 1, column 8: `line_item_unblended_cost` is an amount",
            ),
            (
                "SELECT sum(bill_invoice_id) FROM cur",
                "line 1, column 12: `bill_invoice_id` is no amount",
            ),
            (
                "SELECT tags, count(*) FROM focus GROUP BY 1",
                "line 1, column 8: `tags` is a map",
            ),
            (
                "SELECT bill_invoice FROM cur GROUP BY 1",
                "`cur` has no column `bill_invoice` (the nearest is `bill_invoice",
            ),
            ("SELECT 'a", "line 1, column 8: "),
            ("SELECT", "line 1, column 7: the text ends"),
            ("", "line 1, column 1: the text ends"),
        ] {
            let found = of(text);
            assert!(found.contains(told), "{text}: {found}");
        }
        for (text, told) in [
            (
                format!("SELECT {START} FROM cur GROUP BY 1"),
                "column 8: `line_item_usage_start_date` tells line items apart",
            ),
            (
                format!("SELECT date_trunc('week', {START}) FROM cur GROUP BY 1"),
                "column 19: 'week'",
            ),
            (
                "SELECT date_trunc('day', line_item_usage_end_date) FROM cur GROUP BY 1".to_owned(),
                "column 26: `line_item_usage_end_date`",
            ),
            (
                format!(
                    "SELECT date_trunc('day', {START}), date_trunc('hour', {START}) FROM cur GROUP BY 1, 2"
                ),
                "a second",
            ),
        ] {
            let found = of(&text);
            assert!(found.contains(told), "{text}: {found}");
        }
        let unknown = read("SELECT sum(line_item_unblendet_cost) FROM cur").unwrap_err();
        assert_eq!(unknown.similar[0], "line_item_unblended_cost");
    }
}
