//! How long a range may be that a server is asked for: some refuse long ones.

use super::ramp::RANGE_BYTES_MIN;

/// What a server said to ranges of different lengths, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct RangeLengths {
    /// The longest that it took.
    taken: u64,
    /// The shortest that it refused.
    refused: Option<u64>,
}

impl RangeLengths {
    /// It refused longer ones than this a while ago: one twice as long is tried once more.
    pub fn remembered(longest: u64) -> Self {
        Self { taken: longest, refused: Some(longest.saturating_mul(2).saturating_add(1)) }
    }

    /// The longest range to ask for; `u64::MAX` while none was refused.
    pub fn longest(&self) -> u64 {
        let Some(refused) = self.refused else {
            return u64::MAX;
        };
        let twice = self.taken.saturating_mul(2);
        let next = if twice < refused { twice } else { self.taken };
        next.max(RANGE_BYTES_MIN)
    }

    /// It took a range. The longest one is to be remembered if it refused longer ones.
    pub fn take(&mut self, length: u64) -> Option<u64> {
        let is_longer = length > self.taken;
        self.taken = self.taken.max(length);
        self.refused = self.refused.filter(|refused| *refused > self.taken);
        self.refused.filter(|_| is_longer).map(|_| self.taken)
    }

    /// It refused a range. True if that may be for its length, so that a shorter one is tried.
    pub fn refuse(&mut self, length: u64) -> bool {
        if length <= RANGE_BYTES_MIN || length <= self.taken {
            self.refused = None;
            return false;
        }
        self.refused = Some(self.refused.map_or(length, |refused| refused.min(length)));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    /// Asks a server for ranges of the length that is wanted, or for shorter ones.
    fn asked(lengths: &mut RangeLengths, wanted: u64, longest: u64) -> Vec<u64> {
        let mut asked = Vec::new();
        for _ in 0..6 {
            let length = wanted.min(lengths.longest());
            asked.push(length / MIB);
            if length <= longest {
                lengths.take(length);
            } else {
                assert!(lengths.refuse(length));
            }
        }
        asked
    }

    #[test]
    fn a_refused_length_is_approached_from_below() {
        let mut lengths = RangeLengths::default();
        assert_eq!(asked(&mut lengths, 16 * MIB, 5 * MIB), [16, 1, 2, 4, 8, 4]);
        assert_eq!(lengths.longest(), 4 * MIB);
        let mut lengths = RangeLengths::default();
        assert_eq!(asked(&mut lengths, 16 * MIB, 64 * MIB), [16; 6]);
        assert_eq!(lengths.longest(), u64::MAX);
    }

    #[test]
    fn what_is_remembered_is_doubled_once() {
        let mut lengths = RangeLengths::remembered(MIB);
        assert_eq!(asked(&mut lengths, 16 * MIB, 5 * MIB), [2; 6]);
        let mut lengths = RangeLengths::remembered(4 * MIB);
        assert_eq!(asked(&mut lengths, 16 * MIB, 5 * MIB), [8, 4, 4, 4, 4, 4]);
    }

    #[test]
    fn a_refusal_that_is_not_for_the_length_says_nothing_of_it() {
        let mut lengths = RangeLengths::default();
        assert!(!lengths.refuse(RANGE_BYTES_MIN), "none is shorter");
        assert_eq!(lengths.take(8 * MIB), None, "none was refused");
        assert!(!lengths.refuse(8 * MIB), "such a one was taken");
        assert!(!lengths.refuse(4 * MIB), "a longer one was taken");
        assert!(lengths.refuse(16 * MIB));
        assert!(!lengths.refuse(RANGE_BYTES_MIN), "neither was for the length");
        assert_eq!(lengths.longest(), u64::MAX);
    }

    #[test]
    fn the_longest_of_a_server_that_refused_longer_ones_is_remembered() {
        let mut lengths = RangeLengths::default();
        assert!(lengths.refuse(16 * MIB));
        assert_eq!(lengths.take(MIB), Some(MIB));
        assert_eq!(lengths.take(2 * MIB), Some(2 * MIB));
        assert_eq!(lengths.take(2 * MIB), None, "that is known");
        assert_eq!(lengths.take(16 * MIB), None, "it takes that after all");
    }
}
