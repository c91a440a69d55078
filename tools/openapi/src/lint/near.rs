//! Suggests the word that was probably meant.

/// The lowest similarity of two words, from 0 to 1, at which one is suggested for the other.
const ALIKE: f64 = 0.75;

/// Returns `; did you mean …?` if one of the words is similar enough, else an empty string.
pub(super) fn did_you_mean<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> String {
    let folded = |word: &str| -> String {
        word.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = folded(word);
    let near = |other: &&str| {
        let other = folded(other);
        let is_part = wanted.len() > 2 && (other.starts_with(&wanted) || wanted.starts_with(&other) && other.len() > 2);
        // A difference of one letter is a typo, whatever the length.
        let is_typo = wanted.len() > 2 && strsim::damerau_levenshtein(&wanted, &other) == 1;
        if other == wanted || is_part || is_typo {
            return 1.0;
        }
        strsim::normalized_damerau_levenshtein(&wanted, &other)
    };
    known
        .into_iter()
        .filter(|other| *other != word)
        .map(|other| (near(&other), other))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map_or_else(String::new, |(_, other)| format!("; did you mean `{other}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_word_is_suggested_if_it_is_similar_enough() {
        let known = ["string", "integer", "boolean"];

        assert_eq!(did_you_mean("sting", known), "; did you mean `string`?");
        assert_eq!(did_you_mean("int", known), "; did you mean `integer`?");
        assert_eq!(did_you_mean("Boolean", known), "; did you mean `boolean`?");
        assert_eq!(did_you_mean("date", known), "");
    }
}
