//! The developer's commands: `cargo xtask demo`, `test`, `check`, `build`, `explain`, `bench` and `stop`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a command-line tool prints, reads the environment and waits for other processes"
)]

mod bench;
mod build;
mod check;
mod children;
mod cloud;
mod demo;
mod deploy;
mod explain;
mod failure;
mod lint;
mod project;
mod proof;
mod readme;
mod say;
mod test;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use project::Project;

/// The developer's commands of Lamplighter.
///
/// Exit codes: 0 good, 1 a check or an effect failed, 2 wrong usage, 3 the environment (a tool, a port, a registry).
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Deploys Lamplighter to a local cloud, sends it real events and shows what becomes of each.
    ///
    /// Sets up its own tools in `.tools/` the first time. Writes `target/demo/timeline.jsonl`.
    Demo {
        /// Leaves the local cloud up and prints the environment with which `aws` talks to it.
        #[arg(long)]
        keep: bool,
    },
    /// Ends the local cloud that `demo --keep` left up.
    Stop,
    /// Runs all tests: `cargo test --workspace`, then the end-to-end tests on a local cloud, then the commands of
    /// README.md's deploy section on another.
    Test {
        /// Runs only the end-to-end tests.
        #[arg(long)]
        e2e: bool,
        /// Runs only the commands of README.md's deploy section, on a local cloud of their own.
        #[arg(long, conflicts_with = "e2e")]
        readme: bool,
        /// Of the end-to-end tests, only those whose names begin with this or contain it, as `failover::`.
        #[arg(requires = "e2e")]
        only: Option<String>,
    },
    /// Proves once more, by the calls of the last `test`, what its requests and the roles' permissions are.
    Prove,
    /// Checks formatting, lints, documentation, playbooks, `samconfig.toml`, the templates and licences.
    ///
    /// Of playbooks: that the schedules and alarms of `template.yaml` have their targets there.
    /// Of the templates: `sam validate --lint`, cfn-lint and checkov. What they may find is listed, with reasons, in
    /// `.cfnlintrc.yaml`, in `.checkov.yaml` and in the metadata of resources.
    Check {
        /// Only the checks whose names contain this, as `templates`.
        only: Option<String>,
    },
    /// Makes the release artefacts in `target/artefacts/<architecture>/` and prints their sizes and hashes.
    ///
    /// A zip for each function, with `bootstrap` in it, and one for each playbook's layer; `SHA256SUMS` lists them.
    /// The same code gives the same bytes. Fails when a zip exceeds a limit.
    Build {
        /// Builds for Graviton processors, and not for those of Intel and AMD.
        #[arg(long)]
        arm64: bool,
        /// Packs the playbook of this environment only.
        #[arg(long, value_name = "NAME")]
        config_env: Option<String>,
    },
    /// Shows which routes of a playbook an event matches, and what each would send.
    ///
    /// Pauses, cooldowns and counts are the ledger's business and are not looked up.
    Explain {
        /// A file with the event, as one of `events/route-alarm/`.
        event: PathBuf,
        /// The playbook; the one of production where it is left out.
        #[arg(long)]
        playbook: Option<PathBuf>,
    },
    /// Measures the release binary of each function against bare comparisons.
    Bench,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = children::end_on_signal().and_then(|()| {
        let project = Project::here();
        match arguments.command {
            Command::Demo { keep } => demo::run(&project, keep),
            Command::Stop => demo::stop(&project),
            Command::Test { readme: true, .. } => readme::run(&project),
            Command::Test { e2e, only, .. } => test::run(&project, e2e, only.as_deref()),
            Command::Prove => proof::run(&project),
            Command::Check { only } => check::run(&project, only.as_deref()),
            Command::Build { arm64, config_env } => build::run(&project, arm64, config_env.as_deref()),
            Command::Explain { event, playbook } => explain::run(&project, &event, playbook.as_deref()),
            Command::Bench => bench::run(&project),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            children::wait_if_ending();
            say::error(&error);
            failure::exit_code(&error)
        }
    }
}
