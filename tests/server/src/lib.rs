//! A scriptable HTTP/1.1 server for the tests and demonstrations of `bgcopy`.
//!
//! The server listens on the loopback interface only and gives every
//! connection its own thread. Each path holds a [`Resource`]: a [`Content`],
//! its validators and a script of [`Reply`]s. An untouched `Reply` is correct
//! HTTP; each of its methods adds one deviation. Everything the server saw and
//! sent can be asked for, or waited for with [`Server::wait_until`]. An [`Area`]
//! and a [`Bucket`] take files.
//!
//! ```
//! use bgcopy_test_server::{Reply, Resource, Server};
//!
//! let server = Server::start().unwrap();
//! server.put(
//!     "/file",
//!     Resource::generated(7, 1 << 20).script(vec![Reply::normal().cut_after(1000)]),
//! );
//! assert!(server.url("/file").starts_with("http://127.0.0.1:"));
//! ```

mod area;
mod base64;
mod bits;
mod body;
mod bucket;
mod connection;
mod content;
mod date;
mod generated;
mod gzip;
mod ietf;
mod link;
mod plan;
mod port;
mod range;
mod reason;
mod receive;
mod reply;
mod reply_faults;
mod representation;
mod request;
mod resource;
mod s3;
mod s3_signature;
mod send;
mod sent;
mod server;
mod sha1;
mod shared;
mod tus;

pub use area::{Area, AreaSeen, Kept, Overlap, Ranges, Unknown, UploadFault};
pub use bucket::{Bucket, BucketFault, BucketSeen, Object};
pub use connection::Keeping;
pub use content::Content;
pub use date::http_date;
pub use ietf::Ietf;
pub use port::free_port;
pub use reply::{Endless, Reply};
pub use request::Request;
pub use resource::Resource;
pub use send::ENDLESS_BYTES_MAX;
pub use server::Server;
pub use shared::Seen;
