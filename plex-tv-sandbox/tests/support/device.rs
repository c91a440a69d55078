//! A device with its own key, which signs any claims.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::SystemTime;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use plex_tv_sandbox::Sandbox;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::Harness;

pub(crate) struct Device {
    pub(crate) client_identifier: String,
    pub(crate) kid: String,
    pair: Ed25519KeyPair,
}

pub(crate) fn device(client_identifier: &str) -> Device {
    let pair = Ed25519KeyPair::generate().unwrap();
    let kid = format!("key-of-{client_identifier}");
    Device { client_identifier: String::from(client_identifier), kid, pair }
}

pub(crate) fn epoch_seconds(sandbox: &Sandbox) -> i64 {
    let since = sandbox.now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

impl Device {
    pub(crate) fn jwk(&self) -> Value {
        let x = BASE64.encode(self.pair.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.kid, "use": "sig", "alg": "EdDSA"})
    }

    /// The claims that every device JWT has.
    pub(crate) fn claims(&self, sandbox: &Sandbox) -> Value {
        let now = epoch_seconds(sandbox);
        json!({"aud": "plex.tv", "iss": self.client_identifier, "iat": now, "exp": now + 300})
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "kid": self.kid, "typ": "JWT"});
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature = BASE64.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    pub(crate) fn call(&self, plex: &Harness, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = plex.bare(method, path).header("Accept", "application/json");
        request.header("X-Plex-Client-Identifier", &self.client_identifier)
    }

    /// Registers the key with a token.
    pub(crate) async fn register(&self, plex: &Harness, token: &str) -> Response {
        let request = self.call(plex, Method::POST, "/api/v2/auth/jwk").header("X-Plex-Token", token);
        request.json(&json!({"jwk": self.jwk()})).send().await.unwrap()
    }

    pub(crate) async fn nonce(&self, plex: &Harness) -> String {
        let response = self.call(plex, Method::GET, "/api/v2/auth/nonce").send().await.unwrap();
        let (status, body) = super::json(response).await;
        assert_eq!(status, 200);
        String::from(body["nonce"].as_str().unwrap())
    }

    /// Exchanges a device JWT with these claims for a Plex JWT.
    pub(crate) async fn exchange(&self, plex: &Harness, claims: &Value) -> (u16, Value) {
        self.exchange_text(plex, &self.sign(claims)).await
    }

    pub(crate) async fn exchange_text(&self, plex: &Harness, jwt: &str) -> (u16, Value) {
        let request = self.call(plex, Method::POST, "/api/v2/auth/token").json(&json!({"jwt": jwt}));
        super::json(request.send().await.unwrap()).await
    }

    /// Returns a new Plex JWT. The key must be registered.
    pub(crate) async fn renew(&self, plex: &Harness, scope: &str) -> String {
        let mut claims = self.claims(&plex.sandbox);
        claims["nonce"] = json!(self.nonce(plex).await);
        claims["scope"] = json!(scope);
        let (status, body) = self.exchange(plex, &claims).await;
        assert_eq!(status, 200, "{body}");
        String::from(body["auth_token"].as_str().unwrap())
    }

    /// Returns the status of a call with this token.
    pub(crate) async fn status(&self, plex: &Harness, token: &str) -> u16 {
        let request = self.call(plex, Method::GET, "/api/v2/user").header("X-Plex-Token", token);
        request.send().await.unwrap().status().as_u16()
    }
}

/// Returns the header and claims of a Plex JWT if one of the published keys has signed it.
pub(crate) async fn verified(plex: &Harness, token: &str) -> Option<(Value, Value)> {
    let keys = published(plex).await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let object = |part| serde_json::from_slice::<Value>(&BASE64.decode(part).unwrap()).unwrap();
    let (header, claims) = (object(header), object(claims));
    let key = keys.iter().find(|key| key["kid"] == header["kid"])?;
    let x = BASE64.decode(key["x"].as_str().unwrap()).unwrap();
    let good = UnparsedPublicKey::new(&ED25519, x).verify(signed.as_bytes(), &BASE64.decode(signature).unwrap());
    good.ok().map(|()| (header, claims))
}

/// Returns the keys at `/auth/keys`, which needs no headers.
pub(crate) async fn published(plex: &Harness) -> Vec<Value> {
    let response = plex.bare(Method::GET, "/api/v2/auth/keys").send().await.unwrap();
    let (status, body) = super::json(response).await;
    assert_eq!(status, 200);
    body["keys"].as_array().unwrap().clone()
}
