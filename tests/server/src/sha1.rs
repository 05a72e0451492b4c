//! SHA-1, for the checksums of tus.

/// A digest under way.
#[derive(Clone, Debug)]
pub(crate) struct Sha1 {
    state: [u32; 5],
    rest: Vec<u8>,
    length: u64,
}

impl Sha1 {
    pub(crate) fn new() -> Sha1 {
        let state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
        Sha1 { state, rest: Vec::new(), length: 0 }
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        self.length += data.len() as u64;
        self.rest.extend_from_slice(data);
        let whole = self.rest.len() / 64 * 64;
        for block in self.rest[..whole].chunks_exact(64) {
            mix(&mut self.state, block);
        }
        self.rest.drain(..whole);
    }

    pub(crate) fn finish(mut self) -> [u8; 20] {
        let bits = self.length * 8;
        self.update(&[0x80]);
        while self.rest.len() != 56 {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        let mut digest = [0; 20];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

fn mix(state: &mut [u32; 5], block: &[u8]) {
    let mut words = [0_u32; 80];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for place in 16..80 {
        let mixed = words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16];
        words[place] = mixed.rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (place, word) in words.into_iter().enumerate() {
        let (chosen, constant) = match place / 20 {
            0 => (b & c | !b & d, 0x5A82_7999),
            1 => (b ^ c ^ d, 0x6ED9_EBA1),
            2 => (b & c | b & d | c & d, 0x8F1B_BCDC),
            _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
        };
        let next = a.rotate_left(5).wrapping_add(chosen).wrapping_add(e);
        let next = next.wrapping_add(constant).wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    for (own, new) in state.iter_mut().zip([a, b, c, d, e]) {
        *own = own.wrapping_add(new);
    }
}

#[cfg(test)]
mod tests {
    use super::Sha1;

    fn hex(pieces: &[&[u8]]) -> String {
        let mut sha1 = Sha1::new();
        pieces.iter().for_each(|piece| sha1.update(piece));
        sha1.finish().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn published_examples() {
        assert_eq!(hex(&[]), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hex(&[b"a", b"bc"]), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let million = vec![b'a'; 1_000_000];
        assert_eq!(hex(&[&million]), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    }
}
