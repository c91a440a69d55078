//! The webhooks of the account, and what plex.tv posts to them.

mod address;
#[cfg(feature = "webhook")]
pub mod receive;

use crate::{
    Client, Error, Secret,
    runtime::call_debug,
    v2::types::{SetUserWebhooksBody, WebhookList},
};

/// The webhooks of the account. Returned by [`Client::webhooks`].
///
/// Anyone who knows an address can post to it, so addresses are [`Secret`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
/// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
/// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
/// let webhooks = client.webhooks();
/// webhooks.add("https://example.com/plex?key=4711").await?;
///
/// assert_eq!(webhooks.list().await?.len(), 1);
/// webhooks.remove("https://example.com/plex?key=4711").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// All calls fail with:
///
/// - `is_plex_pass_required` when the account has no Plex Pass;
/// - `is_forbidden` with code 1009 for a managed user of a Home;
/// - `is_auth` without a valid token;
/// - the errors of any call.
///
/// The error has no [`Error::body`] and no messages from plex.tv, because these may repeat an
/// address.
#[derive(Clone)]
pub struct Webhooks {
    client: Client,
}

call_debug!(Webhooks);

impl Client {
    /// Returns the webhooks of the account: the addresses to which plex.tv posts events of its
    /// servers.
    ///
    /// They need a Plex Pass. The feature `webhook` parses what is posted.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks { client: self.clone() }
    }
}

impl Webhooks {
    /// Lists the addresses, in plex.tv's order.
    ///
    /// # Errors
    /// Those of [`Webhooks`].
    ///
    /// Calls `GET /api/v2/user/webhooks`.
    pub async fn list(&self) -> Result<Vec<Secret>, Error> {
        let list = self.client.v2().get_user_webhooks().send().await;
        list.map(addresses).map_err(Error::without_body)
    }

    /// Adds an address and returns the new list. An address that is already there is not added
    /// again.
    ///
    /// plex.tv replaces the whole list, so the list is read first. If another client changes it in
    /// between, that change is lost.
    ///
    /// # Errors
    /// The errors of [`Webhooks`]. `is_invalid_input` when the address is empty or not an http or
    /// https URL; nothing is sent then.
    /// [`PlexCode::WebhookAddressInvalid`](crate::PlexCode::WebhookAddressInvalid) when plex.tv
    /// refuses it.
    ///
    /// Calls `GET` and `POST /api/v2/user/webhooks`.
    pub async fn add(&self, address: impl Into<Secret>) -> Result<Vec<Secret>, Error> {
        let address = address::checked(address.into())?;
        let mut list = self.list().await?;
        if list.iter().any(|known| address::is_same(known, &address)) {
            return Ok(list);
        }
        list.push(address);
        self.set(&list).await
    }

    /// Removes an address and returns the new list. It is not an error if the address is not there.
    ///
    /// plex.tv replaces the whole list, so the list is read first. If another client changes it in
    /// between, that change is lost.
    ///
    /// # Errors
    /// The errors of [`Webhooks`]. `is_invalid_input` when the address is not in the list and
    /// cannot be that of a webhook, because it is empty or not an http or https URL.
    ///
    /// Calls `GET` and `POST /api/v2/user/webhooks`.
    pub async fn remove(&self, address: impl Into<Secret>) -> Result<Vec<Secret>, Error> {
        let address = address.into();
        let mut list = self.list().await?;
        let before = list.len();
        list.retain(|known| !address::is_same(known, &address));
        if list.len() == before {
            // Another client may have stored an address that this one would refuse.
            return address::checked(address).map(|_| list);
        }
        self.set(&list).await
    }

    /// Replaces the whole list and returns the new one. An address that is given twice is sent
    /// once.
    ///
    /// # Errors
    /// The errors of [`Webhooks::add`], for each address. `is_invalid_input` when the list is
    /// empty, because that would remove all addresses: call [`Webhooks::clear`] instead.
    ///
    /// Calls `POST /api/v2/user/webhooks`.
    pub async fn replace(&self, addresses: impl IntoIterator<Item = impl Into<Secret>>) -> Result<Vec<Secret>, Error> {
        let mut list: Vec<Secret> = Vec::new();
        for address in addresses {
            let address = address::checked(address.into())?;
            if !list.iter().any(|known| address::is_same(known, &address)) {
                list.push(address);
            }
        }
        if list.is_empty() {
            return Err(Error::invalid_input("the new list is empty; `Webhooks::clear` removes all"));
        }
        self.set(&list).await
    }

    /// Removes all addresses.
    ///
    /// # Errors
    /// Those of [`Webhooks`].
    ///
    /// Calls `POST /api/v2/user/webhooks`.
    pub async fn clear(&self) -> Result<(), Error> {
        self.set(&[]).await.map(|_| ())
    }

    async fn set(&self, list: &[Secret]) -> Result<Vec<Secret>, Error> {
        let body = SetUserWebhooksBody::new(list.iter().map(Secret::expose));
        let reply = self.client.v2().set_user_webhooks(body).send().await.map_err(Error::without_body)?;
        // A successful reply may be empty.
        Ok(if reply.is_empty() { list.to_vec() } else { addresses(reply) })
    }
}

fn addresses(list: WebhookList) -> Vec<Secret> {
    Vec::from(list).into_iter().map(|webhook| webhook.url).collect()
}
