//! Security Token Service.

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta};
use http::Response;
use s3s::Body;
use uuid::Uuid;

use crate::{
    answer::{Answered, Refusal, query},
    arn,
    caller::{Caller, Guard, may},
    policy::{Ask, Kind, Policy},
    secret::Secret,
    state::{Session, State},
};

/// The longest session policy, in characters.
const LONGEST_POLICY: usize = 2048;

/// The longest that a session lasts which another session made, in seconds.
const LONGEST_CHAINED: u64 = 3600;

/// The parameters of a request.
pub(crate) type Form = BTreeMap<String, String>;

pub(crate) fn answer(
    state: &mut State,
    caller: &Caller,
    region: &str,
    form: &Form,
) -> Answered<Response<Body>> {
    if form.get("Version").map(String::as_str) != Some("2011-06-15") {
        let message = "Could not find the operation in this version";
        return Err(Refusal::new(400, "InvalidAction", message));
    }
    if state.world.disabled_regions.contains(region) {
        let message = format!(
            "STS is not activated in this region for account:{}. Your account administrator can activate STS in this \
             region using the IAM Console.",
            caller.account
        );
        return Err(Refusal::new(403, "RegionDisabledException", message));
    }
    match form.get("Action").map(String::as_str) {
        Some("AssumeRole") => assume_role(state, caller, region, form),
        Some("GetCallerIdentity") => {
            let Caller {
                account, arn, id, ..
            } = caller;
            let result =
                format!("<Arn>{arn}</Arn><UserId>{id}</UserId><Account>{account}</Account>");
            Ok(query("GetCallerIdentity", &result))
        }
        other => {
            let message = format!("Could not find operation {}", other.unwrap_or_default());
            Err(Refusal::new(400, "InvalidAction", message))
        }
    }
}

fn assume_role(
    state: &mut State,
    caller: &Caller,
    region: &str,
    form: &Form,
) -> Answered<Response<Body>> {
    let asked = Asked::of(form)?;
    let denied = |message: String| Refusal::new(403, "AccessDenied", message);
    let role = asked.role.as_str();
    let unauthorized = || {
        let arn = &caller.arn;
        format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role}")
    };
    let found = state.world.roles.get(role);
    // Other accounts are not told whether the role is not there or does not trust them.
    let found = found.ok_or_else(|| denied(unauthorized()))?;
    let context = state
        .context(Some(caller), region)
        .with("sts:RoleSessionName", &asked.session)
        .with_some("sts:ExternalId", asked.external.as_deref());
    let ask = Ask {
        action: "sts:AssumeRole",
        resource: role,
        context: &context,
    };
    let (account, name) = arn::role(role).ok_or_else(|| denied(unauthorized()))?;
    may(Some(caller), &ask, Guard::role(account, found)).map_err(|why| {
        let told = if caller.account == account {
            why
        } else {
            unauthorized()
        };
        denied(told)
    })?;
    if asked.seconds > found.longest {
        let message =
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(invalid(message));
    }
    if caller.session.is_some() && asked.seconds > LONGEST_CHAINED {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(invalid(message));
    }

    let arn = format!(
        "arn:aws:sts::{account}:assumed-role/{name}/{}",
        asked.session
    );
    let id = format!("AROA{}:{}", name.to_uppercase(), asked.session);
    let unique = || Uuid::new_v4().simple().to_string();
    let key = format!("ASIA{}", unique()[..16].to_uppercase());
    let lifetime = state.lifetime.unwrap_or(asked.seconds);
    let session = Session {
        role: asked.role,
        name: asked.session,
        secret: Secret(unique() + &unique()[..8]),
        token: Secret(format!("IQoJ{}{}", unique(), unique())),
        expires: state.now() + TimeDelta::seconds(i64::try_from(lifetime).unwrap_or(i64::MAX)),
        policy: asked.policy,
        revoked: false,
    };
    let Session {
        secret: Secret(secret),
        token: Secret(token),
        expires,
        ..
    } = &session;
    let expires = expires.to_rfc3339_opts(SecondsFormat::Secs, true);
    let result = format!(
        "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
         <AssumedRoleUser><AssumedRoleId>{id}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>"
    );
    state.sessions.insert(key, session);
    Ok(query("AssumeRole", &result))
}

/// The parameters of `AssumeRole`.
struct Asked {
    role: String,
    session: String,
    external: Option<String>,
    seconds: u64,
    policy: Option<Policy>,
}

impl Asked {
    fn of(form: &Form) -> Answered<Self> {
        const NAMES: [&str; 7] = [
            "Action",
            "Version",
            "RoleArn",
            "RoleSessionName",
            "ExternalId",
            "DurationSeconds",
            "Policy",
        ];
        if let Some(name) = form.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(invalid(format!("this server does not know {name}")));
        }
        let role = text(form, "RoleArn", 20..=2048, |_| true)?;
        let role = role.ok_or_else(|| missing("roleArn"))?;
        if arn::role(&role).is_none() {
            return Err(invalid(format!("{role} is invalid")));
        }
        let session = text(form, "RoleSessionName", 2..=64, |one| {
            "+=,.@-_".contains(one)
        })?;
        let policy = form.get("Policy").map(|json| {
            if json.chars().count() > LONGEST_POLICY {
                let why = "Member must have length less than or equal to 2048";
                return Err(unfit("policy", json, why));
            }
            Policy::parse(Kind::Identity, json)
                .map_err(|why| Refusal::new(400, "MalformedPolicyDocument", why.to_string()))
        });
        let seconds = match form.get("DurationSeconds") {
            None => 3600,
            Some(text) => match text.parse() {
                Ok(seconds @ 900..=43200) => seconds,
                Ok(0..900) => {
                    let why = "Member must have value greater than or equal to 900";
                    return Err(unfit("durationSeconds", text, why));
                }
                _ => {
                    let why = "Member must have value less than or equal to 43200";
                    return Err(unfit("durationSeconds", text, why));
                }
            },
        };
        Ok(Self {
            role,
            session: session.ok_or_else(|| missing("roleSessionName"))?,
            external: text(form, "ExternalId", 2..=1224, |one| {
                "+=,.@:/-_".contains(one)
            })?,
            seconds,
            policy: policy.transpose()?,
        })
    }
}

/// A parameter of letters, digits and what else `fits`.
fn text(
    form: &Form,
    name: &str,
    lengths: std::ops::RangeInclusive<usize>,
    fits: impl Fn(char) -> bool,
) -> Answered<Option<String>> {
    let Some(value) = form.get(name) else {
        return Ok(None);
    };
    let member = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    let why = if value.len() < *lengths.start() {
        format!(
            "Member must have length greater than or equal to {}",
            lengths.start()
        )
    } else if value.len() > *lengths.end() {
        format!(
            "Member must have length less than or equal to {}",
            lengths.end()
        )
    } else if !value
        .chars()
        .all(|one| one.is_ascii_alphanumeric() || fits(one))
    {
        "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*".to_owned()
    } else {
        return Ok(Some(value.clone()));
    };
    Err(unfit(&member, value, &why))
}

fn missing(member: &str) -> Refusal {
    invalid(format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    ))
}

fn unfit(member: &str, value: &str, why: &str) -> Refusal {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {why}"
    ))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
