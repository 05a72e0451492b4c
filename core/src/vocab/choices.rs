//! The enumerations of settings: proxies, credentials, hashes, properties.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a proxy is found (BG_JOB_PROXY_USAGE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum ProxyUsage {
    /// By the system's settings: here the environment variables.
    Preconfig = 0,
    /// None is used.
    NoProxy = 1,
    /// The job's own list.
    Override = 2,
    /// Looked for; here as PRECONFIG.
    Autodetect = 3,
}

impl ProxyUsage {
    /// All of them, by number.
    pub const ALL: [Self; 4] = [Self::Preconfig, Self::NoProxy, Self::Override, Self::Autodetect];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preconfig => "PRECONFIG",
            Self::NoProxy => "NO_PROXY",
            Self::Override => "OVERRIDE",
            Self::Autodetect => "AUTODETECT",
        }
    }
}

/// Whom credentials are for (BG_AUTH_TARGET).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum AuthTarget {
    /// The server.
    Server = 1,
    /// The proxy.
    Proxy = 2,
}

impl AuthTarget {
    /// All of them, by number.
    pub const ALL: [Self; 2] = [Self::Server, Self::Proxy];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "SERVER",
            Self::Proxy => "PROXY",
        }
    }
}

/// How credentials are shown (BG_AUTH_SCHEME).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum AuthScheme {
    /// In clear.
    Basic = 1,
    /// As a digest.
    Digest = 2,
    /// By NTLM.
    Ntlm = 3,
    /// By Kerberos or NTLM.
    Negotiate = 4,
    /// By a service that is gone.
    Passport = 5,
}

impl AuthScheme {
    /// True for the schemes in which a process may be known by the user whose
    /// it is: there is no secret.
    pub const fn knows_users(self) -> bool {
        matches!(self, Self::Ntlm | Self::Negotiate)
    }

    /// All of them, by number.
    pub const ALL: [Self; 5] =
        [Self::Basic, Self::Digest, Self::Ntlm, Self::Negotiate, Self::Passport];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Digest => "DIGEST",
            Self::Ntlm => "NTLM",
            Self::Negotiate => "NEGOTIATE",
            Self::Passport => "PASSPORT",
        }
    }
}

/// Job properties (BITS_JOB_PROPERTY_ID, specification, section 3.4). 6 and 8 are reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum JobPropertyId {
    /// Networks the job may use: a Dword, any time.
    CostFlags = 1,
    /// Kept for its users: a Guid, any time.
    NotificationClsid = 2,
    /// The server may lack sizes: an Enable, before the first Resume.
    DynamicContent = 3,
    /// Not supported: an Enable.
    HighPerformance = 4,
    /// Bytes the job may have: a Uint64, before the first Resume.
    MaxDownloadSize = 5,
    /// Not supported: a Target.
    UseStoredCredentials = 7,
    /// Between throttled events: a Dword, any time.
    MinimumNotificationIntervalMs = 9,
    /// Not supported: an Enable.
    OnDemandMode = 10,
    /// How an upload is sent, an `UploadProtocol`: a Dword, before the first
    /// Resume. Our own, as are all from 0x1000 on.
    UploadProtocol = 0x1001,
}

impl JobPropertyId {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::CostFlags,
        Self::NotificationClsid,
        Self::DynamicContent,
        Self::HighPerformance,
        Self::MaxDownloadSize,
        Self::UseStoredCredentials,
        Self::MinimumNotificationIntervalMs,
        Self::OnDemandMode,
        Self::UploadProtocol,
    ];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CostFlags => "COST_FLAGS",
            Self::NotificationClsid => "NOTIFICATION_CLSID",
            Self::DynamicContent => "DYNAMIC_CONTENT",
            Self::HighPerformance => "HIGH_PERFORMANCE",
            Self::MaxDownloadSize => "MAX_DOWNLOAD_SIZE",
            Self::UseStoredCredentials => "USE_STORED_CREDENTIALS",
            Self::MinimumNotificationIntervalMs => "MINIMUM_NOTIFICATION_INTERVAL_MS",
            Self::OnDemandMode => "ON_DEMAND_MODE",
            Self::UploadProtocol => "UPLOAD_PROTOCOL",
        }
    }
}

/// Hash functions for expected hashes. Numbers are our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256 = 1,
    /// SHA-512.
    Sha512 = 2,
    /// BLAKE3.
    Blake3 = 3,
}

impl HashAlgorithm {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha512, Self::Blake3];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::Blake3 => "BLAKE3",
        }
    }
}

/// The value of a job property (BITS_JOB_PROPERTY_VALUE).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PropertyValue {
    /// A number of 32 bits.
    Dword(u32),
    /// An id.
    Guid(Uuid),
    /// On or off.
    Enable(bool),
    /// A number of 64 bits.
    Uint64(u64),
    /// An authentication target.
    Target(u32),
}
