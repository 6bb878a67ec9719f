//! A node without a chain, on an embedded broker, asked over real HTTP.

use super::*;
use crate::http::HttpIngress;
use neurite_core::{Ingress, Route};
use reqwest::{Client, Method, StatusCode};
use serde_json::{json, Value};

/// Runs a scene beside a node and gives it the node, its URL and its token.
fn beside_a_node(scene: impl AsyncFnOnce(&Node, &str, &str)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let base = BaseFolder::new(folder.path().join("node"));
    runtime.block_on(async {
        base::prepare(&base).unwrap();
        let broker = Broker::start(BrokerConfig::new(([127, 0, 0, 1], 0).into(), None)).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (running, node) = start(&base, &EngineConfig::default(), &broker.url(), listener).await.unwrap();
        let token = std::fs::read_to_string(base.api_token()).unwrap();
        scene(&node, &url, &token).await;
        running.stop(&node, Duration::from_secs(5)).await;
        broker.shutdown().await;
    });
}

async fn description(url: &str) -> Value {
    let answer = Client::new().get(format!("{url}/v1/openapi.json")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

/// Opens a route that answers every request with its body.
fn open_echo(ingress: &HttpIngress) -> tokio::task::JoinHandle<()> {
    let route = Route {
        pipeline: "echo".into(),
        method: "PUT",
        path: "cameras/{id}".into(),
        summary: "Says the same.".into(),
        request: Some(json!({ "type": "integer" })),
        response: json!({ "type": "integer" }),
        max_body: 100,
    };
    let mut requests = ingress.open(route, 1).unwrap();
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            let body = serde_json::from_slice(&request.body).unwrap();
            (request.answer)(neurite_core::Response { status: 200, body });
        }
    })
}

#[test]
fn the_description_names_every_route_and_only_those_that_answer() {
    beside_a_node(async |_, url, _| {
        let description = description(url).await;
        let paths = description["paths"].as_object().unwrap();
        assert!(paths.len() >= 10, "{paths:?}");
        for (path, operations) in paths {
            let at = format!("{url}{}", path.replace("{name}", "nothing"));
            // No route takes it.
            let refused = Client::new().request(Method::TRACE, &at).send().await.unwrap();
            assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let allowed = refused.headers()["allow"].to_str().unwrap().to_lowercase();
            let mut served: Vec<&str> = allowed.split(',').filter(|method| *method != "head").collect();
            served.sort_unstable();
            let mut described: Vec<&str> = operations.as_object().unwrap().keys().map(String::as_str).collect();
            described.sort_unstable();
            assert_eq!(served, described, "{path}");
            for (method, operation) in operations.as_object().unwrap() {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let status = Client::new().request(method, &at).send().await.unwrap().status();
                assert_eq!(status == StatusCode::UNAUTHORIZED, operation.get("security").is_some(), "{path}");
            }
        }
    });
}

#[test]
fn a_pipelines_route_answers_and_is_described_until_the_node_stops() {
    beside_a_node(async |node, url, token| {
        let echo = open_echo(&node.ingress);
        let operation = &description(url).await["paths"]["/v1/pipelines/echo/cameras/{id}"]["put"];
        assert_eq!(operation["summary"], "Says the same.");
        assert_eq!(operation["requestBody"]["content"]["application/json"]["schema"]["type"], "integer");
        assert_eq!(operation["parameters"][0]["name"], "id");
        let ask = Client::new().put(format!("{url}/v1/pipelines/echo/cameras/7")).bearer_auth(token).json(&42).send().await.unwrap();
        assert_eq!((ask.status(), ask.json::<Value>().await.unwrap()), (StatusCode::OK, json!(42)));
        node.ingress.close();
        echo.await.unwrap();
        assert!(description(url).await["paths"].get("/v1/pipelines/echo/cameras/{id}").is_none());
    });
}
