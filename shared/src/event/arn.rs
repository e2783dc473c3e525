//! What an ARN tells: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.

/// The code of the Region and the account, each of which some ARNs leave empty.
pub(super) fn region_and_account(arn: &str) -> (Option<&str>, Option<&str>) {
    let mut parts = arn.split(':').map(str::trim);
    if parts.next() != Some("arn") {
        return (None, None);
    }
    let mut part = |skip| parts.nth(skip).filter(|part: &&str| !part.is_empty());
    (part(2), part(0))
}
