//! Whose outcome the report on an order is.

use super::*;

#[test]
fn id_correlation_and_origin_of_a_command_are_those_of_its_report() {
    let origin =
        json!({"source": "alarm", "correlation": "c-1", "alarm": "slow", "route": "purge-when-slow"});
    let order = order(&queue(&[command(json!({"paths": ["/a"], "id": "id-1", "origin": origin}))]));
    assert_eq!(
        (order.origin.alarm.as_deref(), order.origin.route.as_deref()),
        (Some("slow"), Some("purge-when-slow"))
    );
    let subject = order.subject();
    assert_eq!(subject.id.as_str(), "id-1");
    assert_eq!(subject.correlation, "c-1");
    assert_eq!((subject.source, subject.mode, subject.records), (Source::Alarm, Mode::Apply, None));
    assert_eq!((subject.action.as_str(), subject.target.as_str()), ("invalidate", "archive"));
}

#[test]
fn a_bad_command_keeps_what_can_be_told_of_it() {
    let playbook = Playbook::parse(PLAYBOOK).unwrap();
    let bad = command(json!({"paths": [], "id": "id-1"}));
    let Work::Answered(report) = jobs(&playbook, &queue(&[bad]), Mode::Apply).remove(0).work else {
        panic!("served")
    };
    let Subject { id, correlation, action, target, source, .. } = &report.subject;
    assert_eq!((id.as_str(), correlation.as_str()), ("id-1", "id-1"));
    assert_eq!((action.as_str(), target.as_str(), *source), ("invalidate", "archive", Source::Queue));
}

#[test]
fn the_id_of_an_order_does_not_depend_on_the_order_of_its_records() {
    let (a, b) = (object("records", "a.csv", "01"), object("records", "b.csv", "02"));
    let together = order(&queue(&[a.clone(), b.clone()]));
    assert_eq!(together.id(), order(&queue(&[b, a.clone()])).id());
    assert_ne!(together.id(), order(&queue(std::slice::from_ref(&a))).id());
    assert_eq!(together.subject().records, Some(2));
    // The only request's id is the order's own.
    let alone = order(&queue(std::slice::from_ref(&a)));
    assert_eq!(Some(&alone.id()), alone.ids.first());
    assert_eq!(alone.id(), order(&queue(&[a.clone(), a])).id());
}
