//! Whatever is delivered how often and by whichever way, and whatever fails meanwhile: each change of an alarm causes
//! its command once.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;
use shared::fault::FaultClass;
use tests::alarms::StateChange;

use super::{Station, alarm, at, deliveries};

/// Two targets for each alarm, so that a delivery can fail for one of them.
const ROUTES: &str = "
guardrails: {max-per-hour: 1000}
routes:
  - name: purge
    when: {alarm: origin-*}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, everything: true}
    max-per-hour: 1000
";

/// Something that goes wrong with one delivery.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    None,
    /// The ledger does not carry out a call.
    Ledger(&'static str),
    /// The ledger carries it out, and its answer is lost.
    LostAnswer(&'static str),
    /// The queue takes nothing.
    Queue,
    /// The queue does not take one of the commands.
    Entry(usize),
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let call = || prop_oneof![Just("enter"), Just("mark")];
    prop_oneof![
        3 => Just(Trouble::None),
        2 => call().prop_map(Trouble::Ledger),
        2 => call().prop_map(Trouble::LostAnswer),
        1 => Just(Trouble::Queue),
        1 => (0..2usize).prop_map(Trouble::Entry),
    ]
}

fn change(number: usize) -> StateChange {
    alarm(format!("origin-{number}"), i64::try_from(number).unwrap())
}

impl Station {
    async fn suffers(&self, second: i64, number: usize, way: usize, trouble: Trouble) {
        match trouble {
            Trouble::None => {}
            Trouble::Ledger(call) => self.ledger().fail_next(call, Some(FaultClass::Unavailable)),
            Trouble::LostAnswer(call) => self.ledger().lose_answer_of_next(call),
            Trouble::Queue => self.outside().fail_next("send", FaultClass::Throttled),
            Trouble::Entry(position) => self.outside().refuse_entry(position),
        }
        let (_, event) = &deliveries(&change(number))[way];
        let time = (at("09:00:01") + SignedDuration::from_secs(second)).strftime("%H:%M:%S").to_string();
        let _outcome = self.gets(&time, &format!("request-{second}"), event).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn each_change_causes_its_commands_once(
        storm in prop::collection::vec((0..4usize, 0..3usize, trouble()), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let station = Station::with(ROUTES);
        let changes: BTreeSet<usize> = storm.iter().map(|(number, ..)| *number).collect();
        runtime.block_on(async {
            for (step, (number, way, trouble)) in storm.iter().enumerate() {
                station.suffers(7 * i64::try_from(step).unwrap(), *number, *way, *trouble).await;
            }
        });
        // The claims of the dead end, and all comes again, as often as there can be trouble left.
        let again = storm.iter().flat_map(|_| &changes);
        runtime.block_on(async {
            for (second, number) in (160..).zip(again) {
                station.suffers(second, *number, 0, Trouble::None).await;
            }
        });
        let delivered = station.outside().delivered();
        let ids: BTreeSet<&str> = delivered.iter().map(|command| command.body["id"].as_str().unwrap()).collect();
        prop_assert_eq!(delivered.len(), 2 * changes.len());
        prop_assert_eq!(ids.len(), 2 * changes.len());
        // Nothing that was sent is uncounted, or the limits of an hour would be none.
        let counted = station.ledger().count("all", at("09:00:01"));
        prop_assert!(counted as usize >= delivered.len(), "{counted}");
    }
}
