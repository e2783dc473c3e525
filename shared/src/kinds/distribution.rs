//! CloudFront distributions, and what `invalidate-cache` can be asked to do with them.

use std::num::NonZeroUsize;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::text::text_type;
use crate::command::{Action, InvalidCommand, decode_fields, one_of};

/// A distribution, or one tenant of a multi-tenant distribution.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "DistributionKeys")]
#[schemars(with = "DistributionKeys")]
pub struct Distribution {
    /// What is invalidated.
    pub cache: Cache,
    /// The buckets whose objects it serves.
    pub sources: Vec<ObjectSource>,
    /// A directory with more changed objects than this is invalidated as a whole; `None`: only when it must be.
    pub collapse_over: Option<NonZeroUsize>,
    /// The object that is served for a directory, where the edge or the bucket's website does so.
    pub index_document: Option<FileName>,
}

/// What an invalidation is addressed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cache {
    /// A distribution.
    Distribution(DistributionId),
    /// One tenant of a multi-tenant distribution.
    Tenant(TenantId),
}

impl Cache {
    /// The id that AWS knows it by.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Distribution(id) => &id.0,
            Self::Tenant(id) => &id.0,
        }
    }
}

/// Objects of a bucket, and where a viewer finds them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectSource {
    /// The bucket's name.
    pub bucket: BucketName,
    /// Only objects whose key begins so. Empty: all of them.
    #[serde(default)]
    pub prefix: KeyPrefix,
    /// What stands in a viewer's path in the prefix's place. `/` where it is left out.
    #[serde(default)]
    pub path: Directory,
}

impl ObjectSource {
    /// The rest of a key behind this source's prefix, if the object is one of this source's.
    #[must_use]
    pub fn rest_of<'key>(&self, bucket: &str, key: &'key str) -> Option<&'key str> {
        if self.bucket.0 != bucket {
            return None;
        }
        key.strip_prefix(self.prefix.0.as_str())
    }
}

/// The keys of a target of kind `distribution`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DistributionKeys {
    /// The distribution's id. This or `distribution-tenant`.
    distribution: Option<DistributionId>,
    /// The id of a tenant of a multi-tenant distribution. This or `distribution`.
    distribution_tenant: Option<TenantId>,
    /// The buckets whose objects it serves.
    #[serde(default)]
    sources: Vec<ObjectSource>,
    /// Invalidate a directory as a whole when more of its objects than this have changed.
    collapse_over: Option<NonZeroUsize>,
    /// The object that is served for a directory, as `index.html`.
    index_document: Option<FileName>,
}

impl TryFrom<DistributionKeys> for Distribution {
    type Error = &'static str;

    fn try_from(keys: DistributionKeys) -> Result<Self, Self::Error> {
        let DistributionKeys { distribution, distribution_tenant, sources, collapse_over, index_document } =
            keys;
        let cache = match (distribution, distribution_tenant) {
            (Some(id), None) => Cache::Distribution(id),
            (None, Some(id)) => Cache::Tenant(id),
            (None, None) => {
                return Err("neither `distribution` nor `distribution-tenant`; expected one of them");
            }
            (Some(_), Some(_)) => {
                return Err("both `distribution` and `distribution-tenant`; expected one of them");
            }
        };
        Ok(Self { cache, sources, collapse_over, index_document })
    }
}

text_type!(
    /// The id of a distribution.
    DistributionId,
    "the id of a distribution: `E`, then capital letters and digits",
    |text| text.len() > 1 && text.starts_with('E') && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
);
text_type!(
    /// The id of a tenant of a multi-tenant distribution.
    TenantId,
    "the id of a distribution tenant: `dt_`, then letters and digits",
    |text| text.strip_prefix("dt_").is_some_and(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric()))
);
text_type!(
    /// The name of a bucket, by the rules for general purpose buckets.
    BucketName,
    "the name of a bucket: 3 to 63 of a-z, 0-9, `.` and `-`",
    |text| (3..=63).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
);
text_type!(
    /// The beginning of keys: empty, or without a slash before it.
    #[derive(Default)]
    KeyPrefix,
    "the beginning of keys, which do not start with `/`",
    |text| !text.starts_with('/')
);
text_type!(
    /// A directory of a viewer's path.
    Directory,
    "a path that starts and ends with `/`",
    |text| text.starts_with('/') && text.ends_with('/')
);
text_type!(
    /// The name of a file, without its directory.
    FileName,
    "the name of a file, without `/`",
    |text| !text.is_empty() && !text.contains('/')
);

impl Default for Directory {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

/// What `invalidate-cache` can be asked to do: `invalidate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalidate {
    /// Whatever the cache holds.
    Everything,
    /// These.
    Items {
        /// Viewers' paths: each starts with `/`; a `*` at the end stands for anything.
        paths: Vec<String>,
        /// Cache tags, without the `#` before them.
        tags: Vec<String>,
    },
}

/// The most paths and tags of one command: CloudFront's limit of files in progress for a distribution.
/// Source: CloudFront developer guide, "Quotas on invalidations".
pub const MAX_ITEMS_OF_A_COMMAND: usize = 3_000;

/// The longest cache tag. Source: CloudFront developer guide, "Invalidate by cache tags".
pub const MAX_TAG_CHARS: usize = 256;

