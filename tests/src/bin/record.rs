//! Stands between the local cloud and its clients, and writes down their calls: `record FILE LISTEN=UPSTREAM…`, each a
//! port of loopback. `cargo xtask test` starts it.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use tests::recorder::{Record, pass_on};
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run(&std::env::args().skip(1).collect::<Vec<_>>()).await else {
        return ExitCode::SUCCESS;
    };
    // With standard error closed there is nobody to tell.
    writeln!(std::io::stderr().lock(), "{error:#}").ok();
    ExitCode::FAILURE
}

async fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (file, pairs) = arguments.split_first().context("no file to write to")?;
    let record = Record::open(Path::new(file))?;
    let mut proxies = JoinSet::new();
    for pair in pairs {
        let (from, to) = pair.split_once('=').with_context(|| format!("`{pair}` is no LISTEN=UPSTREAM"))?;
        proxies.spawn(pass_on(at(from)?, at(to)?, record.clone()));
    }
    proxies.join_next().await.context("no ports")??
}

fn at(port: &str) -> anyhow::Result<SocketAddr> {
    let number = port.parse().with_context(|| format!("`{port}` is no port"))?;
    Ok((Ipv4Addr::LOCALHOST, number).into())
}
