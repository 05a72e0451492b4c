//! The rules of job properties (specification, section 3.4), one row for each.

use uuid::Uuid;

use super::{
    BackgroundMode, HResult, JobPropertyId, PropertyValue, SIZE_UNKNOWN, UploadProtocol, code,
    cost, limit, power,
};

/// The rules of one job property.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it is unless it was set; other values must be of the same type.
    pub default: PropertyValue,
    /// When it may be set.
    pub settable: Settable,
    /// Which jobs have it.
    pub jobs: PropertyJobs,
    /// Why it cannot be set at all: a code, and what is wrong with it if the code does not say.
    pub refusal: Option<(HResult, Option<&'static str>)>,
}

/// When a property may be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settable {
    /// At any time until the job is final.
    AnyTime,
    /// Only before the first Resume.
    BeforeResume,
}

/// Which jobs have a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyJobs {
    /// All jobs.
    All,
    /// Downloads.
    Downloads,
    /// Uploads.
    Uploads,
}

impl JobPropertyId {
    /// Its rules.
    pub fn rules(self) -> Property {
        use PropertyJobs::{All, Downloads, Uploads};
        use PropertyValue::{Dword, Enable, Guid, Target, Text, Uint64};
        use Settable::{AnyTime, BeforeResume};
        match self {
            Self::CostFlags => row(Dword(cost::TRANSFER_ALWAYS), AnyTime, All),
            Self::NotificationClsid => row(Guid(Uuid::nil()), AnyTime, All),
            Self::DynamicContent => row(Enable(false), BeforeResume, Downloads),
            Self::HighPerformance => row(Enable(false), AnyTime, Downloads).refused(
                code::E_NOTIMPL,
                Some("writing straight into the target could leave a partial file there"),
            ),
            Self::MaxDownloadSize => row(Uint64(SIZE_UNKNOWN), BeforeResume, Downloads),
            Self::UseStoredCredentials => row(Target(0), AnyTime, All)
                .refused(code::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, None),
            Self::MinimumNotificationIntervalMs => {
                row(Dword(limit::NOTIFICATION_INTERVAL_DEFAULT_MS), AnyTime, All)
            }
            Self::OnDemandMode => row(Enable(false), BeforeResume, Downloads),
            Self::UploadProtocol => {
                row(Dword(UploadProtocol::Auto.as_u32()), BeforeResume, Uploads)
            }
            Self::ConnectionsPerFile => row(Dword(0), AnyTime, All),
            // The reply of an upload is downloaded.
            Self::MaxDownloadRate => row(Uint64(0), AnyTime, All),
            Self::MaxUploadRate => row(Uint64(0), AnyTime, Uploads),
            Self::BackgroundMode => row(Dword(BackgroundMode::Off.as_u32()), AnyTime, Downloads),
            Self::PowerFlags => row(Dword(power::ALL_STATES), AnyTime, All),
            Self::TransferWindow => row(Text(String::new()), AnyTime, All),
            Self::CheckDigests => row(Enable(true), AnyTime, Downloads),
        }
    }
}

fn row(default: PropertyValue, settable: Settable, jobs: PropertyJobs) -> Property {
    Property { default, settable, jobs, refusal: None }
}

impl Property {
    fn refused(self, code: HResult, why: Option<&'static str>) -> Self {
        Self { refusal: Some((code, why)), ..self }
    }
}
