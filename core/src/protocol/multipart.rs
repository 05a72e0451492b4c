//! What is stored of an upload that goes in parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is stored of an upload in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multipart {
    /// The region that the server told; None = as its name says.
    pub region: Option<String>,
    /// Bytes of each part but the last.
    pub part_bytes: u64,
    /// The ETags of the parts that the server holds, by their numbers from 1.
    pub parts: BTreeMap<u32, String>,
    /// The last part that was listed, while the list is not at its end.
    pub listed: u32,
    /// The server said that it forgot the upload; it is asked whether it did.
    pub aborted: bool,
    /// What cancels the upload without the job's credentials.
    pub permit: Option<Permit>,
}

impl Multipart {
    /// Forgets the upload, but not how to reach the server.
    pub fn leave(&mut self) {
        *self = Self { region: self.region.take(), ..Self::default() };
    }

    /// Bytes of the parts from the first one on without a gap.
    pub fn position(&self, size: u64) -> u64 {
        let held = (1_u32..).take_while(|number| self.parts.contains_key(number)).count() as u64;
        held.saturating_mul(self.part_bytes).min(size)
    }

    /// Drops what is behind a gap: it is sent again.
    pub fn drop_behind_gap(&mut self, size: u64) {
        let end = self.position(size);
        let part_bytes = self.part_bytes.max(1);
        self.parts.retain(|number, _| u64::from(*number) <= end.div_ceil(part_bytes));
    }
}

/// Requests that were signed beforehand. They can forget one upload, and
/// nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// DELETE makes the server forget the upload.
    pub cancel_url: String,
    /// GET lists its parts.
    pub check_url: String,
    /// When they were signed, in milliseconds since 1970.
    pub signed_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_of_the_server_and_the_rest_of_the_upload() {
        let region = Some("eu-west-1".to_owned());
        let parts = BTreeMap::from([(1, "x".to_owned())]);
        let mut state =
            Multipart { region: region.clone(), parts, listed: 1, ..Multipart::default() };
        state.leave();
        assert_eq!(state, Multipart { region, ..Multipart::default() });
    }
}
