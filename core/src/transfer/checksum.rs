//! The checksum of a piece that is sent, as tus carries it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::disk::Outgoing;
use crate::protocol::Checksum;
use crate::vocab::Result;

use super::upload_handler::UploadOrder;

/// The file is read in steps of so many bytes.
const STEP_BYTES: u64 = 256 * 1024;

/// Adds the checksum that a request asks for to its headers. A file that ends
/// early is found out when it is sent.
pub fn add(order: &mut UploadOrder) -> Result<()> {
    let (Some(kind), Some(span), Some(source)) =
        (order.call.checksum, order.call.body, &order.source)
    else {
        return Ok(());
    };
    let line = match kind {
        Checksum::Sha256 => line::<Sha256>("sha256", source, span.first, span.length)?,
        Checksum::Sha1 => line::<Sha1>("sha1", source, span.first, span.length)?,
    };
    order.call.headers.push(line);
    Ok(())
}

fn line<D: Digest>(name: &str, source: &Outgoing, first: u64, length: u64) -> Result<String> {
    let mut buffer = vec![0; usize::try_from(STEP_BYTES.min(length)).unwrap_or(0)];
    let mut digest = D::new();
    let mut done = 0;
    while done < length {
        let wanted = usize::try_from(length - done).unwrap_or(usize::MAX).min(buffer.len());
        let read = source.read_at(&mut buffer[..wanted], first + done)?;
        if read == 0 {
            break;
        }
        digest.update(&buffer[..read]);
        done += read as u64;
    }
    Ok(format!("Upload-Checksum: {name} {}", BASE64_STANDARD.encode(digest.finalize())))
}
