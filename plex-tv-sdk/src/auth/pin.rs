//! Sign-in with a PIN: a person approves in a browser while the app polls.

use std::{fmt, num::TryFromIntError, time::Duration};

#[cfg(feature = "jwt")]
use jiff::SignedDuration;
use reqwest::Url;

use super::poll::{PinPoll, PinStatus, PinWait, gone};
#[cfg(feature = "jwt")]
use super::{DeviceKey, device_jwt::ahead, poll::Proof};
use crate::{
    Client, Error, Secret,
    v2::types::{LinkPinBody, PinInfo},
};

/// The assumed lifetime of a PIN when plex.tv does not send it: the shorter of the two that have
/// been seen.
const USUAL_LIFE: Duration = Duration::from_secs(900);

/// A PIN sign-in that has not started yet. Returned by [`Client::pin_login`].
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// let flow = client.pin_login().strong().start().await?;
/// println!("Open {}", flow.auth_url());
/// let client = flow.wait().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing happens before `start`"]
pub struct PinLogin {
    client: Client,
    strong: bool,
    forward_url: Option<String>,
    #[cfg(feature = "jwt")]
    key: Option<DeviceKey>,
}

impl PinLogin {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            strong: false,
            forward_url: None,
            #[cfg(feature = "jwt")]
            key: None,
        }
    }

    /// Uses a long code that is part of the approval address, so there is nothing to type. Without
    /// it, the code has four characters, and the user types it at plex.tv/link.
    pub fn strong(self) -> Self {
        Self { strong: true, ..self }
    }

    /// The address that the browser goes to after the approval. It must be http or https: plex.tv
    /// drops other schemes.
    pub fn forward_url(self, url: impl Into<String>) -> Self {
        Self { forward_url: Some(url.into()), ..self }
    }

    /// Signs in with this device key. The token is then a Plex JWT, valid for seven days, which the
    /// client renews with the key. Key and token are saved in the client's store, if it has one. A
    /// second user needs a separate key: see [`DeviceKey`].
    ///
    /// Media servers have been reported to refuse JWTs: see [`Client::register_device_key`]. This
    /// also cannot be undone: a later sign-in without a key, under the same client identifier, has
    /// been reported to give a token that plex.tv refuses.
    #[cfg(feature = "jwt")]
    pub fn device_key(self, key: &DeviceKey) -> Self {
        Self { key: Some(key.clone()), ..self }
    }

    /// Requests a PIN from plex.tv.
    ///
    /// # Errors
    /// `is_invalid_input` for a forward URL that is not http or https; `is_device_key_taken` and
    /// `is_device_removed` with a device key; otherwise the errors of any call.
    ///
    /// Calls `POST /api/v2/pins`.
    pub async fn start(self) -> Result<PinFlow, Error> {
        let forward_url = self.forward_url.as_deref().map(checked_forward_url).transpose()?;
        let call = self.client.v2().get_pin();
        let call = if self.strong { call.strong(true) } else { call };
        #[cfg(feature = "jwt")]
        let call = match &self.key {
            Some(key) => {
                let jwk = key.jwk();
                call.body(crate::v2::types::GetPinBody::new().jwk(jwk))
            }
            None => call,
        };
        let reply = call.send_with_response().await?;
        #[cfg(feature = "jwt")]
        let proof = self.key.map(|key| Proof { key, ahead: ahead(reply.headers(), self.client.clock().wall()) });
        let flow = PinFlow::new(self.client, reply.into_value(), self.strong, forward_url);
        #[cfg(feature = "jwt")]
        let flow = PinFlow { poll: flow.poll.with_proof(proof), ..flow };
        Ok(flow)
    }

    /// Continues with a PIN that was started earlier under the same client identifier: in another
    /// process, or before the browser came back to a web app's forward URL. Keep [`PinFlow::id`] in
    /// the user's session until then.
    ///
    /// A sign-in with a device key needs the same key again. Nothing is sent yet. A browser that
    /// comes back does not mean that the user approved: they may have denied, or opened the address
    /// themselves.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client, pin_id: i64) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::PinStatus;
    ///
    /// match client.pin_login().resume(pin_id).check_once().await? {
    ///     PinStatus::Approved(client) => println!("signed in: {}", client.token().is_some()),
    ///     _ => println!("not approved yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(self, pin_id: i64) -> PinPoll {
        let poll = PinPoll::resumed(self.client, pin_id);
        #[cfg(feature = "jwt")]
        let poll = poll.with_proof(self.key.map(|key| Proof { key, ahead: SignedDuration::ZERO }));
        poll
    }
}

impl fmt::Debug for PinLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The forward URL may contain a secret of the app.
        f.debug_struct("PinLogin")
            .field("client", &self.client)
            .field("strong", &self.strong)
            .field("has_forward_url", &self.forward_url.is_some())
            .finish()
    }
}

fn checked_forward_url(text: &str) -> Result<Url, Error> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(Error::invalid_input("the forward URL does not start with https:// or http://")),
    }
}

/// A PIN that is waiting for approval. Dropping it ends the flow; the PIN itself expires at
/// plex.tv.
#[derive(Clone)]
pub struct PinFlow {
    client: Client,
    poll: PinPoll,
    code: Secret,
    qr: Option<Secret>,
    #[cfg_attr(not(feature = "qr"), allow(dead_code))]
    strong: bool,
    forward_url: Option<Url>,
}

