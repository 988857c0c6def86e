//! The organisation whose bill is written: accounts, tags, commitments, and the slots in which resources live.

mod accounts;
mod commitments;
mod names;
mod slots;
mod tags;

pub(crate) use accounts::Account;
pub(crate) use accounts::COST_CATEGORIES;
use commitments::commitments;
pub(crate) use commitments::{Commitment, CommitmentKind, plan_rate};
pub(crate) use names::FEES;
pub(crate) use names::Names;
pub(crate) use slots::{Resource, Slot};
pub(crate) use tags::TagKey;

use crate::calendar::Month;
use crate::catalogue::{Attribute, Sku, attribute_columns};
use crate::hash::mix2;
use crate::{GenerateError, Options, Profile};

/// All that rows are made from.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) months: Vec<Month>,
    /// Line items of each month.
    pub(crate) rows: Vec<u64>,
    pub(crate) restate: bool,
    pub(crate) payer: u32,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tags: Vec<TagKey>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) categories: bool,
    pub(crate) split: bool,
    /// The enterprise discount in percent; none means that the report has no net columns.
    pub(crate) discount: Option<i64>,
    pub(crate) names: Names,
    pub(crate) commitments: Vec<Commitment>,
    pub(crate) slots: Vec<Slot>,
    /// Rows of an hour before each slot; one longer than `slots`.
    pub(crate) before: Vec<u64>,
    pub(crate) skus: Vec<Sku>,
}

/// The sizes that a profile stands for.
struct Sizes {
    accounts: u32,
    regions: usize,
    tags: u32,
    attributes: usize,
    plans: usize,
    leases: usize,
}

impl Sizes {
    const fn of(profile: Profile) -> Self {
        match profile {
            Profile::Tiny => Self {
                accounts: 3,
                regions: 4,
                tags: 3,
                attributes: 20,
                plans: 1,
                leases: 2,
            },
            Profile::Small => Self {
                accounts: 14,
                regions: 10,
                tags: 12,
                attributes: 34,
                plans: 3,
                leases: 8,
            },
            Profile::Medium => Self {
                accounts: 120,
                regions: 20,
                tags: 25,
                attributes: 105,
                plans: 5,
                leases: 24,
            },
            Profile::Large => Self {
                accounts: 800,
                regions: 20,
                tags: 60,
                attributes: 146,
                plans: 8,
                leases: 80,
            },
        }
    }
}

const MOST_ACCOUNTS: u32 = 20_000;
const MOST_TAGS: u32 = 500;

impl World {
    pub(crate) fn new(options: &Options) -> Result<Self, GenerateError> {
        let months = months(options)?;
        check(options)?;
        let mut sizes = Sizes::of(options.profile);
        sizes.accounts = options.accounts.unwrap_or(sizes.accounts);
        sizes.tags = options.tags.unwrap_or(sizes.tags);
        let rows = rows_of_months(options.rows, months.len());
        // Commitments put out hundreds of rows a month, whether used or not: a short report has fewer.
        let least = rows.iter().copied().min().unwrap_or(0);
        let plans = sizes.plans.min((least / 6000) as usize);
        let leases = sizes.leases.min((least / 1000) as usize);
        let names = Names::new();
        let mut world = Self {
            seed: mix2(options.seed, 0x6375_7274),
            restate: options.restate,
            payer: 0,
            accounts: accounts::accounts(mix2(options.seed, 1), sizes.accounts),
            tags: tags::tag_keys(sizes.tags),
            attributes: attribute_columns(sizes.attributes),
            categories: options.profile != Profile::Tiny,
            split: options.profile != Profile::Tiny,
            discount: (options.profile != Profile::Tiny).then_some(9),
            names,
            commitments: Vec::new(),
            slots: Vec::new(),
            before: vec![0],
            skus: Vec::new(),
            months,
            rows,
        };
        let choice = commitments(&world, plans, leases, sizes.regions);
        world.commitments = choice;
        slots::fill(&mut world, sizes.regions, options.resources);
        commitments::settle(&mut world);
        Ok(world)
    }

    /// Whether a tag column exists in the month of this index.
    pub(crate) fn tag_exists(&self, tag: usize, month: usize) -> bool {
        self.tags[tag].exists(month, self.months.len())
    }

    /// The product columns of a month: one comes and goes.
    pub(crate) fn attributes_of(&self, month: usize) -> impl Iterator<Item = Attribute> + '_ {
        let drifting = crate::catalogue::ATTRIBUTES
            .iter()
            .position(|&name| name == "group");
        self.attributes
            .iter()
            .copied()
            .filter(move |&attribute| month.is_multiple_of(2) || Some(attribute) != drifting)
    }
}

fn check(options: &Options) -> Result<(), GenerateError> {
    let bad = |option, reason: &str| {
        Err(GenerateError::Option {
            option,
            reason: reason.to_owned(),
        })
    };
    if options.rows < options.months.len() as u64 * 10 {
        return bad("rows", "at least ten per month are needed");
    }
    if options.rows_per_file == 0 {
        return bad("rows_per_file", "must be at least 1");
    }
    if !(1..=MOST_ACCOUNTS).contains(&options.accounts.unwrap_or(1)) {
        return bad("accounts", "must be between 1 and 20000");
    }
    if options.tags.unwrap_or(0) > MOST_TAGS {
        return bad("tags", "must be at most 500");
    }
    if options.resources == Some(0) {
        return bad("resources", "must be at least 1");
    }
    if options.report_name().is_empty() || options.report_name().contains('/') {
        return bad("report", "must be a name without slashes");
    }
    Ok(())
}

fn months(options: &Options) -> Result<Vec<Month>, GenerateError> {
    let bad = |reason: String| GenerateError::Option {
        option: "months",
        reason,
    };
    let months = options
        .months
        .iter()
        .map(|&(year, month)| {
            Month::new(year, month).ok_or_else(|| bad(format!("{year}-{month} is no month")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if months.is_empty() {
        return Err(bad("at least one is needed".to_owned()));
    }
    if months.windows(2).any(|pair| pair[0].start >= pair[1].start) {
        return Err(bad("must be different and oldest first".to_owned()));
    }
    Ok(months)
}

/// Splits the rows over the months, each 4 % more than the one before.
fn rows_of_months(rows: u64, months: usize) -> Vec<u64> {
    let mut weights = Vec::with_capacity(months);
    let mut weight: u128 = 1 << 40;
    for _ in 0..months {
        weights.push(weight);
        weight += weight / 25;
    }
    let total: u128 = weights.iter().sum();
    let mut before = 0;
    let mut sum = 0;
    weights
        .iter()
        .map(|weight| {
            sum += weight;
            let end = (u128::from(rows) * sum / total) as u64;
            let part = end - before;
            before = end;
            part
        })
        .collect()
}
