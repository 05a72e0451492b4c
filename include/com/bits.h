/* The interfaces of BITS for C and C++. This file is generated from Microsoft's metadata:
 * see bindings/generate. docs/com.md is its guide. */
#ifndef BGCOPY_COM_BITS_H
#define BGCOPY_COM_BITS_H

#include "bgcopy_com.h"
typedef struct IBackgroundCopyError IBackgroundCopyError;
typedef struct IBackgroundCopyFile IBackgroundCopyFile;
typedef struct IBackgroundCopyFile2 IBackgroundCopyFile2;
typedef struct IBackgroundCopyFile3 IBackgroundCopyFile3;
typedef struct IBackgroundCopyFile4 IBackgroundCopyFile4;
typedef struct IBackgroundCopyFile5 IBackgroundCopyFile5;
typedef struct IBackgroundCopyFile6 IBackgroundCopyFile6;
typedef struct IEnumBackgroundCopyFiles IEnumBackgroundCopyFiles;
typedef struct IBackgroundCopyJob IBackgroundCopyJob;
typedef struct IBackgroundCopyJob2 IBackgroundCopyJob2;
typedef struct IBackgroundCopyJob3 IBackgroundCopyJob3;
typedef struct IBackgroundCopyJob4 IBackgroundCopyJob4;
typedef struct IBackgroundCopyJob5 IBackgroundCopyJob5;
typedef struct IBackgroundCopyJobHttpOptions IBackgroundCopyJobHttpOptions;
typedef struct IBackgroundCopyJobHttpOptions2 IBackgroundCopyJobHttpOptions2;
typedef struct IBackgroundCopyJobHttpOptions3 IBackgroundCopyJobHttpOptions3;
typedef struct IEnumBackgroundCopyJobs IEnumBackgroundCopyJobs;
typedef struct IBackgroundCopyCallback IBackgroundCopyCallback;
typedef struct IBackgroundCopyCallback2 IBackgroundCopyCallback2;
typedef struct IBackgroundCopyCallback3 IBackgroundCopyCallback3;
typedef struct IBackgroundCopyServerCertificateValidationCallback IBackgroundCopyServerCertificateValidationCallback;
typedef struct IBackgroundCopyManager IBackgroundCopyManager;
typedef struct IBitsTokenOptions IBitsTokenOptions;
typedef struct AsyncIBackgroundCopyCallback AsyncIBackgroundCopyCallback;

typedef enum {
    BG_JOB_STATE_QUEUED = 0,
    BG_JOB_STATE_CONNECTING = 1,
    BG_JOB_STATE_TRANSFERRING = 2,
    BG_JOB_STATE_SUSPENDED = 3,
    BG_JOB_STATE_ERROR = 4,
    BG_JOB_STATE_TRANSIENT_ERROR = 5,
    BG_JOB_STATE_TRANSFERRED = 6,
    BG_JOB_STATE_ACKNOWLEDGED = 7,
    BG_JOB_STATE_CANCELLED = 8
} BG_JOB_STATE;

typedef enum {
    BG_JOB_TYPE_DOWNLOAD = 0,
    BG_JOB_TYPE_UPLOAD = 1,
    BG_JOB_TYPE_UPLOAD_REPLY = 2
} BG_JOB_TYPE;

typedef enum {
    BG_JOB_PRIORITY_FOREGROUND = 0,
    BG_JOB_PRIORITY_HIGH = 1,
    BG_JOB_PRIORITY_NORMAL = 2,
    BG_JOB_PRIORITY_LOW = 3
} BG_JOB_PRIORITY;

typedef enum {
    BG_ERROR_CONTEXT_NONE = 0,
    BG_ERROR_CONTEXT_UNKNOWN = 1,
    BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = 2,
    BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = 3,
    BG_ERROR_CONTEXT_LOCAL_FILE = 4,
    BG_ERROR_CONTEXT_REMOTE_FILE = 5,
    BG_ERROR_CONTEXT_GENERAL_TRANSPORT = 6,
    BG_ERROR_CONTEXT_REMOTE_APPLICATION = 7,
    BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 8
} BG_ERROR_CONTEXT;

typedef enum {
    BG_JOB_PROXY_USAGE_PRECONFIG = 0,
    BG_JOB_PROXY_USAGE_NO_PROXY = 1,
    BG_JOB_PROXY_USAGE_OVERRIDE = 2,
    BG_JOB_PROXY_USAGE_AUTODETECT = 3
} BG_JOB_PROXY_USAGE;

typedef enum {
    BG_AUTH_TARGET_SERVER = 1,
    BG_AUTH_TARGET_PROXY = 2
} BG_AUTH_TARGET;

typedef enum {
    BG_AUTH_SCHEME_BASIC = 1,
    BG_AUTH_SCHEME_DIGEST = 2,
    BG_AUTH_SCHEME_NTLM = 3,
    BG_AUTH_SCHEME_NEGOTIATE = 4,
    BG_AUTH_SCHEME_PASSPORT = 5
} BG_AUTH_SCHEME;

typedef enum {
    BG_CERT_STORE_LOCATION_CURRENT_USER = 0,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE = 1,
    BG_CERT_STORE_LOCATION_CURRENT_SERVICE = 2,
    BG_CERT_STORE_LOCATION_SERVICES = 3,
    BG_CERT_STORE_LOCATION_USERS = 4,
    BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY = 5,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY = 6,
    BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE = 7
} BG_CERT_STORE_LOCATION;

typedef enum {
    BITS_JOB_PROPERTY_ID_COST_FLAGS = 1,
    BITS_JOB_PROPERTY_NOTIFICATION_CLSID = 2,
    BITS_JOB_PROPERTY_DYNAMIC_CONTENT = 3,
    BITS_JOB_PROPERTY_HIGH_PERFORMANCE = 4,
    BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE = 5,
    BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS = 7,
    BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS = 9,
    BITS_JOB_PROPERTY_ON_DEMAND_MODE = 10
} BITS_JOB_PROPERTY_ID;

typedef enum {
    BITS_JOB_TRANSFER_POLICY_ALWAYS = -2147483393,
    BITS_JOB_TRANSFER_POLICY_NOT_ROAMING = -2147483521,
    BITS_JOB_TRANSFER_POLICY_NO_SURCHARGE = -2147483537,
    BITS_JOB_TRANSFER_POLICY_STANDARD = -2147483545,
    BITS_JOB_TRANSFER_POLICY_UNRESTRICTED = -2147483615
} BITS_JOB_TRANSFER_POLICY;

typedef enum {
    BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS = 1
} BITS_FILE_PROPERTY_ID;

#define BG_COPY_FILE_ALL 0x000F
#define BG_COPY_FILE_DACL 0x0004
#define BG_COPY_FILE_GROUP 0x0002
#define BG_COPY_FILE_OWNER 0x0001
#define BG_COPY_FILE_SACL 0x0008
#define BG_DISABLE_BRANCH_CACHE 0x0004
#define BG_ENABLE_PEERCACHING_CLIENT 0x0001
#define BG_ENABLE_PEERCACHING_SERVER 0x0002
#define BG_E_APP_PACKAGE_NOT_FOUND _HRESULT_TYPEDEF_(0x8020006A)
#define BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x8020006B)
#define BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY _HRESULT_TYPEDEF_(0x8020006E)
#define BG_E_BLOCKED_BY_BATTERY_POLICY _HRESULT_TYPEDEF_(0x80200067)
#define BG_E_BLOCKED_BY_BATTERY_SAVER _HRESULT_TYPEDEF_(0x80200068)
#define BG_E_BLOCKED_BY_COST_TRANSFER_POLICY _HRESULT_TYPEDEF_(0x80200059)
#define BG_E_BLOCKED_BY_GAME_MODE _HRESULT_TYPEDEF_(0x8020006F)
#define BG_E_BLOCKED_BY_POLICY _HRESULT_TYPEDEF_(0x8020003E)
#define BG_E_BLOCKED_BY_SYSTEM_POLICY _HRESULT_TYPEDEF_(0x80200070)
#define BG_E_BUSYCACHERECORD _HRESULT_TYPEDEF_(0x80200048)
#define BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH _HRESULT_TYPEDEF_(0x80200022)
#define BG_E_COMMIT_IN_PROGRESS _HRESULT_TYPEDEF_(0x80200043)
#define BG_E_CONNECTION_CLOSED _HRESULT_TYPEDEF_(0x8020002E)
#define BG_E_CONNECT_FAILURE _HRESULT_TYPEDEF_(0x8020002D)
#define BG_E_DATABASE_CORRUPT _HRESULT_TYPEDEF_(0x8020006C)
#define BG_E_DESTINATION_LOCKED _HRESULT_TYPEDEF_(0x8020000D)
#define BG_E_DISCOVERY_IN_PROGRESS _HRESULT_TYPEDEF_(0x80200044)
#define BG_E_EMPTY _HRESULT_TYPEDEF_(0x80200003)
#define BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER _HRESULT_TYPEDEF_(0x80200008)
#define BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT _HRESULT_TYPEDEF_(0x8020000B)
#define BG_E_ERROR_CONTEXT_LOCAL_FILE _HRESULT_TYPEDEF_(0x80200009)
#define BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION _HRESULT_TYPEDEF_(0x8020000C)
#define BG_E_ERROR_CONTEXT_REMOTE_APPLICATION _HRESULT_TYPEDEF_(0x8020001E)
#define BG_E_ERROR_CONTEXT_REMOTE_FILE _HRESULT_TYPEDEF_(0x8020000A)
#define BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK _HRESULT_TYPEDEF_(0x80200076)
#define BG_E_ERROR_CONTEXT_UNKNOWN _HRESULT_TYPEDEF_(0x80200007)
#define BG_E_ERROR_INFORMATION_UNAVAILABLE _HRESULT_TYPEDEF_(0x8020000F)
#define BG_E_FILE_NOT_AVAILABLE _HRESULT_TYPEDEF_(0x80200004)
#define BG_E_FILE_NOT_FOUND _HRESULT_TYPEDEF_(0x80200029)
#define BG_E_HTTP_ERROR_100 _HRESULT_TYPEDEF_(0x80190064)
#define BG_E_HTTP_ERROR_101 _HRESULT_TYPEDEF_(0x80190065)
#define BG_E_HTTP_ERROR_200 _HRESULT_TYPEDEF_(0x801900C8)
#define BG_E_HTTP_ERROR_201 _HRESULT_TYPEDEF_(0x801900C9)
#define BG_E_HTTP_ERROR_202 _HRESULT_TYPEDEF_(0x801900CA)
#define BG_E_HTTP_ERROR_203 _HRESULT_TYPEDEF_(0x801900CB)
#define BG_E_HTTP_ERROR_204 _HRESULT_TYPEDEF_(0x801900CC)
#define BG_E_HTTP_ERROR_205 _HRESULT_TYPEDEF_(0x801900CD)
#define BG_E_HTTP_ERROR_206 _HRESULT_TYPEDEF_(0x801900CE)
#define BG_E_HTTP_ERROR_300 _HRESULT_TYPEDEF_(0x8019012C)
#define BG_E_HTTP_ERROR_301 _HRESULT_TYPEDEF_(0x8019012D)
#define BG_E_HTTP_ERROR_302 _HRESULT_TYPEDEF_(0x8019012E)
#define BG_E_HTTP_ERROR_303 _HRESULT_TYPEDEF_(0x8019012F)
#define BG_E_HTTP_ERROR_304 _HRESULT_TYPEDEF_(0x80190130)
#define BG_E_HTTP_ERROR_305 _HRESULT_TYPEDEF_(0x80190131)
#define BG_E_HTTP_ERROR_307 _HRESULT_TYPEDEF_(0x80190133)
#define BG_E_HTTP_ERROR_400 _HRESULT_TYPEDEF_(0x80190190)
#define BG_E_HTTP_ERROR_401 _HRESULT_TYPEDEF_(0x80190191)
#define BG_E_HTTP_ERROR_402 _HRESULT_TYPEDEF_(0x80190192)
#define BG_E_HTTP_ERROR_403 _HRESULT_TYPEDEF_(0x80190193)
#define BG_E_HTTP_ERROR_404 _HRESULT_TYPEDEF_(0x80190194)
#define BG_E_HTTP_ERROR_405 _HRESULT_TYPEDEF_(0x80190195)
#define BG_E_HTTP_ERROR_406 _HRESULT_TYPEDEF_(0x80190196)
#define BG_E_HTTP_ERROR_407 _HRESULT_TYPEDEF_(0x80190197)
#define BG_E_HTTP_ERROR_408 _HRESULT_TYPEDEF_(0x80190198)
#define BG_E_HTTP_ERROR_409 _HRESULT_TYPEDEF_(0x80190199)
#define BG_E_HTTP_ERROR_410 _HRESULT_TYPEDEF_(0x8019019A)
#define BG_E_HTTP_ERROR_411 _HRESULT_TYPEDEF_(0x8019019B)
#define BG_E_HTTP_ERROR_412 _HRESULT_TYPEDEF_(0x8019019C)
#define BG_E_HTTP_ERROR_413 _HRESULT_TYPEDEF_(0x8019019D)
#define BG_E_HTTP_ERROR_414 _HRESULT_TYPEDEF_(0x8019019E)
#define BG_E_HTTP_ERROR_415 _HRESULT_TYPEDEF_(0x8019019F)
#define BG_E_HTTP_ERROR_416 _HRESULT_TYPEDEF_(0x801901A0)
#define BG_E_HTTP_ERROR_417 _HRESULT_TYPEDEF_(0x801901A1)
#define BG_E_HTTP_ERROR_449 _HRESULT_TYPEDEF_(0x801901C1)
#define BG_E_HTTP_ERROR_500 _HRESULT_TYPEDEF_(0x801901F4)
#define BG_E_HTTP_ERROR_501 _HRESULT_TYPEDEF_(0x801901F5)
#define BG_E_HTTP_ERROR_502 _HRESULT_TYPEDEF_(0x801901F6)
#define BG_E_HTTP_ERROR_503 _HRESULT_TYPEDEF_(0x801901F7)
#define BG_E_HTTP_ERROR_504 _HRESULT_TYPEDEF_(0x801901F8)
#define BG_E_HTTP_ERROR_505 _HRESULT_TYPEDEF_(0x801901F9)
#define BG_E_INSUFFICIENT_HTTP_SUPPORT _HRESULT_TYPEDEF_(0x80200012)
#define BG_E_INSUFFICIENT_RANGE_SUPPORT _HRESULT_TYPEDEF_(0x80200013)
#define BG_E_INVALID_AUTH_SCHEME _HRESULT_TYPEDEF_(0x80200028)
#define BG_E_INVALID_AUTH_TARGET _HRESULT_TYPEDEF_(0x80200027)
#define BG_E_INVALID_CREDENTIALS _HRESULT_TYPEDEF_(0x80200040)
#define BG_E_INVALID_HASH_ALGORITHM _HRESULT_TYPEDEF_(0x80200041)
#define BG_E_INVALID_PROXY_INFO _HRESULT_TYPEDEF_(0x8020003F)
#define BG_E_INVALID_RANGE _HRESULT_TYPEDEF_(0x8020002B)
#define BG_E_INVALID_SERVER_RESPONSE _HRESULT_TYPEDEF_(0x8020001B)
#define BG_E_INVALID_STATE _HRESULT_TYPEDEF_(0x80200002)
#define BG_E_LOCAL_FILE_CHANGED _HRESULT_TYPEDEF_(0x8020001D)
#define BG_E_MAXDOWNLOAD_TIMEOUT _HRESULT_TYPEDEF_(0x80200054)
#define BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE _HRESULT_TYPEDEF_(0x80200063)
#define BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED _HRESULT_TYPEDEF_(0x80200064)
#define BG_E_MISSING_FILE_SIZE _HRESULT_TYPEDEF_(0x80200011)
#define BG_E_NETWORK_DISCONNECTED _HRESULT_TYPEDEF_(0x80200010)
#define BG_E_NEW_OWNER_DIFF_MAPPING _HRESULT_TYPEDEF_(0x80200015)
#define BG_E_NEW_OWNER_NO_FILE_ACCESS _HRESULT_TYPEDEF_(0x80200016)
#define BG_E_NOT_FOUND _HRESULT_TYPEDEF_(0x80200001)
#define BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD _HRESULT_TYPEDEF_(0x80200071)
#define BG_E_NO_PROGRESS _HRESULT_TYPEDEF_(0x80200024)
#define BG_E_OVERLAPPING_RANGES _HRESULT_TYPEDEF_(0x8020002C)
#define BG_E_PASSWORD_TOO_LARGE _HRESULT_TYPEDEF_(0x80200026)
#define BG_E_PEERCACHING_DISABLED _HRESULT_TYPEDEF_(0x80200047)
#define BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY _HRESULT_TYPEDEF_(0x80200060)
#define BG_E_PROTOCOL_NOT_AVAILABLE _HRESULT_TYPEDEF_(0x80200005)
#define BG_E_PROXY_BYPASS_LIST_TOO_LARGE _HRESULT_TYPEDEF_(0x80200019)
#define BG_E_PROXY_LIST_TOO_LARGE _HRESULT_TYPEDEF_(0x80200018)
#define BG_E_RANDOM_ACCESS_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x8020006D)
#define BG_E_READ_ONLY_PROPERTY _HRESULT_TYPEDEF_(0x80200058)
#define BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE _HRESULT_TYPEDEF_(0x80200061)
#define BG_E_READ_ONLY_PROPERTY_AFTER_RESUME _HRESULT_TYPEDEF_(0x80200062)
#define BG_E_READ_ONLY_WHEN_JOB_ACTIVE _HRESULT_TYPEDEF_(0x80200075)
#define BG_E_RECORD_DELETED _HRESULT_TYPEDEF_(0x80200042)
#define BG_E_REMOTE_FILE_CHANGED _HRESULT_TYPEDEF_(0x80200073)
#define BG_E_REMOTE_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x80200014)
#define BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED _HRESULT_TYPEDEF_(0x80200074)
#define BG_E_SERVER_EXECUTE_ENABLE _HRESULT_TYPEDEF_(0x80200023)
#define BG_E_SESSION_NOT_FOUND _HRESULT_TYPEDEF_(0x8020001F)
#define BG_E_STANDBY_MODE _HRESULT_TYPEDEF_(0x80200065)
#define BG_E_STRING_TOO_LONG _HRESULT_TYPEDEF_(0x80200021)
#define BG_E_TEST_OPTION_BLOCKED_DOWNLOAD _HRESULT_TYPEDEF_(0x80200046)
#define BG_E_TOKEN_REQUIRED _HRESULT_TYPEDEF_(0x80200056)
#define BG_E_TOO_LARGE _HRESULT_TYPEDEF_(0x80200020)
#define BG_E_TOO_MANY_FILES _HRESULT_TYPEDEF_(0x8020001C)
#define BG_E_TOO_MANY_FILES_IN_JOB _HRESULT_TYPEDEF_(0x80200051)
#define BG_E_TOO_MANY_JOBS_PER_MACHINE _HRESULT_TYPEDEF_(0x80200050)
#define BG_E_TOO_MANY_JOBS_PER_USER _HRESULT_TYPEDEF_(0x80200049)
#define BG_E_TOO_MANY_RANGES_IN_FILE _HRESULT_TYPEDEF_(0x80200052)
#define BG_E_UNKNOWN_PROPERTY_ID _HRESULT_TYPEDEF_(0x80200057)
#define BG_E_UNSUPPORTED_JOB_CONFIGURATION _HRESULT_TYPEDEF_(0x80200072)
#define BG_E_UPNP_ERROR _HRESULT_TYPEDEF_(0x80200045)
#define BG_E_USERNAME_TOO_LARGE _HRESULT_TYPEDEF_(0x80200025)
#define BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED _HRESULT_TYPEDEF_(0x80200066)
#define BG_E_VALIDATION_FAILED _HRESULT_TYPEDEF_(0x80200053)
#define BG_E_VOLUME_CHANGED _HRESULT_TYPEDEF_(0x8020000E)
#define BG_E_WATCHDOG_TIMEOUT _HRESULT_TYPEDEF_(0x80200069)
#define BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP 0x0800
#define BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT 0x0100
#define BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT 0x0000
#define BG_HTTP_REDIRECT_POLICY_DISALLOW 0x0200
#define BG_HTTP_REDIRECT_POLICY_MASK 0x0700
#define BG_JOB_DISABLE_BRANCH_CACHE 0x0004
#define BG_JOB_ENABLE_PEERCACHING_CLIENT 0x0001
#define BG_JOB_ENABLE_PEERCACHING_SERVER 0x0002
#define BG_JOB_ENUM_ALL_USERS 0x0001
#define BG_LENGTH_TO_EOF UINT64_C(0xFFFFFFFFFFFFFFFF)
#define BG_NOTIFY_DISABLE 0x0004
#define BG_NOTIFY_FILE_RANGES_TRANSFERRED 0x0020
#define BG_NOTIFY_FILE_TRANSFERRED 0x0010
#define BG_NOTIFY_JOB_ERROR 0x0002
#define BG_NOTIFY_JOB_MODIFICATION 0x0008
#define BG_NOTIFY_JOB_TRANSFERRED 0x0001
#define BG_SIZE_UNKNOWN UINT64_C(0xFFFFFFFFFFFFFFFF)
#define BG_SSL_ENABLE_CRL_CHECK 0x0001
#define BG_SSL_IGNORE_CERT_CN_INVALID 0x0002
#define BG_SSL_IGNORE_CERT_DATE_INVALID 0x0004
#define BG_SSL_IGNORE_CERT_WRONG_USAGE 0x0010
#define BG_SSL_IGNORE_UNKNOWN_CA 0x0008
#define BG_S_ERROR_CONTEXT_NONE _HRESULT_TYPEDEF_(0x00200006)
#define BG_S_OVERRIDDEN_BY_POLICY _HRESULT_TYPEDEF_(0x00200055)
#define BG_S_PARTIAL_COMPLETE _HRESULT_TYPEDEF_(0x00200017)
#define BG_S_PROXY_CHANGED _HRESULT_TYPEDEF_(0x0020002A)
#define BG_S_UNABLE_TO_DELETE_FILES _HRESULT_TYPEDEF_(0x0020001A)
#define BG_TOKEN_LOCAL_FILE 0x0001
#define BG_TOKEN_NETWORK 0x0002
#define BITS_COST_OPTION_IGNORE_CONGESTION 0x80000000
#define BITS_COST_STATE_BELOW_CAP 0x0004
#define BITS_COST_STATE_CAPPED_USAGE_UNKNOWN 0x0002
#define BITS_COST_STATE_NEAR_CAP 0x0008
#define BITS_COST_STATE_OVERCAP_CHARGED 0x0010
#define BITS_COST_STATE_OVERCAP_THROTTLED 0x0020
#define BITS_COST_STATE_RESERVED 0x40000000
#define BITS_COST_STATE_ROAMING 0x0080
#define BITS_COST_STATE_TRANSFER_ALWAYS 0x800000FF
#define BITS_COST_STATE_TRANSFER_NOT_ROAMING 0x8000007F
#define BITS_COST_STATE_TRANSFER_NO_SURCHARGE 0x8000006F
#define BITS_COST_STATE_TRANSFER_STANDARD 0x80000067
#define BITS_COST_STATE_TRANSFER_UNRESTRICTED 0x80000021
#define BITS_COST_STATE_UNRESTRICTED 0x0001
#define BITS_COST_STATE_USAGE_BASED 0x0040
#define BITS_MC_FAILED_TO_START _HRESULT_TYPEDEF_(0x80194008)
#define BITS_MC_FATAL_IGD_ERROR _HRESULT_TYPEDEF_(0x80194009)
#define BITS_MC_FILE_DELETION_FAILED _HRESULT_TYPEDEF_(0x80194001)
#define BITS_MC_FILE_DELETION_FAILED_MORE _HRESULT_TYPEDEF_(0x80194002)
#define BITS_MC_JOB_CANCELLED _HRESULT_TYPEDEF_(0x80194000)
#define BITS_MC_JOB_NOTIFICATION_FAILURE _HRESULT_TYPEDEF_(0x80194006)
#define BITS_MC_JOB_PROPERTY_CHANGE _HRESULT_TYPEDEF_(0x80194003)
#define BITS_MC_JOB_SCAVENGED _HRESULT_TYPEDEF_(0x80194005)
#define BITS_MC_JOB_TAKE_OWNERSHIP _HRESULT_TYPEDEF_(0x80194004)
#define BITS_MC_PEERCACHING_PORT _HRESULT_TYPEDEF_(0x8019400A)
#define BITS_MC_STATE_FILE_CORRUPT _HRESULT_TYPEDEF_(0x80194007)
#define BITS_MC_WSD_PORT _HRESULT_TYPEDEF_(0x8019400B)

