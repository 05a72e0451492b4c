//! Jobs by what people type: ids, or beginnings of them.

use std::ops::ControlFlow;
use std::path::Path;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    JobRecord, Reader, Result, ids_and_damage, ids_that_begin, jobs_described, survey_each,
};
use uuid::Uuid;

use crate::failure::{Failure, Outcome, describe};

/// A view of the queue; None if there is no queue yet.
pub fn reader(store: &Path) -> Result<Option<Reader>> {
    match Reader::open(store) {
        Ok(reader) => Ok(Some(reader)),
        Err(error) if [code::E_FILE_NOT_FOUND, code::E_PATH_NOT_FOUND].contains(&error.code) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Shows each job in the queue, by one query instead of one call for each, and
/// gives what of the queue is damaged.
pub fn survey(
    store: &Path,
    visit: impl FnMut(JobRecord) -> ControlFlow<()>,
) -> Result<Vec<String>> {
    reader(store)?.map_or(Ok(Vec::new()), |reader| survey_each(&reader, visit))
}

/// What of the queue is damaged.
pub fn damaged(store: &Path) -> Result<Vec<String>> {
    reader(store)?.map_or(Ok(Vec::new()), |reader| Ok(ids_and_damage(&reader)?.1))
}

/// An end with exit code 1 if any job is damaged: a sentence for each, and what
/// becomes of them.
pub fn check(damaged: &[String]) -> Outcome {
    if damaged.is_empty() {
        return Ok(());
    }
    let jobs = if damaged.len() == 1 { "1 job is" } else { &format!("{} jobs are", damaged.len()) };
    Err(Failure::failed(format!(
        "{}\nbgcopy: {jobs} damaged: the next `bgcopy run` or `serve` saves what can be saved",
        damaged.join("\nbgcopy: ")
    )))
}

/// The jobs in the queue with that description.
pub fn described(store: &Path, description: &str) -> Result<Vec<JobRecord>> {
    let reader = reader(store)?;
    reader.map_or_else(|| Ok(Vec::new()), |reader| jobs_described(&reader, description))
}

/// The ids that were typed. A whole id is taken as it is.
pub fn resolve(store: &Path, typed: &[String]) -> Outcome<Vec<Uuid>> {
    let whole: Vec<_> = typed.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect();
    if whole.len() == typed.len() {
        return Ok(whole);
    }
    let reader = reader(store)?;
    typed.iter().map(|text| resolve_one(reader.as_ref(), text)).collect()
}

fn resolve_one(reader: Option<&Reader>, text: &str) -> Outcome<Uuid> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(id);
    }
    let found = reader.map_or_else(|| Ok(Vec::new()), |reader| ids_that_begin(reader, text))?;
    match found.as_slice() {
        [id] => Ok(*id),
        [_, ..] => Err(Failure::failed(format!("several jobs begin with {text}"))),
        [] => {
            let what = format!("no job {text} in the queue");
            Err(Failure::failed(describe(code::DO_E_JOB_NOT_FOUND, &what)))
        }
    }
}
