//! What an on-call engineer reads.

use expect_test::{Expect, expect};
use failover_dns::world::HealthState;
use shared::kinds::dns::Side;
use shared::report::Report;

use super::{Helm, STRATEGIES};

/// A report as it is read: verdict, sentence, what is next, and the state as YAML would have it.
fn read(report: &Report) -> String {
    let next = report.next.as_ref().map(|next| format!("next: {next}\n")).unwrap_or_default();
    let steps: String = report
        .steps
        .iter()
        .map(|step| {
            format!("- {} {:?} {}\n", step.step, step.status, serde_json::to_string(&step.details).unwrap())
        })
        .collect();
    let part = |name: &str, value: &Option<serde_json::Value>| {
        value.as_ref().map(|value| format!("{name}: {value}\n")).unwrap_or_default()
    };
    let (before, after, state) =
        (part("before", &report.before), part("after", &report.after), part("state", &report.state));
    format!("{report}\n{next}{steps}{before}{after}{state}")
}

async fn check(what: &str, expected: Expect, story: impl AsyncFn(&str) -> Report) {
    let mut all = String::new();
    for strategy in STRATEGIES {
        all.extend([format!("{what} {strategy}\n"), read(&story(strategy).await), "\n".to_owned()]);
    }
    expected.assert_eq(&all);
}

#[tokio::test]
async fn the_status_of_what_is_at_the_primary() {
    check("status", expect![[r#"
        status record-weights
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"record-weights","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","records":4},{"step":"change-records","records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":90,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":90,"to":0}}]},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        status record-targets
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"record-targets","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"other.elb.example.com."},"set_identifier":"elsewhere","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":{"alias":"one.elb.example.com."},"set_identifier":"europe","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"ttl":60}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","records":2},{"step":"change-records","records":[{"name":"www.example.com.","type":"A","set_identifier":"europe","answer":{"from":{"alias":"one.elb.example.com."},"to":["192.0.2.2","192.0.2.3"]},"ttl":{"from":null,"to":30}},{"name":"www.example.com.","type":"AAAA","answer":{"from":["2001:db8::1"],"to":["2001:db8::2"]}}]},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        status health-check
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"health-check","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"disabled":false,"inverted":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","disabled":false,"inverted":false},{"step":"force-health-check","health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        status standby-object
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"standby-object","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"object_is_there":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"put-object","bucket":"standby-switch","key":"failed-over","region":"us-west-2"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        status routing-control
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"routing-control","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"controls_on":{"primary":true,"secondary":false},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"set-routing-controls","primary":"Off","secondary":"On"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        status distribution-domain
        held status www: traffic goes to the primary (status)
        state: {"at":"primary","strategy":"distribution-domain","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"d1example.cloudfront.net."}},{"name":"www.example.com.","type":"AAAA","answer":{"alias":"d1example.cloudfront.net."}}],"distributions":{"primary":{"domain":"d1example.cloudfront.net","names":["www.example.com"],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":[],"deployed":true}},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"name-moved","text":"if carried out: the names are at the distribution of the secondary now; the records still point at the other","steps":[{"step":"save-before","records":2},{"step":"move-name","name":"www.example.com","distribution":"E2EXAMPLE"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

    "#]], async |strategy| {
        Helm::with(strategy, "").ordered("status").await.reports.remove(0)
    })
    .await;
}

#[tokio::test]
async fn the_status_of_what_an_alarm_has_moved() {
    check("status", expect![[r#"
        status record-weights
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"record-weights","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"blue","weight":0,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"blue","weight":0,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"}],"evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

        status record-targets
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"record-targets","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"other.elb.example.com."},"set_identifier":"elsewhere","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2","192.0.2.3"],"set_identifier":"europe","ttl":30,"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"ttl":60}],"evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

        status health-check
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"health-check","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"disabled":true,"inverted":true,"evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

        status standby-object
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"standby-object","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"object_is_there":true,"object_put_by":"fail-over-2026-11-21T09:00:00Z","evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

        status routing-control
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"routing-control","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"controls_on":{"primary":false,"secondary":true},"evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

        status distribution-domain
        held status www: traffic goes to the secondary (status)
        state: {"at":"secondary","strategy":"distribution-domain","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"d2example.cloudfront.net"}},{"name":"www.example.com.","type":"AAAA","answer":{"alias":"d2example.cloudfront.net"}}],"distributions":{"primary":{"domain":"d1example.cloudfront.net","names":[],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":["www.example.com"],"deployed":true}},"evidence":{"primary":{"state":"unhealthy","text":"alarm `www-primary-health` is ALARM","since":"2026-11-21T09:00:00Z"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"last_move":{"to":"secondary","at":"2026-11-21T09:00:00Z","by_hand":false,"command":"fail-over-2026-11-21T09:00:00Z"},"moves_by_itself":{"in_24_hours":1,"at_most":4},"fail_over":{"verdict":"held","code":"already-there","text":"traffic goes to the secondary already, since 2026-11-21T09:00:00Z"}}

    "#]], async |strategy| {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(6).await;
        helm.ordered("status").await.reports.remove(0)
    })
    .await;
}

