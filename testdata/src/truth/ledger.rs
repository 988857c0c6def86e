//! Keeping sums by every dimension without looking any of them up for every row.

use std::collections::HashMap;

use super::measure::Facts;
use super::sums::Sums;
use crate::calendar::DAY;
use crate::rows::{Row, Stream};

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Charge(&'static str),
    Service(u32),
    Account(u32),
    Region(Option<u8>),
    /// Days since the month's first.
    Day(i64),
    /// Tag key and index + 1 of its value. With the merged value of a later key where two share a column: see `MergedTag`.
    Tag(u16, u16),
    /// The first of several keys that share a column, and whose value it is.
    MergedTag(u16, u16, u16),
}

/// Sums of a month, or of a part of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) total: Sums,
    pub(crate) by: HashMap<Key, Sums>,
    pub(crate) resources: HashMap<String, Sums>,
}

impl Tally {
    pub(crate) fn merge(&mut self, other: Self) {
        self.total.merge(&other.total);
        if self.by.is_empty() && self.resources.is_empty() {
            self.by = other.by;
            self.resources = other.resources;
            return;
        }
        for (key, sums) in other.by {
            self.by.entry(key).or_default().merge(&sums);
        }
        for (key, sums) in other.resources {
            self.resources.entry(key).or_default().merge(&sums);
        }
    }
}

/// A stream's sums, with what all its rows have in common.
struct Open {
    charge: &'static str,
    service: u32,
    account: u32,
    region: Option<u8>,
    resource: String,
    tags: Vec<u16>,
    sums: Sums,
}

/// Sums rows of one file.
pub(crate) struct Ledger<'a> {
    tally: Tally,
    open: Vec<Option<Box<Open>>>,
    days: Vec<Sums>,
    month_start: i64,
    /// Tag columns that several keys share: the keys in order.
    merged: &'a [Vec<u16>],
}

impl<'a> Ledger<'a> {
    pub(crate) fn new(
        month_start: i64,
        days: usize,
        streams: usize,
        merged: &'a [Vec<u16>],
    ) -> Self {
        Self {
            tally: Tally::default(),
            open: (0..streams).map(|_| None).collect(),
            days: vec![Sums::default(); days],
            month_start,
            merged,
        }
    }

    /// Counts a written row. Rows of one stream must agree in all but metrics and time.
    pub(crate) fn add(&mut self, row: &Row<'_>, facts: &Facts, stream: Option<Stream>) {
        self.tally.total.add(&facts.metrics);
        let day = (row.start - self.month_start).div_euclid(DAY);
        if let Some(sums) = usize::try_from(day)
            .ok()
            .and_then(|day| self.days.get_mut(day))
        {
            sums.add(&facts.metrics);
        } else {
            self.tally
                .by
                .entry(Key::Day(day))
                .or_default()
                .add(&facts.metrics);
        }
        if let Some(stream) = stream
            && !stream.fresh
            && let Some(open) = &mut self.open[stream.index]
        {
            open.sums.add(&facts.metrics);
            return;
        }
        let mut sums = Sums::default();
        sums.add(&facts.metrics);
        let open = Box::new(Open {
            charge: facts.charge,
            service: facts.service,
            account: row.account,
            region: facts.region,
            resource: row.resource.id.clone(),
            tags: row.resource.tags.clone(),
            sums,
        });
        match stream {
            None => self.close(*open),
            Some(stream) => {
                if let Some(old) = self.open[stream.index].replace(open) {
                    self.close(*old);
                }
            }
        }
    }

    fn close(&mut self, open: Open) {
        let by = &mut self.tally.by;
        for key in [
            Key::Charge(open.charge),
            Key::Service(open.service),
            Key::Account(open.account),
            Key::Region(open.region),
        ] {
            by.entry(key).or_default().merge(&open.sums);
        }
        for (index, &value) in open
            .tags
            .iter()
            .enumerate()
            .filter(|&(_, &value)| value != 0)
        {
            by.entry(Key::Tag(index as u16, value))
                .or_default()
                .merge(&open.sums);
        }
        for group in self.merged {
            if let Some(&owner) = group.iter().find(|&&key| open.tags[usize::from(key)] != 0) {
                let value = open.tags[usize::from(owner)];
                by.entry(Key::MergedTag(group[0], owner, value))
                    .or_default()
                    .merge(&open.sums);
            }
        }
        if !open.resource.is_empty() {
            self.tally
                .resources
                .entry(open.resource)
                .or_default()
                .merge(&open.sums);
        }
    }

    pub(crate) fn finish(mut self) -> Tally {
        for open in std::mem::take(&mut self.open).into_iter().flatten() {
            self.close(*open);
        }
        for (day, sums) in std::mem::take(&mut self.days)
            .into_iter()
            .enumerate()
            .filter(|(_, sums)| sums.rows > 0)
        {
            self.tally
                .by
                .entry(Key::Day(day as i64))
                .or_default()
                .merge(&sums);
        }
        self.tally
    }
}
