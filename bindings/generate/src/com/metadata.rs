//! What the header needs of Microsoft's metadata, read once.

use std::collections::BTreeMap;

use windows_metadata::reader::{Attribute, File, HasAttributes, Index, Item, TypeDef};
use windows_metadata::{Type, TypeAttributes, Value};

const NAMESPACE: &str = "Windows.Win32";

/// The interfaces, a parent before what is derived from it.
const INTERFACES: [&str; 24] = [
    "IBackgroundCopyError",
    "IBackgroundCopyFile",
    "IBackgroundCopyFile2",
    "IBackgroundCopyFile3",
    "IBackgroundCopyFile4",
    "IBackgroundCopyFile5",
    "IBackgroundCopyFile6",
    "IEnumBackgroundCopyFiles",
    "IBackgroundCopyJob",
    "IBackgroundCopyJob2",
    "IBackgroundCopyJob3",
    "IBackgroundCopyJob4",
    "IBackgroundCopyJob5",
    "IBackgroundCopyJobHttpOptions",
    "IBackgroundCopyJobHttpOptions2",
    "IBackgroundCopyJobHttpOptions3",
    "IEnumBackgroundCopyJobs",
    "IBackgroundCopyCallback",
    "IBackgroundCopyCallback2",
    "IBackgroundCopyCallback3",
    "IBackgroundCopyServerCertificateValidationCallback",
    "IBackgroundCopyManager",
    "IBitsTokenOptions",
    "AsyncIBackgroundCopyCallback",
];

/// The structs, a part before what holds it.
const STRUCTS: [&str; 12] = [
    "BG_FILE_INFO",
    "BG_FILE_PROGRESS",
    "BG_FILE_RANGE",
    "BG_JOB_PROGRESS",
    "BG_JOB_REPLY_PROGRESS",
    "BG_JOB_TIMES",
    "BG_BASIC_CREDENTIALS",
    "BG_AUTH_CREDENTIALS_UNION",
    "BG_AUTH_CREDENTIALS",
    "BITS_JOB_PROPERTY_VALUE",
    "BITS_FILE_PROPERTY_VALUE",
    "FILETIME",
];

const ENUMS: [&str; 11] = [
    "BG_JOB_STATE",
    "BG_JOB_TYPE",
    "BG_JOB_PRIORITY",
    "BG_ERROR_CONTEXT",
    "BG_JOB_PROXY_USAGE",
    "BG_AUTH_TARGET",
    "BG_AUTH_SCHEME",
    "BG_CERT_STORE_LOCATION",
    "BITS_JOB_PROPERTY_ID",
    "BITS_JOB_TRANSFER_POLICY",
    "BITS_FILE_PROPERTY_ID",
];

/// All that is printed.
pub struct Metadata {
    pub interfaces: Vec<Interface>,
    pub structs: Vec<Struct>,
    pub enums: Vec<Enum>,
    /// By their names.
    pub constants: BTreeMap<String, Number>,
    /// The classes with their ids.
    pub classes: BTreeMap<String, Guid>,
}

pub struct Interface {
    pub name: String,
    pub parent: String,
    pub iid: Guid,
    pub methods: Vec<Method>,
}

pub struct Method {
    pub name: String,
    pub params: Vec<(String, Type)>,
}

pub struct Struct {
    pub name: String,
    pub is_union: bool,
    pub fields: Vec<(String, Type)>,
}

pub struct Enum {
    pub name: String,
    pub values: Vec<(String, i32)>,
}

#[derive(Clone, Copy)]
pub enum Number {
    Code(u32),
    Word(u32),
    Long(u64),
}

#[derive(Clone, Copy)]
pub struct Guid {
    pub first: u32,
    pub second: u16,
    pub third: u16,
    pub rest: [u8; 8],
}

impl std::fmt::Display for Guid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:08X}-{:04X}-{:04X}-", self.first, self.second, self.third)?;
        for (index, byte) in self.rest.iter().enumerate() {
            write!(f, "{}{byte:02X}", if index == 2 { "-" } else { "" })?;
        }
        Ok(())
    }
}

