//! Paths: spelt, covered, collapsed and widened, as tables and as properties.

use proptest::prelude::*;

use super::*;

fn items(paths: &[&str]) -> Items {
    Items::new(paths.iter().map(|path| (*path).to_owned()), [])
}

fn set(paths: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    paths.into_iter().collect()
}

fn file_name(name: &str) -> FileName {
    FileName::try_from(name.to_owned()).unwrap()
}

#[test]
fn keys_are_encoded_as_cloudfront_wants_them_and_no_further() {
    for (key, expected) in [
        ("app.css", "/app.css"),
        ("red flower.jpg", "/red%20flower.jpg"),
        ("a+b.txt", "/a+b.txt"),
        ("a%20b.txt", "/a%2520b.txt"),
        ("a@b:c,d;e=f&g$h!i'(j).txt", "/a@b:c,d;e=f&g$h!i'(j).txt"),
        ("what?.html", "/what%3F.html"),
        ("#1.html", "/%231.html"),
        ("grüße/日本.html", "/gr%C3%BC%C3%9Fe/%E6%97%A5%E6%9C%AC.html"),
        ("<a>[b]{c}|d\\e^f`g\"h", "/%3Ca%3E%5Bb%5D%7Bc%7D%7Cd%5Ce%5Ef%60g%22h"),
        ("in*side.txt", "/in*side.txt"),
    ] {
        assert_eq!(of_key("/", key), expected);
    }
}

#[test]
fn paths_of_commands_keep_their_escapes_and_query_strings() {
    for (path, expected) in [
        ("/a%20b", "/a%20b"),
        ("/100%", "/100%25"),
        ("/100%zz", "/100%25zz"),
        ("/a b", "/a%20b"),
        ("/a?b=c&d=*", "/a?b=c&d=*"),
        ("/dir/*", "/dir/*"),
        ("/ü%C3%BC", "/%C3%BC%C3%BC"),
    ] {
        assert_eq!(of_command(path), expected);
    }
}

#[test]
fn a_tilde_falls_back_to_the_wildcard_of_its_directory() {
    for (path, expected) in [
        ("/~user/index.html", "/*"),
        ("/docs/~draft.html", "/docs/*"),
        ("/docs/a~b/c.html", "/docs/*"),
        ("/docs/a%7Eb.html", "/docs/*"),
        ("/docs/a%7eb.html", "/docs/*"),
        ("/docs/b/~*", "/docs/b/*"),
    ] {
        assert_eq!(of_command(path), expected);
    }
    assert_eq!(of_key("/assets/", "backup~"), "/assets/*");
    // In a key, `%7E` is text and not a tilde, and is encoded as text.
    assert_eq!(of_key("/", "a%7Eb"), "/a%257Eb");
}

#[test]
fn a_path_of_4000_characters_is_taken_and_a_longer_one_widened() {
    let longest = format!("/d/{}", "x".repeat(MAX_CHARS - 3));
    assert_eq!(of_command(&longest), longest);
    assert_eq!(of_command(&format!("{longest}x")), "/d/*");
    // Encoding makes it longer than it looks.
    assert_eq!(of_key("/d/", &"é".repeat(1_000)), "/d/*");
    // The wildcard itself must not be too long either.
    let directory = format!("/d/{}/", "y".repeat(MAX_CHARS - 5));
    assert_eq!(of_command(&format!("{directory}name")), format!("{directory}*"));
    let longer_directory = format!("/d/{}/", "y".repeat(MAX_CHARS - 4));
    assert_eq!(of_command(&format!("{longer_directory}name")), "/d/*");
}

#[test]
fn what_a_wildcard_covers_drops_out() {
    let all = items(&["/a", "/a", "/b/c", "/b/*", "/b/d/*", "/b", "/c*", "/cd", "/ce/*"]);
    assert_eq!(all.to_wire(), ["/a", "/b", "/b/*", "/c*"]);
    assert_eq!((all.len(), all.files(), all.wildcards()), (4, 2, 2));
    assert_eq!(items(&["/a", "/*", "/b/*"]).to_wire(), ["/*"]);
}

