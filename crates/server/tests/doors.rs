//! The doors between the rooms can't be forged or skipped: each file of `tests/doors` tries to, and
//! must not compile.

#[test]
fn skipping_a_room_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/doors/*.rs");
}
