//! Commands that are answered with what they should have been.

use expect_test::expect;
use serde_json::{Value, json};

use super::{batch, check};

#[test]
fn only_a_person_forces_and_says_why() {
    let forced = |further: Value| {
        let mut command = json!({"action": "fail-over", "target": "www", "force": true, "id": "c-1"});
        command.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        command
    };
    for (command, expected) in [
        (
            forced(json!({})),
            expect![[r#"
            {0}
            failed fail-over www of c-1: field `reason` is missing; expected why it is forced, in a few words, beside `force: true` (invalid-command)
        "#]],
        ),
        (
            forced(json!({"reason": ""})),
            expect![[r#"
                {0}
                failed fail-over www of c-1: field `reason` is ``; expected why it is forced, in a few words, beside `force: true` (invalid-command)
            "#]],
        ),
        (
            forced(json!({"reason": " \n"})),
            expect![[r#"
                {0}
                failed fail-over www of c-1: field `reason` is `  `; expected why it is forced, in a few words, beside `force: true` (invalid-command)
            "#]],
        ),
        (
            forced(json!({"reason": "every night", "origin": {"source": "schedule"}})),
            expect![[r#"
            {0}
            failed fail-over www of c-1: field `force` is `true`; expected it only in an operator's command (invalid-command)
        "#]],
        ),
        (
            forced(json!({"reason": "it is down", "origin": {"source": "alarm"}})),
            expect![[r#"
            {0}
            failed fail-over www of c-1: field `force` is `true`; expected it only in an operator's command (invalid-command)
        "#]],
        ),
        (
            forced(json!({"action": "fail-back", "force": "yes"})),
            expect![[r#"
            {0}
            failed fail-back www of c-1: field `force` is `yes`; expected a boolean (invalid-command)
        "#]],
        ),
        (
            forced(json!({"action": "status", "reason": "hurry"})),
            expect![[r#"
            {0}
            failed status www of c-1: field `force` is unknown; expected no further field (invalid-command)
        "#]],
        ),
        (
            forced(json!({"action": "drill", "reason": "hurry"})),
            expect![[r#"
            {0}
            failed drill www of c-1: field `force` is unknown; expected no further field (invalid-command)
        "#]],
        ),
    ] {
        check(&command, expected);
    }
    // What comes by a queue is a person's if it says so.
    check(
        &batch(&[forced(json!({"reason": "hurry"}))]),
        expect![[r#"
        {0}
        failed fail-over www of c-1: field `force` is `true`; expected it only in an operator's command (invalid-command)
    "#]],
    );
    check(
        &batch(&[forced(json!({"reason": "hurry", "origin": {"source": "operator"}}))]),
        expect![[r#"
        {0}
        fail-over by force www (apply) of c-1 from operator by m-0 because hurry
    "#]],
    );
}

#[test]
fn what_is_no_order_is_answered_with_what_it_should_have_been() {
    for (command, expected) in [
        (
            json!({"action": "fail-over"}),
            expect![[r#"
            {0}
            failed fail-over none of request-1: field `target` is missing; expected a target of the playbook (invalid-command)
        "#]],
        ),
        (
            json!({"action": "fail-back"}),
            expect![[r#"
            {0}
            failed fail-back none of request-1: field `target` is missing; expected a target of the playbook (invalid-command)
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "wwww"}),
            expect![[r#"
            {0}
            failed fail-over wwww of request-1: field `target` is `wwww`; expected names of kind `dns` of the playbook: api-name, www (unknown-target)
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "site"}),
            expect![[r#"
            {0}
            failed fail-over site of request-1: field `target` is `site`, a distribution; expected names of kind `dns` of the playbook: api-name, www (unknown-target)
        "#]],
        ),
        (
            json!({"action": "status", "target": "nobodys"}),
            expect![[r#"
            {0}
            failed status nobodys of request-1: field `target` is `nobodys`; expected names of kind `dns` of the playbook: api-name, www (unknown-target)
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "www", "to": "secondary"}),
            expect![[r#"
            {0}
            failed fail-over www of request-1: field `to` is unknown; expected `force` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "target": "www", "force": true}),
            expect![[r#"
            {0}
            failed reconcile www of request-1: field `force` is unknown; expected no further field (invalid-command)
        "#]],
        ),
        (
            json!({"action": "failover", "target": "www"}),
            expect![[r#"
            {0}
            failed failover www of request-1: field `action` is `failover`; expected `fail-over`, `fail-back`, `status`, `drill` or `reconcile` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "status", "target": null}),
            expect![[r#"
            {0}
            failed status none of request-1: field `target` is `null`; expected a string (invalid-command)
        "#]],
        ),
        (
            json!({"action": "drill", "target": ""}),
            expect![[r#"
            {0}
            failed drill none of request-1: field `target` is ``; expected a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and - (invalid-command)
        "#]],
        ),
        (
            json!({"action": "drill", "mode": "perhaps"}),
            expect![[r#"
            {0}
            failed drill none of request-1: field `mode` is `perhaps`; expected `apply` or `plan` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "status", "all": true}),
            expect![[r#"
            {0}
            failed status none of request-1: field `all` is unknown; expected no further field (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "targets": ["www"]}),
            expect![[r#"
            {0}
            failed reconcile none of request-1: field `targets` is unknown; expected no further field (invalid-command)
        "#]],
        ),
    ] {
        check(&command, expected);
    }
}
