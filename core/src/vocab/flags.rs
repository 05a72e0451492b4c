//! Bits of flag words.

/// Which events a job raises (BG_NOTIFY, specification, section 6.5).
pub mod notify {
    /// The job is transferred.
    pub const JOB_TRANSFERRED: u32 = 0x01;
    /// The job failed.
    pub const JOB_ERROR: u32 = 0x02;
    /// No events at all; overrides the rest.
    pub const DISABLE: u32 = 0x04;
    /// Something about the job changed.
    pub const JOB_MODIFICATION: u32 = 0x08;
    /// A file is transferred.
    pub const FILE_TRANSFERRED: u32 = 0x10;
    /// Bytes of a file came in.
    pub const FILE_RANGES_TRANSFERRED: u32 = 0x20;
    /// What a new job has.
    pub const DEFAULT: u32 = JOB_TRANSFERRED | JOB_ERROR;
    /// All bits there are.
    pub const MASK: u32 = 0x3F;
}

/// Certificate checks and redirects (BG_SSL and BG_HTTP_REDIRECT_POLICY,
/// specification, section 6.6).
pub mod security {
    /// Consult revocation lists.
    pub const ENABLE_CRL_CHECK: u32 = 0x01;
    /// Accept a certificate for another host.
    pub const IGNORE_CERT_CN_INVALID: u32 = 0x02;
    /// Accept a certificate that is not valid now.
    pub const IGNORE_CERT_DATE_INVALID: u32 = 0x04;
    /// Accept a certificate that no known authority vouches for.
    pub const IGNORE_UNKNOWN_CA: u32 = 0x08;
    /// Accept a certificate made for something else.
    pub const IGNORE_CERT_WRONG_USAGE: u32 = 0x10;
    /// Follow redirects.
    pub const REDIRECT_ALLOW_SILENT: u32 = 0x0000;
    /// Follow them, and make the last address the remote name.
    pub const REDIRECT_ALLOW_REPORT: u32 = 0x0100;
    /// Fail on them; the remote name becomes the address they point to.
    pub const REDIRECT_DISALLOW: u32 = 0x0200;
    /// The bits of the redirect policy.
    pub const REDIRECT_MASK: u32 = 0x0700;
    /// Follow a redirect from https to http, too.
    pub const REDIRECT_ALLOW_HTTPS_TO_HTTP: u32 = 0x0800;
    /// All bits there are.
    pub const ALL_FLAGS: u32 = 0x0F1F;
}

/// What networks may cost (BITS_COST_STATE and BITS_JOB_TRANSFER_POLICY,
/// specification, section 6.7).
pub mod cost {
    /// A network without limits.
    pub const UNRESTRICTED: u32 = 0x01;
    /// A plan with a cap, with unknown use.
    pub const CAPPED_USAGE_UNKNOWN: u32 = 0x02;
    /// Below the cap.
    pub const BELOW_CAP: u32 = 0x04;
    /// Close to the cap.
    pub const NEAR_CAP: u32 = 0x08;
    /// Above the cap, at a price.
    pub const OVERCAP_CHARGED: u32 = 0x10;
    /// Above the cap, slowed down.
    pub const OVERCAP_THROTTLED: u32 = 0x20;
    /// Paid by use.
    pub const USAGE_BASED: u32 = 0x40;
    /// Abroad.
    pub const ROAMING: u32 = 0x80;
    /// All states of a network.
    pub const ALL_STATES: u32 = 0xFF;
    /// Take no heed of congestion.
    pub const IGNORE_CONGESTION: u32 = 0x8000_0000;
    /// Transfer on any network.
    pub const TRANSFER_ALWAYS: u32 = 0x8000_00FF;
    /// Not while roaming.
    pub const TRANSFER_NOT_ROAMING: u32 = 0x8000_007F;
    /// Not where it costs extra, either.
    pub const TRANSFER_NO_SURCHARGE: u32 = 0x8000_006F;
    /// Not near a cap, either.
    pub const TRANSFER_STANDARD: u32 = 0x8000_0067;
    /// Only where it costs nothing.
    pub const TRANSFER_UNRESTRICTED: u32 = 0x8000_0021;
}
