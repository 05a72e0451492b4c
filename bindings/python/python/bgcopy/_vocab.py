"""Every word of the API, with its number.

This file is generated: `UPDATE=1 cargo test -p bgcopy-generate`.
"""

from ._code import CodeBase, FlagBase, WordBase


class JobState(WordBase):
    """The state of a job (BG_JOB_STATE, specification, sections 6.1 and 9)."""

    QUEUED = 0
    """The job is started and waits for a free slot or for its server."""
    CONNECTING = 1
    """A request of the job is under way, and its server has not answered yet."""
    TRANSFERRING = 2
    """The job transfers data."""
    SUSPENDED = 3
    """Not started, or suspended by the caller. New jobs start here."""
    ERROR = 4
    """The job failed and is not tried again until the caller resumes it."""
    TRANSIENT_ERROR = 5
    """The job failed and is tried again by itself after a delay."""
    TRANSFERRED = 6
    """All files are transferred; the caller has to complete the job."""
    ACKNOWLEDGED = 7
    """The job is completed. This state is final."""
    CANCELLED = 8
    """The job is cancelled. This state is final."""


class JobType(WordBase):
    """What a job does (BG_JOB_TYPE)."""

    DOWNLOAD = 0
    """The job downloads files."""
    UPLOAD = 1
    """The job uploads one file."""
    UPLOAD_REPLY = 2
    """The job uploads one file and downloads the reply of the server application."""


class JobPriority(WordBase):
    """The order in which jobs get slots (BG_JOB_PRIORITY)."""

    FOREGROUND = 0
    """A user waits for the job: it goes before all others."""
    HIGH = 1
    """The job goes before the other background jobs."""
    NORMAL = 2
    """The priority of a new job."""
    LOW = 3
    """The job goes after all others."""


class ErrorContext(WordBase):
    """What kind of thing failed (BG_ERROR_CONTEXT)."""

    NONE = 0
    """The call itself failed, and no transfer."""
    UNKNOWN = 1
    """It is not known what failed."""
    GENERAL_QUEUE_MANAGER = 2
    """The queue or its store failed."""
    QUEUE_MANAGER_NOTIFICATION = 3
    """The notification of the caller failed."""
    LOCAL_FILE = 4
    """A local file or folder failed."""
    REMOTE_FILE = 5
    """The server does not give or take the file."""
    GENERAL_TRANSPORT = 6
    """The connection to the server failed."""
    REMOTE_APPLICATION = 7
    """The application behind the server failed."""
    SERVER_CERTIFICATE_CALLBACK = 8
    """The caller refused the certificate of the server."""


class ProxyUsage(WordBase):
    """How a proxy is found (BG_JOB_PROXY_USAGE)."""

    PRECONFIG = 0
    """The system's settings decide: on Unix the environment variables."""
    NO_PROXY = 1
    """No proxy is used."""
    OVERRIDE = 2
    """The job's own list of proxies is used."""
    AUTODETECT = 3
    """The proxy is looked for; this works as PRECONFIG here."""


class AuthTarget(WordBase):
    """For whom credentials are (BG_AUTH_TARGET)."""

    SERVER = 1
    """The credentials are for the server."""
    PROXY = 2
    """The credentials are for the proxy."""


class AuthScheme(WordBase):
    """The authentication scheme of credentials (BG_AUTH_SCHEME). Ours begin at 0x1000."""

    BASIC = 1
    """Basic: name and password are sent unencrypted."""
    DIGEST = 2
    """Digest: a hash of name and password is sent."""
    NTLM = 3
    """NTLM."""
    NEGOTIATE = 4
    """Negotiate: Kerberos or NTLM."""
    PASSPORT = 5
    """Passport, a service that no longer exists."""
    BEARER = 4097
    """Bearer: a token, which is the password of an empty name (RFC 6750)."""


class JobPropertyId(WordBase):
    """The properties of a job (BITS_JOB_PROPERTY_ID, specification, section 3.4). The numbers 6 and 8 are reserved; ours begin at 0x1000."""

    COST_FLAGS = 1
    """The networks that the job may use, by what they cost: a Dword, set at any time."""
    NOTIFICATION_CLSID = 2
    """An id that is stored for its users: a Guid, set at any time."""
    DYNAMIC_CONTENT = 3
    """The server may not know the sizes of its files: an Enable, set before the first Resume."""
    HIGH_PERFORMANCE = 4
    """Not supported: an Enable."""
    MAX_DOWNLOAD_SIZE = 5
    """The most bytes that the job may download: a Uint64, set before the first Resume."""
    USE_STORED_CREDENTIALS = 7
    """Not supported: a Target."""
    MINIMUM_NOTIFICATION_INTERVAL_MS = 9
    """The least time between two events of one kind, in milliseconds: a Dword, set at any time."""
    ON_DEMAND_MODE = 10
    """Not supported: an Enable."""
    UPLOAD_PROTOCOL = 4097
    """The protocol of an upload, an UploadProtocol: a Dword, set before the first Resume."""
    CONNECTIONS_PER_FILE = 4098
    """The most connections that one file of the job may have, 1 to 32; 0 for what the queue allows: a Dword, set at any time."""
    MAX_DOWNLOAD_RATE = 4099
    """The most bytes a second that the job may download; 0 for no limit of its own: a Uint64, set at any time."""
    MAX_UPLOAD_RATE = 4100
    """The most bytes a second that the job may upload; 0 for no limit of its own: a Uint64, set at any time."""
    BACKGROUND_MODE = 4101
    """Whether downloads of the job yield to other traffic, a BackgroundMode: a Dword, set at any time. They do not unless it says so."""
    TRANSFER_WINDOW = 4102
    """When the job may transfer, by the local clock of the process that hosts the queue, such as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always: a Text, set at any time."""
    POWER_FLAGS = 4103
    """With which power the job may transfer, flags of `power`: a Dword, set at any time. With any unless it says so."""
    CHECK_DIGESTS = 4112
    """Whether files without an expected hash are checked against the digest that their server names (Repr-Digest and the like): an Enable, set at any time. They are unless it is off."""