typedef struct BG_FILE_INFO {
    LPWSTR RemoteName;
    LPWSTR LocalName;
} BG_FILE_INFO;

typedef struct BG_FILE_PROGRESS {
    UINT64 BytesTotal;
    UINT64 BytesTransferred;
    BOOL Completed;
} BG_FILE_PROGRESS;

typedef struct BG_FILE_RANGE {
    UINT64 InitialOffset;
    UINT64 Length;
} BG_FILE_RANGE;

typedef struct BG_JOB_PROGRESS {
    UINT64 BytesTotal;
    UINT64 BytesTransferred;
    DWORD FilesTotal;
    DWORD FilesTransferred;
} BG_JOB_PROGRESS;

typedef struct BG_JOB_REPLY_PROGRESS {
    UINT64 BytesTotal;
    UINT64 BytesTransferred;
} BG_JOB_REPLY_PROGRESS;

typedef struct BG_JOB_TIMES {
    FILETIME CreationTime;
    FILETIME ModificationTime;
    FILETIME TransferCompletionTime;
} BG_JOB_TIMES;

typedef struct BG_BASIC_CREDENTIALS {
    LPWSTR UserName;
    LPWSTR Password;
} BG_BASIC_CREDENTIALS;

typedef union BG_AUTH_CREDENTIALS_UNION {
    BG_BASIC_CREDENTIALS Basic;
} BG_AUTH_CREDENTIALS_UNION;

typedef struct BG_AUTH_CREDENTIALS {
    BG_AUTH_TARGET Target;
    BG_AUTH_SCHEME Scheme;
    BG_AUTH_CREDENTIALS_UNION Credentials;
} BG_AUTH_CREDENTIALS;

typedef union BITS_JOB_PROPERTY_VALUE {
    DWORD Dword;
    GUID ClsID;
    BOOL Enable;
    UINT64 Uint64;
    BG_AUTH_TARGET Target;
} BITS_JOB_PROPERTY_VALUE;

typedef union BITS_FILE_PROPERTY_VALUE {
    LPWSTR String;
} BITS_FILE_PROPERTY_VALUE;

#ifdef __cplusplus

BGCOPY_COM_QUIET_BEGIN
struct IBackgroundCopyError : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetError(BG_ERROR_CONTEXT *pContext, HRESULT *pCode) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetFile(IBackgroundCopyFile **pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorDescription(DWORD LanguageId, LPWSTR *pErrorDescription) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorContextDescription(DWORD LanguageId, LPWSTR *pContextDescription) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProtocol(LPWSTR *pProtocol) = 0;
};

