//! How to do what apps do, from the first line to what goes wrong.
