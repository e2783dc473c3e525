//! Without a ledger, or with one that does not answer.

use super::*;

#[test]
fn a_command_needs_the_ledger_and_what_only_tells_does_not() {
    let silent = || Silent("failed to enter the ledger: no answer".to_owned());
    check(
        &send(),
        silent(),
        expect!["wait ledger-unavailable: nothing was sent: failed to enter the ledger: no answer"],
    );
    check(
        &send(),
        Unset,
        expect![
            "refuse ledger-unset: nothing was sent: `LAMPLIGHTER_LEDGER_TABLE` is not set, and routes need the ledger"
        ],
    );
    check(
        &propose(),
        silent(),
        expect!["wait ledger-unavailable: nothing was sent: failed to enter the ledger: no answer"],
    );
    check(
        &propose(),
        Unset,
        expect![
            "refuse ledger-unset: nothing was sent: `LAMPLIGHTER_LEDGER_TABLE` is not set, and routes need the ledger"
        ],
    );
    for ledger in [silent(), Unset] {
        let code = |order: &Order<'_>| plan(order, &world(ledger.clone())).why().code();
        assert_eq!(code(&tell()), "reported");
        assert_eq!(code(&hold_down()), "hold-down");
        assert_eq!(code(&mute()), "muted");
        assert_eq!(code(&of_all_routes(Task::Suppressed { by: "Alarm".to_owned() })), "suppressed");
        assert_eq!(code(&of_all_routes(Task::Unrouted { others: Vec::new() })), "no-route");
        assert_eq!(code(&of_all_routes(Task::Ignore)), "not-for-us");
    }
}

#[test]
fn a_failover_is_sent_without_the_ledger_but_never_against_it() {
    let silent = Silent("failed to enter the ledger: no answer".to_owned());
    check(
        &fail_over(send()),
        silent.clone(),
        expect![
            "act (send-command) routed-without-ledger: sent to failover-dns by route `purge` although the ledger could not be asked: pauses, cooldowns and hourly limits were not looked at"
        ],
    );
    check(
        &fail_over(send()),
        Unset,
        expect![
            "act (send-command) routed-without-ledger: sent to failover-dns by route `purge` although the ledger could not be asked: pauses, cooldowns and hourly limits were not looked at"
        ],
    );
    check(
        &fail_over(send()),
        Denied(vec![paused("all")]),
        expect!["refuse paused: everything is paused by ada until 2026-11-21T10:00:00Z: release"],
    );
    // An approval that nobody keeps cannot be given.
    check(
        &fail_over(propose()),
        silent,
        expect!["wait ledger-unavailable: nothing was sent: failed to enter the ledger: no answer"],
    );
    check(
        &fail_over(propose()),
        Unset,
        expect![
            "refuse ledger-unset: nothing was sent: `LAMPLIGHTER_LEDGER_TABLE` is not set, and routes need the ledger"
        ],
    );
}
