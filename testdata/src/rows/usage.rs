//! Usage: every living resource puts out its lines every hour.

use super::{Chunk, Costs, Extra, MonthPlan, Row};
use crate::amount::Amount;
use crate::calendar::{HOUR, hour_of_week};
use crate::catalogue::{INSTANCES, Line, Meter, NOBODY, Role, Sku, SkuContext, kinds};
use crate::hash::{mix2, mix3};
use crate::world::{Resource, Slot, World, plan_rate};

/// Names a resource's line over the hours of a file, so that what is constant can be kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    /// Position among all lines of all slots.
    pub(crate) index: usize,
    /// Whether this is the first row of its resource here.
    pub(crate) fresh: bool,
}

/// The living resources of a slot.
struct Tenant {
    incarnation: u32,
    /// A bit per line that has been written.
    seen: u32,
    members: Vec<Resource>,
    /// Median quantity per line.
    quantities: Vec<i64>,
}

/// Writes a file's range of usage rows.
pub(crate) struct UsageRun<'w> {
    world: &'w World,
    plan: &'w MonthPlan,
    tenants: Vec<Option<Box<Tenant>>>,
    nobody: Resource,
    filler: Sku,
    version: u64,
    /// Unblended and net cost by account, in units of 10^-18.
    pub(crate) spent: Vec<[i128; 2]>,
}

const ONE: Amount = Amount::whole(1);

impl<'w> UsageRun<'w> {
    pub(crate) fn new(world: &'w World, plan: &'w MonthPlan) -> Self {
        Self {
            world,
            plan,
            tenants: (0..world.slots.len()).map(|_| None).collect(),
            nobody: Resource::nobody(world),
            filler: filler(world),
            version: mix3(world.seed, plan.index as u64, u64::from(world.restate)),
            spent: vec![[0; 2]; world.accounts.len()],
        }
    }

