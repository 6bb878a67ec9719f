//! Tests of `Webhook`: who is believed and what becomes of a call.

use super::*;
use neurite_core::{Acquisition, Connection, Connections, Context, Endpoint, Field, Plugin, PluginError, SecretText, Services};
use neurite_testkit::{block_on, detached_context, FakeClock, FakeIngress};
use serde_json::{json, Value};
use std::{collections::BTreeMap, sync::Arc};

/// A body, and its HMAC-SHA256 under the secret `It's a Secret to Everybody`, as GitHub's documentation gives them.
const BODY: &str = "Hello, World!";
const HMAC: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn connections() -> Connections {
    let connection = |password: Option<&str>| Connection {
        endpoint: Endpoint { url: "https://service.example".into(), user: None, password: password.map(SecretText::new) },
        open_to_jobs: false,
    };
    let secret = connection(Some("It's a Secret to Everybody"));
    Connections::new(BTreeMap::from([("service".to_owned(), secret), ("silent".to_owned(), connection(None))]))
}

fn open(parameters: Value, ingress: &Arc<FakeIngress>) -> Result<Box<dyn Acquisition>, PluginError> {
    let context = detached_context();
    let services = Services {
        clock: Arc::new(FakeClock::jumping()),
        ingress: ingress.clone(),
        connections: Arc::new(connections()),
        ..context.services.clone()
    };
    let parameters: WebhookParameters = serde_json::from_value(parameters).unwrap();
    assert_eq!(Webhook.check(&parameters), []);
    block_on(Webhook.open(parameters, &Context { services, ..context }))
}

#[test]
fn only_calls_with_the_right_hmac_become_rows() {
    let ingress = Arc::new(FakeIngress::default());
    let mut rows = open(json!({ "SECRET": "connection:service", "METHOD": "PUT" }), &ingress).unwrap();
    assert_eq!(ingress.routes()[0].method, "PUT");
    let call = |header: &str, value: &str| ingress.send("webhook", &[], &[(header, value)], BODY.into());
    let header = "x-hub-signature-256";
    let wrong = ["", "sha256=", "sha256=00", &format!("sha512={HMAC}"), &HMAC.replace('7', "8")].map(|value| call(header, value));
    let elsewhere = call("x-other", HMAC);
    let right = [call(header, &format!("sha256={HMAC}")), call(header, HMAC)];
    let batch = block_on(rows.next_batch()).unwrap().unwrap();
    assert_eq!(batch.field(Field::MESSAGE).unwrap().as_text().unwrap(), [BODY, BODY]);
    for refused in wrong.into_iter().chain([elsewhere]) {
        assert_eq!(block_on(refused).unwrap().status, 401);
    }
    assert_eq!(right.map(|right| block_on(right).unwrap().body), [json!({ "row": 1 }), json!({ "row": 2 })]);
}

#[test]
fn without_a_secret_every_call_counts() {
    let ingress = Arc::new(FakeIngress::default());
    let mut rows = open(json!({ "PATH": "a/b" }), &ingress).unwrap();
    let call = ingress.send("a/b", &[], &[], b"x=1".to_vec());
    assert_eq!(block_on(rows.next_batch()).unwrap().unwrap().rows(), 1);
    assert_eq!(block_on(call).unwrap().status, 202);
}

#[test]
fn a_secret_must_come_from_a_connection_that_has_one() {
    let ingress = Arc::new(FakeIngress::default());
    for secret in ["connection:silent", "connection:unknown", "https://service.example", "secret"] {
        let error = open(json!({ "SECRET": secret }), &ingress).err().unwrap();
        assert!(matches!(&error, PluginError::Parameters { path, .. } if path == "/SECRET"), "{error}");
    }
    assert!(ingress.routes().is_empty());
}