#[tokio::test]
async fn a_drill_that_passes() {
    check("drill", expect![[r#"
        drill record-weights
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"record-weights","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","records":4},{"step":"change-records","records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":90,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":90,"to":0}}]},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        drill record-targets
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"record-targets","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"other.elb.example.com."},"set_identifier":"elsewhere","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":{"alias":"one.elb.example.com."},"set_identifier":"europe","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"ttl":60}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","records":2},{"step":"change-records","records":[{"name":"www.example.com.","type":"A","set_identifier":"europe","answer":{"from":{"alias":"one.elb.example.com."},"to":["192.0.2.2","192.0.2.3"]},"ttl":{"from":null,"to":30}},{"name":"www.example.com.","type":"AAAA","answer":{"from":["2001:db8::1"],"to":["2001:db8::2"]}}]},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        drill health-check
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"health-check","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"disabled":false,"inverted":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"save-before","disabled":false,"inverted":false},{"step":"force-health-check","health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        drill standby-object
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"standby-object","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"object_is_there":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"put-object","bucket":"standby-switch","key":"failed-over","region":"us-west-2"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        drill routing-control
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"routing-control","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"controls_on":{"primary":true,"secondary":false},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"failed-over","text":"if carried out: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so","steps":[{"step":"set-routing-controls","primary":"Off","secondary":"On"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

        drill distribution-domain
        held drill www: a fail-over would work now, and the secondary is healthy: 16 of 16 checkers say so (drill-passed)
        state: {"at":"primary","strategy":"distribution-domain","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"d1example.cloudfront.net."}},{"name":"www.example.com.","type":"AAAA","answer":{"alias":"d1example.cloudfront.net."}}],"distributions":{"primary":{"domain":"d1example.cloudfront.net","names":["www.example.com"],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":[],"deployed":true}},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"healthy","text":"16 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"planned","code":"name-moved","text":"if carried out: the names are at the distribution of the secondary now; the records still point at the other","steps":[{"step":"save-before","records":2},{"step":"move-name","name":"www.example.com","distribution":"E2EXAMPLE"},{"step":"note-move","to":"secondary","at":"2026-11-21T09:00:00.000Z"}]}}

    "#]], async |strategy| {
        Helm::with(strategy, "").ordered("drill").await.reports.remove(0)
    })
    .await;
}

