//! Plants secrets wherever the crate accepts or receives them, and checks that nothing that is
//! printed shows one.

mod bodies;
mod errors;
mod generated;
mod generated_code;
mod hand_made;
mod sign_ins;

use plex_tv_sdk::Error;

pub(crate) const TOKEN: &str = "CANARY-x7Kq2mPz9_tok";
pub(crate) const ACCESS_TOKEN: &str = "CANARY-access-4vNw81";
pub(crate) const PASSWORD: &str = "canary pass\"canary, 7!";
pub(crate) const VERIFICATION_CODE: &str = "908172";
pub(crate) const PIN_CODE: &str = "QX7Z";
pub(crate) const DEVICE_JWT: &str = "eyJDQU5BUlk0.eyJDQU5BUlk1.CANARYsignature6";
pub(crate) const NONCE: &str = "c0ffee00-cafe-4bad-8add-ca4a47000001";
/// The value of a member that the description does not name.
pub(crate) const UNKNOWN: &str = "CANARY-unknown-member";

pub(crate) const CANARIES: [&str; 8] =
    [TOKEN, ACCESS_TOKEN, PASSWORD, VERIFICATION_CODE, PIN_CODE, DEVICE_JWT, NONCE, UNKNOWN];

/// Asserts that the text has no secret, neither plain nor as JSON and `Debug` escape it, and no
/// recognisable part of one.
#[track_caller]
pub(crate) fn assert_clean(what: &str, text: &str) {
    for canary in CANARIES {
        let quoted = format!("{canary:?}");
        let forms = [canary, quoted.trim_matches('"')];
        assert!(!forms.iter().any(|form| text.contains(form)), "{what} shows {canary}: {text}");
    }
    for part in ["CANARY", "canary", "eyJDQU5", "ca4a47000001"] {
        assert!(!text.contains(part), "{what} shows a part of a secret, {part}: {text}");
    }
}

/// Returns everything that an error and its sources print, except the body.
pub(crate) fn printed(error: &Error) -> String {
    let mut text = format!("{:?} {:?}", error.json_path(), error.plex_errors());
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        text += &format!("\n{error}\n{error:?}\n{error:#?}");
        next = error.source();
    }
    text
}
