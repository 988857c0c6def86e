//! Savings Plans and Reserved Instance leases.
//!
//! What a commitment covers is the same in every hour that a slot lives, so the used part of any hour or month is a
//! count of slots: rows made in different files agree with the fees to the last digit.

use super::World;
use crate::calendar::{DAY, millis_text};
use crate::catalogue::{INSTANCES, REGIONS};
use crate::hash::{hex, mix, mix2};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommitmentKind {
    SavingsPlan,
    Reserved,
}

/// A Savings Plan or a Reserved Instance lease.
#[derive(Debug)]
pub(crate) struct Commitment {
    pub(crate) kind: CommitmentKind,
    pub(crate) arn: String,
    /// Index of the account that bought it.
    pub(crate) account: u32,
    pub(crate) region: u8,
    /// Index into `INSTANCES`; for plans of no meaning.
    pub(crate) instance: usize,
    pub(crate) payment: &'static str,
    pub(crate) offering: &'static str,
    pub(crate) start: String,
    pub(crate) end: String,
    /// Purchase, seconds since 1970.
    pub(crate) bought: i64,
    /// Plans: dollars an hour; leases: dollars an hour and instance. In units of 10^-10.
    pub(crate) recurring: i64,
    /// The amortised upfront payment, likewise.
    pub(crate) upfront: i64,
    /// Slots that it covers, in order, and for plans the effective cost of an hour of all up to this one.
    pub(crate) covers: Vec<(u32, i64)>,
    /// Reserved instances of a lease.
    pub(crate) instances: u64,
}

impl Commitment {
    /// How many of its slots are among the first `active`.
    pub(crate) fn covered(&self, active: usize) -> usize {
        self.covers
            .partition_point(|&(slot, _)| (slot as usize) < active)
    }

    /// A plan's used commitment of an hour in which the first `active` slots live.
    pub(crate) fn used(&self, active: usize) -> i64 {
        match self.covered(active) {
            0 => 0,
            count => self.covers[count - 1].1,
        }
    }
}

/// Effective cost of a covered hour at the on-demand `rate`.
pub(crate) const fn plan_rate(rate: i64) -> i64 {
    rate / 10 * 7
}

const PAYMENTS: [&str; 3] = ["No Upfront", "All Upfront", "Partial Upfront"];

pub(crate) fn commitments(
    world: &World,
    plans: usize,
    leases: usize,
    regions: usize,
) -> Vec<Commitment> {
    let first = world.months[0].start;
    (0..plans + leases)
        .map(|index| {
            let hash = mix2(world.seed ^ 0x00c0, index as u64);
            let plan = index < plans;
            let number = if plan { index } else { index - plans };
            let account = match index % 3 {
                0 => world.payer,
                _ => (mix(hash) % world.accounts.len() as u64) as u32,
            };
            let region = ((hash >> 8) % regions.min(3) as u64) as u8;
            let owner = &world.accounts[account as usize].id;
            // Every third is bought within the report, in one of its months.
            let bought = if number % 3 == 1 {
                world.months[number / 3 % world.months.len()].start + DAY + 234
            } else {
                first - DAY * (20 + (hash >> 16) as i64 % 300) + 8594
            };
            let id = hex(hash, 32);
            let dashed = format!(
                "{}-{}-{}-{}-{}",
                &id[..8],
                &id[8..12],
                &id[12..16],
                &id[16..20],
                &id[20..32]
            );
            let instance = number % 6;
            let rate = INSTANCES[instance].rate;
            let payment = PAYMENTS[number % 3];
            let (recurring, upfront) = match (plan, number % 3) {
                (true, _) => (0, 0),
                (_, 0) => (rate / 100 * 62, 0),
                (_, 1) => (0, rate / 100 * 58),
                _ => (rate / 100 * 35, rate / 100 * 25),
            };
            Commitment {
                kind: if plan {
                    CommitmentKind::SavingsPlan
                } else {
                    CommitmentKind::Reserved
                },
                arn: if plan {
                    format!("arn:aws:savingsplans::{owner}:savingsplan/{dashed}")
                } else {
                    format!(
                        "arn:aws:ec2:{}:{owner}:reserved-instances/{dashed}",
                        REGIONS[usize::from(region)].code
                    )
                },
                account,
                region,
                instance,
                payment,
                offering: if plan {
                    "ComputeSavingsPlans"
                } else {
                    "standard"
                },
                start: millis_text(bought),
                end: millis_text(bought + 365 * DAY - 1),
                bought,
                recurring,
                upfront,
                covers: Vec::new(),
                instances: 0,
            }
        })
        .collect()
}

/// Sizes commitments by what they cover at most, a little more than that.
pub(crate) fn settle(world: &mut World) {
    let slots = &world.slots;
    for (index, commitment) in world.commitments.iter_mut().enumerate() {
        let mut sum = 0;
        for (number, slot) in slots.iter().enumerate() {
            if slot.commitment == Some(index as u16) {
                sum += 3 * plan_rate(INSTANCES[usize::from(slot.instance)].rate);
                commitment.covers.push((number as u32, sum));
            }
        }
        let count = commitment.covers.len() as u64;
        match commitment.kind {
            CommitmentKind::Reserved => commitment.instances = count + 1 + count / 9,
            CommitmentKind::SavingsPlan => {
                // Whole thousandths of a dollar an hour, as plans are sold.
                let total = (sum + sum / 12) / 10_000_000 * 10_000_000 + 10_000_000;
                (commitment.recurring, commitment.upfront) = match commitment.payment {
                    "No Upfront" => (total, 0),
                    "All Upfront" => (0, total),
                    _ => (total / 2, total - total / 2),
                };
            }
        }
    }
}
