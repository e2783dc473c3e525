//! What must be so after any past.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::fake::FakeLedger;
use super::super::{Entry, Guard, Ledger, Mark, Pause};
use super::words::{approve, at, claim, lease, newest, nine, not_paused, pause, propose, seen};

/// Something that is done to a ledger, some seconds after what was done before.
#[derive(Debug, Clone)]
enum Deed {
    Enter(Vec<Guard>),
    Mark(Mark),
    Pause,
    Resume,
}

fn guards() -> impl Strategy<Value = Vec<Guard>> {
    let key = || prop_oneof![Just("a"), Just("b")];
    let owner = || prop_oneof![Just("one"), Just("two")];
    let guard = prop_oneof![
        owner().prop_map(claim),
        prop_oneof![Just("09:00:00"), Just("09:00:30")].prop_map(newest),
        prop_oneof![Just("all"), Just("weather-site")].prop_map(not_paused),
        (key(), 0..3_u32).prop_map(|(key, limit)| Guard::HourlyCount { key: key.to_owned(), limit }),
        (owner(), prop_oneof![Just("09:10:00"), Just("10:30:00")])
            .prop_map(|(owner, until)| lease(owner, until)),
        Just(propose()),
        owner().prop_map(approve),
        key().prop_map(|key| Guard::Cooldown { key: key.to_owned(), until: at("09:20:00") }),
    ];
    proptest::collection::vec(guard, 0..4)
}

fn deeds() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    let deed = prop_oneof![
        6 => guards().prop_map(Deed::Enter),
        1 => Just(Deed::Mark(Mark::Done { key: "work".to_owned() })),
        1 => Just(Deed::Mark(Mark::Released { target: "weather-site".to_owned(), owner: "one".to_owned() })),
        1 => Just(Deed::Mark(Mark::Sent { proposal: "k7m2p".to_owned() })),
        1 => prop_oneof![Just("09:00:00"), Just("09:00:30")].prop_map(|time| Deed::Mark(seen(time))),
        1 => rests("a").prop_map(Deed::Mark),
        1 => (0..3_i32).prop_map(|n| Deed::Mark(Mark::Resaved { key: "size".to_owned(), value: json!(n) })),
        1 => Just(Deed::Pause),
        1 => Just(Deed::Resume),
    ];
    proptest::collection::vec((0..600_i64, deed), 0..30)
}

/// A cooldown begins late, or not after all.
fn rests(key: &'static str) -> impl Strategy<Value = Mark> {
    let until = prop_oneof![Just("09:20:00"), Just("09:20:00.001"), Just("09:40:00")];
    (until, any::<bool>()).prop_map(move |(until, begins)| {
        let (key, until) = (key.to_owned(), at(until));
        if begins { Mark::Rest { key, until } } else { Mark::Unrest { key, until } }
    })
}

