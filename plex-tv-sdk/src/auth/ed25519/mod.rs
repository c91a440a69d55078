//! Ed25519 (RFC 8032) and SHA-256: from AWS-LC, which rustls needs anyway; in a browser, which
//! cannot run C, from pure Rust crates.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(any(target_arch = "wasm32", test))]
mod dalek;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use aws_lc::{KeyPair, sha256, verifies};
#[cfg(target_arch = "wasm32")]
pub(super) use dalek::{KeyPair, sha256, verifies};

/// The points of small order, in each of their encodings without the sign in the highest bit.
/// Anybody can make a signature that such a "public key" verifies.
const WEAK: [[u8; 32]; 7] = [
    ordinary(0x00, 0x00, 0x00),
    ordinary(0x01, 0x00, 0x00),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    ordinary(0xec, 0xff, 0x7f),
    ordinary(0xed, 0xff, 0x7f),
    ordinary(0xee, 0xff, 0x7f),
];

const fn ordinary(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Whether a public key is invalid, or one under which any signature is valid.
pub(super) fn is_weak(public_key: &[u8]) -> bool {
    let Ok(mut bytes) = <[u8; 32]>::try_from(public_key) else { return true };
    bytes[31] &= 0x7f;
    WEAK.contains(&bytes)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::VerifyingKey;

    use super::{WEAK, aws_lc, dalek, is_weak};

    #[test]
    fn every_key_that_dalek_calls_weak_is_weak_with_either_sign() {
        for mut bytes in WEAK {
            for sign in [0, 0x80] {
                bytes[31] = (bytes[31] & 0x7f) | sign;
                assert!(is_weak(&bytes), "{bytes:?}");
                // A strict reader rejects some of these as encodings of a point.
                assert!(VerifyingKey::from_bytes(&bytes).is_ok_and(|key| key.is_weak()), "{bytes:?}");
            }
        }
        for _ in 0..20 {
            assert!(!is_weak(aws_lc::KeyPair::generate().unwrap().public_key()));
        }
        assert!(is_weak(&[]) && is_weak(&[9; 31]) && is_weak(&[9; 33]));
    }

    #[test]
    fn both_libraries_write_the_same_key_and_read_each_others_keys() {
        let of_aws_lc = aws_lc::KeyPair::generate().unwrap();
        let of_dalek = dalek::KeyPair::generate().unwrap();

        let read_by_dalek = dalek::KeyPair::from_pkcs8(&of_aws_lc.to_pkcs8().unwrap()).unwrap();
        let read_by_aws_lc = aws_lc::KeyPair::from_pkcs8(&of_dalek.to_pkcs8().unwrap()).unwrap();

        assert_eq!(read_by_dalek.public_key(), of_aws_lc.public_key());
        assert_eq!(read_by_aws_lc.public_key(), of_dalek.public_key());
        assert_eq!(read_by_dalek.to_pkcs8(), of_aws_lc.to_pkcs8());
        assert_ne!(of_aws_lc.public_key(), of_dalek.public_key());
    }

    #[test]
    fn both_libraries_sign_the_same_and_verify_each_others_signatures() {
        let aws_lc = aws_lc::KeyPair::generate().unwrap();
        let dalek = dalek::KeyPair::from_pkcs8(&aws_lc.to_pkcs8().unwrap()).unwrap();
        let (message, other) = (b"a text".as_slice(), b"another".as_slice());

        let signature = aws_lc.sign(message).unwrap();

        assert_eq!(dalek.sign(message).unwrap(), signature);
        for verifies in [aws_lc::verifies, dalek::verifies] {
            assert!(verifies(aws_lc.public_key(), message, &signature));
            assert!(!verifies(aws_lc.public_key(), other, &signature));
            assert!(!verifies(aws_lc.public_key(), message, &signature[1..]));
            assert!(!verifies(&aws_lc.public_key()[1..], message, &signature));
            assert!(!verifies(b"", message, b""));
        }
    }

    #[test]
    fn both_libraries_refuse_invalid_keys_and_hash_the_same() {
        let key = aws_lc::KeyPair::generate().unwrap().to_pkcs8().unwrap();
        for bad in [&key[1..], &key[..key.len() - 1], b"", b"CANARY"] {
            assert!(aws_lc::KeyPair::from_pkcs8(bad).is_none());
            assert!(dalek::KeyPair::from_pkcs8(bad).is_none());
        }
        assert_eq!(aws_lc::sha256(b"a text").as_ref(), dalek::sha256(b"a text").as_ref());
    }
}
