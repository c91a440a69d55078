#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| plex_tv_fuzz::targets::diff_two_documents(data));
