//! References into other files. The files are read and become part of the document.

use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use crate::{
    Document, Problem,
    pointer::{FILES, each_reference, join, target},
};

/// Returns the document with all files that it refers to, directly or indirectly. References into
/// them then point to `#/$files/<path>`. `load` reads the file at a path that has the same base as
/// the document's own path.
///
/// # Errors
/// When a reference is a URL or an absolute path, and when a file cannot be read.
pub fn with_files(
    document: Document,
    mut load: impl FnMut(&Path) -> Result<Document, Problem>,
) -> Result<Document, Problem> {
    let home = document.path().parent().unwrap_or_else(|| Path::new("")).to_owned();
    let own = document.path().file_name().map(PathBuf::from).unwrap_or_default();
    let mut document = document;
    let mut files = Map::new();
    let mut open = rewritten(&mut document, None, &own)?;
    if !open.is_empty() && document.value().get(FILES).is_some() {
        let what = format!("`{FILES}` holds the files that the description refers to, so it cannot be a member");
        return Err(document.problem("outside-ref", &join("", FILES), what, "give the member another name"));
    }
    while let Some(path) = open.pop() {
        let name = slashed(&path);
        if files.contains_key(&name) {
            continue;
        }
        let mut file = load(&home.join(&path)).map_err(|problem| {
            let what = format!("a reference points to this file: {}", problem.message());
            Problem::new(problem.file(), problem.rule(), what, problem.mend()).on_line(problem.line().unwrap_or(0))
        })?;
        open.extend(rewritten(&mut file, Some(&path), &own)?);
        document.add_file(&join(&join("", FILES), &name), &file);
        files.insert(name, file.into_value());
    }
    if !files.is_empty() {
        document.set_root_member(FILES, Value::Object(files));
    }
    Ok(document)
}

/// Rewrites the references of a file into references inside the whole document, and returns the
/// files that they point to. `at` is the path of the file relative to the document, or `None` for
/// the document itself. `own` is the name of the document's file.
fn rewritten(file: &mut Document, at: Option<&Path>, own: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut refused = None;
    let folder = at.and_then(Path::parent).unwrap_or_else(|| Path::new("")).to_owned();
    let mut value = file.value().clone();
    each_reference(&mut value, &mut |pointer, text| {
        let (path, fragment) = text.split_once('#').map_or((text.as_str(), ""), |(path, rest)| (path, rest));
        let to = if path.is_empty() {
            at.map(Path::to_owned)
        } else if let Some(path) = normal(&folder, path) {
            (path != own).then_some(path)
        } else {
            refused = refused.take().or_else(|| Some((pointer.to_owned(), text.clone())));
            return;
        };
        // A reference inside the document stays as it is.
        if at.is_none() && path.is_empty() {
            return;
        }
        // An anchor is somewhere in the file, so all of it is compared.
        let fragment = if fragment.is_empty() || fragment.starts_with('/') { fragment } else { "" };
        *text = match to {
            None => format!("#{fragment}"),
            Some(path) => {
                let pointer = join(&join("", FILES), &slashed(&path));
                found.push(path);
                format!("#{}{fragment}", pointer.replace('%', "%25"))
            }
        };
    });
    if let Some((pointer, text)) = refused {
        let what = format!("`{text}` is not a relative path, so the reference cannot be followed");
        let mend = "refer to a file by a relative path, or copy the part that the reference points to";
        return Err(file.problem("outside-ref", &pointer, what, mend));
    }
    file.set_value(value);
    Ok(found)
}

/// Returns a relative path with its `..` resolved, or `None` for a URL or an absolute path.
fn normal(folder: &Path, reference: &str) -> Option<PathBuf> {
    if reference.contains(':') || reference.contains('\\') {
        return None;
    }
    let reference = target(&format!("#{reference}"))?;
    let mut found = folder.to_owned();
    for step in Path::new(&reference).components() {
        match step {
            Component::Normal(name) => found.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if found.file_name().is_none() {
                    found.push("..");
                } else {
                    found.pop();
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(found)
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, text: &str) -> Document {
        Document::parse(path, text).unwrap()
    }

    #[test]
    fn files_become_part_of_the_document_and_keep_their_places() {
        let root =
            document("api/root.yaml", "a: {$ref: './s/pet.yaml#/Pet'}\nb: {$ref: '#/a'}\nexample: {$ref: 'no.yaml'}\n");
        let mut asked = Vec::new();

        let whole = with_files(root, |path| {
            asked.push(slashed(path));
            Ok(document(
                &slashed(path),
                "Pet:\n  o: {$ref: '#/Owner'}\n  up: {$ref: '../root.yaml#/a'}\nOwner:\n  next: {$ref: 'pet.yaml'}\n",
            ))
        })
        .unwrap();

        assert_eq!(asked, ["api/s/pet.yaml"]);
        let value = whole.value();
        assert_eq!(value["a"]["$ref"], "#/$files/s~1pet.yaml/Pet");
        assert_eq!(value["b"]["$ref"], "#/a");
        assert_eq!(value["example"]["$ref"], "no.yaml");
        let pet = &value["$files"]["s/pet.yaml"];
        assert_eq!(pet["Pet"]["o"]["$ref"], "#/$files/s~1pet.yaml/Owner");
        assert_eq!(pet["Pet"]["up"]["$ref"], "#/a");
        assert_eq!(pet["Owner"]["next"]["$ref"], "#/$files/s~1pet.yaml");
        let place = whole.place("/$files/s~1pet.yaml/Owner/next");
        assert_eq!((slashed(place.0), place.1, place.2), ("api/s/pet.yaml".to_owned(), "/Owner/next", 5));
    }

    #[test]
    fn a_reference_that_is_not_a_relative_path_is_refused() {
        for reference in ["https://example.org/a.yaml", "/etc/a.yaml", "C:\\a.yaml", "file:a.yaml"] {
            let root = document("a.yaml", &format!("a:\n  $ref: '{reference}#/X'\n"));

            let problem = with_files(root, |path| Ok(document(&slashed(path), "{}"))).unwrap_err();

            assert_eq!((problem.rule(), problem.line()), ("outside-ref", Some(2)), "{reference}");
        }
    }
}
