//! Ed25519 (RFC 8032) and SHA-256: by AWS-LC, which rustls brings along; in a browser, where no C goes, by crates in Rust.

#[cfg(not(target_arch = "wasm32"))]
mod aws_lc;
#[cfg(any(target_arch = "wasm32", test))]
mod dalek;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use aws_lc::{KeyPair, sha256, verifies};
#[cfg(target_arch = "wasm32")]
pub(super) use dalek::{KeyPair, sha256, verifies};

#[cfg(test)]
mod tests {
    use super::{aws_lc, dalek};

    #[test]
    fn both_write_a_key_alike_and_read_what_the_other_wrote() {
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
    fn both_sign_alike_and_verify_what_the_other_signed() {
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
    fn both_refuse_what_is_no_key_and_hash_alike() {
        let key = aws_lc::KeyPair::generate().unwrap().to_pkcs8().unwrap();
        for bad in [&key[1..], &key[..key.len() - 1], b"", b"CANARY"] {
            assert!(aws_lc::KeyPair::from_pkcs8(bad).is_none());
            assert!(dalek::KeyPair::from_pkcs8(bad).is_none());
        }
        assert_eq!(aws_lc::sha256(b"a text").as_ref(), dalek::sha256(b"a text").as_ref());
    }
}