impl PinFlow {
    fn new(client: Client, pin: PinInfo, strong: bool, forward_url: Option<Url>) -> Self {
        let life =
            pin.expires_in.and_then(|seconds| u64::try_from(seconds).ok()).map_or(USUAL_LIFE, Duration::from_secs);
        let poll = PinPoll::new(client.clone(), pin.id, life);
        let qr = pin.qr.filter(|url| !url.expose().is_empty());
        Self { client, poll, code: pin.code, qr, strong, forward_url }
    }

    /// The id of the PIN at plex.tv, which [`PinLogin::resume`] takes.
    pub fn id(&self) -> i64 {
        self.poll.id()
    }

    /// The code: four characters to type at [`PinFlow::link_url`], or the long code in
    /// [`PinFlow::auth_url`].
    pub fn code(&self) -> &Secret {
        &self.code
    }

    /// The address where the user approves a strong PIN. It contains the code, so do not log it.
    pub fn auth_url(&self) -> String {
        let identity = self.client.identity();
        let mut query = self.client.app_url().clone();
        {
            let mut pairs = query.query_pairs_mut();
            pairs.append_pair("clientID", identity.client_identifier()).append_pair("code", self.code.expose());
            for (name, value) in identity.device_context() {
                pairs.append_pair(&format!("context[device][{name}]"), value);
            }
            if let Some(url) = &self.forward_url {
                pairs.append_pair("forwardUrl", url.as_str());
            }
        }
        // The code is in the fragment, so it does not reach server logs.
        let app = self.client.app_url().as_str().trim_end_matches('/');
        // In a fragment, unlike in a form, a plus sign does not mean a space.
        format!("{app}/auth#?{}", query.query().unwrap_or_default().replace('+', "%20"))
    }

    /// Returns the URL of the page for four-character codes, with the code filled in. A user
    /// without the link opens `plex.tv/link` and types the code.
    pub fn link_url(&self) -> String {
        let mut url = self.client.base_url().clone();
        url.query_pairs_mut().append_pair("pin", self.code.expose());
        let base = self.client.base_url().as_str().trim_end_matches('/');
        format!("{base}/link/?{}", url.query().unwrap_or_default())
    }

    /// The address of plex.tv's own QR code image, if there is one. It contains the code, so do not
    /// log it.
    pub fn qr_url(&self) -> Option<&Secret> {
        self.qr.as_ref()
    }

    /// The QR code as lines of block characters, to be shown light on dark. It encodes
    /// [`PinFlow::auth_url`] for a strong PIN, else [`PinFlow::link_url`]. Nothing is sent.
    ///
    /// # Errors
    /// `is_invalid_input` when the address is too long for a QR code.
    #[cfg(feature = "qr")]
    pub fn qr_text(&self) -> Result<String, Error> {
        super::qr::text(&if self.strong { self.auth_url() } else { self.link_url() })
    }

    /// The time until the PIN expires, on the local clock.
    pub fn expires_in(&self) -> Duration {
        self.poll.expires_in()
    }

    /// Polls once, for user interfaces with their own event loop. Do not call it more than once a
    /// second.
    ///
    /// # Errors
    /// `is_pin_expired` when the PIN no longer exists; otherwise the errors of any call.
    ///
    /// Calls `GET /api/v2/pins/{pinID}`.
    pub async fn check_once(&self) -> Result<PinStatus, Error> {
        self.poll.check_once().await
    }

    /// Polls until the user approves: `flow.wait().await`.
    ///
    /// Calls `GET /api/v2/pins/{pinID}`.
    pub fn wait(&self) -> PinWait<'_> {
        self.poll.wait()
    }
}

/// The id of the PIN, for functions that do not know this type, such as `sandbox.approve(&flow)` in
/// a test of an app.
impl TryFrom<&PinFlow> for u64 {
    type Error = TryFromIntError;

    /// # Errors
    /// When the id is negative, which plex.tv has never sent.
    fn try_from(flow: &PinFlow) -> Result<Self, Self::Error> {
        Self::try_from(flow.id())
    }
}

impl fmt::Debug for PinFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinFlow")
            .field("id", &self.id())
            .field("code", &self.code)
            .field("expires_in", &self.expires_in())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts a sign-in that a person approves in a browser.
    pub fn pin_login(&self) -> PinLogin {
        PinLogin::new(self.clone())
    }

    /// Approves the code that another device, such as a television, shows. That device is then
    /// signed in as this client's user.
    ///
    /// Approve only what the user asked for: anyone whose code is approved gets into the account.
    ///
    /// # Errors
    /// `is_pin_expired` when the code is unknown or expired, `is_auth` without a valid token, and
    /// the errors of any call.
    ///
    /// Calls `PUT /api/v2/pins/link`.
    pub async fn link_device(&self, code: impl Into<Secret>) -> Result<(), Error> {
        // People may copy spaces along with the code.
        let code = Secret::from(code.into().expose().trim());
        if code.expose().is_empty() {
            return Err(Error::invalid_input("the code of the other device is empty"));
        }
        match self.v2().link_pin(LinkPinBody::new(code)).send().await {
            Ok(()) => Ok(()),
            Err(error) if error.is_not_found() => {
                Err(gone("the code is unknown or expired; get a new one from the device", error))
            }
            Err(error) => Err(error),
        }
    }
}