/// All that a fake keeps.
fn kept(fake: &FakeLedger) -> String {
    let _ = fake.take_calls();
    format!("{fake:?}")
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

proptest! {
    #[test]
    fn a_look_says_what_entering_says_and_who_is_denied_changes_nothing(deeds in deeds()) {
        run(async {
            let (fake, mut now) = (FakeLedger::default(), at("09:00:00"));
            for (seconds, deed) in deeds {
                now += SignedDuration::from_secs(seconds);
                match deed {
                    Deed::Enter(guards) => {
                        let before = kept(&fake);
                        let looked = fake.look(&guards, now).await.map_err(|fault| fault.to_string());
                        prop_assert_eq!(kept(&fake), before.clone());
                        let entered = fake.enter(&guards, now).await.map_err(|fault| fault.to_string());
                        match (&looked, &entered) {
                            (Ok(looked), Ok(entered)) => prop_assert_eq!(looked, entered),
                            _ => prop_assert!(looked.is_err() && entered.is_err()),
                        }
                        if entered != Ok(Entry::Entered) {
                            prop_assert_eq!(kept(&fake), before);
                        }
                    }
                    Deed::Mark(mark) => {
                        fake.mark(std::slice::from_ref(&mark), now).await.unwrap();
                        let once = kept(&fake);
                        fake.mark(&[mark], now).await.unwrap();
                        prop_assert_eq!(kept(&fake), once);
                    }
                    Deed::Pause => drop(fake.pause(&pause("all")).await.unwrap()),
                    Deed::Resume => drop(fake.resume("all", now).await.unwrap()),
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_cooldown_never_lets_two_pass_within_its_time(
        cooldown in 1..4_000_i64,
        millis in proptest::collection::vec(0..5_000_i64, 1..40),
    ) {
        run(async {
            let (fake, mut now, mut passed) = (FakeLedger::default(), at("09:00:00"), None::<Timestamp>);
            for later in millis {
                now += SignedDuration::from_millis(later);
                let until = now + SignedDuration::from_millis(cooldown);
                let entry = fake.enter(&[Guard::Cooldown { key: "a".to_owned(), until }], now).await.unwrap();
                let rests = passed.is_some_and(|at| now.duration_since(at).as_millis() < i128::from(cooldown));
                prop_assert_eq!(entry == Entry::Entered, !rests);
                if !rests {
                    passed = Some(now);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_hour_never_counts_above_its_limit(
        limit in 0..5_u32,
        minutes in proptest::collection::vec(0..30_i64, 1..60),
    ) {
        run(async {
            let (fake, mut now) = (FakeLedger::default(), at("09:00:00"));
            let mut passed = std::collections::BTreeMap::<i64, u32>::new();
            for later in minutes {
                now += SignedDuration::from_mins(later);
                let hour = passed.entry(now.as_second() / 3_600).or_default();
                let guard = Guard::HourlyCount { key: "all".to_owned(), limit };
                let entry = fake.enter(&[guard], now).await.unwrap();
                prop_assert_eq!(entry == Entry::Entered, *hour < limit);
                *hour += u32::from(entry == Entry::Entered);
                prop_assert_eq!(fake.count("all", now), *hour);
            }
            Ok(())
        })?;
    }
    #[test]
    fn the_newest_is_the_latest_that_was_seen_or_passed(
        times in proptest::collection::vec((0..20_i64, any::<bool>()), 1..20),
    ) {
        run(async {
            let (fake, mut latest) = (FakeLedger::default(), None);
            for (millis, seen) in times {
                let (subject, at) = ("alarm".to_owned(), nine() + SignedDuration::from_millis(millis));
                if seen {
                    fake.mark(&[Mark::Seen { subject, at }], nine()).await.unwrap();
                } else {
                    let entry = fake.enter(&[Guard::Newest { subject, at }], nine()).await.unwrap();
                    prop_assert_eq!(entry == Entry::Entered, latest.is_none_or(|latest| latest <= at));
                }
                latest = latest.max(Some(at));
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_rests_rests_longest_and_ends_early_only_by_its_own_end(
        marks in proptest::collection::vec(rests("a"), 1..20),
    ) {
        run(async {
            let (fake, mut running) = (FakeLedger::default(), None);
            for mark in marks {
                fake.mark(std::slice::from_ref(&mark), nine()).await.unwrap();
                running = match mark {
                    Mark::Rest { until, .. } => running.max(Some(until)),
                    Mark::Unrest { until, .. } => running.filter(|running| *running != until),
                    other => panic!("{other:?}"),
                };
                let cooldowns = fake.overview(nine()).await.unwrap().cooldowns;
                prop_assert_eq!(cooldowns.first().map(|cooldown| cooldown.until), running);
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_saved_value_changes_only_by_what_replaces_or_forgets_it(
        deeds in proptest::collection::vec((prop_oneof![Just("a"), Just("a/b"), Just("b")], 0..4_u8, 0..3_i32), 0..30),
    ) {
        run(async {
            let (fake, mut saved) = (FakeLedger::default(), std::collections::BTreeMap::<String, Value>::new());
            for (key, deed, n) in deeds {
                let (key, value) = (key.to_owned(), json!({"n": n}));
                match deed {
                    0 => {
                        let kept = fake.save(&key, &value).await.unwrap();
                        prop_assert_eq!(&kept, saved.entry(key).or_insert(value));
                    }
                    1 => {
                        fake.mark(&[Mark::PutBack { key: key.clone() }], nine()).await.unwrap();
                        saved.remove(&key);
                    }
                    _ => {
                        let mark = Mark::Resaved { key: key.clone(), value: value.clone() };
                        fake.mark(&[mark], nine()).await.unwrap();
                        saved.insert(key, value);
                    }
                }
                for prefix in ["", "a", "a/", "b", "c"] {
                    let under = saved.clone().into_iter().filter(|(key, _)| key.starts_with(prefix));
                    let expected: Vec<_> = under.map(|(key, value)| (key, Ok(value))).collect();
                    prop_assert_eq!(fake.saved_under(prefix).await.unwrap(), expected);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_pause_never_ends_before_it_was_to_end(
        pauses in proptest::collection::vec((0..40_i64, 0..60_i64), 1..20),
    ) {
        run(async {
            let (fake, mut now, mut end) = (FakeLedger::default(), nine(), None::<Timestamp>);
            for (later, minutes) in pauses {
                now += SignedDuration::from_mins(later);
                let asked = Pause { since: now, until: now + SignedDuration::from_mins(minutes), ..pause("all") };
                let longer = fake.pause(&asked).await.unwrap().map(|longer| longer.until);
                prop_assert_eq!(longer, end.filter(|end| *end > asked.until));
                end = end.max(Some(asked.until));
                let paused = fake.overview(now).await.unwrap().pauses;
                prop_assert_eq!(paused.first().map(|paused| paused.until), end.filter(|end| *end > now));
            }
            Ok(())
        })?;
    }
}
