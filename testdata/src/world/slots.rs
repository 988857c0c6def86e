//! Slots and the resources that live in them, one after another.
//!
//! A slot is a place for one resource at a time. The first `n` slots live in an hour, `n` following the hour's share of
//! rows: low slots always run, high ones only at busy hours, as autoscaling has it. Who lives in a slot at an hour is
//! a division, so any hour can be written without those before it.

use std::collections::HashMap;

use super::{CommitmentKind, World};
use crate::calendar::HOUR;
use crate::catalogue::{INSTANCES, Id, Kind, REGIONS, Role, SERVICES, Sku, SkuContext, kinds};
use crate::hash::{Weighted, below, chance, hex, mix2, mix3, write_base32};
use crate::rows::MonthPlan;

/// A place for one resource at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Index into `kinds()`.
    pub(crate) kind: u16,
    pub(crate) region: u8,
    pub(crate) instance: u8,
    pub(crate) account: u32,
    /// Hours that a resource lives.
    pub(crate) life: u32,
    /// Hours that its first one had lived in 1970.
    pub(crate) phase: u32,
    /// Index of the SKU of its first line; the others follow.
    pub(crate) sku: u32,
    pub(crate) commitment: Option<u16>,
    /// Slots of the same identity hold the same resource.
    pub(crate) identity: u32,
    /// The identity of the first of its fleet: neighbours of one kind, account, region and purpose.
    pub(crate) fleet: u32,
    /// The first of the neighbours that have the same SKUs and account: their rows are written line by line.
    pub(crate) run: u32,
}

impl Slot {
    /// Which resource lives in the slot at this time.
    pub(crate) const fn incarnation(&self, at: i64) -> u32 {
        ((at / HOUR) as u64 + self.phase as u64).wrapping_div(self.life as u64) as u32
    }
}

/// A resource, or the absence of one.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// Empty if there is none.
    pub(crate) id: String,
    pub(crate) zone: String,
    pub(crate) region: u8,
    /// Per tag key the value's index + 1, or 0.
    pub(crate) tags: Vec<u16>,
}

impl Resource {
    /// What rows without a resource have.
    pub(crate) fn nobody(world: &World) -> Self {
        Self {
            id: String::new(),
            zone: String::new(),
            region: 0,
            tags: vec![0; world.tags.len()],
        }
    }

    /// The resources of a slot in one incarnation.
    pub(crate) fn of_slot(world: &World, slot: &Slot, incarnation: u32) -> Vec<Self> {
        let kind = &kinds()[usize::from(slot.kind)];
        let region = REGIONS[usize::from(slot.region)].code;
        let account = &world.accounts[slot.account as usize].id;
        let life = mix3(world.seed, u64::from(slot.identity), u64::from(incarnation));
        // The zone is the slot's: an autoscaled successor starts where its predecessor was.
        let zone = if kind.zoned {
            format!("{region}{}", ["a", "b", "c"][slot.identity as usize % 3])
        } else {
            String::new()
        };
        (0..kind.members)
            .map(|member| {
                let hash = mix2(life, u64::from(member));
                let id = match kind.id {
                    Id::None => String::new(),
                    Id::Text(_) if kind.split && member > 0 => {
                        let name = name(hash);
                        format!(
                            "arn:aws:eks:{region}:{account}:pod/main/{name}/{name}-{}/{}",
                            hex(hash, 5),
                            hex(hash ^ 3, 32)
                        )
                    }
                    Id::Text(pattern) => fill_pattern(pattern, kind, hash, region, account),
                };
                let tags = if id.is_empty() {
                    vec![0; world.tags.len()]
                } else {
                    // Tags of later lives resemble the first's: mostly the fleet's, sometimes the resource's own.
                    let steady = mix2(world.seed ^ 0x7a65, u64::from(slot.fleet));
                    world
                        .tags
                        .iter()
                        .enumerate()
                        .map(|(index, key)| {
                            key.value(
                                index,
                                if chance(mix2(hash, index as u64), 12) {
                                    hash
                                } else {
                                    steady
                                },
                            )
                        })
                        .collect()
                };
                Self {
                    id,
                    zone: zone.clone(),
                    region: slot.region,
                    tags,
                }
            })
            .collect()
    }
}

const NAMES: [&str; 16] = [
    "checkout",
    "ingest-worker",
    "web",
    "api-gateway",
    "session_store",
    "ml-train",
    "etl",
    "audit",
    "mailer",
    "thumbnailer",
    "search-index",
    "notify",
    "cache",
    "feature-store",
    "exports",
    "legacy.app",
];

fn name(hash: u64) -> String {
    let mut suffix = Vec::new();
    write_base32(&mut suffix, hash, 4);
    let suffix: String = suffix.into_iter().map(char::from).collect();
    format!("{}-{suffix}", NAMES[(hash >> 20) as usize % NAMES.len()])
}

