//! Finds the index of a member by its name on the wire.

/// The members of a type.
#[derive(Debug)]
pub struct Table {
    /// Names on the wire.
    pub names: &'static [&'static str],
    /// The hash table of the names: see [`buckets`].
    pub buckets: &'static [u8],
    /// How many of them, from the first on, are required.
    pub required: usize,
}

/// Marks an empty bucket.
const EMPTY: u8 = u8::MAX;

impl Table {
    /// Returns the index of a name. Replies mostly have the order of the description, so the
    /// expected index, `due`, is tried first.
    #[inline]
    pub(super) fn find(&self, name: &str, due: usize) -> Option<usize> {
        if self.names.get(due).is_some_and(|known| *known == name) {
            return Some(due);
        }
        let mask = self.buckets.len().wrapping_sub(1);
        let mut at = hash(name) & mask;
        loop {
            let index = usize::from(*self.buckets.get(at)?);
            if *self.names.get(index)? == name {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
    }
}

/// The number of buckets for `names` names: a power of two, so that at least half are empty.
pub(crate) const fn bucket_count(names: usize) -> usize {
    (names * 2 + 1).next_power_of_two()
}

/// Places each name in the bucket of its hash, or in the next one that is free.
pub(crate) const fn buckets<const COUNT: usize>(names: &[&str]) -> [u8; COUNT] {
    assert!(names.len() < EMPTY as usize, "a type has more members than a bucket can index");
    let mut buckets = [EMPTY; COUNT];
    let mut index = 0;
    while index < names.len() {
        let mut at = hash(names[index]) & (COUNT - 1);
        while buckets[at] != EMPTY {
            at = (at + 1) & (COUNT - 1);
        }
        buckets[at] = index as u8;
        index += 1;
    }
    buckets
}

/// Hashes the length of a name and three of its bytes, in which most names differ.
const fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let length = bytes.len();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 0 };
    let mark = u32::from_le_bytes([(length & 0xFF) as u8, *first, bytes[length / 2], *last]);
    (mark.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_share_length_and_letters_are_distinguished() {
        const NAMES: &[&str] = &["a", "axxb", "ayxb", "", "azxb", "ä", "axx"];
        static BUCKETS: [u8; bucket_count(NAMES.len())] = buckets(NAMES);
        let table = Table { names: NAMES, buckets: &BUCKETS, required: 0 };

        for due in 0..=NAMES.len() {
            for (place, name) in NAMES.iter().enumerate() {
                assert_eq!(table.find(name, due), Some(place), "{name} while {due} is due");
            }
            for other in ["b", "awxb", "axxc", "axxbb", "A", "\u{0}"] {
                assert_eq!(table.find(other, due), None, "{other}");
            }
        }
    }

    #[test]
    fn a_type_without_members_has_none() {
        static BUCKETS: [u8; bucket_count(0)] = buckets(&[]);
        let table = Table { names: &[], buckets: &BUCKETS, required: 0 };

        assert_eq!(table.find("", 0), None);
        assert_eq!(table.find("id", 0), None);
    }
}
