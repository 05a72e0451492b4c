//! The rate limits of a job.

use crate::vocab::{JobPropertyId, PropertyValue, RateLimits};

use super::record::JobRecord;

/// The limits that the job has of its own.
pub fn rate_limits(record: &JobRecord) -> RateLimits {
    let rate = |property: JobPropertyId| match record.properties.get(&property.as_u32()) {
        Some(PropertyValue::Uint64(rate)) => *rate,
        Some(
            PropertyValue::Dword(_)
            | PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Target(_),
        )
        | None => 0,
    };
    RateLimits {
        download: rate(JobPropertyId::MaxDownloadRate),
        upload: rate(JobPropertyId::MaxUploadRate),
    }
}
