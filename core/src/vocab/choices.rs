//! The enumerations of settings: proxies, credentials, hashes, properties.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// How a proxy is found (BG_JOB_PROXY_USAGE).
    ProxyUsage {
        /// The system's settings decide: on Unix the environment variables.
        Preconfig = 0, "PRECONFIG";
        /// No proxy is used.
        NoProxy = 1, "NO_PROXY";
        /// The job's own list of proxies is used.
        Override = 2, "OVERRIDE";
        /// The proxy is looked for; this works as PRECONFIG here.
        Autodetect = 3, "AUTODETECT";
    }

    /// For whom credentials are (BG_AUTH_TARGET).
    AuthTarget {
        /// The credentials are for the server.
        Server = 1, "SERVER";
        /// The credentials are for the proxy.
        Proxy = 2, "PROXY";
    }

    /// The authentication scheme of credentials (BG_AUTH_SCHEME). Ours begin at 0x1000.
    AuthScheme {
        /// Basic: name and password are sent unencrypted.
        Basic = 1, "BASIC";
        /// Digest: a hash of name and password is sent.
        Digest = 2, "DIGEST";
        /// NTLM.
        Ntlm = 3, "NTLM";
        /// Negotiate: Kerberos or NTLM.
        Negotiate = 4, "NEGOTIATE";
        /// Passport, a service that no longer exists.
        Passport = 5, "PASSPORT";
        /// Bearer: a token, which is the password of an empty name (RFC 6750).
        Bearer = 0x1001, "BEARER";
    }

    /// The properties of a job (BITS_JOB_PROPERTY_ID, specification, section 3.4). The numbers
    /// 6 and 8 are reserved; ours begin at 0x1000.
    JobPropertyId {
        /// The networks that the job may use, by what they cost: a Dword, set at any time.
        CostFlags = 1, "COST_FLAGS";
        /// An id that is stored for its users: a Guid, set at any time.
        NotificationClsid = 2, "NOTIFICATION_CLSID";
        /// The server may not know the sizes of its files: an Enable, set before the first Resume.
        DynamicContent = 3, "DYNAMIC_CONTENT";
        /// Not supported: an Enable.
        HighPerformance = 4, "HIGH_PERFORMANCE";
        /// The most bytes that the job may download: a Uint64, set before the first Resume.
        MaxDownloadSize = 5, "MAX_DOWNLOAD_SIZE";
        /// Not supported: a Target.
        UseStoredCredentials = 7, "USE_STORED_CREDENTIALS";
        /// The least time between two events of one kind, in milliseconds: a Dword, set at any time.
        MinimumNotificationIntervalMs = 9, "MINIMUM_NOTIFICATION_INTERVAL_MS";
        /// Not supported: an Enable.
        OnDemandMode = 10, "ON_DEMAND_MODE";
        /// The protocol of an upload, an UploadProtocol: a Dword, set before the first Resume.
        UploadProtocol = 0x1001, "UPLOAD_PROTOCOL";
        /// The most connections that one file of the job may have, 1 to 32; 0 for what the queue
        /// allows: a Dword, set at any time.
        ConnectionsPerFile = 0x1002, "CONNECTIONS_PER_FILE";
        /// The most bytes a second that the job may download; 0 for no limit of its own: a
        /// Uint64, set at any time.
        MaxDownloadRate = 0x1003, "MAX_DOWNLOAD_RATE";
        /// The most bytes a second that the job may upload; 0 for no limit of its own: a
        /// Uint64, set at any time.
        MaxUploadRate = 0x1004, "MAX_UPLOAD_RATE";
        /// Whether downloads of the job yield to other traffic, a BackgroundMode: a Dword, set
        /// at any time. They do not unless it says so.
        BackgroundMode = 0x1005, "BACKGROUND_MODE";
        /// When the job may transfer, by the local clock of the process that hosts the queue,
        /// such as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always: a Text, set at any time.
        TransferWindow = 0x1006, "TRANSFER_WINDOW";
        /// With which power the job may transfer, flags of `power`: a Dword, set at any time.
        /// With any unless it says so.
        PowerFlags = 0x1007, "POWER_FLAGS";
        /// Whether files without an expected hash are checked against the digest that their server
        /// names (Repr-Digest and the like): an Enable, set at any time. They are unless it is off.
        CheckDigests = 0x1010, "CHECK_DIGESTS";
    }

    /// Whether downloads yield to other traffic (job property BACKGROUND_MODE): they take what
    /// others leave of the link, and little while these use it. Where the system does not
    /// measure connections, which is everywhere but on Linux, none yields. The numbers are our own.
    BackgroundMode {
        /// The job yields while its priority is LOW.
        Auto = 0, "AUTO";
        /// The job takes its share, whatever its priority.
        Off = 1, "OFF";
        /// The job yields, whatever its priority.
        On = 2, "ON";
    }

    /// The hash functions of expected hashes. The numbers are our own.
    HashAlgorithm {
        /// SHA-256.
        Sha256 = 1, "SHA256";
        /// SHA-512.
        Sha512 = 2, "SHA512";
        /// BLAKE3.
        Blake3 = 3, "BLAKE3";
    }
}

impl AuthScheme {
    /// True for the schemes in which a process may be known by the user whose
    /// it is: there is no secret.
    pub const fn knows_users(self) -> bool {
        matches!(self, Self::Ntlm | Self::Negotiate)
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
    /// A text.
    Text(String),
}
