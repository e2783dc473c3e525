//! Work that was begun before, and what became of it.

use shell::ledger::Proposal;

use super::*;

#[test]
fn a_claim_that_did_not_end_well_is_taken_up_again_by_its_own_delivery_and_by_others_after_its_end() {
    check(
        &send(),
        Denied(vec![claimed("d-1", "09:01:00", false)]),
        expect![
            "act (send-command) routed: alarm `a` went from OK to ALARM: sent to invalidate-cache by route `purge`"
        ],
    );
    check(
        &propose(),
        Denied(vec![claimed("d-1", "09:01:00", false)]),
        expect![
            "act (send-command) approval-asked: alarm `a` went from OK to ALARM: route `asks` wants approval deb271069687 by 2026-11-21T11:00:00Z; only a plan was ordered so far"
        ],
    );
    check(
        &tell(),
        Denied(vec![claimed("d-1", "09:01:00", false)]),
        expect![
            "hold reported: look at the origin: alarm `a` went from OK to ALARM (1 datapoint was above 10.0)"
        ],
    );
    for (until, expected) in
        [("08:59:59.999", "routed"), ("09:00:00", "routed"), ("09:00:00.001", "already-routed")]
    {
        assert_eq!(code(&[claimed("d-2", until, false)]), expected, "{until}");
    }
    // Done is done, also for the delivery that did it.
    check(
        &send(),
        Denied(vec![claimed("d-1", "08:00:00", true)]),
        expect!["hold already-routed: the same was sent before for the same change of this alarm"],
    );
}

#[test]
fn who_takes_up_his_claim_again_is_not_kept_by_his_own_cooldown_and_count_but_by_all_else() {
    let ours = claimed("d-1", "09:01:00", false);
    let rests = [cooling("route/purge/site"), cooling("target/site"), counted("route/purge"), counted("all")];
    assert_eq!(code(&[[ours.clone()].as_slice(), &rests].concat()), "routed");
    for (other, expected) in
        [(paused("invalidate-cache"), "paused"), (older(), "stale"), (leased(), "lease-busy")]
    {
        let denials = [[ours.clone()].as_slice(), &rests, &[other]].concat();
        assert_eq!(code(&denials), expected, "{denials:?}");
    }
}

#[test]
fn a_proposal_that_is_there_already_does_not_keep_its_own_plan_from_being_sent() {
    let kept = Proposal {
        id: "k".to_owned(),
        since: at("08:00:00"),
        until: at("10:00:00"),
        what: json!(null),
        approved_by: None,
        sent: false,
    };
    let denials = vec![claimed("d-1", "09:01:00", false), Denial::NotOpen(Some(kept))];
    assert_eq!(plan(&propose(), &world(Denied(denials))).why().code(), "approval-asked");
}

#[test]
fn a_plan_after_its_own_effects_is_hold() {
    let Plan::Act { .. } = plan(&send(), &world(Passed)) else { panic!("nothing is in its way") };
    let own = [cooling("route/purge/site"), cooling("target/site"), counted("route/purge")];
    for owner in ["d-1", "d-2"] {
        let after = [[claimed(owner, "09:01:00", true)].as_slice(), &own].concat();
        for order in [send(), propose()] {
            let plan = plan(&order, &world(Denied(after.clone())));
            assert!(matches!(plan, Plan::Hold { why: Why::AlreadyRouted { .. } }), "{plan}");
        }
    }
}