fn fill_pattern(pattern: &str, kind: &Kind, hash: u64, region: &str, account: &str) -> String {
    pattern
        .replace("{h}", &hex(hash, 17))
        .replace("{n}", &name(hash))
        .replace("{r}", region)
        .replace("{a}", account)
        .replace("{s}", &SERVICES[kind.service].code.to_lowercase())
}

/// Lifetimes in hours, with their share of slots in a thousand: months, weeks, days, hours.
const LIVES: [(u64, u64, u64); 4] = [
    (400, 1500, 9000),
    (330, 168, 672),
    (250, 24, 120),
    (20, 1, 12),
];

fn natural_life(hash: u64) -> u64 {
    let mut point = below(hash, 1000);
    for (share, low, high) in LIVES {
        if point < share {
            return low + below(mix2(hash, 5), high - low);
        }
        point -= share;
    }
    LIVES[0].1
}

/// How slots share or change resources so that about as many appear as were asked for.
struct Population {
    identities: u64,
    /// Hours that each resource lives, give or take half; by [`LIVES`] if `None`.
    life: Option<u64>,
}

impl Population {
    fn new(wanted: Option<u64>, slots: u64, hours: u64) -> Self {
        match wanted {
            None => Self {
                identities: u64::MAX,
                life: None,
            },
            Some(wanted) if wanted <= slots => Self {
                identities: wanted,
                life: Some(1 << 20),
            },
            Some(wanted) => Self {
                identities: u64::MAX,
                life: Some((slots * hours / (wanted - slots)).max(1)),
            },
        }
    }

    fn life(&self, hash: u64) -> u64 {
        match self.life {
            Some(life) => (life / 2 + below(hash, life + 1)).max(1),
            None => natural_life(hash),
        }
    }
}

/// Kinds in the order in which the first slots have them: a short report, too, shows each way to name service and region.
fn variety() -> Vec<usize> {
    let kinds = kinds();
    let of = |code: &str| {
        kinds
            .iter()
            .position(|kind| SERVICES[kind.service].code == code)
    };
    let with = |role| kinds.iter().position(|kind| kind.has(role));
    let marketplace = kinds
        .iter()
        .position(|kind| SERVICES[kind.service].marketplace);
    let first = [
        with(Role::Covered),
        with(Role::Discounted),
        of("AmazonS3"),
        marketplace,
        of("AWSDataTransfer"),
        of("AmazonRDS"),
        of("AmazonCloudFront"),
        of("AmazonElastiCache"),
        with(Role::Split),
        of("AWSLambda"),
    ];
    let mut order: Vec<usize> = first.into_iter().flatten().collect();
    order.extend((0..kinds.len()).filter(|kind| !first.contains(&Some(*kind))));
    order
}

/// The first of an identity's fleet. Reports name like resources in runs: without them they would compress half as well
/// as real ones do.
fn fleet(seed: u64, identity: u64) -> u64 {
    const BLOCK: u64 = 32;
    const SIZES: [u64; 4] = [1, 4, 16, 32];
    let size = SIZES[(mix2(seed ^ 0xf1ee, identity / BLOCK) % 4) as usize];
    identity / size * size
}