struct IBackgroundCopyFile : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE GetRemoteName(LPWSTR *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetLocalName(LPWSTR *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProgress(BG_FILE_PROGRESS *pVal) = 0;
};

struct IBackgroundCopyFile2 : public IBackgroundCopyFile {
    virtual HRESULT STDMETHODCALLTYPE GetFileRanges(DWORD *RangeCount, BG_FILE_RANGE **Ranges) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetRemoteName(LPCWSTR Val) = 0;
};

struct IBackgroundCopyFile3 : public IBackgroundCopyFile2 {
    virtual HRESULT STDMETHODCALLTYPE GetTemporaryName(LPWSTR *pFilename) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetValidationState(BOOL state) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetValidationState(BOOL *pState) = 0;
    virtual HRESULT STDMETHODCALLTYPE IsDownloadedFromPeer(BOOL *pVal) = 0;
};

struct IBackgroundCopyFile4 : public IBackgroundCopyFile3 {
    virtual HRESULT STDMETHODCALLTYPE GetPeerDownloadStats(UINT64 *pFromOrigin, UINT64 *pFromPeers) = 0;
};

struct IBackgroundCopyFile5 : public IBackgroundCopyFile4 {
    virtual HRESULT STDMETHODCALLTYPE SetProperty(BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE PropertyValue) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProperty(BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE *PropertyValue) = 0;
};

struct IBackgroundCopyFile6 : public IBackgroundCopyFile5 {
    virtual HRESULT STDMETHODCALLTYPE UpdateDownloadPosition(UINT64 offset) = 0;
    virtual HRESULT STDMETHODCALLTYPE RequestFileRanges(DWORD rangeCount, const BG_FILE_RANGE *ranges) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetFilledFileRanges(DWORD *rangeCount, BG_FILE_RANGE **ranges) = 0;
};

struct IEnumBackgroundCopyFiles : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Next(DWORD celt, IBackgroundCopyFile **rgelt, DWORD *pceltFetched) = 0;
    virtual HRESULT STDMETHODCALLTYPE Skip(DWORD celt) = 0;
    virtual HRESULT STDMETHODCALLTYPE Reset(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Clone(IEnumBackgroundCopyFiles **ppenum) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCount(DWORD *puCount) = 0;
};

struct IBackgroundCopyJob : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE AddFileSet(DWORD cFileCount, const BG_FILE_INFO *pFileSet) = 0;
    virtual HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR RemoteUrl, LPCWSTR LocalName) = 0;
    virtual HRESULT STDMETHODCALLTYPE EnumFiles(IEnumBackgroundCopyFiles **pEnum) = 0;
    virtual HRESULT STDMETHODCALLTYPE Suspend(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Resume(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Cancel(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Complete(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetId(GUID *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetType(BG_JOB_TYPE *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProgress(BG_JOB_PROGRESS *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetTimes(BG_JOB_TIMES *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetState(BG_JOB_STATE *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetError(IBackgroundCopyError **ppError) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetOwner(LPWSTR *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetDisplayName(LPCWSTR Val) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetDisplayName(LPWSTR *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetDescription(LPCWSTR Val) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetDescription(LPWSTR *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetPriority(BG_JOB_PRIORITY Val) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetPriority(BG_JOB_PRIORITY *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetNotifyFlags(DWORD Val) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetNotifyFlags(DWORD *pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetNotifyInterface(IUnknown *Val) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetNotifyInterface(IUnknown **pVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetMinimumRetryDelay(DWORD Seconds) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetMinimumRetryDelay(DWORD *Seconds) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetNoProgressTimeout(DWORD Seconds) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetNoProgressTimeout(DWORD *Seconds) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorCount(DWORD *Errors) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetProxySettings(BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProxySettings(BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList) = 0;
    virtual HRESULT STDMETHODCALLTYPE TakeOwnership(void) = 0;
};

struct IBackgroundCopyJob2 : public IBackgroundCopyJob {
    virtual HRESULT STDMETHODCALLTYPE SetNotifyCmdLine(LPCWSTR Program, LPCWSTR Parameters) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetNotifyCmdLine(LPWSTR *pProgram, LPWSTR *pParameters) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetReplyProgress(BG_JOB_REPLY_PROGRESS *pProgress) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetReplyData(byte **ppBuffer, UINT64 *pLength) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetReplyFileName(LPCWSTR ReplyFileName) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetReplyFileName(LPWSTR *pReplyFileName) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetCredentials(BG_AUTH_CREDENTIALS *credentials) = 0;
    virtual HRESULT STDMETHODCALLTYPE RemoveCredentials(BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme) = 0;
};

struct IBackgroundCopyJob3 : public IBackgroundCopyJob2 {
    virtual HRESULT STDMETHODCALLTYPE ReplaceRemotePrefix(LPCWSTR OldPrefix, LPCWSTR NewPrefix) = 0;
    virtual HRESULT STDMETHODCALLTYPE AddFileWithRanges(LPCWSTR RemoteUrl, LPCWSTR LocalName, DWORD RangeCount, const BG_FILE_RANGE *Ranges) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetFileACLFlags(DWORD Flags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetFileACLFlags(DWORD *Flags) = 0;
};

struct IBackgroundCopyJob4 : public IBackgroundCopyJob3 {
    virtual HRESULT STDMETHODCALLTYPE SetPeerCachingFlags(DWORD Flags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetPeerCachingFlags(DWORD *pFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetOwnerIntegrityLevel(DWORD *pLevel) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetOwnerElevationState(BOOL *pElevated) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetMaximumDownloadTime(DWORD Timeout) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetMaximumDownloadTime(DWORD *pTimeout) = 0;
};

struct IBackgroundCopyJob5 : public IBackgroundCopyJob4 {
    virtual HRESULT STDMETHODCALLTYPE SetProperty(BITS_JOB_PROPERTY_ID PropertyId, BITS_JOB_PROPERTY_VALUE PropertyValue) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProperty(BITS_JOB_PROPERTY_ID PropertyId, BITS_JOB_PROPERTY_VALUE *PropertyValue) = 0;
};

struct IBackgroundCopyJobHttpOptions : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByID(BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, const byte *pCertHashBlob) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByName(BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, LPCWSTR SubjectName) = 0;
    virtual HRESULT STDMETHODCALLTYPE RemoveClientCertificate(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetClientCertificate(BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName, byte **ppCertHashBlob, LPWSTR *pSubjectName) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetCustomHeaders(LPCWSTR RequestHeaders) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCustomHeaders(LPWSTR *pRequestHeaders) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetSecurityFlags(DWORD Flags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetSecurityFlags(DWORD *pFlags) = 0;
};

struct IBackgroundCopyJobHttpOptions2 : public IBackgroundCopyJobHttpOptions {
    virtual HRESULT STDMETHODCALLTYPE SetHttpMethod(LPCWSTR method) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHttpMethod(LPWSTR *method) = 0;
};

struct IBackgroundCopyJobHttpOptions3 : public IBackgroundCopyJobHttpOptions2 {
    virtual HRESULT STDMETHODCALLTYPE SetServerCertificateValidationInterface(IUnknown *certValidationCallback) = 0;
    virtual HRESULT STDMETHODCALLTYPE MakeCustomHeadersWriteOnly(void) = 0;
};

struct IEnumBackgroundCopyJobs : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Next(DWORD celt, IBackgroundCopyJob **rgelt, DWORD *pceltFetched) = 0;
    virtual HRESULT STDMETHODCALLTYPE Skip(DWORD celt) = 0;
    virtual HRESULT STDMETHODCALLTYPE Reset(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Clone(IEnumBackgroundCopyJobs **ppenum) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetCount(DWORD *puCount) = 0;
};

struct IBackgroundCopyCallback : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob *pJob) = 0;
    virtual HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob *pJob, IBackgroundCopyError *pError) = 0;
    virtual HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob *pJob, DWORD dwReserved) = 0;
};

struct IBackgroundCopyCallback2 : public IBackgroundCopyCallback {
    virtual HRESULT STDMETHODCALLTYPE FileTransferred(IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile) = 0;
};

struct IBackgroundCopyCallback3 : public IBackgroundCopyCallback2 {
    virtual HRESULT STDMETHODCALLTYPE FileRangesTransferred(IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD rangeCount, const BG_FILE_RANGE *ranges) = 0;
};

struct IBackgroundCopyServerCertificateValidationCallback : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE ValidateServerCertificate(IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD certLength, const BYTE *certData, DWORD certEncodingType, DWORD certStoreLength, const BYTE *certStoreData) = 0;
};

struct IBackgroundCopyManager : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE CreateJob(LPCWSTR DisplayName, BG_JOB_TYPE Type, GUID *pJobId, IBackgroundCopyJob **ppJob) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetJob(REFGUID jobID, IBackgroundCopyJob **ppJob) = 0;
    virtual HRESULT STDMETHODCALLTYPE EnumJobs(DWORD dwFlags, IEnumBackgroundCopyJobs **ppEnum) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetErrorDescription(HRESULT hResult, DWORD LanguageId, LPWSTR *pErrorDescription) = 0;
};

struct IBitsTokenOptions : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE SetHelperTokenFlags(DWORD UsageFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHelperTokenFlags(DWORD *pFlags) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetHelperToken(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE ClearHelperToken(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetHelperTokenSid(LPWSTR *pSid) = 0;
};

struct AsyncIBackgroundCopyCallback : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Begin_JobTransferred(IBackgroundCopyJob *pJob) = 0;
    virtual HRESULT STDMETHODCALLTYPE Finish_JobTransferred(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Begin_JobError(IBackgroundCopyJob *pJob, IBackgroundCopyError *pError) = 0;
    virtual HRESULT STDMETHODCALLTYPE Finish_JobError(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Begin_JobModification(IBackgroundCopyJob *pJob, DWORD dwReserved) = 0;
    virtual HRESULT STDMETHODCALLTYPE Finish_JobModification(void) = 0;
};

BGCOPY_COM_QUIET_END

#else /* C */

typedef struct IBackgroundCopyErrorVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyError *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyError *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyError *This);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyError *This, BG_ERROR_CONTEXT *pContext, HRESULT *pCode);
    HRESULT(STDMETHODCALLTYPE *GetFile)(IBackgroundCopyError *This, IBackgroundCopyFile **pVal);
    HRESULT(STDMETHODCALLTYPE *GetErrorDescription)(IBackgroundCopyError *This, DWORD LanguageId, LPWSTR *pErrorDescription);
    HRESULT(STDMETHODCALLTYPE *GetErrorContextDescription)(IBackgroundCopyError *This, DWORD LanguageId, LPWSTR *pContextDescription);
    HRESULT(STDMETHODCALLTYPE *GetProtocol)(IBackgroundCopyError *This, LPWSTR *pProtocol);
} IBackgroundCopyErrorVtbl;
struct IBackgroundCopyError {
    CONST_VTBL struct IBackgroundCopyErrorVtbl *lpVtbl;
};

typedef struct IBackgroundCopyFileVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile *This, BG_FILE_PROGRESS *pVal);
} IBackgroundCopyFileVtbl;
struct IBackgroundCopyFile {
    CONST_VTBL struct IBackgroundCopyFileVtbl *lpVtbl;
};

typedef struct IBackgroundCopyFile2Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile2 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile2 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile2 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile2 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile2 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile2 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)(IBackgroundCopyFile2 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile2 *This, LPCWSTR Val);
} IBackgroundCopyFile2Vtbl;
struct IBackgroundCopyFile2 {
    CONST_VTBL struct IBackgroundCopyFile2Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyFile3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile3 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile3 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile3 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile3 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)(IBackgroundCopyFile3 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile3 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile3 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile3 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile3 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile3 *This, BOOL *pVal);
} IBackgroundCopyFile3Vtbl;
struct IBackgroundCopyFile3 {
    CONST_VTBL struct IBackgroundCopyFile3Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyFile4Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile4 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile4 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile4 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile4 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)(IBackgroundCopyFile4 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile4 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile4 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile4 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile4 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile4 *This, BOOL *pVal);
    HRESULT(STDMETHODCALLTYPE *GetPeerDownloadStats)(IBackgroundCopyFile4 *This, UINT64 *pFromOrigin, UINT64 *pFromPeers);
} IBackgroundCopyFile4Vtbl;
struct IBackgroundCopyFile4 {
    CONST_VTBL struct IBackgroundCopyFile4Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyFile5Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile5 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile5 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile5 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile5 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile5 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile5 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)(IBackgroundCopyFile5 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile5 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile5 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile5 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile5 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile5 *This, BOOL *pVal);
    HRESULT(STDMETHODCALLTYPE *GetPeerDownloadStats)(IBackgroundCopyFile5 *This, UINT64 *pFromOrigin, UINT64 *pFromPeers);
    HRESULT(STDMETHODCALLTYPE *SetProperty)(IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE PropertyValue);
    HRESULT(STDMETHODCALLTYPE *GetProperty)(IBackgroundCopyFile5 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE *PropertyValue);
} IBackgroundCopyFile5Vtbl;
struct IBackgroundCopyFile5 {
    CONST_VTBL struct IBackgroundCopyFile5Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyFile6Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyFile6 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyFile6 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyFile6 *This);
    HRESULT(STDMETHODCALLTYPE *GetRemoteName)(IBackgroundCopyFile6 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetLocalName)(IBackgroundCopyFile6 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyFile6 *This, BG_FILE_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetFileRanges)(IBackgroundCopyFile6 *This, DWORD *RangeCount, BG_FILE_RANGE **Ranges);
    HRESULT(STDMETHODCALLTYPE *SetRemoteName)(IBackgroundCopyFile6 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetTemporaryName)(IBackgroundCopyFile6 *This, LPWSTR *pFilename);
    HRESULT(STDMETHODCALLTYPE *SetValidationState)(IBackgroundCopyFile6 *This, BOOL state);
    HRESULT(STDMETHODCALLTYPE *GetValidationState)(IBackgroundCopyFile6 *This, BOOL *pState);
    HRESULT(STDMETHODCALLTYPE *IsDownloadedFromPeer)(IBackgroundCopyFile6 *This, BOOL *pVal);
    HRESULT(STDMETHODCALLTYPE *GetPeerDownloadStats)(IBackgroundCopyFile6 *This, UINT64 *pFromOrigin, UINT64 *pFromPeers);
    HRESULT(STDMETHODCALLTYPE *SetProperty)(IBackgroundCopyFile6 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE PropertyValue);
    HRESULT(STDMETHODCALLTYPE *GetProperty)(IBackgroundCopyFile6 *This, BITS_FILE_PROPERTY_ID PropertyId, BITS_FILE_PROPERTY_VALUE *PropertyValue);
    HRESULT(STDMETHODCALLTYPE *UpdateDownloadPosition)(IBackgroundCopyFile6 *This, UINT64 offset);
    HRESULT(STDMETHODCALLTYPE *RequestFileRanges)(IBackgroundCopyFile6 *This, DWORD rangeCount, const BG_FILE_RANGE *ranges);
    HRESULT(STDMETHODCALLTYPE *GetFilledFileRanges)(IBackgroundCopyFile6 *This, DWORD *rangeCount, BG_FILE_RANGE **ranges);
} IBackgroundCopyFile6Vtbl;
struct IBackgroundCopyFile6 {
    CONST_VTBL struct IBackgroundCopyFile6Vtbl *lpVtbl;
};

typedef struct IEnumBackgroundCopyFilesVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IEnumBackgroundCopyFiles *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IEnumBackgroundCopyFiles *This);
    ULONG(STDMETHODCALLTYPE *Release)(IEnumBackgroundCopyFiles *This);
    HRESULT(STDMETHODCALLTYPE *Next)(IEnumBackgroundCopyFiles *This, DWORD celt, IBackgroundCopyFile **rgelt, DWORD *pceltFetched);
    HRESULT(STDMETHODCALLTYPE *Skip)(IEnumBackgroundCopyFiles *This, DWORD celt);
    HRESULT(STDMETHODCALLTYPE *Reset)(IEnumBackgroundCopyFiles *This);
    HRESULT(STDMETHODCALLTYPE *Clone)(IEnumBackgroundCopyFiles *This, IEnumBackgroundCopyFiles **ppenum);
    HRESULT(STDMETHODCALLTYPE *GetCount)(IEnumBackgroundCopyFiles *This, DWORD *puCount);
} IEnumBackgroundCopyFilesVtbl;
struct IEnumBackgroundCopyFiles {
    CONST_VTBL struct IEnumBackgroundCopyFilesVtbl *lpVtbl;
};

typedef struct IBackgroundCopyJobVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJob *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJob *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJob *This);
    HRESULT(STDMETHODCALLTYPE *AddFileSet)(IBackgroundCopyJob *This, DWORD cFileCount, const BG_FILE_INFO *pFileSet);
    HRESULT(STDMETHODCALLTYPE *AddFile)(IBackgroundCopyJob *This, LPCWSTR RemoteUrl, LPCWSTR LocalName);
    HRESULT(STDMETHODCALLTYPE *EnumFiles)(IBackgroundCopyJob *This, IEnumBackgroundCopyFiles **pEnum);
    HRESULT(STDMETHODCALLTYPE *Suspend)(IBackgroundCopyJob *This);
    HRESULT(STDMETHODCALLTYPE *Resume)(IBackgroundCopyJob *This);
    HRESULT(STDMETHODCALLTYPE *Cancel)(IBackgroundCopyJob *This);
    HRESULT(STDMETHODCALLTYPE *Complete)(IBackgroundCopyJob *This);
    HRESULT(STDMETHODCALLTYPE *GetId)(IBackgroundCopyJob *This, GUID *pVal);
    HRESULT(STDMETHODCALLTYPE *GetType)(IBackgroundCopyJob *This, BG_JOB_TYPE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyJob *This, BG_JOB_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetTimes)(IBackgroundCopyJob *This, BG_JOB_TIMES *pVal);
    HRESULT(STDMETHODCALLTYPE *GetState)(IBackgroundCopyJob *This, BG_JOB_STATE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyJob *This, IBackgroundCopyError **ppError);
    HRESULT(STDMETHODCALLTYPE *GetOwner)(IBackgroundCopyJob *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDisplayName)(IBackgroundCopyJob *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDisplayName)(IBackgroundCopyJob *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDescription)(IBackgroundCopyJob *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDescription)(IBackgroundCopyJob *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetPriority)(IBackgroundCopyJob *This, BG_JOB_PRIORITY Val);
    HRESULT(STDMETHODCALLTYPE *GetPriority)(IBackgroundCopyJob *This, BG_JOB_PRIORITY *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyFlags)(IBackgroundCopyJob *This, DWORD Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyFlags)(IBackgroundCopyJob *This, DWORD *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyInterface)(IBackgroundCopyJob *This, IUnknown *Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyInterface)(IBackgroundCopyJob *This, IUnknown **pVal);
    HRESULT(STDMETHODCALLTYPE *SetMinimumRetryDelay)(IBackgroundCopyJob *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetMinimumRetryDelay)(IBackgroundCopyJob *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *SetNoProgressTimeout)(IBackgroundCopyJob *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetNoProgressTimeout)(IBackgroundCopyJob *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *GetErrorCount)(IBackgroundCopyJob *This, DWORD *Errors);
    HRESULT(STDMETHODCALLTYPE *SetProxySettings)(IBackgroundCopyJob *This, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *GetProxySettings)(IBackgroundCopyJob *This, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *TakeOwnership)(IBackgroundCopyJob *This);
} IBackgroundCopyJobVtbl;
struct IBackgroundCopyJob {
    CONST_VTBL struct IBackgroundCopyJobVtbl *lpVtbl;
};

typedef struct IBackgroundCopyJob2Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJob2 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJob2 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *AddFileSet)(IBackgroundCopyJob2 *This, DWORD cFileCount, const BG_FILE_INFO *pFileSet);
    HRESULT(STDMETHODCALLTYPE *AddFile)(IBackgroundCopyJob2 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName);
    HRESULT(STDMETHODCALLTYPE *EnumFiles)(IBackgroundCopyJob2 *This, IEnumBackgroundCopyFiles **pEnum);
    HRESULT(STDMETHODCALLTYPE *Suspend)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *Resume)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *Cancel)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *Complete)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *GetId)(IBackgroundCopyJob2 *This, GUID *pVal);
    HRESULT(STDMETHODCALLTYPE *GetType)(IBackgroundCopyJob2 *This, BG_JOB_TYPE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyJob2 *This, BG_JOB_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetTimes)(IBackgroundCopyJob2 *This, BG_JOB_TIMES *pVal);
    HRESULT(STDMETHODCALLTYPE *GetState)(IBackgroundCopyJob2 *This, BG_JOB_STATE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyJob2 *This, IBackgroundCopyError **ppError);
    HRESULT(STDMETHODCALLTYPE *GetOwner)(IBackgroundCopyJob2 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDisplayName)(IBackgroundCopyJob2 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDisplayName)(IBackgroundCopyJob2 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDescription)(IBackgroundCopyJob2 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDescription)(IBackgroundCopyJob2 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetPriority)(IBackgroundCopyJob2 *This, BG_JOB_PRIORITY Val);
    HRESULT(STDMETHODCALLTYPE *GetPriority)(IBackgroundCopyJob2 *This, BG_JOB_PRIORITY *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyFlags)(IBackgroundCopyJob2 *This, DWORD Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyFlags)(IBackgroundCopyJob2 *This, DWORD *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyInterface)(IBackgroundCopyJob2 *This, IUnknown *Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyInterface)(IBackgroundCopyJob2 *This, IUnknown **pVal);
    HRESULT(STDMETHODCALLTYPE *SetMinimumRetryDelay)(IBackgroundCopyJob2 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetMinimumRetryDelay)(IBackgroundCopyJob2 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *SetNoProgressTimeout)(IBackgroundCopyJob2 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetNoProgressTimeout)(IBackgroundCopyJob2 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *GetErrorCount)(IBackgroundCopyJob2 *This, DWORD *Errors);
    HRESULT(STDMETHODCALLTYPE *SetProxySettings)(IBackgroundCopyJob2 *This, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *GetProxySettings)(IBackgroundCopyJob2 *This, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *TakeOwnership)(IBackgroundCopyJob2 *This);
    HRESULT(STDMETHODCALLTYPE *SetNotifyCmdLine)(IBackgroundCopyJob2 *This, LPCWSTR Program, LPCWSTR Parameters);
    HRESULT(STDMETHODCALLTYPE *GetNotifyCmdLine)(IBackgroundCopyJob2 *This, LPWSTR *pProgram, LPWSTR *pParameters);
    HRESULT(STDMETHODCALLTYPE *GetReplyProgress)(IBackgroundCopyJob2 *This, BG_JOB_REPLY_PROGRESS *pProgress);
    HRESULT(STDMETHODCALLTYPE *GetReplyData)(IBackgroundCopyJob2 *This, byte **ppBuffer, UINT64 *pLength);
    HRESULT(STDMETHODCALLTYPE *SetReplyFileName)(IBackgroundCopyJob2 *This, LPCWSTR ReplyFileName);
    HRESULT(STDMETHODCALLTYPE *GetReplyFileName)(IBackgroundCopyJob2 *This, LPWSTR *pReplyFileName);
    HRESULT(STDMETHODCALLTYPE *SetCredentials)(IBackgroundCopyJob2 *This, BG_AUTH_CREDENTIALS *credentials);
    HRESULT(STDMETHODCALLTYPE *RemoveCredentials)(IBackgroundCopyJob2 *This, BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme);
} IBackgroundCopyJob2Vtbl;
struct IBackgroundCopyJob2 {
    CONST_VTBL struct IBackgroundCopyJob2Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyJob3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJob3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJob3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *AddFileSet)(IBackgroundCopyJob3 *This, DWORD cFileCount, const BG_FILE_INFO *pFileSet);
    HRESULT(STDMETHODCALLTYPE *AddFile)(IBackgroundCopyJob3 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName);
    HRESULT(STDMETHODCALLTYPE *EnumFiles)(IBackgroundCopyJob3 *This, IEnumBackgroundCopyFiles **pEnum);
    HRESULT(STDMETHODCALLTYPE *Suspend)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *Resume)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *Cancel)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *Complete)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *GetId)(IBackgroundCopyJob3 *This, GUID *pVal);
    HRESULT(STDMETHODCALLTYPE *GetType)(IBackgroundCopyJob3 *This, BG_JOB_TYPE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyJob3 *This, BG_JOB_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetTimes)(IBackgroundCopyJob3 *This, BG_JOB_TIMES *pVal);
    HRESULT(STDMETHODCALLTYPE *GetState)(IBackgroundCopyJob3 *This, BG_JOB_STATE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyJob3 *This, IBackgroundCopyError **ppError);
    HRESULT(STDMETHODCALLTYPE *GetOwner)(IBackgroundCopyJob3 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDisplayName)(IBackgroundCopyJob3 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDisplayName)(IBackgroundCopyJob3 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDescription)(IBackgroundCopyJob3 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDescription)(IBackgroundCopyJob3 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetPriority)(IBackgroundCopyJob3 *This, BG_JOB_PRIORITY Val);
    HRESULT(STDMETHODCALLTYPE *GetPriority)(IBackgroundCopyJob3 *This, BG_JOB_PRIORITY *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyFlags)(IBackgroundCopyJob3 *This, DWORD Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyFlags)(IBackgroundCopyJob3 *This, DWORD *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyInterface)(IBackgroundCopyJob3 *This, IUnknown *Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyInterface)(IBackgroundCopyJob3 *This, IUnknown **pVal);
    HRESULT(STDMETHODCALLTYPE *SetMinimumRetryDelay)(IBackgroundCopyJob3 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetMinimumRetryDelay)(IBackgroundCopyJob3 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *SetNoProgressTimeout)(IBackgroundCopyJob3 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetNoProgressTimeout)(IBackgroundCopyJob3 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *GetErrorCount)(IBackgroundCopyJob3 *This, DWORD *Errors);
    HRESULT(STDMETHODCALLTYPE *SetProxySettings)(IBackgroundCopyJob3 *This, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *GetProxySettings)(IBackgroundCopyJob3 *This, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *TakeOwnership)(IBackgroundCopyJob3 *This);
    HRESULT(STDMETHODCALLTYPE *SetNotifyCmdLine)(IBackgroundCopyJob3 *This, LPCWSTR Program, LPCWSTR Parameters);
    HRESULT(STDMETHODCALLTYPE *GetNotifyCmdLine)(IBackgroundCopyJob3 *This, LPWSTR *pProgram, LPWSTR *pParameters);
    HRESULT(STDMETHODCALLTYPE *GetReplyProgress)(IBackgroundCopyJob3 *This, BG_JOB_REPLY_PROGRESS *pProgress);
    HRESULT(STDMETHODCALLTYPE *GetReplyData)(IBackgroundCopyJob3 *This, byte **ppBuffer, UINT64 *pLength);
    HRESULT(STDMETHODCALLTYPE *SetReplyFileName)(IBackgroundCopyJob3 *This, LPCWSTR ReplyFileName);
    HRESULT(STDMETHODCALLTYPE *GetReplyFileName)(IBackgroundCopyJob3 *This, LPWSTR *pReplyFileName);
    HRESULT(STDMETHODCALLTYPE *SetCredentials)(IBackgroundCopyJob3 *This, BG_AUTH_CREDENTIALS *credentials);
    HRESULT(STDMETHODCALLTYPE *RemoveCredentials)(IBackgroundCopyJob3 *This, BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme);
    HRESULT(STDMETHODCALLTYPE *ReplaceRemotePrefix)(IBackgroundCopyJob3 *This, LPCWSTR OldPrefix, LPCWSTR NewPrefix);
    HRESULT(STDMETHODCALLTYPE *AddFileWithRanges)(IBackgroundCopyJob3 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName, DWORD RangeCount, const BG_FILE_RANGE *Ranges);
    HRESULT(STDMETHODCALLTYPE *SetFileACLFlags)(IBackgroundCopyJob3 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetFileACLFlags)(IBackgroundCopyJob3 *This, DWORD *Flags);
} IBackgroundCopyJob3Vtbl;
struct IBackgroundCopyJob3 {
    CONST_VTBL struct IBackgroundCopyJob3Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyJob4Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJob4 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJob4 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *AddFileSet)(IBackgroundCopyJob4 *This, DWORD cFileCount, const BG_FILE_INFO *pFileSet);
    HRESULT(STDMETHODCALLTYPE *AddFile)(IBackgroundCopyJob4 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName);
    HRESULT(STDMETHODCALLTYPE *EnumFiles)(IBackgroundCopyJob4 *This, IEnumBackgroundCopyFiles **pEnum);
    HRESULT(STDMETHODCALLTYPE *Suspend)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *Resume)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *Cancel)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *Complete)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *GetId)(IBackgroundCopyJob4 *This, GUID *pVal);
    HRESULT(STDMETHODCALLTYPE *GetType)(IBackgroundCopyJob4 *This, BG_JOB_TYPE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyJob4 *This, BG_JOB_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetTimes)(IBackgroundCopyJob4 *This, BG_JOB_TIMES *pVal);
    HRESULT(STDMETHODCALLTYPE *GetState)(IBackgroundCopyJob4 *This, BG_JOB_STATE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyJob4 *This, IBackgroundCopyError **ppError);
    HRESULT(STDMETHODCALLTYPE *GetOwner)(IBackgroundCopyJob4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDisplayName)(IBackgroundCopyJob4 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDisplayName)(IBackgroundCopyJob4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDescription)(IBackgroundCopyJob4 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDescription)(IBackgroundCopyJob4 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetPriority)(IBackgroundCopyJob4 *This, BG_JOB_PRIORITY Val);
    HRESULT(STDMETHODCALLTYPE *GetPriority)(IBackgroundCopyJob4 *This, BG_JOB_PRIORITY *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyFlags)(IBackgroundCopyJob4 *This, DWORD Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyFlags)(IBackgroundCopyJob4 *This, DWORD *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyInterface)(IBackgroundCopyJob4 *This, IUnknown *Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyInterface)(IBackgroundCopyJob4 *This, IUnknown **pVal);
    HRESULT(STDMETHODCALLTYPE *SetMinimumRetryDelay)(IBackgroundCopyJob4 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetMinimumRetryDelay)(IBackgroundCopyJob4 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *SetNoProgressTimeout)(IBackgroundCopyJob4 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetNoProgressTimeout)(IBackgroundCopyJob4 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *GetErrorCount)(IBackgroundCopyJob4 *This, DWORD *Errors);
    HRESULT(STDMETHODCALLTYPE *SetProxySettings)(IBackgroundCopyJob4 *This, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *GetProxySettings)(IBackgroundCopyJob4 *This, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *TakeOwnership)(IBackgroundCopyJob4 *This);
    HRESULT(STDMETHODCALLTYPE *SetNotifyCmdLine)(IBackgroundCopyJob4 *This, LPCWSTR Program, LPCWSTR Parameters);
    HRESULT(STDMETHODCALLTYPE *GetNotifyCmdLine)(IBackgroundCopyJob4 *This, LPWSTR *pProgram, LPWSTR *pParameters);
    HRESULT(STDMETHODCALLTYPE *GetReplyProgress)(IBackgroundCopyJob4 *This, BG_JOB_REPLY_PROGRESS *pProgress);
    HRESULT(STDMETHODCALLTYPE *GetReplyData)(IBackgroundCopyJob4 *This, byte **ppBuffer, UINT64 *pLength);
    HRESULT(STDMETHODCALLTYPE *SetReplyFileName)(IBackgroundCopyJob4 *This, LPCWSTR ReplyFileName);
    HRESULT(STDMETHODCALLTYPE *GetReplyFileName)(IBackgroundCopyJob4 *This, LPWSTR *pReplyFileName);
    HRESULT(STDMETHODCALLTYPE *SetCredentials)(IBackgroundCopyJob4 *This, BG_AUTH_CREDENTIALS *credentials);
    HRESULT(STDMETHODCALLTYPE *RemoveCredentials)(IBackgroundCopyJob4 *This, BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme);
    HRESULT(STDMETHODCALLTYPE *ReplaceRemotePrefix)(IBackgroundCopyJob4 *This, LPCWSTR OldPrefix, LPCWSTR NewPrefix);
    HRESULT(STDMETHODCALLTYPE *AddFileWithRanges)(IBackgroundCopyJob4 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName, DWORD RangeCount, const BG_FILE_RANGE *Ranges);
    HRESULT(STDMETHODCALLTYPE *SetFileACLFlags)(IBackgroundCopyJob4 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetFileACLFlags)(IBackgroundCopyJob4 *This, DWORD *Flags);
    HRESULT(STDMETHODCALLTYPE *SetPeerCachingFlags)(IBackgroundCopyJob4 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetPeerCachingFlags)(IBackgroundCopyJob4 *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *GetOwnerIntegrityLevel)(IBackgroundCopyJob4 *This, DWORD *pLevel);
    HRESULT(STDMETHODCALLTYPE *GetOwnerElevationState)(IBackgroundCopyJob4 *This, BOOL *pElevated);
    HRESULT(STDMETHODCALLTYPE *SetMaximumDownloadTime)(IBackgroundCopyJob4 *This, DWORD Timeout);
    HRESULT(STDMETHODCALLTYPE *GetMaximumDownloadTime)(IBackgroundCopyJob4 *This, DWORD *pTimeout);
} IBackgroundCopyJob4Vtbl;
struct IBackgroundCopyJob4 {
    CONST_VTBL struct IBackgroundCopyJob4Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyJob5Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJob5 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJob5 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *AddFileSet)(IBackgroundCopyJob5 *This, DWORD cFileCount, const BG_FILE_INFO *pFileSet);
    HRESULT(STDMETHODCALLTYPE *AddFile)(IBackgroundCopyJob5 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName);
    HRESULT(STDMETHODCALLTYPE *EnumFiles)(IBackgroundCopyJob5 *This, IEnumBackgroundCopyFiles **pEnum);
    HRESULT(STDMETHODCALLTYPE *Suspend)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *Resume)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *Cancel)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *Complete)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *GetId)(IBackgroundCopyJob5 *This, GUID *pVal);
    HRESULT(STDMETHODCALLTYPE *GetType)(IBackgroundCopyJob5 *This, BG_JOB_TYPE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetProgress)(IBackgroundCopyJob5 *This, BG_JOB_PROGRESS *pVal);
    HRESULT(STDMETHODCALLTYPE *GetTimes)(IBackgroundCopyJob5 *This, BG_JOB_TIMES *pVal);
    HRESULT(STDMETHODCALLTYPE *GetState)(IBackgroundCopyJob5 *This, BG_JOB_STATE *pVal);
    HRESULT(STDMETHODCALLTYPE *GetError)(IBackgroundCopyJob5 *This, IBackgroundCopyError **ppError);
    HRESULT(STDMETHODCALLTYPE *GetOwner)(IBackgroundCopyJob5 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDisplayName)(IBackgroundCopyJob5 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDisplayName)(IBackgroundCopyJob5 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetDescription)(IBackgroundCopyJob5 *This, LPCWSTR Val);
    HRESULT(STDMETHODCALLTYPE *GetDescription)(IBackgroundCopyJob5 *This, LPWSTR *pVal);
    HRESULT(STDMETHODCALLTYPE *SetPriority)(IBackgroundCopyJob5 *This, BG_JOB_PRIORITY Val);
    HRESULT(STDMETHODCALLTYPE *GetPriority)(IBackgroundCopyJob5 *This, BG_JOB_PRIORITY *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyFlags)(IBackgroundCopyJob5 *This, DWORD Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyFlags)(IBackgroundCopyJob5 *This, DWORD *pVal);
    HRESULT(STDMETHODCALLTYPE *SetNotifyInterface)(IBackgroundCopyJob5 *This, IUnknown *Val);
    HRESULT(STDMETHODCALLTYPE *GetNotifyInterface)(IBackgroundCopyJob5 *This, IUnknown **pVal);
    HRESULT(STDMETHODCALLTYPE *SetMinimumRetryDelay)(IBackgroundCopyJob5 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetMinimumRetryDelay)(IBackgroundCopyJob5 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *SetNoProgressTimeout)(IBackgroundCopyJob5 *This, DWORD Seconds);
    HRESULT(STDMETHODCALLTYPE *GetNoProgressTimeout)(IBackgroundCopyJob5 *This, DWORD *Seconds);
    HRESULT(STDMETHODCALLTYPE *GetErrorCount)(IBackgroundCopyJob5 *This, DWORD *Errors);
    HRESULT(STDMETHODCALLTYPE *SetProxySettings)(IBackgroundCopyJob5 *This, BG_JOB_PROXY_USAGE ProxyUsage, const WCHAR *ProxyList, const WCHAR *ProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *GetProxySettings)(IBackgroundCopyJob5 *This, BG_JOB_PROXY_USAGE *pProxyUsage, LPWSTR *pProxyList, LPWSTR *pProxyBypassList);
    HRESULT(STDMETHODCALLTYPE *TakeOwnership)(IBackgroundCopyJob5 *This);
    HRESULT(STDMETHODCALLTYPE *SetNotifyCmdLine)(IBackgroundCopyJob5 *This, LPCWSTR Program, LPCWSTR Parameters);
    HRESULT(STDMETHODCALLTYPE *GetNotifyCmdLine)(IBackgroundCopyJob5 *This, LPWSTR *pProgram, LPWSTR *pParameters);
    HRESULT(STDMETHODCALLTYPE *GetReplyProgress)(IBackgroundCopyJob5 *This, BG_JOB_REPLY_PROGRESS *pProgress);
    HRESULT(STDMETHODCALLTYPE *GetReplyData)(IBackgroundCopyJob5 *This, byte **ppBuffer, UINT64 *pLength);
    HRESULT(STDMETHODCALLTYPE *SetReplyFileName)(IBackgroundCopyJob5 *This, LPCWSTR ReplyFileName);
    HRESULT(STDMETHODCALLTYPE *GetReplyFileName)(IBackgroundCopyJob5 *This, LPWSTR *pReplyFileName);
    HRESULT(STDMETHODCALLTYPE *SetCredentials)(IBackgroundCopyJob5 *This, BG_AUTH_CREDENTIALS *credentials);
    HRESULT(STDMETHODCALLTYPE *RemoveCredentials)(IBackgroundCopyJob5 *This, BG_AUTH_TARGET Target, BG_AUTH_SCHEME Scheme);
    HRESULT(STDMETHODCALLTYPE *ReplaceRemotePrefix)(IBackgroundCopyJob5 *This, LPCWSTR OldPrefix, LPCWSTR NewPrefix);
    HRESULT(STDMETHODCALLTYPE *AddFileWithRanges)(IBackgroundCopyJob5 *This, LPCWSTR RemoteUrl, LPCWSTR LocalName, DWORD RangeCount, const BG_FILE_RANGE *Ranges);
    HRESULT(STDMETHODCALLTYPE *SetFileACLFlags)(IBackgroundCopyJob5 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetFileACLFlags)(IBackgroundCopyJob5 *This, DWORD *Flags);
    HRESULT(STDMETHODCALLTYPE *SetPeerCachingFlags)(IBackgroundCopyJob5 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetPeerCachingFlags)(IBackgroundCopyJob5 *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *GetOwnerIntegrityLevel)(IBackgroundCopyJob5 *This, DWORD *pLevel);
    HRESULT(STDMETHODCALLTYPE *GetOwnerElevationState)(IBackgroundCopyJob5 *This, BOOL *pElevated);
    HRESULT(STDMETHODCALLTYPE *SetMaximumDownloadTime)(IBackgroundCopyJob5 *This, DWORD Timeout);
    HRESULT(STDMETHODCALLTYPE *GetMaximumDownloadTime)(IBackgroundCopyJob5 *This, DWORD *pTimeout);
    HRESULT(STDMETHODCALLTYPE *SetProperty)(IBackgroundCopyJob5 *This, BITS_JOB_PROPERTY_ID PropertyId, BITS_JOB_PROPERTY_VALUE PropertyValue);
    HRESULT(STDMETHODCALLTYPE *GetProperty)(IBackgroundCopyJob5 *This, BITS_JOB_PROPERTY_ID PropertyId, BITS_JOB_PROPERTY_VALUE *PropertyValue);
} IBackgroundCopyJob5Vtbl;
struct IBackgroundCopyJob5 {
    CONST_VTBL struct IBackgroundCopyJob5Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyJobHttpOptionsVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJobHttpOptions *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJobHttpOptions *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJobHttpOptions *This);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByID)(IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, const byte *pCertHashBlob);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByName)(IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, LPCWSTR SubjectName);
    HRESULT(STDMETHODCALLTYPE *RemoveClientCertificate)(IBackgroundCopyJobHttpOptions *This);
    HRESULT(STDMETHODCALLTYPE *GetClientCertificate)(IBackgroundCopyJobHttpOptions *This, BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName, byte **ppCertHashBlob, LPWSTR *pSubjectName);
    HRESULT(STDMETHODCALLTYPE *SetCustomHeaders)(IBackgroundCopyJobHttpOptions *This, LPCWSTR RequestHeaders);
    HRESULT(STDMETHODCALLTYPE *GetCustomHeaders)(IBackgroundCopyJobHttpOptions *This, LPWSTR *pRequestHeaders);
    HRESULT(STDMETHODCALLTYPE *SetSecurityFlags)(IBackgroundCopyJobHttpOptions *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetSecurityFlags)(IBackgroundCopyJobHttpOptions *This, DWORD *pFlags);
} IBackgroundCopyJobHttpOptionsVtbl;
struct IBackgroundCopyJobHttpOptions {
    CONST_VTBL struct IBackgroundCopyJobHttpOptionsVtbl *lpVtbl;
};

