//! Health checks, and what their checkers see.

use super::{Route53, child, text};
use crate::stand_in::Fault;
use crate::stand_in::wire::Recorded;

/// How many checkers there are.
const CHECKERS: usize = 15;

/// A health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Its id.
    pub id: String,
    /// `HTTPS`, `CALCULATED`, …
    pub kind: &'static str,
    /// Its version: how often it was changed, and one.
    pub version: u64,
    /// Whether it is disabled.
    pub disabled: bool,
    /// Whether it is inverted.
    pub inverted: bool,
    /// How many of the 15 checkers say that it is healthy.
    pub healthy: usize,
}

impl HealthCheck {
    /// One that all checkers find healthy.
    pub fn new(id: impl Into<String>) -> Self {
        let (version, healthy) = (1, CHECKERS);
        Self { id: id.into(), kind: "HTTPS", version, disabled: false, inverted: false, healthy }
    }

    fn describe(&self) -> String {
        let Self { id, kind, version, disabled, inverted, .. } = self;
        let config = match *kind {
            "CALCULATED" => "<HealthThreshold>1</HealthThreshold>",
            _ => {
                "<Port>443</Port><ResourcePath>/health</ResourcePath>\
                 <FullyQualifiedDomainName>primary.example.com</FullyQualifiedDomainName>\
                 <RequestInterval>10</RequestInterval><FailureThreshold>3</FailureThreshold>"
            }
        };
        format!(
            "<HealthCheck><Id>{id}</Id><CallerReference>made-by-a-test</CallerReference><HealthCheckConfig>\
             <Type>{kind}</Type>{config}<Inverted>{inverted}</Inverted><Disabled>{disabled}</Disabled>\
             </HealthCheckConfig><HealthCheckVersion>{version}</HealthCheckVersion></HealthCheck>"
        )
    }

    fn observations(&self) -> String {
        let seen = |number: usize| {
            let status = if number < self.healthy {
                "Success: HTTP Status Code 200, OK"
            } else {
                "Failure: Connection timed out. The endpoint or the internet connection is down, or requests are \
                 being blocked by your firewall."
            };
            format!(
                "<HealthCheckObservation><Region>us-east-1</Region><IPAddress>192.0.2.{number}</IPAddress>\
                 <StatusReport><Status>{status}</Status><CheckedTime>2026-11-21T09:00:10.000Z</CheckedTime>\
                 </StatusReport></HealthCheckObservation>"
            )
        };
        (0..CHECKERS).map(seen).collect()
    }
}

impl Route53 {
    fn found(&self, id: &str) -> Result<&HealthCheck, Fault> {
        self.checks.get(id).ok_or(Fault::NO_SUCH_HEALTH_CHECK)
    }

    pub(super) fn check(&self, id: &str) -> Result<String, Fault> {
        self.found(id).map(HealthCheck::describe)
    }

    pub(super) fn status(&self, id: &str) -> Result<String, Fault> {
        let check = self.found(id)?;
        if check.kind == "CALCULATED" {
            return Err(Fault::INVALID_INPUT);
        }
        Ok(super::element("HealthCheckObservations", &check.observations()))
    }

    /// What a request does not name stays as it is.
    pub(super) fn update_check(&mut self, request: &Recorded) -> Result<String, Fault> {
        let check = self.checks.get_mut(&request.resource).ok_or(Fault::NO_SUCH_HEALTH_CHECK)?;
        let body = String::from_utf8_lossy(&request.body);
        let document = roxmltree::Document::parse(&body).map_err(|_| Fault::INVALID_INPUT)?;
        let root = document.root_element();
        let version = child(root, "HealthCheckVersion").and_then(|version| version.text());
        if version.is_some_and(|version| version != check.version.to_string()) {
            return Err(Fault::HEALTH_CHECK_VERSION_MISMATCH);
        }
        for (name, setting) in [("Disabled", &mut check.disabled), ("Inverted", &mut check.inverted)] {
            if child(root, name).is_some() {
                *setting = text(root, name) == "true";
            }
        }
        check.version += 1;
        Ok(check.describe())
    }
}
