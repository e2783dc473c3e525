//! An address as evidence.

use super::*;

async fn health(url: &str, reply: Reply) -> (Health, Vec<String>) {
    let evidence = Evidence::Https(id(url));
    with([reply], async |aws| aws.health(&evidence, Some(now())).await.unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn an_address_is_asked_once_and_as_it_is_written() {
    for (url, sent) in [
        ("https://www.example.com", "https://www.example.com/"),
        (
            "https://www.example.com:8443/healthz/?deep=1&x=%20#top",
            "https://www.example.com:8443/healthz/?deep=1&x=%20",
        ),
        ("https://www.example.com?deep=1", "https://www.example.com/?deep=1"),
    ] {
        let (health, asked) = health(url, empty(200)).await;
        assert_eq!(health, Health::now(HealthState::Healthy, &format!("{url} answers 200")));
        assert_eq!(asked, [format!("unsigned GET {sent} user-agent=lamplighter")]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_is_healthy_from_200_to_399() {
    for (status, expected) in [
        (199, HealthState::Unhealthy),
        (204, HealthState::Healthy),
        (301, HealthState::Healthy),
        (399, HealthState::Healthy),
        (400, HealthState::Unhealthy),
        (503, HealthState::Unhealthy),
    ] {
        let (health, _) = health("https://www.example.com/", empty(status)).await;
        assert_eq!(health, Health::now(expected, &format!("https://www.example.com/ answers {status}")));
    }
}

/// The alarm does not come again, so one packet that is lost must be no final word: the message comes again.
#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_shows_nothing_and_is_waited_for_again() {
    for (reply, why) in
        [(Reply::Dead, "Connection refused (os error 111)"), (Reply::Silent, "no answer within 5000 ms")]
    {
        let evidence = Evidence::Https(id("https://www.example.com/"));
        let (fault, asked) = with([reply], async |aws| aws.health(&evidence, None).await.unwrap_err()).await;
        assert_eq!((fault.is_transient(), fault.code(), asked.len()), (true, "unavailable", 1));
        assert_eq!(
            (fault.to_string().as_str(), fault.source.to_string().as_str()),
            ("failed to ask https://www.example.com/", why)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_whose_certificate_is_bad_is_unhealthy_and_says_why() {
    let (health, asked) = health("https://www.example.com/", Reply::Untrusted).await;
    let words = "https://www.example.com/ does not answer well: invalid peer certificate: UnknownIssuer";
    assert_eq!((health, asked.len()), (Health::now(HealthState::Unhealthy, words), 1));
}

#[tokio::test(start_paused = true)]
async fn an_address_is_not_waited_for_beyond_the_invocation() {
    let wire = Wire::of([Reply::Silent]);
    let begun = tokio::time::Instant::now();
    let evidence = Evidence::Https(id("https://www.example.com/"));
    let fault = clients(&wire).until(left(3)).health(&evidence, None).await.unwrap_err();
    assert_eq!(fault.source.to_string(), "no answer within 2500 ms");
    assert_eq!(begun.elapsed().as_millis(), 2_500);
}