class BackgroundMode(WordBase):
    """Whether downloads yield to other traffic (job property BACKGROUND_MODE): they take what others leave of the link, and little while these use it. Where the system does not measure connections, which is everywhere but on Linux, none yields. The numbers are our own."""

    AUTO = 0
    """The job yields while its priority is LOW."""
    OFF = 1
    """The job takes its share, whatever its priority."""
    ON = 2
    """The job yields, whatever its priority."""


class HashAlgorithm(WordBase):
    """The hash functions of expected hashes. The numbers are our own."""

    SHA256 = 1
    """SHA-256."""
    SHA512 = 2
    """SHA-512."""
    BLAKE3 = 3
    """BLAKE3."""


class UploadProtocol(WordBase):
    """The protocol of an upload (job property UPLOAD_PROTOCOL). The numbers are our own."""

    AUTO = 0
    """The server is asked once which protocol it has, and its answer is stored with the job."""
    BITS = 1
    """BITS upload (specification, section 13): resumable."""
    TUS = 2
    """tus 1.0: resumable. The remote name is where uploads are created."""
    IETF = 3
    """Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with interop versions 8 to 6: resumable."""
    PUT = 4
    """One PUT request, which starts over after each interruption."""
    S3 = 5
    """S3: large files in parts, resumable. AUTO never chooses it."""
    POST = 6
    """One POST request with the file as its body, which starts over after each interruption, also if only the answer was lost. AUTO never chooses it."""
    PUT_RANGE = 7
    """PUT requests with Content-Range: resumable, for servers like Apache that support it. With others the job goes to ERROR with DO_E_INSUFFICIENT_RANGE_SUPPORT. The unfinished file stands under its final name meanwhile; Cancel deletes it. AUTO never chooses it."""


class WaitKind(WordBase):
    """What a job waits for, or what it does. The numbers are our own."""

    SUSPENDED_BY_CALLER = 1
    """The caller has to resume the job."""
    NO_FILES = 2
    """The caller has to add a file."""
    WAITING_FOR_SLOT = 3
    """Other files have all the slots for transfers."""
    NO_NETWORK = 4
    """There is no network."""
    RETRY_AFTER_ERROR = 5
    """The job failed, or its server does; the delay before the next try is not over."""
    SERVER_ASKED_TO_WAIT = 6
    """The server asked to be left alone until a time that it named."""
    POLICY_CLOSED = 7
    """A policy does not allow the transfer now."""
    CREDENTIALS_NEEDED = 8
    """The caller has to set credentials."""
    LINK_EXPIRED = 9
    """The server no longer has the file under this URL."""
    DISK_FULL = 10
    """The disk is full."""
    VALIDATION_PENDING = 11
    """All bytes are here and are being verified and synced."""
    COMPLETING = 12
    """The files are being moved to their local names."""
    AWAITING_COMPLETE = 13
    """The caller has to complete the job."""
    FATAL_ERROR = 14
    """The job failed; the caller has to resolve the error and resume it."""
    FINISHED = 15
    """The job waits for nothing: it is final."""
    CONNECTING = 16
    """The server has not answered yet."""
    TRANSFERRING = 17
    """The job waits for nothing: it transfers."""
    ENGINE_NOT_RUNNING = 18
    """No process runs the queue."""
    CANCELLING_ON_SERVER = 19
    """The server has not yet deleted the upload of a cancelled job."""
    PAUSED = 20
    """A process has paused the queue."""
    OUTSIDE_WINDOW = 21
    """The window of the job or of the queue is closed; the next try is when it opens."""


class EventKind(WordBase):
    """What an event reports. The numbers are our own."""

    JOB_TRANSFERRED = 1
    """All files of the job are transferred."""
    JOB_ERROR = 2
    """The job failed."""
    JOB_MODIFICATION = 3
    """Something about the job changed."""
    FILE_TRANSFERRED = 4
    """A file is transferred."""
    FILE_RANGES_TRANSFERRED = 5
    """Bytes of a file arrived."""
    FILE_RESTARTED = 6
    """A file starts over: it changed on the server, or its bytes were lost."""


class SourceKind(WordBase):
    """What kind of place a source of a file is. The numbers are our own."""

    ORIGIN = 0
    """The remote name of the file."""
    MIRROR = 1
    """Another URL of the same content."""


class SourceState(WordBase):
    """Where a source of a file stands. The numbers are our own."""

    READY = 0
    """It can be asked."""
    ASKED = 1
    """It is the one that the present request asks, or the next one."""
    FAILED = 2
    """It failed, and the sources behind it are asked before it is asked again."""
    DIFFERENT = 3
    """It has another version than what is held of the file, or cannot prove that it has the same. It is not asked as long as these bytes are held."""
    WRONG_HASH = 4
    """What came from it did not have the expected hash. It is asked again when the job is resumed or another hash is expected."""
    NOT_ALLOWED = 5
    """It has no encryption and the origin has: it is not asked unless the job has the security flag REDIRECT_ALLOW_HTTPS_TO_HTTP."""


