//! Documentation in the comments of a language.

use std::fmt::Write;

/// The lines of a text of a table.
pub fn lines(doc: &str) -> impl Iterator<Item = &str> {
    doc.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The same in one line.
pub fn one_line(doc: &str) -> String {
    lines(doc).collect::<Vec<_>>().join(" ")
}

/// The same as a comment whose lines begin with `mark`.
pub fn comment(text: &mut String, indent: &str, mark: &str, doc: &str) {
    for line in lines(doc) {
        _ = writeln!(text, "{indent}{mark} {line}");
    }
}

/// The same as a documentation comment of C.
pub fn block(text: &mut String, indent: &str, doc: &str) {
    let all: Vec<_> = lines(doc).collect();
    if let [line] = all[..] {
        _ = writeln!(text, "{indent}/** {line} */");
        return;
    }
    _ = writeln!(text, "{indent}/**");
    for line in all {
        _ = writeln!(text, "{indent} * {line}");
    }
    _ = writeln!(text, "{indent} */");
}

/// A name in camel case in snake case: `JobState`, `job_state`.
pub fn snake(camel: &str) -> String {
    let mut text = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
