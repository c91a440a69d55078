//! What outlives the program: who it is to plex.tv, and the token.

use std::{fs, io, path::PathBuf};

use etcetera::BaseStrategy as _;
use plex_tv_sdk::{ClientIdentity, Secret, Token};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{Outcome, PRODUCT, VERSION};

/// A small JSON file in the user's folder for settings, readable by that user alone.
pub(crate) struct Store {
    path: PathBuf,
    kept: Kept,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// Made once and kept, since plex.tv takes each new one for a new device: it would fill the user's list of devices and
    /// send them an e-mail at every start. Tokens are bound to it, too.
    client_identifier: String,
    #[serde(default)]
    token: Option<Secret>,
}

impl Store {
    /// Reads the file, or makes it with a new client identifier.
    pub(crate) fn open(file_name: &str) -> Outcome<Self> {
        let path = path(file_name)?;
        match fs::read(&path) {
            Ok(text) => Self::parse(path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(format!("cannot read {}: {error}; {ADVICE}", path.display()).into()),
        }
    }

    /// Removes the token. Tells where, if there was one.
    pub(crate) fn forget(file_name: &str) -> Outcome<Option<PathBuf>> {
        if !path(file_name)?.try_exists()? {
            return Ok(None);
        }
        let mut store = Self::open(file_name)?;
        if store.kept.token.take().is_none() {
            return Ok(None);
        }
        store.save()?;
        Ok(Some(store.path))
    }

    pub(crate) fn identity(&self) -> Outcome<ClientIdentity> {
        ClientIdentity::new(&self.kept.client_identifier, PRODUCT, VERSION).map_err(|error| self.damaged(error))
    }

    pub(crate) fn token(&self) -> Outcome<Option<Token>> {
        let token = self.kept.token.as_ref().map(Token::try_from);
        token.transpose().map_err(|error| self.damaged(error))
    }

    pub(crate) fn keep(&mut self, token: &Token) -> Outcome {
        self.kept.token = Some(Secret::from(token.expose()));
        self.save()
    }

    fn create(path: PathBuf) -> Outcome<Self> {
        let client_identifier = uuid::Uuid::new_v4().to_string();
        let kept = Kept { client_identifier, token: None };
        let store = Self { path, kept };
        store.save()?;
        Ok(store)
    }

    fn parse(path: PathBuf, text: &[u8]) -> Outcome<Self> {
        match serde_json::from_slice(text) {
            Ok(kept) => Ok(Self { path, kept }),
            Err(error) => {
                // Only the place: the message may quote what is there, which may be the token.
                let (path, line, column) = (path.display(), error.line(), error.column());
                Err(format!("{path} is damaged at line {line}, column {column}; {ADVICE}").into())
            }
        }
    }

    /// All or nothing: a new file takes the place of the old one when it is complete.
    fn save(&self) -> Outcome {
        self.replace().map_err(|error| format!("cannot write {}: {error}", self.path.display()).into())
    }

    fn replace(&self) -> io::Result<()> {
        let folder = self.path.parent().ok_or(io::ErrorKind::InvalidFilename)?;
        create_private(folder)?;
        // Its mode is 0600 from the start, so that there is no moment at which others can read it.
        let mut file = NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, &self.kept)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }

    fn damaged(&self, error: plex_tv_sdk::Error) -> Box<dyn std::error::Error + Send + Sync> {
        format!("{} is damaged: {error}; {ADVICE}", self.path.display()).into()
    }
}

const ADVICE: &str = "repair it, or move it away to start anew";

fn path(file_name: &str) -> Outcome<PathBuf> {
    let settings = etcetera::choose_base_strategy()?.config_dir();
    Ok(settings.join("plex-tv-sdk-example").join(file_name))
}

fn create_private(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}
