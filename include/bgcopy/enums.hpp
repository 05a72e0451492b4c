// The enumerations of bgcopy.h. This file is generated.

#ifndef BGCOPY_ENUMS_HPP
#define BGCOPY_ENUMS_HPP

#include <cstdint>

#include <bgcopy.h>

namespace bgcopy {

/// The state of a job (BG_JOB_STATE, specification, sections 6.1 and 9).
enum class job_state : std::uint32_t {
    /// The job is started and waits for a free slot or for its server.
    queued = BGCOPY_JOB_STATE_QUEUED,
    /// A request of the job is under way, and its server has not answered yet.
    connecting = BGCOPY_JOB_STATE_CONNECTING,
    /// The job transfers data.
    transferring = BGCOPY_JOB_STATE_TRANSFERRING,
    /// Not started, or suspended by the caller. New jobs start here.
    suspended = BGCOPY_JOB_STATE_SUSPENDED,
    /// The job failed and is not tried again until the caller resumes it.
    error = BGCOPY_JOB_STATE_ERROR,
    /// The job failed and is tried again by itself after a delay.
    transient_error = BGCOPY_JOB_STATE_TRANSIENT_ERROR,
    /// All files are transferred; the caller has to complete the job.
    transferred = BGCOPY_JOB_STATE_TRANSFERRED,
    /// The job is completed. This state is final.
    acknowledged = BGCOPY_JOB_STATE_ACKNOWLEDGED,
    /// The job is cancelled. This state is final.
    cancelled = BGCOPY_JOB_STATE_CANCELLED,
};

/// What a job does (BG_JOB_TYPE).
enum class job_type : std::uint32_t {
    /// The job downloads files.
    download = BGCOPY_JOB_TYPE_DOWNLOAD,
    /// The job uploads one file.
    upload = BGCOPY_JOB_TYPE_UPLOAD,
    /// The job uploads one file and downloads the reply of the server application.
    upload_reply = BGCOPY_JOB_TYPE_UPLOAD_REPLY,
};

/// The order in which jobs get slots (BG_JOB_PRIORITY).
enum class job_priority : std::uint32_t {
    /// A user waits for the job: it goes before all others.
    foreground = BGCOPY_JOB_PRIORITY_FOREGROUND,
    /// The job goes before the other background jobs.
    high = BGCOPY_JOB_PRIORITY_HIGH,
    /// The priority of a new job.
    normal = BGCOPY_JOB_PRIORITY_NORMAL,
    /// The job goes after all others.
    low = BGCOPY_JOB_PRIORITY_LOW,
};

/// What kind of thing failed (BG_ERROR_CONTEXT).
enum class error_context : std::uint32_t {
    /// The call itself failed, and no transfer.
    none = BGCOPY_ERROR_CONTEXT_NONE,
    /// It is not known what failed.
    unknown = BGCOPY_ERROR_CONTEXT_UNKNOWN,
    /// The queue or its store failed.
    general_queue_manager = BGCOPY_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
    /// The notification of the caller failed.
    queue_manager_notification = BGCOPY_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION,
    /// A local file or folder failed.
    local_file = BGCOPY_ERROR_CONTEXT_LOCAL_FILE,
    /// The server does not give or take the file.
    remote_file = BGCOPY_ERROR_CONTEXT_REMOTE_FILE,
    /// The connection to the server failed.
    general_transport = BGCOPY_ERROR_CONTEXT_GENERAL_TRANSPORT,
    /// The application behind the server failed.
    remote_application = BGCOPY_ERROR_CONTEXT_REMOTE_APPLICATION,
    /// The caller refused the certificate of the server.
    server_certificate_callback = BGCOPY_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
};

/// How a proxy is found (BG_JOB_PROXY_USAGE).
enum class proxy_usage : std::uint32_t {
    /// The system's settings decide: on Unix the environment variables.
    preconfig = BGCOPY_PROXY_USAGE_PRECONFIG,
    /// No proxy is used.
    no_proxy = BGCOPY_PROXY_USAGE_NO_PROXY,
    /// The job's own list of proxies is used.
    override = BGCOPY_PROXY_USAGE_OVERRIDE,
    /// The proxy is looked for; this works as PRECONFIG here.
    autodetect = BGCOPY_PROXY_USAGE_AUTODETECT,
};

/// For whom credentials are (BG_AUTH_TARGET).
enum class auth_target : std::uint32_t {
    /// The credentials are for the server.
    server = BGCOPY_AUTH_TARGET_SERVER,
    /// The credentials are for the proxy.
    proxy = BGCOPY_AUTH_TARGET_PROXY,
};

/// The authentication scheme of credentials (BG_AUTH_SCHEME). Ours begin at 0x1000.
enum class auth_scheme : std::uint32_t {
    /// Basic: name and password are sent unencrypted.
    basic = BGCOPY_AUTH_SCHEME_BASIC,
    /// Digest: a hash of name and password is sent.
    digest = BGCOPY_AUTH_SCHEME_DIGEST,
    /// NTLM.
    ntlm = BGCOPY_AUTH_SCHEME_NTLM,
    /// Negotiate: Kerberos or NTLM.
    negotiate = BGCOPY_AUTH_SCHEME_NEGOTIATE,
    /// Passport, a service that no longer exists.
    passport = BGCOPY_AUTH_SCHEME_PASSPORT,
    /// Bearer: a token, which is the password of an empty name (RFC 6750).
    bearer = BGCOPY_AUTH_SCHEME_BEARER,
};

/// The properties of a job (BITS_JOB_PROPERTY_ID, specification, section 3.4). The numbers
/// 6 and 8 are reserved; ours begin at 0x1000.
enum class job_property_id : std::uint32_t {
    /// The networks that the job may use, by what they cost: a Dword, set at any time.
    cost_flags = BGCOPY_JOB_PROPERTY_ID_COST_FLAGS,
    /// An id that is stored for its users: a Guid, set at any time.
    notification_clsid = BGCOPY_JOB_PROPERTY_ID_NOTIFICATION_CLSID,
    /// The server may not know the sizes of its files: an Enable, set before the first Resume.
    dynamic_content = BGCOPY_JOB_PROPERTY_ID_DYNAMIC_CONTENT,
    /// Not supported: an Enable.
    high_performance = BGCOPY_JOB_PROPERTY_ID_HIGH_PERFORMANCE,
    /// The most bytes that the job may download: a Uint64, set before the first Resume.
    max_download_size = BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_SIZE,
    /// Not supported: a Target.
    use_stored_credentials = BGCOPY_JOB_PROPERTY_ID_USE_STORED_CREDENTIALS,
    /// The least time between two events of one kind, in milliseconds: a Dword, set at any time.
    minimum_notification_interval_ms = BGCOPY_JOB_PROPERTY_ID_MINIMUM_NOTIFICATION_INTERVAL_MS,
    /// Not supported: an Enable.
    on_demand_mode = BGCOPY_JOB_PROPERTY_ID_ON_DEMAND_MODE,
    /// The protocol of an upload, an UploadProtocol: a Dword, set before the first Resume.
    upload_protocol = BGCOPY_JOB_PROPERTY_ID_UPLOAD_PROTOCOL,
    /// The most connections that one file of the job may have, 1 to 32; 0 for what the queue
    /// allows: a Dword, set at any time.
    connections_per_file = BGCOPY_JOB_PROPERTY_ID_CONNECTIONS_PER_FILE,
    /// The most bytes a second that the job may download; 0 for no limit of its own: a
    /// Uint64, set at any time.
    max_download_rate = BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_RATE,
    /// The most bytes a second that the job may upload; 0 for no limit of its own: a
    /// Uint64, set at any time.
    max_upload_rate = BGCOPY_JOB_PROPERTY_ID_MAX_UPLOAD_RATE,
    /// Whether downloads of the job yield to other traffic, a BackgroundMode: a Dword, set
    /// at any time. They do not unless it says so.
    background_mode = BGCOPY_JOB_PROPERTY_ID_BACKGROUND_MODE,
    /// When the job may transfer, by the local clock of the process that hosts the queue,
    /// such as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always: a Text, set at any time.
    transfer_window = BGCOPY_JOB_PROPERTY_ID_TRANSFER_WINDOW,
    /// With which power the job may transfer, flags of `power`: a Dword, set at any time.
    /// With any unless it says so.
    power_flags = BGCOPY_JOB_PROPERTY_ID_POWER_FLAGS,
    /// Whether files without an expected hash are checked against the digest that their server
    /// names (Repr-Digest and the like): an Enable, set at any time. They are unless it is off.
    check_digests = BGCOPY_JOB_PROPERTY_ID_CHECK_DIGESTS,
};

/// Whether downloads yield to other traffic (job property BACKGROUND_MODE): they take what
/// others leave of the link, and little while these use it. Where the system does not
/// measure connections, which is everywhere but on Linux, none yields. The numbers are our own.
enum class background_mode : std::uint32_t {
    /// The job yields while its priority is LOW.
    auto_ = BGCOPY_BACKGROUND_MODE_AUTO,
    /// The job takes its share, whatever its priority.
    off = BGCOPY_BACKGROUND_MODE_OFF,
    /// The job yields, whatever its priority.
    on = BGCOPY_BACKGROUND_MODE_ON,
};

/// The hash functions of expected hashes. The numbers are our own.
enum class hash_algorithm : std::uint32_t {
    /// SHA-256.
    sha256 = BGCOPY_HASH_ALGORITHM_SHA256,
    /// SHA-512.
    sha512 = BGCOPY_HASH_ALGORITHM_SHA512,
    /// BLAKE3.
    blake3 = BGCOPY_HASH_ALGORITHM_BLAKE3,
};

/// The protocol of an upload (job property UPLOAD_PROTOCOL). The numbers are our own.
enum class upload_protocol : std::uint32_t {
    /// The server is asked once which protocol it has, and its answer is stored with the job.
    auto_ = BGCOPY_UPLOAD_PROTOCOL_AUTO,
    /// BITS upload (specification, section 13): resumable.
    bits = BGCOPY_UPLOAD_PROTOCOL_BITS,
    /// tus 1.0: resumable. The remote name is where uploads are created.
    tus = BGCOPY_UPLOAD_PROTOCOL_TUS,
    /// Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with
    /// interop versions 8 to 6: resumable.
    ietf = BGCOPY_UPLOAD_PROTOCOL_IETF,
    /// One PUT request, which starts over after each interruption.
    put = BGCOPY_UPLOAD_PROTOCOL_PUT,
    /// S3: large files in parts, resumable. AUTO never chooses it.
    s3 = BGCOPY_UPLOAD_PROTOCOL_S3,
    /// One POST request with the file as its body, which starts over after each
    /// interruption, also if only the answer was lost. AUTO never chooses it.
    post = BGCOPY_UPLOAD_PROTOCOL_POST,
    /// PUT requests with Content-Range: resumable, for servers like Apache that support it.
    /// With others the job goes to ERROR with DO_E_INSUFFICIENT_RANGE_SUPPORT. The
    /// unfinished file stands under its final name meanwhile; Cancel deletes it. AUTO never
    /// chooses it.
    put_range = BGCOPY_UPLOAD_PROTOCOL_PUT_RANGE,
};

/// What a job waits for, or what it does. The numbers are our own.
enum class wait_kind : std::uint32_t {
    /// The caller has to resume the job.
    suspended_by_caller = BGCOPY_WAIT_KIND_SUSPENDED_BY_CALLER,
    /// The caller has to add a file.
    no_files = BGCOPY_WAIT_KIND_NO_FILES,
    /// Other files have all the slots for transfers.
    waiting_for_slot = BGCOPY_WAIT_KIND_WAITING_FOR_SLOT,
    /// There is no network.
    no_network = BGCOPY_WAIT_KIND_NO_NETWORK,
    /// The job failed, or its server does; the delay before the next try is not over.
    retry_after_error = BGCOPY_WAIT_KIND_RETRY_AFTER_ERROR,
    /// The server asked to be left alone until a time that it named.
    server_asked_to_wait = BGCOPY_WAIT_KIND_SERVER_ASKED_TO_WAIT,
    /// A policy does not allow the transfer now.
    policy_closed = BGCOPY_WAIT_KIND_POLICY_CLOSED,
    /// The caller has to set credentials.
    credentials_needed = BGCOPY_WAIT_KIND_CREDENTIALS_NEEDED,
    /// The server no longer has the file under this URL.
    link_expired = BGCOPY_WAIT_KIND_LINK_EXPIRED,
    /// The disk is full.
    disk_full = BGCOPY_WAIT_KIND_DISK_FULL,
    /// All bytes are here and are being verified and synced.
    validation_pending = BGCOPY_WAIT_KIND_VALIDATION_PENDING,
    /// The files are being moved to their local names.
    completing = BGCOPY_WAIT_KIND_COMPLETING,
    /// The caller has to complete the job.
    awaiting_complete = BGCOPY_WAIT_KIND_AWAITING_COMPLETE,
    /// The job failed; the caller has to resolve the error and resume it.
    fatal_error = BGCOPY_WAIT_KIND_FATAL_ERROR,
    /// The job waits for nothing: it is final.
    finished = BGCOPY_WAIT_KIND_FINISHED,
    /// The server has not answered yet.
    connecting = BGCOPY_WAIT_KIND_CONNECTING,
    /// The job waits for nothing: it transfers.
    transferring = BGCOPY_WAIT_KIND_TRANSFERRING,
    /// No process runs the queue.
    engine_not_running = BGCOPY_WAIT_KIND_ENGINE_NOT_RUNNING,
    /// The server has not yet deleted the upload of a cancelled job.
    cancelling_on_server = BGCOPY_WAIT_KIND_CANCELLING_ON_SERVER,
    /// A process has paused the queue.
    paused = BGCOPY_WAIT_KIND_PAUSED,
    /// The window of the job or of the queue is closed; the next try is when it opens.
    outside_window = BGCOPY_WAIT_KIND_OUTSIDE_WINDOW,
};

/// What an event reports. The numbers are our own.
enum class event_kind : std::uint32_t {
    /// All files of the job are transferred.
    job_transferred = BGCOPY_EVENT_KIND_JOB_TRANSFERRED,
    /// The job failed.
    job_error = BGCOPY_EVENT_KIND_JOB_ERROR,
    /// Something about the job changed.
    job_modification = BGCOPY_EVENT_KIND_JOB_MODIFICATION,
    /// A file is transferred.
    file_transferred = BGCOPY_EVENT_KIND_FILE_TRANSFERRED,
    /// Bytes of a file arrived.
    file_ranges_transferred = BGCOPY_EVENT_KIND_FILE_RANGES_TRANSFERRED,
    /// A file starts over: it changed on the server, or its bytes were lost.
    file_restarted = BGCOPY_EVENT_KIND_FILE_RESTARTED,
};

/// The severity of a line of the log. The numbers are our own.
enum class log_level : std::uint32_t {
    /// An error that somebody has to resolve.
    error = BGCOPY_LOG_LEVEL_ERROR,
    /// A failure that is tried again.
    warning = BGCOPY_LOG_LEVEL_WARNING,
    /// A step of a job.
    info = BGCOPY_LOG_LEVEL_INFO,
    /// A change of any state.
    debug = BGCOPY_LOG_LEVEL_DEBUG,
};

/// What kind of place a source of a file is. The numbers are our own.
enum class source_kind : std::uint32_t {
    /// The remote name of the file.
    origin = BGCOPY_SOURCE_KIND_ORIGIN,
    /// Another URL of the same content.
    mirror = BGCOPY_SOURCE_KIND_MIRROR,
};

/// Where a source of a file stands. The numbers are our own.
enum class source_state : std::uint32_t {
    /// It can be asked.
    ready = BGCOPY_SOURCE_STATE_READY,
    /// It is the one that the present request asks, or the next one.
    asked = BGCOPY_SOURCE_STATE_ASKED,
    /// It failed, and the sources behind it are asked before it is asked again.
    failed = BGCOPY_SOURCE_STATE_FAILED,
    /// It has another version than what is held of the file, or cannot prove that it has
    /// the same. It is not asked as long as these bytes are held.
    different = BGCOPY_SOURCE_STATE_DIFFERENT,
    /// What came from it did not have the expected hash. It is asked again when the job is
    /// resumed or another hash is expected.
    wrong_hash = BGCOPY_SOURCE_STATE_WRONG_HASH,
    /// It has no encryption and the origin has: it is not asked unless the job has the
    /// security flag REDIRECT_ALLOW_HTTPS_TO_HTTP.
    not_allowed = BGCOPY_SOURCE_STATE_NOT_ALLOWED,
};

/// Which part of a bgcopy_property_value counts.
enum class property_type : std::uint32_t {
    dword = BGCOPY_PROPERTY_TYPE_DWORD,
    guid = BGCOPY_PROPERTY_TYPE_GUID,
    enable = BGCOPY_PROPERTY_TYPE_ENABLE,
    uint64 = BGCOPY_PROPERTY_TYPE_UINT64,
    target = BGCOPY_PROPERTY_TYPE_TARGET,
    text = BGCOPY_PROPERTY_TYPE_TEXT,
};

} // namespace bgcopy

#endif
