use std::hash::{BuildHasher, RandomState};

/// Letters and digits that are not mistaken for one another when typed from a screen.
const LINK_ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const STRONG_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The 4-character code of a PIN for `plex.tv/link`.
pub(crate) fn link_code() -> String {
    pick(LINK_ALPHABET, 4)
}

/// The 25-character code of a strong PIN.
pub(crate) fn strong_code() -> String {
    pick(STRONG_ALPHABET, 25)
}

/// A made-up token, 20 characters like a legacy token of plex.tv.
pub(crate) fn token() -> String {
    format!("sandbox-{}", pick(STRONG_ALPHABET, 12))
}

/// A made-up `uuid` of an account, 16 hexadecimal digits.
pub(crate) fn uuid() -> String {
    format!("{:016x}", RandomState::new().hash_one(16))
}

/// A made-up claim token for a media server.
pub(crate) fn claim() -> String {
    format!("claim-{}", pick(STRONG_ALPHABET, 20))
}

/// The id of a Watch Together room, 11 characters.
pub(crate) fn room() -> String {
    pick(STRONG_ALPHABET, 11)
}

/// Returns a different text on every call. It need not be secure, because it protects nothing.
fn pick(alphabet: &[u8; 32], length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bits = RandomState::new().hash_one(text.len());
        for _ in 0..(length - text.len()).min(12) {
            text.push(char::from(alphabet[(bits & 31) as usize]));
            bits >>= 5;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_tokens_have_the_lengths_of_the_real_ones() {
        assert_eq!(link_code().len(), 4);
        assert_eq!(strong_code().len(), 25);
        assert_eq!(token().len(), 20);
        assert_ne!(token(), token());
    }
}
