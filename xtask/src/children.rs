//! The processes that a command starts, none of which outlives it: each leads a process group of its own,
//! and the groups are ended when their guard is dropped, on an error, on a panic and on Ctrl-C.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use crate::{failure, say};

/// How long a group may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often a running process is looked at.
const POLL: Duration = Duration::from_millis(20);
/// How often a quiet step says that it is still going.
const PULSE: Duration = Duration::from_secs(15);

static RUNNING: Mutex<Vec<Shared>> = Mutex::new(Vec::new());
static ENDING: AtomicBool = AtomicBool::new(false);

type Shared = Arc<Mutex<Child>>;

/// A process group; it ends when this is dropped.
pub(crate) struct Group {
    leader: Shared,
}

impl Group {
    /// Starts a process that reads nothing and leads a group of its own.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        Self::start_with(command, Stdio::null())
    }

    /// Starts one that has something to read.
    fn start_with(command: &mut Command, input: Stdio) -> anyhow::Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(input).process_group(0).spawn();
        let leader = match child {
            Ok(child) => Arc::new(Mutex::new(child)),
            Err(error) => {
                return Err(failure::environment(format!("start {program}: {error}"), missing(&program)));
            }
        };
        lock(&RUNNING).push(Arc::clone(&leader));
        Ok(Self { leader })
    }

    /// Its id, which is the leader's.
    pub(crate) fn id(&self) -> u32 {
        lock(&self.leader).id()
    }

    /// The leader's status, once it has ended.
    pub(crate) fn ended(&self) -> anyhow::Result<Option<ExitStatus>> {
        lock(&self.leader).try_wait().context("wait for a process")
    }

    /// Waits for the leader; `pulse` is called now and then while it runs.
    fn wait(&self, mut pulse: impl FnMut(Duration)) -> anyhow::Result<ExitStatus> {
        let begin = Instant::now();
        let mut next = PULSE;
        loop {
            if let Some(status) = self.ended()? {
                wait_if_ending();
                return Ok(status);
            }
            if begin.elapsed() >= next {
                pulse(begin.elapsed());
                next += PULSE;
            }
            sleep(POLL);
        }
    }

    /// Leaves the group running when this command ends.
    pub(crate) fn leave_running(self) {
        lock(&RUNNING).retain(|other| !Arc::ptr_eq(other, &self.leader));
        std::mem::forget(self);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        end(&self.leader);
        lock(&RUNNING).retain(|other| !Arc::ptr_eq(other, &self.leader));
    }
}

/// Runs a command whose output the person sees, and tells whether it succeeded.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<bool> {
    Ok(Group::start(command)?.wait(|_| ())?.success())
}

/// Runs a command whose output goes to a log; says now and then that it is still running.
pub(crate) fn run_logged(what: &str, command: &mut Command, log: &Path) -> anyhow::Result<bool> {
    run_answered(what, command, Stdio::null(), log)
}

/// Does the same with a command that asks, and is answered.
pub(crate) fn run_answered(
    what: &str,
    command: &mut Command,
    answers: Stdio,
    log: &Path,
) -> anyhow::Result<bool> {
    command.stdout(new_log(log)?).stderr(append_log(log)?);
    let group = Group::start_with(command, answers)?;
    let status = group.wait(|elapsed| {
        say::note(&format!("{what}: {} s; log: {}", elapsed.as_secs(), log.display()));
    })?;
    Ok(status.success())
}

/// Runs a command whose standard output goes to a file, and its standard error to a log.
pub(crate) fn run_to_file(command: &mut Command, file: &Path, log: &Path) -> anyhow::Result<bool> {
    command.stdout(new_log(file)?).stderr(new_log(log)?);
    Ok(Group::start(command)?.wait(|_| ())?.success())
}

/// Runs a command and gives its standard output; its standard error goes to a log.
pub(crate) fn output(command: &mut Command, log: &Path) -> anyhow::Result<String> {
    let answer = PathBuf::from(format!("{}.out", log.display()));
    if !run_to_file(command, &answer, log)? {
        say::log_tail(log, 20);
        bail!("{} failed; log: {}", command.get_program().to_string_lossy(), log.display());
    }
    std::fs::read_to_string(&answer).with_context(|| format!("read {}", answer.display()))
}

/// An empty log, written at its end so that two streams may share it.
pub(crate) fn new_log(log: &Path) -> anyhow::Result<File> {
    File::create(log).with_context(|| format!("create {}", log.display()))?;
    append_log(log)
}

/// A log that goes on.
pub(crate) fn append_log(log: &Path) -> anyhow::Result<File> {
    File::options().append(true).open(log).with_context(|| format!("open {}", log.display()))
}

/// Ends every group and exits when the person interrupts, hangs up or terminates this process.
pub(crate) fn end_on_signal() -> anyhow::Result<()> {
    ctrlc::set_handler(|| {
        ENDING.store(true, Ordering::SeqCst);
        say::note("interrupted: ending what was started");
        let running: Vec<Shared> = lock(&RUNNING).clone();
        // The latest first: a client ends before the cloud that it talks to.
        for leader in running.iter().rev() {
            end(leader);
        }
        std::process::exit(130);
    })
    .context("install the handler of Ctrl-C")
}

/// Keeps quiet while the handler of Ctrl-C ends everything: what fails now fails because of it.
pub(crate) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        sleep(POLL);
    }
}

/// Asks a group of this or an earlier command to end; kills it when it does not.
pub(crate) fn end_group(id: u32) {
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    end_pid(group, || ());
}

fn end(leader: &Shared) {
    let id = lock(leader).id();
    let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) else {
        return;
    };
    // A leader that has ended stays in its group until it is waited for.
    end_pid(group, || {
        lock(leader).try_wait().ok();
    });
}

fn end_pid(group: Pid, reap: impl Fn()) {
    reap();
    if kill_process_group(group, Signal::TERM).is_err() {
        return;
    }
    let begin = Instant::now();
    while begin.elapsed() < GRACE {
        reap();
        if test_kill_process_group(group).is_err() {
            return;
        }
        sleep(POLL);
    }
    kill_process_group(group, Signal::KILL).ok();
    reap();
}

fn missing(program: &str) -> String {
    format!("install `{program}` or put it on the PATH, then run this again")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
