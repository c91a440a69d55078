//! A client as an app would write it for itself: the same settings, headers and members, and
//! nothing else.
#![allow(dead_code, reason = "an app would read the members")]

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    header::{ACCEPT, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use serde::Deserialize;

#[derive(Clone)]
pub(crate) struct ByHand {
    http: reqwest::Client,
    url: String,
}

impl ByHand {
    pub(crate) fn new(url: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("x-plex-client-identifier", super::IDENTIFIER),
            ("x-plex-product", super::PRODUCT),
            ("x-plex-version", super::VERSION),
            ("x-plex-token", super::TOKEN),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let http = reqwest::Client::builder()
            .user_agent("by-hand/1.0")
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(Policy::none())
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        Self { http, url: format!("{url}/api/v2") }
    }

    pub(crate) async fn user(&self) -> reqwest::Result<User> {
        self.http.get(format!("{}/user", self.url)).send().await?.error_for_status()?.json().await
    }

    pub(crate) async fn resources(&self) -> reqwest::Result<Vec<Resource>> {
        let call = self.http.get(format!("{}/resources", self.url)).query(&[("includeHttps", 1), ("includeRelay", 1)]);
        call.send().await?.error_for_status()?.json().await
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    id: i64,
    uuid: Option<String>,
    username: Option<String>,
    title: Option<String>,
    email: Option<String>,
    friendly_name: Option<String>,
    locale: Option<String>,
    confirmed: Option<bool>,
    joined_at: Option<i64>,
    email_only_auth: Option<bool>,
    has_password: Option<bool>,
    protected: Option<bool>,
    thumb: Option<String>,
    auth_token: Option<String>,
    mailing_list_status: Option<String>,
    mailing_list_active: Option<bool>,
    scrobble_types: Option<String>,
    country: Option<String>,
    pin: Option<String>,
    subscription_description: Option<String>,
    restricted: Option<bool>,
    anonymous: Option<bool>,
    home: Option<bool>,
    guest: Option<bool>,
    home_size: Option<i64>,
    home_admin: Option<bool>,
    max_home_size: Option<i64>,
    remember_expires_at: Option<i64>,
    ads_consent: Option<bool>,
    ads_consent_set_at: Option<i64>,
    ads_consent_reminder_at: Option<i64>,
    experimental_features: Option<bool>,
    two_factor_enabled: Option<bool>,
    backup_codes_created: Option<bool>,
    attribution_partner: Option<String>,
    subscription: Option<Subscription>,
    profile: Option<Profile>,
    #[serde(default)]
    entitlements: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Subscription {
    active: Option<bool>,
    subscribed_at: Option<Timestamp>,
    status: Option<String>,
    payment_service: Option<String>,
    plan: Option<String>,
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    auto_select_audio: Option<bool>,
    default_audio_accessibility: Option<i64>,
    default_audio_language: Option<String>,
    #[serde(default)]
    default_audio_languages: Vec<String>,
    default_subtitle_language: Option<String>,
    #[serde(default)]
    default_subtitle_languages: Vec<String>,
    auto_select_subtitle: Option<i64>,
    default_subtitle_accessibility: Option<i64>,
    default_subtitle_forced: Option<i64>,
    watched_indicator: Option<i64>,
    media_reviews_visibility: Option<i64>,
    #[serde(default)]
    media_reviews_languages: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Service {
    identifier: Option<String>,
    endpoint: Option<String>,
    token: Option<String>,
    secret: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    name: Option<String>,
    product: Option<String>,
    product_version: Option<String>,
    platform: Option<String>,
    platform_version: Option<String>,
    device: Option<String>,
    client_identifier: String,
    created_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    provides: Option<String>,
    owner_id: Option<i64>,
    source_title: Option<String>,
    public_address: Option<String>,
    access_token: Option<String>,
    owned: Option<bool>,
    home: Option<bool>,
    synced: Option<bool>,
    relay: Option<bool>,
    presence: Option<bool>,
    https_required: Option<bool>,
    public_address_matches: Option<bool>,
    dns_rebinding_protection: Option<bool>,
    nat_loopback_supported: Option<bool>,
    #[serde(default)]
    connections: Vec<Connection>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Connection {
    protocol: Option<Protocol>,
    address: Option<String>,
    port: Option<i64>,
    uri: Option<String>,
    local: Option<bool>,
    relay: Option<bool>,
    #[serde(rename = "IPv6")]
    ipv6: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Protocol {
    Http,
    Https,
}
