//! The code every call answers with.

use serde::{Deserialize, Serialize};

use super::code;

/// A result code: negative means failure (specification, section 1.3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[repr(transparent)]
pub struct HResult(pub i32);

/// What the Windows error codes begin with.
const WIN32: u32 = 0x8007_0000;

/// What the codes of HTTP statuses begin with.
const HTTP: u32 = 0x8019_0000;

impl HResult {
    /// The code of a published number.
    pub const fn new(bits: u32) -> Self {
        Self(bits.cast_signed())
    }

    /// The code of a Windows error number (HRESULT_FROM_WIN32).
    pub const fn from_win32(error: u32) -> Self {
        Self::new(WIN32 | (error & 0xFFFF))
    }

    /// The code of an HTTP status (BG_E_HTTP_ERROR_nnn).
    pub const fn from_http_status(status: u32) -> Self {
        Self::new(HTTP + (status & 0xFFFF))
    }

    /// The number as it is published.
    pub const fn bits(self) -> u32 {
        self.0.cast_unsigned()
    }

    /// True for every code that is not a failure.
    pub const fn is_success(self) -> bool {
        self.0 >= 0
    }

    /// True for a failure.
    pub const fn is_failure(self) -> bool {
        self.0 < 0
    }

    /// The HTTP status it stands for.
    pub fn http_status(self) -> Option<u32> {
        let status = self.bits().wrapping_sub(HTTP);
        (100..=599).contains(&status).then_some(status)
    }

    /// Its published name.
    pub fn name(self) -> Option<String> {
        if let Some(entry) = code::all().find(|entry| entry.code == self) {
            return Some(entry.name.to_owned());
        }
        let status = self.http_status()?;
        let is_named =
            matches!(status, 100 | 101 | 200..=206 | 300..=305 | 307 | 400..=417 | 449 | 500..=505);
        is_named.then(|| format!("BG_E_HTTP_ERROR_{status}"))
    }

    /// A readable sentence for it.
    pub fn text(self) -> String {
        if let Some(entry) = code::all().find(|entry| entry.code == self) {
            return entry.text.to_owned();
        }
        if let Some(status) = self.http_status() {
            return format!("the server answered with HTTP status {status}");
        }
        match self.bits() & 0xFFFF_0000 {
            WIN32 => format!("system error {}", self.bits() & 0xFFFF),
            _ => format!("unknown code {:#010X}", self.bits()),
        }
    }
}

/// As people look it up: `E_NOT_SUPPORTED (0x80070032)`.
impl std::fmt::Debug for HResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({:#010X})", self.bits()),
            None => write!(f, "{:#010X}", self.bits()),
        }
    }
}

impl std::fmt::Display for HResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#010X}", self.bits())?;
        match self.name() {
            Some(name) => write!(f, " {name}"),
            None => Ok(()),
        }
    }
}