class NotifyFlags(FlagBase):
    """Which events a job raises (BG_NOTIFY, specification, section 6.5)."""

    JOB_TRANSFERRED = 0x01
    """The job is transferred."""
    JOB_ERROR = 0x02
    """The job failed."""
    DISABLE = 0x04
    """No events at all: this overrides the other bits."""
    JOB_MODIFICATION = 0x08
    """Something about the job changed."""
    FILE_TRANSFERRED = 0x10
    """A file is transferred."""
    FILE_RANGES_TRANSFERRED = 0x20
    """Bytes of a file arrived."""
    DEFAULT = JOB_TRANSFERRED | JOB_ERROR
    """The flags of a new job."""
    MASK = 0x3F
    """All bits that are known."""


class SecurityFlags(FlagBase):
    """Certificate checks and redirects (BG_SSL and BG_HTTP_REDIRECT_POLICY, specification, section 6.6)."""

    ENABLE_CRL_CHECK = 0x01
    """Check revocation lists."""
    IGNORE_CERT_CN_INVALID = 0x02
    """Accept a certificate of another host."""
    IGNORE_CERT_DATE_INVALID = 0x04
    """Accept a certificate that has expired or is not valid yet."""
    IGNORE_UNKNOWN_CA = 0x08
    """Accept a certificate of an unknown authority."""
    IGNORE_CERT_WRONG_USAGE = 0x10
    """Accept a certificate that was issued for another usage."""
    REDIRECT_ALLOW_SILENT = 0x0000
    """Follow redirects."""
    REDIRECT_ALLOW_REPORT = 0x0100
    """Follow redirects, and make the last address the remote name."""
    REDIRECT_DISALLOW = 0x0200
    """Fail on a redirect, and make the address that it names the remote name."""
    REDIRECT_MASK = 0x0700
    """The bits of the redirect policy."""
    REDIRECT_ALLOW_HTTPS_TO_HTTP = 0x0800
    """Follow a redirect from https to http, too."""
    ALL_FLAGS = 0x0F1F
    """All bits that are known."""


class PowerState(FlagBase):
    """What drives the machine, as the application reports it. The numbers are our own."""

    EXTERNAL = 0x01
    """The machine has external power."""
    BATTERY = 0x02
    """The machine runs on its battery."""
    SAVER = 0x04
    """The system saves power."""
    ALL_STATES = 0x07
    """All states."""


class CostState(FlagBase):
    """What networks cost (BITS_COST_STATE and BITS_JOB_TRANSFER_POLICY, specification, section 6.7)."""

    UNRESTRICTED = 0x01
    """The network has no limits."""
    CAPPED_USAGE_UNKNOWN = 0x02
    """The plan has a cap, and it is not known how much of it is used."""
    BELOW_CAP = 0x04
    """The use is below the cap."""
    NEAR_CAP = 0x08
    """The use is close to the cap."""
    OVERCAP_CHARGED = 0x10
    """The use is above the cap and is charged."""
    OVERCAP_THROTTLED = 0x20
    """The use is above the cap and is slowed down."""
    USAGE_BASED = 0x40
    """Each byte is charged."""
    ROAMING = 0x80
    """The network is that of another provider, with roaming charges."""
    ALL_STATES = 0xFF
    """All states of a network."""
    IGNORE_CONGESTION = 0x8000_0000
    """Ignore congestion."""
    TRANSFER_ALWAYS = 0x8000_00FF
    """Transfer on any network."""
    TRANSFER_NOT_ROAMING = 0x8000_007F
    """Do not transfer while roaming."""
    TRANSFER_NO_SURCHARGE = 0x8000_006F
    """Do not transfer where it costs extra, or while roaming."""
    TRANSFER_STANDARD = 0x8000_0067
    """Do not transfer near a cap, where it costs extra, or while roaming."""
    TRANSFER_UNRESTRICTED = 0x8000_0021
    """Transfer only where it costs nothing."""


