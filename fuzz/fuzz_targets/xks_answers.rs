#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| keystead_fuzz_targets::run("xks_answers", bytes));
