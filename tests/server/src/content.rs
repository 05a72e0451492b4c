//! The bytes a resource is made of.

use std::ops::Range;
use std::sync::Arc;

/// The step between two neighbouring states of the generator.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The bytes of a resource, held in memory or computed where they are needed.
#[derive(Clone, Debug)]
pub enum Content {
    /// These bytes.
    Bytes(Arc<Vec<u8>>),
    /// Bytes that follow from the seed and their place alone, so that a
    /// content of many gigabytes takes no memory.
    Generated {
        /// Two seeds give unrelated bytes.
        seed: u64,
        /// The number of bytes.
        length: u64,
    },
}

impl Content {
    /// A content held in memory.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Content {
        Content::Bytes(Arc::new(bytes.into()))
    }

    /// A content computed from a seed.
    pub fn generated(seed: u64, length: u64) -> Content {
        Content::Generated { seed, length }
    }

    /// The number of bytes.
    pub fn len(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Generated { length, .. } => *length,
        }
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the bytes from `offset` on over the whole of `buffer`.
    ///
    /// # Panics
    ///
    /// When the buffer reaches past the end of the content.
    pub fn fill(&self, offset: u64, buffer: &mut [u8]) {
        let end = offset.checked_add(buffer.len() as u64);
        assert!(
            end.is_some_and(|end| end <= self.len()),
            "a read of {} bytes at {offset} passes the end of a content of {} bytes",
            buffer.len(),
            self.len()
        );
        match self {
            Content::Bytes(bytes) => {
                let start = offset as usize;
                buffer.copy_from_slice(&bytes[start..start + buffer.len()]);
            }
            Content::Generated { seed, .. } => generate(*seed, offset, buffer),
        }
    }

    /// The bytes of a range; a range past the end is cut to the content.
    pub fn slice(&self, range: Range<u64>) -> Vec<u8> {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        let mut bytes = vec![0; (end - start) as usize];
        self.fill(start, &mut bytes);
        bytes
    }

    /// A strong entity tag that differs where the bytes differ.
    pub(crate) fn default_etag(&self) -> String {
        match self {
            Content::Bytes(bytes) => format!("\"b-{:x}-{:x}\"", fingerprint(bytes), bytes.len()),
            Content::Generated { seed, length } => format!("\"g-{seed:x}-{length:x}\""),
        }
    }
}

fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// The finaliser of SplitMix64.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// The eight bytes of one block. The seed is mixed first, so that two seeds
/// that lie close together do not give the same bytes some blocks apart.
fn block(key: u64, index: u64) -> [u8; 8] {
    mix(key.wrapping_add(index.wrapping_mul(STEP))).to_le_bytes()
}

fn generate(seed: u64, offset: u64, buffer: &mut [u8]) {
    let key = mix(seed.wrapping_add(STEP));
    let mut index = offset / 8;
    let skipped = (offset % 8) as usize;
    let mut rest = buffer;
    if skipped != 0 {
        let bytes = block(key, index);
        let taken = rest.len().min(8 - skipped);
        let (first, others) = rest.split_at_mut(taken);
        first.copy_from_slice(&bytes[skipped..skipped + taken]);
        rest = others;
        index += 1;
    }
    let mut whole = rest.chunks_exact_mut(8);
    let mut state = key.wrapping_add(index.wrapping_mul(STEP));
    for piece in &mut whole {
        piece.copy_from_slice(&mix(state).to_le_bytes());
        state = state.wrapping_add(STEP);
    }
    let last = whole.into_remainder();
    let taken = last.len();
    last.copy_from_slice(&mix(state).to_le_bytes()[..taken]);
}

#[cfg(test)]
mod tests {
    use super::Content;

    #[test]
    fn generated_bytes_depend_on_their_place_alone() {
        let content = Content::generated(3, 1000);
        let whole = content.slice(0..1000);
        for start in 0..40_u64 {
            for end in start..60_u64 {
                let part = content.slice(start..end);
                assert_eq!(part, whole[start as usize..end as usize]);
            }
        }
        assert_eq!(content.slice(990..2000), whole[990..]);
        assert!(content.slice(2000..3000).is_empty());
    }

    #[test]
    fn seeds_give_different_bytes() {
        let first = Content::generated(1, 64).slice(0..64);
        let second = Content::generated(2, 64).slice(0..64);
        assert_ne!(first, second);
        assert_ne!(first[8..], second[..56]);
    }

    #[test]
    fn far_offsets_need_no_memory() {
        let content = Content::generated(9, u64::MAX);
        let mut near = [0; 16];
        content.fill(u64::MAX - 16, &mut near);
        assert_ne!(near, [0; 16]);
    }

    #[test]
    fn held_bytes_are_sliced() {
        let content = Content::bytes("abcdef");
        assert_eq!(content.len(), 6);
        assert_eq!(content.slice(2..4), b"cd");
        assert!(Content::bytes("").is_empty());
    }
}
