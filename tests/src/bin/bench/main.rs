//! Measures the release binaries of functions side by side with what they are made of: `cargo xtask bench` builds all
//! and runs this. The numbers are of this machine as it was in this minute; only their ratios mean anything.
#![expect(clippy::print_stdout, reason = "a command-line tool prints")]

mod bare;
mod cold_start;
mod figures;
mod routing;
mod subjects;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let usage =
        "usage: bench ECHO FAILOVER-DNS INVALIDATE-CACHE ROUTE-ALARM SCALE-SERVICE SNAPSHOT-DATABASE RESULTS";
    let mut argument = || arguments.next().context(usage);
    let (echo, failover_dns, invalidate_cache) = (argument()?, argument()?, argument()?);
    let (route_alarm, scale_service, snapshot_database) = (argument()?, argument()?, argument()?);
    let file = argument()?;
    let (production, with_names) =
        (PathBuf::from(subjects::PLAYBOOK), subjects::playbook_with_names(file.parent().context(usage)?)?);
    let functions = [
        (&subjects::INVALIDATE_CACHE, invalidate_cache, &production),
        (&subjects::SCALE_SERVICE, scale_service, &production),
        (&subjects::SNAPSHOT_DATABASE, snapshot_database, &production),
        (&subjects::RECORD_WEIGHTS, failover_dns.clone(), &with_names),
        (&subjects::ROUTING_CONTROL, failover_dns.clone(), &with_names),
        (&subjects::STANDBY_OBJECT, failover_dns, &with_names),
    ];
    let cold_start = cold_start::measure(&echo, &functions).await?;
    let routing = routing::measure(&route_alarm).await?;
    println!("{}", table::lines(&cold_start, &routing).join("\n"));

    // The results of the first function are the file; those of another are a part of it under the function's name.
    let mut results = cold_start.to_json();
    results["route-alarm"] = routing.to_json();
    std::fs::write(&file, format!("{results:#}\n")).with_context(|| format!("write {}", file.display()))?;
    let cold = cold_start.functions.iter().flat_map(|one| one.limits());
    let mut limits = cold.chain(routing.limits());
    Ok(if limits.all(|limit| limit.kept()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
