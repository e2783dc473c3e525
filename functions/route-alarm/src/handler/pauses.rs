//! Pauses: somebody wants nothing to be sent for a while.

use serde_json::json;
use shared::command::Mode;
use shared::ids::shorten;
use shared::report::{Reason, Report, Verdict};
use shell::ledger::{Denial, Entry, Guard, Ledger, LedgerFault, Mark, Pause};

use super::Circumstances;
use super::control::held;
use crate::order::Control;
use crate::plan::Why;

/// Carries out an order once: a pause that is ordered again by a repeated delivery must not last longer for it, nor
/// must a repeated end of one end another.
pub(super) async fn once<L: Ledger>(
    ledger: &L,
    control: &Control,
    circumstances: Circumstances,
    work: impl AsyncFnOnce() -> Result<Report, LedgerFault>,
) -> Result<Report, LedgerFault> {
    let Circumstances { now, until, .. } = circumstances;
    let key = format!("order/{}/{}", control.subject().action, control.id);
    let claim = Guard::Claim { key: key.clone(), owner: control.id.to_string(), until };
    let entry = match control.mode {
        Mode::Apply => ledger.enter(&[claim], now).await?,
        Mode::Plan => ledger.look(&[claim], now).await?,
    };
    if let Entry::Denied(denials) = entry
        && denials.iter().any(|denial| matches!(denial, Denial::Claimed { done: true, .. }))
    {
        let text = format!("order {} was carried out before", control.id);
        return Ok(held(control, "already-done", text));
    }
    let report = work().await?;
    if control.mode == Mode::Apply {
        ledger.mark(&[Mark::Done { key }], now).await?;
    }
    Ok(report)
}

/// Begins a pause.
pub(super) async fn begin<L: Ledger>(
    ledger: &L,
    control: &Control,
    pause: Pause,
) -> Result<Report, LedgerFault> {
    let longer = match control.mode {
        Mode::Apply => ledger.pause(&pause).await?,
        Mode::Plan => {
            let pauses = ledger.overview(pause.since).await?.pauses;
            pauses.into_iter().find(|other| other.scope == pause.scope && other.until > pause.until)
        }
    };
    let resume = json!({"action": "resume", "scope": pause.scope});
    if let Some(longer) = longer {
        let why = Why::Paused { pause: longer.clone() };
        let mut report = held(control, "pause-in-force", format!("{why}; a shorter one changes nothing"));
        report.before = Some(json!({"pause": longer}));
        report.next = Some(format!("to end it, invoke route-alarm with {resume}"));
        return Ok(report);
    }
    let verdict = if control.mode == Mode::Apply { Verdict::Acted } else { Verdict::Planned };
    let why = Why::Paused { pause: pause.clone() };
    let mut report = Report::new(control.subject(), verdict, Reason::new("pause-begun", why.to_string()));
    report.after = Some(json!({"pause": pause}));
    report.next = Some(format!("it ends by itself; to end it before, invoke route-alarm with {resume}"));
    Ok(report)
}

/// Ends a pause.
pub(super) async fn end<L: Ledger>(
    ledger: &L,
    control: &Control,
    scope: &str,
    who: &str,
    circumstances: Circumstances,
) -> Result<Report, LedgerFault> {
    let now = circumstances.now;
    let found = match control.mode {
        Mode::Apply => ledger.resume(scope, now).await?,
        Mode::Plan => ledger.overview(now).await?.pauses.into_iter().find(|pause| pause.scope == scope),
    };
    let Some(pause) = found else {
        return Ok(held(control, "not-paused", format!("no pause of {scope} is in force")));
    };
    let text = format!(
        "{} ended the pause of {scope} that {} began: {}",
        shorten(who),
        shorten(&pause.who),
        shorten(&pause.reason)
    );
    let verdict = if control.mode == Mode::Apply { Verdict::Acted } else { Verdict::Planned };
    let mut report = Report::new(control.subject(), verdict, Reason::new("pause-ended", text));
    report.before = Some(json!({"pause": pause}));
    Ok(report)
}
