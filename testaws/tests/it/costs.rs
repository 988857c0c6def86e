//! Cost Explorer.

use aws_sdk_costexplorer::{
    Client,
    operation::get_cost_and_usage::builders::GetCostAndUsageFluentBuilder,
    types::{
        CostAllocationTagStatus, DateInterval, Dimension, DimensionValues, Expression, Granularity,
        GroupDefinition, GroupDefinitionType, MatchOption, ResultByTime, TagValues,
    },
};
use curtail_testaws::{Aws, CostRow, Member, World};

use crate::harness::{
    ALL, ENGINE, KEY, Keys, PAYER, SECRET, client, policy, refusal, refused, user, world,
};

const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
const S3: &str = "Amazon Simple Storage Service";
const TEAM: &str = "777788889999";

/// The user's account manages an organisation with another one; today is 21 November 2026.
fn costs() -> World {
    let rows = [
        CostRow::new("2026-10-30", ENGINE, EC2)
            .cost("0.1")
            .metric("UsageQuantity", "24")
            .tag("team", "core"),
        CostRow::new("2026-10-31", ENGINE, EC2)
            .cost("0.2")
            .tag("team", "web")
            .tag("old", "x"),
        CostRow::new("2026-10-31", TEAM, S3)
            .cost("3.000000000000000001")
            .region("eu-central-1"),
        CostRow::new("2026-11-01", TEAM, S3)
            .cost("5")
            .usage_type("Requests"),
        CostRow::new("2026-11-01", TEAM, S3)
            .cost("-5.5")
            .record_type("Credit"),
        CostRow::new("2026-11-01", PAYER, S3).cost("1000"),
    ];
    world()
        .user(KEY, SECRET, ENGINE, "engine", ALL)
        .user("AKIATEAM", "team-secret", TEAM, "team", ALL)
        .organisation(
            ENGINE,
            &[
                Member::active(ENGINE, "engine"),
                Member::active(TEAM, "team"),
            ],
        )
        .today("2026-11-21".parse().unwrap())
        .allocation_tag("team", true)
        .allocation_tag("old", false)
        .costs(rows)
}

fn client(aws: &Aws, keys: &Keys) -> Client {
    client!(aws_sdk_costexplorer, aws, keys, "us-east-1")
}

fn days(start: &str, end: &str) -> DateInterval {
    DateInterval::builder()
        .start(start)
        .end(end)
        .build()
        .unwrap()
}

fn monthly(aws: &Aws) -> GetCostAndUsageFluentBuilder {
    let request = client(aws, &user()).get_cost_and_usage();
    let request = request.time_period(days("2026-10-01", "2026-12-01"));
    request
        .granularity(Granularity::Monthly)
        .metrics("UnblendedCost")
}

fn by(kind: GroupDefinitionType, key: &str) -> GroupDefinition {
    GroupDefinition::builder().r#type(kind).key(key).build()
}

fn by_dimension(key: &str) -> GroupDefinition {
    by(GroupDefinitionType::Dimension, key)
}

/// Start of the period, keys and amount of each group.
fn groups(results: &[ResultByTime]) -> Vec<String> {
    let mut all = Vec::new();
    for result in results {
        let start = result.time_period().unwrap().start();
        for group in result.groups() {
            let metrics = group.metrics().unwrap();
            let amount = metrics["UnblendedCost"].amount().unwrap();
            all.push(format!("{start} {} {amount}", group.keys().join(",")));
        }
    }
    all
}

async fn grouped(request: GetCostAndUsageFluentBuilder) -> Vec<String> {
    groups(request.send().await.unwrap().results_by_time())
}

fn dimension(key: Dimension, values: &[&str]) -> Expression {
    let values = values.iter().map(ToString::to_string).collect();
    let wanted = DimensionValues::builder()
        .key(key)
        .set_values(Some(values))
        .build();
    Expression::builder().dimensions(wanted).build()
}

