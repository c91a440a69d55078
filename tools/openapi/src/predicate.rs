//! Finds the predicate of the SDK's error that recognises a documented failure.

use serde_json::Value;

/// Returns the name of the predicate for a status and a code of an operation, if there is one.
///
/// The operation matters because it gives some codes a special meaning. `x-plex-proof` is the
/// credential that it checks in addition to the token. `x-plex-pass-code` is its code for an
/// account without a Plex Pass.
#[must_use]
pub fn predicate(operation: &Value, status: u64, code: Option<u64>) -> Option<&'static str> {
    let proof = operation["x-plex-proof"].as_str();
    if code.is_some() && code == operation["x-plex-pass-code"].as_u64() {
        return Some("is_plex_pass_required");
    }
    let by_code = code.and_then(|code| {
        Some(match code {
            1012 => "is_plex_pass_required",
            1028 => "is_verification_code_wrong",
            1029 => "is_two_factor_required",
            1030 => "is_email_sign_in_only",
            1031 => "is_address_blocked",
            1041 => "is_home_pin_required",
            1097 => "is_device_removed",
            _ => return None,
        })
    });
    by_code.or(match (status, proof) {
        (401 | 422, Some("device-jwt")) => Some("is_device_jwt_rejected"),
        (422, Some("device-key")) => Some("is_device_key_taken"),
        (304, _) => Some("is_not_modified"),
        (401 | 498, _) => Some("is_auth"),
        (403, _) => Some("is_forbidden"),
        (404, _) => Some("is_not_found"),
        (410, _) => Some("is_gone"),
        (429, _) => Some("is_rate_limited"),
        _ => None,
    })
}
