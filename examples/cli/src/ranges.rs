//! `request`: ranges of a file that are transferred first, or alone.

use std::path::Path;

use bgcopy_core::vocab::LENGTH_TO_EOF;
use bgcopy_core::{FileRange, JobPropertyId, JobSetup, PropertyValue};

use crate::args::Request;
use crate::failure::Outcome;
use crate::get::open_to_store;
use crate::{job_ids, output};

pub fn request(store: &Path, request: &Request) -> Outcome {
    let ids = job_ids::resolve(store, std::slice::from_ref(&request.id))?;
    let manager = open_to_store(store)?;
    for id in ids {
        let job = manager.get_job(id)?;
        job.file(request.file)?.request_ranges(&request.ranges)?;
        job.resume()?;
        output::say(&format!("{id} requested"));
    }
    Ok(())
}

/// A job of which nothing but requested ranges is transferred.
pub fn on_demand(setup: JobSetup) -> JobSetup {
    setup.property(JobPropertyId::OnDemandMode.as_u32(), PropertyValue::Enable(true))
}

/// First and last byte, or the first one alone.
pub fn range(text: &str) -> Result<FileRange, String> {
    let wrong = || "first and last byte, as 0-499, or 500- up to the end".to_owned();
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    let number = |text: &str| -> Result<u64, String> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number).ok_or_else(wrong)
    };
    let initial_offset = number(first)?;
    let length = match last {
        "" => LENGTH_TO_EOF,
        last => {
            let behind =
                number(last)?.checked_sub(initial_offset).and_then(|end| end.checked_add(1));
            behind.filter(|length| *length != LENGTH_TO_EOF).ok_or_else(wrong)?
        }
    };
    Ok(FileRange { initial_offset, length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        let of = |initial_offset, length| Ok(FileRange { initial_offset, length });
        assert_eq!(range("0-499"), of(0, 500));
        assert_eq!(range("7-7"), of(7, 1));
        assert_eq!(range("500-"), of(500, LENGTH_TO_EOF));
        for wrong in ["", "-", "-5", "5", "6-5", "+1-2", "1-2-3", "a-b", "0-18446744073709551615"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
