//! From keys and commands to paths as CloudFront takes them.

use serde_json::json;

use crate::site::{ONE, SITE, Site, change, command, event};

/// The items that an event becomes.
async fn items(event: &serde_json::Value) -> Vec<String> {
    let site = Site::with(ONE);
    let outcome = site.gets(event).await;
    assert_eq!(outcome.returned.len(), 0, "{:?}", outcome.verdicts());
    site.only(SITE).items
}

/// The items that a command's paths become.
async fn asked(paths: &[&str]) -> Vec<String> {
    items(&command(json!({"paths": paths}))).await
}

#[tokio::test]
async fn a_space_in_a_key_is_encoded_once() {
    for name in ["s3-in-sns-in-sqs", "s3-in-sns-in-sqs-raw"] {
        assert_eq!(items(&event(name)).await, ["/assets/wind%20map.png"], "{name}");
    }
    assert_eq!(items(&change("assets/wind map.png")).await, ["/assets/wind%20map.png"]);
    assert_eq!(asked(&["/assets/wind map.png", "/assets/wind%20map.png"]).await, ["/assets/wind%20map.png"]);
}

#[tokio::test]
async fn a_key_is_decoded_only_where_its_form_needs_it() {
    let notified = items(&event("s3-form-encoded-keys")).await;
    assert_eq!(
        notified,
        [
            "/assets/maps/1+1=2%2050%25.png",
            "/assets/maps/Z%C3%BCrich%20(north).png",
            "/assets/maps/north-east@noon.png",
            "/assets/maps/wind%20map.png",
        ]
    );
    // EventBridge leaves keys as they are: `+` is a plus sign, and `%25` three characters of the key.
    assert_eq!(items(&event("s3-eventbridge")).await, ["/assets/maps/wind+map%20100%2525.png"]);
}

#[tokio::test]
async fn what_is_not_ascii_is_encoded_and_nothing_is_encoded_that_need_not_be() {
    assert_eq!(asked(&["/caf\u{e9}/men\u{fc}.html"]).await, ["/caf%C3%A9/men%C3%BC.html"]);
    assert_eq!(asked(&["/a(b)+c,d;e=f&g@h!i$j'k.html"]).await, ["/a(b)+c,d;e=f&g@h!i$j'k.html"]);
}

#[tokio::test]
async fn a_wildcard_is_not_encoded_away() {
    assert_eq!(asked(&["/assets/*"]).await, ["/assets/*"]);
    assert_eq!(asked(&["/search?q=*"]).await, ["/search?q=*"]);
}

#[tokio::test]
async fn a_tilde_is_invalidated_through_its_directory() {
    assert_eq!(items(&change("assets/maps/old~1.png")).await, ["/assets/maps/*"]);
    assert_eq!(asked(&["/~editor/index.html", "/b/%7Ex.css"]).await, ["/*"]);
    assert_eq!(asked(&["/b/%7Ex.css"]).await, ["/b/*"]);
}

#[tokio::test]
async fn a_path_that_is_too_long_is_invalidated_through_a_directory_above_it() {
    let directory = "d".repeat(1_000);
    let key = format!("assets/{directory}/{}.css", "f".repeat(3_500));
    assert_eq!(items(&change(&key)).await, [format!("/assets/{directory}/*")]);
    let longest = format!("/{}.css", "p".repeat(4_000 - 5));
    assert_eq!(asked(&[&longest]).await, [longest.as_str()]);
}

#[tokio::test]
async fn a_directory_is_invalidated_with_and_without_its_slash() {
    assert_eq!(asked(&["/forecast"]).await, ["/forecast", "/forecast/"]);
    assert_eq!(asked(&["/forecast/"]).await, ["/forecast", "/forecast/"]);
    assert_eq!(asked(&["/"]).await, ["/", "/index.html"]);
    assert_eq!(asked(&["/index.html"]).await, ["/", "/index.html"]);
    assert_eq!(asked(&["/app.css"]).await, ["/app.css"]);
}

#[tokio::test]
async fn the_object_that_is_served_for_a_directory_is_invalidated_with_it() {
    let site = Site::prod();
    site.gets(&change("site/forecast/index.html")).await;
    assert_eq!(site.only(SITE).items, ["/forecast", "/forecast/", "/forecast/index.html"]);
}
