//! The scenarios in C, each a test, and those in C++.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

#[macro_use]
mod native;

use std::collections::BTreeSet;

use native::{GCC, GPP, SCENARIOS, run};

/// A test for each scenario.
macro_rules! tests {
    (
        c { $($c:ident { $($in_c:ident: $of_c:tt,)* })* }
        cpp { $($cpp:ident { $($in_cpp:ident: $of_cpp:tt,)* })* }
    ) => {
        mod c {
            $(mod $c {
                use super::super::{GCC, run};
                $(#[test]
                fn $in_c() {
                    let source = concat!("tests/com/", stringify!($c), ".c");
                    run(source, stringify!($in_c), &$of_c, GCC);
                })*
            })*
        }
        mod cpp {
            $(mod $cpp {
                use super::super::{GPP, run};
                $(#[test]
                #[ignore = "needs g++"]
                fn $in_cpp() {
                    let source = concat!("tests/com/", stringify!($cpp), ".cpp");
                    run(source, stringify!($in_cpp), &$of_cpp, GPP);
                })*
            })*
        }
    };
}

every_scenario!(tests);

/// By the table of each program, whose rows are a text and the function of the same name.
#[test]
fn every_scenario_of_a_program_is_in_the_list() {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(native::root().join("tests/com")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a source");
        let rows = text.split("{\"").skip(1).filter_map(|row| row.split_once("\","));
        let scenarios = rows.filter(|(scenario, rest)| {
            rest.trim_start().strip_prefix(*scenario).is_some_and(|rest| rest.starts_with('}'))
        });
        found.extend(
            scenarios.map(|(scenario, _)| (format!("tests/com/{name}"), scenario.to_owned())),
        );
    }
    let listed = SCENARIOS.iter().map(|scenario| (scenario.0.to_owned(), scenario.1.to_owned()));
    assert_eq!(found, listed.collect());
}
