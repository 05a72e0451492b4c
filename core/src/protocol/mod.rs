//! One file as a sequence of requests: what to ask for next, and what an
//! answer allows us to do with its body.
//!
//! Everything here is a pure function of what is known. The modules that move
//! bytes ask [`next_request`] before they connect and [`decide`] before they
//! write the first byte; neither opens anything. For uploads [`next_call`] and
//! [`judge`] do the same.

mod answer;
mod bits;
mod call;
mod capabilities;
mod checksum_list;
mod classify;
mod coding;
mod head;
mod ietf;
mod multipart;
mod put;
mod remote_name;
mod request;
mod response_digest;
mod s3;
mod s3_answer;
mod s3_sign;
mod tus;
mod upload;

pub use answer::{Adjustment, Body, Decision, decide};
pub use capabilities::{ServerCapabilities, UploadLimits, UploadStatus};
pub use checksum_list::{ChecksumIndex, ListedChecksum, parse_checksum_list};
pub use classify::{Failure, RetryAfter, http_date_unix_ms, http_failure, is_no_room};
pub use coding::{Coding, Form, is_packed_name};
pub use head::{Head, header_value};
pub use multipart::PresignedRequests;
pub use remote_name::{
    Scheme, below, check_header_lines, check_remote_name, host_of, is_same_origin, origin_of,
    server_of, with_ascii_host,
};
pub use request::{
    Content, FileRange, Request, Validator, next_request, piece_at, requested_bytes,
};
pub use response_digest::{ServedDigest, served_digest};
pub use s3::{part_bytes, parts_to_send, permit, takes_header};
pub use s3_sign::{AccessKeys, stamp};
#[cfg(test)]
pub use upload::Offer;
pub use upload::{
    Checksum, OutgoingFile, Proof, Span, Step, Upload, UploadRequest, Verdict, invalid_failure,
    judge, judge_interim, next_call,
};
