//! `include/com/bits.h`: for C, tables of functions and the macros of COBJMACROS; for C++,
//! classes of the same slots.

use std::fmt::Write;

use windows_metadata::Type;

use super::metadata::{Guid, Interface, Metadata, Method, Number, Struct, is_named, read};

const HEAD: &str =
    "/* The interfaces of BITS for C and C++. This file is generated from Microsoft's metadata:
 * see bindings/generate. docs/com.md is its guide. */
#ifndef BGCOPY_COM_BITS_H
#define BGCOPY_COM_BITS_H

#include \"bgcopy_com.h\"
";

/// The sizes for 64 bits that programs of Windows rely on.
const SIZES: [(&str, u32); 11] = [
    ("BG_FILE_INFO", 16),
    ("BG_FILE_PROGRESS", 24),
    ("BG_FILE_RANGE", 16),
    ("BG_JOB_PROGRESS", 24),
    ("BG_JOB_REPLY_PROGRESS", 16),
    ("BG_JOB_TIMES", 24),
    ("BG_BASIC_CREDENTIALS", 16),
    ("BG_AUTH_CREDENTIALS", 24),
    ("BITS_JOB_PROPERTY_VALUE", 16),
    ("BITS_FILE_PROPERTY_VALUE", 8),
    ("FILETIME", 8),
];

/// The methods of IUnknown.
const UNKNOWN: [&str; 3] = ["QueryInterface", "AddRef", "Release"];

/// The whole header.
pub fn header() -> String {
    let data = read();
    let mut text = HEAD.to_owned();
    for interface in &data.interfaces {
        _ = writeln!(text, "typedef struct {0} {0};", interface.name);
    }
    numbers(&mut text, &data);
    for record in data.structs.iter().filter(|record| record.name != "FILETIME") {
        structure(&mut text, record);
    }
    text += "\n#ifdef __cplusplus\n\nBGCOPY_COM_QUIET_BEGIN\n";
    for interface in &data.interfaces {
        class(&mut text, interface);
    }
    text += "BGCOPY_COM_QUIET_END\n\n#else /* C */\n";
    for interface in &data.interfaces {
        table(&mut text, &data, interface);
    }
    text += "\n#endif\n\n#ifdef COBJMACROS\n#ifndef __cplusplus\n";
    for interface in &data.interfaces {
        macros(&mut text, &data, interface);
    }
    text += "\n#endif\n#endif\n\nBGCOPY_COM_BEGIN\n";
    for interface in &data.interfaces {
        _ = writeln!(text, "extern const IID IID_{};", interface.name);
    }
    for name in data.classes.keys() {
        _ = writeln!(text, "extern const CLSID CLSID_{name};");
    }
    text += "BGCOPY_COM_END\n\n#ifdef __cplusplus\n";
    for interface in &data.interfaces {
        uuid(&mut text, &interface.name, interface.iid);
    }
    for (name, id) in &data.classes {
        _ = writeln!(text, "class {name};");
        uuid(&mut text, name, *id);
    }
    text += "#endif\n";
    asserts(&mut text, &data);
    text + "\n#endif\n"
}

fn numbers(text: &mut String, data: &Metadata) {
    for table in &data.enums {
        _ = writeln!(text, "\ntypedef enum {{");
        for (name, value) in &table.values {
            // What does not fit the enumeration's own type as it is written.
            _ = writeln!(text, "    {name} = {value},");
        }
        text.truncate(text.trim_end_matches([',', '\n']).len());
        _ = writeln!(text, "\n}} {};", table.name);
    }
    text.push('\n');
    for (name, value) in &data.constants {
        _ = match value {
            Number::Code(bits) => {
                writeln!(text, "#define {name} _HRESULT_TYPEDEF_(0x{bits:08X})")
            }
            Number::Word(bits) => writeln!(text, "#define {name} 0x{bits:04X}"),
            Number::Long(bits) => writeln!(text, "#define {name} UINT64_C(0x{bits:X})"),
        };
    }
}

fn structure(text: &mut String, record: &Struct) {
    let kind = if record.is_union { "union" } else { "struct" };
    let name = &record.name;
    _ = writeln!(text, "\ntypedef {kind} {name} {{");
    for (field, ty) in &record.fields {
        _ = writeln!(text, "    {};", declared(ty, field));
    }
    _ = writeln!(text, "}} {name};");
}

fn class(text: &mut String, interface: &Interface) {
    _ = writeln!(text, "struct {} : public {} {{", interface.name, interface.parent);
    for method in &interface.methods {
        _ = writeln!(
            text,
            "    virtual HRESULT STDMETHODCALLTYPE {}({}) = 0;",
            method.name,
            params(method, None)
        );
    }
    text.push_str("};\n\n");
}

