//! What measurements are made of: times, limits, and the size of a package.

use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

/// How often the rounds are begun anew because the machine was busy.
pub(crate) const ATTEMPTS: usize = 3;

/// A median this many times the best is not the program's doing: it waited for the processor.
const BUSY: f64 = 1.25;

/// How long something took, in all rounds, shortest first.
pub(crate) struct Times(Vec<Duration>);

/// Something measured and the most that it may be.
#[derive(Clone)]
pub(crate) struct Limit {
    pub(crate) name: &'static str,
    pub(crate) measured: f64,
    pub(crate) most: f64,
}

impl Times {
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    pub(crate) fn rounds(&self) -> usize {
        self.0.len()
    }

    /// The time in milliseconds that this part of the rounds did not exceed: half of them, nine tenths.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let last = self.0.len() - 1;
        self.0[last * percent / 100].as_secs_f64() * 1_000.0
    }

    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        self.percentile(50) > BUSY * self.percentile(0)
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"best": self.percentile(0), "median": self.percentile(50), "p90": self.percentile(90)})
    }
}

impl Limit {
    /// A limit in bytes, shown in MiB.
    pub(crate) fn of_bytes(name: &'static str, measured: u64, most: u64) -> Self {
        let mebibytes = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
        Self { name, measured: mebibytes(measured), most: mebibytes(most) }
    }

    pub(crate) fn kept(&self) -> bool {
        self.measured <= self.most
    }
}

/// A limit in bytes, for the results.
pub(crate) fn bytes_to_json(measured: u64, most: u64) -> Value {
    json!({"measured": measured, "limit": most, "kept": measured <= most})
}

/// The size of a deployment package with nothing but this binary in it.
pub(crate) fn zipped(binary: &Path) -> anyhow::Result<u64> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    package.start_file(
        "bootstrap",
        SimpleFileOptions::default().unix_permissions(0o755).compression_level(Some(9)),
    )?;
    package.write_all(&std::fs::read(binary).with_context(|| format!("read {}", binary.display()))?)?;
    Ok(package.finish()?.into_inner().len().try_into()?)
}
