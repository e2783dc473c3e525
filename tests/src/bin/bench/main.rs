//! Measures the release binary of a function side by side with what it is made of: `cargo xtask bench` builds both
//! and runs this. The numbers are of this machine as it was in this minute; only their ratio means anything.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

mod measure;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::measure::{Measured, measure};

/// The most that a cold start with its call may take, against a bare function and the bare call together.
const MOST_TIME: f64 = 2.0;

/// The most memory that the function may ever hold, in bytes.
const MOST_MEMORY: u64 = 16 * 1024 * 1024;

/// The most that a deployment package may have, in bytes.
const MOST_ZIPPED: u64 = 4 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut argument = || arguments.next().context("usage: bench ECHO FUNCTION RESULTS");
    let (echo, function, results) = (argument()?, argument()?, argument()?);
    let measured = measure(&echo, &function).await?;
    println!("{}", table::lines(&measured).join("\n"));
    write(&results, &measured)?;
    Ok(if measured.limits().iter().all(|limit| limit.kept()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write(file: &Path, measured: &Measured) -> anyhow::Result<()> {
    let text = format!("{:#}\n", measured.to_json());
    std::fs::write(file, text).with_context(|| format!("write {}", file.display()))
}
