//! What must be so whatever the ledger says.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

fn denial() -> impl Strategy<Value = Denial> {
    let owner = prop_oneof![Just("d-1"), Just("d-2")];
    let until = -90..90_i64;
    prop_oneof![
        (owner, until, any::<bool>()).prop_map(|(owner, seconds, done)| Denial::Claimed {
            owner: owner.to_owned(),
            until: at("09:00:00") + SignedDuration::from_secs(seconds),
            done,
        }),
        Just(older()),
        prop_oneof![Just("all"), Just("site"), Just("invalidate-cache")].prop_map(paused),
        prop_oneof![Just("route/purge/site"), Just("target/site")].prop_map(cooling),
        prop_oneof![Just("route/purge"), Just("all")].prop_map(counted),
        Just(leased()),
    ]
}

/// At least one denial, and at most one claim: an order has one.
fn denials() -> impl Strategy<Value = Vec<Denial>> {
    proptest::collection::vec(denial(), 1..6).prop_map(|mut denials| {
        let mut claims = 0;
        denials.retain(|denial| {
            claims += usize::from(matches!(denial, Denial::Claimed { .. }));
            !matches!(denial, Denial::Claimed { .. }) || claims == 1
        });
        denials
    })
}

fn orders() -> impl Strategy<Value = Order<'static>> {
    prop_oneof![Just(send()), Just(propose()), Just(fail_over(send())), Just(fail_over(propose()))]
}

proptest! {
    #[test]
    fn nothing_is_sent_against_a_denial_but_for_ones_own_cooldown_and_count(
        order in orders(),
        denials in denials(),
    ) {
        let world = world(Denied(denials.clone()));
        let plan = plan(&order, &world);
        prop_assert_eq!(&plan, &super::super::plan(&order, &world), "the same input, the same plan");
        let ours = denials.iter().any(|denial| matches!(
            denial,
            Denial::Claimed { owner, until, done: false } if owner == "d-1" || *until <= world.now
        ));
        let others = denials.iter().any(|denial| matches!(
            denial,
            Denial::Paused(_) | Denial::Older { .. } | Denial::Leased { .. }
        ));
        prop_assert_eq!(matches!(plan, Plan::Act { .. }), ours && !others, "{:?}", denials);
    }

    #[test]
    fn whether_something_is_sent_does_not_depend_on_the_order_of_the_denials(
        order in orders(),
        (denials, shuffled) in denials().prop_flat_map(|d| (Just(d.clone()), Just(d).prop_shuffle())),
    ) {
        let acts = |denials| matches!(plan(&order, &world(Denied(denials))), Plan::Act { .. });
        prop_assert_eq!(acts(denials), acts(shuffled));
    }

    #[test]
    fn a_piece_of_work_that_is_done_is_never_called_anything_else(
        order in orders(),
        denials in denials(),
        owner in prop_oneof![Just("d-1"), Just("d-2")],
    ) {
        let claims = |denial: &Denial| matches!(denial, Denial::Claimed { .. });
        let mut denials: Vec<Denial> = denials.into_iter().filter(|denial| !claims(denial)).collect();
        denials.push(claimed(owner, "09:00:30", true));
        prop_assert_eq!(plan(&order, &world(Denied(denials))).why().code(), "already-routed");
    }
}
