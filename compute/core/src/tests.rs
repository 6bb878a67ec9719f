//! Tests of the parts that every plugin relies on.

use super::*;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{json, Map, Value};
use std::{io, path::PathBuf, sync::Arc};

fn label(values: Vec<i64>) -> Field {
    Field::new(Field::LABEL, Tensor::i64(vec![values.len()], values).unwrap())
}

#[test]
fn a_tensor_whose_shape_and_data_disagree_is_refused() {
    assert!(Tensor::f32(vec![2, 3], vec![0.0; 6]).is_ok());
    assert!(Tensor::f32(vec![2, 3], vec![0.0; 5]).is_err());
    assert!(Tensor::f32(vec![usize::MAX, 2], vec![]).is_err());
    assert!(Tensor::i64(vec![1; bounds::MAX_RANK + 1], vec![1]).is_err());
}

#[test]
fn a_batch_with_uneven_or_doubled_fields_is_refused() {
    assert!(Batch::new(0, vec![]).is_err());
    assert!(Batch::new(0, vec![label(vec![])]).is_err());
    assert!(Batch::new(0, vec![label(vec![1]), label(vec![1])]).is_err());
    let features = Field::new(Field::FEATURES, Tensor::f32(vec![2, 1], vec![0.0, 1.0]).unwrap());
    assert!(Batch::new(0, vec![label(vec![1]), features.clone()]).is_err());
    let batch = Batch::new(7, vec![label(vec![1, 2]), features]).unwrap();
    assert_eq!((batch.start(), batch.end(), batch.rows()), (7, 9, 2));
    assert_eq!(batch.field(Field::LABEL).unwrap().as_i64(), Some(&[1, 2][..]));
}

#[test]
fn an_outbox_is_bounded() {
    let mut outbox = Outbox::default();
    for _ in 0..bounds::MAX_OUTBOX {
        outbox.push(PayloadKind::Data, Map::new()).unwrap();
    }
    assert_eq!(outbox.push(PayloadKind::Data, Map::new()).unwrap_err().class(), FailureClass::Resources);
    assert_eq!(outbox.take().len(), bounds::MAX_OUTBOX);
    assert!(outbox.take().is_empty());
}

#[test]
fn paths_that_could_leave_their_folder_are_refused() {
    for path in ["", "/a", "../a", "a/../b", "a/..", "./a", "a//b", "a/", "a\\b", "a\0b"] {
        assert!(RelativePath::new(path).is_none(), "{path:?}");
    }
    for path in ["a", "a/b.csv", "..a", "a..b/c", ".hidden"] {
        assert!(RelativePath::new(path).is_some(), "{path:?}");
    }
    assert!(RelativePath::new("a".repeat(bounds::MAX_PATH + 1)).is_none());
}

#[test]
fn links_that_leave_their_folder_are_refused() {
    let canonicalize: fn(PathBuf) -> io::Result<PathBuf> =
        |path| Ok(if path.ends_with("link") { PathBuf::from("/etc/passwd") } else { path });
    let folder = ConfinedFolder::new("/base/data", canonicalize);
    assert_eq!(folder.resolve(&RelativePath::new("a/b").unwrap()).unwrap(), PathBuf::from("/base/data/a/b"));
    let error = folder.resolve(&RelativePath::new("link").unwrap()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}

#[test]
fn a_long_reason_is_cut_at_a_character() {
    let error = PluginError::internal("ü".repeat(bounds::MAX_REASON));
    assert!(error.to_string().len() <= bounds::MAX_REASON);
}

proptest! {
    #[test]
    fn shards_partition_the_rows(total in any::<u64>(), count in 1u16..200) {
        let mut expected = 0;
        for index in 0..count {
            let range = Shard::new(index, count).unwrap().range(total);
            prop_assert_eq!(range.start, expected);
            let length = range.end - range.start;
            prop_assert!(length == total / u64::from(count) || length == total / u64::from(count) + 1);
            expected = range.end;
        }
        prop_assert_eq!(expected, total);
    }
}

/// Counts things.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct CounterParameters {
    /// How far to count.
    #[schemars(range(min = 1))]
    up_to: u32,
}

struct Counter;

struct Counting(u32);

impl Communication for Counting {
    fn send<'a>(&'a self, _: &'a Origin, _: &'a Payload) -> BoxFuture<'a, Result<(), PluginError>> {
        let up_to = self.0;
        Box::pin(async move { Err(PluginError::unavailable("counter", up_to.to_string())) })
    }
}

impl Plugin for Counter {
    type Instance = Arc<dyn Communication>;
    type Parameters = CounterParameters;
    const SIGNATURE: &'static str = "COUNTER";

    fn check(&self, parameters: &CounterParameters) -> Vec<ParameterFault> {
        let odd = parameters.up_to % 2 == 1;
        odd.then(|| ParameterFault { path: "/UP_TO".into(), message: "must be even".into() }).into_iter().collect()
    }

    fn open<'a>(&'a self, parameters: CounterParameters, _: &'a Context) -> BoxFuture<'a, Result<Self::Instance, PluginError>> {
        Box::pin(async move { Ok(Arc::new(Counting(parameters.up_to)) as Self::Instance) })
    }
}

#[test]
fn the_registry_describes_checks_and_lists() {
    let mut registry = Registry::default();
    registry.register(Counter).unwrap();
    assert!(matches!(registry.register(Counter), Err(RegistryError::Duplicate { .. })));
    let descriptor = registry.descriptor(PluginKind::Communication, "COUNTER").unwrap();
    assert_eq!(descriptor.description, "Counts things.");
    assert_eq!(descriptor.schema.pointer("/properties/UP_TO/description"), Some(&json!("How far to count.")));
    assert_eq!(descriptor.schema.pointer("/additionalProperties"), Some(&json!(false)));
    let check = |parameters: Value| registry.check(PluginKind::Communication, "COUNTER", &parameters).unwrap();
    assert!(check(json!({ "UP_TO": 2 })).is_empty());
    assert_eq!(check(json!({ "UP_TO": 3 }))[0].path, "/UP_TO");
    assert_eq!(check(json!({ "UP": 3 })).len(), 1);
    let error = registry.descriptor(PluginKind::Communication, "NOTHING").unwrap_err();
    assert_eq!(error.to_string(), "unknown communication plugin \"NOTHING\"; available: COUNTER");
    assert!(registry.descriptors(PluginKind::Business).is_empty());
}

#[test]
fn a_star_stands_for_any_characters() {
    for (pattern, name) in [("*", ""), ("*.csv", "a.csv"), ("a*", "a"), ("a*b*c", "aXbYbc"), ("**x", "x"), ("a", "a")] {
        assert!(name_matches(pattern, name), "{pattern} {name}");
    }
    for (pattern, name) in [("*.csv", "a.csv.1"), ("a*a", "a"), ("a*b*c", "acb"), ("a", "ab"), ("*b", "a")] {
        assert!(!name_matches(pattern, name), "{pattern} {name}");
    }
}

#[test]
fn what_is_shown_of_a_need_has_no_secret() {
    for (url, expected) in [
        ("https://hooks.example/services/s3cret?token=s3cret", "service https://hooks.example"),
        ("ws://user:s3cret@127.0.0.1:9000", "service ws://127.0.0.1:9000"),
        ("amqp://[::1]:5672/%2f", "service amqp://[::1]:5672"),
    ] {
        let endpoint = Endpoint { url: url.into(), user: Some("ann".into()), password: Some(SecretText::new("s3cret")) };
        assert_eq!(Need::Service(endpoint).to_string(), expected);
    }
}
