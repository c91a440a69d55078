//! The `X-Plex-*` headers that describe an app and its device.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::{CredentialStore, Error};

/// An app on a device, as plex.tv and the user's device list see it.
///
/// The client identifier has no default. For each new one, plex.tv adds a device to the user's
/// account, and may send an e-mail. Create it once per installation, store it, and pass the same
/// one at every start. Tokens and PINs are bound to it.
///
/// ```
/// use plex_tv_sdk::ClientIdentity;
///
/// let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?
///     .platform("Linux")
///     .device_name("Desk");
///
/// assert_eq!(identity.client_identifier(), "c0ffee-desk-01");
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdentity {
    client_identifier: String,
    product: String,
    version: String,
    platform: Option<String>,
    platform_version: Option<String>,
    device: Option<String>,
    device_name: Option<String>,
    model: Option<String>,
    vendor: Option<String>,
    provides: Option<String>,
}

/// The most bytes of a value. Longer ones are of no use in a device list.
const MAX_LENGTH: usize = 255;

impl ClientIdentity {
    /// Identifies an app (`product`, `version`) in one installation (`client_identifier`).
    ///
    /// # Errors
    /// `is_invalid_input` when one of them is empty, too long, or has a character that no header
    /// can carry.
    pub fn new(
        client_identifier: impl Into<String>,
        product: impl Into<String>,
        version: impl Into<String>,
    ) -> Result<Self, Error> {
        let identity = Self {
            client_identifier: client_identifier.into(),
            product: product.into(),
            version: version.into(),
            platform: None,
            platform_version: None,
            device: None,
            device_name: None,
            model: None,
            vendor: None,
            provides: None,
        };
        check_client_identifier(&identity.client_identifier)?;
        identity.headers()?;
        Ok(identity)
    }

    /// Identifies an app by the client identifier in the store. The first time, a random one is
    /// generated and saved.
    ///
    /// ```
    /// use plex_tv_sdk::{ClientIdentity, MemoryStore};
    ///
    /// let store = MemoryStore::new();
    /// let first = ClientIdentity::load_or_create(&store, "Example App", "1.0.0")?;
    /// let second = ClientIdentity::load_or_create(&store, "Example App", "1.1.0")?;
    ///
    /// assert_eq!(first.client_identifier(), second.client_identifier());
    /// # Ok::<(), plex_tv_sdk::Error>(())
    /// ```
    ///
    /// # Errors
    /// `is_store` when the store cannot be read or written, and those of [`ClientIdentity::new`].
    pub fn load_or_create(
        store: &(impl CredentialStore + ?Sized),
        product: impl Into<String>,
        version: impl Into<String>,
    ) -> Result<Self, Error> {
        let kept = store.load()?.client_identifier;
        let identifier = match kept {
            Some(identifier) => identifier,
            None => {
                let new = new_identifier();
                // Another process may have saved one in the meantime.
                let kept = store.update(&mut |credentials| {
                    credentials.client_identifier.get_or_insert_with(|| new.clone());
                })?;
                kept.client_identifier.unwrap_or(new)
            }
        };
        Self::new(identifier, product, version)
    }

    /// Sets the operating system or browser, such as `Linux`.
    #[must_use]
    pub fn platform(self, platform: impl Into<String>) -> Self {
        Self { platform: Some(platform.into()), ..self }
    }

    /// Sets the version of the platform.
    #[must_use]
    pub fn platform_version(self, version: impl Into<String>) -> Self {
        Self { platform_version: Some(version.into()), ..self }
    }

    /// Sets the kind of device, such as `Phone`.
    #[must_use]
    pub fn device(self, device: impl Into<String>) -> Self {
        Self { device: Some(device.into()), ..self }
    }

    /// Sets the name in the user's device list, such as `Anna's desk`.
    #[must_use]
    pub fn device_name(self, name: impl Into<String>) -> Self {
        Self { device_name: Some(name.into()), ..self }
    }

    /// Sets the model of the device.
    #[must_use]
    pub fn model(self, model: impl Into<String>) -> Self {
        Self { model: Some(model.into()), ..self }
    }

    /// Sets the manufacturer of the device.
    #[must_use]
    pub fn vendor(self, vendor: impl Into<String>) -> Self {
        Self { vendor: Some(vendor.into()), ..self }
    }

    /// Sets the roles of the app, separated by commas, such as `controller,player`.
    #[must_use]
    pub fn provides(self, roles: impl Into<String>) -> Self {
        Self { provides: Some(roles.into()), ..self }
    }

