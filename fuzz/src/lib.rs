//! Fuzz targets for the parts of this workspace that read untrusted input. See `targets`.

pub mod targets;