typedef struct IBackgroundCopyJobHttpOptions2Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJobHttpOptions2 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJobHttpOptions2 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJobHttpOptions2 *This);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByID)(IBackgroundCopyJobHttpOptions2 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, const byte *pCertHashBlob);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByName)(IBackgroundCopyJobHttpOptions2 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, LPCWSTR SubjectName);
    HRESULT(STDMETHODCALLTYPE *RemoveClientCertificate)(IBackgroundCopyJobHttpOptions2 *This);
    HRESULT(STDMETHODCALLTYPE *GetClientCertificate)(IBackgroundCopyJobHttpOptions2 *This, BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName, byte **ppCertHashBlob, LPWSTR *pSubjectName);
    HRESULT(STDMETHODCALLTYPE *SetCustomHeaders)(IBackgroundCopyJobHttpOptions2 *This, LPCWSTR RequestHeaders);
    HRESULT(STDMETHODCALLTYPE *GetCustomHeaders)(IBackgroundCopyJobHttpOptions2 *This, LPWSTR *pRequestHeaders);
    HRESULT(STDMETHODCALLTYPE *SetSecurityFlags)(IBackgroundCopyJobHttpOptions2 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetSecurityFlags)(IBackgroundCopyJobHttpOptions2 *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *SetHttpMethod)(IBackgroundCopyJobHttpOptions2 *This, LPCWSTR method);
    HRESULT(STDMETHODCALLTYPE *GetHttpMethod)(IBackgroundCopyJobHttpOptions2 *This, LPWSTR *method);
} IBackgroundCopyJobHttpOptions2Vtbl;
struct IBackgroundCopyJobHttpOptions2 {
    CONST_VTBL struct IBackgroundCopyJobHttpOptions2Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyJobHttpOptions3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyJobHttpOptions3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyJobHttpOptions3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyJobHttpOptions3 *This);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByID)(IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, const byte *pCertHashBlob);
    HRESULT(STDMETHODCALLTYPE *SetClientCertificateByName)(IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION StoreLocation, LPCWSTR StoreName, LPCWSTR SubjectName);
    HRESULT(STDMETHODCALLTYPE *RemoveClientCertificate)(IBackgroundCopyJobHttpOptions3 *This);
    HRESULT(STDMETHODCALLTYPE *GetClientCertificate)(IBackgroundCopyJobHttpOptions3 *This, BG_CERT_STORE_LOCATION *pStoreLocation, LPWSTR *pStoreName, byte **ppCertHashBlob, LPWSTR *pSubjectName);
    HRESULT(STDMETHODCALLTYPE *SetCustomHeaders)(IBackgroundCopyJobHttpOptions3 *This, LPCWSTR RequestHeaders);
    HRESULT(STDMETHODCALLTYPE *GetCustomHeaders)(IBackgroundCopyJobHttpOptions3 *This, LPWSTR *pRequestHeaders);
    HRESULT(STDMETHODCALLTYPE *SetSecurityFlags)(IBackgroundCopyJobHttpOptions3 *This, DWORD Flags);
    HRESULT(STDMETHODCALLTYPE *GetSecurityFlags)(IBackgroundCopyJobHttpOptions3 *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *SetHttpMethod)(IBackgroundCopyJobHttpOptions3 *This, LPCWSTR method);
    HRESULT(STDMETHODCALLTYPE *GetHttpMethod)(IBackgroundCopyJobHttpOptions3 *This, LPWSTR *method);
    HRESULT(STDMETHODCALLTYPE *SetServerCertificateValidationInterface)(IBackgroundCopyJobHttpOptions3 *This, IUnknown *certValidationCallback);
    HRESULT(STDMETHODCALLTYPE *MakeCustomHeadersWriteOnly)(IBackgroundCopyJobHttpOptions3 *This);
} IBackgroundCopyJobHttpOptions3Vtbl;
struct IBackgroundCopyJobHttpOptions3 {
    CONST_VTBL struct IBackgroundCopyJobHttpOptions3Vtbl *lpVtbl;
};

typedef struct IEnumBackgroundCopyJobsVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IEnumBackgroundCopyJobs *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IEnumBackgroundCopyJobs *This);
    ULONG(STDMETHODCALLTYPE *Release)(IEnumBackgroundCopyJobs *This);
    HRESULT(STDMETHODCALLTYPE *Next)(IEnumBackgroundCopyJobs *This, DWORD celt, IBackgroundCopyJob **rgelt, DWORD *pceltFetched);
    HRESULT(STDMETHODCALLTYPE *Skip)(IEnumBackgroundCopyJobs *This, DWORD celt);
    HRESULT(STDMETHODCALLTYPE *Reset)(IEnumBackgroundCopyJobs *This);
    HRESULT(STDMETHODCALLTYPE *Clone)(IEnumBackgroundCopyJobs *This, IEnumBackgroundCopyJobs **ppenum);
    HRESULT(STDMETHODCALLTYPE *GetCount)(IEnumBackgroundCopyJobs *This, DWORD *puCount);
} IEnumBackgroundCopyJobsVtbl;
struct IEnumBackgroundCopyJobs {
    CONST_VTBL struct IEnumBackgroundCopyJobsVtbl *lpVtbl;
};

typedef struct IBackgroundCopyCallbackVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyCallback *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyCallback *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyCallback *This);
    HRESULT(STDMETHODCALLTYPE *JobTransferred)(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob);
    HRESULT(STDMETHODCALLTYPE *JobError)(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob, IBackgroundCopyError *pError);
    HRESULT(STDMETHODCALLTYPE *JobModification)(IBackgroundCopyCallback *This, IBackgroundCopyJob *pJob, DWORD dwReserved);
} IBackgroundCopyCallbackVtbl;
struct IBackgroundCopyCallback {
    CONST_VTBL struct IBackgroundCopyCallbackVtbl *lpVtbl;
};

typedef struct IBackgroundCopyCallback2Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyCallback2 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyCallback2 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyCallback2 *This);
    HRESULT(STDMETHODCALLTYPE *JobTransferred)(IBackgroundCopyCallback2 *This, IBackgroundCopyJob *pJob);
    HRESULT(STDMETHODCALLTYPE *JobError)(IBackgroundCopyCallback2 *This, IBackgroundCopyJob *pJob, IBackgroundCopyError *pError);
    HRESULT(STDMETHODCALLTYPE *JobModification)(IBackgroundCopyCallback2 *This, IBackgroundCopyJob *pJob, DWORD dwReserved);
    HRESULT(STDMETHODCALLTYPE *FileTransferred)(IBackgroundCopyCallback2 *This, IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile);
} IBackgroundCopyCallback2Vtbl;
struct IBackgroundCopyCallback2 {
    CONST_VTBL struct IBackgroundCopyCallback2Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyCallback3Vtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyCallback3 *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyCallback3 *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyCallback3 *This);
    HRESULT(STDMETHODCALLTYPE *JobTransferred)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob);
    HRESULT(STDMETHODCALLTYPE *JobError)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, IBackgroundCopyError *pError);
    HRESULT(STDMETHODCALLTYPE *JobModification)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, DWORD dwReserved);
    HRESULT(STDMETHODCALLTYPE *FileTransferred)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *pJob, IBackgroundCopyFile *pFile);
    HRESULT(STDMETHODCALLTYPE *FileRangesTransferred)(IBackgroundCopyCallback3 *This, IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD rangeCount, const BG_FILE_RANGE *ranges);
} IBackgroundCopyCallback3Vtbl;
struct IBackgroundCopyCallback3 {
    CONST_VTBL struct IBackgroundCopyCallback3Vtbl *lpVtbl;
};

typedef struct IBackgroundCopyServerCertificateValidationCallbackVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyServerCertificateValidationCallback *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyServerCertificateValidationCallback *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyServerCertificateValidationCallback *This);
    HRESULT(STDMETHODCALLTYPE *ValidateServerCertificate)(IBackgroundCopyServerCertificateValidationCallback *This, IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD certLength, const BYTE *certData, DWORD certEncodingType, DWORD certStoreLength, const BYTE *certStoreData);
} IBackgroundCopyServerCertificateValidationCallbackVtbl;
struct IBackgroundCopyServerCertificateValidationCallback {
    CONST_VTBL struct IBackgroundCopyServerCertificateValidationCallbackVtbl *lpVtbl;
};

typedef struct IBackgroundCopyManagerVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBackgroundCopyManager *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBackgroundCopyManager *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBackgroundCopyManager *This);
    HRESULT(STDMETHODCALLTYPE *CreateJob)(IBackgroundCopyManager *This, LPCWSTR DisplayName, BG_JOB_TYPE Type, GUID *pJobId, IBackgroundCopyJob **ppJob);
    HRESULT(STDMETHODCALLTYPE *GetJob)(IBackgroundCopyManager *This, REFGUID jobID, IBackgroundCopyJob **ppJob);
    HRESULT(STDMETHODCALLTYPE *EnumJobs)(IBackgroundCopyManager *This, DWORD dwFlags, IEnumBackgroundCopyJobs **ppEnum);
    HRESULT(STDMETHODCALLTYPE *GetErrorDescription)(IBackgroundCopyManager *This, HRESULT hResult, DWORD LanguageId, LPWSTR *pErrorDescription);
} IBackgroundCopyManagerVtbl;
struct IBackgroundCopyManager {
    CONST_VTBL struct IBackgroundCopyManagerVtbl *lpVtbl;
};

typedef struct IBitsTokenOptionsVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IBitsTokenOptions *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IBitsTokenOptions *This);
    ULONG(STDMETHODCALLTYPE *Release)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *SetHelperTokenFlags)(IBitsTokenOptions *This, DWORD UsageFlags);
    HRESULT(STDMETHODCALLTYPE *GetHelperTokenFlags)(IBitsTokenOptions *This, DWORD *pFlags);
    HRESULT(STDMETHODCALLTYPE *SetHelperToken)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *ClearHelperToken)(IBitsTokenOptions *This);
    HRESULT(STDMETHODCALLTYPE *GetHelperTokenSid)(IBitsTokenOptions *This, LPWSTR *pSid);
} IBitsTokenOptionsVtbl;
struct IBitsTokenOptions {
    CONST_VTBL struct IBitsTokenOptionsVtbl *lpVtbl;
};

typedef struct AsyncIBackgroundCopyCallbackVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(AsyncIBackgroundCopyCallback *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(AsyncIBackgroundCopyCallback *This);
    ULONG(STDMETHODCALLTYPE *Release)(AsyncIBackgroundCopyCallback *This);
    HRESULT(STDMETHODCALLTYPE *Begin_JobTransferred)(AsyncIBackgroundCopyCallback *This, IBackgroundCopyJob *pJob);
    HRESULT(STDMETHODCALLTYPE *Finish_JobTransferred)(AsyncIBackgroundCopyCallback *This);
    HRESULT(STDMETHODCALLTYPE *Begin_JobError)(AsyncIBackgroundCopyCallback *This, IBackgroundCopyJob *pJob, IBackgroundCopyError *pError);
    HRESULT(STDMETHODCALLTYPE *Finish_JobError)(AsyncIBackgroundCopyCallback *This);
    HRESULT(STDMETHODCALLTYPE *Begin_JobModification)(AsyncIBackgroundCopyCallback *This, IBackgroundCopyJob *pJob, DWORD dwReserved);
    HRESULT(STDMETHODCALLTYPE *Finish_JobModification)(AsyncIBackgroundCopyCallback *This);
} AsyncIBackgroundCopyCallbackVtbl;
struct AsyncIBackgroundCopyCallback {
    CONST_VTBL struct AsyncIBackgroundCopyCallbackVtbl *lpVtbl;
};

#endif

#ifdef COBJMACROS
#ifndef __cplusplus

#define IBackgroundCopyError_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyError_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyError_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyError_GetError(This, pContext, pCode) ((This)->lpVtbl->GetError(This, pContext, pCode))
#define IBackgroundCopyError_GetFile(This, pVal) ((This)->lpVtbl->GetFile(This, pVal))
#define IBackgroundCopyError_GetErrorDescription(This, LanguageId, pErrorDescription) ((This)->lpVtbl->GetErrorDescription(This, LanguageId, pErrorDescription))
#define IBackgroundCopyError_GetErrorContextDescription(This, LanguageId, pContextDescription) ((This)->lpVtbl->GetErrorContextDescription(This, LanguageId, pContextDescription))
#define IBackgroundCopyError_GetProtocol(This, pProtocol) ((This)->lpVtbl->GetProtocol(This, pProtocol))

#define IBackgroundCopyFile_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))

#define IBackgroundCopyFile2_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile2_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile2_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile2_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile2_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile2_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile2_GetFileRanges(This, RangeCount, Ranges) ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile2_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))

#define IBackgroundCopyFile3_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile3_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile3_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile3_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile3_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile3_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile3_GetFileRanges(This, RangeCount, Ranges) ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile3_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile3_GetTemporaryName(This, pFilename) ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile3_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile3_GetValidationState(This, pState) ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile3_IsDownloadedFromPeer(This, pVal) ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))

#define IBackgroundCopyFile4_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile4_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile4_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile4_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile4_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile4_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile4_GetFileRanges(This, RangeCount, Ranges) ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile4_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile4_GetTemporaryName(This, pFilename) ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile4_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile4_GetValidationState(This, pState) ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile4_IsDownloadedFromPeer(This, pVal) ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))
#define IBackgroundCopyFile4_GetPeerDownloadStats(This, pFromOrigin, pFromPeers) ((This)->lpVtbl->GetPeerDownloadStats(This, pFromOrigin, pFromPeers))

#define IBackgroundCopyFile5_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile5_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile5_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile5_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile5_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile5_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile5_GetFileRanges(This, RangeCount, Ranges) ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile5_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile5_GetTemporaryName(This, pFilename) ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile5_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile5_GetValidationState(This, pState) ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile5_IsDownloadedFromPeer(This, pVal) ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))
#define IBackgroundCopyFile5_GetPeerDownloadStats(This, pFromOrigin, pFromPeers) ((This)->lpVtbl->GetPeerDownloadStats(This, pFromOrigin, pFromPeers))
#define IBackgroundCopyFile5_SetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->SetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyFile5_GetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->GetProperty(This, PropertyId, PropertyValue))

#define IBackgroundCopyFile6_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyFile6_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyFile6_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyFile6_GetRemoteName(This, pVal) ((This)->lpVtbl->GetRemoteName(This, pVal))
#define IBackgroundCopyFile6_GetLocalName(This, pVal) ((This)->lpVtbl->GetLocalName(This, pVal))
#define IBackgroundCopyFile6_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyFile6_GetFileRanges(This, RangeCount, Ranges) ((This)->lpVtbl->GetFileRanges(This, RangeCount, Ranges))
#define IBackgroundCopyFile6_SetRemoteName(This, Val) ((This)->lpVtbl->SetRemoteName(This, Val))
#define IBackgroundCopyFile6_GetTemporaryName(This, pFilename) ((This)->lpVtbl->GetTemporaryName(This, pFilename))
#define IBackgroundCopyFile6_SetValidationState(This, state) ((This)->lpVtbl->SetValidationState(This, state))
#define IBackgroundCopyFile6_GetValidationState(This, pState) ((This)->lpVtbl->GetValidationState(This, pState))
#define IBackgroundCopyFile6_IsDownloadedFromPeer(This, pVal) ((This)->lpVtbl->IsDownloadedFromPeer(This, pVal))
#define IBackgroundCopyFile6_GetPeerDownloadStats(This, pFromOrigin, pFromPeers) ((This)->lpVtbl->GetPeerDownloadStats(This, pFromOrigin, pFromPeers))
#define IBackgroundCopyFile6_SetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->SetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyFile6_GetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->GetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyFile6_UpdateDownloadPosition(This, offset) ((This)->lpVtbl->UpdateDownloadPosition(This, offset))
#define IBackgroundCopyFile6_RequestFileRanges(This, rangeCount, ranges) ((This)->lpVtbl->RequestFileRanges(This, rangeCount, ranges))
#define IBackgroundCopyFile6_GetFilledFileRanges(This, rangeCount, ranges) ((This)->lpVtbl->GetFilledFileRanges(This, rangeCount, ranges))

#define IEnumBackgroundCopyFiles_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IEnumBackgroundCopyFiles_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IEnumBackgroundCopyFiles_Release(This) ((This)->lpVtbl->Release(This))
#define IEnumBackgroundCopyFiles_Next(This, celt, rgelt, pceltFetched) ((This)->lpVtbl->Next(This, celt, rgelt, pceltFetched))
#define IEnumBackgroundCopyFiles_Skip(This, celt) ((This)->lpVtbl->Skip(This, celt))
#define IEnumBackgroundCopyFiles_Reset(This) ((This)->lpVtbl->Reset(This))
#define IEnumBackgroundCopyFiles_Clone(This, ppenum) ((This)->lpVtbl->Clone(This, ppenum))
#define IEnumBackgroundCopyFiles_GetCount(This, puCount) ((This)->lpVtbl->GetCount(This, puCount))

