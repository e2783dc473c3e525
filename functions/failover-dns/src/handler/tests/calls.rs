//! How many calls each order makes: what the crate's table of API calls says.

use expect_test::{Expect, expect};
use serde_json::json;
use shared::kinds::dns::{Dns as Rule, Strategy};

use super::Stage;
use crate::examples::{domains, health_check, routing_control, standby_object, targets, weights};

/// What is asked of AWS and of the ledger, order by order: there, again, status, drill, a look, back.
async fn check(make: fn(&str) -> Rule, expected: Expect) {
    let stage = Stage::new(make);
    let mut lines = String::new();
    let mut note = |what: &str, code: &str| {
        let (aws, ledger) = stage.calls();
        lines.extend([format!("{what} ({code}): {}; {ledger}\n", aws.join(" "))]);
    };
    note("look", stage.looks().await.why.code);
    note("drill", stage.ordered("drill").await.why.code);
    note("over", stage.ordered("fail-over").await.why.code);
    stage.passes(6);
    if let Strategy::DistributionDomain(_) = make("").strategy {
        note("look", stage.looks().await.why.code);
    }
    note("over again", stage.ordered("fail-over").await.why.code);
    note("look", stage.looks().await.why.code);
    note("status", stage.ordered("status").await.why.code);
    stage.passes(10);
    note("back", stage.ordered("fail-back").await.why.code);
    stage.passes(6);
    if let Strategy::DistributionDomain(_) = make("").strategy {
        note("look", stage.looks().await.why.code);
    }
    note("look", stage.looks().await.why.code);
    expected.assert_eq(&lines);
}

#[tokio::test]
async fn weights_take_one_list_a_name_one_evidence_one_change() {
    check(
        weights,
        expect![[r#"
            look (in-order): ; look saved
            drill (drill-passed): sets health health; saved mark
            over (failed-over): sets health change progress; enter saved mark mark mark
            over again (already-there): sets health; enter saved mark
            look (in-order): ; look saved
            status (status): sets health health; saved
            back (failed-back): sets health change progress; enter saved mark mark
            look (in-order): ; look saved
        "#]],
    )
    .await;
}

#[tokio::test]
async fn answers_take_as_many() {
    check(
        targets,
        expect![[r#"
            look (in-order): ; look saved
            drill (drill-passed): sets health health; saved mark
            over (failed-over): sets health change progress; enter saved mark mark mark
            over again (already-there): sets health; enter saved mark
            look (in-order): ; look saved
            status (status): sets health health; saved
            back (failed-back): sets health change progress; enter saved mark mark
            look (in-order): ; look saved
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_health_check_takes_a_look_and_an_update() {
    check(
        health_check,
        expect![[r#"
            look (in-order): ; look saved
            drill (drill-passed): check health health sets; saved mark
            over (failed-over): check health set-check; enter saved mark mark mark
            over again (already-there): check health; enter saved mark
            look (in-order): ; look saved
            status (status): check health health sets; saved
            back (failed-back): check health set-check; enter saved mark mark
            look (in-order): ; look saved
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_object_takes_one_put() {
    check(
        standby_object,
        expect![[r#"
            look (in-order): ; look saved
            drill (drill-passed): find-object health health sets; saved mark
            over (failed-over): health put-object; enter saved mark mark
            over again (already-there): find-object health; enter saved mark
            look (in-order): ; look saved
            status (status): find-object health health sets; saved
            back (failed-back): find-object health remove-object; enter saved mark mark
            look (in-order): ; look saved
        "#]],
    )
    .await;
}

#[tokio::test]
async fn routing_controls_take_one_update() {
    check(
        routing_control,
        expect![[r#"
            look (in-order): ; look saved
            drill (drill-passed): controls health health sets; saved mark
            over (failed-over): health set-controls; enter saved mark mark
            over again (already-there): controls health; enter saved mark
            look (in-order): ; look saved
            status (status): controls health health sets; saved
            back (failed-back): controls health set-controls; enter saved mark mark
            look (in-order): ; look saved
        "#]],
    )
    .await;
}

/// Where people fail it back, nobody needs to know who had turned it before.
#[tokio::test]
async fn routing_controls_that_people_turn_back_are_not_looked_at_before() {
    let stage = Stage::new(|_| routing_control(""));
    drop(stage.calls());
    let over = json!({"action": "fail-over", "target": "weather-www", "origin": {"source": "alarm"}});
    assert_eq!(stage.gets(&over).await.why.code, "failed-over");
    assert_eq!(stage.calls().0, ["health", "set-controls"]);
    // A person's order neither.
    let stage = Stage::new(routing_control);
    assert_eq!(stage.ordered("fail-over").await.why.code, "failed-over");
    assert_eq!(stage.calls().0, ["health", "set-controls"]);
    let stage = Stage::new(routing_control);
    assert_eq!(stage.gets(&over).await.why.code, "failed-over");
    assert_eq!(stage.calls().0, ["controls", "health", "set-controls"]);
}

#[tokio::test]
async fn names_take_a_look_at_both_distributions_and_a_move_each() {
    check(domains, expect![[r#"
        look (in-order): ; look saved
        drill (drill-passed): distribution distribution sets health health conflicts; saved mark
        over (name-moved): distribution distribution sets health move-name; enter saved mark mark mark
        look (record-pointed): distribution distribution sets distribution distribution sets change progress; look saved enter saved mark mark
        over again (already-there): distribution distribution sets health; enter saved mark
        look (in-order): ; look saved
        status (status): distribution distribution sets health health; saved
        back (name-moved): distribution distribution sets health move-name; enter saved mark mark mark
        look (record-pointed): distribution distribution sets distribution distribution sets change progress; look saved enter saved mark mark
        look (in-order): ; look saved
    "#]]).await;
}