#[test]
fn tags_are_one_whatever_their_case_and_everything_covers_them() {
    let tags = || ["Product-1".to_owned(), "product-1".to_owned(), "b".to_owned()];
    assert_eq!(Items::new(["/a".to_owned()], tags()).to_wire(), ["#b", "#product-1", "/a"]);
    assert_eq!(Items::new(["/*".to_owned()], tags()).to_wire(), ["/*"]);
}

#[test]
fn twins_of_a_directory_and_of_the_root_go_together() {
    for (path, index, expected) in [
        ("/", None, vec!["/", "/index.html"]),
        ("/index.html", None, vec!["/", "/index.html"]),
        ("/", Some("home.htm"), vec!["/", "/home.htm"]),
        ("/dir", None, vec!["/dir", "/dir/"]),
        ("/dir/", None, vec!["/dir", "/dir/"]),
        ("/dir/", Some("index.html"), vec!["/dir", "/dir/", "/dir/index.html"]),
        ("/dir/index.html", Some("index.html"), vec!["/dir", "/dir/", "/dir/index.html"]),
        ("/dir/index.html", None, vec![]),
        ("/app.css", None, vec![]),
        ("/dir/*", None, vec![]),
        ("/dir?page=2", None, vec![]),
    ] {
        assert_eq!(
            twins(path, Spelling::Viewer, index.map(file_name).as_ref()),
            expected,
            "{path} {index:?}"
        );
    }
}

#[test]
fn the_key_of_an_object_is_no_directory_for_want_of_a_dot() {
    for (path, index, expected) in [
        ("/LICENSE", None, vec![]),
        ("/LICENSE", Some("index.html"), vec![]),
        ("/dir/", None, vec!["/dir", "/dir/"]),
        ("/index.html", None, vec!["/", "/index.html"]),
        ("/dir/index.html", Some("index.html"), vec!["/dir", "/dir/", "/dir/index.html"]),
    ] {
        assert_eq!(twins(path, Spelling::Key, index.map(file_name).as_ref()), expected, "{path} {index:?}");
    }
}

#[test]
fn a_directory_with_more_changes_than_the_limit_collapses_to_its_wildcard() {
    let images = |count: usize| (0..count).map(|n| format!("/assets/img/{n:03}.png"));
    let styles = || (0..3).map(|n| format!("/assets/css/{n}.css"));

    let at_limit = collapse(&set(images(50).chain(styles())), "/assets/", 60);
    assert_eq!(at_limit.len(), 53);
    let over = collapse(&set(images(51).chain(styles())), "/assets/", 50);
    assert_eq!(over, ["/assets/css/0.css", "/assets/css/1.css", "/assets/css/2.css", "/assets/img/*"]);
    // No single directory is over the limit here, but the one above them is.
    let both =
        collapse(&set(images(30).chain((0..30).map(|n| format!("/assets/css/{n}.css")))), "/assets/", 50);
    assert_eq!(both, ["/assets/*"]);
    let flat = collapse(&set((0..51).map(|n| format!("/{n}"))), "/", 50);
    assert_eq!(flat, ["/*"]);
}

#[test]
fn a_path_above_its_base_is_kept_when_its_siblings_collapse() {
    let paths = set(["/a/1", "/a/2", "/*"].map(str::to_owned));
    assert_eq!(collapse(&paths, "/a/", 1), ["/a/*", "/*"]);
}

