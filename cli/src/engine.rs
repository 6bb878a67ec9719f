//! The engine's HTTP interface, as far as the command line asks it.

use crate::{signer, CliError};
use neurite_primitives::{
    ids::{NodePublic, NodeSignature},
    messages::LinkProof,
    DeedId, JobId, ShardIndex,
};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::value::RawValue;
use sp_runtime::AccountId32;
use std::{path::Path, time::Duration};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client of one engine.
#[derive(Debug, Clone)]
pub struct Engine {
    url: String,
    client: Client,
}

/// Who an engine's node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineIdentity {
    /// Its chain account.
    pub account: AccountId32,
    /// Its public key.
    pub node_public: NodePublic,
}

/// What an engine knows of a job, as `GET /v1/jobs` answers.
#[derive(Debug, Deserialize)]
pub struct EngineJob {
    /// SS58 address of the sender.
    pub sender: String,
    /// The sender's count.
    pub id: JobId,
    /// The shards that the engine knows results of.
    #[serde(default)]
    pub shards: Vec<EngineShard>,
}

/// What an engine knows of a shard.
#[derive(Debug, Deserialize)]
pub struct EngineShard {
    /// The shard.
    pub shard: ShardIndex,
    /// The deed that its worker signed for.
    pub deed: DeedId,
    /// The result, byte for byte as it was signed.
    pub result: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct IdentityAnswer {
    account: String,
    node_public: String,
}

#[derive(Deserialize)]
struct JobsAnswer {
    jobs: Vec<EngineJob>,
}

#[derive(Deserialize)]
struct SignatureAnswer {
    signature: String,
}

impl Engine {
    /// Makes a client; nothing is asked yet.
    pub fn new(url: &str) -> Result<Self, CliError> {
        let url = with_scheme(url, "http").trim_end_matches('/').to_owned();
        let built = Client::builder().timeout(PATIENCE).no_proxy().build();
        let client = built.map_err(|error| CliError::Engine { url: url.clone(), reason: error.to_string() })?;
        Ok(Self { url, client })
    }

    /// Where the engine is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks who the engine's node is.
    pub async fn identity(&self) -> Result<EngineIdentity, CliError> {
        let answer: IdentityAnswer = self.ask(self.client.get(self.at("/v1/identity"))).await?;
        let account = signer::parse_account(&answer.account).map_err(|reason| self.fault(reason))?;
        let node_public = signer::parse_node_public(&answer.node_public).map_err(|reason| self.fault(reason))?;
        Ok(EngineIdentity { account, node_public })
    }

    /// Asks what the engine knows of jobs.
    pub async fn jobs(&self) -> Result<Vec<EngineJob>, CliError> {
        let answer: JobsAnswer = self.ask(self.client.get(self.at("/v1/jobs"))).await?;
        Ok(answer.jobs)
    }

    /// Has the node sign that `proof.owner` may link it.
    pub async fn link_proof(&self, token_file: &Path, proof: &LinkProof) -> Result<NodeSignature, CliError> {
        let token = std::fs::read_to_string(token_file);
        let token = token.map_err(|error| CliError::File { path: token_file.to_owned(), reason: error.to_string() })?;
        let body = serde_json::json!({
            "genesis": format!("0x{}", hex::encode(proof.genesis.0)),
            "deed": proof.deed,
            "owner": signer::show_account(&proof.owner),
            "generation": proof.generation,
        });
        let answer: SignatureAnswer = self.ask(self.client.post(self.at("/v1/link-proof")).bearer_auth(token.trim()).json(&body)).await?;
        let signature = parse_signature(&answer.signature).map_err(|reason| self.fault(reason))?;
        Ok(signature)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn fault(&self, reason: String) -> CliError {
        CliError::Engine { url: self.url.clone(), reason }
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, request: RequestBuilder) -> Result<T, CliError> {
        let mut response = request.send().await.map_err(|error| self.fault(innermost(&error)))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.fault(innermost(&error)))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(self.fault(format!("the answer is longer than {MAX_ANSWER} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            let words: String = String::from_utf8_lossy(&body).chars().take(300).collect();
            return Err(self.fault(format!("{status} {words}").trim_end().to_owned()));
        }
        serde_json::from_slice(&body).map_err(|error| self.fault(format!("the answer does not parse: {error}")))
    }
}

/// The cause at the bottom, which says what happened; the top only says that a request failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Reads a node's signature, 65 bytes in hexadecimal.
pub fn parse_signature(text: &str) -> Result<NodeSignature, String> {
    let bytes = hex::decode(text.trim_start_matches("0x")).ok().and_then(|bytes| <[u8; 65]>::try_from(bytes).ok());
    bytes.map(NodeSignature::from_raw).ok_or_else(|| "the signature is not 65 bytes in hexadecimal".to_owned())
}

/// Puts a scheme before an address that has none.
pub fn with_scheme(address: &str, scheme: &str) -> String {
    if address.contains("://") {
        address.to_owned()
    } else {
        format!("{scheme}://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread::JoinHandle,
    };

    /// Answers one request with a body; returns what was asked.
    fn serve(status: &'static str, body: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            // The body, if there is one, is a JSON object and ends the request.
            while !(request.ends_with(b"}") || (request.starts_with(b"GET") && request.ends_with(b"\r\n\r\n"))) {
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).unwrap();
            String::from_utf8(request).unwrap()
        });
        (address, thread)
    }

    #[tokio::test]
    async fn results_keep_the_bytes_that_were_signed() {
        let body = r#"{"jobs":[{"sender":"5G","id":1,"state":"Running","shards":[{"shard":0,"deed":4,"result":{"B": 1.50, "A":2}}]}]}"#;
        let (address, thread) = serve("200 OK", body);
        let jobs = Engine::new(&address).unwrap().jobs().await.unwrap();
        assert_eq!(jobs[0].shards[0].result.as_ref().unwrap().get(), "{\"B\": 1.50, \"A\":2}");
        assert!(thread.join().unwrap().starts_with("GET /v1/jobs "));
    }

    #[tokio::test]
    async fn a_link_proof_is_asked_with_the_token() {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("api-token");
        std::fs::write(&token, "secret\n").unwrap();
        let (address, thread) = serve("401 Unauthorized", "{\"error\":\"no\"}");
        let proof = LinkProof { genesis: Default::default(), deed: 2, owner: AccountId32::new([1; 32]), generation: 3 };
        let error = Engine::new(&address).unwrap().link_proof(&token, &proof).await.unwrap_err();
        assert!(error.to_string().contains("401"), "{error}");
        let request = thread.join().unwrap();
        assert!(request.starts_with("POST /v1/link-proof ") && request.contains("Bearer secret") && request.contains("\"generation\":3"));
    }

    #[tokio::test]
    async fn an_engine_that_is_not_there_is_named() {
        let error = Engine::new("127.0.0.1:1").unwrap().identity().await.unwrap_err();
        assert!(error.to_string().starts_with("the engine at http://127.0.0.1:1: "), "{error}");
    }

    #[test]
    fn addresses_get_a_scheme() {
        assert_eq!(with_scheme("127.0.0.1:5", "mqtt"), "mqtt://127.0.0.1:5");
        assert_eq!(with_scheme("http://a:5", "mqtt"), "http://a:5");
    }
}
