#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| plex_tv_fuzz::targets::parse_plex_error_json_or_xml(data));