impl Invalidate {
    /// The only action.
    pub const NAME: &'static str = "invalidate";
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvalidateFields {
    paths: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    everything: Option<bool>,
}

impl Action for Invalidate {
    const NAMES: &'static [&'static str] = &[Self::NAME];

    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand> {
        if name != Self::NAME {
            return Err(InvalidCommand::new("action", Some(&json!(name)), one_of(Self::NAMES)));
        }
        let InvalidateFields { paths, tags, everything } = decode_fields(fields)?;
        match (&paths, &tags, everything) {
            (None, None, Some(true)) => return Ok(Self::Everything),
            (Some(_), _, Some(true)) | (_, Some(_), Some(true)) => {
                let expected = "no `paths` and no `tags` beside it, as it covers them all";
                return Err(InvalidCommand::new("everything", Some(&json!(true)), expected));
            }
            (None, None, Some(false) | None) => {
                return Err(InvalidCommand::new("paths", None, "`paths`, `tags` or `everything: true`"));
            }
            (Some(_), _, _) | (_, Some(_), _) => {}
        }
        check("paths", paths.as_deref(), is_path, "a path that starts with `/`, as viewers ask for it")?;
        check("tags", tags.as_deref(), is_tag, "1 to 256 printable ASCII characters without a comma")?;
        // A tag may also be written among the paths, as CloudFront's own API takes it.
        let (marked, paths): (Vec<_>, Vec<_>) =
            paths.unwrap_or_default().into_iter().partition(|item| item.starts_with('#'));
        let mut tags = tags.unwrap_or_default();
        tags.extend(marked.into_iter().map(|item| item[1..].to_owned()));
        let total = paths.len() + tags.len();
        if total > MAX_ITEMS_OF_A_COMMAND {
            let expected = format!(
                "at most {MAX_ITEMS_OF_A_COMMAND} (CloudFront's limit); use wildcards or `everything`"
            );
            return Err(InvalidCommand {
                field: "paths".into(),
                found: format!("a list of {total}"),
                expected,
            });
        }
        Ok(Self::Items { paths, tags })
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') || text.strip_prefix('#').is_some_and(is_tag)
}

fn is_tag(text: &str) -> bool {
    (1..=MAX_TAG_CHARS).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic() && c != ',')
}

fn check(
    field: &str,
    items: Option<&[String]>,
    accepts: fn(&str) -> bool,
    expected: &str,
) -> Result<(), InvalidCommand> {
    let Some(items) = items else { return Ok(()) };
    if items.is_empty() {
        return Err(InvalidCommand {
            field: field.into(),
            found: "an empty list".into(),
            expected: "at least one".into(),
        });
    }
    for (index, item) in items.iter().enumerate() {
        if !accepts(item) {
            return Err(InvalidCommand::new(format!("{field}[{index}]"), Some(&json!(item)), expected));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(fields: Value) -> Result<Invalidate, String> {
        let Value::Object(fields) = fields else { panic!("not an object") };
        Invalidate::decode("invalidate", fields).map_err(|error| error.to_string())
    }

    fn texts(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn paths_tags_and_everything_are_understood() {
        assert_eq!(decode(json!({"everything": true})), Ok(Invalidate::Everything));
        let expected = Invalidate::Items { paths: texts(&["/a", "/b/*"]), tags: texts(&["y", "x"]) };
        assert_eq!(decode(json!({"paths": ["/a", "#x", "/b/*"], "tags": ["y"]})), Ok(expected));
    }

    #[test]
    fn bad_fields_are_named_with_value_and_expectation() {
        let too_many: Vec<String> = (0..=3_000).map(|n| format!("/{n}")).collect();
        for (fields, expected) in [
            (json!({}), "field `paths` is missing; expected `paths`, `tags` or `everything: true`"),
            (json!({"paths": []}), "field `paths` is an empty list; expected at least one"),
            (json!({"tags": []}), "field `tags` is an empty list; expected at least one"),
            (
                json!({"paths": ["/a", "index.html"]}),
                "field `paths[1]` is `index.html`; expected a path that starts with `/`, as viewers ask for it",
            ),
            (
                json!({"tags": ["a,b"]}),
                "field `tags[0]` is `a,b`; expected 1 to 256 printable ASCII characters without a comma",
            ),
            (json!({"paths": "/a"}), "field `paths` is `/a`; expected a sequence"),
            (json!({"paths": [7]}), "field `paths[0]` is `7`; expected a string"),
            (
                json!({"path": ["/a"]}),
                "field `path` is unknown; expected one of `paths`, `tags`, `everything`",
            ),
            (
                json!({"everything": true, "paths": ["/a"]}),
                "field `everything` is `true`; expected no `paths` and no `tags` beside it, as it covers them all",
            ),
            (
                json!({"paths": too_many}),
                "field `paths` is a list of 3001; expected at most 3000 (CloudFront's limit); use wildcards or `everything`",
            ),
        ] {
            assert_eq!(decode(fields).unwrap_err(), expected);
        }
    }

    #[test]
    fn an_unknown_action_is_told_the_known_ones() {
        let error = Invalidate::decode("purge", Map::new()).unwrap_err();
        assert_eq!(error.to_string(), "field `action` is `purge`; expected `invalidate`");
    }

    #[test]
    fn a_key_belongs_to_the_sources_of_its_bucket_and_prefix() {
        let source: ObjectSource =
            serde_json::from_value(json!({"bucket": "weather-assets", "prefix": "assets/"})).unwrap();
        assert_eq!(source.path.as_str(), "/");
        assert_eq!(source.rest_of("weather-assets", "assets/app.css"), Some("app.css"));
        assert_eq!(source.rest_of("weather-assets", "other/app.css"), None);
        assert_eq!(source.rest_of("elsewhere", "assets/app.css"), None);
    }
}
