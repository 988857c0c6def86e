//! Accounts of an organisation.

use aws_sdk_organizations::Client;
use curtail_testaws::{Aws, Member};

use crate::harness::{
    ALL, ENGINE, KEY, Keys, PAYER, SECRET, client, policy, refusal, refused, world,
};

fn payer() -> Keys {
    Keys("AKIAPAYER".to_owned(), "payer-secret".to_owned(), None)
}

/// An organisation of so many accounts, with a user in its management account and one in the last account.
fn start(accounts: u64) -> Aws {
    let mut members = vec![Member::active(PAYER, "payer")];
    let first = 200_000_000_001;
    members.extend((first..first + accounts - 1).map(|id| Member::active(&id.to_string(), "team")));
    "SUSPENDED".clone_into(&mut members.last_mut().unwrap().status);
    let world = world()
        .user("AKIAPAYER", "payer-secret", PAYER, "payer", ALL)
        .user(
            "AKIATEAM",
            "team-secret",
            &members.last().unwrap().id,
            "team",
            ALL,
        )
        .user(KEY, SECRET, ENGINE, "engine", ALL)
        .organisation(PAYER, &members);
    Aws::start(world).unwrap()
}

fn client(aws: &Aws, keys: &Keys) -> Client {
    client!(aws_sdk_organizations, aws, keys, "us-east-1")
}

/// How many accounts each page has.
async fn pages(aws: &Aws) -> Vec<usize> {
    let mut pages = client(aws, &payer())
        .list_accounts()
        .into_paginator()
        .send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().accounts().len());
    }
    sizes
}

#[tokio::test]
async fn the_organisation_and_its_accounts() {
    let aws = start(2);
    let client = client(&aws, &payer());
    let answer = client.describe_organization().send().await.unwrap();
    let organisation = answer.organization().unwrap();
    assert_eq!(organisation.master_account_id(), Some(PAYER));
    assert_eq!(
        organisation.master_account_email(),
        Some("payer@example.com")
    );
    let answer = client.list_accounts().send().await.unwrap();
    let told: Vec<_> = answer
        .accounts()
        .iter()
        .map(|one| {
            (
                one.id().unwrap(),
                one.name().unwrap(),
                one.joined_timestamp().is_some(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [(PAYER, "payer", true), ("200000000001", "team", true)]
    );
    let states: Vec<_> = answer
        .accounts()
        .iter()
        .map(|one| one.state().unwrap().as_str())
        .collect();
    assert_eq!(states, ["ACTIVE", "SUSPENDED"]);
    assert_eq!(aws.requests()[1].action, "organizations:ListAccounts");
}

#[tokio::test]
async fn accounts_come_in_pages_some_of_them_empty() {
    let aws = start(45);
    assert_eq!(pages(&aws).await, [20, 20, 5]);
    aws.change(|world| world.account_pages(18, true)).unwrap();
    assert_eq!(pages(&aws).await, [18, 0, 18, 0, 9]);
    let client = client(&aws, &payer());
    let answer = client.list_accounts().max_results(7).send().await.unwrap();
    assert_eq!(answer.accounts().len(), 7);
    for request in [
        client.list_accounts().max_results(21),
        client.list_accounts().next_token("other"),
    ] {
        assert_eq!(
            refusal(request.send().await),
            refused(400, "InvalidInputException")
        );
    }
}

#[tokio::test]
async fn members_and_strangers_see_less() {
    let aws = start(2);
    let member = Keys("AKIATEAM".to_owned(), "team-secret".to_owned(), None);
    let answer = client(&aws, &member).list_accounts().send().await;
    assert_eq!(refusal(answer), refused(400, "AccessDeniedException"));
    client(&aws, &member)
        .describe_organization()
        .send()
        .await
        .unwrap();
    let stranger = client(&aws, &crate::harness::user());
    let unused = refused(400, "AWSOrganizationsNotInUseException");
    assert_eq!(
        refusal(stranger.describe_organization().send().await),
        unused
    );
    assert_eq!(refusal(stranger.list_accounts().send().await), unused);
}

#[tokio::test]
async fn keys_regions_and_policies_are_checked() {
    let aws = start(2);
    let of = async |keys: &Keys, region| {
        let client = client!(aws_sdk_organizations, aws, keys, region);
        refusal(client.list_accounts().send().await)
    };
    let wrong = Keys("AKIAPAYER".to_owned(), "wrong".to_owned(), None);
    let mismatch = refused(400, "InvalidSignatureException");
    assert_eq!(of(&wrong, "us-east-1").await, mismatch);
    assert_eq!(of(&payer(), "eu-central-1").await, mismatch);
    let unknown = Keys("AKIANONE".to_owned(), "wrong".to_owned(), None);
    assert_eq!(
        of(&unknown, "us-east-1").await,
        refused(400, "UnrecognizedClientException")
    );
    let one = policy(
        r#""Effect": "Allow", "Action": "organizations:DescribeOrganization", "Resource": "*""#,
    );
    aws.change(|world| world.user("AKIAPAYER", "payer-secret", PAYER, "payer", &one))
        .unwrap();
    assert_eq!(
        of(&payer(), "us-east-1").await,
        refused(400, "AccessDeniedException")
    );
    client(&aws, &payer())
        .describe_organization()
        .send()
        .await
        .unwrap();
    let allowed: Vec<_> = aws
        .requests()
        .iter()
        .map(|request| request.allowed)
        .collect();
    assert_eq!(allowed, [false, false, false, false, true]);
}
