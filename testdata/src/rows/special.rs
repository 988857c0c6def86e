//! A month's fees, taxes, credits, refunds and discounts: made last, since they follow from its usage.

use super::{Costs, Extra, MonthPlan, RiFee, Row};
use crate::amount::Amount;
use crate::calendar::{DAY, HOUR};
use crate::catalogue::{Charge, FeeText, INSTANCES, Sku};
use crate::hash::mix3;
use crate::world::{Commitment, CommitmentKind, FEES, Resource, World};

/// The rows of a month that are no usage.
pub(crate) struct Closing<'w> {
    world: &'w World,
    nobody: Resource,
    version: u64,
    entries: Vec<Entry>,
}

struct Entry {
    sku: Sku,
    account: u32,
    start: i64,
    end: i64,
    costs: Costs,
    commitment: Option<usize>,
    extra: Owned,
}

enum Owned {
    None,
    Recurring {
        total: Amount,
        used: Amount,
        upfront: Amount,
        recurring: Amount,
    },
    RiFee(RiFee),
}

/// How many special rows a month has.
pub(crate) fn count(world: &World, plan: &MonthPlan) -> u64 {
    let spent = vec![[0; 2]; world.accounts.len()];
    Builder::new(world, plan, &spent).entries().len() as u64
}

impl<'w> Closing<'w> {
    /// The rows of `plan`'s month, given what accounts spent (unblended, net) on usage.
    pub(crate) fn new(world: &'w World, plan: &'w MonthPlan, spent: &[[i128; 2]]) -> Self {
        let mut entries = Builder::new(world, plan, spent).entries();
        entries.truncate(plan.special as usize);
        if world.restate {
            entries.extend(Builder::new(world, plan, spent).late());
        }
        Self {
            world,
            nobody: Resource::nobody(world),
            version: mix3(world.seed, 77 + plan.index as u64, u64::from(world.restate)),
            entries,
        }
    }

    /// Gives each row to `sink`.
    pub(crate) fn run(&self, sink: &mut dyn FnMut(&Row<'_>)) {
        let net_percent = self.world.discount.map(|percent| 100 - percent);
        for (index, entry) in self.entries.iter().enumerate() {
            sink(&Row {
                hash: mix3(self.version, 1, index as u64),
                start: entry.start,
                end: entry.end,
                account: entry.account,
                sku: &entry.sku,
                resource: &self.nobody,
                commitment: entry.commitment.map(|index| &self.world.commitments[index]),
                costs: entry.costs,
                extra: match &entry.extra {
                    Owned::None => Extra::None,
                    Owned::RiFee(fee) => Extra::RiFee(fee),
                    &Owned::Recurring {
                        total,
                        used,
                        upfront,
                        recurring,
                    } => Extra::Recurring {
                        total,
                        used,
                        upfront,
                        recurring,
                        net_percent,
                    },
                },
            });
        }
    }
}

struct Builder<'a> {
    world: &'a World,
    plan: &'a MonthPlan,
    spent: &'a [[i128; 2]],
    entries: Vec<Entry>,
}

/// What most special rows differ in.
struct Fee {
    charge: Charge,
    product: (&'static str, &'static str),
    account: u32,
    amount: Amount,
    net: Option<Amount>,
    description: String,
}

const EC2: (&str, &str) = ("AmazonEC2", "Amazon Elastic Compute Cloud");
const S3: (&str, &str) = ("AmazonS3", "Amazon Simple Storage Service");
const VENDOR: (&str, &str) = (
    "4l2zr7g5x9c8v1b3n6m0q2w4e",
    "Stackwatch Observability, Premium",
);
const SUPPORT: (&str, &str) = FEES[0];
const PLANS: (&str, &str) = FEES[1];

impl<'a> Builder<'a> {
    const fn new(world: &'a World, plan: &'a MonthPlan, spent: &'a [[i128; 2]]) -> Self {
        Self {
            world,
            plan,
            spent,
            entries: Vec::new(),
        }
    }

    /// All rows, those that commitments need first. Their number depends on the world alone, not on what was spent.
    fn entries(mut self) -> Vec<Entry> {
        for index in 0..self.world.commitments.len() {
            match self.world.commitments[index].kind {
                CommitmentKind::SavingsPlan => self.plan_hours(index),
                CommitmentKind::Reserved => self.lease(index),
            }
        }
        self.fees();
        self.credits();
        if self.world.discount.is_some() {
            self.discounts();
        }
        self.taxes();
        self.entries
    }

    /// What a restated month has in addition.
    fn late(mut self) -> Vec<Entry> {
        for (number, account) in self.accounts().take(3).enumerate() {
            self.fee(Fee {
                charge: Charge::Credit,
                product: EC2,
                account,
                amount: Amount::new(-1_234_500_000 - number as i64, 10),
                net: None,
                description: "Late migration credit, \"MAP 2.0\"".to_owned(),
            });
        }
        self.fee(Fee {
            charge: Charge::Refund,
            product: S3,
            account: self.world.payer,
            amount: Amount::new(-777_700_001, 10),
            net: None,
            description: "Service level agreement refund".to_owned(),
        });
        self.entries
    }

