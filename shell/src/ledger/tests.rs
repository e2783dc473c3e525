//! The rules, on the ledger in memory.

mod marks;
mod properties;
mod stories;
mod table;
pub(super) mod words;

use self::table::rows;
use self::words::claim;
use super::fake::FakeLedger;
use super::{Entry, Ledger, Mark, Unreadable};
use jiff::Timestamp;
use serde_json::json;
use shared::fault::FaultClass;

#[tokio::test]
async fn every_guard_keeps_to_its_borders() {
    for row in rows().into_iter().chain(marks::rows()) {
        row.check(&FakeLedger::default()).await.unwrap();
    }
}

#[tokio::test]
async fn the_ledger_in_memory_does_what_every_ledger_must() {
    stories::denied_guards_take_nothing_down(&FakeLedger::default()).await.unwrap();
    stories::a_moot_mark_keeps_no_other_from_being_made(&FakeLedger::default()).await.unwrap();
    stories::of_two_marks_about_one_time_the_later_counts(&FakeLedger::default()).await.unwrap();
    stories::a_pause_is_cut_short_by_its_end_only(&FakeLedger::default()).await.unwrap();
    stories::the_oldest_value_is_the_one_saved(&FakeLedger::default()).await.unwrap();
    stories::saved_values_are_replaced_and_listed(&FakeLedger::default()).await.unwrap();
    stories::an_overview_has_what_is_in_force(&FakeLedger::default()).await.unwrap();
    stories::guards_are_about_records_of_their_own(&FakeLedger::default()).await.unwrap();
}

#[tokio::test]
async fn the_fake_fails_as_it_is_told() {
    let now = Timestamp::UNIX_EPOCH;
    let fake = FakeLedger::default();
    fake.fail_next("enter", Some(FaultClass::Throttled));
    assert!(fake.look(&[claim("one")], now).await.is_ok());
    let fault = fake.enter(&[claim("one")], now).await.unwrap_err();
    assert_eq!(
        (fault.to_string().as_str(), fault.class),
        ("failed to enter the ledger", Some(FaultClass::Throttled))
    );
    assert_eq!((fake.size(), fake.claim("work")), (0, None));

    fake.lose_answer_of_next("enter");
    assert_eq!(fake.enter(&[claim("one")], now).await.unwrap_err().class, Some(FaultClass::Unavailable));
    assert_eq!(fake.claim("work"), Some(("one".to_owned(), false)));

    fake.fail_from_now_on(None);
    assert_eq!(fake.saved("size").await.unwrap_err().class, None);
    assert!(fake.mark(&[], now).await.is_err());
    fake.recover();
    assert_ne!(fake.enter(&[claim("one")], now).await.unwrap(), Entry::Entered);
    assert_eq!(fake.take_calls(), ["look", "enter", "enter", "saved", "mark", "enter"]);
    assert!(fake.take_calls().is_empty());

    fake.fail_next("saved-under", Some(FaultClass::Denied));
    assert_eq!(
        fake.saved_under("service/").await.unwrap_err().to_string(),
        "failed to list saved values of the ledger"
    );
    assert_eq!((fake.saved_under("service/").await.unwrap(), fake.saved_value("service/a")), (vec![], None));
    let saved = json!({"parked": null});
    fake.mark(&[Mark::Resaved { key: "service/a".to_owned(), value: saved.clone() }], now).await.unwrap();
    assert_eq!(fake.saved_value("service/a"), Some(saved));
    assert_eq!(fake.take_calls(), ["saved-under", "saved-under", "mark"]);
}

#[tokio::test]
async fn a_spoilt_value_is_found_so_until_it_is_replaced() {
    let fake = FakeLedger::default();
    fake.spoil("service/a", "is no JSON");
    let unreadable = Err(Unreadable::new("service/a", "is no JSON"));
    assert_eq!(fake.saved("service/a").await.unwrap(), Some(unreadable.clone()));
    assert_eq!(fake.saved_under("").await.unwrap(), [("service/a".to_owned(), unreadable)]);
    let fault = fake.save("service/a", &json!(1)).await.unwrap_err();
    assert_eq!(fault.source.to_string(), "the value saved under `service/a` is no JSON");
    let resaved = Mark::Resaved { key: "service/a".to_owned(), value: json!(1) };
    fake.mark(&[resaved], Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(fake.saved("service/a").await.unwrap(), Some(Ok(json!(1))));
}
