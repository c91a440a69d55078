//! The reference of the Plex.tv cloud API, as a site of static pages.
//!
//! [`Site::build`] makes it from the descriptions, the generated code, the guides and the
//! changelog. The samples are the doctests of the generated code. [`Site::write`] writes the site
//! into a folder, and [`Server`] serves it together with a sandbox that receives the calls of its
//! forms.
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
mod verbs;

pub use serve::Server;
pub use site::{Settings, Site};