#define IBackgroundCopyJob_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJob_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJob_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJob_AddFileSet(This, cFileCount, pFileSet) ((This)->lpVtbl->AddFileSet(This, cFileCount, pFileSet))
#define IBackgroundCopyJob_AddFile(This, RemoteUrl, LocalName) ((This)->lpVtbl->AddFile(This, RemoteUrl, LocalName))
#define IBackgroundCopyJob_EnumFiles(This, pEnum) ((This)->lpVtbl->EnumFiles(This, pEnum))
#define IBackgroundCopyJob_Suspend(This) ((This)->lpVtbl->Suspend(This))
#define IBackgroundCopyJob_Resume(This) ((This)->lpVtbl->Resume(This))
#define IBackgroundCopyJob_Cancel(This) ((This)->lpVtbl->Cancel(This))
#define IBackgroundCopyJob_Complete(This) ((This)->lpVtbl->Complete(This))
#define IBackgroundCopyJob_GetId(This, pVal) ((This)->lpVtbl->GetId(This, pVal))
#define IBackgroundCopyJob_GetType(This, pVal) ((This)->lpVtbl->GetType(This, pVal))
#define IBackgroundCopyJob_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyJob_GetTimes(This, pVal) ((This)->lpVtbl->GetTimes(This, pVal))
#define IBackgroundCopyJob_GetState(This, pVal) ((This)->lpVtbl->GetState(This, pVal))
#define IBackgroundCopyJob_GetError(This, ppError) ((This)->lpVtbl->GetError(This, ppError))
#define IBackgroundCopyJob_GetOwner(This, pVal) ((This)->lpVtbl->GetOwner(This, pVal))
#define IBackgroundCopyJob_SetDisplayName(This, Val) ((This)->lpVtbl->SetDisplayName(This, Val))
#define IBackgroundCopyJob_GetDisplayName(This, pVal) ((This)->lpVtbl->GetDisplayName(This, pVal))
#define IBackgroundCopyJob_SetDescription(This, Val) ((This)->lpVtbl->SetDescription(This, Val))
#define IBackgroundCopyJob_GetDescription(This, pVal) ((This)->lpVtbl->GetDescription(This, pVal))
#define IBackgroundCopyJob_SetPriority(This, Val) ((This)->lpVtbl->SetPriority(This, Val))
#define IBackgroundCopyJob_GetPriority(This, pVal) ((This)->lpVtbl->GetPriority(This, pVal))
#define IBackgroundCopyJob_SetNotifyFlags(This, Val) ((This)->lpVtbl->SetNotifyFlags(This, Val))
#define IBackgroundCopyJob_GetNotifyFlags(This, pVal) ((This)->lpVtbl->GetNotifyFlags(This, pVal))
#define IBackgroundCopyJob_SetNotifyInterface(This, Val) ((This)->lpVtbl->SetNotifyInterface(This, Val))
#define IBackgroundCopyJob_GetNotifyInterface(This, pVal) ((This)->lpVtbl->GetNotifyInterface(This, pVal))
#define IBackgroundCopyJob_SetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->SetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob_GetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->GetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob_SetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->SetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob_GetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->GetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob_GetErrorCount(This, Errors) ((This)->lpVtbl->GetErrorCount(This, Errors))
#define IBackgroundCopyJob_SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList) ((This)->lpVtbl->SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList))
#define IBackgroundCopyJob_GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList) ((This)->lpVtbl->GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList))
#define IBackgroundCopyJob_TakeOwnership(This) ((This)->lpVtbl->TakeOwnership(This))

#define IBackgroundCopyJob2_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJob2_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJob2_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJob2_AddFileSet(This, cFileCount, pFileSet) ((This)->lpVtbl->AddFileSet(This, cFileCount, pFileSet))
#define IBackgroundCopyJob2_AddFile(This, RemoteUrl, LocalName) ((This)->lpVtbl->AddFile(This, RemoteUrl, LocalName))
#define IBackgroundCopyJob2_EnumFiles(This, pEnum) ((This)->lpVtbl->EnumFiles(This, pEnum))
#define IBackgroundCopyJob2_Suspend(This) ((This)->lpVtbl->Suspend(This))
#define IBackgroundCopyJob2_Resume(This) ((This)->lpVtbl->Resume(This))
#define IBackgroundCopyJob2_Cancel(This) ((This)->lpVtbl->Cancel(This))
#define IBackgroundCopyJob2_Complete(This) ((This)->lpVtbl->Complete(This))
#define IBackgroundCopyJob2_GetId(This, pVal) ((This)->lpVtbl->GetId(This, pVal))
#define IBackgroundCopyJob2_GetType(This, pVal) ((This)->lpVtbl->GetType(This, pVal))
#define IBackgroundCopyJob2_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyJob2_GetTimes(This, pVal) ((This)->lpVtbl->GetTimes(This, pVal))
#define IBackgroundCopyJob2_GetState(This, pVal) ((This)->lpVtbl->GetState(This, pVal))
#define IBackgroundCopyJob2_GetError(This, ppError) ((This)->lpVtbl->GetError(This, ppError))
#define IBackgroundCopyJob2_GetOwner(This, pVal) ((This)->lpVtbl->GetOwner(This, pVal))
#define IBackgroundCopyJob2_SetDisplayName(This, Val) ((This)->lpVtbl->SetDisplayName(This, Val))
#define IBackgroundCopyJob2_GetDisplayName(This, pVal) ((This)->lpVtbl->GetDisplayName(This, pVal))
#define IBackgroundCopyJob2_SetDescription(This, Val) ((This)->lpVtbl->SetDescription(This, Val))
#define IBackgroundCopyJob2_GetDescription(This, pVal) ((This)->lpVtbl->GetDescription(This, pVal))
#define IBackgroundCopyJob2_SetPriority(This, Val) ((This)->lpVtbl->SetPriority(This, Val))
#define IBackgroundCopyJob2_GetPriority(This, pVal) ((This)->lpVtbl->GetPriority(This, pVal))
#define IBackgroundCopyJob2_SetNotifyFlags(This, Val) ((This)->lpVtbl->SetNotifyFlags(This, Val))
#define IBackgroundCopyJob2_GetNotifyFlags(This, pVal) ((This)->lpVtbl->GetNotifyFlags(This, pVal))
#define IBackgroundCopyJob2_SetNotifyInterface(This, Val) ((This)->lpVtbl->SetNotifyInterface(This, Val))
#define IBackgroundCopyJob2_GetNotifyInterface(This, pVal) ((This)->lpVtbl->GetNotifyInterface(This, pVal))
#define IBackgroundCopyJob2_SetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->SetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob2_GetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->GetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob2_SetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->SetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob2_GetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->GetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob2_GetErrorCount(This, Errors) ((This)->lpVtbl->GetErrorCount(This, Errors))
#define IBackgroundCopyJob2_SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList) ((This)->lpVtbl->SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList))
#define IBackgroundCopyJob2_GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList) ((This)->lpVtbl->GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList))
#define IBackgroundCopyJob2_TakeOwnership(This) ((This)->lpVtbl->TakeOwnership(This))
#define IBackgroundCopyJob2_SetNotifyCmdLine(This, Program, Parameters) ((This)->lpVtbl->SetNotifyCmdLine(This, Program, Parameters))
#define IBackgroundCopyJob2_GetNotifyCmdLine(This, pProgram, pParameters) ((This)->lpVtbl->GetNotifyCmdLine(This, pProgram, pParameters))
#define IBackgroundCopyJob2_GetReplyProgress(This, pProgress) ((This)->lpVtbl->GetReplyProgress(This, pProgress))
#define IBackgroundCopyJob2_GetReplyData(This, ppBuffer, pLength) ((This)->lpVtbl->GetReplyData(This, ppBuffer, pLength))
#define IBackgroundCopyJob2_SetReplyFileName(This, ReplyFileName) ((This)->lpVtbl->SetReplyFileName(This, ReplyFileName))
#define IBackgroundCopyJob2_GetReplyFileName(This, pReplyFileName) ((This)->lpVtbl->GetReplyFileName(This, pReplyFileName))
#define IBackgroundCopyJob2_SetCredentials(This, credentials) ((This)->lpVtbl->SetCredentials(This, credentials))
#define IBackgroundCopyJob2_RemoveCredentials(This, Target, Scheme) ((This)->lpVtbl->RemoveCredentials(This, Target, Scheme))

#define IBackgroundCopyJob3_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJob3_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJob3_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJob3_AddFileSet(This, cFileCount, pFileSet) ((This)->lpVtbl->AddFileSet(This, cFileCount, pFileSet))
#define IBackgroundCopyJob3_AddFile(This, RemoteUrl, LocalName) ((This)->lpVtbl->AddFile(This, RemoteUrl, LocalName))
#define IBackgroundCopyJob3_EnumFiles(This, pEnum) ((This)->lpVtbl->EnumFiles(This, pEnum))
#define IBackgroundCopyJob3_Suspend(This) ((This)->lpVtbl->Suspend(This))
#define IBackgroundCopyJob3_Resume(This) ((This)->lpVtbl->Resume(This))
#define IBackgroundCopyJob3_Cancel(This) ((This)->lpVtbl->Cancel(This))
#define IBackgroundCopyJob3_Complete(This) ((This)->lpVtbl->Complete(This))
#define IBackgroundCopyJob3_GetId(This, pVal) ((This)->lpVtbl->GetId(This, pVal))
#define IBackgroundCopyJob3_GetType(This, pVal) ((This)->lpVtbl->GetType(This, pVal))
#define IBackgroundCopyJob3_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyJob3_GetTimes(This, pVal) ((This)->lpVtbl->GetTimes(This, pVal))
#define IBackgroundCopyJob3_GetState(This, pVal) ((This)->lpVtbl->GetState(This, pVal))
#define IBackgroundCopyJob3_GetError(This, ppError) ((This)->lpVtbl->GetError(This, ppError))
#define IBackgroundCopyJob3_GetOwner(This, pVal) ((This)->lpVtbl->GetOwner(This, pVal))
#define IBackgroundCopyJob3_SetDisplayName(This, Val) ((This)->lpVtbl->SetDisplayName(This, Val))
#define IBackgroundCopyJob3_GetDisplayName(This, pVal) ((This)->lpVtbl->GetDisplayName(This, pVal))
#define IBackgroundCopyJob3_SetDescription(This, Val) ((This)->lpVtbl->SetDescription(This, Val))
#define IBackgroundCopyJob3_GetDescription(This, pVal) ((This)->lpVtbl->GetDescription(This, pVal))
#define IBackgroundCopyJob3_SetPriority(This, Val) ((This)->lpVtbl->SetPriority(This, Val))
#define IBackgroundCopyJob3_GetPriority(This, pVal) ((This)->lpVtbl->GetPriority(This, pVal))
#define IBackgroundCopyJob3_SetNotifyFlags(This, Val) ((This)->lpVtbl->SetNotifyFlags(This, Val))
#define IBackgroundCopyJob3_GetNotifyFlags(This, pVal) ((This)->lpVtbl->GetNotifyFlags(This, pVal))
#define IBackgroundCopyJob3_SetNotifyInterface(This, Val) ((This)->lpVtbl->SetNotifyInterface(This, Val))
#define IBackgroundCopyJob3_GetNotifyInterface(This, pVal) ((This)->lpVtbl->GetNotifyInterface(This, pVal))
#define IBackgroundCopyJob3_SetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->SetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob3_GetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->GetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob3_SetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->SetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob3_GetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->GetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob3_GetErrorCount(This, Errors) ((This)->lpVtbl->GetErrorCount(This, Errors))
#define IBackgroundCopyJob3_SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList) ((This)->lpVtbl->SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList))
#define IBackgroundCopyJob3_GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList) ((This)->lpVtbl->GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList))
#define IBackgroundCopyJob3_TakeOwnership(This) ((This)->lpVtbl->TakeOwnership(This))
#define IBackgroundCopyJob3_SetNotifyCmdLine(This, Program, Parameters) ((This)->lpVtbl->SetNotifyCmdLine(This, Program, Parameters))
#define IBackgroundCopyJob3_GetNotifyCmdLine(This, pProgram, pParameters) ((This)->lpVtbl->GetNotifyCmdLine(This, pProgram, pParameters))
#define IBackgroundCopyJob3_GetReplyProgress(This, pProgress) ((This)->lpVtbl->GetReplyProgress(This, pProgress))
#define IBackgroundCopyJob3_GetReplyData(This, ppBuffer, pLength) ((This)->lpVtbl->GetReplyData(This, ppBuffer, pLength))
#define IBackgroundCopyJob3_SetReplyFileName(This, ReplyFileName) ((This)->lpVtbl->SetReplyFileName(This, ReplyFileName))
#define IBackgroundCopyJob3_GetReplyFileName(This, pReplyFileName) ((This)->lpVtbl->GetReplyFileName(This, pReplyFileName))
#define IBackgroundCopyJob3_SetCredentials(This, credentials) ((This)->lpVtbl->SetCredentials(This, credentials))
#define IBackgroundCopyJob3_RemoveCredentials(This, Target, Scheme) ((This)->lpVtbl->RemoveCredentials(This, Target, Scheme))
#define IBackgroundCopyJob3_ReplaceRemotePrefix(This, OldPrefix, NewPrefix) ((This)->lpVtbl->ReplaceRemotePrefix(This, OldPrefix, NewPrefix))
#define IBackgroundCopyJob3_AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges) ((This)->lpVtbl->AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges))
#define IBackgroundCopyJob3_SetFileACLFlags(This, Flags) ((This)->lpVtbl->SetFileACLFlags(This, Flags))
#define IBackgroundCopyJob3_GetFileACLFlags(This, Flags) ((This)->lpVtbl->GetFileACLFlags(This, Flags))

#define IBackgroundCopyJob4_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJob4_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJob4_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJob4_AddFileSet(This, cFileCount, pFileSet) ((This)->lpVtbl->AddFileSet(This, cFileCount, pFileSet))
#define IBackgroundCopyJob4_AddFile(This, RemoteUrl, LocalName) ((This)->lpVtbl->AddFile(This, RemoteUrl, LocalName))
#define IBackgroundCopyJob4_EnumFiles(This, pEnum) ((This)->lpVtbl->EnumFiles(This, pEnum))
#define IBackgroundCopyJob4_Suspend(This) ((This)->lpVtbl->Suspend(This))
#define IBackgroundCopyJob4_Resume(This) ((This)->lpVtbl->Resume(This))
#define IBackgroundCopyJob4_Cancel(This) ((This)->lpVtbl->Cancel(This))
#define IBackgroundCopyJob4_Complete(This) ((This)->lpVtbl->Complete(This))
#define IBackgroundCopyJob4_GetId(This, pVal) ((This)->lpVtbl->GetId(This, pVal))
#define IBackgroundCopyJob4_GetType(This, pVal) ((This)->lpVtbl->GetType(This, pVal))
#define IBackgroundCopyJob4_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyJob4_GetTimes(This, pVal) ((This)->lpVtbl->GetTimes(This, pVal))
#define IBackgroundCopyJob4_GetState(This, pVal) ((This)->lpVtbl->GetState(This, pVal))
#define IBackgroundCopyJob4_GetError(This, ppError) ((This)->lpVtbl->GetError(This, ppError))
#define IBackgroundCopyJob4_GetOwner(This, pVal) ((This)->lpVtbl->GetOwner(This, pVal))
#define IBackgroundCopyJob4_SetDisplayName(This, Val) ((This)->lpVtbl->SetDisplayName(This, Val))
#define IBackgroundCopyJob4_GetDisplayName(This, pVal) ((This)->lpVtbl->GetDisplayName(This, pVal))
#define IBackgroundCopyJob4_SetDescription(This, Val) ((This)->lpVtbl->SetDescription(This, Val))
#define IBackgroundCopyJob4_GetDescription(This, pVal) ((This)->lpVtbl->GetDescription(This, pVal))
#define IBackgroundCopyJob4_SetPriority(This, Val) ((This)->lpVtbl->SetPriority(This, Val))
#define IBackgroundCopyJob4_GetPriority(This, pVal) ((This)->lpVtbl->GetPriority(This, pVal))
#define IBackgroundCopyJob4_SetNotifyFlags(This, Val) ((This)->lpVtbl->SetNotifyFlags(This, Val))
#define IBackgroundCopyJob4_GetNotifyFlags(This, pVal) ((This)->lpVtbl->GetNotifyFlags(This, pVal))
#define IBackgroundCopyJob4_SetNotifyInterface(This, Val) ((This)->lpVtbl->SetNotifyInterface(This, Val))
#define IBackgroundCopyJob4_GetNotifyInterface(This, pVal) ((This)->lpVtbl->GetNotifyInterface(This, pVal))
#define IBackgroundCopyJob4_SetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->SetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob4_GetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->GetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob4_SetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->SetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob4_GetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->GetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob4_GetErrorCount(This, Errors) ((This)->lpVtbl->GetErrorCount(This, Errors))
#define IBackgroundCopyJob4_SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList) ((This)->lpVtbl->SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList))
#define IBackgroundCopyJob4_GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList) ((This)->lpVtbl->GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList))
#define IBackgroundCopyJob4_TakeOwnership(This) ((This)->lpVtbl->TakeOwnership(This))
#define IBackgroundCopyJob4_SetNotifyCmdLine(This, Program, Parameters) ((This)->lpVtbl->SetNotifyCmdLine(This, Program, Parameters))
#define IBackgroundCopyJob4_GetNotifyCmdLine(This, pProgram, pParameters) ((This)->lpVtbl->GetNotifyCmdLine(This, pProgram, pParameters))
#define IBackgroundCopyJob4_GetReplyProgress(This, pProgress) ((This)->lpVtbl->GetReplyProgress(This, pProgress))
#define IBackgroundCopyJob4_GetReplyData(This, ppBuffer, pLength) ((This)->lpVtbl->GetReplyData(This, ppBuffer, pLength))
#define IBackgroundCopyJob4_SetReplyFileName(This, ReplyFileName) ((This)->lpVtbl->SetReplyFileName(This, ReplyFileName))
#define IBackgroundCopyJob4_GetReplyFileName(This, pReplyFileName) ((This)->lpVtbl->GetReplyFileName(This, pReplyFileName))
#define IBackgroundCopyJob4_SetCredentials(This, credentials) ((This)->lpVtbl->SetCredentials(This, credentials))
#define IBackgroundCopyJob4_RemoveCredentials(This, Target, Scheme) ((This)->lpVtbl->RemoveCredentials(This, Target, Scheme))
#define IBackgroundCopyJob4_ReplaceRemotePrefix(This, OldPrefix, NewPrefix) ((This)->lpVtbl->ReplaceRemotePrefix(This, OldPrefix, NewPrefix))
#define IBackgroundCopyJob4_AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges) ((This)->lpVtbl->AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges))
#define IBackgroundCopyJob4_SetFileACLFlags(This, Flags) ((This)->lpVtbl->SetFileACLFlags(This, Flags))
#define IBackgroundCopyJob4_GetFileACLFlags(This, Flags) ((This)->lpVtbl->GetFileACLFlags(This, Flags))
#define IBackgroundCopyJob4_SetPeerCachingFlags(This, Flags) ((This)->lpVtbl->SetPeerCachingFlags(This, Flags))
#define IBackgroundCopyJob4_GetPeerCachingFlags(This, pFlags) ((This)->lpVtbl->GetPeerCachingFlags(This, pFlags))
#define IBackgroundCopyJob4_GetOwnerIntegrityLevel(This, pLevel) ((This)->lpVtbl->GetOwnerIntegrityLevel(This, pLevel))
#define IBackgroundCopyJob4_GetOwnerElevationState(This, pElevated) ((This)->lpVtbl->GetOwnerElevationState(This, pElevated))
#define IBackgroundCopyJob4_SetMaximumDownloadTime(This, Timeout) ((This)->lpVtbl->SetMaximumDownloadTime(This, Timeout))
#define IBackgroundCopyJob4_GetMaximumDownloadTime(This, pTimeout) ((This)->lpVtbl->GetMaximumDownloadTime(This, pTimeout))