    fn accounts(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.world.accounts.len() as u32
    }

    fn month_window(&self) -> (i64, i64) {
        (self.plan.month.start, self.plan.month.end - 1)
    }

    fn total(&self) -> i128 {
        self.spent.iter().map(|[gross, _]| gross).sum()
    }

    /// Adds a row of a month's window; net is unblended unless said otherwise.
    fn fee(&mut self, fee: Fee) {
        let (start, end) = self.month_window();
        self.push(fee, (start, end), String::new(), None, None, Owned::None);
    }

    fn push(
        &mut self,
        fee: Fee,
        window: (i64, i64),
        usage_type: String,
        region: Option<u8>,
        commitment: Option<usize>,
        extra: Owned,
    ) {
        let marketplace = fee.product == VENDOR;
        let text = FeeText {
            charge: fee.charge,
            product_code: fee.product.0,
            product_name: fee.product.1,
            usage_type,
            operation: "",
            description: fee.description,
            tax_type: if fee.charge == Charge::Tax {
                "USSalesTax"
            } else {
                ""
            },
            marketplace,
            region,
        };
        let has_net = self.world.discount.is_some();
        self.entries.push(Entry {
            sku: Sku::fee(&text, &self.world.names),
            account: fee.account,
            start: window.0,
            end: window.1,
            costs: Costs {
                usage: Amount::new(1, 0),
                unblended: fee.amount,
                blended: (!fee.charge.is_discount()).then_some(fee.amount),
                net: if fee.charge.in_net_costs() {
                    fee.net
                } else {
                    fee.net.or(Some(fee.amount))
                }
                .filter(|_| has_net),
                public: None,
            },
            commitment,
            extra,
        });
    }

    /// The hourly fees of a Savings Plan, and its upfront fee if it was bought this month.
    fn plan_hours(&mut self, index: usize) {
        let world = self.world;
        let plan = &world.commitments[index];
        let month = self.plan.month;
        let usage_type = format!("ComputeSP:1yr{}", plan.payment.replace(' ', ""));
        let fee = |charge, amount, description: String| Fee {
            charge,
            product: PLANS,
            account: plan.account,
            amount,
            net: None,
            description,
        };
        if plan.upfront > 0 && (month.start..month.end).contains(&plan.bought) {
            let amount = Amount::new(plan.upfront * 8760, 10);
            let text = format!("1 year {} Compute Savings Plan, upfront", plan.payment);
            self.push(
                fee(Charge::SavingsPlanUpfrontFee, amount, text),
                (plan.bought, plan.bought + 365 * DAY - 1),
                usage_type.clone(),
                None,
                Some(index),
                Owned::None,
            );
        }
        for hour in 0..month.hours() as usize {
            let start = month.start + hour as i64 * HOUR;
            let extra = Owned::Recurring {
                total: Amount::new(plan.recurring + plan.upfront, 10),
                used: Amount::new(plan.used(self.plan.active[hour]), 10),
                upfront: Amount::new(plan.upfront, 10),
                recurring: Amount::new(plan.recurring, 10),
            };
            let text = format!("1 year {} Compute Savings Plan", plan.payment);
            let fee = fee(
                Charge::SavingsPlanRecurringFee,
                Amount::new(plan.recurring, 10),
                text,
            );
            self.push(
                fee,
                (start, start + HOUR),
                usage_type.clone(),
                None,
                Some(index),
                extra,
            );
        }
    }

    /// The monthly fee of a lease, and its upfront fee if it was bought this month.
    fn lease(&mut self, index: usize) {
        let world = self.world;
        let lease = &world.commitments[index];
        let month = self.plan.month;
        let used: u64 = self
            .plan
            .active
            .iter()
            .map(|&active| lease.covered(active) as u64)
            .sum();
        let hours = (lease.instances * month.hours()) as i64;
        let unused = hours - used as i64;
        let usage_type = format!("HeavyUsage:{}", INSTANCES[lease.instance].name);
        let fee = |charge, amount, description: String| Fee {
            charge,
            product: EC2,
            account: lease.account,
            amount,
            net: None,
            description,
        };
        if lease.upfront > 0 && (month.start..month.end).contains(&lease.bought) {
            let amount = Amount::new(upfront_fee(lease), 10);
            let text = "Sign up charge for subscription".to_owned();
            self.push(
                fee(Charge::Fee, amount, text),
                (lease.bought, lease.bought + 365 * DAY - 1),
                usage_type.clone(),
                Some(lease.region),
                Some(index),
                Owned::None,
            );
        }
        let amounts = RiFee {
            upfront: Amount::new(lease.upfront * hours, 10),
            unused_upfront: Amount::new(lease.upfront * unused, 10),
            unused_recurring: Amount::new(lease.recurring * unused, 10),
            unused_quantity: Amount::whole(unused),
            upfront_value: Amount::new(upfront_fee(lease), 10),
            net_percent: world.discount.map(|percent| 100 - percent),
        };
        let mut text = String::from("USD ");
        let mut rate = Vec::new();
        Amount::new(lease.recurring, 10).write_plain(&mut rate);
        text.extend(rate.into_iter().map(char::from));
        text.push_str(" hourly fee per Linux/UNIX (Amazon VPC) instance, reserved");
        let fee = fee(
            Charge::RiFee,
            Amount::new(lease.recurring * hours, 10),
            text,
        );
        self.push(
            fee,
            self.month_window(),
            usage_type,
            Some(lease.region),
            Some(index),
            Owned::RiFee(amounts),
        );
    }

