//! What a received file is checked against.

use crate::protocol::{Failure, Form};
use crate::vocab::{DigestAlgorithm, ErrorContext, JobPropertyId, PropertyValue, Result, code};

use super::deadline::Now;
use super::job::{Change, Job};
use super::record::JobError;
use super::{failover, failure};

impl Job {
    /// The digest that a received file must have: the expected hash or, if there is none, the
    /// one that its server names for the whole of it, unless CHECK_DIGESTS is off.
    pub fn digest_to_check(&self, index: u32) -> Option<(DigestAlgorithm, &str)> {
        let file = self.files.get(index as usize)?;
        if let Some(hash) = &file.expected_hash {
            return Some((hash.algorithm.into(), &hash.digest));
        }
        let is_off = matches!(
            self.record.properties.get(&JobPropertyId::CheckDigests.as_u32()),
            Some(PropertyValue::Enable(false))
        );
        let is_whole = file.ranges.is_empty() && file.size == Some(file.held());
        let served = file.served_digest.as_deref()?;
        (is_whole && !is_off && !file.is_reply).then_some((served.algorithm, &served.digest))
    }
}

/// A received file has another digest. By that of its server it begins anew once: what damaged
/// it may have been on the way.
pub fn mismatch(change: &mut Change, job: &Job, index: u32, found: &str, now: Now) -> Result<()> {
    let file = job.file(index)?;
    change.restarted.insert(index);
    // A request by a method of the caller's own is made once.
    let may_begin_anew = !job.record.has_own_method();
    if let Some(form) = file.other_form().filter(|_| may_begin_anew) {
        // The hash may be that of the other form of a coded body.
        return change.edit(job, index, |file| {
            file.restart();
            file.form = form;
        });
    }
    let served = file.served_digest.as_deref().filter(|_| file.expected_hash.is_none());
    if served.is_some() && !file.digest_refused && may_begin_anew {
        return change.edit(job, index, |file| {
            file.restart();
            file.digest_refused = true;
        });
    }
    let message = match (served, &file.expected_hash) {
        (Some(served), _) => format!(
            "the content has the digest {found} instead of {}, which the server names in {}",
            served.digest, served.header
        ),
        (None, expected) => {
            let expected = expected.as_ref().map_or("", |hash| &hash.digest);
            format!("the content has the hash {found} instead of {expected}")
        }
    };
    let (code, context) = (code::BGCOPY_E_HASH_MISMATCH, ErrorContext::RemoteFile);
    let failure = Failure::fatal(code, context, message.clone());
    if failover::wrong_hash(change, job, index, &failure, now)? {
        return change.edit(job, index, |file| {
            file.form = Form::ByName;
            file.digest_refused = false;
        });
    }
    let at_ms = now.unix_ms;
    let error = JobError { code, context, file: Some(index), protocol: None, message, at_ms };
    change.edit(job, index, |file| {
        file.restart();
        file.form = Form::ByName;
        // Who resumes the job has two tries again.
        file.digest_refused = false;
        file.validation_state = Some(false);
    })?;
    if job.record.closing.is_none() {
        failure::stop(change, job, index, error, now)?;
    }
    Ok(())
}
