//! Looks at a long queue by what is asked for.

use std::ops::ControlFlow;

use uuid::Uuid;

use crate::model::JobRecord;
use crate::vocab::Result;

use super::reader::Reader;

/// Ids that are looked at to tell one from several.
const IDS_LOOKED_AT: usize = 16;

/// The jobs with that description, which takes a fraction of the time of
/// reading all of them.
pub fn jobs_described(reader: &Reader, description: &str) -> Result<Vec<JobRecord>> {
    let mut jobs = reader.store.described(description)?;
    jobs.retain(JobRecord::is_in_queue);
    Ok(jobs)
}

/// Shows each job that [`Reader::jobs`] would give, until `visit` has enough; gives
/// a sentence for each job that is damaged. A queue of any length takes little
/// memory. A job that is made or deleted meanwhile may come or not. The other
/// languages have the jobs as a list, or, as C, their ids.
pub fn survey_each(
    reader: &Reader,
    mut visit: impl FnMut(JobRecord) -> ControlFlow<()>,
) -> Result<Vec<String>> {
    reader.store.survey_each(|job| match job.is_in_queue() {
        true => visit(job),
        false => ControlFlow::Continue(()),
    })
}

/// The ids of the jobs that [`Reader::jobs`] would give, and a sentence for each
/// job that is damaged, in a fraction of the time and memory.
pub fn ids_and_damage(reader: &Reader) -> Result<(Vec<Uuid>, Vec<String>)> {
    reader.store.ids()
}

/// The ids of jobs that begin with a text; two of them if there are several.
pub fn ids_that_begin(reader: &Reader, text: &str) -> Result<Vec<Uuid>> {
    let text = text.to_ascii_lowercase();
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let bound =
        |digit: &str| Uuid::try_parse(&format!("{digits}{}", digit.repeat(32 - digits.len())));
    if digits.is_empty() || digits.len() > 32 {
        return Ok(Vec::new());
    }
    let (Ok(first), Ok(last)) = (bound("0"), bound("f")) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for id in reader.store.between(first, last, IDS_LOOKED_AT)? {
        if id.to_string().starts_with(&text)
            && reader.job(id).is_ok_and(|(job, _)| job.is_in_queue())
        {
            found.push(id);
        }
    }
    found.truncate(2);
    Ok(found)
}

/// How many cancelled jobs have a pending request to their server.
pub fn jobs_owed(reader: &Reader) -> Result<usize> {
    Ok(reader.store.final_jobs()?.iter().filter(|job| job.is_in_queue()).count())
}
