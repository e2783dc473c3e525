//! The local cloud: ministack on free loopback ports, with what it runs kept below one folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::children::{self, Group};
use crate::project::Project;
use crate::tools::Toolbox;
use crate::{failure, say};

/// The account and the Region of everything in the local cloud.
const ACCOUNT: &str = "123456789012";
/// Where the local cloud pretends to be.
pub(crate) const REGION: &str = "us-east-1";
/// It takes a third of a second on a quiet machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Whether calls can be made to fail on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faults {
    /// No.
    None,
    /// Those to CloudFront: a proxy stands before it, which lets them pass until a client asks for a fault.
    /// The proxy's calls bear another host's name than was signed for, so that signatures and roles do not count.
    CloudFront,
}

/// A running local cloud; it ends when this is dropped.
pub(crate) struct LocalCloud {
    group: Group,
    proxy: Option<(Group, u16)>,
    port: u16,
    folder: PathBuf,
    _lock: File,
}

impl LocalCloud {
    /// Starts one that keeps its files in `target/<name>/`.
    pub(crate) fn start(project: &Project, name: &str, faults: Faults) -> anyhow::Result<Self> {
        say::step("starting the local cloud");
        let folder = project.target(name)?;
        let lock = lock(&folder)?;
        let scratch = project.target(&format!("{name}/tmp"))?;
        fs::remove_dir_all(&scratch)
            .and_then(|()| fs::create_dir(&scratch))
            .context("empty the scratch folder")?;

        let port = free_port()?;
        let proxy = match faults {
            Faults::None => None,
            Faults::CloudFront => Some(start_proxy(project, &folder, port)?),
        };
        let log = folder.join("ministack.log");
        let mut command = Command::new(Toolbox::Ministack.programs(project).join("ministack"));
        // The functions inherit this environment: a Lambda sees none of the developer's.
        command.env_clear().envs(kept(&["PATH", "HOME", "LANG"])).envs(variables(port));
        command
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("IOT_MTLS_ENABLED", "0");
        command.env("MINISTACK_ACCOUNT_ID", ACCOUNT).env("TMPDIR", &scratch).current_dir(&scratch);
        // The roles and the policies of the template are enforced.
        command.env("AUTH", (faults == Faults::None).to_string());
        // What Lambda does with a layer and with the function's LoggingConfig, ministack leaves to us.
        command
            .env("LAMPLIGHTER_PLAYBOOK", folder.join("playbook.yaml"))
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON");
        if let Some((_, proxy)) = &proxy {
            command.env("AWS_ENDPOINT_URL_CLOUDFRONT", endpoint(*proxy));
        }
        command.stdout(children::new_log(&log)?).stderr(children::append_log(&log)?);

        let cloud = Self { group: Group::start(&mut command)?, proxy, port, folder, _lock: lock };
        cloud.wait_until_ready(&log)?;
        say::note(&format!("{}; log: {}", endpoint(port), log.display()));
        Ok(cloud)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets a process speak to this cloud, and to no real one.
    pub(crate) fn point(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.envs(variables(self.port));
        command.env("LOCAL_CLOUD_FOLDER", &self.folder);
        if let Some((_, proxy)) = &self.proxy {
            command.env("LOCAL_CLOUD_FAULTS", format!("127.0.0.1:{proxy}"));
        }
    }

    /// Leaves it up, and gives the id of its process group.
    pub(crate) fn leave_running(self) -> u32 {
        let id = self.group.id();
        self.group.leave_running();
        id
    }

    fn wait_until_ready(&self, log: &Path) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if answers(self.port) {
                return Ok(());
            }
            if self.group.ended()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        children::wait_if_ending();
        say::log_tail(log, 20);
        let problem = format!("the local cloud did not start on port {}; log: {}", self.port, log.display());
        Err(failure::environment(problem, "remove `.tools/ministack.stamp` and run this again"))
    }
}

/// Starts the proxy that can make calls fail, and gives its port. The functions' first call comes long after.
fn start_proxy(project: &Project, folder: &Path, upstream: u16) -> anyhow::Result<(Group, u16)> {
    let port = free_port()?;
    let log = folder.join("microburst.log");
    let mut command = Command::new(Toolbox::Ministack.programs(project).join("microburst"));
    command.args(["--host", "127.0.0.1", "--no-resign", "--port", &port.to_string()]);
    command.args(["--upstream", &endpoint(upstream)]).current_dir(folder);
    command.stdout(children::new_log(&log)?).stderr(children::append_log(&log)?);
    Ok((Group::start(&mut command)?, port))
}

/// Only one local cloud at a time keeps its files in a folder; the lock ends with this process.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
    if file.try_lock().is_ok() {
        return Ok(file);
    }
    let problem = format!("another command uses {} just now", folder.display());
    Err(failure::environment(problem, "wait until it has ended, then run this again"))
}

/// Whether a local cloud answers on this port.
pub(crate) fn answers(port: u16) -> bool {
    ask_health(port).is_ok_and(|answer| answer.contains("cloudfront"))
}

/// What `aws` and the SDKs need to speak to the local cloud.
pub(crate) fn variables(port: u16) -> Vec<(&'static str, String)> {
    let local = "127.0.0.1,localhost";
    [
        ("AWS_ENDPOINT_URL", endpoint(port).as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", local),
        ("no_proxy", local),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn kept(names: &[&'static str]) -> Vec<(&'static str, OsString)> {
    names.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))).collect()
}

fn free_port() -> anyhow::Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port on the loopback interface")?;
    Ok(listener.local_addr().context("read the number of a free port")?.port())
}

fn ask_health(port: u16) -> std::io::Result<String> {
    let wait = Duration::from_secs(2);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, wait)?;
    stream.set_read_timeout(Some(wait))?;
    stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
