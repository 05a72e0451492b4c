//! Jobs by what people type: ids, or beginnings of them.

use std::path::Path;

use bgcopy_core::vocab::code;
use bgcopy_core::{JobRecord, Reader, Result};
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

/// The jobs in the queue, by one query instead of one call for each.
pub fn records(store: &Path) -> Result<Vec<JobRecord>> {
    reader(store)?.map_or_else(|| Ok(Vec::new()), |reader| reader.jobs())
}

/// The ids that were typed. A whole id is taken as it is.
pub fn resolve(store: &Path, typed: &[String]) -> Outcome<Vec<Uuid>> {
    let whole: Vec<_> = typed.iter().filter_map(|text| Uuid::try_parse(text).ok()).collect();
    if whole.len() == typed.len() {
        return Ok(whole);
    }
    let known: Vec<_> = records(store)?.iter().map(|record| record.id).collect();
    typed.iter().map(|text| resolve_one(&known, text)).collect()
}

fn resolve_one(known: &[Uuid], text: &str) -> Outcome<Uuid> {
    if let Ok(id) = Uuid::try_parse(text) {
        return Ok(id);
    }
    let start = text.to_ascii_lowercase();
    let begins = |id: &&Uuid| !start.is_empty() && id.to_string().starts_with(&start);
    let mut found = known.iter().filter(begins);
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(*id),
        (Some(_), Some(_)) => Err(Failure::failed(format!("several jobs begin with {text}"))),
        (None, _) => {
            let what = format!("no job {text} in the queue");
            Err(Failure::failed(describe(code::DO_E_JOB_NOT_FOUND, &what)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_of_an_id_is_enough_if_no_other_has_it() {
        let a = Uuid::from_u128(0xaa10_0000_0000_0000_0000_0000_0000_0001);
        let b = Uuid::from_u128(0xaa20_0000_0000_0000_0000_0000_0000_0002);
        let known = [a, b];
        assert_eq!(resolve_one(&known, "AA1").ok(), Some(a));
        assert_eq!(resolve_one(&known, &b.to_string()).ok(), Some(b));
        for text in ["aa", "ab", ""] {
            assert!(resolve_one(&known, text).is_err(), "{text}");
        }
    }
}
