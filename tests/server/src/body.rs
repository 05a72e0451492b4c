//! The body of an answer: pieces of contents, one after the other.

use crate::content::Content;

/// A body that is read at any place without being held in memory as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pieces: Vec<Piece>,
    length: u64,
}

#[derive(Clone, Debug)]
struct Piece {
    content: Content,
    start: u64,
    length: u64,
}

impl Body {
    /// These bytes.
    pub(crate) fn literal(bytes: impl Into<Vec<u8>>) -> Body {
        Body::of(&Content::bytes(bytes))
    }

    /// The whole of a content.
    pub(crate) fn of(content: &Content) -> Body {
        let mut body = Body::default();
        body.push(content, 0, content.len());
        body
    }

    /// A part of a content, first and last byte included.
    pub(crate) fn part(content: &Content, (first, last): (u64, u64)) -> Body {
        let mut body = Body::default();
        body.push(content, first, last - first + 1);
        body
    }

    pub(crate) fn append(&mut self, other: Body) {
        self.length += other.length;
        self.pieces.extend(other.pieces);
    }

    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    fn push(&mut self, content: &Content, start: u64, length: u64) {
        self.length += length;
        self.pieces.push(Piece { content: content.clone(), start, length });
    }

    /// Writes the bytes from `offset` on over `buffer`, which must not reach
    /// past the end.
    pub(crate) fn fill(&self, mut offset: u64, buffer: &mut [u8]) {
        let mut rest = buffer;
        for piece in &self.pieces {
            if offset >= piece.length {
                offset -= piece.length;
                continue;
            }
            let taken = (rest.len() as u64).min(piece.length - offset) as usize;
            let (here, others) = rest.split_at_mut(taken);
            piece.content.fill(piece.start + offset, here);
            rest = others;
            offset = 0;
            if rest.is_empty() {
                break;
            }
        }
        debug_assert!(rest.is_empty(), "a read past the end of a body");
    }
}

#[cfg(test)]
mod tests {
    use super::Body;
    use crate::content::Content;

    #[test]
    fn reads_across_pieces() {
        let mut body = Body::literal("head ");
        body.append(Body::part(&Content::bytes("0123456789"), (3, 5)));
        body.append(Body::literal(" tail"));
        let text = b"head 345 tail";
        assert_eq!(body.len(), text.len() as u64);
        for start in 0..text.len() {
            for end in start..text.len() {
                let mut buffer = vec![0; end - start];
                body.fill(start as u64, &mut buffer);
                assert_eq!(buffer, text[start..end]);
            }
        }
    }
}
