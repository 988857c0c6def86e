//! Names of what there is in AWS.

/// Whether `text` is the id of an account: 12 digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|one| one.is_ascii_digit())
}

/// Account and resource of the ARN of a principal: `arn:aws:iam::111122223333:role/reader`.
pub(crate) fn principal(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (scheme, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let known = scheme == "arn"
        && ["aws", "aws-cn", "aws-us-gov"].contains(&partition)
        && ["iam", "sts"].contains(&service)
        && region.is_empty()
        && is_account(account);
    known.then_some((account, resource))
}

/// Account and name (without its path) of a role.
pub(crate) fn role(arn: &str) -> Option<(&str, &str)> {
    let (account, resource) = principal(arn)?;
    let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
    let fits = |one: char| one.is_ascii_alphanumeric() || "+=,.@_-".contains(one);
    (!name.is_empty() && name.len() <= 64 && name.chars().all(fits)).then_some((account, name))
}

/// The account that a resource of any service belongs to.
pub(crate) fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| is_account(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles() {
        assert_eq!(
            role("arn:aws:iam::111122223333:role/reader"),
            Some(("111122223333", "reader"))
        );
        assert_eq!(
            role("arn:aws:iam::111122223333:role/a/path/reader"),
            Some(("111122223333", "reader"))
        );
        for wrong in [
            "arn:aws:iam::11112222333:role/reader",
            "arn:aws:iam::111122223333:user/reader",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam:us-east-1:111122223333:role/reader",
            "arn:other:iam::111122223333:role/reader",
            "arn:aws:iam::111122223333:role/read er",
            "reader",
        ] {
            assert_eq!(role(wrong), None, "{wrong}");
        }
    }
}
