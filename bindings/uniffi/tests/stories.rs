//! Both languages tell the same stories.

use std::collections::BTreeSet;

#[test]
fn no_story_is_missing_in_a_language() {
    let kotlin = include_str!("../kotlin/src/test/kotlin/bgcopy/StoriesTest.kt");
    let swift = include_str!("../swift/Tests/BgcopyTests/StoriesTests.swift");
    let kotlin = names(kotlin, "    fun ");
    assert!(kotlin.len() > 10, "the stories are read");
    assert_eq!(kotlin, names(swift, "    func test_"));
}

fn names<'a>(source: &'a str, before: &str) -> BTreeSet<&'a str> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix(before)?.split_once("()"))
        .map(|(name, _)| name)
        .collect()
}