#[tokio::test]
async fn a_drill_that_does_not_pass() {
    check("drill", expect![[r#"
        drill record-weights
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"record-weights","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"blue","weight":90,"ttl":45,"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"green","weight":10,"ttl":45,"health_check":"21111111-2222-3333-4444-555555555555"}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

        drill record-targets
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"record-targets","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"other.elb.example.com."},"set_identifier":"elsewhere","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":{"alias":"one.elb.example.com."},"set_identifier":"europe","health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"ttl":60}],"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

        drill health-check
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"health-check","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"99999999-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"disabled":false,"inverted":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

        drill standby-object
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"standby-object","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"object_is_there":false,"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

        drill routing-control
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"routing-control","records":[{"name":"www.example.com.","type":"A","answer":["192.0.2.1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"A","answer":["192.0.2.2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::1"],"set_identifier":"primary","failover":"PRIMARY","ttl":45,"health_check":"77777777-2222-3333-4444-555555555555"},{"name":"www.example.com.","type":"AAAA","answer":["2001:db8::2"],"set_identifier":"secondary","failover":"SECONDARY","ttl":45}],"controls_on":{"primary":true,"secondary":false},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

        drill distribution-domain
        refused drill www: a fail-over would not work now: nothing shows that the secondary is healthy: 0 of 16 checkers say so (standby-unproven)
        next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        state: {"at":"primary","strategy":"distribution-domain","records":[{"name":"www.example.com.","type":"A","answer":{"alias":"d1example.cloudfront.net."}},{"name":"www.example.com.","type":"AAAA","answer":{"alias":"d1example.cloudfront.net."}}],"distributions":{"primary":{"domain":"d1example.cloudfront.net","names":["www.example.com"],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":[],"deployed":true}},"evidence":{"primary":{"state":"healthy","text":"alarm `www-primary-health` is OK","since":"2026-11-21T08:45:00Z or earlier"},"secondary":{"state":"unhealthy","text":"0 of 16 checkers say so"}},"moves_by_itself":{"in_24_hours":0,"at_most":4},"fail_over":{"verdict":"refused","code":"standby-unproven","text":"nothing shows that the secondary is healthy: 0 of 16 checkers say so"}}

    "#]], async |strategy| {
        let helm = Helm::with(strategy, "");
        helm.becomes(Side::Secondary, HealthState::Unhealthy);
        helm.ordered("drill").await.reports.remove(0)
    })
    .await;
}

#[tokio::test]
async fn a_fail_over() {
    check("fail-over", expect![[r#"
        fail-over record-weights
        acted fail-over www: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so (failed-over)
        next: resolvers have moved by 2026-11-21T09:01:45Z: their TTL is 45 s, and Route 53 takes up to a minute; it goes back when the primary has been healthy for 15m
        - save-before Applied {"records":4}
        - change-records Applied {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":90,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":90,"to":0}}],"change":"C0000000000001","route53":"INSYNC"}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"primary","records":[{"name":"www.example.com.","kind":"A","set_identifier":"blue","weight":90,"ttl":45,"values":["192.0.2.1"],"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"A","set_identifier":"green","weight":10,"ttl":45,"values":["192.0.2.2"],"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","set_identifier":"blue","weight":90,"ttl":45,"values":["2001:db8::1"],"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","set_identifier":"green","weight":10,"ttl":45,"values":["2001:db8::2"],"health_check":"21111111-2222-3333-4444-555555555555"}]}
        after: {"at":"secondary"}

        fail-over record-targets
        acted fail-over www: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so (failed-over)
        next: resolvers have moved by 2026-11-21T09:02:00Z: their TTL is 60 s, and Route 53 takes up to a minute; it goes back when the primary has been healthy for 15m
        - save-before Applied {"records":2}
        - change-records Applied {"records":[{"name":"www.example.com.","type":"A","set_identifier":"europe","answer":{"from":{"alias":"one.elb.example.com."},"to":["192.0.2.2","192.0.2.3"]},"ttl":{"from":null,"to":30}},{"name":"www.example.com.","type":"AAAA","answer":{"from":["2001:db8::1"],"to":["2001:db8::2"]}}],"change":"C0000000000001","route53":"INSYNC"}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"primary","records":[{"name":"www.example.com.","kind":"A","set_identifier":"elsewhere","geo_location":{"continent":null,"country":"*","subdivision":null},"alias":{"zone":"Z35SXDOTRQ7X7K","name":"other.elb.example.com.","evaluate_target_health":true},"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"A","set_identifier":"europe","geo_location":{"continent":null,"country":"DE","subdivision":null},"alias":{"zone":"Z35SXDOTRQ7X7K","name":"one.elb.example.com.","evaluate_target_health":true},"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","ttl":60,"values":["2001:db8::1"]}]}
        after: {"at":"secondary"}

        fail-over health-check
        acted fail-over www: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so (failed-over)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them; it goes back when the primary has been healthy for 15m
        - save-before Applied {"disabled":false,"inverted":false}
        - force-health-check Applied {"health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"primary","disabled":false,"inverted":false}
        after: {"at":"secondary"}

        fail-over standby-object
        acted fail-over www: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so (failed-over)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them; it goes back when the primary has been healthy for 15m
        - put-object Applied {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"not-asked"}
        after: {"at":"secondary"}

        fail-over routing-control
        acted fail-over www: traffic goes to the secondary now, which is healthy: 16 of 16 checkers say so (failed-over)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them; it goes back when the primary has been healthy for 15m
        - note-begin Applied {"to":"secondary"}
        - set-routing-controls Applied {"primary":"Off","secondary":"On"}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"primary"}
        after: {"at":"secondary"}

        fail-over distribution-domain
        acted fail-over www: the names are at the distribution of the secondary now; the records still point at the other (name-moved)
        next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        - save-before Applied {"records":2}
        - move-name Applied {"name":"www.example.com","distribution":"E2EXAMPLE"}
        - note-move Applied {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
        before: {"at":"primary","records":[{"name":"www.example.com.","kind":"A","alias":{"zone":"Z2FDTNDATAQYW2","name":"d1example.cloudfront.net.","evaluate_target_health":false}},{"name":"www.example.com.","kind":"AAAA","alias":{"zone":"Z2FDTNDATAQYW2","name":"d1example.cloudfront.net.","evaluate_target_health":false}}],"primary":{"domain":"d1example.cloudfront.net","names":["www.example.com"],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":[],"deployed":true}}
        after: {"at":"between","names_at":"secondary"}

    "#]], async |strategy| {
        Helm::with(strategy, "").goes_down().await.reports.remove(0)
    })
    .await;
}

#[tokio::test]
async fn a_fail_back() {
    check("fail-back", expect![[r#"
        fail-back record-weights
        acted reconcile www: traffic goes to the primary now, which is healthy: alarm `www-primary-health` is OK, for 15m and longer (failed-back)
        next: resolvers have moved by 2026-11-21T09:26:45Z: their TTL is 45 s, and Route 53 takes up to a minute
        - change-records Applied {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":90}}],"change":"C0000000000002","route53":"INSYNC"}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary","records":[{"name":"www.example.com.","kind":"A","set_identifier":"blue","weight":0,"ttl":45,"values":["192.0.2.1"],"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"A","set_identifier":"green","weight":10,"ttl":45,"values":["192.0.2.2"],"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","set_identifier":"blue","weight":0,"ttl":45,"values":["2001:db8::1"],"health_check":"11111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","set_identifier":"green","weight":10,"ttl":45,"values":["2001:db8::2"],"health_check":"21111111-2222-3333-4444-555555555555"}]}
        after: {"at":"primary"}

        fail-back record-targets
        acted reconcile www: traffic goes to the primary now, which is healthy: alarm `www-primary-health` is OK, for 15m and longer (failed-back)
        next: resolvers have moved by 2026-11-21T09:27:00Z: their TTL is 60 s, and Route 53 takes up to a minute
        - change-records Applied {"records":[{"name":"www.example.com.","type":"A","set_identifier":"europe","answer":{"from":["192.0.2.2","192.0.2.3"],"to":{"alias":"one.elb.example.com."}},"ttl":{"from":30,"to":null}},{"name":"www.example.com.","type":"AAAA","answer":{"from":["2001:db8::2"],"to":["2001:db8::1"]}}],"change":"C0000000000002","route53":"INSYNC"}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary","records":[{"name":"www.example.com.","kind":"A","set_identifier":"elsewhere","geo_location":{"continent":null,"country":"*","subdivision":null},"alias":{"zone":"Z35SXDOTRQ7X7K","name":"other.elb.example.com.","evaluate_target_health":true},"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"A","set_identifier":"europe","geo_location":{"continent":null,"country":"DE","subdivision":null},"ttl":30,"values":["192.0.2.2","192.0.2.3"],"health_check":"21111111-2222-3333-4444-555555555555"},{"name":"www.example.com.","kind":"AAAA","ttl":60,"values":["2001:db8::2"]}]}
        after: {"at":"primary"}

        fail-back health-check
        acted reconcile www: traffic goes to the primary now, which is healthy: alarm `www-primary-health` is OK, for 15m and longer (failed-back)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them
        - restore-health-check Applied {"health_check":"99999999-2222-3333-4444-555555555555","disabled":false,"inverted":false}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary","disabled":true,"inverted":true}
        after: {"at":"primary"}

        fail-back standby-object
        acted reconcile www: traffic goes to the primary now, which is healthy: alarm `www-primary-health` is OK, for 15m and longer (failed-back)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them
        - remove-object Applied {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary"}
        after: {"at":"primary"}

        fail-back routing-control
        acted reconcile www: traffic goes to the primary now, which is healthy: alarm `www-primary-health` is OK, for 15m and longer (failed-back)
        next: resolvers follow within 60 s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them
        - set-routing-controls Applied {"primary":"On","secondary":"Off"}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary"}
        after: {"at":"primary"}

        fail-back distribution-domain
        acted reconcile www: the names are at the distribution of the primary now; the records still point at the other (name-moved)
        next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        - note-begin Applied {"to":"primary"}
        - move-name Applied {"name":"www.example.com","distribution":"E1EXAMPLE"}
        - note-move Applied {"to":"primary","at":"2026-11-21T09:25:00.000Z"}
        before: {"at":"secondary","records":[{"name":"www.example.com.","kind":"A","alias":{"zone":"Z2FDTNDATAQYW2","name":"d2example.cloudfront.net","evaluate_target_health":false}},{"name":"www.example.com.","kind":"AAAA","alias":{"zone":"Z2FDTNDATAQYW2","name":"d2example.cloudfront.net","evaluate_target_health":false}}],"primary":{"domain":"d1example.cloudfront.net","names":[],"deployed":true},"secondary":{"domain":"d2example.cloudfront.net","names":["www.example.com"],"deployed":true}}
        after: {"at":"between","names_at":"primary"}

    "#]], async |strategy| {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(10).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.passes(15);
        helm.looks().await.reports.remove(0)
    })
    .await;
}
