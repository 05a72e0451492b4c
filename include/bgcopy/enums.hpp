// The enumerations of bgcopy.h. This file is generated.

#ifndef BGCOPY_ENUMS_HPP
#define BGCOPY_ENUMS_HPP

#include <cstdint>

#include <bgcopy.h>

namespace bgcopy {

/// The life of a job.
enum class job_state : std::uint32_t {
    queued = BGCOPY_JOB_STATE_QUEUED,
    connecting = BGCOPY_JOB_STATE_CONNECTING,
    transferring = BGCOPY_JOB_STATE_TRANSFERRING,
    suspended = BGCOPY_JOB_STATE_SUSPENDED,
    error = BGCOPY_JOB_STATE_ERROR,
    transient_error = BGCOPY_JOB_STATE_TRANSIENT_ERROR,
    transferred = BGCOPY_JOB_STATE_TRANSFERRED,
    acknowledged = BGCOPY_JOB_STATE_ACKNOWLEDGED,
    cancelled = BGCOPY_JOB_STATE_CANCELLED,
};

/// What a job does.
enum class job_type : std::uint32_t {
    download = BGCOPY_JOB_TYPE_DOWNLOAD,
    upload = BGCOPY_JOB_TYPE_UPLOAD,
    upload_reply = BGCOPY_JOB_TYPE_UPLOAD_REPLY,
};

/// Who goes first.
enum class job_priority : std::uint32_t {
    foreground = BGCOPY_JOB_PRIORITY_FOREGROUND,
    high = BGCOPY_JOB_PRIORITY_HIGH,
    normal = BGCOPY_JOB_PRIORITY_NORMAL,
    low = BGCOPY_JOB_PRIORITY_LOW,
};

/// What kind of thing failed.
enum class error_context : std::uint32_t {
    none = BGCOPY_ERROR_CONTEXT_NONE,
    unknown = BGCOPY_ERROR_CONTEXT_UNKNOWN,
    general_queue_manager = BGCOPY_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
    queue_manager_notification = BGCOPY_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION,
    local_file = BGCOPY_ERROR_CONTEXT_LOCAL_FILE,
    remote_file = BGCOPY_ERROR_CONTEXT_REMOTE_FILE,
    general_transport = BGCOPY_ERROR_CONTEXT_GENERAL_TRANSPORT,
    remote_application = BGCOPY_ERROR_CONTEXT_REMOTE_APPLICATION,
    server_certificate_callback = BGCOPY_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
};

/// How a proxy is found.
enum class proxy_usage : std::uint32_t {
    preconfig = BGCOPY_PROXY_USAGE_PRECONFIG,
    no_proxy = BGCOPY_PROXY_USAGE_NO_PROXY,
    override = BGCOPY_PROXY_USAGE_OVERRIDE,
    autodetect = BGCOPY_PROXY_USAGE_AUTODETECT,
};

/// Whom credentials are for.
enum class auth_target : std::uint32_t {
    server = BGCOPY_AUTH_TARGET_SERVER,
    proxy = BGCOPY_AUTH_TARGET_PROXY,
};

/// How credentials are shown.
enum class auth_scheme : std::uint32_t {
    basic = BGCOPY_AUTH_SCHEME_BASIC,
    digest = BGCOPY_AUTH_SCHEME_DIGEST,
    ntlm = BGCOPY_AUTH_SCHEME_NTLM,
    negotiate = BGCOPY_AUTH_SCHEME_NEGOTIATE,
    passport = BGCOPY_AUTH_SCHEME_PASSPORT,
};

/// The properties of a job.
enum class job_property_id : std::uint32_t {
    cost_flags = BGCOPY_JOB_PROPERTY_ID_COST_FLAGS,
    notification_clsid = BGCOPY_JOB_PROPERTY_ID_NOTIFICATION_CLSID,
    dynamic_content = BGCOPY_JOB_PROPERTY_ID_DYNAMIC_CONTENT,
    high_performance = BGCOPY_JOB_PROPERTY_ID_HIGH_PERFORMANCE,
    max_download_size = BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_SIZE,
    use_stored_credentials = BGCOPY_JOB_PROPERTY_ID_USE_STORED_CREDENTIALS,
    minimum_notification_interval_ms = BGCOPY_JOB_PROPERTY_ID_MINIMUM_NOTIFICATION_INTERVAL_MS,
    on_demand_mode = BGCOPY_JOB_PROPERTY_ID_ON_DEMAND_MODE,
    upload_protocol = BGCOPY_JOB_PROPERTY_ID_UPLOAD_PROTOCOL,
};

/// The functions of expected hashes.
enum class hash_algorithm : std::uint32_t {
    sha256 = BGCOPY_HASH_ALGORITHM_SHA256,
    sha512 = BGCOPY_HASH_ALGORITHM_SHA512,
    blake3 = BGCOPY_HASH_ALGORITHM_BLAKE3,
};

/// How an upload is sent.
enum class upload_protocol : std::uint32_t {
    auto_ = BGCOPY_UPLOAD_PROTOCOL_AUTO,
    bits = BGCOPY_UPLOAD_PROTOCOL_BITS,
    tus = BGCOPY_UPLOAD_PROTOCOL_TUS,
    ietf = BGCOPY_UPLOAD_PROTOCOL_IETF,
    put = BGCOPY_UPLOAD_PROTOCOL_PUT,
    s3 = BGCOPY_UPLOAD_PROTOCOL_S3,
    post = BGCOPY_UPLOAD_PROTOCOL_POST,
    put_range = BGCOPY_UPLOAD_PROTOCOL_PUT_RANGE,
};

/// What a job waits for, or does.
enum class wait_kind : std::uint32_t {
    suspended_by_caller = BGCOPY_WAIT_KIND_SUSPENDED_BY_CALLER,
    no_files = BGCOPY_WAIT_KIND_NO_FILES,
    waiting_for_slot = BGCOPY_WAIT_KIND_WAITING_FOR_SLOT,
    no_network = BGCOPY_WAIT_KIND_NO_NETWORK,
    retry_after_error = BGCOPY_WAIT_KIND_RETRY_AFTER_ERROR,
    server_asked_to_wait = BGCOPY_WAIT_KIND_SERVER_ASKED_TO_WAIT,
    policy_closed = BGCOPY_WAIT_KIND_POLICY_CLOSED,
    credentials_needed = BGCOPY_WAIT_KIND_CREDENTIALS_NEEDED,
    link_expired = BGCOPY_WAIT_KIND_LINK_EXPIRED,
    disk_full = BGCOPY_WAIT_KIND_DISK_FULL,
    validation_pending = BGCOPY_WAIT_KIND_VALIDATION_PENDING,
    completing = BGCOPY_WAIT_KIND_COMPLETING,
    awaiting_complete = BGCOPY_WAIT_KIND_AWAITING_COMPLETE,
    fatal_error = BGCOPY_WAIT_KIND_FATAL_ERROR,
    finished = BGCOPY_WAIT_KIND_FINISHED,
    connecting = BGCOPY_WAIT_KIND_CONNECTING,
    transferring = BGCOPY_WAIT_KIND_TRANSFERRING,
    engine_not_running = BGCOPY_WAIT_KIND_ENGINE_NOT_RUNNING,
    cancelling_on_server = BGCOPY_WAIT_KIND_CANCELLING_ON_SERVER,
    paused = BGCOPY_WAIT_KIND_PAUSED,
};

/// What an event tells.
enum class event_kind : std::uint32_t {
    job_transferred = BGCOPY_EVENT_KIND_JOB_TRANSFERRED,
    job_error = BGCOPY_EVENT_KIND_JOB_ERROR,
    job_modification = BGCOPY_EVENT_KIND_JOB_MODIFICATION,
    file_transferred = BGCOPY_EVENT_KIND_FILE_TRANSFERRED,
    file_ranges_transferred = BGCOPY_EVENT_KIND_FILE_RANGES_TRANSFERRED,
    file_restarted = BGCOPY_EVENT_KIND_FILE_RESTARTED,
};

/// How important a line of the log is.
enum class log_level : std::uint32_t {
    error = BGCOPY_LOG_LEVEL_ERROR,
    warning = BGCOPY_LOG_LEVEL_WARNING,
    info = BGCOPY_LOG_LEVEL_INFO,
    debug = BGCOPY_LOG_LEVEL_DEBUG,
};

/// Which part of a bgcopy_property_value counts.
enum class property_type : std::uint32_t {
    dword = BGCOPY_PROPERTY_TYPE_DWORD,
    guid = BGCOPY_PROPERTY_TYPE_GUID,
    enable = BGCOPY_PROPERTY_TYPE_ENABLE,
    uint64 = BGCOPY_PROPERTY_TYPE_UINT64,
    target = BGCOPY_PROPERTY_TYPE_TARGET,
};

} // namespace bgcopy

#endif
