//! How files are sent.

use serde::{Deserialize, Serialize};

/// The protocol of an upload (job property UPLOAD_PROTOCOL). Numbers are our
/// own.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u32)]
pub enum UploadProtocol {
    /// The server is asked once, and its answer remembered with the job.
    #[default]
    Auto = 0,
    /// BITS upload (specification, section 13): resumable.
    Bits = 1,
    /// tus 1.0: resumable. The remote name is where uploads are created.
    Tus = 2,
    /// Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with
    /// interop versions 8 to 6: resumable.
    Ietf = 3,
    /// One PUT; it starts over after each interruption.
    Put = 4,
    /// S3: large files in parts, resumable; never chosen by AUTO.
    S3 = 5,
    /// One POST with the file as its body; it starts over after each
    /// interruption, also if only the answer was lost. Never chosen by AUTO.
    Post = 6,
    /// PUTs with Content-Range: resumable. For servers that honour it, as
    /// Apache does; others are noticed, and the job is in ERROR with
    /// DO_E_INSUFFICIENT_RANGE_SUPPORT. The unfinished file stands in its place
    /// meanwhile; Cancel deletes it. Never chosen by AUTO.
    PutRange = 7,
}

impl UploadProtocol {
    /// All of them, by number.
    pub const ALL: [Self; 8] = [
        Self::Auto,
        Self::Bits,
        Self::Tus,
        Self::Ietf,
        Self::Put,
        Self::S3,
        Self::Post,
        Self::PutRange,
    ];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "AUTO",
            Self::Bits => "BITS",
            Self::Tus => "TUS",
            Self::Ietf => "IETF",
            Self::Put => "PUT",
            Self::S3 => "S3",
            Self::Post => "POST",
            Self::PutRange => "PUT_RANGE",
        }
    }
}
