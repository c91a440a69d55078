//! The payloads of a folder: `<operationId>/<status>[-<case>].<kind>`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The kind of a payload, by its name. Decoding does not rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Xml,
    Html,
    Text,
}

/// One recorded reply.
#[derive(Debug)]
pub(crate) struct Payload {
    /// Its name in the report: `getPin/201-full.json`.
    pub(crate) name: String,
    pub(crate) operation: String,
    pub(crate) status: u16,
    pub(crate) kind: Kind,
    pub(crate) body: Vec<u8>,
}

/// The contents of a folder, sorted by name.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) payloads: Vec<Payload>,
    /// Other files, and why they are not payloads.
    pub(crate) passed_over: Vec<(String, &'static str)>,
}

impl Folder {
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut found = Self::default();
        for path in entries(folder)? {
            let name = name_of(&path);
            if path.is_dir() {
                found.operation(&path, &name)?;
            } else {
                found.passed_over.push((name, "it is not in the folder of an operation"));
            }
        }
        if found.payloads.is_empty() {
            return Err(format!(
                "{} holds no payload; name payloads like getPin/201-full.json: operation, status, case",
                folder.display()
            ));
        }
        Ok(found)
    }

    fn operation(&mut self, folder: &Path, operation: &str) -> Result<(), String> {
        for path in entries(folder)? {
            let file = name_of(&path);
            let name = format!("{operation}/{file}");
            if path.is_dir() {
                self.passed_over.push((name, "it is a folder"));
                continue;
            }
            match meaning(&file) {
                Ok((status, kind)) => {
                    let body = fs::read(&path).map_err(|why| unreadable(&path, &why))?;
                    self.payloads.push(Payload { name, operation: operation.to_owned(), status, kind, body });
                }
                Err(why) => self.passed_over.push((name, why)),
            }
        }
        Ok(())
    }
}

/// Returns the status and the kind from a name such as `201-full.json`.
fn meaning(file: &str) -> Result<(u16, Kind), &'static str> {
    let (stem, extension) = file.rsplit_once('.').ok_or("its name does not end in .json, .xml, .html or .txt")?;
    let kind = match extension {
        "json" => Kind::Json,
        "xml" => Kind::Xml,
        "html" => Kind::Html,
        "txt" => Kind::Text,
        _ => return Err("its name does not end in .json, .xml, .html or .txt"),
    };
    let status = stem.split_once('-').map_or(stem, |(status, _)| status);
    let is_status = status.len() == 3 && status.bytes().all(|digit| digit.is_ascii_digit());
    let status = status.parse().ok().filter(|status| is_status && (100..600).contains(status));
    Ok((status.ok_or("its name does not start with an HTTP status")?, kind))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = read().map_err(|why| unreadable(folder, &why))?;
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, why: &io::Error) -> String {
    format!("{} cannot be read: {why}", path.display())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_status_and_kind() {
        let cases = [
            ("201-full.json", Some((201, Kind::Json))),
            ("200.xml", Some((200, Kind::Xml))),
            ("401-with-many.words.html", Some((401, Kind::Html))),
            ("500-.txt", Some((500, Kind::Text))),
            ("099.json", None),
            ("600.json", None),
            ("+20.json", None),
            ("2000.json", None),
            ("full-200.json", None),
            ("200.yaml", None),
            ("200", None),
            (".json", None),
        ];

        for (name, wanted) in cases {
            assert_eq!(meaning(name).ok(), wanted, "{name}");
        }
    }
}
