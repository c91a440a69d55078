//! Replies in files: `<operationId>/<status>-<case>.<json|xml|html>`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Schema, xml::from_xml};

/// One reply in a file.
#[derive(Clone, Debug)]
pub struct Payload {
    pub operation: String,
    pub status: u16,
    pub case: String,
    /// `json`, `xml` or `html`.
    pub format: String,
    pub body: String,
}

impl Payload {
    fn read(path: &Path) -> Option<Self> {
        let operation = path.parent()?.file_name()?.to_str()?;
        let format = path.extension()?.to_str()?;
        let (status, case) = path.file_stem()?.to_str()?.split_once('-')?;
        Some(Self {
            operation: operation.to_owned(),
            status: status.parse().ok()?,
            case: case.to_owned(),
            format: format.to_owned(),
            body: fs::read_to_string(path).unwrap(),
        })
    }

    /// `getPin/201-full`
    pub fn name(&self) -> String {
        format!("{}/{}-{}", self.operation, self.status, self.case)
    }

    /// The schema of a successful reply. It ignores the status: a recorded one may be undocumented.
    pub fn schema(&self) -> Option<Schema> {
        Schema::of_success(&self.operation)
    }

    /// The reply as JSON, converted if it is XML.
    pub fn value(&self, schema: Schema) -> Value {
        match self.format.as_str() {
            "xml" => from_xml(&self.body, schema),
            _ => serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{}: {why}", self.name())),
        }
    }
}

/// The replies in `tests/payloads`, all made up.
pub fn payloads() -> Vec<Payload> {
    payloads_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("payloads"))
}

/// The replies in the subfolders of a folder, sorted. Other files are skipped.
pub fn payloads_in(folder: &Path) -> Vec<Payload> {
    let inner = entries(folder).into_iter().filter(|path| path.is_dir());
    inner.flat_map(|folder| entries(&folder)).filter_map(|path| Payload::read(&path)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
