//! The same server behind TLS, with a certificate that nobody signed.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use crate::wire::{Reply, Seen, Wire, serve};

/// Starts a server at `https://localhost`; the certificate is for the name given.
pub(crate) async fn start(name: &str, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Wire {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (seen, reply) = (Seen::default(), Arc::new(reply));
    let (log, acceptor) = (seen.clone(), acceptor(name));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            log.connected();
            let (log, reply, acceptor) = (log.clone(), Arc::clone(&reply), acceptor.clone());
            tokio::spawn(async move {
                let stream = acceptor.accept(stream).await?;
                serve(stream, &log, reply.as_ref()).await
            });
        }
    });
    Wire { url: format!("https://localhost:{port}"), seen }
}

fn acceptor(name: &str) -> TlsAcceptor {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
