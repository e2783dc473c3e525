//! Names and other texts that have a form of their own.

use proptest::prelude::*;

use super::*;

#[test]
fn the_same_name_has_many_spellings() {
    for (one, other) in [
        ("www.example.com", "www.example.com."),
        ("www.example.com.", "www.example.com"),
        ("WWW.Example.com", "www.eXAMPLE.COM."),
        ("*.example.com", "\\052.example.com."),
        ("_dmarc.example.com", "\\137DMARC.example.com"),
        ("a-b.example.com", "\\101-\\142.example.com"),
    ] {
        assert!(text::<RecordName>(one).is(other), "{one} {other}");
    }
}

#[test]
fn another_name_is_no_spelling() {
    for (one, other) in [
        ("www.example.com", "ww.example.com"),
        ("www.example.com", "www.example.com.example.com"),
        ("www.example.com", ""),
        ("*.example.com", "\\52.example.com"),
        ("*.example.com", "\\0522.example.com"),
        ("*.example.com", "\\134052.example.com"),
        ("*.example.com", "\\\\052.example.com"),
        // A dot within a label is no end of it.
        ("a.b.example.com", "a\\056b.example.com"),
    ] {
        assert!(!text::<RecordName>(one).is(other), "{one} {other}");
    }
}

#[test]
fn a_spelling_keeps_what_it_does_not_know() {
    for (written, expected) in [
        ("\\052.Example.com.", "*.example.com"),
        ("\\344.example.com", "\\344.example.com"),
        ("\\400.example.com", "\\134400.example.com"),
        ("a\\", "a\\134"),
        ("\\0ä2", "\\1340ä2"),
        ("", ""),
        (".", ""),
    ] {
        assert_eq!(normal(written), expected, "{written}");
    }
}

#[test]
fn records_have_names_in_full() {
    let (label, long) = ("a".repeat(63), "a".repeat(64));
    let longest = [label.as_str(); 4].join(".");
    let most = &longest[..253];
    for good in ["a.b", "a.b.", "*.example.com", "_x._tcp.example.com", "1.example.com", most] {
        assert_eq!(text::<RecordName>(good).as_str(), good);
    }
    for bad in [
        "",
        ".",
        "example",
        "example.",
        ".example.com",
        "www..example.com",
        "www.example.com..",
        "*a.example.com",
        "w w.example.com",
        "\\052.example.com",
        "wäg.example.com",
        &format!("{long}.com"),
        &format!("{longest}.a"),
    ] {
        assert!(RecordName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn ids_and_other_texts_keep_to_their_forms() {
    fn all<T: TryFrom<String>>(texts: &[&str]) -> Vec<bool> {
        texts.iter().map(|text| T::try_from((*text).to_owned()).is_ok()).collect()
    }
    let control = "arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/r";
    let long = |text: &str, times: usize| text.repeat(times);
    assert_eq!(all::<ZoneId>(&["Z1EXAMPLE", "Z2FDTNDATAQYW2"]), [true; 2]);
    assert_eq!(all::<ZoneId>(&["", "z1", "/hostedzone/Z1", "E1EXAMPLE", &long("Z", 33)]), [false; 5]);
    assert_eq!(all::<SetIdentifier>(&["primary", "My set: 1", &long("a", 128)]), [true; 3]);
    assert_eq!(all::<SetIdentifier>(&["", "a\nb", &long("a", 129)]), [false; 3]);
    assert_eq!(all::<HealthCheckId>(&["11111111-2222-3333-4444-555555555555"]), [true]);
    assert_eq!(all::<HealthCheckId>(&["", "1111", "a b-c", &long("a-", 40)]), [false; 4]);
    assert_eq!(all::<ControlArn>(&[control, &control.replacen("aws", "aws-cn", 1)]), [true; 2]);
    assert_eq!(
        all::<ControlArn>(&["", "r", &control.replace("routingcontrol", "x"), &format!("{control} ")]),
        [false; 4]
    );
    assert_eq!(all::<ObjectKey>(&["a", "a/b-c_d.e*f'g(h)!", &long("a", 1024)]), [true; 3]);
    assert_eq!(all::<ObjectKey>(&["", "/a", "a b", "ä", &long("a", 1025)]), [false; 5]);
    assert_eq!(all::<AlarmName>(&["a", "Größe: 5xx / min", &long("ä", 255)]), [true; 3]);
    assert_eq!(all::<AlarmName>(&["", "a\nb", &long("a", 256)]), [false; 3]);
    assert_eq!(all::<HttpsUrl>(&["https://a", "https://a:8443/b?c=d#e"]), [true; 2]);
    assert_eq!(
        all::<HttpsUrl>(&[
            "",
            "http://a",
            "https://",
            "https:///a",
            "https://user@a/",
            "https://a/b c",
            "https://a/ä",
            &format!("https://{}", long("a", 2048)),
        ]),
        [false; 8]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn the_one_spelling_of_a_name_is_its_own(written in r"([a-zA-Z.*ä0-7]|\\|\\[0-7]{1,3}|\\134|\\056){0,12}") {
        let once = normal(&written);
        prop_assert_eq!(normal(&once), once);
    }

    #[test]
    fn a_name_is_itself_however_route_53_writes_it(
        name in "[*]?([a-zA-Z0-9_-]{1,8}[.]){1,4}[a-z]{2,5}",
        escaped in prop::collection::vec(any::<bool>(), 64),
    ) {
        let name = name.replacen('*', "*.", 1);
        let letter = |(letter, escaped): (char, &bool)| match letter {
            '.' => letter.to_string(),
            _ if *escaped => format!("\\{:03o}", u32::from(letter)),
            _ => letter.to_uppercase().to_string(),
        };
        let written: String = name.chars().zip(&escaped).map(letter).collect();
        prop_assert!(text::<RecordName>(&name).is(&format!("{written}.")), "{written}");
    }
}