#define IBackgroundCopyJob5_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJob5_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJob5_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJob5_AddFileSet(This, cFileCount, pFileSet) ((This)->lpVtbl->AddFileSet(This, cFileCount, pFileSet))
#define IBackgroundCopyJob5_AddFile(This, RemoteUrl, LocalName) ((This)->lpVtbl->AddFile(This, RemoteUrl, LocalName))
#define IBackgroundCopyJob5_EnumFiles(This, pEnum) ((This)->lpVtbl->EnumFiles(This, pEnum))
#define IBackgroundCopyJob5_Suspend(This) ((This)->lpVtbl->Suspend(This))
#define IBackgroundCopyJob5_Resume(This) ((This)->lpVtbl->Resume(This))
#define IBackgroundCopyJob5_Cancel(This) ((This)->lpVtbl->Cancel(This))
#define IBackgroundCopyJob5_Complete(This) ((This)->lpVtbl->Complete(This))
#define IBackgroundCopyJob5_GetId(This, pVal) ((This)->lpVtbl->GetId(This, pVal))
#define IBackgroundCopyJob5_GetType(This, pVal) ((This)->lpVtbl->GetType(This, pVal))
#define IBackgroundCopyJob5_GetProgress(This, pVal) ((This)->lpVtbl->GetProgress(This, pVal))
#define IBackgroundCopyJob5_GetTimes(This, pVal) ((This)->lpVtbl->GetTimes(This, pVal))
#define IBackgroundCopyJob5_GetState(This, pVal) ((This)->lpVtbl->GetState(This, pVal))
#define IBackgroundCopyJob5_GetError(This, ppError) ((This)->lpVtbl->GetError(This, ppError))
#define IBackgroundCopyJob5_GetOwner(This, pVal) ((This)->lpVtbl->GetOwner(This, pVal))
#define IBackgroundCopyJob5_SetDisplayName(This, Val) ((This)->lpVtbl->SetDisplayName(This, Val))
#define IBackgroundCopyJob5_GetDisplayName(This, pVal) ((This)->lpVtbl->GetDisplayName(This, pVal))
#define IBackgroundCopyJob5_SetDescription(This, Val) ((This)->lpVtbl->SetDescription(This, Val))
#define IBackgroundCopyJob5_GetDescription(This, pVal) ((This)->lpVtbl->GetDescription(This, pVal))
#define IBackgroundCopyJob5_SetPriority(This, Val) ((This)->lpVtbl->SetPriority(This, Val))
#define IBackgroundCopyJob5_GetPriority(This, pVal) ((This)->lpVtbl->GetPriority(This, pVal))
#define IBackgroundCopyJob5_SetNotifyFlags(This, Val) ((This)->lpVtbl->SetNotifyFlags(This, Val))
#define IBackgroundCopyJob5_GetNotifyFlags(This, pVal) ((This)->lpVtbl->GetNotifyFlags(This, pVal))
#define IBackgroundCopyJob5_SetNotifyInterface(This, Val) ((This)->lpVtbl->SetNotifyInterface(This, Val))
#define IBackgroundCopyJob5_GetNotifyInterface(This, pVal) ((This)->lpVtbl->GetNotifyInterface(This, pVal))
#define IBackgroundCopyJob5_SetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->SetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob5_GetMinimumRetryDelay(This, Seconds) ((This)->lpVtbl->GetMinimumRetryDelay(This, Seconds))
#define IBackgroundCopyJob5_SetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->SetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob5_GetNoProgressTimeout(This, Seconds) ((This)->lpVtbl->GetNoProgressTimeout(This, Seconds))
#define IBackgroundCopyJob5_GetErrorCount(This, Errors) ((This)->lpVtbl->GetErrorCount(This, Errors))
#define IBackgroundCopyJob5_SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList) ((This)->lpVtbl->SetProxySettings(This, ProxyUsage, ProxyList, ProxyBypassList))
#define IBackgroundCopyJob5_GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList) ((This)->lpVtbl->GetProxySettings(This, pProxyUsage, pProxyList, pProxyBypassList))
#define IBackgroundCopyJob5_TakeOwnership(This) ((This)->lpVtbl->TakeOwnership(This))
#define IBackgroundCopyJob5_SetNotifyCmdLine(This, Program, Parameters) ((This)->lpVtbl->SetNotifyCmdLine(This, Program, Parameters))
#define IBackgroundCopyJob5_GetNotifyCmdLine(This, pProgram, pParameters) ((This)->lpVtbl->GetNotifyCmdLine(This, pProgram, pParameters))
#define IBackgroundCopyJob5_GetReplyProgress(This, pProgress) ((This)->lpVtbl->GetReplyProgress(This, pProgress))
#define IBackgroundCopyJob5_GetReplyData(This, ppBuffer, pLength) ((This)->lpVtbl->GetReplyData(This, ppBuffer, pLength))
#define IBackgroundCopyJob5_SetReplyFileName(This, ReplyFileName) ((This)->lpVtbl->SetReplyFileName(This, ReplyFileName))
#define IBackgroundCopyJob5_GetReplyFileName(This, pReplyFileName) ((This)->lpVtbl->GetReplyFileName(This, pReplyFileName))
#define IBackgroundCopyJob5_SetCredentials(This, credentials) ((This)->lpVtbl->SetCredentials(This, credentials))
#define IBackgroundCopyJob5_RemoveCredentials(This, Target, Scheme) ((This)->lpVtbl->RemoveCredentials(This, Target, Scheme))
#define IBackgroundCopyJob5_ReplaceRemotePrefix(This, OldPrefix, NewPrefix) ((This)->lpVtbl->ReplaceRemotePrefix(This, OldPrefix, NewPrefix))
#define IBackgroundCopyJob5_AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges) ((This)->lpVtbl->AddFileWithRanges(This, RemoteUrl, LocalName, RangeCount, Ranges))
#define IBackgroundCopyJob5_SetFileACLFlags(This, Flags) ((This)->lpVtbl->SetFileACLFlags(This, Flags))
#define IBackgroundCopyJob5_GetFileACLFlags(This, Flags) ((This)->lpVtbl->GetFileACLFlags(This, Flags))
#define IBackgroundCopyJob5_SetPeerCachingFlags(This, Flags) ((This)->lpVtbl->SetPeerCachingFlags(This, Flags))
#define IBackgroundCopyJob5_GetPeerCachingFlags(This, pFlags) ((This)->lpVtbl->GetPeerCachingFlags(This, pFlags))
#define IBackgroundCopyJob5_GetOwnerIntegrityLevel(This, pLevel) ((This)->lpVtbl->GetOwnerIntegrityLevel(This, pLevel))
#define IBackgroundCopyJob5_GetOwnerElevationState(This, pElevated) ((This)->lpVtbl->GetOwnerElevationState(This, pElevated))
#define IBackgroundCopyJob5_SetMaximumDownloadTime(This, Timeout) ((This)->lpVtbl->SetMaximumDownloadTime(This, Timeout))
#define IBackgroundCopyJob5_GetMaximumDownloadTime(This, pTimeout) ((This)->lpVtbl->GetMaximumDownloadTime(This, pTimeout))
#define IBackgroundCopyJob5_SetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->SetProperty(This, PropertyId, PropertyValue))
#define IBackgroundCopyJob5_GetProperty(This, PropertyId, PropertyValue) ((This)->lpVtbl->GetProperty(This, PropertyId, PropertyValue))

#define IBackgroundCopyJobHttpOptions_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJobHttpOptions_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJobHttpOptions_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJobHttpOptions_SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob) ((This)->lpVtbl->SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob))
#define IBackgroundCopyJobHttpOptions_SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName) ((This)->lpVtbl->SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName))
#define IBackgroundCopyJobHttpOptions_RemoveClientCertificate(This) ((This)->lpVtbl->RemoveClientCertificate(This))
#define IBackgroundCopyJobHttpOptions_GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName) ((This)->lpVtbl->GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName))
#define IBackgroundCopyJobHttpOptions_SetCustomHeaders(This, RequestHeaders) ((This)->lpVtbl->SetCustomHeaders(This, RequestHeaders))
#define IBackgroundCopyJobHttpOptions_GetCustomHeaders(This, pRequestHeaders) ((This)->lpVtbl->GetCustomHeaders(This, pRequestHeaders))
#define IBackgroundCopyJobHttpOptions_SetSecurityFlags(This, Flags) ((This)->lpVtbl->SetSecurityFlags(This, Flags))
#define IBackgroundCopyJobHttpOptions_GetSecurityFlags(This, pFlags) ((This)->lpVtbl->GetSecurityFlags(This, pFlags))

#define IBackgroundCopyJobHttpOptions2_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJobHttpOptions2_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJobHttpOptions2_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJobHttpOptions2_SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob) ((This)->lpVtbl->SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob))
#define IBackgroundCopyJobHttpOptions2_SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName) ((This)->lpVtbl->SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName))
#define IBackgroundCopyJobHttpOptions2_RemoveClientCertificate(This) ((This)->lpVtbl->RemoveClientCertificate(This))
#define IBackgroundCopyJobHttpOptions2_GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName) ((This)->lpVtbl->GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName))
#define IBackgroundCopyJobHttpOptions2_SetCustomHeaders(This, RequestHeaders) ((This)->lpVtbl->SetCustomHeaders(This, RequestHeaders))
#define IBackgroundCopyJobHttpOptions2_GetCustomHeaders(This, pRequestHeaders) ((This)->lpVtbl->GetCustomHeaders(This, pRequestHeaders))
#define IBackgroundCopyJobHttpOptions2_SetSecurityFlags(This, Flags) ((This)->lpVtbl->SetSecurityFlags(This, Flags))
#define IBackgroundCopyJobHttpOptions2_GetSecurityFlags(This, pFlags) ((This)->lpVtbl->GetSecurityFlags(This, pFlags))
#define IBackgroundCopyJobHttpOptions2_SetHttpMethod(This, method) ((This)->lpVtbl->SetHttpMethod(This, method))
#define IBackgroundCopyJobHttpOptions2_GetHttpMethod(This, method) ((This)->lpVtbl->GetHttpMethod(This, method))

#define IBackgroundCopyJobHttpOptions3_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyJobHttpOptions3_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyJobHttpOptions3_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob) ((This)->lpVtbl->SetClientCertificateByID(This, StoreLocation, StoreName, pCertHashBlob))
#define IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName) ((This)->lpVtbl->SetClientCertificateByName(This, StoreLocation, StoreName, SubjectName))
#define IBackgroundCopyJobHttpOptions3_RemoveClientCertificate(This) ((This)->lpVtbl->RemoveClientCertificate(This))
#define IBackgroundCopyJobHttpOptions3_GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName) ((This)->lpVtbl->GetClientCertificate(This, pStoreLocation, pStoreName, ppCertHashBlob, pSubjectName))
#define IBackgroundCopyJobHttpOptions3_SetCustomHeaders(This, RequestHeaders) ((This)->lpVtbl->SetCustomHeaders(This, RequestHeaders))
#define IBackgroundCopyJobHttpOptions3_GetCustomHeaders(This, pRequestHeaders) ((This)->lpVtbl->GetCustomHeaders(This, pRequestHeaders))
#define IBackgroundCopyJobHttpOptions3_SetSecurityFlags(This, Flags) ((This)->lpVtbl->SetSecurityFlags(This, Flags))
#define IBackgroundCopyJobHttpOptions3_GetSecurityFlags(This, pFlags) ((This)->lpVtbl->GetSecurityFlags(This, pFlags))
#define IBackgroundCopyJobHttpOptions3_SetHttpMethod(This, method) ((This)->lpVtbl->SetHttpMethod(This, method))
#define IBackgroundCopyJobHttpOptions3_GetHttpMethod(This, method) ((This)->lpVtbl->GetHttpMethod(This, method))
#define IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(This, certValidationCallback) ((This)->lpVtbl->SetServerCertificateValidationInterface(This, certValidationCallback))
#define IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(This) ((This)->lpVtbl->MakeCustomHeadersWriteOnly(This))

#define IEnumBackgroundCopyJobs_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IEnumBackgroundCopyJobs_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IEnumBackgroundCopyJobs_Release(This) ((This)->lpVtbl->Release(This))
#define IEnumBackgroundCopyJobs_Next(This, celt, rgelt, pceltFetched) ((This)->lpVtbl->Next(This, celt, rgelt, pceltFetched))
#define IEnumBackgroundCopyJobs_Skip(This, celt) ((This)->lpVtbl->Skip(This, celt))
#define IEnumBackgroundCopyJobs_Reset(This) ((This)->lpVtbl->Reset(This))
#define IEnumBackgroundCopyJobs_Clone(This, ppenum) ((This)->lpVtbl->Clone(This, ppenum))
#define IEnumBackgroundCopyJobs_GetCount(This, puCount) ((This)->lpVtbl->GetCount(This, puCount))

#define IBackgroundCopyCallback_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyCallback_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyCallback_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyCallback_JobTransferred(This, pJob) ((This)->lpVtbl->JobTransferred(This, pJob))
#define IBackgroundCopyCallback_JobError(This, pJob, pError) ((This)->lpVtbl->JobError(This, pJob, pError))
#define IBackgroundCopyCallback_JobModification(This, pJob, dwReserved) ((This)->lpVtbl->JobModification(This, pJob, dwReserved))

#define IBackgroundCopyCallback2_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyCallback2_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyCallback2_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyCallback2_JobTransferred(This, pJob) ((This)->lpVtbl->JobTransferred(This, pJob))
#define IBackgroundCopyCallback2_JobError(This, pJob, pError) ((This)->lpVtbl->JobError(This, pJob, pError))
#define IBackgroundCopyCallback2_JobModification(This, pJob, dwReserved) ((This)->lpVtbl->JobModification(This, pJob, dwReserved))
#define IBackgroundCopyCallback2_FileTransferred(This, pJob, pFile) ((This)->lpVtbl->FileTransferred(This, pJob, pFile))

#define IBackgroundCopyCallback3_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyCallback3_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyCallback3_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyCallback3_JobTransferred(This, pJob) ((This)->lpVtbl->JobTransferred(This, pJob))
#define IBackgroundCopyCallback3_JobError(This, pJob, pError) ((This)->lpVtbl->JobError(This, pJob, pError))
#define IBackgroundCopyCallback3_JobModification(This, pJob, dwReserved) ((This)->lpVtbl->JobModification(This, pJob, dwReserved))
#define IBackgroundCopyCallback3_FileTransferred(This, pJob, pFile) ((This)->lpVtbl->FileTransferred(This, pJob, pFile))
#define IBackgroundCopyCallback3_FileRangesTransferred(This, job, file, rangeCount, ranges) ((This)->lpVtbl->FileRangesTransferred(This, job, file, rangeCount, ranges))

