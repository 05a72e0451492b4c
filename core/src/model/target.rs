//! The parts of a file specification that can be judged without a disk.

use crate::protocol::FileRange;
use crate::vocab::{Error, HashAlgorithm, LENGTH_TO_EOF, PATHS, Result, code, limit};

use super::file::ExpectedHash;

/// Refuses a local name that no disk could make valid: E_INVALIDARG if it is
/// empty, relative or holds control characters (specification, section 2.2).
pub fn check_local_name(local_name: &str) -> Result<()> {
    PATHS.fault(local_name).map_or(Ok(()), |why| Err(Error::new(code::E_INVALIDARG, why)))
}

/// Checks requested ranges: at most 500; DO_E_INVALID_RANGE for an empty one or
/// one beyond the largest offset, DO_E_OVERLAPPING_RANGES if two share a byte.
/// Their order is free (specification, sections 2.7 and 3.2).
pub fn check_ranges(ranges: &[FileRange]) -> Result<()> {
    if ranges.len() > limit::RANGES_PER_FILE_MAX {
        return Err(Error::new(
            code::BG_E_TOO_MANY_RANGES_IN_FILE,
            format!("a file has at most {} ranges", limit::RANGES_PER_FILE_MAX),
        ));
    }
    let mut sorted = Vec::with_capacity(ranges.len());
    for range in ranges {
        let end = match range.length {
            LENGTH_TO_EOF => Some(u64::MAX).filter(|_| range.initial_offset <= limit::OFFSET_MAX),
            length => {
                range.initial_offset.checked_add(length).filter(|end| *end <= limit::OFFSET_MAX)
            }
        };
        match end {
            Some(end) if range.initial_offset < end && range.length > 0 => {
                sorted.push((range.initial_offset, end));
            }
            Some(_) | None => {
                return Err(Error::new(
                    code::DO_E_INVALID_RANGE,
                    "a range is empty or ends beyond the largest offset",
                ));
            }
        }
    }
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return Err(Error::new(code::DO_E_OVERLAPPING_RANGES, "two ranges overlap"));
    }
    Ok(())
}

/// Checks a digest: hexadecimal digits of either case, as many as the function
/// gives; BG_E_INVALID_HASH_ALGORITHM does not occur as the type has only
/// known ones, E_INVALIDARG otherwise.
pub fn check_digest(hash: &ExpectedHash) -> Result<()> {
    let digits = match hash.algorithm {
        HashAlgorithm::Sha256 | HashAlgorithm::Blake3 => 64,
        HashAlgorithm::Sha512 => 128,
    };
    if hash.digest.len() != digits || !hash.digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::new(
            code::E_INVALIDARG,
            format!("the digest must have {digits} hexadecimal digits"),
        ));
    }
    Ok(())
}
