//! The Plex Home.

mod managed;
mod members;
