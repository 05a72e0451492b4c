//! The pace of a job: its rate limits, and whether it yields to other traffic.

use crate::vocab::{BackgroundMode, JobPriority, JobPropertyId, PropertyValue, RateLimits};

use super::record::JobRecord;

/// The limits that the job has of its own.
pub fn rate_limits(record: &JobRecord) -> RateLimits {
    let rate = |property: JobPropertyId| match record.properties.get(&property.as_u32()) {
        Some(PropertyValue::Uint64(rate)) => *rate,
        Some(
            PropertyValue::Dword(_)
            | PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_),
        )
        | None => 0,
    };
    RateLimits {
        download: rate(JobPropertyId::MaxDownloadRate),
        upload: rate(JobPropertyId::MaxUploadRate),
    }
}

/// True if the downloads of the job yield to other traffic.
pub fn yields(record: &JobRecord) -> bool {
    let mode = match record.properties.get(&JobPropertyId::BackgroundMode.as_u32()) {
        Some(PropertyValue::Dword(number)) => BackgroundMode::from_u32(*number),
        Some(
            PropertyValue::Uint64(_)
            | PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_),
        )
        | None => None,
    };
    match mode.unwrap_or(BackgroundMode::Off) {
        BackgroundMode::Auto => record.priority == JobPriority::Low,
        BackgroundMode::Off => false,
        BackgroundMode::On => true,
    }
}