    /// Gives each row of the range to `sink`, in order.
    pub(crate) fn run(&mut self, chunk: Chunk, sink: &mut dyn FnMut(&Row<'_>, Stream)) {
        let mut at = chunk.from;
        let mut hour = self.plan.before.partition_point(|&rows| rows <= at) - 1;
        while at < chunk.to {
            let (from, end) = (
                self.plan.before[hour],
                self.plan.before[hour + 1].min(chunk.to),
            );
            if at < end {
                self.hour(hour, (at - from) as usize, (end - from) as usize, sink);
            }
            at = end;
            hour += 1;
        }
    }

    /// Rows `from..to` of an hour.
    fn hour(
        &mut self,
        hour: usize,
        from: usize,
        to: usize,
        sink: &mut dyn FnMut(&Row<'_>, Stream),
    ) {
        let world = self.world;
        let start = self.plan.month.start + hour as i64 * HOUR;
        let first_row = self.plan.before[hour];
        let busy = busyness(hour_of_week(start));
        let active = self.plan.active[hour];
        let slots = &world.slots[..active];
        let mut number = world.before.partition_point(|&rows| rows <= from as u64) - 1;
        let mut at = from;
        while at < to && number < active {
            // A run of slots of one kind goes line by line, all slots of one line together.
            let first = slots[number].run as usize;
            let run = &slots[first..];
            let run = &run[..run
                .iter()
                .take_while(|slot| slot.run as usize == first)
                .count()];
            let before = world.before[first] as usize;
            let end = world.before[first + run.len()] as usize;
            for position in at..end.min(to) {
                let (index, member) = (
                    (position - before) / run.len(),
                    (position - before) % run.len(),
                );
                self.line(
                    first + member,
                    index,
                    start,
                    busy,
                    first_row + position as u64,
                    sink,
                );
            }
            at = end.min(to);
            number = first + run.len();
        }
        // What no whole slot fits into: requests of no resource.
        while at < to {
            let account = (at % world.accounts.len()) as u32;
            let hash = mix2(self.version, first_row + at as u64);
            let usage = Amount::new(10_000_000_000 + (hash >> 40) as i64 * 10_000, 10);
            let costs = priced(world, usage, self.filler.rate_units, 10, 100);
            self.spent[account as usize][0] += costs.unblended.units();
            self.spent[account as usize][1] += costs.net.unwrap_or(costs.unblended).units();
            let row = Row {
                hash,
                start,
                end: start + HOUR,
                account,
                sku: &self.filler,
                resource: &self.nobody,
                commitment: None,
                costs,
                extra: Extra::None,
            };
            // Positions after all slots' lines, which come and go with the hours.
            let index = *world.before.last().expect("one longer than the slots") as usize;
            sink(&row, Stream { index, fresh: true });
            at += 1;
        }
    }

    /// The row of a slot's line.
    fn line(
        &mut self,
        number: usize,
        index: usize,
        start: i64,
        busy: i64,
        row: u64,
        sink: &mut dyn FnMut(&Row<'_>, Stream),
    ) {
        let world = self.world;
        let slot = &world.slots[number];
        let incarnation = slot.incarnation(start);
        let place = &mut self.tenants[number];
        if place
            .as_ref()
            .is_none_or(|tenant| tenant.incarnation != incarnation)
        {
            *place = Some(Box::new(move_in(world, slot, number, incarnation)));
        }
        let tenant = place.as_mut().expect("someone has just moved in");
        let fresh = tenant.seen & (1 << index) == 0;
        tenant.seen |= 1 << index;
        let line = &kinds()[usize::from(slot.kind)].lines[index];
        let sku = &world.skus[slot.sku as usize + index];
        let resource = if line.member == NOBODY {
            &self.nobody
        } else {
            &tenant.members[usize::from(line.member)]
        };
        let (costs, extra) = costs(world, slot, number, sku, line, tenant, index, start, busy);
        let commitment = slot.commitment.filter(|_| line.role != Role::Usage);
        self.spent[slot.account as usize][0] += costs.unblended.units();
        self.spent[slot.account as usize][1] += costs.net.unwrap_or(costs.unblended).units();
        let row = Row {
            hash: mix2(self.version, row),
            start,
            end: start + HOUR,
            account: slot.account,
            sku,
            resource,
            commitment: commitment.map(|index| &world.commitments[usize::from(index)]),
            costs,
            extra,
        };
        sink(
            &row,
            Stream {
                index: world.before[number] as usize + index,
                fresh,
            },
        );
    }
}

/// The SKU of the few rows that fill up an hour.
fn filler(world: &World) -> Sku {
    let (kind, line) = kinds()
        .iter()
        .find_map(|kind| {
            kind.lines
                .iter()
                .find(|line| line.operation == "GetMetricData")
                .map(|line| (kind, line))
        })
        .expect("the catalogue has metrics requests");
    Sku::usage(
        &SkuContext {
            kind,
            line,
            region: 1,
            instance: 0,
            page: 0,
            split_parent: false,
        },
        &world.names,
    )
}

/// Hour of the week to load, 1024 being a usual office hour.
fn busyness(hour_of_week: usize) -> i64 {
    let (day, clock) = (hour_of_week / 24, hour_of_week % 24);
    let daily = [
        500, 450, 420, 400, 400, 430, 520, 650, 800, 920, 1000, 1040, 1024, 1050, 1080, 1060, 1010,
        960, 900, 840, 780, 700, 620, 560,
    ];
    daily[clock] * if day >= 5 { 6 } else { 10 } / 10
}

fn move_in(world: &World, slot: &Slot, number: usize, incarnation: u32) -> Tenant {
    let kind = &kinds()[usize::from(slot.kind)];
    let quantities = kind
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            // The size belongs to the slot: a replacement carries the same load.
            let hash = mix3(world.seed ^ 0x51fe, number as u64, index as u64);
            ((line.quantity as f64 * log_normal(hash)) as i64).clamp(1, 1_000_000_000_000_000)
        })
        .collect();
    Tenant {
        incarnation,
        seen: 0,
        members: Resource::of_slot(world, slot, incarnation),
        quantities,
    }
}

/// A factor around 1, about one decade of standard deviation, by multiplications alone: the same on every machine.
fn log_normal(hash: u64) -> f64 {
    // 10^(1/64)
    const STEP: f64 = 1.036_632_928_437_698;
    // The sum of four uniform numbers is nearly normal.
    let sum: i64 = (0..4)
        .map(|part| ((hash >> (16 * part)) & 0xffff) as i64 - 32_768)
        .sum();
    let exponent = (sum * 56) >> 15;
    let (mut power, mut square, mut rest) = (1.0, STEP, exponent.unsigned_abs());
    while rest > 0 {
        if rest & 1 == 1 {
            power *= square;
        }
        square *= square;
        rest >>= 1;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

/// The costs of a quantity at a rate (10^-10 dollars), with `places` decimals; `list` is the public price in percent.
fn priced(world: &World, usage: Amount, rate: i64, places: u8, list: i64) -> Costs {
    let scale = match places {
        10 => 1e-10,
        12 => 1e-8,
        _ => 1e-5,
    };
    let mantissa = usage.mantissa() as f64 * rate as f64 * scale;
    // Far beyond 15 digits nothing is left of the extra decimals: ten do.
    let cost = if mantissa < 1e15 {
        Amount::new((mantissa + 0.5) as i64, places)
    } else {
        Amount::new((mantissa * 1e-5) as i64, places - 5)
    };
    Costs {
        usage,
        unblended: cost,
        blended: Some(cost),
        net: world.discount.map(|percent| cost.percent(100 - percent)),
        public: Some(if list == 100 {
            cost
        } else {
            cost.percent(list)
        }),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call site, all of it the row's context"
)]
fn costs<'a>(
    world: &World,
    slot: &Slot,
    number: usize,
    sku: &Sku,
    line: &Line,
    tenant: &'a Tenant,
    index: usize,
    start: i64,
    busy: i64,
) -> (Costs, Extra<'a>) {
    let rate = sku.rate_units;
    let net_percent = world.discount.map(|percent| 100 - percent);
    let net = |amount: Amount| net_percent.map(|percent| amount.percent(percent));
    let full = Amount::new(rate, 10);
    match line.role {
        Role::Usage => {
            let usage = match line.meter {
                Meter::Hourly => ONE,
                Meter::Steady => Amount::new(tenant.quantities[index], 10),
                Meter::Varying => {
                    // In a restated month one slot in fifty was metered anew.
                    let revision = u64::from(world.restate && number % 50 == 7);
                    let noise = mix3(
                        world.seed ^ revision,
                        (number * 8 + index) as u64,
                        start as u64,
                    );
                    let factor = busy * (512 + (noise & 1023) as i64);
                    Amount::new(
                        ((i128::from(tenant.quantities[index]) * i128::from(factor)) >> 20) as i64,
                        10,
                    )
                }
            };
            let list = if sku.usage_type.contains("Spot") {
                333
            } else {
                100
            };
            (priced(world, usage, rate, line.places, list), Extra::None)
        }
        Role::Covered => {
            let effective = Amount::new(plan_rate(rate), 10);
            let costs = Costs {
                usage: ONE,
                unblended: full,
                blended: Some(full),
                net: net(full),
                public: Some(full),
            };
            (
                costs,
                Extra::Covered {
                    effective,
                    net: net(effective),
                },
            )
        }
        Role::Negation => {
            let sum = Amount::new(-3 * rate, 10);
            // Thrice the single rows' net: rounding must not break the balance.
            let net = net(full).map(|one| Amount::new(-3 * one.mantissa(), 10));
            (
                Costs {
                    usage: Amount::whole(3),
                    unblended: sum,
                    blended: Some(sum),
                    net,
                    public: Some(sum),
                },
                Extra::None,
            )
        }
        Role::Discounted => {
            let lease = &world.commitments
                [usize::from(slot.commitment.expect("covered slots have a commitment"))];
            let (recurring, upfront) = (
                Amount::new(lease.recurring, 10),
                Amount::new(lease.upfront, 10),
            );
            let effective = Amount::new(lease.recurring + lease.upfront, 10);
            let costs = Costs {
                usage: ONE,
                unblended: Amount::ZERO,
                blended: Some(full.percent(57)),
                net: net(Amount::ZERO),
                public: Some(full),
            };
            (
                costs,
                Extra::Discounted {
                    effective,
                    upfront,
                    recurring,
                    net_percent,
                },
            )
        }
        Role::Split => {
            let machine = &INSTANCES[usize::from(slot.instance)];
            let unit = machine.rate / i64::from(9 * machine.vcpu + machine.memory_gib);
            let weight = if line.unit == "vCPU-Hours" { 9 } else { 1 };
            let actual = Amount::new(line.quantity * (300 + (number % 700) as i64) / 1000, 10);
            let reserved = Amount::new(line.quantity, 10);
            let split = Amount::new(unit * weight * (line.quantity / 1_000_000_000) / 10, 10);
            let parent = (number % 17 != 5).then(|| tenant.members[0].id.as_str());
            let costs = Costs {
                usage: reserved,
                unblended: Amount::ZERO,
                blended: Some(Amount::ZERO),
                net: net(Amount::ZERO),
                public: None,
            };
            (
                costs,
                Extra::Split {
                    parent,
                    reserved,
                    actual,
                    split,
                    unused: split.percent(21),
                    net_percent,
                },
            )
        }
    }
}
