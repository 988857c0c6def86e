//! Names that `search_path` finds in another schema than `public`.

use std::ops::ControlFlow;

use sqlparser::ast::{ObjectName, ObjectNamePart, Query, Statement, VisitMut, VisitorMut};

use super::make;

/// Puts `schema` before each name of a table that stands alone and is one of `names`.
pub(crate) fn qualify(statement: &mut Statement, schema: &str, names: &[String]) {
    let _ = statement.visit(&mut Qualified {
        schema,
        names,
        hidden: Vec::new(),
    });
}

struct Qualified<'a> {
    schema: &'a str,
    names: &'a [String],
    /// What `WITH` names stands before tables.
    hidden: Vec<String>,
}

impl VisitorMut for Qualified<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let named = query.with.iter().flat_map(|with| &with.cte_tables);
        self.hidden
            .extend(named.map(|table| make::folded(&table.alias.name)));
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        if let [name] = make::parts(relation).as_slice()
            && self.names.contains(name)
            && !self.hidden.contains(name)
        {
            let schema = ObjectNamePart::Identifier(make::quoted(self.schema));
            relation.0.insert(0, schema);
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::catalog::parse;

    #[test]
    fn tables_get_their_schema_and_nothing_else_does() {
        let text = "WITH files AS (SELECT 1) SELECT * FROM periods, files, costs, public.periods";
        let mut parsed = parse(text).unwrap();
        let names = ["periods", "files"].map(str::to_owned);
        qualify(&mut parsed[0], "meta", &names);
        assert_eq!(
            parsed[0].to_string(),
            "WITH files AS (SELECT 1) SELECT * FROM \"meta\".periods, files, costs, public.periods"
        );
    }
}
