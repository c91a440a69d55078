//! The reference of the Plex.tv cloud API as a site of plain pages.
//!
//! [`Site::build`] makes it from the descriptions, from the generated code, whose doctests are the
//! samples, and from the guides and the changelog. [`Site::write`] puts it into a folder, and
//! [`Server`] serves it with a sandbox, to which its forms send calls.
//!
//! ```no_run
//! use plex_tv_docs::{Settings, Site};
//!
//! let site = Site::build(".".as_ref(), &Settings::default());
//! match site {
//!     Ok(site) => println!("{}", site.summary()),
//!     Err(problems) => problems.iter().for_each(|problem| eprintln!("{problem}")),
//! }
//! ```
#![warn(missing_docs)]

mod book;
mod check;
mod curl;
mod example;
mod ids;
mod markdown;
mod operation;
mod rust;
mod schema;
mod sdk;
mod serve;
mod site;
mod text;

pub use serve::Server;
pub use site::{Settings, Site};
