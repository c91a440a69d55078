//! Checks the addresses of webhooks before they are sent.

use reqwest::Url;

use crate::{Error, Secret};

/// Returns the address unchanged if plex.tv can call it. Messages do not show it.
pub(super) fn checked(address: Secret) -> Result<Secret, Error> {
    let refuse = |why: &str| Err(Error::invalid_input(format!("the address of the webhook {why}")));
    let text = address.expose();
    if text.is_empty() {
        return refuse("is empty");
    }
    if text.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return refuse("has a space or a control character; encode it with %");
    }
    let Ok(url) = Url::parse(text) else {
        return refuse("is not a full URL, such as https://example.com/plex");
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return refuse("does not start with https:// or http://");
    }
    if url.fragment().is_some() {
        return refuse("has a fragment, which is never sent; remove everything from # on");
    }
    Ok(address)
}

/// Whether both are the same address, even if spelled differently.
pub(super) fn is_same(one: &Secret, other: &Secret) -> bool {
    let url = |address: &Secret| Url::parse(address.expose()).ok();
    one == other || url(one).is_some_and(|one| Some(one) == url(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_nobody_can_call_is_refused_without_being_shown() {
        for (bad, why) in [
            ("", "is empty"),
            (" https://example.com/CANARY", "has a space"),
            ("https://example.com/CANARY\n", "has a space"),
            ("https://example.com/CANARY\u{0}", "has a space or a control"),
            ("example.com/CANARY", "is not a full URL"),
            ("//example.com/CANARY", "is not a full URL"),
            ("https://", "is not a full URL"),
            ("https://[::1/CANARY", "is not a full URL"),
            ("ftp://example.com/CANARY", "does not start with"),
            ("mailto:CANARY@example.com", "does not start with"),
            ("https://example.com/#CANARY", "has a fragment"),
        ] {
            let error = checked(bad.into()).unwrap_err();

            assert!(error.is_invalid_input(), "{bad}");
            assert!(error.to_string().contains(why) && !format!("{error:?}").contains("CANARY"), "{bad}: {error}");
        }
    }

    #[test]
    fn an_address_goes_out_as_it_was_given() {
        for good in
            ["https://example.com", "http://127.0.0.1:8080/a?b=c", "HTTPS://user:pass@Example.com/", "http://[::1]/"]
        {
            assert_eq!(checked(good.into()).unwrap().expose(), good);
        }
    }

    #[test]
    fn two_spellings_of_one_address_are_the_same() {
        let same = |one: &str, other: &str| is_same(&one.into(), &other.into());

        assert!(same("https://example.com", "https://EXAMPLE.com:443/"));
        assert!(same("not a URL", "not a URL"));
        assert!(!same("https://example.com/a", "https://example.com/A"));
        assert!(!same("https://example.com/a", "https://example.com/a?b"));
        assert!(!same("not a URL", "not one either"));
    }
}