#[test]
fn what_does_not_fit_is_widened_where_it_is_deepest_and_fullest() {
    let many = || (0..4).map(|n| format!("/a/b/{n}")).chain(["/a/c".to_owned(), "/d".to_owned()]);
    let given = Items::new(many(), []);
    let wire = |files, wildcards| fit(&given, Room { files, wildcards }).map(|items| items.to_wire());
    assert_eq!(wire(6, 0).unwrap().len(), 6);
    assert_eq!(wire(5, 1).unwrap(), ["/a/b/*", "/a/c", "/d"]);
    assert_eq!(wire(1, 1).unwrap(), ["/a/*", "/d"]);
    assert_eq!(wire(0, 1).unwrap(), ["/*"]);
    assert_eq!(wire(5, 0), None);
    assert_eq!(fit(&Items::everything(), Room { files: 0, wildcards: 0 }), None);
}

#[test]
fn the_limits_of_cloudfront_are_met_exactly() {
    let files = |count: usize| Items::new((0..count).map(|n| format!("/f/{n}")), []);
    assert_eq!(fit(&files(3_000), Room::EMPTY).unwrap().len(), 3_000);
    assert_eq!(fit(&files(3_001), Room::EMPTY).unwrap().to_wire(), ["/f/*"]);
    let wildcards = |count: usize| Items::new((0..count).map(|n| format!("/w/{n}/*")), []);
    assert_eq!(fit(&wildcards(15), Room::EMPTY).unwrap().len(), 15);
    assert_eq!(fit(&wildcards(16), Room::EMPTY).unwrap().to_wire(), ["/w/*"]);
}

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec("[ab]{1,2}", 1..5).prop_flat_map(|parts| {
        let path = format!("/{}", parts.join("/"));
        prop_oneof![
            6 => Just(path.clone()),
            1 => Just(format!("{path}*")),
            1 => Just(format!("{path}/*")),
            1 => Just(format!("{path}/"))
        ]
    })
}

proptest! {
    #[test]
    fn fitting_covers_every_item_and_keeps_within_the_room(
        paths in proptest::collection::vec(path(), 1..60),
        tags in proptest::collection::vec("[a-c]", 0..4),
        files in 0_usize..40,
        wildcards in 0_usize..6,
    ) {
        let given = Items::new(paths, tags);
        let room = Room { files, wildcards };
        match fit(&given, room) {
            Some(fitted) => {
                prop_assert!(room.takes(&fitted));
                for item in given.to_wire() {
                    prop_assert!(fitted.covers(&item), "{item} in {fitted:?}");
                }
            }
            None => prop_assert_eq!(wildcards, 0),
        }
    }

    #[test]
    fn dropping_covered_paths_loses_none(paths in proptest::collection::vec(path(), 1..40)) {
        let kept = Items::new(paths.clone(), []);
        for path in &paths {
            prop_assert!(kept.covers(path), "{path} in {kept:?}");
        }
        for path in kept.to_wire() {
            let others = kept.paths.iter().filter(|other| **other != path);
            prop_assert!(!others.into_iter().any(|other| is_under(&path, other)), "{path} in {kept:?}");
        }
    }

    #[test]
    fn collapsing_covers_every_path(paths in proptest::collection::btree_set(path(), 1..40), limit in 1_usize..10) {
        let collapsed = Items::new(collapse(&paths, "/", limit), []);
        for path in &paths {
            prop_assert!(collapsed.covers(path), "{path} in {collapsed:?}");
        }
    }

    #[test]
    fn any_key_becomes_a_path_that_cloudfront_takes(key in any::<String>()) {
        let path = of_key("/", &key);
        prop_assert!(path.starts_with('/') && path.len() <= MAX_CHARS && path.is_ascii(), "{path}");
        prop_assert!(!path.contains('~') && !path.contains(' ') && !path.contains('#') && !path.contains('?'), "{path}");
    }

    #[test]
    fn any_path_of_a_command_becomes_one_that_cloudfront_takes(rest in any::<String>()) {
        let path = of_command(&format!("/{rest}"));
        prop_assert!(path.starts_with('/') && path.len() <= MAX_CHARS && path.is_ascii(), "{path}");
        prop_assert!(!path.contains('~') && !path.to_lowercase().contains("%7e"), "{path}");
        prop_assert_eq!(of_command(&path), path);
    }
}
