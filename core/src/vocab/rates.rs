//! Rate limits.

use serde::{Deserialize, Serialize};

use super::{Error, Result, code, limit};

/// The most bytes a second that bodies may bring and take; 0 for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimits {
    /// Of all that is received.
    pub download: u64,
    /// Of all that is sent.
    pub upload: u64,
}

impl RateLimits {
    /// E_INVALIDARG if one of them is above [`limit::RATE_MAX`].
    pub fn check(&self) -> Result<()> {
        check_rate(self.download)?;
        check_rate(self.upload)
    }
}

/// E_INVALIDARG for a rate limit above [`limit::RATE_MAX`].
pub fn check_rate(bytes_per_second: u64) -> Result<()> {
    if bytes_per_second > limit::RATE_MAX {
        let message = format!("a rate limit is at most {} bytes a second", limit::RATE_MAX);
        return Err(Error::new(code::E_INVALIDARG, message));
    }
    Ok(())
}
