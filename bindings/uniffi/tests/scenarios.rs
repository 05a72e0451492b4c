//! The languages run the same scenarios.

use std::collections::BTreeSet;

#[test]
fn no_scenario_is_missing_in_a_language() {
    let kotlin = include_str!("../kotlin/src/test/kotlin/bgcopy/ScenariosTest.kt");
    let swift = include_str!("../swift/Tests/BgcopyTests/ScenariosTests.swift");
    let kotlin = names(kotlin, "    fun ", "()");
    assert!(kotlin.len() > 10, "the scenarios are read");
    assert_eq!(kotlin, names(swift, "    func test_", "()"));
}

#[test]
fn uploads_are_told_in_python_too() {
    let kotlin = include_str!("../kotlin/src/test/kotlin/bgcopy/ScenariosTest.kt");
    let python = include_str!("../../python/tests/test_scenarios.py");
    let (mut kotlin, python) = (names(kotlin, "    fun ", "()"), names(python, "def test_", "("));
    // Python tells the first of them with each protocol.
    kotlin.retain(|name| name.contains("upload") && *name != "upload_by_each_protocol");
    assert_eq!(kotlin.len(), 4, "{kotlin:?}");
    assert!(kotlin.is_subset(&python), "{kotlin:?} in {python:?}");
}

fn names<'a>(source: &'a str, before: &str, behind: &str) -> BTreeSet<&'a str> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix(before)?.split_once(behind))
        .map(|(name, _)| name)
        .collect()
}
