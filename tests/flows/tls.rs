//! The server of [`crate::wire`] behind TLS, with certificates that the tests make.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CertifiedKey, DnType, IsCa, KeyPair, date_time_ymd,
    generate_simple_self_signed,
};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::wire::{Reply, Seen, Wire, serve};

/// Starts a server at `https://localhost` with a self-signed certificate for this name.
pub(crate) async fn start(name: &str, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Wire {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    start_with(acceptor(cert.der().clone(), &signing_key), reply).await
}

/// Starts a server at `https://localhost` with a certificate of [`Authority::acceptor`].
pub(crate) async fn start_with(acceptor: TlsAcceptor, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Wire {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (seen, reply) = (Seen::default(), Arc::new(reply));
    let log = seen.clone();
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

/// A certificate authority. Clients that trust its own certificate trust those that it signs.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "authority of a test");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate, as DER.
    pub(crate) fn der(&self) -> &[u8] {
        self.0.as_ref().der()
    }

    /// A TLS acceptor with a certificate for this name that expires at the start of this year.
    pub(crate) fn acceptor(&self, name: &str, year: i32) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        acceptor(params.signed_by(&key, &self.0).unwrap().der().clone(), &key)
    }
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
