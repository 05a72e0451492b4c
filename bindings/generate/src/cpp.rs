//! `include/bgcopy/enums.hpp`.

use std::fmt::Write;

use bgcopy_core::vocab::ENUMS;

use crate::text::{comment, snake};

const HEAD: &str = "// The enumerations of bgcopy.h. This file is generated.

#ifndef BGCOPY_ENUMS_HPP
#define BGCOPY_ENUMS_HPP

#include <cstdint>

#include <bgcopy.h>

namespace bgcopy {
";

/// The enumerations of C++, with the numbers of C.
pub fn enums() -> String {
    let mut text = HEAD.to_owned();
    for table in ENUMS {
        let name = snake(table.name);
        text.push('\n');
        comment(&mut text, "", "///", table.doc);
        _ = writeln!(text, "enum class {name} : std::uint32_t {{");
        for word in table.words {
            comment(&mut text, "    ", "///", word.doc);
            value(&mut text, &name, word.name);
        }
        _ = writeln!(text, "}};");
    }
    text.push('\n');
    _ = writeln!(text, "/// Which part of a bgcopy_property_value counts.");
    _ = writeln!(text, "enum class property_type : std::uint32_t {{");
    for (name, _) in bgcopy::PROPERTY_TYPES {
        value(&mut text, "property_type", name);
    }
    text + "};\n\n} // namespace bgcopy\n\n#endif\n"
}

fn value(text: &mut String, enumeration: &str, name: &str) {
    // One is a keyword.
    let own = if name == "AUTO" { "auto_".to_owned() } else { name.to_lowercase() };
    _ = writeln!(text, "    {own} = BGCOPY_{}_{name},", enumeration.to_uppercase());
}
