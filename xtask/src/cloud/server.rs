//! A server of the local cloud: a process on a loopback port of its own, with a log in the cloud's folder.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::children::{self, Group};
use crate::project::Project;
use crate::tools::Toolbox;
use crate::{failure, say};

/// They take a third of a second, and two thirds, on a quiet machine.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Which server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Nearly all services, and Lambda itself.
    Ministack,
    /// ECS, Application Auto Scaling and RDS.
    Moto,
    /// The proxy that can make calls fail.
    Microburst,
    /// The proxy that writes down calls, before ministack and moto.
    Recorder,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Ministack => "ministack",
            Self::Moto => "moto",
            Self::Microburst => "microburst",
            Self::Recorder => "recorder",
        }
    }

    /// Its program: that of a toolbox, or one of ours that cargo put beside this one.
    pub(super) fn program(self, project: &Project) -> anyhow::Result<PathBuf> {
        Ok(match self {
            Self::Ministack => Toolbox::Ministack.programs(project).join("python"),
            Self::Microburst => Toolbox::Ministack.programs(project).join("microburst"),
            Self::Moto => Toolbox::Moto.programs(project).join("moto_server"),
            Self::Recorder => std::env::current_exe().context("find this program")?.with_file_name("record"),
        })
    }

    /// What to do when it does not start.
    fn remedy(self) -> &'static str {
        match self {
            Self::Ministack | Self::Microburst => "remove `.tools/ministack.stamp` and run this again",
            Self::Moto => "remove `.tools/moto.stamp` and run this again",
            Self::Recorder => "see the log, then run this again",
        }
    }

    /// A page that only this server has, and a word of its answer.
    fn page(self) -> (&'static str, &'static str) {
        match self {
            // The recorder lets it through.
            Self::Ministack | Self::Recorder => ("/_ministack/health", "cloudfront"),
            Self::Moto => ("/moto-api/data.json", "HTTP/1.1 200"),
            Self::Microburst => ("/_microburst/rules", "HTTP/1.1 200"),
        }
    }

    /// Whether such a server answers on this port.
    fn answers(self, port: u16) -> bool {
        let (page, word) = self.page();
        get(port, page).is_ok_and(|answer| answer.contains(word))
    }
}

/// A running one; it ends when this is dropped.
pub(crate) struct Server {
    kind: Kind,
    group: Group,
    port: u16,
    log: PathBuf,
}

impl Server {
    /// Starts one; the command tells it its port.
    pub(super) fn start(kind: Kind, port: u16, folder: &Path, command: &mut Command) -> anyhow::Result<Self> {
        let log = folder.join(format!("{}.log", kind.name()));
        command.stdout(children::new_log(&log)?).stderr(children::append_log(&log)?);
        Ok(Self { kind, group: Group::start(command)?, port, log })
    }

    /// Waits until it answers.
    pub(super) fn wait_until_ready(&self) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < START_LIMIT {
            if self.kind.answers(self.port) {
                return Ok(());
            }
            if self.group.ended()?.is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        children::wait_if_ending();
        say::log_tail(&self.log, 20);
        let name = self.kind.name();
        let problem = format!("{name} did not start on port {}; log: {}", self.port, self.log.display());
        Err(failure::environment(problem, self.kind.remedy()))
    }

    /// Leaves it up, and gives what it takes to end it later.
    pub(super) fn leave_running(self) -> Kept {
        let kept = Kept { kind: self.kind, group: self.group.id(), port: self.port };
        self.group.leave_running();
        kept
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Where it is called.
    pub(super) fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// Its log.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }
}

/// A server that was left up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Kept {
    kind: Kind,
    group: u32,
    port: u16,
}

impl Kept {
    /// Ends it, and says whether it was up. The note of it may be older than a restart of the machine: only what
    /// still answers as such a server is ended.
    pub(crate) fn end(&self) -> bool {
        let up = self.kind.answers(self.port);
        if up {
            children::end_group(self.group);
        }
        up
    }
}

/// As many different free ports.
pub(super) fn free_ports<const COUNT: usize>() -> anyhow::Result<[u16; COUNT]> {
    // Held together until all are known: a port that is let go may be given out again at once.
    let mut listeners = Vec::with_capacity(COUNT);
    let mut ports = [0; COUNT];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.context("find a free port on the loopback interface")?;
        *port = listener.local_addr().context("read the number of a free port")?.port();
        listeners.push(listener);
    }
    Ok(ports)
}

/// Where a server on this port is called.
pub(super) fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn get(port: u16, page: &str) -> std::io::Result<String> {
    let wait = Duration::from_secs(2);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, wait)?;
    stream.set_read_timeout(Some(wait))?;
    let question = format!("GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
