//! The Python tools, each set in a virtual environment of its own below `.tools/`, pinned to the last dependency.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::Context;

use crate::project::Project;
use crate::{children, failure, say};

/// The oldest Python that the pinned tools run on.
const PYTHON: (u32, u32) = (3, 11);
/// Tried in this order.
const INTERPRETERS: [&str; 5] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/// A set of tools that share one virtual environment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Toolbox {
    /// The local cloud.
    Ministack,
    /// What the local cloud lacks.
    Moto,
    /// The SAM CLI, with cargo-lambda and its linker.
    Sam,
    /// The security linter of templates.
    Checkov,
}

impl Toolbox {
    /// Its name, which its folder and its stamp have.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto",
            Self::Sam => "sam",
            Self::Checkov => "checkov",
        }
    }

    fn requirements(self) -> &'static str {
        match self {
            Self::Ministack => include_str!("../requirements/ministack.txt"),
            Self::Moto => include_str!("../requirements/moto.txt"),
            Self::Sam => include_str!("../requirements/sam.txt"),
            Self::Checkov => include_str!("../requirements/checkov.txt"),
        }
    }

    /// The folder of its programs.
    pub(crate) fn programs(self, project: &Project) -> PathBuf {
        project.path(".tools").join(self.name()).join("bin")
    }
}

/// Sets up what is missing of these; costs nothing when nothing is.
pub(crate) fn prepare(project: &Project, boxes: &[Toolbox]) -> anyhow::Result<()> {
    let missing: Vec<Toolbox> =
        boxes.iter().copied().filter(|toolbox| !is_ready(project, *toolbox)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|toolbox| toolbox.name()).collect();
    say::step(&format!("setting up {} in .tools/ (once, a minute or two)", names.join(" and ")));
    let python = find_python()?;
    thread::scope(|scope| {
        let set_ups: Vec<_> =
            missing.iter().map(|toolbox| scope.spawn(|| set_up(project, *toolbox, &python))).collect();
        set_ups.into_iter().try_for_each(|set_up| match set_up.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn is_ready(project: &Project, toolbox: Toolbox) -> bool {
    let stamp = fs::read_to_string(stamp_path(project, toolbox)).unwrap_or_default();
    stamp == stamp_text(project, toolbox) && toolbox.programs(project).join("python").exists()
}

fn stamp_path(project: &Project, toolbox: Toolbox) -> PathBuf {
    project.path(".tools").join(format!("{}.stamp", toolbox.name()))
}

/// What was installed where; a virtual environment cannot be moved.
fn stamp_text(project: &Project, toolbox: Toolbox) -> String {
    format!("{}\n{}", toolbox.programs(project).display(), toolbox.requirements())
}

fn set_up(project: &Project, toolbox: Toolbox, python: &str) -> anyhow::Result<()> {
    let name = toolbox.name();
    let folder = project.path(".tools").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    let log = project.target("tools")?.join(format!("{name}.log"));

    let made = children::run_logged(name, Command::new(python).args(["-m", "venv"]).arg(&folder), &log)?;
    if !made {
        return Err(broken(&log, "make a Python environment", "install the package `python3-venv`"));
    }
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, toolbox.requirements())
        .with_context(|| format!("write {}", requirements.display()))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"])
        .arg(&requirements);
    if !children::run_logged(&format!("installing {name}"), &mut pip, &log)? {
        let next = "see the log; check the network, or name a mirror in PIP_INDEX_URL";
        return Err(broken(&log, &format!("install {name} with pip"), next));
    }
    let stamp = stamp_path(project, toolbox);
    fs::write(&stamp, stamp_text(project, toolbox)).with_context(|| format!("write {}", stamp.display()))
}

fn broken(log: &Path, what: &str, next: &str) -> anyhow::Error {
    children::wait_if_ending();
    say::log_tail(log, 15);
    failure::environment(
        format!("could not {what}; log: {}", log.display()),
        format!("{next}, then run this again"),
    )
}

fn find_python() -> anyhow::Result<String> {
    INTERPRETERS.iter().find(|name| version_of(name).is_some_and(|version| version >= PYTHON)).map_or_else(
        || {
            let problem = format!("no Python {}.{} or newer is on the PATH", PYTHON.0, PYTHON.1);
            Err(failure::environment(
                problem,
                "install Python 3.11 with its `venv` module, then run this again",
            ))
        },
        |name| Ok((*name).to_owned()),
    )
}

fn version_of(interpreter: &str) -> Option<(u32, u32)> {
    let script = "import sys; print(*sys.version_info[:2])";
    let output = Command::new(interpreter).args(["-c", script]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