/// Reads it.
///
/// # Panics
///
/// If the metadata is not what it was: the test that calls this fails.
#[allow(clippy::expect_used, reason = "the generator runs in a test")]
pub fn read() -> Metadata {
    let file = File::new(windows_default::WIN32.to_vec()).expect("metadata");
    let index = Index::new_for_architecture(vec![file], 2);
    let (mut constants, mut classes) = (BTreeMap::new(), BTreeMap::new());
    for (name, item) in index.namespace_items(NAMESPACE) {
        let Item::Const(field) = item else {
            continue;
        };
        if name.starts_with("BackgroundCopyManager") {
            classes.insert(name.to_owned(), guid(field.find_attribute("GuidAttribute")));
        } else if (name.starts_with("BG_") || name.starts_with("BITS_")) && name != "BITS_PER_BYTE"
        {
            let value = field.constant().expect("a value").value();
            constants.insert(name.to_owned(), number(name, &value));
        }
    }
    Metadata {
        interfaces: INTERFACES.iter().map(|name| interface(&index, name)).collect(),
        structs: STRUCTS.iter().map(|name| fields(index.expect(NAMESPACE, name))).collect(),
        enums: ENUMS.iter().map(|name| values(index.expect(NAMESPACE, name))).collect(),
        constants,
        classes,
    }
}

#[allow(clippy::expect_used, reason = "the generator runs in a test")]
fn interface(index: &Index, name: &str) -> Interface {
    let def = index.expect(NAMESPACE, name);
    let parents: Vec<_> = def.interface_impls().map(|one| one.interface(&[])).collect();
    let [Type::ClassName(parent)] = &parents[..] else {
        unreachable!("{name} has one parent: {parents:?}");
    };
    let methods = def.methods().map(|method| {
        let signature = method.signature(&[]);
        assert!(is_named(&signature.return_type, "HRESULT"), "{name}::{}", method.name());
        let rows = method.params_by_sequence(signature.types.len()).expect("parameters");
        let params = signature.types.into_iter().zip(rows.params());
        let params =
            params.map(|(ty, row)| (row.expect("a parameter").name().to_owned(), ty)).collect();
        Method { name: method.name().to_owned(), params }
    });
    Interface {
        name: name.to_owned(),
        parent: parent.name.clone(),
        iid: guid(def.find_attribute("GuidAttribute")),
        methods: methods.collect(),
    }
}

fn fields(def: TypeDef<'_>) -> Struct {
    Struct {
        name: def.name().to_owned(),
        is_union: def.flags().contains(TypeAttributes::ExplicitLayout),
        fields: def.fields().map(|field| (field.name().to_owned(), field.ty())).collect(),
    }
}

fn values(def: TypeDef<'_>) -> Enum {
    let values = def.fields().filter_map(|field| {
        let Value::I32(value) = field.constant()?.value() else {
            unreachable!("{} is no LONG", field.name());
        };
        Some((field.name().to_owned(), value))
    });
    Enum { name: def.name().to_owned(), values: values.collect() }
}

/// Whether a type is the one of that name.
pub fn is_named(ty: &Type, wanted: &str) -> bool {
    matches!(ty, Type::ValueName(name) | Type::ClassName(name) if name.name == wanted)
}

fn number(name: &str, value: &Value) -> Number {
    let bits = match *value {
        Value::U64(value) => return Number::Long(value),
        Value::U32(value) => value,
        Value::I32(value) => value.cast_unsigned(),
        ref other => unreachable!("{name} is {other:?}"),
    };
    let is_code = ["BG_E_", "BG_S_", "BITS_MC_"].iter().any(|prefix| name.starts_with(prefix));
    if is_code { Number::Code(bits) } else { Number::Word(bits) }
}

#[allow(clippy::expect_used, reason = "the generator runs in a test")]
fn guid(attribute: Option<Attribute<'_>>) -> Guid {
    let values = attribute.expect("an id").value();
    let mut guid = Guid { first: 0, second: 0, third: 0, rest: [0; 8] };
    for (place, (_, value)) in values.iter().enumerate() {
        match (place, value) {
            (0, Value::U32(part)) => guid.first = *part,
            (1, Value::U16(part)) => guid.second = *part,
            (2, Value::U16(part)) => guid.third = *part,
            (3..=10, Value::U8(part)) => guid.rest[place - 3] = *part,
            other => unreachable!("part of an id: {other:?}"),
        }
    }
    guid
}
