//! The local cloud: ministack, and moto for what ministack lacks, on free loopback ports, with what they run kept
//! below one folder.

mod server;

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::project::Project;
use crate::{failure, say};
pub(crate) use server::Kept;
use server::{Kind, Server, endpoint, free_ports};

/// The account and the Region of everything in the local cloud.
const ACCOUNT: &str = "123456789012";
/// Where the local cloud pretends to be.
pub(crate) const REGION: &str = "us-east-1";

/// Whom a cloud is for, and so what stands between it and its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The demo: nothing.
    Demo,
    /// The tests: a proxy that writes down every call.
    Tests,
    /// The tests of faults: that, and before CloudFront a proxy which lets calls pass until a client asks for a fault.
    /// The latter's calls bear another host's name than was signed for, so that signatures and roles do not count.
    Faults,
}

/// The file of calls, in the cloud's folder: those of the tests of faults follow those of the other tests.
pub(crate) const CALLS: &str = "calls.jsonl";

/// A running local cloud; it ends when this is dropped.
pub(crate) struct LocalCloud {
    ministack: Server,
    moto: Server,
    recorder: Option<Recorder>,
    proxy: Option<Server>,
    folder: PathBuf,
    _lock: File,
}

impl LocalCloud {
    /// Starts one that keeps its files in `target/<name>/`.
    pub(crate) fn start(project: &Project, name: &str, purpose: Purpose) -> anyhow::Result<Self> {
        say::step("starting the local cloud");
        let folder = project.target(name)?;
        let lock = lock(&folder)?;
        let scratch = project.target(&format!("{name}/tmp"))?;
        fs::remove_dir_all(&scratch)
            .and_then(|()| fs::create_dir(&scratch))
            .context("empty the scratch folder")?;

        let [port, moto_port, proxy_port, asked, moto_asked] = free_ports()?;
        let moto = start_moto(project, &folder, moto_port)?;
        if purpose == Purpose::Tests {
            fs::write(folder.join(CALLS), "").context("empty the record of calls")?;
        }
        let recorder = match purpose {
            Purpose::Demo => None,
            Purpose::Tests | Purpose::Faults => {
                Some(Recorder::start(project, &folder, [(asked, port), (moto_asked, moto_port)])?)
            }
        };
        let asked = if recorder.is_some() { (asked, moto_asked) } else { (port, moto_port) };
        let proxy = match purpose {
            Purpose::Demo | Purpose::Tests => None,
            Purpose::Faults => Some(start_proxy(project, &folder, proxy_port, asked.0)?),
        };
        let mut command = Command::new(Kind::Ministack.program(project)?);
        command.arg(project.path("xtask/stand_ins/local_cloud.py"));
        // The functions inherit this environment: a Lambda sees none of the developer's.
        command.env_clear().envs(kept(&["PATH", "HOME", "LANG"])).envs(variables(asked.0, asked.1));
        command
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("IOT_MTLS_ENABLED", "0");
        command.env("MINISTACK_ACCOUNT_ID", ACCOUNT).env("TMPDIR", &scratch).current_dir(&scratch);
        // The roles and the policies of the template are enforced.
        command.env("AUTH", (purpose != Purpose::Faults).to_string());
        // What Lambda does with a layer and with the function's LoggingConfig, ministack leaves to us.
        command
            .env("LAMPLIGHTER_PLAYBOOK", folder.join("playbook.yaml"))
            .env("AWS_LAMBDA_LOG_FORMAT", "JSON");
        if let Some(proxy) = &proxy {
            command.env("AWS_ENDPOINT_URL_CLOUDFRONT", proxy.endpoint());
        }
        let ministack = Server::start(Kind::Ministack, port, &folder, &mut command)?;

        let cloud = Self { ministack, moto, recorder, proxy, folder, _lock: lock };
        for server in [&cloud.ministack, &cloud.moto] {
            server.wait_until_ready()?;
            say::note(&format!("{}; log: {}", server.endpoint(), server.log().display()));
        }
        if let Some(recorder) = &cloud.recorder {
            recorder.server.wait_until_ready()?;
        }
        Ok(cloud)
    }

    /// What `aws` and the SDKs need to speak to it.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        variables(self.ministack.port(), self.moto.port())
    }

    /// The same, and what the process asks is written down as what the functions ask is.
    pub(crate) fn point_recorded(&self, command: &mut Command) {
        self.point(command);
        if let Some(recorder) = &self.recorder {
            command.envs(variables(recorder.server.port(), recorder.moto));
        }
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
        command.envs(self.variables());
        command.env("LOCAL_CLOUD_FOLDER", &self.folder);
        if let Some(proxy) = &self.proxy {
            command.env("LOCAL_CLOUD_FAULTS", format!("127.0.0.1:{}", proxy.port()));
        }
    }

    /// Leaves it up, and gives what it takes to end it later.
    pub(crate) fn leave_running(self) -> Vec<Kept> {
        let recorder = self.recorder.map(|recorder| recorder.server);
        let servers = [Some(self.ministack), Some(self.moto), recorder, self.proxy];
        servers.into_iter().flatten().map(Server::leave_running).collect()
    }
}

/// The proxy that writes down every call.
struct Recorder {
    server: Server,
    /// Its port for calls to moto.
    moto: u16,
}

impl Recorder {
    /// Starts it; the ports are the one that it hears and the one that it passes on to, of ministack and of moto.
    fn start(project: &Project, folder: &Path, ports: [(u16, u16); 2]) -> anyhow::Result<Self> {
        let mut command = Command::new(Kind::Recorder.program(project)?);
        command.env_clear().envs(kept(&["PATH"])).arg(folder.join(CALLS));
        command.args(ports.map(|(from, to)| format!("{from}={to}"))).current_dir(folder);
        let [(asked, _), (moto, _)] = ports;
        Ok(Self { server: Server::start(Kind::Recorder, asked, folder, &mut command)?, moto })
    }
}

/// Starts what has ECS, Application Auto Scaling and RDS.
fn start_moto(project: &Project, folder: &Path, port: u16) -> anyhow::Result<Server> {
    let mut command = Command::new(Kind::Moto.program(project)?);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).current_dir(folder);
    command.env_clear().envs(kept(&["PATH", "HOME", "LANG"])).env("MOTO_ACCOUNT_ID", ACCOUNT);
    Server::start(Kind::Moto, port, folder, &mut command)
}

/// Starts the proxy that can make calls fail. Nobody waits for it: the functions' first call comes long after.
fn start_proxy(project: &Project, folder: &Path, port: u16, upstream: u16) -> anyhow::Result<Server> {
    let mut command = Command::new(Kind::Microburst.program(project)?);
    command.args(["--host", "127.0.0.1", "--no-resign", "--port", &port.to_string()]);
    command.args(["--upstream", &endpoint(upstream)]).current_dir(folder);
    Server::start(Kind::Microburst, port, folder, &mut command)
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

fn variables(ministack: u16, moto: u16) -> Vec<(&'static str, String)> {
    let (ministack, moto, local) = (endpoint(ministack), endpoint(moto), "127.0.0.1,localhost");
    [
        ("AWS_ENDPOINT_URL", ministack.as_str()),
        ("AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING", &moto),
        ("AWS_ENDPOINT_URL_ECS", &moto),
        ("AWS_ENDPOINT_URL_RDS", &moto),
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

fn kept(names: &[&'static str]) -> Vec<(&'static str, OsString)> {
    names.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))).collect()
}
