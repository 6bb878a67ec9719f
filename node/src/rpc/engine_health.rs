//! Asks the engine beside this node how it is.
//!
//! The engine is another process and may be gone, slow, or something else altogether that listens on its port: the answer is
//! bounded in time and size and parsed before it is passed on, and redirects are not followed.

use super::error::RpcError;
use crate::engine::EngineUrl;
use reqwest::{redirect, Client, Response};
use serde_json::Value;
use std::{error::Error, time::Duration};

/// How long the engine may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The longest answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;
/// Where the engine tells how it is.
const HEALTH_PATH: &str = "/v1/health";

/// Asks the engine over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct EngineClient {
    url: String,
    http: Client,
}

impl EngineClient {
    /// Prepares to ask the engine at this address; nothing is sent yet.
    pub(crate) fn new(engine: EngineUrl) -> Result<Self, reqwest::Error> {
        Self::with_timeout(&engine, TIMEOUT)
    }

    fn with_timeout(engine: &EngineUrl, timeout: Duration) -> Result<Self, reqwest::Error> {
        let http = Client::builder().timeout(timeout).redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { url: engine.join(HEALTH_PATH), http })
    }

    /// Returns what the engine says of itself. Safe to cancel.
    pub(super) async fn health(&self) -> Result<Value, RpcError> {
        let response = self.http.get(&self.url).send().await.map_err(|error| self.unreachable(&error))?;
        if !response.status().is_success() {
            return Err(RpcError::EngineStatus { url: self.url.clone(), status: response.status().as_u16() });
        }
        let answer = self.read(response).await?;
        serde_json::from_slice(&answer)
            .map_err(|error| RpcError::EngineAnswerMalformed { url: self.url.clone(), reason: error.to_string() })
    }

    /// Reads an answer up to [`MAX_ANSWER`], whatever length it claims to have.
    async fn read(&self, mut response: Response) -> Result<Vec<u8>, RpcError> {
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if answer.len() + chunk.len() > MAX_ANSWER {
                return Err(RpcError::EngineAnswerTooLong { url: self.url.clone(), limit: MAX_ANSWER });
            }
            answer.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn unreachable(&self, error: &reqwest::Error) -> RpcError {
        if error.is_timeout() {
            return RpcError::EngineUnreachable { url: self.url.clone(), reason: "no answer in time".into() };
        }
        // The innermost error is the system's own; the others only say that a request failed.
        let mut cause: &dyn Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        RpcError::EngineUnreachable { url: self.url.clone(), reason: cause.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// Serves one connection with `answer` and returns what the client made of it.
    async fn health_of(answer: Vec<u8>) -> Result<Value, RpcError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("the listener is bound").port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("the client connects");
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.expect("the client asks");
            assert!(request[..length].starts_with(b"GET /v1/health HTTP/1.1\r\n"));
            // The client may hang up before all is written.
            let _ = stream.write_all(&answer).await;
        });
        client(port, Duration::from_secs(30)).health().await
    }

    fn client(port: u16, timeout: Duration) -> EngineClient {
        let url = EngineUrl::parse(&format!("http://127.0.0.1:{port}"), false).expect("the address is valid");
        EngineClient::with_timeout(&url, timeout).expect("the client needs nothing from outside")
    }

    fn response(status: &str, body: &[u8]) -> Vec<u8> {
        let mut response = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).into_bytes();
        response.extend_from_slice(body);
        response
    }

    #[tokio::test]
    async fn passes_on_what_the_engine_says() {
        let health = health_of(response("200 OK", br#"{"status":"ok","jobs":2}"#)).await;
        assert_eq!(health.expect("the engine is well"), serde_json::json!({"status": "ok", "jobs": 2}));
    }

    #[tokio::test]
    async fn reports_a_status_that_is_no_success() {
        for status in ["500 Internal Server Error", "302 Found", "404 Not Found"] {
            let error = health_of(response(status, b"{}")).await.expect_err("the engine is not well");
            assert!(matches!(error, RpcError::EngineStatus { .. }), "{error}");
        }
    }

    #[tokio::test]
    async fn refuses_too_long_an_answer() {
        let body = vec![b' '; MAX_ANSWER + 1];
        let error = health_of(response("200 OK", &body)).await.expect_err("the answer is too long");
        assert!(matches!(error, RpcError::EngineAnswerTooLong { limit: MAX_ANSWER, .. }), "{error}");
    }

    #[tokio::test]
    async fn refuses_too_long_an_answer_that_does_not_say_its_length() {
        let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        answer.extend(vec![b' '; 4 * MAX_ANSWER]);
        let error = health_of(answer).await.expect_err("the answer is too long");
        assert!(matches!(error, RpcError::EngineAnswerTooLong { .. }), "{error}");
    }

    #[tokio::test]
    async fn refuses_what_is_no_json() {
        let error = health_of(response("200 OK", b"<html>")).await.expect_err("that is no JSON");
        assert!(matches!(error, RpcError::EngineAnswerMalformed { .. }), "{error}");
    }

    #[tokio::test]
    async fn reports_an_engine_that_is_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("the listener is bound").port();
        drop(listener);
        let error = client(port, Duration::from_secs(30)).health().await.expect_err("nobody listens");
        assert!(matches!(error, RpcError::EngineUnreachable { .. }), "{error}");
        assert!(error.to_string().contains("--engine-url"));
    }

    #[tokio::test]
    async fn gives_up_on_an_engine_that_says_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("the listener is bound").port();
        let error = client(port, Duration::from_millis(50)).health().await.expect_err("nobody answers");
        assert!(error.to_string().contains("no answer in time"), "{error}");
        drop(listener);
    }
}
