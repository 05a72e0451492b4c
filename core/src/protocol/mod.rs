//! One file as a sequence of requests: what to ask for next, and what an
//! answer allows us to do with its body.
//!
//! Everything here is a pure function of what is known. The rooms that move
//! bytes ask [`next_request`] before they connect and [`decide`] before they
//! write the first byte; neither opens anything. For uploads [`next_call`] and
//! [`judge`] do the same.

mod answer;
mod bits;
mod classify;
mod head;
mod ietf;
mod multipart;
mod put;
mod remote_name;
mod request;
mod s3;
mod s3_answer;
mod s3_sign;
mod terms;
mod tus;
mod upload;

pub use answer::{Adjustment, Body, Decision, decide};
pub use classify::{Failure, RetryAfter, http_date_unix_ms};
pub use head::Head;
pub use multipart::Permit;
pub use remote_name::{
    Scheme, below, check_header_lines, check_remote_name, host_of, is_same_origin, origin_of,
};
pub use request::{Content, FileRange, Request, Validator, next_request, requested_bytes};
pub use s3::{part_bytes, parts_to_send, permit, takes_header};
pub use s3_sign::Keys;
pub use terms::{Limits, Standing, Terms};
pub use upload::{
    Call, Checksum, Proof, Sending, Span, Step, Upload, Verdict, invalid_failure, judge,
    judge_interim, next_call,
};
