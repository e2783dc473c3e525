//! `cargo xtask build`: the release artefacts, a zip for each function and for each playbook's layer.
//!
//! The same files give the same bytes: order, times and rights are fixed.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use crate::project::Project;
use crate::tools::{self, Toolbox};
use crate::{children, deploy, failure, say};

const MEBIBYTE: u64 = 1024 * 1024;
/// Source: Lambda developer guide, "Lambda quotas": a zip that is sent with the request.
const MOST_ZIPPED: u64 = 50 * MEBIBYTE;
/// Source: the same page: function and layers, unpacked.
const MOST_UNZIPPED: u64 = 250 * MEBIBYTE;
/// The project's own limit for a zip: what is unpacked before the first line of code runs costs time.
const MOST_WANTED: u64 = 5 * MEBIBYTE;

/// The environment whose settings the functions are built with where none is named: they are the same for all.
const ENVIRONMENT: &str = "prod";

/// A zip that was made.
struct Artefact {
    name: String,
    zipped: u64,
    unzipped: u64,
    hash: String,
}

/// Makes the artefacts, and prints how large they are. Fails when one exceeds a limit.
pub(crate) fn run(project: &Project, arm64: bool, environment: Option<&str>) -> anyhow::Result<()> {
    let known = environments(project)?;
    let layers = match environment {
        None => known,
        Some(name) if known.iter().any(|known| known == name) => vec![name.to_owned()],
        Some(name) => {
            let problem = format!("no playbook for `{name}`; there are {}", known.join(", "));
            return Err(failure::usage(problem));
        }
    };
    let architecture = if arm64 { "arm64" } else { "x86_64" };
    let built = functions(project, environment.unwrap_or(ENVIRONMENT), architecture)?;

    say::step("packing");
    let folder = project.target(&format!("artefacts/{architecture}"))?;
    fs::remove_dir_all(&folder)
        .and_then(|()| fs::create_dir(&folder))
        .with_context(|| format!("empty {}", folder.display()))?;
    let mut artefacts = Vec::new();
    for (name, binary) in built {
        artefacts.push(pack(&folder, name, "bootstrap", 0o755, &binary)?);
    }
    for environment in layers {
        let playbook = project.path(&format!("playbooks/{environment}/playbook.yaml"));
        artefacts.push(pack(&folder, format!("playbook-{environment}"), "playbook.yaml", 0o644, &playbook)?);
    }
    let sums: String = artefacts.iter().map(|made| format!("{}  {}.zip\n", made.hash, made.name)).collect();
    fs::write(folder.join("SHA256SUMS"), sums).context("write SHA256SUMS")?;
    say::note(&format!("in {}", folder.display()));
    print(&artefacts);
    let too_large: Vec<&str> = artefacts.iter().filter(|made| !made.fits()).map(|made| &*made.name).collect();
    if too_large.is_empty() {
        return Ok(());
    }
    Err(failure::found(format!("too large: {}", too_large.join(", "))))
}

/// The environments that have a playbook.
fn environments(project: &Project) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project.path("playbooks")).context("list playbooks/")? {
        let entry = entry.context("list playbooks/")?;
        if entry.path().join("playbook.yaml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Builds every function of the template, as `sam build` does for a deployment: their names and their binaries.
///
/// Apart from `.aws-sam/`: what is deployed from there is what somebody built for it.
fn functions(
    project: &Project,
    environment: &str,
    architecture: &str,
) -> anyhow::Result<Vec<(String, PathBuf)>> {
    tools::prepare(project, &[Toolbox::Sam])?;
    say::step(&format!("building the functions for {architecture} (the first time takes many minutes)"));
    let log = project.target("sam")?.join(format!("release-{architecture}.log"));
    let folder = project.target(&format!("sam/release-{architecture}"))?;
    let mut sam = deploy::sam(project, "build")?;
    sam.args(["--config-env", environment, "--build-dir"]).arg(&folder).env_remove("SAM_BUILD_MODE");
    sam.args(["--parameter-overrides", &format!("Environment={environment}")]);
    sam.arg(format!("Architecture={architecture}"));
    if !children::run_logged("sam build", &mut sam, &log)? {
        say::log_tail(&log, 40);
        return Err(failure::found(format!("the functions do not build; log: {}", log.display())));
    }
    let mut built = Vec::new();
    for entry in fs::read_dir(project.path("functions")).context("list functions/")? {
        let name = entry.context("list functions/")?.file_name().to_string_lossy().into_owned();
        let binary = folder.join(logical_id(&name)).join("bootstrap");
        built.push((name, binary));
    }
    built.sort();
    Ok(built)
}

/// `route-alarm` as the template calls it: `RouteAlarmFunction`.
fn logical_id(name: &str) -> String {
    let mut id = String::new();
    for word in name.split('-') {
        let (first, rest) = word.split_at(word.len().min(1));
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id + "Function"
}

/// Makes a zip of one file. The options are those with which `cargo xtask bench` measures.
fn pack(folder: &Path, name: String, inside: &str, rights: u32, file: &Path) -> anyhow::Result<Artefact> {
    let content = fs::read(file).with_context(|| format!("read {}", file.display()))?;
    let path = folder.join(format!("{name}.zip"));
    let options = SimpleFileOptions::default().compression_level(Some(9));
    let options = options.last_modified_time(zip::DateTime::DEFAULT);
    let mut package = zip::ZipWriter::new(BufWriter::new(
        File::create(&path).with_context(|| format!("create {}", path.display()))?,
    ));
    package.start_file(inside, options.unix_permissions(rights))?;
    package.write_all(&content)?;
    package.finish()?.flush().with_context(|| format!("write {}", path.display()))?;
    let zip = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(Artefact {
        name,
        zipped: zip.len().try_into()?,
        unzipped: content.len().try_into()?,
        hash: hex(&Sha256::digest(&zip)),
    })
}

impl Artefact {
    fn fits(&self) -> bool {
        self.zipped <= MOST_WANTED.min(MOST_ZIPPED) && self.unzipped <= MOST_UNZIPPED
    }
}

fn print(artefacts: &[Artefact]) {
    let mebibytes = |bytes: u64| bytes as f64 / MEBIBYTE as f64;
    let percent = |bytes: u64, most: u64| format!("{} %", (bytes * 100).div_ceil(most));
    println!(
        "The limits: {} MiB zipped, the project's own; 50 and 250 MB are Lambda's.",
        MOST_WANTED / MEBIBYTE
    );
    println!(
        "{:<18} {:>8} {:>8} {:>7} {:>7} {:>7}  sha256",
        "MiB", "zipped", "unzipped", "of 5", "of 50", "of 250"
    );
    for Artefact { name, zipped, unzipped, hash } in artefacts {
        println!(
            "{name:<18} {:>8.3} {:>8.3} {:>7} {:>7} {:>7}  {hash}",
            mebibytes(*zipped),
            mebibytes(*unzipped),
            percent(*zipped, MOST_WANTED),
            percent(*zipped, MOST_ZIPPED),
            percent(*unzipped, MOST_UNZIPPED),
        );
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