#define IBackgroundCopyServerCertificateValidationCallback_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyServerCertificateValidationCallback_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyServerCertificateValidationCallback_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(This, job, file, certLength, certData, certEncodingType, certStoreLength, certStoreData) ((This)->lpVtbl->ValidateServerCertificate(This, job, file, certLength, certData, certEncodingType, certStoreLength, certStoreData))

#define IBackgroundCopyManager_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBackgroundCopyManager_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBackgroundCopyManager_Release(This) ((This)->lpVtbl->Release(This))
#define IBackgroundCopyManager_CreateJob(This, DisplayName, Type, pJobId, ppJob) ((This)->lpVtbl->CreateJob(This, DisplayName, Type, pJobId, ppJob))
#define IBackgroundCopyManager_GetJob(This, jobID, ppJob) ((This)->lpVtbl->GetJob(This, jobID, ppJob))
#define IBackgroundCopyManager_EnumJobs(This, dwFlags, ppEnum) ((This)->lpVtbl->EnumJobs(This, dwFlags, ppEnum))
#define IBackgroundCopyManager_GetErrorDescription(This, hResult, LanguageId, pErrorDescription) ((This)->lpVtbl->GetErrorDescription(This, hResult, LanguageId, pErrorDescription))

#define IBitsTokenOptions_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IBitsTokenOptions_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IBitsTokenOptions_Release(This) ((This)->lpVtbl->Release(This))
#define IBitsTokenOptions_SetHelperTokenFlags(This, UsageFlags) ((This)->lpVtbl->SetHelperTokenFlags(This, UsageFlags))
#define IBitsTokenOptions_GetHelperTokenFlags(This, pFlags) ((This)->lpVtbl->GetHelperTokenFlags(This, pFlags))
#define IBitsTokenOptions_SetHelperToken(This) ((This)->lpVtbl->SetHelperToken(This))
#define IBitsTokenOptions_ClearHelperToken(This) ((This)->lpVtbl->ClearHelperToken(This))
#define IBitsTokenOptions_GetHelperTokenSid(This, pSid) ((This)->lpVtbl->GetHelperTokenSid(This, pSid))

#define AsyncIBackgroundCopyCallback_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define AsyncIBackgroundCopyCallback_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define AsyncIBackgroundCopyCallback_Release(This) ((This)->lpVtbl->Release(This))
#define AsyncIBackgroundCopyCallback_Begin_JobTransferred(This, pJob) ((This)->lpVtbl->Begin_JobTransferred(This, pJob))
#define AsyncIBackgroundCopyCallback_Finish_JobTransferred(This) ((This)->lpVtbl->Finish_JobTransferred(This))
#define AsyncIBackgroundCopyCallback_Begin_JobError(This, pJob, pError) ((This)->lpVtbl->Begin_JobError(This, pJob, pError))
#define AsyncIBackgroundCopyCallback_Finish_JobError(This) ((This)->lpVtbl->Finish_JobError(This))
#define AsyncIBackgroundCopyCallback_Begin_JobModification(This, pJob, dwReserved) ((This)->lpVtbl->Begin_JobModification(This, pJob, dwReserved))
#define AsyncIBackgroundCopyCallback_Finish_JobModification(This) ((This)->lpVtbl->Finish_JobModification(This))

#endif
#endif

BGCOPY_COM_BEGIN
extern const IID IID_IBackgroundCopyError;
extern const IID IID_IBackgroundCopyFile;
extern const IID IID_IBackgroundCopyFile2;
extern const IID IID_IBackgroundCopyFile3;
extern const IID IID_IBackgroundCopyFile4;
extern const IID IID_IBackgroundCopyFile5;
extern const IID IID_IBackgroundCopyFile6;
extern const IID IID_IEnumBackgroundCopyFiles;
extern const IID IID_IBackgroundCopyJob;
extern const IID IID_IBackgroundCopyJob2;
extern const IID IID_IBackgroundCopyJob3;
extern const IID IID_IBackgroundCopyJob4;
extern const IID IID_IBackgroundCopyJob5;
extern const IID IID_IBackgroundCopyJobHttpOptions;
extern const IID IID_IBackgroundCopyJobHttpOptions2;
extern const IID IID_IBackgroundCopyJobHttpOptions3;
extern const IID IID_IEnumBackgroundCopyJobs;
extern const IID IID_IBackgroundCopyCallback;
extern const IID IID_IBackgroundCopyCallback2;
extern const IID IID_IBackgroundCopyCallback3;
extern const IID IID_IBackgroundCopyServerCertificateValidationCallback;
extern const IID IID_IBackgroundCopyManager;
extern const IID IID_IBitsTokenOptions;
extern const IID IID_AsyncIBackgroundCopyCallback;
extern const CLSID CLSID_BackgroundCopyManager;
extern const CLSID CLSID_BackgroundCopyManager10_1;
extern const CLSID CLSID_BackgroundCopyManager10_2;
extern const CLSID CLSID_BackgroundCopyManager10_3;
extern const CLSID CLSID_BackgroundCopyManager1_5;
extern const CLSID CLSID_BackgroundCopyManager2_0;
extern const CLSID CLSID_BackgroundCopyManager2_5;
extern const CLSID CLSID_BackgroundCopyManager3_0;
extern const CLSID CLSID_BackgroundCopyManager4_0;
extern const CLSID CLSID_BackgroundCopyManager5_0;
BGCOPY_COM_END

#ifdef __cplusplus
BGCOPY_COM_UUID(IBackgroundCopyError, 0x19C613A0, 0xFCB8, 0x4F28, 0x81, 0xAE, 0x89, 0x7C, 0x3D, 0x07, 0x8F, 0x81)
BGCOPY_COM_UUID(IBackgroundCopyFile, 0x01B7BD23, 0xFB88, 0x4A77, 0x84, 0x90, 0x58, 0x91, 0xD3, 0xE4, 0x65, 0x3A)
BGCOPY_COM_UUID(IBackgroundCopyFile2, 0x83E81B93, 0x0873, 0x474D, 0x8A, 0x8C, 0xF2, 0x01, 0x8B, 0x1A, 0x93, 0x9C)
BGCOPY_COM_UUID(IBackgroundCopyFile3, 0x659CDEAA, 0x489E, 0x11D9, 0xA9, 0xCD, 0x00, 0x0D, 0x56, 0x96, 0x52, 0x51)
BGCOPY_COM_UUID(IBackgroundCopyFile4, 0xEF7E0655, 0x7888, 0x4960, 0xB0, 0xE5, 0x73, 0x08, 0x46, 0xE0, 0x34, 0x92)
BGCOPY_COM_UUID(IBackgroundCopyFile5, 0x85C1657F, 0xDAFC, 0x40E8, 0x88, 0x34, 0xDF, 0x18, 0xEA, 0x25, 0x71, 0x7E)
BGCOPY_COM_UUID(IBackgroundCopyFile6, 0xCF6784F7, 0xD677, 0x49FD, 0x93, 0x68, 0xCB, 0x47, 0xAE, 0xE9, 0xD1, 0xAD)
BGCOPY_COM_UUID(IEnumBackgroundCopyFiles, 0xCA51E165, 0xC365, 0x424C, 0x8D, 0x41, 0x24, 0xAA, 0xA4, 0xFF, 0x3C, 0x40)
BGCOPY_COM_UUID(IBackgroundCopyJob, 0x37668D37, 0x507E, 0x4160, 0x93, 0x16, 0x26, 0x30, 0x6D, 0x15, 0x0B, 0x12)
BGCOPY_COM_UUID(IBackgroundCopyJob2, 0x54B50739, 0x686F, 0x45EB, 0x9D, 0xFF, 0xD6, 0xA9, 0xA0, 0xFA, 0xA9, 0xAF)
BGCOPY_COM_UUID(IBackgroundCopyJob3, 0x443C8934, 0x90FF, 0x48ED, 0xBC, 0xDE, 0x26, 0xF5, 0xC7, 0x45, 0x00, 0x42)
BGCOPY_COM_UUID(IBackgroundCopyJob4, 0x659CDEAE, 0x489E, 0x11D9, 0xA9, 0xCD, 0x00, 0x0D, 0x56, 0x96, 0x52, 0x51)
BGCOPY_COM_UUID(IBackgroundCopyJob5, 0xE847030C, 0xBBBA, 0x4657, 0xAF, 0x6D, 0x48, 0x4A, 0xA4, 0x2B, 0xF1, 0xFE)
BGCOPY_COM_UUID(IBackgroundCopyJobHttpOptions, 0xF1BD1079, 0x9F01, 0x4BDC, 0x80, 0x36, 0xF0, 0x9B, 0x70, 0x09, 0x50, 0x66)
BGCOPY_COM_UUID(IBackgroundCopyJobHttpOptions2, 0xB591A192, 0xA405, 0x4FC3, 0x83, 0x23, 0x4C, 0x5C, 0x54, 0x25, 0x78, 0xFC)
BGCOPY_COM_UUID(IBackgroundCopyJobHttpOptions3, 0x8A9263D3, 0xFD4C, 0x4EDA, 0x9B, 0x28, 0x30, 0x13, 0x2A, 0x4D, 0x4E, 0x3C)
BGCOPY_COM_UUID(IEnumBackgroundCopyJobs, 0x1AF4F612, 0x3B71, 0x466F, 0x8F, 0x58, 0x7B, 0x6F, 0x73, 0xAC, 0x57, 0xAD)
BGCOPY_COM_UUID(IBackgroundCopyCallback, 0x97EA99C7, 0x0186, 0x4AD4, 0x8D, 0xF9, 0xC5, 0xB4, 0xE0, 0xED, 0x6B, 0x22)
BGCOPY_COM_UUID(IBackgroundCopyCallback2, 0x659CDEAC, 0x489E, 0x11D9, 0xA9, 0xCD, 0x00, 0x0D, 0x56, 0x96, 0x52, 0x51)
BGCOPY_COM_UUID(IBackgroundCopyCallback3, 0x98C97BD2, 0xE32B, 0x4AD8, 0xA5, 0x28, 0x95, 0xFD, 0x8B, 0x16, 0xBD, 0x42)
BGCOPY_COM_UUID(IBackgroundCopyServerCertificateValidationCallback, 0x4CEC0D02, 0xDEF7, 0x4158, 0x81, 0x3A, 0xC3, 0x2A, 0x46, 0x94, 0x5F, 0xF7)
BGCOPY_COM_UUID(IBackgroundCopyManager, 0x5CE34C0D, 0x0DC9, 0x4C1F, 0x89, 0x7C, 0xDA, 0xA1, 0xB7, 0x8C, 0xEE, 0x7C)
BGCOPY_COM_UUID(IBitsTokenOptions, 0x9A2584C3, 0xF7D2, 0x457A, 0x9A, 0x5E, 0x22, 0xB6, 0x7B, 0xFF, 0xC7, 0xD2)
BGCOPY_COM_UUID(AsyncIBackgroundCopyCallback, 0xCA29D251, 0xB4BB, 0x4679, 0xA3, 0xD9, 0xAE, 0x80, 0x06, 0x11, 0x9D, 0x54)
class BackgroundCopyManager;
BGCOPY_COM_UUID(BackgroundCopyManager, 0x4991D34B, 0x80A1, 0x4291, 0x83, 0xB6, 0x33, 0x28, 0x36, 0x6B, 0x90, 0x97)
class BackgroundCopyManager10_1;
BGCOPY_COM_UUID(BackgroundCopyManager10_1, 0x4BD3E4E1, 0x7BD4, 0x4A2B, 0x99, 0x64, 0x49, 0x64, 0x00, 0xDE, 0x51, 0x93)
class BackgroundCopyManager10_2;
BGCOPY_COM_UUID(BackgroundCopyManager10_2, 0x4575438F, 0xA6C8, 0x4976, 0xB0, 0xFE, 0x2F, 0x26, 0xB8, 0x0D, 0x95, 0x9E)
class BackgroundCopyManager10_3;
BGCOPY_COM_UUID(BackgroundCopyManager10_3, 0x5FD42AD5, 0xC04E, 0x4D36, 0xAD, 0xC7, 0xE0, 0x8F, 0xF1, 0x57, 0x37, 0xAD)
class BackgroundCopyManager1_5;
BGCOPY_COM_UUID(BackgroundCopyManager1_5, 0xF087771F, 0xD74F, 0x4C1A, 0xBB, 0x8A, 0xE1, 0x6A, 0xCA, 0x91, 0x24, 0xEA)
class BackgroundCopyManager2_0;
BGCOPY_COM_UUID(BackgroundCopyManager2_0, 0x6D18AD12, 0xBDE3, 0x4393, 0xB3, 0x11, 0x09, 0x9C, 0x34, 0x6E, 0x6D, 0xF9)
class BackgroundCopyManager2_5;
BGCOPY_COM_UUID(BackgroundCopyManager2_5, 0x03CA98D6, 0xFF5D, 0x49B8, 0xAB, 0xC6, 0x03, 0xDD, 0x84, 0x12, 0x70, 0x20)
class BackgroundCopyManager3_0;
BGCOPY_COM_UUID(BackgroundCopyManager3_0, 0x659CDEA7, 0x489E, 0x11D9, 0xA9, 0xCD, 0x00, 0x0D, 0x56, 0x96, 0x52, 0x51)
class BackgroundCopyManager4_0;
BGCOPY_COM_UUID(BackgroundCopyManager4_0, 0xBB6DF56B, 0xCACE, 0x11DC, 0x99, 0x92, 0x00, 0x19, 0xB9, 0x3A, 0x3A, 0x84)
class BackgroundCopyManager5_0;
BGCOPY_COM_UUID(BackgroundCopyManager5_0, 0x1ECCA34C, 0xE88A, 0x44E3, 0x8D, 0x6A, 0x89, 0x21, 0xBD, 0xE9, 0xE4, 0x52)
#endif

/* The layout that programs of Windows know. */
#if UINTPTR_MAX > 0xFFFFFFFFu
BGCOPY_COM_ASSERT(sizeof(BG_FILE_INFO) == 16, "the size of BG_FILE_INFO");
BGCOPY_COM_ASSERT(sizeof(BG_FILE_PROGRESS) == 24, "the size of BG_FILE_PROGRESS");
BGCOPY_COM_ASSERT(sizeof(BG_FILE_RANGE) == 16, "the size of BG_FILE_RANGE");
BGCOPY_COM_ASSERT(sizeof(BG_JOB_PROGRESS) == 24, "the size of BG_JOB_PROGRESS");
BGCOPY_COM_ASSERT(sizeof(BG_JOB_REPLY_PROGRESS) == 16, "the size of BG_JOB_REPLY_PROGRESS");
BGCOPY_COM_ASSERT(sizeof(BG_JOB_TIMES) == 24, "the size of BG_JOB_TIMES");
BGCOPY_COM_ASSERT(sizeof(BG_BASIC_CREDENTIALS) == 16, "the size of BG_BASIC_CREDENTIALS");
BGCOPY_COM_ASSERT(sizeof(BG_AUTH_CREDENTIALS) == 24, "the size of BG_AUTH_CREDENTIALS");
BGCOPY_COM_ASSERT(sizeof(BITS_JOB_PROPERTY_VALUE) == 16, "the size of BITS_JOB_PROPERTY_VALUE");
BGCOPY_COM_ASSERT(sizeof(BITS_FILE_PROPERTY_VALUE) == 8, "the size of BITS_FILE_PROPERTY_VALUE");
BGCOPY_COM_ASSERT(sizeof(FILETIME) == 8, "the size of FILETIME");
#endif
#ifndef __cplusplus
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyErrorVtbl, GetProtocol) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFileVtbl, GetProgress) == 5 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFile2Vtbl, SetRemoteName) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFile3Vtbl, IsDownloadedFromPeer) == 11 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFile4Vtbl, GetPeerDownloadStats) == 12 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFile5Vtbl, GetProperty) == 14 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyFile6Vtbl, GetFilledFileRanges) == 17 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IEnumBackgroundCopyFilesVtbl, GetCount) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJobVtbl, TakeOwnership) == 34 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJob2Vtbl, RemoveCredentials) == 42 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJob3Vtbl, GetFileACLFlags) == 46 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJob4Vtbl, GetMaximumDownloadTime) == 52 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJob5Vtbl, GetProperty) == 54 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJobHttpOptionsVtbl, GetSecurityFlags) == 10 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJobHttpOptions2Vtbl, GetHttpMethod) == 12 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyJobHttpOptions3Vtbl, MakeCustomHeadersWriteOnly) == 14 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IEnumBackgroundCopyJobsVtbl, GetCount) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyCallbackVtbl, JobModification) == 5 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyCallback2Vtbl, FileTransferred) == 6 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyCallback3Vtbl, FileRangesTransferred) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyServerCertificateValidationCallbackVtbl, ValidateServerCertificate) == 3 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBackgroundCopyManagerVtbl, GetErrorDescription) == 6 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(IBitsTokenOptionsVtbl, GetHelperTokenSid) == 7 * sizeof(void *), "a slot");
BGCOPY_COM_ASSERT(offsetof(AsyncIBackgroundCopyCallbackVtbl, Finish_JobModification) == 8 * sizeof(void *), "a slot");
#endif

#endif
