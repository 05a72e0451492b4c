//! `bindings/com/src/abi`: the interfaces as traits with the types of the binary interface.
//!
//! windows-bindgen can print them, too, but so that an out pointer of NULL crashes and that what is given out
//! with S_FALSE is lost; here each method sees its pointers and answers its code.

use std::fmt::Write;

use windows_metadata::Type;

use super::metadata::{Guid, Metadata, Number, read};

const HEAD: &str =
    "// This file is generated from Microsoft's metadata: see bindings/generate.\n\n";

/// `interfaces.rs`.
pub fn interfaces() -> String {
    let data = read();
    let mut text = HEAD.to_owned();
    text += "use std::ffi::c_void;\n\nuse windows_core::{GUID, HRESULT, IUnknown, interface};\n";
    text += "use windows_core::IUnknown_Vtbl;\n\nuse super::types::*;\n";
    for interface in &data.interfaces {
        _ = writeln!(text, "\n#[interface(\"{}\")]", interface.iid);
        let (name, parent) = (&interface.name, &interface.parent);
        _ = writeln!(text, "pub unsafe trait {name}: {parent} {{");
        for method in &interface.methods {
            _ = write!(text, "    pub unsafe fn {}(&self", method.name);
            for (param, ty) in &method.params {
                _ = write!(text, ", {param}: {}", rust(ty));
            }
            text += ") -> HRESULT;\n";
        }
        text += "}\n";
    }
    text.replace("use windows_core::IUnknown_Vtbl;\n", "")
}

/// `types.rs`.
pub fn types() -> String {
    let data = read();
    let mut text = HEAD.to_owned();
    text += "use windows_core::{GUID, HRESULT};\n";
    for table in &data.enums {
        _ = writeln!(text, "\npub type {} = i32;", table.name);
        for (name, value) in &table.values {
            _ = writeln!(text, "pub const {name}: {} = {value};", table.name);
        }
    }
    for record in &data.structs {
        let kind = if record.is_union { "union" } else { "struct" };
        _ = writeln!(text, "\n#[repr(C)]\n#[derive(Clone, Copy)]\npub {kind} {} {{", record.name);
        for (name, ty) in &record.fields {
            _ = writeln!(text, "    pub {name}: {},", rust(ty));
        }
        text += "}\n";
    }
    constants(&mut text, &data);
    text += "\n/// The classes whose objects are managers.\n";
    _ = writeln!(text, "pub const CLASSES: [GUID; {}] = [", data.classes.len());
    for (name, id) in &data.classes {
        _ = writeln!(text, "    {}, // {name}", number(*id));
    }
    text += "];\n\n/// The ids by the names that programs know them by.\n";
    text += "#[allow(unsafe_code, reason = \"an id of one name is the same everywhere\")]\n";
    text += "pub mod symbols {\n    use windows_core::GUID;\n";
    let unknown = Guid { first: 0, second: 0, third: 0, rest: [0xC0, 0, 0, 0, 0, 0, 0, 0x46] };
    symbol(&mut text, "IID_IUnknown", unknown);
    for interface in &data.interfaces {
        symbol(&mut text, &format!("IID_{}", interface.name), interface.iid);
    }
    for (name, id) in &data.classes {
        symbol(&mut text, &format!("CLSID_{name}"), *id);
    }
    text + "}\n"
}

fn constants(text: &mut String, data: &Metadata) {
    text.push('\n');
    for (name, value) in &data.constants {
        _ = match value {
            Number::Code(bits) => {
                writeln!(
                    text,
                    "pub const {name}: HRESULT = HRESULT(0x{bits:08X}_u32.cast_signed());"
                )
            }
            Number::Word(bits) => writeln!(text, "pub const {name}: u32 = 0x{bits:04X};"),
            Number::Long(bits) => writeln!(text, "pub const {name}: u64 = 0x{bits:X};"),
        };
    }
}

fn symbol(text: &mut String, name: &str, id: Guid) {
    _ = writeln!(text, "    #[unsafe(no_mangle)]\n    pub static {name}: GUID = {};", number(id));
}

fn number(id: Guid) -> String {
    format!("GUID::from_u128(0x{})", id.to_string().replace('-', "_"))
}

/// A type as Rust has it. What is behind an interface pointer is checked where it is used.
fn rust(ty: &Type) -> String {
    match ty {
        Type::U8 => "u8".to_owned(),
        Type::U16 => "u16".to_owned(),
        Type::U32 => "u32".to_owned(),
        Type::I32 => "i32".to_owned(),
        Type::U64 => "u64".to_owned(),
        Type::ValueName(name) => match name.name.as_str() {
            "PCWSTR" => "*const u16".to_owned(),
            "PWSTR" => "*mut u16".to_owned(),
            "BOOL" => "i32".to_owned(),
            "byte" => "u8".to_owned(),
            other => other.to_owned(),
        },
        Type::ClassName(_) => "*mut c_void".to_owned(),
        Type::PtrMut(inner, depth) => format!("{}{}", "*mut ".repeat(*depth), rust(inner)),
        Type::PtrConst(inner, depth) => format!("{}{}", "*const ".repeat(*depth), rust(inner)),
        other => unreachable!("{other:?} is in no method"),
    }
}
