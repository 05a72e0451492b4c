//! The options of `get` and `add` that say what is downloaded at all.

use std::ffi::OsString;

use bgcopy_core::{FileSpec, JobPropertyId, JobRecord, JobSetup, PropertyValue, path_of};
use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::output::in_line;

#[derive(Args)]
pub struct DownloadOptions {
    /// The most bytes that the files of the job may have together, with K, M or G
    /// for powers of 1024; beyond it the job fails. It is set when the job is made.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub max_filesize: Option<u64>,
    /// Fail if a file exists that would be replaced, before anything is transferred
    /// and, with `get`, before it is put in place.
    #[arg(long)]
    pub no_clobber: bool,
    /// Replace files that exist, although the configuration says --no-clobber.
    #[arg(long, conflicts_with = "no_clobber")]
    pub force: bool,
    /// Do not check files against the digests that their servers name in the heads of answers,
    /// as Repr-Digest: it costs one read of each file. It is set when the job is made.
    #[arg(long)]
    pub ignore_digests: bool,
    /// A list of checksums, as SHA256SUMS: each file must be in it, by the end of its URL or by
    /// its own name, and is checked before it is put in place. SHA-256 and SHA-512 in the forms of
    /// `sha256sum` and BSD, and BLAKE3 in the latter. A file with a SHA-256 of its own is checked
    /// against that. Logins and headers are sent to the list's server only if it is that of a file.
    #[arg(long, value_name = "URL|FILE")]
    pub checksums: Option<OsString>,
    /// The public key of minisign that must have signed the list of --checksums, in Base64 or as
    /// a file.
    #[arg(long, value_name = "KEY|FILE", requires = "checksums")]
    pub minisign_key: Option<OsString>,
    /// The signature of the list of --checksums [default: the list with .minisig at its end].
    #[arg(long, value_name = "URL|FILE", requires = "minisign_key")]
    pub signature: Option<OsString>,
}

impl DownloadOptions {
    /// Fails if files may not be replaced and one of them is there.
    pub fn check_targets(&self, files: &[FileSpec]) -> Outcome {
        if !self.no_clobber || self.force {
            return Ok(());
        }
        // A link that leads nowhere would be replaced, too.
        let is_there = |file: &&FileSpec| path_of(&file.local_name).symlink_metadata().is_ok();
        match files.iter().find(is_there) {
            Some(file) => {
                let name = in_line(&file.local_name);
                let text = format!("{name} exists and is not replaced (--no-clobber)");
                Err(Failure::failed(text))
            }
            None => Ok(()),
        }
    }

    /// Sets up a new job.
    pub fn add_to(&self, setup: JobSetup) -> JobSetup {
        let setup = match self.ignore_digests {
            true => {
                let id = JobPropertyId::CheckDigests.as_u32();
                setup.property(id, PropertyValue::Enable(false))
            }
            false => setup,
        };
        match self.max_filesize {
            Some(bytes) => {
                let id = JobPropertyId::MaxDownloadSize.as_u32();
                setup.property(id, PropertyValue::Uint64(bytes))
            }
            None => setup,
        }
    }

    /// Fails if the job was made with another limit than is wanted now.
    pub fn check(&self, record: &JobRecord) -> Outcome {
        let Some(wanted) = self.max_filesize.map(PropertyValue::Uint64) else {
            return Ok(());
        };
        if record.properties.get(&JobPropertyId::MaxDownloadSize.as_u32()) == Some(&wanted) {
            return Ok(());
        }
        Err(Failure::failed(format!(
            "the job {} was made with another --max-filesize or none: cancel it first",
            record.id
        )))
    }
}

/// A number of bytes, which may end in the letter of a power of 1024.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || "a number of bytes from 1 on, with K, M or G for powers of 1024".to_owned();
    let (number, power) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (text.get(..at), 1),
        Some((at, 'm' | 'M')) => (text.get(..at), 2),
        Some((at, 'g' | 'G')) => (text.get(..at), 3),
        Some(_) | None => (Some(text), 0),
    };
    let number: Option<u64> = number.and_then(|number| number.parse().ok());
    let bytes = number.and_then(|number| number.checked_mul(1024_u64.pow(power)));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_suffixes_of_curl() {
        for (text, expected) in [
            ("1", Some(1)),
            ("100", Some(100)),
            ("2k", Some(2048)),
            ("2K", Some(2048)),
            ("3M", Some(3 << 20)),
            ("4G", Some(4 << 30)),
            ("0", None),
            ("", None),
            ("K", None),
            ("-1", None),
            ("1.5M", None),
            ("1é", None),
            ("99999999999G", None),
        ] {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
    }
}
