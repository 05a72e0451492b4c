//! Limits and defaults, each with its unit in its name. Specification, section 12
//! unless said otherwise.

/// A display name.
pub const DISPLAY_NAME_CHARS_MAX: usize = 256;
/// A description.
pub const DESCRIPTION_CHARS_MAX: usize = 1024;
/// The key of a job: enough for a URL of usual length or a path.
pub const JOB_KEY_CHARS_MAX: usize = 256;
/// A remote name.
pub const URL_CHARS_MAX: usize = 2200;
/// A local name: what POSIX systems take, where the specification has 260.
pub const LOCAL_NAME_BYTES_MAX: usize = 4095;
/// The largest size or offset of a file: what systems count in signed numbers.
pub const OFFSET_MAX: u64 = i64::MAX as u64;
/// An HTTP method: the longest that is registered has 17.
pub const HTTP_METHOD_CHARS_MAX: usize = 40;
/// Custom headers, with the terminator.
pub const HEADERS_CHARS_MAX: usize = 16_384;
/// Each of the two proxy lists (specification, section 14.1).
pub const PROXY_LIST_CHARS_MAX: usize = 32_000;
/// A user name.
pub const USER_NAME_CHARS_MAX: usize = 300;
/// A password.
pub const PASSWORD_CHARS_MAX: usize = 65_536;
/// Mirrors of one file: each costs its URL in the stored record of the file.
pub const MIRRORS_PER_FILE_MAX: usize = 16;
/// Ranges of one file.
pub const RANGES_PER_FILE_MAX: usize = 500;

/// Stretches of bytes in which a file is held of which ranges were requested: each costs some
/// 30 bytes of its stored record.
pub const STRETCHES_PER_FILE_MAX: usize = 4_000;
/// The least minimum retry delay.
pub const MINIMUM_RETRY_DELAY_FLOOR_S: u32 = 5;
/// The minimum retry delay of a new job. The specification has 600 s, which keeps
/// a user waiting ten minutes for a hiccup.
pub const MINIMUM_RETRY_DELAY_DEFAULT_S: u32 = 5;
/// Where the growth of retry delays ends.
pub const RETRY_DELAY_MAX_S: u32 = 600;
/// The longest wait a server may ask for: a day, so that an absurd header
/// does not park a job for good.
pub const RETRY_AFTER_MAX_S: u32 = 86_400;
/// How long a new job may be without progress: 14 days.
pub const NO_PROGRESS_TIMEOUT_DEFAULT_S: u32 = 1_209_600;
/// How long a new job may transfer: 90 days.
pub const MAXIMUM_DOWNLOAD_TIME_DEFAULT_S: u32 = 7_776_000;
/// Jobs in a queue: far beyond what one machine needs, to stop runaways.
pub const JOBS_MAX_DEFAULT: u32 = 1_000_000;
/// Files in a job, likewise.
pub const FILES_PER_JOB_MAX_DEFAULT: u32 = 100_000;
/// The least time between two throttled events of a job.
pub const NOTIFICATION_INTERVAL_DEFAULT_MS: u32 = 500;
/// Files transferred at a time: enough to hide the latency of small files.
pub const SIMULTANEOUS_FILES_DEFAULT: u32 = 16;
/// Connections in all.
pub const CONNECTIONS_TOTAL_DEFAULT: u32 = 32;
/// Connections to one host: more gain nothing on short round trips and are
/// taken for abuse on long ones.
pub const CONNECTIONS_PER_HOST_DEFAULT: u32 = 16;
/// Connections for one file, twice as many for FOREGROUND: the ranges of a download that
/// are fetched, or the parts of an upload to S3 that are sent, at the same time.
pub const CONNECTIONS_PER_FILE_DEFAULT: u32 = 4;
/// The most connections that one file may have.
pub const CONNECTIONS_PER_FILE_MAX: u32 = 32;
/// The highest rate limit, in bytes a second: what systems count in signed numbers.
pub const RATE_MAX: u64 = OFFSET_MAX;
/// A window: what any plan of a week needs, many times over.
pub const WINDOW_CHARS_MAX: usize = 1024;
/// How long a server that cannot be reached is told of a cancelled upload: a
/// day (specification, section 9.4).
pub const SERVER_CLEANUP_MAX_S: u32 = 86_400;
/// The smallest piece of an upload: what Windows does not go below (specification,
/// section 13.3).
pub const PIECE_BYTES_MIN: u64 = 5 * 1024;
/// The first piece of an upload. It doubles with each piece the server took.
pub const PIECE_BYTES_FIRST: u64 = 1024 * 1024;
/// The largest piece of an upload: what Windows sends at most (specification,
/// section 13.4).
pub const PIECE_BYTES_MAX: u64 = 13 * 1024 * 1024;
/// The largest piece of an upload of the IETF's kind: what makes a round trip
/// for each piece cheap on a fast link, and still shows how far it is.
pub const APPEND_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// A file up to this is sent together with the creation of its upload: it
/// costs less to send again than a request more.
pub const AT_ONCE_BYTES_MAX: u64 = 64 * 1024;
/// The certificates of authorities that a manager is given. The bundles of
/// systems have a fiftieth of it.
pub const CA_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A reply that is given out as bytes.
pub const REPLY_DATA_BYTES_MAX: u64 = 1024 * 1024;
/// The smallest part of an upload to S3, which a file of that size is sent
/// without. Servers take 5 MiB.
pub const S3_PART_BYTES_MIN: u64 = 8 * 1024 * 1024;
/// The largest part, for files that need no more than 10,000 of them: what an
/// interruption may cost.
pub const S3_PART_BYTES_USUAL: u64 = 64 * 1024 * 1024;
/// Parts of one file.
pub const S3_PARTS_MAX: u32 = 10_000;
/// The region that is asked when the name of the server has none.
pub const S3_REGION_DEFAULT: &str = "us-east-1";
/// A list of checksums: a hundred times that of a large distribution.
pub const CHECKSUM_LIST_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// A signature of minisign: fifty times what one has.
pub const SIGNATURE_BYTES_MAX: u64 = 16 * 1024;
/// Lines of such a list, those that are skipped among them.
pub const CHECKSUM_LIST_LINES_MAX: usize = 100_000;
