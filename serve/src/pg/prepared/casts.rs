//! The types that a client says its parameters have.

use std::ops::ControlFlow;

use sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, LimitClause, Query, Statement as Ast, TimezoneInfo,
    Value, VisitMut, VisitorMut,
};

use crate::pg::parameter::oids;

/// Casts each placeholder to the type that was declared for it. Text is left as it is: it takes the type that its place asks for.
pub(super) fn declare(statement: &mut Ast, declared: &[u32]) {
    if declared.iter().any(|oid| data_type(*oid).is_some()) {
        let _ = statement.visit(&mut Casts { declared });
    }
}

struct Casts<'a> {
    declared: &'a [u32],
}

impl VisitorMut for Casts<'_> {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let declared = placeholder(expr).and_then(|place| self.declared.get(place - 1));
        if let Some(data_type) = declared.and_then(|oid| data_type(*oid)) {
            let inner = expr.clone();
            *expr = Expr::Cast {
                kind: CastKind::DoubleColon,
                expr: Box::new(inner),
                data_type,
                array: false,
                format: None,
            };
        }
        // A cast of a cast that was written says more than what was declared.
        if let Expr::Cast { expr: outer, .. } = expr
            && let Expr::Cast { expr: inner, .. } = outer.as_mut()
            && placeholder(inner).is_some()
        {
            let inner = inner.as_ref().clone();
            **outer = inner;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        // A number of rows is one, whatever was declared.
        let plain = |expr: &mut Expr| {
            if let Expr::Cast { expr: inner, .. } = expr
                && placeholder(inner).is_some()
            {
                let inner = inner.as_ref().clone();
                *expr = inner;
            }
        };
        match &mut query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                limit.iter_mut().for_each(plain);
                if let Some(offset) = offset {
                    plain(&mut offset.value);
                }
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                plain(offset);
                plain(limit);
            }
            None => {}
        }
        if let Some(quantity) = query
            .fetch
            .as_mut()
            .and_then(|fetch| fetch.quantity.as_mut())
        {
            plain(quantity);
        }
        ControlFlow::Continue(())
    }
}

/// The number of the placeholder that an expression is.
fn placeholder(expr: &Expr) -> Option<usize> {
    let Expr::Value(value) = expr else {
        return None;
    };
    let Value::Placeholder(name) = &value.value else {
        return None;
    };
    let place: usize = name.strip_prefix('$')?.parse().ok()?;
    (place > 0).then_some(place)
}

fn data_type(oid: u32) -> Option<DataType> {
    Some(match oid {
        oids::BOOL => DataType::Boolean,
        oids::INT2 => DataType::SmallInt(None),
        oids::INT4 => DataType::Integer(None),
        oids::INT8 | oids::OID => DataType::BigInt(None),
        oids::FLOAT4 => DataType::Real,
        oids::FLOAT8 => DataType::DoublePrecision,
        // As amounts are.
        oids::NUMERIC => DataType::Decimal(ExactNumberInfo::PrecisionAndScale(38, 18)),
        oids::DATE => DataType::Date,
        oids::TIMESTAMP => DataType::Timestamp(None, TimezoneInfo::None),
        oids::TIMESTAMPTZ => DataType::Timestamp(None, TimezoneInfo::WithTimeZone),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(text: &str, declared: &[u32]) -> String {
        let mut parsed = crate::pg::catalog::parse(text).unwrap();
        declare(&mut parsed[0], declared);
        parsed[0].to_string()
    }

    #[test]
    fn placeholders_get_their_types() {
        assert_eq!(
            declared(
                "SELECT $1 + 1 WHERE a = $2 AND b = $3",
                &[oids::INT4, oids::TEXT, oids::DATE]
            ),
            "SELECT $1::INTEGER + 1 WHERE a = $2 AND b = $3::DATE"
        );
        assert_eq!(
            declared(
                "SELECT $1::BIGINT LIMIT $2 OFFSET $3",
                &[oids::INT4, oids::INT8, oids::INT4]
            ),
            "SELECT $1::BIGINT LIMIT $2 OFFSET $3"
        );
        assert_eq!(declared("SELECT $2", &[oids::INT4]), "SELECT $2");
    }
}
