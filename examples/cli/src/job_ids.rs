//! Jobs by what people type: ids, or beginnings of them.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use bgcopy_core::vocab::code;
use bgcopy_core::{JobRecord, Reader, Result, ids_and_damage, ids_that_begin, survey_each};
use uuid::Uuid;

use crate::failure::{Failure, Outcome, describe};
use crate::output;

/// So many jobs are named where a beginning is that of several.
const CANDIDATES_MAX: usize = 10;

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

/// The ids that were typed, each once. A whole id is taken as it is.
pub fn resolve(store: &Path, typed: &[String]) -> Outcome<Vec<Uuid>> {
    let whole: Vec<_> = typed.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect();
    let mut ids = if whole.len() == typed.len() {
        whole
    } else {
        let reader = reader(store)?;
        let ids = typed.iter().map(|text| resolve_one(reader.as_ref(), text));
        ids.collect::<Outcome<_>>()?
    };
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids)
}

fn resolve_one(reader: Option<&Reader>, text: &str) -> Outcome<Uuid> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(id);
    }
    let missing = || {
        let what = format!("no job {text} in the queue");
        Failure::failed(describe(code::DO_E_JOB_NOT_FOUND, &what))
    };
    let reader = reader.ok_or_else(missing)?;
    match ids_that_begin(reader, text)?.as_slice() {
        [id] => Ok(*id),
        [_, ..] => Err(ambiguous(reader, text)?),
        [] => Err(missing()),
    }
}

/// Names the jobs whose ids begin with the text.
fn ambiguous(reader: &Reader, text: &str) -> Result<Failure> {
    let beginning = text.to_ascii_lowercase();
    let mut ids: Vec<_> = ids_and_damage(reader)?.0;
    ids.retain(|id| id.to_string().starts_with(&beginning));
    let mut said = format!("several jobs begin with {}:", output::in_line(text));
    for id in ids.iter().take(CANDIDATES_MAX) {
        // It may have left the queue meanwhile.
        if let Ok((job, _)) = reader.job(*id) {
            let name = output::in_line(&job.display_name);
            said += &format!("\n  {id}  {:<15}  {name}", job.state.name());
        }
    }
    if let Some(more) = ids.len().checked_sub(CANDIDATES_MAX).filter(|more| *more > 0) {
        said += &format!("\n  and {more} more");
    }
    Ok(Failure::Failed(said))
}