class HResult(CodeBase):
    """Every result code, as the number that is published."""

    S_OK = 0x00000000
    """done"""
    S_FALSE = 0x00000001
    """done, but there was nothing to do"""
    E_NOTIMPL = 0x80004001
    """this is not supported"""
    E_NOINTERFACE = 0x80004002
    """there is no such interface"""
    E_POINTER = 0x80004003
    """a pointer is NULL"""
    E_ABORT = 0x80004004
    """given up"""
    E_FAIL = 0x80004005
    """failed for an unnamed reason"""
    E_UNEXPECTED = 0x8000FFFF
    """an internal error"""
    E_PENDING = 0x8000000A
    """it is too early for this"""
    CO_E_NOT_SUPPORTED = 0x80004021
    """this protocol is not supported"""
    E_FILE_NOT_FOUND = 0x80070002
    """there is no such file"""
    E_PATH_NOT_FOUND = 0x80070003
    """there is no such folder"""
    E_TOO_MANY_OPEN_FILES = 0x80070004
    """too many files are open"""
    E_ACCESSDENIED = 0x80070005
    """access is denied"""
    E_HANDLE = 0x80070006
    """the handle is not valid"""
    E_OUTOFMEMORY = 0x8007000E
    """there is not enough memory"""
    E_INVALIDARG = 0x80070057
    """an argument is not valid"""
    E_SHARING_VIOLATION = 0x80070020
    """somebody else is using it"""
    E_NOT_SUPPORTED = 0x80070032
    """the system does not support this"""
    E_FILE_EXISTS = 0x80070050
    """the file exists already"""
    E_DISK_FULL = 0x80070070
    """the disk is full"""
    E_FILE_TOO_LARGE = 0x800700DF
    """the file is too large for this file system"""
    E_INVALID_NAME = 0x8007007B
    """the name is not valid here"""
    E_DIRECTORY = 0x8007010B
    """a folder is in the way"""
    E_IO_DEVICE = 0x8007045D
    """the disk failed"""
    E_TIMEOUT = 0x800705B4
    """the time to wait is over"""
    E_NOT_SET = 0x80070490
    """nothing was set"""
    E_RESOURCE_LANG_NOT_FOUND = 0x80070717
    """there is no text in this language"""
    E_WINHTTP_TIMEOUT = 0x80072EE2
    """the server does not answer in time"""
    E_WINHTTP_NAME_NOT_RESOLVED = 0x80072EE7
    """the name of the server is not known"""
    E_WINHTTP_CANNOT_CONNECT = 0x80072EFD
    """no connection to the server"""
    E_WINHTTP_CONNECTION_ERROR = 0x80072EFE
    """the connection broke"""
    E_WINHTTP_INVALID_SERVER_RESPONSE = 0x80072F78
    """the answer of the server makes no sense"""
    E_WINHTTP_CLIENT_CERT_NEEDED = 0x80072F0C
    """the server asks for a client certificate"""
    E_WINHTTP_CRL_CHECK_FAILED = 0x80072F19
    """the revocation list could not be consulted"""
    E_WINHTTP_CERT_REVOKED = 0x80072F8A
    """the certificate of the server is revoked"""
    E_WINHTTP_SECURE_FAILURE = 0x80072F8F
    """no secure connection came about"""
    E_WINHTTP_CLIENT_KEY_INACCESSIBLE = 0x80072F9A
    """the client certificate or its key cannot be used"""
    INET_E_INVALID_URL = 0x800C0002
    """the URL is not valid"""
    CRYPT_E_FILE_ERROR = 0x80092003
    """the certificate file cannot be read"""
    CRYPT_E_NOT_FOUND = 0x80092004
    """there is no such certificate"""
    BGCOPY_E_HASH_MISMATCH = 0xA0BC0001
    """the content does not have the expected hash"""
    BGCOPY_E_CREDENTIALS_NEEDED = 0xA0BC0002
    """the credentials must be set again"""
    BGCOPY_E_STORE_NEWER = 0xA0BC0003
    """the store was written by a later version"""
    BGCOPY_E_MANAGER_CLOSED = 0xA0BC0004
    """the manager is closed"""
    BGCOPY_E_DUPLICATE_LOCAL_NAME = 0xA0BC0005
    """another file of the job goes to the same place"""
    BGCOPY_E_HOST_LOST = 0xA0BC0021
    """the process that drives the queue is gone or does not answer"""
    BGCOPY_E_LINK_VERSION = 0xA0BC0022
    """the process that drives the queue has another version"""
    BGCOPY_E_TOO_MANY_PROCESSES = 0xA0BC0023
    """too many processes have joined the queue"""
    BGCOPY_E_TOO_MANY_MIRRORS = 0xA0BC0031
    """the file has as many mirrors as it may"""
    BGCOPY_E_CHECKSUM_LIST = 0xA0BC0041
    """the list of checksums cannot be read"""
    BGCOPY_E_NOT_LISTED = 0xA0BC0042
    """the list of checksums does not name the file"""
    BGCOPY_E_SIGNATURE = 0xA0BC0043
    """the signature is not valid"""
    DO_E_NO_SERVICE = 0x80D01001
    """the service cannot answer"""
    DO_E_DOWNLOAD_NO_PROGRESS = 0x80D02002
    """there was no progress for too long"""
    DO_E_JOB_NOT_FOUND = 0x80D02003
    """the job is not in the queue"""
    DO_E_JOB_EMPTY = 0x80D02004
    """the job has no files"""
    DO_E_NO_DOWNLOADS = 0x80D02005
    """there are no jobs"""
    DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED = 0x80D0200B
    """cannot transfer into memory"""
    DO_E_JOB_TOO_OLD = 0x80D0200C
    """the job grew too old"""
    DO_E_LOCALPATH_NOT_SET = 0x80D0200D
    """the local name is missing"""
    DO_E_FILE_NOT_AVAILABLE = 0x80D02010
    """there is no such file in the job"""
    DO_E_UNKNOWN_PROPERTY_ID = 0x80D02011
    """there is no such property"""
    DO_E_READ_ONLY_PROPERTY = 0x80D02012
    """the property cannot be set"""
    DO_E_INVALID_STATE = 0x80D02013
    """the job's state does not allow this"""
    DO_E_ERROR_INFORMATION_UNAVAILABLE = 0x80D02014
    """the job has no error"""
    DO_E_WRITE_ONLY_PROPERTY = 0x80D02015
    """the property cannot be read back"""
    DO_E_INTEGRITYCHECKINFO_UNSPECIFIED = 0x80D02016
    """a check is demanded but not described"""
    DO_E_INTEGRITYCHECKINFO_UNAVAILABLE = 0x80D02017
    """the data for the check could not be had"""
    DO_E_FILE_DOWNLOADSINK_UNSPECIFIED = 0x80D02018
    """the file has no destination"""
    DO_E_FILE_DOWNLOADSINK_ALREADY_SET = 0x80D02019
    """the file has another destination already"""
    DO_E_FILE_SIZE_UNKNOWN_HTTP_200 = 0x80D0201A
    """the server told no size with the whole file"""
    DO_E_FILE_ENCRYPTION_EXPECTED = 0x80D0201B
    """the content is not encrypted"""
    DO_E_FILE_SIZE_UNKNOWN_HTTP_206 = 0x80D0201C
    """the server told no size with a part"""
    DO_E_FILE_SIZE_UNKNOWN_HTTP_2XX = 0x80D0201D
    """the server told no size"""
    DO_E_NETWORK_ACCESS_CONSENT_NEEDED = 0x80D0201E
    """somebody must allow the use of the network"""
    DO_E_DOWNLOAD_NO_URI = 0x80D02200
    """the address is missing"""
    DO_E_DOWNLOAD_NO_CONTENT_ID = 0x80D02201
    """the content id is missing"""
    DO_E_INVALID_CONTENT_ID = 0x80D02202
    """the content id is not valid"""
    DO_E_DOWNLOAD_RANGES_UNEXPECTED = 0x80D02203
    """there may be no ranges here"""
    DO_E_DOWNLOAD_RANGES_EXPECTED = 0x80D02204
    """there must be ranges here"""
    DO_E_NO_DOWNLOAD_PARTICIPATION = 0x80D03001
    """not taking part at present"""
    DO_E_NO_DOWNLOAD_EXTSETTINGS = 0x80D03002
    """settings forbid it"""
    DO_E_BLOCKED_BY_COST_TRANSFER_POLICY = 0x80D03801
    """this network costs too much"""
    DO_E_DOWNLOADMODE_SET_BY_CP = 0x80D03802
    """the content's policy limits the mode"""
    DO_E_BLOCKED_BY_CELLULAR_POLICY = 0x80D03803
    """not on a cellular network"""
    DO_E_BLOCKED_BY_POWER_STATE = 0x80D03804
    """not on battery"""
    DO_E_BLOCKED_BY_NO_NETWORK = 0x80D03805
    """there is no network"""
    DO_E_DOWNLOADMODE_SET_BY_POLICY = 0x80D03806
    """a policy limits the mode"""
    DO_E_BLOCKED_BY_VPN_POLICY = 0x80D03807
    """not over this private network"""
    DO_E_BLOCKED_BY_CRITICAL_MEMORY_USAGE = 0x80D03808
    """memory is short"""
    DO_E_DOWNLOADMODE_SET_BY_CACHE_ABSENCE = 0x80D03809
    """the mode is limited as there is no cache"""
    DO_E_CLOUD_SERVICES_UNREACHABLE = 0x80D0380A
    """the services cannot be reached"""
    DO_E_DOWNLOADMODE_SET_FOR_UNREG_CALLER = 0x80D0380B
    """the mode is limited for this caller"""
    DO_E_DOWNLOADMODE_SET_FOR_SIMPLE_RANGES = 0x80D0380C
    """the mode for simple ranges is used"""
    DO_E_UNEXPECTED_HTTP_STATUS_2XX = 0x80D0380D
    """the server sent a success without a file"""
    DO_E_HTTP_BLOCKSIZE_MISMATCH = 0x80D05001
    """the body has another length than announced"""
    DO_E_HTTP_CERT_VALIDATION = 0x80D05002
    """the certificate of the server is not trusted"""
    DO_E_INVALID_RANGE = 0x80D05010
    """a range is not valid"""
    DO_E_INSUFFICIENT_RANGE_SUPPORT = 0x80D05011
    """the server cannot send ranges"""
    DO_E_OVERLAPPING_RANGES = 0x80D05012
    """two ranges overlap"""
    DO_E_UPLOADING_BAD_PIECES = 0x80D06800
    """too many pieces went out bad"""
    DO_E_FATAL_CORE_ERROR = 0x80D06802
    """an internal error that cannot be mended"""
    DO_E_SERVICES_RESPONSE_EMPTY = 0x80D06803
    """the services answered nothing"""
    DO_E_BAD_INCOMING_DATA = 0x80D06804
    """the piece is bad or short"""
    DO_E_BAD_PIECE_HASH = 0x80D06805
    """the piece has another hash"""
    DO_E_BAD_PIECE_HASH_NO_BAN = 0x80D06806
    """the piece has another hash; its source stays"""
    DO_E_ALREADY_HAVE_PIECE = 0x80D06807
    """the piece is here already"""
    DO_E_MISSING_PIECE = 0x80D06808
    """the piece is no longer here"""
    DO_E_METAINFO_CONTENT = 0x80D06809
    """the description of the content cannot be read"""
    DO_E_METAINFO_VERSION = 0x80D0680A
    """the description has an unknown version"""
    DO_E_SWARM_NOT_RUNNING = 0x80D0680B
    """the exchange is stopped"""
    DO_E_UNRECOGNIZED_CONN = 0x80D0680C
    """the peer is not known"""
    DO_E_PEER_BANNED = 0x80D0680D
    """the peer is banned"""
    DO_E_CONNECT_TO_SELF = 0x80D0680E
    """the peer is ourselves"""
    DO_E_ALREADY_CONNECTED = 0x80D0680F
    """connected already"""
    DO_E_NO_MORE_CONNECTIONS = 0x80D06810
    """no more connections are allowed"""
    DO_E_LOST_CONNECTION = 0x80D06811
    """the connection is lost"""
    DO_E_UNRECOGNIZED_SWARM = 0x80D06812
    """the exchange is not known"""
    DO_E_INVALID_HANDSHAKE_LEN = 0x80D06813
    """the greeting has a wrong length"""
    DO_E_SOCKET_CLOSED = 0x80D06814
    """the socket is closed"""
    DO_E_PEER_MSG_TOO_LONG = 0x80D06815
    """the peer's message is too long"""
    DO_E_INVALID_PEER_MSG = 0x80D06816
    """the peer's message makes no sense"""
    DO_E_PEER_IS_UPLOAD = 0x80D06817
    """the peer only sends"""
    DO_E_PIN_FAIL_NO_PEERING = 0x80D06818
    """only shared content can be pinned"""
    DO_E_DELETE_PINNED_SWARM = 0x80D06819
    """the content is pinned"""
    DO_E_METAINFO_DIGEST_MATCH = 0x80D0681A
    """the description has another digest"""
    DO_E_METAINFO_HOH_MATCH = 0x80D0681B
    """the first hash of hashes differs"""
    DO_E_METAINFO_HOH_FINAL_MATCH = 0x80D0681C
    """the final hash of hashes differs"""
    DO_E_METAINFO_CONTENT_LENGTH = 0x80D0681D
    """the described length is wrong"""
    DO_E_METAINFO_PIECE_SIZE = 0x80D0681E
    """the described piece size is wrong"""
    DO_E_METAINFO_PARSE_HOH = 0x80D0681F
    """the hash of hashes cannot be read"""
    DO_E_METAINFO_PARSE_PIECEHASHES = 0x80D06820
    """the list of piece hashes cannot be read"""
    DO_E_METAINFO_PARSE_ONE_PIECEHASH = 0x80D06821
    """a piece hash cannot be read"""
    DO_E_METAINFO_FILE_SIZE = 0x80D06822
    """the file of hashes has a wrong size"""
    BG_S_ERROR_CONTEXT_NONE = 0x00200006
    """nothing failed"""
    BG_S_PARTIAL_COMPLETE = 0x00200017
    """completed with the finished files only"""
    BG_S_UNABLE_TO_DELETE_FILES = 0x0020001A
    """done, but some temporary files could not be deleted yet"""
    BG_S_PROXY_CHANGED = 0x0020002A
    """the proxy is another one now"""
    BG_S_OVERRIDDEN_BY_POLICY = 0x00200055
    """set, but a policy says otherwise"""
    BG_E_NOT_FOUND = 0x80200001
    """the job is not in the queue"""
    BG_E_INVALID_STATE = 0x80200002
    """the job's state does not allow this"""
    BG_E_EMPTY = 0x80200003
    """the job has no files"""
    BG_E_FILE_NOT_AVAILABLE = 0x80200004
    """no file belongs to the error"""
    BG_E_PROTOCOL_NOT_AVAILABLE = 0x80200005
    """no protocol belongs to the error"""
    BG_E_ERROR_CONTEXT_UNKNOWN = 0x80200007
    """it is not known what failed"""
    BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = 0x80200008
    """the queue failed"""
    BG_E_ERROR_CONTEXT_LOCAL_FILE = 0x80200009
    """a local file failed"""
    BG_E_ERROR_CONTEXT_REMOTE_FILE = 0x8020000A
    """the remote file failed"""
    BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT = 0x8020000B
    """the connection to the server failed"""
    BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = 0x8020000C
    """a notification failed"""
    BG_E_DESTINATION_LOCKED = 0x8020000D
    """the destination is locked"""
    BG_E_VOLUME_CHANGED = 0x8020000E
    """the destination is on another disk now"""
    BG_E_ERROR_INFORMATION_UNAVAILABLE = 0x8020000F
    """the job has no error"""
    BG_E_NETWORK_DISCONNECTED = 0x80200010
    """the network is gone"""
    BG_E_MISSING_FILE_SIZE = 0x80200011
    """the server told no size"""
    BG_E_INSUFFICIENT_HTTP_SUPPORT = 0x80200012
    """the server does not speak HTTP well enough"""
    BG_E_INSUFFICIENT_RANGE_SUPPORT = 0x80200013
    """the server cannot send ranges"""
    BG_E_REMOTE_NOT_SUPPORTED = 0x80200014
    """not from another machine"""
    BG_E_NEW_OWNER_DIFF_MAPPING = 0x80200015
    """the new owner sees other disks"""
    BG_E_NEW_OWNER_NO_FILE_ACCESS = 0x80200016
    """the new owner may not use the temporary files"""
    BG_E_PROXY_LIST_TOO_LARGE = 0x80200018
    """the proxy list is too long"""
    BG_E_PROXY_BYPASS_LIST_TOO_LARGE = 0x80200019
    """the list of hosts without proxy is too long"""
    BG_E_INVALID_SERVER_RESPONSE = 0x8020001B
    """the answer of the server breaks the protocol"""
    BG_E_TOO_MANY_FILES = 0x8020001C
    """an upload has one file"""
    BG_E_LOCAL_FILE_CHANGED = 0x8020001D
    """the local file changed on the way"""
    BG_E_ERROR_CONTEXT_REMOTE_APPLICATION = 0x8020001E
    """the application behind the server failed"""
    BG_E_SESSION_NOT_FOUND = 0x8020001F
    """the server does not know the session"""
    BG_E_TOO_LARGE = 0x80200020
    """it is too large for the server"""
    BG_E_STRING_TOO_LONG = 0x80200021
    """a text is too long"""
    BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH = 0x80200022
    """no upload protocol in common"""
    BG_E_SERVER_EXECUTE_ENABLE = 0x80200023
    """the server's folder may run programs"""
    BG_E_NO_PROGRESS = 0x80200024
    """there is no headway"""
    BG_E_USERNAME_TOO_LARGE = 0x80200025
    """the user name is too long"""
    BG_E_PASSWORD_TOO_LARGE = 0x80200026
    """the password is too long"""
    BG_E_INVALID_AUTH_TARGET = 0x80200027
    """there is no such target for credentials"""
    BG_E_INVALID_AUTH_SCHEME = 0x80200028
    """there is no such scheme for credentials"""
    BG_E_FILE_NOT_FOUND = 0x80200029
    """the job has no file of that name"""
    BG_E_INVALID_RANGE = 0x8020002B
    """a range is not valid"""
    BG_E_OVERLAPPING_RANGES = 0x8020002C
    """two ranges overlap"""
    BG_E_CONNECT_FAILURE = 0x8020002D
    """no connection to the server"""
    BG_E_CONNECTION_CLOSED = 0x8020002E
    """the connection ended too early"""
    BG_E_BLOCKED_BY_POLICY = 0x8020003E
    """a policy forbids it now"""
    BG_E_INVALID_PROXY_INFO = 0x8020003F
    """the proxy settings make no sense"""
    BG_E_INVALID_CREDENTIALS = 0x80200040
    """the credentials are malformed"""
    BG_E_INVALID_HASH_ALGORITHM = 0x80200041
    """the hash function is not known"""
    BG_E_RECORD_DELETED = 0x80200042
    """the record is gone"""
    BG_E_COMMIT_IN_PROGRESS = 0x80200043
    """the record is being changed"""
    BG_E_DISCOVERY_IN_PROGRESS = 0x80200044
    """peers are being looked for"""
    BG_E_UPNP_ERROR = 0x80200045
    """the gateway failed"""
    BG_E_TEST_OPTION_BLOCKED_DOWNLOAD = 0x80200046
    """a test forbids it"""
    BG_E_PEERCACHING_DISABLED = 0x80200047
    """peers are not used"""
    BG_E_BUSYCACHERECORD = 0x80200048
    """the record is in use"""
    BG_E_TOO_MANY_JOBS_PER_USER = 0x80200049
    """the queue is full"""
    BG_E_TOO_MANY_JOBS_PER_MACHINE = 0x80200050
    """the machine has too many jobs"""
    BG_E_TOO_MANY_FILES_IN_JOB = 0x80200051
    """the job has too many files"""
    BG_E_TOO_MANY_RANGES_IN_FILE = 0x80200052
    """the file has too many ranges"""
    BG_E_VALIDATION_FAILED = 0x80200053
    """the content was refused"""
    BG_E_MAXDOWNLOAD_TIMEOUT = 0x80200054
    """the job took longer than it may"""
    BG_E_TOKEN_REQUIRED = 0x80200056
    """the helper's rights are missing"""
    BG_E_UNKNOWN_PROPERTY_ID = 0x80200057
    """there is no such property"""
    BG_E_READ_ONLY_PROPERTY = 0x80200058
    """the property cannot be set"""
    BG_E_BLOCKED_BY_COST_TRANSFER_POLICY = 0x80200059
    """this network costs too much"""
    BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY = 0x80200060
    """the property is for downloads"""
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE = 0x80200061
    """too late: the job has files"""
    BG_E_READ_ONLY_PROPERTY_AFTER_RESUME = 0x80200062
    """too late: the job was resumed"""
    BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE = 0x80200063
    """the largest size cannot be 0"""
    BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED = 0x80200064
    """the job is larger than it may be"""
    BG_E_STANDBY_MODE = 0x80200065
    """the machine is asleep"""
    BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED = 0x80200066
    """stored credentials cannot be used for this"""
    BG_E_BLOCKED_BY_BATTERY_POLICY = 0x80200067
    """not on battery"""
    BG_E_BLOCKED_BY_BATTERY_SAVER = 0x80200068
    """the battery is being saved"""
    BG_E_WATCHDOG_TIMEOUT = 0x80200069
    """an internal wait took too long"""
    BG_E_APP_PACKAGE_NOT_FOUND = 0x8020006A
    """the application is not installed"""
    BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED = 0x8020006B
    """not for this kind of application"""
    BG_E_DATABASE_CORRUPT = 0x8020006C
    """the store is damaged"""
    BG_E_RANDOM_ACCESS_NOT_SUPPORTED = 0x8020006D
    """the file cannot be fetched on demand"""
    BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY = 0x8020006E
    """the application may not work in the background"""
    BG_E_BLOCKED_BY_GAME_MODE = 0x8020006F
    """a game goes first"""
    BG_E_BLOCKED_BY_SYSTEM_POLICY = 0x80200070
    """the system needs its resources"""
    BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD = 0x80200071
    """not with this HTTP method"""
    BG_E_UNSUPPORTED_JOB_CONFIGURATION = 0x80200072
    """the settings of the job contradict each other"""
    BG_E_REMOTE_FILE_CHANGED = 0x80200073
    """the file on the server changed"""
    BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED = 0x80200074
    """nobody is there to check the certificate"""
    BG_E_READ_ONLY_WHEN_JOB_ACTIVE = 0x80200075
    """not while the job is moving"""
    BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 0x80200076
    """the check of the certificate failed"""
    BG_E_HTTP_ERROR_100 = 0x80190064
    """the server answered with HTTP status 100"""
    BG_E_HTTP_ERROR_101 = 0x80190065
    """the server answered with HTTP status 101"""
    BG_E_HTTP_ERROR_200 = 0x801900C8
    """the server answered with HTTP status 200"""
    BG_E_HTTP_ERROR_201 = 0x801900C9
    """the server answered with HTTP status 201"""
    BG_E_HTTP_ERROR_202 = 0x801900CA
    """the server answered with HTTP status 202"""
    BG_E_HTTP_ERROR_203 = 0x801900CB
    """the server answered with HTTP status 203"""
    BG_E_HTTP_ERROR_204 = 0x801900CC
    """the server answered with HTTP status 204"""
    BG_E_HTTP_ERROR_205 = 0x801900CD
    """the server answered with HTTP status 205"""
    BG_E_HTTP_ERROR_206 = 0x801900CE
    """the server answered with HTTP status 206"""
    BG_E_HTTP_ERROR_300 = 0x8019012C
    """the server answered with HTTP status 300"""
    BG_E_HTTP_ERROR_301 = 0x8019012D
    """the server answered with HTTP status 301"""
    BG_E_HTTP_ERROR_302 = 0x8019012E
    """the server answered with HTTP status 302"""
    BG_E_HTTP_ERROR_303 = 0x8019012F
    """the server answered with HTTP status 303"""
    BG_E_HTTP_ERROR_304 = 0x80190130
    """the server answered with HTTP status 304"""
    BG_E_HTTP_ERROR_305 = 0x80190131
    """the server answered with HTTP status 305"""
    BG_E_HTTP_ERROR_307 = 0x80190133
    """the server answered with HTTP status 307"""
    BG_E_HTTP_ERROR_400 = 0x80190190
    """the server answered with HTTP status 400"""
    BG_E_HTTP_ERROR_401 = 0x80190191
    """the server answered with HTTP status 401"""
    BG_E_HTTP_ERROR_402 = 0x80190192
    """the server answered with HTTP status 402"""
    BG_E_HTTP_ERROR_403 = 0x80190193
    """the server answered with HTTP status 403"""
    BG_E_HTTP_ERROR_404 = 0x80190194
    """the server answered with HTTP status 404"""
    BG_E_HTTP_ERROR_405 = 0x80190195
    """the server answered with HTTP status 405"""
    BG_E_HTTP_ERROR_406 = 0x80190196
    """the server answered with HTTP status 406"""
    BG_E_HTTP_ERROR_407 = 0x80190197
    """the server answered with HTTP status 407"""
    BG_E_HTTP_ERROR_408 = 0x80190198
    """the server answered with HTTP status 408"""
    BG_E_HTTP_ERROR_409 = 0x80190199
    """the server answered with HTTP status 409"""
    BG_E_HTTP_ERROR_410 = 0x8019019A
    """the server answered with HTTP status 410"""
    BG_E_HTTP_ERROR_411 = 0x8019019B
    """the server answered with HTTP status 411"""
    BG_E_HTTP_ERROR_412 = 0x8019019C
    """the server answered with HTTP status 412"""
    BG_E_HTTP_ERROR_413 = 0x8019019D
    """the server answered with HTTP status 413"""
    BG_E_HTTP_ERROR_414 = 0x8019019E
    """the server answered with HTTP status 414"""
    BG_E_HTTP_ERROR_415 = 0x8019019F
    """the server answered with HTTP status 415"""
    BG_E_HTTP_ERROR_416 = 0x801901A0
    """the server answered with HTTP status 416"""
    BG_E_HTTP_ERROR_417 = 0x801901A1
    """the server answered with HTTP status 417"""
    BG_E_HTTP_ERROR_449 = 0x801901C1
    """the server answered with HTTP status 449"""
    BG_E_HTTP_ERROR_500 = 0x801901F4
    """the server answered with HTTP status 500"""
    BG_E_HTTP_ERROR_501 = 0x801901F5
    """the server answered with HTTP status 501"""
    BG_E_HTTP_ERROR_502 = 0x801901F6
    """the server answered with HTTP status 502"""
    BG_E_HTTP_ERROR_503 = 0x801901F7
    """the server answered with HTTP status 503"""
    BG_E_HTTP_ERROR_504 = 0x801901F8
    """the server answered with HTTP status 504"""
    BG_E_HTTP_ERROR_505 = 0x801901F9
    """the server answered with HTTP status 505"""


DEFAULT_LIMITS = {
    "simultaneous_files": 16,
    "connections_total": 32,
    "connections_per_host": 16,
    "connections_per_file": 4,
    "jobs": 1000000,
    "files_per_job": 100000,
}
