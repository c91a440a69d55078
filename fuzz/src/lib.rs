//! What is fed to the parts of this workspace that read what others wrote. See `targets`.

pub mod targets;
