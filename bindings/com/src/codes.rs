//! The codes of BITS. The core has those of Delivery Optimization where there is one.

use bgcopy_core::HResult;
use bgcopy_core::vocab::code;

/// What a code of Delivery Optimization is called in BITS.
const SAME: [(HResult, HResult); 12] = [
    (code::DO_E_DOWNLOAD_NO_PROGRESS, code::BG_E_NO_PROGRESS),
    (code::DO_E_JOB_NOT_FOUND, code::BG_E_NOT_FOUND),
    (code::DO_E_JOB_EMPTY, code::BG_E_EMPTY),
    (code::DO_E_FILE_NOT_AVAILABLE, code::BG_E_FILE_NOT_AVAILABLE),
    (code::DO_E_UNKNOWN_PROPERTY_ID, code::BG_E_UNKNOWN_PROPERTY_ID),
    (code::DO_E_READ_ONLY_PROPERTY, code::BG_E_READ_ONLY_PROPERTY),
    (code::DO_E_INVALID_STATE, code::BG_E_INVALID_STATE),
    (code::DO_E_ERROR_INFORMATION_UNAVAILABLE, code::BG_E_ERROR_INFORMATION_UNAVAILABLE),
    (code::DO_E_INVALID_RANGE, code::BG_E_INVALID_RANGE),
    (code::DO_E_INSUFFICIENT_RANGE_SUPPORT, code::BG_E_INSUFFICIENT_RANGE_SUPPORT),
    (code::DO_E_OVERLAPPING_RANGES, code::BG_E_OVERLAPPING_RANGES),
    (code::DO_E_BLOCKED_BY_NO_NETWORK, code::BG_E_NETWORK_DISCONNECTED),
];

/// The code that BITS has for it; itself if BITS has none.
pub(crate) fn of_bits(code: HResult) -> HResult {
    SAME.iter().find(|(ours, _)| *ours == code).map_or(code, |(_, theirs)| *theirs)
}
