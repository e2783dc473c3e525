//! Invalidations, as CloudFront keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::wire::errors::error;
use super::wire::{Batch, Recorded, Service, escape, xml};
use super::{Fault, Reply};

/// What may be in progress for one distribution.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Files.
    pub files: usize,
    /// Paths that end in `*`.
    pub wildcards: usize,
}

impl Limits {
    /// CloudFront's own. Source: CloudFront developer guide, "Quotas on invalidations".
    pub const DEFAULT: Self = Self { files: 3_000, wildcards: 15 };
}

/// The page of a list that asks for no size: CloudFront's default.
const PAGE: usize = 100;

/// The invalidations of all distributions, oldest first.
#[derive(Debug, Default)]
pub(super) struct CloudFront {
    pub(super) limits: Option<Limits>,
    invalidations: BTreeMap<String, Vec<Invalidation>>,
    made: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Invalidation {
    id: String,
    made_at: Timestamp,
    in_progress: bool,
    batch: Batch,
}

impl CloudFront {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        match (request.operation.trim_end_matches("ForDistributionTenant"), &request.batch) {
            ("CreateInvalidation", Some(batch)) => self.create(&request.resource, batch),
            ("ListInvalidations", _) => self.list(&request.resource),
            ("GetInvalidation", _) => self.get(request),
            _ => refuse(Fault::new(400, "InvalidArgument", "the stand-in does not know this request")),
        }
    }

    fn create(&mut self, distribution: &str, batch: &Batch) -> Reply {
        let made = self.invalidations.get(distribution).map_or(&[][..], Vec::as_slice);
        if let Some(same) = made.iter().find(|made| made.batch.caller_reference == batch.caller_reference) {
            if same.batch.paths != batch.paths {
                return refuse(Fault::INVALIDATION_BATCH_ALREADY_EXISTS);
            }
            return xml(201, &same.to_xml());
        }
        if self.limits.is_some_and(|limits| limits.forbid(made, batch)) {
            return refuse(Fault::TOO_MANY_INVALIDATIONS_IN_PROGRESS);
        }
        xml(201, &self.begin(distribution, batch.clone()).to_xml())
    }

    pub(super) fn begin(&mut self, distribution: &str, batch: Batch) -> &Invalidation {
        self.made += 1;
        let id = format!("I{:013}", self.made);
        let of_distribution = self.invalidations.entry(distribution.to_owned()).or_default();
        of_distribution.push(Invalidation { id, made_at: Timestamp::now(), in_progress: true, batch });
        &of_distribution[of_distribution.len() - 1]
    }

    pub(super) fn complete(&mut self) {
        for invalidation in self.invalidations.values_mut().flatten() {
            invalidation.in_progress = false;
        }
    }

    fn list(&self, distribution: &str) -> Reply {
        let made = self.invalidations.get(distribution).map_or(&[][..], Vec::as_slice);
        let newest: Vec<&Invalidation> = made.iter().rev().take(PAGE).collect();
        let items: String = newest
            .iter()
            .map(|one| format!("<InvalidationSummary>{}</InvalidationSummary>", one.summary()))
            .collect();
        xml(
            200,
            &format!(
                r#"<InvalidationList xmlns="{NAMESPACE}"><Marker/><MaxItems>{PAGE}</MaxItems><IsTruncated>{}</IsTruncated><Quantity>{}</Quantity><Items>{items}</Items></InvalidationList>"#,
                made.len() > newest.len(),
                newest.len(),
            ),
        )
    }

    fn get(&self, request: &Recorded) -> Reply {
        let mut made = self.invalidations.get(&request.resource).into_iter().flatten();
        match made.find(|one| Some(&one.id) == request.invalidation.as_ref()) {
            Some(invalidation) => xml(200, &invalidation.to_xml()),
            None => {
                refuse(Fault::new(404, "NoSuchInvalidation", "The specified invalidation does not exist."))
            }
        }
    }
}

const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

impl Invalidation {
    fn summary(&self) -> String {
        let status = if self.in_progress { "InProgress" } else { "Completed" };
        format!("<Id>{}</Id><CreateTime>{:.3}</CreateTime><Status>{status}</Status>", self.id, self.made_at)
    }

    fn to_xml(&self) -> String {
        let Batch { caller_reference, paths } = &self.batch;
        let items: String = paths.iter().map(|path| format!("<Path>{}</Path>", escape(path))).collect();
        format!(
            r#"<Invalidation xmlns="{NAMESPACE}">{}<InvalidationBatch><Paths><Quantity>{}</Quantity><Items>{items}</Items></Paths><CallerReference>{}</CallerReference></InvalidationBatch></Invalidation>"#,
            self.summary(),
            paths.len(),
            escape(caller_reference),
        )
    }
}

impl Limits {
    /// Whether one more batch would be too much.
    fn forbid(self, made: &[Invalidation], batch: &Batch) -> bool {
        let in_progress = made.iter().filter(|one| one.in_progress).flat_map(|one| &one.batch.paths);
        let (wildcards, files): (Vec<&String>, Vec<&String>) =
            in_progress.chain(&batch.paths).partition(|path| path.ends_with('*'));
        files.len() > self.files || wildcards.len() > self.wildcards
    }
}

fn refuse(fault: Fault) -> Reply {
    error(Service::CloudFront, fault)
}
