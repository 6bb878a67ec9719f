//! What the tests of several plugins need: a context with a connection, a server that can be taken away, and a certificate.

use neurite_core::{Connection, Connections, Context, Endpoint, SecretText};
use neurite_testkit::detached_context;
use rustls::{
    crypto::ring,
    pki_types::{pem::PemObject, CertificateDer, PrivateKeyDer},
    RootCertStore, ServerConfig,
};
use std::{collections::BTreeMap, future::Future, process::Command, sync::Arc, time::Duration};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

/// How long the tests wait for what must happen.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Returns a context with the connection `house`.
pub(crate) fn context(url: &str, user: Option<&str>, password: Option<&str>) -> Context {
    let endpoint = Endpoint { url: url.into(), user: user.map(str::to_owned), password: password.map(SecretText::new) };
    let house = Connection { endpoint, open_to_jobs: false };
    let mut context = detached_context();
    context.services.connections = Arc::new(Connections::new(BTreeMap::from([("house".to_owned(), house)])));
    context
}

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

/// A server in a runtime of its own: it dies with all its connections.
pub(crate) struct Server(Option<Runtime>);

impl Server {
    pub(crate) fn start(serve: impl Future<Output = ()> + Send + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(serve);
        Self(Some(runtime))
    }

    /// Returns once the address is free.
    pub(crate) async fn stop(mut self) {
        let runtime = self.0.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(DEADLINE)).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes a certificate for loopback: what a server needs to show it, and what a client needs to believe it.
pub(crate) fn certificate() -> (TlsAcceptor, RootCertStore) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let config = "[req]\ndistinguished_name=name\nx509_extensions=extensions\nprompt=no\n[name]\nCN=loopback\n\
                  [extensions]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=IP:127.0.0.1\n";
    std::fs::write(path("config"), config).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-config"])
        .arg(path("config"))
        .arg("-keyout")
        .arg(path("key"))
        .arg("-out")
        .arg(path("certificate"))
        .output()
        .expect("openssl can be started");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_file(path("certificate")).unwrap();
    let key = PrivateKeyDer::from_pem_file(path("key")).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    (TlsAcceptor::from(Arc::new(config)), roots)
}
