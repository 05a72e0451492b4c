//! A gzip stream of stored blocks: valid, and in need of no compressor.

use crate::content::Content;

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |crc, byte| (crc >> 8) ^ TABLE[((crc ^ u32::from(*byte)) & 255) as usize])
}

/// The whole content as one gzip stream, held in memory.
pub(crate) fn stream(content: &Content) -> Vec<u8> {
    let bytes = content.slice(0..content.len());
    let mut stream = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks: Vec<&[u8]> = bytes.chunks(usize::from(u16::MAX)).collect();
    if blocks.is_empty() {
        blocks.push(&[]);
    }
    let last = blocks.len() - 1;
    for (index, block) in blocks.iter().enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(index == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    stream.extend(crc32(&bytes).to_le_bytes());
    stream.extend((bytes.len() as u32).to_le_bytes());
    stream
}

#[cfg(test)]
mod tests {
    use super::{crc32, stream};
    use crate::content::Content;

    #[test]
    fn the_check_value_of_crc32_holds() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn blocks_hold_the_content() {
        let content = Content::generated(5, 70_000);
        let bytes = content.slice(0..70_000);
        let stream = stream(&content);
        assert_eq!(stream[10], 0);
        assert_eq!(stream[15..15 + 65_535], bytes[..65_535]);
        let second = 15 + 65_535;
        assert_eq!(stream[second], 1);
        assert_eq!(stream[second + 5..stream.len() - 8], bytes[65_535..]);
    }

    #[test]
    fn nothing_is_one_empty_block() {
        let stream = stream(&Content::bytes(""));
        assert_eq!(stream[10..15], [1, 0, 0, 255, 255]);
        assert_eq!(stream[15..], [0; 8]);
    }
}
