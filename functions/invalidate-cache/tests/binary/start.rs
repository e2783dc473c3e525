//! A function that cannot start says why, to Lambda and in its log.

use super::set;

#[tokio::test]
async fn a_missing_playbook_is_named_with_its_variable() {
    let stage = set(&[("LAMPLIGHTER_PLAYBOOK", "/nowhere/playbook.yaml")]).await;
    let (error, ended) = stage.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    assert!(error.message.contains("`LAMPLIGHTER_PLAYBOOK`"), "{}", error.message);
    assert!(error.message.contains("`/nowhere/playbook.yaml`"), "{}", error.message);
    assert!(!ended.status.success());
    let log = ended.log().unwrap();
    assert!(log.iter().any(|line| line["level"] == "ERROR"), "{log:?}");
}

#[tokio::test]
async fn a_playbook_that_is_none_is_named_with_the_line() {
    let stage = set(&[("LAMPLIGHTER_PLAYBOOK", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))]).await;
    let (error, ended) = stage.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    assert!(error.message.contains("`LAMPLIGHTER_PLAYBOOK`"), "{}", error.message);
    assert!(error.message.contains("line 1"), "{}", error.message);
    assert!(!ended.status.success());
}

#[tokio::test]
async fn a_mode_that_is_none_is_named_with_its_value_and_what_is_expected() {
    let stage = set(&[("LAMPLIGHTER_MODE", "dry")]).await;
    let (error, ended) = stage.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    for part in ["`LAMPLIGHTER_MODE`", "`dry`", "`apply` or `plan`"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
    assert!(!ended.status.success());
}

#[tokio::test]
async fn a_topic_that_is_none_is_named() {
    let stage = set(&[("LAMPLIGHTER_OUTCOMES_TOPIC", "outcomes")]).await;
    let (error, _) = stage.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    assert!(error.message.contains("`LAMPLIGHTER_OUTCOMES_TOPIC` is `outcomes`"), "{}", error.message);
}
