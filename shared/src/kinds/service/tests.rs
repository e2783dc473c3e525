use super::*;

#[test]
fn names_keep_to_the_form_of_ecs() {
    let longest = "a".repeat(255);
    for good in ["a", "Portfolio_prod-1", "-", longest.as_str()] {
        assert_eq!(ClusterName::try_from(good.to_owned()).unwrap().as_str(), good);
        assert_eq!(ServiceName::try_from(good.to_owned()).unwrap().as_str(), good);
    }
    for bad in ["", "a/b", "a b", "ä", "a".repeat(256).as_str()] {
        assert!(ClusterName::try_from(bad.to_owned()).is_err(), "{bad}");
        assert!(ServiceName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}