/// All its methods but those of IUnknown, in the order of their slots.
fn chain<'a>(data: &'a Metadata, interface: &'a Interface) -> Vec<&'a Method> {
    let parent = data.interfaces.iter().find(|one| one.name == interface.parent);
    let mut methods = parent.map_or_else(Vec::new, |parent| chain(data, parent));
    methods.extend(&interface.methods);
    methods
}

fn table(text: &mut String, data: &Metadata, interface: &Interface) {
    let name = &interface.name;
    _ = writeln!(text, "\ntypedef struct {name}Vtbl {{");
    _ = writeln!(
        text,
        "    HRESULT(STDMETHODCALLTYPE *QueryInterface)({name} *This, REFIID riid, void **ppvObject);"
    );
    for method in &UNKNOWN[1..] {
        _ = writeln!(text, "    ULONG(STDMETHODCALLTYPE *{method})({name} *This);");
    }
    for method in chain(data, interface) {
        let all = params(method, Some(name));
        _ = writeln!(text, "    HRESULT(STDMETHODCALLTYPE *{})({all});", method.name);
    }
    _ = writeln!(text, "}} {name}Vtbl;");
    _ = writeln!(text, "struct {name} {{\n    CONST_VTBL struct {name}Vtbl *lpVtbl;\n}};");
}

fn macros(text: &mut String, data: &Metadata, interface: &Interface) {
    text.push('\n');
    let name = &interface.name;
    let mut one = |method: &str, params: Vec<&str>| {
        let rest: String = params.iter().map(|param| format!(", {param}")).collect();
        _ = writeln!(
            text,
            "#define {name}_{method}(This{rest}) ((This)->lpVtbl->{method}(This{rest}))"
        );
    };
    one("QueryInterface", vec!["riid", "ppvObject"]);
    one("AddRef", Vec::new());
    one("Release", Vec::new());
    for method in chain(data, interface) {
        one(&method.name, method.params.iter().map(|(param, _)| param.as_str()).collect());
    }
}

fn asserts(text: &mut String, data: &Metadata) {
    text.push_str("\n/* The layout that programs of Windows know. */\n");
    text.push_str("#if UINTPTR_MAX > 0xFFFFFFFFu\n");
    for (name, size) in SIZES {
        _ = writeln!(text, "BGCOPY_COM_ASSERT(sizeof({name}) == {size}, \"the size of {name}\");");
    }
    text.push_str("#endif\n#ifndef __cplusplus\n");
    for interface in &data.interfaces {
        let (name, methods) = (&interface.name, chain(data, interface));
        if let Some(method) = methods.last() {
            _ = writeln!(
                text,
                "BGCOPY_COM_ASSERT(offsetof({name}Vtbl, {}) == {} * sizeof(void *), \"a slot\");",
                method.name,
                methods.len() + UNKNOWN.len() - 1
            );
        }
    }
    text.push_str("#endif\n");
}

fn uuid(text: &mut String, name: &str, id: Guid) {
    let rest: Vec<_> = id.rest.iter().map(|byte| format!("0x{byte:02X}")).collect();
    _ = writeln!(
        text,
        "BGCOPY_COM_UUID({name}, 0x{:08X}, 0x{:04X}, 0x{:04X}, {})",
        id.first,
        id.second,
        id.third,
        rest.join(", ")
    );
}

fn params(method: &Method, this: Option<&str>) -> String {
    let this = this.map(|name| format!("{name} *This"));
    let others = method.params.iter().map(|(name, ty)| declared(ty, name));
    let all: Vec<_> = this.into_iter().chain(others).collect();
    // C takes an empty list for an unknown one.
    if all.is_empty() { "void".to_owned() } else { all.join(", ") }
}

/// A field or a parameter.
fn declared(ty: &Type, name: &str) -> String {
    if let Type::PtrConst(inner, 1) = ty
        && is_named(inner, "GUID")
    {
        return format!("REFGUID {name}");
    }
    let (front, stars) = written(ty);
    format!("{front} {stars}{name}")
}

fn written(ty: &Type) -> (String, String) {
    let plain = |text: &str| (text.to_owned(), String::new());
    match ty {
        Type::U8 => plain("BYTE"),
        Type::U16 => plain("WCHAR"),
        Type::U32 => plain("DWORD"),
        Type::I32 => plain("LONG"),
        Type::U64 => plain("UINT64"),
        Type::ValueName(name) => match name.name.as_str() {
            "PCWSTR" => plain("LPCWSTR"),
            "PWSTR" => plain("LPWSTR"),
            other => plain(other),
        },
        Type::ClassName(name) => (name.name.clone(), "*".to_owned()),
        Type::PtrMut(inner, depth) => {
            let (front, stars) = written(inner);
            (front, stars + &"*".repeat(*depth))
        }
        Type::PtrConst(inner, depth) => {
            let (front, stars) = written(inner);
            (format!("const {front}"), stars + &"*".repeat(*depth))
        }
        other => unreachable!("{other:?} is in no method"),
    }
}
