//! Bits of flag words.

flags! {
    /// Which events a job raises (BG_NOTIFY, specification, section 6.5).
    notify {
        /// The job is transferred.
        JOB_TRANSFERRED = 0x01;
        /// The job failed.
        JOB_ERROR = 0x02;
        /// No events at all: this overrides the other bits.
        DISABLE = 0x04;
        /// Something about the job changed.
        JOB_MODIFICATION = 0x08;
        /// A file is transferred.
        FILE_TRANSFERRED = 0x10;
        /// Bytes of a file arrived.
        FILE_RANGES_TRANSFERRED = 0x20;
        /// The flags of a new job.
        DEFAULT = JOB_TRANSFERRED | JOB_ERROR;
        /// All bits that are known.
        MASK = 0x3F;
    }

    /// Certificate checks and redirects (BG_SSL and BG_HTTP_REDIRECT_POLICY,
    /// specification, section 6.6).
    security {
        /// Check revocation lists.
        ENABLE_CRL_CHECK = 0x01;
        /// Accept a certificate of another host.
        IGNORE_CERT_CN_INVALID = 0x02;
        /// Accept a certificate that has expired or is not valid yet.
        IGNORE_CERT_DATE_INVALID = 0x04;
        /// Accept a certificate of an unknown authority.
        IGNORE_UNKNOWN_CA = 0x08;
        /// Accept a certificate that was issued for another usage.
        IGNORE_CERT_WRONG_USAGE = 0x10;
        /// Follow redirects.
        REDIRECT_ALLOW_SILENT = 0x0000;
        /// Follow redirects, and make the last address the remote name.
        REDIRECT_ALLOW_REPORT = 0x0100;
        /// Fail on a redirect, and make the address that it names the remote name.
        REDIRECT_DISALLOW = 0x0200;
        /// The bits of the redirect policy.
        REDIRECT_MASK = 0x0700;
        /// Follow a redirect from https to http, too.
        REDIRECT_ALLOW_HTTPS_TO_HTTP = 0x0800;
        /// All bits that are known.
        ALL_FLAGS = 0x0F1F;
    }

    /// What drives the machine, as the application reports it. The numbers are our own.
    power {
        /// The machine has external power.
        EXTERNAL = 0x01;
        /// The machine runs on its battery.
        BATTERY = 0x02;
        /// The system saves power.
        SAVER = 0x04;
        /// All states.
        ALL_STATES = 0x07;
    }

    /// What networks cost (BITS_COST_STATE and BITS_JOB_TRANSFER_POLICY,
    /// specification, section 6.7).
    cost {
        /// The network has no limits.
        UNRESTRICTED = 0x01;
        /// The plan has a cap, and it is not known how much of it is used.
        CAPPED_USAGE_UNKNOWN = 0x02;
        /// The use is below the cap.
        BELOW_CAP = 0x04;
        /// The use is close to the cap.
        NEAR_CAP = 0x08;
        /// The use is above the cap and is charged.
        OVERCAP_CHARGED = 0x10;
        /// The use is above the cap and is slowed down.
        OVERCAP_THROTTLED = 0x20;
        /// Each byte is charged.
        USAGE_BASED = 0x40;
        /// The network is that of another provider, with roaming charges.
        ROAMING = 0x80;
        /// All states of a network.
        ALL_STATES = 0xFF;
        /// Ignore congestion.
        IGNORE_CONGESTION = 0x8000_0000;
        /// Transfer on any network.
        TRANSFER_ALWAYS = 0x8000_00FF;
        /// Do not transfer while roaming.
        TRANSFER_NOT_ROAMING = 0x8000_007F;
        /// Do not transfer where it costs extra, or while roaming.
        TRANSFER_NO_SURCHARGE = 0x8000_006F;
        /// Do not transfer near a cap, where it costs extra, or while roaming.
        TRANSFER_STANDARD = 0x8000_0067;
        /// Transfer only where it costs nothing.
        TRANSFER_UNRESTRICTED = 0x8000_0021;
    }
}
