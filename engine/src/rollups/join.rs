//! Joins of line items with other rows, below an aggregate.
//!
//! Line items that are alike in all that a join looks at are joined to the same rows. So a row that stands for them may be joined
//! in their place: each row that comes of it stands for as many line items as the row did.

use std::sync::Arc;

use datafusion::{
    common::{JoinType, Result},
    logical_expr::{Expr, Join, LogicalPlan, Projection, lit},
    prelude::coalesce,
};

use super::{
    class::{Class, Reason, tells_rows_apart},
    input::{Input, Instead},
    looked::Looked,
    over::{Refusal, columns_of, over},
    told::Told,
};

/// A join of which one side reads what may be read instead.
pub(super) struct Joined {
    /// The columns of both sides, as conditions see them.
    pub(super) input: Input,
    /// What the columns are above the join.
    pub(super) above: Vec<Result<Class, Reason>>,
    /// Whether it is the left side.
    left: bool,
    /// The place of that side's first column above the join, and how many there are.
    first: usize,
    count: usize,
}

impl Joined {
    /// What a join makes of its sides, or why line items must be joined one by one.
    pub(super) fn of(join: &Join, instead: Instead<'_>) -> std::result::Result<Self, Reason> {
        let one_sided = |sides: [JoinType; 3]| sides.contains(&join.join_type);
        let left_only = one_sided([JoinType::LeftSemi, JoinType::LeftAnti, JoinType::LeftMark]);
        let right_only = one_sided([
            JoinType::RightSemi,
            JoinType::RightAnti,
            JoinType::RightMark,
        ]);
        let left = left_only || !right_only && instead.is_for(&join.left);
        if left && !left_only && instead.is_for(&join.right) {
            return Err("line items are joined with line items".to_owned());
        }
        let (near, far) = if left {
            (&join.left, &join.right)
        } else {
            (&join.right, &join.left)
        };
        let near = Input::of(near, instead)?;
        // The same for all line items that are joined to it, and one for each of them: it cannot be added up row by row.
        let far = vec![Ok(Class::Dimension); far.schema().fields().len()];
        let schema = join.left.schema().join(join.right.schema());
        let schema = schema.map_err(|error| error.to_string())?;
        let count = near.classes.len();
        let both = |near: Vec<_>, far: Vec<_>| {
            if left {
                [near, far].concat()
            } else {
                [far, near].concat()
            }
        };
        let input = Input {
            classes: both(near.classes.clone(), far.clone()),
            schema: Arc::new(schema),
            grain: near.grain,
        };
        for (one, other) in &join.on {
            tells_rows_apart(one, &input)?;
            tells_rows_apart(other, &input)?;
        }
        if let Some(filter) = &join.filter {
            tells_rows_apart(filter, &input)?;
        }
        let optional = match join.join_type {
            JoinType::Left => !left,
            JoinType::Right => left,
            JoinType::Full => true,
            _ => false,
        };
        let mut near = near.classes;
        if optional {
            // Where no line item is joined, all columns are NULL.
            for class in &mut near {
                if let Ok(Class::Linear { never_null }) = class {
                    *never_null = false;
                }
            }
        }
        let first = if left || right_only {
            0
        } else {
            join.left.schema().fields().len()
        };
        let above = if left_only || right_only {
            // Behind them stands a mark, if the join makes one.
            let marks = join.schema.fields().len() - near.len();
            near.extend(vec![Ok(Class::Dimension); marks]);
            near
        } else {
            both(near, far)
        };
        Ok(Self {
            input,
            above,
            left,
            first,
            count,
        })
    }

    /// The same join over what is read instead, with what is `asked` as its last columns.
    pub(super) fn over(
        self,
        join: &Join,
        instead: Instead<'_>,
        asked: &[Told],
        used: &mut bool,
    ) -> std::result::Result<LogicalPlan, Refusal> {
        let Self {
            left, first, count, ..
        } = self;
        let below = |place: usize| place.checked_sub(first).filter(|place| *place < count);
        let below = asked.iter().map(|told| told.moved(below));
        let below: Option<Vec<_>> = below.collect();
        let below = below.ok_or_else(|| Refusal::because("rows of elsewhere are counted"))?;
        let near = if left { &join.left } else { &join.right };
        let near = Arc::new(over(near, instead, &below, &Looked::default(), used)?);
        let (one, other) = if left {
            (near, Arc::clone(&join.right))
        } else {
            (Arc::clone(&join.left), near)
        };
        let joined = Join::try_new(
            one,
            other,
            join.on.clone(),
            join.filter.clone(),
            join.join_type,
            join.join_constraint,
            join.null_equality,
            join.null_aware,
        )?;
        let joined = LogicalPlan::Join(joined);
        if asked.is_empty() {
            return Ok(joined);
        }
        let mut columns = columns_of(&joined);
        let told: Vec<Expr> = columns
            .drain(first + count..first + count + asked.len())
            .collect();
        for (told, asked) in told.into_iter().zip(asked) {
            // Where no line item is joined, a row stands for itself, and has no amount.
            let told = match asked {
                Told::Lines => coalesce(vec![told, lit(1_i64)]),
                Told::With(_) => coalesce(vec![told, lit(0_i64)]),
                Told::Least(_) | Told::Most(_) => told,
            };
            columns.push(told.alias(asked.name()));
        }
        let projected = Projection::try_new(columns, Arc::new(joined))?;
        Ok(LogicalPlan::Projection(projected))
    }
}
