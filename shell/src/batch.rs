//! Works through the jobs of one invocation and finds out which records may be acknowledged.

use std::collections::BTreeSet;

use shared::event::Answer;
use shared::report::{Report, Verdict};

use crate::Invocation;

/// Work that ends in one report or more, and the records that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<W> {
    /// Positions of the records in the arrival. One record may be in several jobs.
    pub records: BTreeSet<usize>,
    /// The work.
    pub work: W,
}

/// What became of an invocation's jobs.
#[derive(Debug)]
#[must_use = "records that are not acknowledged must be returned"]
pub struct Settled {
    /// The reports of each job that was taken up.
    pub reports: Vec<Report>,
    /// The records that must not be acknowledged: a job of theirs failed or was not taken up.
    pub unacknowledged: BTreeSet<usize>,
}

/// Does the jobs one after the other, and reports each as it ends.
///
/// A failure does not stop the others, but on a FIFO queue: there nothing after the first failure is taken up, as
/// it would overtake the failed message. A record that is in no job is not acknowledged either.
pub async fn settle<W>(
    invocation: &Invocation,
    jobs: Vec<Job<W>>,
    work: impl AsyncFn(W) -> Vec<Report>,
) -> Settled {
    let in_order = matches!(invocation.arrival.answer, Answer::BatchItemFailures { fifo: true });
    let mut reports = Vec::with_capacity(jobs.len());
    let mut done = BTreeSet::new();
    let mut undone = BTreeSet::new();
    let mut stopped = false;
    for Job { records, work: job } in jobs {
        if stopped {
            undone.extend(records);
            continue;
        }
        let meter = invocation.meter.start();
        let mut of_job = work(job).await;
        meter.stop(&mut of_job);
        if of_job.iter().any(|report| report.verdict == Verdict::Failed) {
            undone.extend(records);
            stopped = in_order;
        } else {
            done.extend(records);
        }
        reports.append(&mut of_job);
    }
    let unacknowledged = (0..invocation.arrival.records.len())
        .filter(|record| undone.contains(record) || !done.contains(record))
        .collect();
    Settled { reports, unacknowledged }
}

#[cfg(test)]
mod tests {
    use shared::command::{Mode, Source};
    use shared::event::{Arrival, Record};
    use shared::ids::CommandId;
    use shared::report::{ErrorReport, ErrorType, Reason, Subject};

    use super::*;

    fn report(verdict: Verdict) -> Report {
        let subject = Subject {
            function: "test",
            id: CommandId::parse("id").unwrap(),
            correlation: String::new(),
            action: String::new(),
            target: String::new(),
            source: Source::Queue,
            mode: Mode::Apply,
            records: None,
            approval: None,
        };
        if verdict == Verdict::Failed {
            let error = ErrorReport { kind: ErrorType::CommandFailed, text: String::new() };
            return Report::failed(subject, Reason::new("broken", ""), error);
        }
        Report::new(subject, verdict, Reason::new("fine", ""))
    }

    async fn unacknowledged(
        answer: Answer,
        records: usize,
        jobs: &[(&[usize], Verdict)],
    ) -> (usize, Vec<usize>) {
        let record = |n: usize| Record { id: format!("m-{n}"), receives: 1, content: Ok(Vec::new()) };
        let arrival = Arrival { answer, records: (0..records).map(record).collect() };
        let invocation = Invocation::for_tests(arrival, Mode::Apply);
        let jobs = jobs
            .iter()
            .map(|(records, verdict)| Job { records: records.iter().copied().collect(), work: *verdict })
            .collect();
        let settled = settle(&invocation, jobs, async |verdict| vec![report(verdict)]).await;
        (settled.reports.len(), settled.unacknowledged.into_iter().collect())
    }

    const STANDARD: Answer = Answer::BatchItemFailures { fifo: false };
    const FIFO: Answer = Answer::BatchItemFailures { fifo: true };

    #[tokio::test]
    async fn a_standard_queue_gets_back_what_failed_and_nothing_else() {
        use Verdict::{Acted, Failed, Held, Planned, Refused};
        let jobs: &[(&[usize], _)] =
            &[(&[0], Acted), (&[1], Failed), (&[2], Held), (&[3], Refused), (&[4], Planned)];
        assert_eq!(unacknowledged(STANDARD, 5, jobs).await, (5, vec![1]));
    }

    #[tokio::test]
    async fn a_record_with_one_failed_job_of_two_comes_back() {
        let jobs: &[(&[usize], _)] = &[(&[0, 1], Verdict::Acted), (&[1, 2], Verdict::Failed)];
        assert_eq!(unacknowledged(STANDARD, 3, jobs).await, (2, vec![1, 2]));
    }

    #[tokio::test]
    async fn a_fifo_queue_gets_back_the_first_failure_and_all_that_was_not_taken_up() {
        let jobs: &[(&[usize], _)] =
            &[(&[0], Verdict::Acted), (&[1], Verdict::Failed), (&[2], Verdict::Acted)];
        assert_eq!(unacknowledged(FIFO, 4, jobs).await, (2, vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn a_record_in_no_job_is_never_acknowledged() {
        assert_eq!(unacknowledged(STANDARD, 2, &[(&[0], Verdict::Held)]).await, (1, vec![1]));
    }
}