#[tokio::test]
async fn totals_are_exact_and_months_estimated() {
    let aws = Aws::start(costs()).unwrap();
    let answer = monthly(&aws).metrics("UsageQuantity").send().await.unwrap();
    let [october, november] = answer.results_by_time() else {
        panic!("two months");
    };
    let total = october.total().unwrap();
    assert_eq!(
        total["UnblendedCost"].amount(),
        Some("3.300000000000000001")
    );
    assert_eq!(total["UnblendedCost"].unit(), Some("USD"));
    assert_eq!(total["UsageQuantity"].amount(), Some("24"));
    assert_eq!(total["UsageQuantity"].unit(), Some("N/A"));
    assert!(!october.estimated());
    assert_eq!(
        november.total().unwrap()["UnblendedCost"].amount(),
        Some("-0.5")
    );
    assert!(november.estimated());
    assert_eq!(november.time_period().unwrap().end(), "2026-12-01");
}

#[tokio::test]
async fn the_end_is_exclusive_and_every_day_is_there() {
    let aws = Aws::start(costs()).unwrap();
    let daily = monthly(&aws).granularity(Granularity::Daily);
    let answer = daily
        .time_period(days("2026-10-29", "2026-10-31"))
        .send()
        .await
        .unwrap();
    let told: Vec<_> = answer
        .results_by_time()
        .iter()
        .map(|one| {
            (
                one.time_period().unwrap().start(),
                one.total().unwrap()["UnblendedCost"].amount().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("2026-10-29", "0"), ("2026-10-30", "0.1")]);
    let half = monthly(&aws)
        .time_period(days("2026-10-31", "2026-11-02"))
        .send()
        .await
        .unwrap();
    let periods: Vec<_> = half
        .results_by_time()
        .iter()
        .map(|one| one.time_period().unwrap().end())
        .collect();
    assert_eq!(periods, ["2026-11-01", "2026-11-02"]);
}

#[tokio::test]
async fn groups_have_keys_in_order() {
    let aws = Aws::start(costs()).unwrap();
    let request = monthly(&aws)
        .group_by(by_dimension("LINKED_ACCOUNT"))
        .group_by(by_dimension("SERVICE"));
    let answer = request.send().await.unwrap();
    assert_eq!(
        groups(answer.results_by_time()),
        [
            format!("2026-10-01 {ENGINE},{EC2} 0.3"),
            format!("2026-10-01 {TEAM},{S3} 3.000000000000000001"),
            format!("2026-11-01 {TEAM},{S3} -0.5"),
        ]
    );
    assert!(
        answer.results_by_time()[0]
            .total()
            .is_none_or(std::collections::HashMap::is_empty)
    );
    let names = answer.dimension_value_attributes();
    let named = names.iter().find(|one| one.value() == Some(TEAM)).unwrap();
    assert_eq!(named.attributes().unwrap()["description"], "team");

    let by_region = grouped(monthly(&aws).group_by(by_dimension("REGION"))).await;
    assert_eq!(by_region[0], "2026-10-01 eu-central-1 3.000000000000000001");
    let by_type = grouped(monthly(&aws).group_by(by_dimension("RECORD_TYPE"))).await;
    assert_eq!(
        by_type[1..],
        ["2026-11-01 Credit -5.5", "2026-11-01 Usage 5"]
    );
    let by_usage = grouped(monthly(&aws).group_by(by_dimension("USAGE_TYPE"))).await;
    assert_eq!(
        by_usage[1..],
        ["2026-11-01 Requests 5", "2026-11-01 Usage -5.5"]
    );
}

#[tokio::test]
async fn amounts_may_be_told_in_any_words() {
    let rows = [
        CostRow::new("2026-10-30", ENGINE, EC2).told("UnblendedCost", "1E-7"),
        CostRow::new("2026-10-31", ENGINE, EC2).cost("1"),
        CostRow::new("2026-10-31", ENGINE, S3).cost("1"),
    ];
    let aws = Aws::start(world().user(KEY, SECRET, ENGINE, "engine", ALL).costs(rows)).unwrap();
    aws.change(|world| world.today("2026-11-21".parse().unwrap()))
        .unwrap();
    let told = grouped(monthly(&aws).group_by(by_dimension("SERVICE"))).await;
    assert_eq!(
        told,
        [
            format!("2026-10-01 {EC2} 1E-7"),
            format!("2026-10-01 {S3} 1")
        ]
    );
}

#[tokio::test]
async fn only_active_tags_are_known() {
    let aws = Aws::start(costs()).unwrap();
    let october = || monthly(&aws).time_period(days("2026-10-01", "2026-11-01"));
    let team = grouped(october().group_by(by(GroupDefinitionType::Tag, "team"))).await;
    let expected = [
        "2026-10-01 team$ 3.000000000000000001",
        "2026-10-01 team$core 0.1",
        "2026-10-01 team$web 0.2",
    ];
    assert_eq!(team, expected);
    let old = grouped(october().group_by(by(GroupDefinitionType::Tag, "old"))).await;
    assert_eq!(old, ["2026-10-01 old$ 3.300000000000000001"]);

    let client = client(&aws, &user());
    let tags = client
        .get_tags()
        .time_period(days("2026-10-01", "2026-11-01"));
    assert_eq!(tags.clone().send().await.unwrap().tags(), ["team"]);
    let values = tags.tag_key("team").max_results(2).send().await.unwrap();
    assert_eq!(
        (values.tags(), values.total_size()),
        (&[String::new(), "core".to_owned()][..], 3)
    );
    assert_eq!(values.next_page_token(), Some("page-2"));

    let all = client.list_cost_allocation_tags().send().await.unwrap();
    assert_eq!(all.cost_allocation_tags().len(), 2);
    let inactive = client
        .list_cost_allocation_tags()
        .status(CostAllocationTagStatus::Inactive);
    let inactive = inactive.send().await.unwrap();
    assert_eq!(inactive.cost_allocation_tags()[0].tag_key(), "old");
    aws.change(|world| world.export_pages(1)).unwrap();
    let first = client.list_cost_allocation_tags().send().await.unwrap();
    assert_eq!(first.cost_allocation_tags().len(), 1);
    let second = client
        .list_cost_allocation_tags()
        .set_next_token(first.next_token().map(str::to_owned));
    assert_eq!(second.send().await.unwrap().next_token(), None);
}

#[tokio::test]
async fn filters_are_heeded() {
    let aws = Aws::start(costs()).unwrap();
    let of = async |filter| {
        grouped(
            monthly(&aws)
                .filter(filter)
                .group_by(by_dimension("SERVICE")),
        )
        .await
    };
    let ec2 = format!("2026-10-01 {EC2} 0.3");
    let usage = dimension(Dimension::RecordType, &["Usage"]);
    let storage = dimension(Dimension::Service, &[S3]);
    let both = Expression::builder()
        .and(usage)
        .and(storage.clone())
        .build();
    assert_eq!(
        of(both).await,
        [
            format!("2026-10-01 {S3} 3.000000000000000001"),
            format!("2026-11-01 {S3} 5")
        ]
    );
    let not = Expression::builder().not(storage.clone()).build();
    assert_eq!(of(not).await, std::slice::from_ref(&ec2));
    let tagged = |tag: TagValues| Expression::builder().tags(tag).build();
    let core = tagged(TagValues::builder().key("team").values("core").build());
    let either = Expression::builder()
        .or(core)
        .or(dimension(Dimension::LinkedAccount, &["x"]))
        .build();
    assert_eq!(of(either).await, [format!("2026-10-01 {EC2} 0.1")]);
    let untagged = TagValues::builder()
        .key("team")
        .match_options(MatchOption::Absent)
        .build();
    let tagged = Expression::builder().not(tagged(untagged)).build();
    assert_eq!(of(tagged).await, [ec2]);
}

#[tokio::test]
async fn groups_come_in_pages() {
    let aws = Aws::start(costs().group_pages(2)).unwrap();
    let request = monthly(&aws).group_by(by_dimension("LINKED_ACCOUNT"));
    let first = request.clone().send().await.unwrap();
    let expected = [
        format!("2026-10-01 {ENGINE} 0.3"),
        format!("2026-10-01 {TEAM} 3.000000000000000001"),
    ];
    assert_eq!(groups(first.results_by_time()), expected);
    let token = first.next_page_token().unwrap();
    let second = request.clone().next_page_token(token).send().await.unwrap();
    assert_eq!(
        groups(second.results_by_time()),
        [format!("2026-11-01 {TEAM} -0.5")]
    );
    assert_eq!(second.next_page_token(), None);

    let other = request
        .clone()
        .metrics("BlendedCost")
        .next_page_token(token)
        .send()
        .await;
    assert_eq!(refusal(other), refused(400, "RequestChangedException"));
    let wrong = request.next_page_token("99-x").send().await;
    assert_eq!(refusal(wrong), refused(400, "InvalidNextTokenException"));

    aws.change(|world| world.group_pages(1)).unwrap();
    let months = monthly(&aws).send().await.unwrap();
    assert_eq!(months.results_by_time().len(), 1);
    assert!(months.next_page_token().is_some());
}

#[tokio::test]
async fn requests_are_validated() {
    let aws = Aws::start(costs()).unwrap();
    let ask = || monthly(&aws);
    let too_many = ["SERVICE", "REGION", "USAGE_TYPE"]
        .into_iter()
        .fold(ask(), |ask, key| ask.group_by(by_dimension(key)));
    let one = Expression::builder()
        .and(dimension(Dimension::Service, &["x"]))
        .build();
    let two = dimension(Dimension::Service, &["x"]);
    let two_roots = Expression::builder()
        .not(two.clone())
        .set_dimensions(two.dimensions().cloned())
        .build();
    for request in [
        ask().time_period(days("2025-09-20", "2026-10-01")),
        ask().time_period(days("2026-10-01", "2026-10-01")),
        ask().time_period(days("2026-10-1", "2026-11-01")),
        ask().granularity(Granularity::Hourly),
        ask().set_metrics(Some(Vec::new())),
        ask().metrics("Cost"),
        ask().group_by(by_dimension("AZ")),
        ask().filter(dimension(Dimension::Az, &["x"])),
        ask().filter(dimension(Dimension::Service, &[])),
        ask().filter(one),
        ask().filter(two_roots),
        too_many,
    ] {
        let told = format!("{request:?}");
        assert_eq!(
            refusal(request.send().await),
            refused(400, "ValidationException"),
            "{told}"
        );
    }
    ask()
        .time_period(days("2025-09-21", "2026-10-01"))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn accounts_see_their_own_costs() {
    let aws = Aws::start(costs()).unwrap();
    let team = Keys("AKIATEAM".to_owned(), "team-secret".to_owned(), None);
    let client = client(&aws, &team);
    let request = client
        .get_cost_and_usage()
        .time_period(days("2026-10-01", "2026-12-01"));
    let request = request
        .granularity(Granularity::Monthly)
        .metrics("UnblendedCost");
    let request = request.group_by(by_dimension("LINKED_ACCOUNT"));
    let expected = [
        format!("2026-10-01 {TEAM} 3.000000000000000001"),
        format!("2026-11-01 {TEAM} -0.5"),
    ];
    assert_eq!(grouped(request.clone()).await, expected);
    let tags = client.list_cost_allocation_tags().send().await;
    assert_eq!(refusal(tags), refused(400, "AccessDeniedException"));

    aws.change(|world| world.without_cost_explorer(TEAM))
        .unwrap();
    assert_eq!(
        refusal(request.clone().send().await),
        refused(400, "DataUnavailableException")
    );
    let two =
        policy(r#""Effect": "Allow", "Action": ["ce:GetTags", "ce:GetCost*"], "Resource": "*""#);
    aws.change(|world| world.user(KEY, SECRET, ENGINE, "engine", &two))
        .unwrap();
    monthly(&aws).send().await.unwrap();
    let client = self::client(&aws, &user());
    let denied = refused(400, "AccessDeniedException");
    assert_eq!(
        refusal(client.list_cost_allocation_tags().send().await),
        denied
    );
}

#[test]
fn rows_must_be_exact() {
    for (row, told) in [
        (CostRow::new("2026-02-30", ENGINE, EC2), "2026-02-30"),
        (
            CostRow::new("2026-02-01", ENGINE, EC2).metric("UnblendedCost", "1e3"),
            "UnblendedCost 1e3",
        ),
        (
            CostRow::new("2026-02-01", ENGINE, EC2).metric("Cost", "1"),
            "Cost 1",
        ),
    ] {
        let error = Aws::start(world().costs([row])).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{told} is not a day or an amount")
        );
    }
}