    /// The client identifier.
    pub fn client_identifier(&self) -> &str {
        &self.client_identifier
    }

    /// The name of the app.
    pub fn product(&self) -> &str {
        &self.product
    }

    /// Returns the values that the approval page shows, each with its name in the auth URL.
    pub(crate) fn device_context(&self) -> Vec<(&'static str, &str)> {
        let optional = [
            ("platform", &self.platform),
            ("platformVersion", &self.platform_version),
            ("device", &self.device),
            ("deviceName", &self.device_name),
            ("model", &self.model),
        ];
        let always = [("product", self.product.as_str()), ("version", self.version.as_str())];
        let set = optional.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        always.into_iter().chain(set).collect()
    }

    /// Returns all headers, or an error if a header cannot carry one of the values.
    pub(crate) fn headers(&self) -> Result<HeaderMap, Error> {
        let required = [
            ("x-plex-client-identifier", "client identifier", &self.client_identifier),
            ("x-plex-product", "product", &self.product),
            ("x-plex-version", "version", &self.version),
        ];
        let optional = [
            ("x-plex-platform", "platform", &self.platform),
            ("x-plex-platform-version", "platform version", &self.platform_version),
            ("x-plex-device", "device", &self.device),
            ("x-plex-device-name", "device name", &self.device_name),
            ("x-plex-model", "model", &self.model),
            ("x-plex-device-vendor", "vendor", &self.vendor),
            ("x-plex-provides", "list of roles", &self.provides),
        ];
        let set = optional.into_iter().filter_map(|(header, name, value)| Some((header, name, value.as_ref()?)));
        let mut headers = HeaderMap::new();
        for (header, name, value) in required.into_iter().chain(set) {
            headers.insert(HeaderName::from_static(header), header_value(name, value)?);
        }
        Ok(headers)
    }
}

/// Returns a random UUID. It need not be secret, so the keys of the standard library's hash tables,
/// which come from the operating system, are random enough.
fn new_identifier() -> String {
    use std::hash::{BuildHasher as _, RandomState};

    let random = [RandomState::new(), RandomState::new()].map(|state| u128::from(state.hash_one(0)));
    let bits = (random[0] << 64) | random[1];
    // Version 4, variant 1.
    let bits = bits & !(0xF << 76) & !(0b11 << 62) | (0x4 << 76) | (0b10 << 62);
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

pub(crate) fn check_client_identifier(identifier: &str) -> Result<(), Error> {
    if !identifier.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid_input(
            "the client identifier has a space, a line break or another character that is not visible ASCII",
        ));
    }
    header_value("client identifier", identifier).map(drop)
}

/// Names may be in any script. They are sent as UTF-8.
fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let refuse = |why: &str| Err(Error::invalid_input(format!("the {name} {why}")));
    if value.trim().is_empty() {
        return refuse("is empty");
    }
    if value.len() > MAX_LENGTH {
        return refuse("is longer than 255 bytes");
    }
    match HeaderValue::from_bytes(value.as_bytes()) {
        Ok(value) => Ok(value),
        Err(_) => refuse("has a line break or another control character"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_no_header_can_carry_are_refused_by_name() {
        let cases = [
            (ClientIdentity::new("", "App", "1"), "the client identifier is empty"),
            (ClientIdentity::new("a", " ", "1"), "the product is empty"),
            (
                ClientIdentity::new("a", "App", "1\r\nX-Evil: 1"),
                "the version has a line break or another control character",
            ),
            (ClientIdentity::new("a", "x".repeat(256), "1"), "the product is longer than 255 bytes"),
        ];

        for (outcome, wanted) in cases {
            assert_eq!(outcome.unwrap_err().to_string(), wanted);
        }
        for bad in ["line\nbreak", "two words", "bücher"] {
            let error = ClientIdentity::new(bad, "App", "1").unwrap_err();
            assert!(error.is_invalid_input() && error.to_string().starts_with("the client identifier has"), "{error}");
        }
    }

    #[test]
    fn generated_identifiers_are_uuids_and_differ() {
        let (one, two) = (new_identifier(), new_identifier());

        let lengths: Vec<_> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(one.as_bytes()[14] == b'4' && b"89ab".contains(&one.as_bytes()[19]), "{one}");
        assert_ne!(one, two);
    }

    #[test]
    fn device_names_may_be_in_any_script() {
        let headers = ClientIdentity::new("a", "App", "1").unwrap().device_name("Büro 机").headers().unwrap();

        assert_eq!(headers["x-plex-device-name"].as_bytes(), "Büro 机".as_bytes());
        assert_eq!(headers.len(), 4);
    }
}
