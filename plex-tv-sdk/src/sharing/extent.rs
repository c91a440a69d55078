//! Which libraries a share has, and would have after a change.

use crate::{
    Choice, Error, ErrorKind,
    v2::types::{SharedLibrary, SharedServer},
};

/// Returns what a share has now.
///
/// # Errors
/// `is_decode` when plex.tv does not say. A change would remove libraries that are not known.
pub(super) fn extent(share: &SharedServer) -> Result<Choice<SharedLibrary>, Error> {
    let listed = i64::try_from(share.libraries.len()).unwrap_or(i64::MAX);
    match (share.all_libraries, share.num_libraries) {
        (Some(true), _) => Ok(Choice::All),
        (Some(false), Some(count)) if count <= listed => Ok(Choice::these(share.libraries.clone())),
        (Some(false), None) if listed > 0 => Ok(Choice::these(share.libraries.clone())),
        _ => {
            let message = "plex.tv does not say which libraries are shared, so none can be added or removed; name \
                           them all with `Share::set_libraries`";
            Err(Error::new(ErrorKind::Decode, message))
        }
    }
}

/// The union of both.
pub(super) fn union(one: Choice<SharedLibrary>, other: &Choice<SharedLibrary>) -> Choice<SharedLibrary> {
    match (one, other) {
        (Choice::These(mut libraries), Choice::These(more)) => {
            let new: Vec<SharedLibrary> = more.iter().filter(|library| !has(&libraries, library.id)).cloned().collect();
            libraries.extend(new);
            Choice::These(libraries)
        }
        _ => Choice::All,
    }
}

/// The first without the second. `All` then means the known libraries.
pub(super) fn difference(
    one: Choice<SharedLibrary>,
    other: &Choice<SharedLibrary>,
    known: &[SharedLibrary],
) -> Choice<SharedLibrary> {
    let Choice::These(fewer) = other else { return Choice::these([]) };
    let mut libraries = match one {
        Choice::These(libraries) => libraries,
        Choice::All if fewer.is_empty() => return Choice::All,
        Choice::All => known.to_vec(),
    };
    libraries.retain(|library| !has(fewer, library.id));
    Choice::These(libraries)
}

/// The libraries of the server, and those that are shared although the server no longer has them.
pub(super) fn with_lost(known: &[SharedLibrary], shared: &Choice<SharedLibrary>) -> Vec<SharedLibrary> {
    let mut libraries = known.to_vec();
    if let Choice::These(shared) = shared {
        libraries.extend(shared.iter().filter(|library| !has(known, library.id)).cloned());
    }
    libraries
}

/// The titles of the listed libraries.
pub(super) fn titles(share: &SharedServer) -> Vec<&str> {
    share.libraries.iter().map(|library| library.title.as_deref().unwrap_or_default()).collect()
}

/// Whether both contain the same libraries.
pub(super) fn is_same(one: &Choice<SharedLibrary>, other: &Choice<SharedLibrary>) -> bool {
    match (one, other) {
        (Choice::All, Choice::All) => true,
        (Choice::These(one), Choice::These(other)) => {
            one.iter().all(|library| has(other, library.id)) && other.iter().all(|library| has(one, library.id))
        }
        _ => false,
    }
}

fn has(libraries: &[SharedLibrary], id: i64) -> bool {
    libraries.iter().any(|library| library.id == id)
}

/// The library ids, as the calls take them.
///
/// # Errors
/// `is_invalid_input` when the list is empty, which plex.tv would read as all.
pub(super) fn ids(libraries: &Choice<SharedLibrary>) -> Result<Choice<i64>, Error> {
    match libraries {
        Choice::All => Ok(Choice::All),
        Choice::These(libraries) if libraries.is_empty() => {
            let message = "no library would be left, which plex.tv would read as all; end the share with \
                           `Share::revoke` instead";
            Err(Error::invalid_input(message))
        }
        Choice::These(libraries) => Ok(Choice::these(libraries.iter().map(|library| library.id))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn these(ids: &[i64]) -> Choice<SharedLibrary> {
        Choice::these(ids.iter().map(|id| serde_json::from_value(json!({"id": id})).unwrap()))
    }

    fn shared(all: Value, count: Value, ids: &[i64]) -> Result<Choice<SharedLibrary>, Error> {
        let libraries: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        let share = json!({"id": 1, "allLibraries": all, "numLibraries": count, "libraries": libraries});
        extent(&serde_json::from_value(share).unwrap())
    }

    #[test]
    fn the_extent_of_a_share_is_known_or_an_error() {
        assert!(is_same(&shared(json!(true), json!(2), &[5, 7]).unwrap(), &Choice::All));
        assert!(is_same(&shared(json!(false), json!(2), &[5, 7]).unwrap(), &these(&[7, 5])));
        assert!(is_same(&shared(json!(false), Value::Null, &[5]).unwrap(), &these(&[5])));
        assert!(is_same(&shared(json!(false), json!(0), &[]).unwrap(), &these(&[])));

        for unknown in [
            shared(Value::Null, json!(1), &[5]),
            shared(json!(false), json!(3), &[]),
            shared(json!(false), json!(3), &[5, 7]),
            shared(json!(false), Value::Null, &[]),
        ] {
            assert!(unknown.unwrap_err().is_decode());
        }
    }

    #[test]
    fn libraries_are_added_and_removed() {
        let known = [5, 7, 9].map(|id| serde_json::from_value(json!({"id": id})).unwrap());

        assert!(is_same(&union(these(&[5]), &these(&[7, 5])), &these(&[5, 7])));
        assert!(is_same(&union(these(&[5]), &Choice::All), &Choice::All));
        assert!(is_same(&union(Choice::All, &these(&[5])), &Choice::All));
        assert!(is_same(&difference(these(&[5, 7]), &these(&[7, 9]), &known), &these(&[5])));
        assert!(is_same(&difference(Choice::All, &these(&[7]), &known), &these(&[5, 9])));
        assert!(is_same(&difference(Choice::All, &these(&[]), &known), &Choice::All));
        assert!(!is_same(&these(&[5]), &these(&[5, 7])) && !is_same(&these(&[5, 7, 9]), &Choice::All));
    }

    #[test]
    fn nothing_left_is_not_all() {
        assert!(ids(&these(&[])).unwrap_err().is_invalid_input());
        assert_eq!(ids(&these(&[5])).unwrap(), Choice::these([5]));
        assert_eq!(ids(&Choice::All).unwrap(), Choice::All);
    }
}