    fn fees(&mut self) {
        let payer = self.world.payer;
        let support =
            Amount::from_units(self.total() * 7 / 100 + 100 * Amount::whole(1).units(), 2);
        let list = [
            (Charge::Fee, SUPPORT, support, "AWS Support (Business)"),
            (
                Charge::Fee,
                VENDOR,
                Amount::new(49_900, 2),
                "Annual subscription, \"Premium\" tier, 25 seats",
            ),
            (
                Charge::Fee,
                FEES[2],
                Amount::new(1300, 2),
                "Registration of example.com",
            ),
            (
                Charge::FlatRateSubscription,
                FEES[3],
                Amount::new(1500, 2),
                "CloudFront Pro plan",
            ),
        ];
        for (charge, product, amount, text) in list {
            self.fee(Fee {
                charge,
                product,
                account: payer,
                amount,
                net: None,
                description: text.to_owned(),
            });
        }
    }

    fn credits(&mut self) {
        let last = self.world.accounts.len() as u32 - 1;
        let payer = self.world.payer;
        // A Savings Plan's refund counts nowhere in amortised cost; its reversal keeps the month's identity.
        let refund =
            "Refund for one-time fee for Savings Plan ID: 0f0f0f0f-1111-2222-3333-444444444444";
        let list = [
            (
                Charge::Credit,
                S3,
                payer,
                Amount::new(-1_000_000_000, 10),
                "Promotional credit\nsecond line",
            ),
            (
                Charge::Credit,
                EC2,
                last,
                Amount::new(-42_500, 12),
                "Rounding credit",
            ),
            (
                Charge::Refund,
                EC2,
                last,
                Amount::new(-2_310_000_000, 10),
                "Refund of usage, case 12-345",
            ),
            (Charge::Refund, PLANS, payer, Amount::new(-1250, 2), refund),
            (Charge::Refund, PLANS, payer, Amount::new(1250, 2), refund),
            (
                Charge::Discount,
                VENDOR,
                payer,
                Amount::new(-2495, 2),
                "Private offer discount",
            ),
            (
                Charge::BundledDiscount,
                ("AmazonCloudFront", "Amazon CloudFront"),
                last,
                Amount::new(-31_000_001, 10),
                "Shield Advanced bundle",
            ),
        ];
        for (charge, product, account, amount, text) in list {
            self.fee(Fee {
                charge,
                product,
                account,
                amount,
                net: None,
                description: text.to_owned(),
            });
        }
    }

    fn discounts(&mut self) {
        let payer = self.world.payer;
        let list = [
            (
                Charge::PrivateRateDiscount,
                S3,
                Amount::new(-120_030_000, 10),
                Some(Amount::ZERO),
            ),
            (
                Charge::RiVolumeDiscount,
                EC2,
                Amount::new(-55_500_000, 10),
                None,
            ),
            // One that net costs do not contain: it keeps its net cost.
            (
                Charge::SppDiscount,
                EC2,
                Amount::new(-10_100_000, 10),
                Some(Amount::new(-10_100_000, 10)),
            ),
        ];
        for (charge, product, amount, net) in list {
            self.fee(Fee {
                charge,
                product,
                account: payer,
                amount,
                net,
                description: "Discount by contract".to_owned(),
            });
        }
        for account in self.accounts() {
            let [gross, net] = self.spent[account as usize];
            self.fee(Fee {
                charge: Charge::EdpDiscount,
                product: EC2,
                account,
                amount: Amount::from_units(net - gross, 10),
                net: (account % 2 == 0).then_some(Amount::ZERO),
                description: "Enterprise Discount Program, all services".to_owned(),
            });
        }
    }

    fn taxes(&mut self) {
        for account in self.accounts() {
            for (product, permille) in [(EC2, 60), (S3, 20)] {
                self.fee(Fee {
                    charge: Charge::Tax,
                    product,
                    account,
                    amount: Amount::from_units(
                        self.spent[account as usize][0] * permille / 1000,
                        2,
                    ),
                    net: None,
                    description: format!("Tax for product code {}", product.0),
                });
            }
        }
    }
}

/// What a lease cost at its purchase: a year of the amortised upfront fee.
const fn upfront_fee(lease: &Commitment) -> i64 {
    lease.upfront * 8760 * lease.instances as i64
}
