#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| plex_tv_fuzz::targets::webhook_delivery(data));