/// Makes as many slots as the busiest hour needs, and the SKUs of their lines.
pub(crate) fn fill(world: &mut World, regions: usize, resources: Option<u64>) {
    let busiest = (0..world.months.len())
        .map(|month| MonthPlan::busiest(world, month))
        .max()
        .unwrap_or(0);
    let kinds = kinds();
    let variety = variety();
    let pick_kind = Weighted::new(kinds.iter().map(|kind| kind.weight));
    let pick_region = Weighted::new((0..regions as u64).map(|rank| match rank {
        0 => 450,
        1 => 330,
        _ => 400 / (rank + 2),
    }));
    let pick_account = Weighted::zipf(world.accounts.len() as u64);
    let pick_instance = Weighted::zipf(INSTANCES.len() as u64);
    let plans: Vec<u16> = of_kind(world, CommitmentKind::SavingsPlan);
    let leases: Vec<u16> = of_kind(world, CommitmentKind::Reserved);
    let weights: u64 = kinds.iter().map(|kind| kind.weight).sum();
    let lines: u64 = kinds
        .iter()
        .map(|kind| kind.weight * kind.lines.len() as u64)
        .sum();
    let hours: u64 = world.months.iter().map(|month| month.hours()).sum();
    let population = Population::new(resources, (busiest * weights / lines).max(1), hours);

    let mut skus: HashMap<(u16, u8, u8, u32), u32> = HashMap::new();
    let mut rows = 0;
    while rows < busiest {
        let number = world.slots.len() as u64;
        let identity = number % population.identities;
        let page = (number / population.identities) as u32;
        let varied = 2 * variety.len() as u64;
        let fleet = if identity < varied {
            identity
        } else {
            fleet(world.seed, identity)
        };
        let hash = mix2(world.seed ^ 0x0051_0751, fleet);
        let own = mix2(world.seed ^ 0x0051_0752, identity);
        let mut kind = match variety.get(identity as usize / 2) {
            Some(&kind) if identity % 2 == 1 => kind,
            _ => pick_kind.pick(hash),
        };
        // Commitments were bought for what always runs.
        let core = rows < busiest * 11 / 20;
        let mut commitment = None;
        let mut region = pick_region.pick(mix2(hash, 1)) as u8;
        let mut instance = pick_instance.pick(mix2(hash, 2)) as u8;
        if kinds[kind].has(Role::Covered) || kinds[kind].has(Role::Discounted) {
            let choice = if kinds[kind].has(Role::Covered) {
                &plans
            } else {
                &leases
            };
            if choice.is_empty() || !core || page > 0 {
                kind = 0;
            } else {
                let index = choice[below(mix2(hash, 3), choice.len() as u64) as usize];
                let chosen = &world.commitments[usize::from(index)];
                commitment = Some(index);
                if chosen.kind == CommitmentKind::Reserved {
                    (region, instance) = (chosen.region, chosen.instance as u8);
                }
            }
        }
        if kinds[kind].split && !world.split {
            kind = 0;
        }
        let typed = if kinds[kind].typed { instance } else { 0 };
        let life = population.life(mix2(own, 4));
        let next = world.skus.len() as u32;
        let sku = *skus
            .entry((kind as u16, region, typed, page))
            .or_insert(next);
        if sku == next {
            for line in &kinds[kind].lines {
                let context = SkuContext {
                    kind: &kinds[kind],
                    line,
                    region,
                    instance: usize::from(typed),
                    page,
                    split_parent: kinds[kind].split && line.role == Role::Usage,
                };
                world.skus.push(Sku::usage(&context, &world.names));
            }
        }
        let account = pick_account.pick(mix2(hash, 6)) as u32;
        let run = match world.slots.last() {
            Some(last)
                if u64::from(last.fleet) == fleet
                    && (last.sku, last.account, last.commitment) == (sku, account, commitment) =>
            {
                last.run
            }
            _ => number as u32,
        };
        world.slots.push(Slot {
            run,
            kind: kind as u16,
            region,
            instance: typed,
            account,
            life: life as u32,
            phase: below(mix2(own, 7), life) as u32,
            sku,
            commitment,
            identity: identity as u32,
            fleet: fleet as u32,
        });
        rows += kinds[kind].lines.len() as u64;
        world.before.push(rows);
    }
}

fn of_kind(world: &World, kind: CommitmentKind) -> Vec<u16> {
    (0..world.commitments.len())
        .filter(|&index| world.commitments[index].kind == kind)
        .map(|index| index as u16)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{Options, Profile};

    fn world(rows: u64, profile: Profile) -> World {
        World::new(&Options {
            rows,
            profile,
            months: vec![(2026, 10)],
            ..Options::default()
        })
        .unwrap()
    }

    #[test]
    fn a_million_rows_are_of_every_service() {
        let world = world(1_000_000, Profile::Small);
        let services: HashSet<&str> = world
            .skus
            .iter()
            .map(|sku| sku.product_code.as_str())
            .collect();
        assert_eq!(services.len(), SERVICES.len());
    }

    #[test]
    fn usage_types_are_many_at_medium_size() {
        let world = world(20_000_000, Profile::Medium);
        let types: HashSet<&str> = world
            .skus
            .iter()
            .map(|sku| sku.usage_type.as_str())
            .collect();
        assert!((600..4000).contains(&types.len()), "{}", types.len());
    }

    #[test]
    fn resources_come_and_go() {
        let world = world(5_000_000, Profile::Small);
        let day = world.months[0].start;
        let born = world
            .slots
            .iter()
            .map(|slot| slot.incarnation(day + 24 * HOUR) - slot.incarnation(day))
            .sum::<u32>();
        let share = born * 100 / world.slots.len() as u32;
        assert!((5..=25).contains(&share), "{share} % new a day");
    }

    #[test]
    fn accounts_follow_zipf() {
        let world = world(5_000_000, Profile::Small);
        let of = |account| {
            world
                .slots
                .iter()
                .filter(|slot| slot.account == account)
                .count()
        };
        assert!(
            of(0) > of(3) && of(3) > of(12),
            "{} {} {}",
            of(0),
            of(3),
            of(12)
        );
    }
}
