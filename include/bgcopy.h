/*
 * bgcopy: durable background transfers, after the job API of BITS and
 * Delivery Optimization. This file is generated; docs/c-api.md is the guide.
 *
 * Results. Each function answers a bgcopy_hresult: negative is failure. The
 * codes in its documentation go without their prefix BGCOPY_. A failed call
 * changes nothing, writes no result, and leaves a sentence for its thread:
 * bgcopy_last_error_message. Success may have several codes; BGCOPY_S_FALSE
 * says that there was nothing, or less than was asked for.
 *
 * Handles. A handle is a number in the form of a pointer; it is never
 * followed. NULL answers E_POINTER; one that is closed, was never given out,
 * or is of another kind answers E_HANDLE, from any thread, at any time, also
 * after the manager is closed. Each kind has one close function, which takes
 * NULL, too. After a fork the child's handles answer E_HANDLE.
 *
 * Threads. Any thread may call any function with any handle.
 *
 * Texts are UTF-8 and end with NUL. What comes in is copied; other bytes than
 * UTF-8 answer E_INVALIDARG. What goes out is freed with bgcopy_string_free.
 * In the name of a file, U+10FF80 to U+10FFFF stand for the bytes 0x80 to 0xFF
 * of a path of Unix that is not UTF-8.
 *
 * Pointers. Apart from handles, every pointer that is not NULL must be valid
 * for the time of the call: inputs to be read, results to be written.
 *
 * Numbers that stand for names (states, types, kinds) are uint32_t; the enum of
 * the same name lists them. One that is not in it is refused.
 */

#ifndef BGCOPY_H
#define BGCOPY_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(BGCOPY_STATIC)
#define BGCOPY_API __declspec(dllimport)
#else
#define BGCOPY_API
#endif

/* True for a code that is no failure, and for one that is. */
#define BGCOPY_SUCCEEDED(hr) ((hr) >= 0)
#define BGCOPY_FAILED(hr) ((hr) < 0)

/* The version of this header. */
#define BGCOPY_VERSION "0.1.0"

/* A size that is not known yet. */
#define BGCOPY_SIZE_UNKNOWN UINT64_MAX

/* The length of a range that reaches to the end of the file. */
#define BGCOPY_LENGTH_TO_EOF UINT64_MAX

/* A time to wait that has no end. */
#define BGCOPY_WAIT_FOREVER UINT32_MAX

/* The longest reply that bgcopy_job_get_reply_data gives, in bytes. */
#define BGCOPY_REPLY_DATA_BYTES_MAX 1048576u

/* The codes, with their published numbers. */
#define BGCOPY_S_OK 0 /* 0x00000000: done */
#define BGCOPY_S_FALSE 1 /* 0x00000001: done, but there was nothing to do */
#define BGCOPY_E_NOTIMPL (-2147467263) /* 0x80004001: this is not supported */
#define BGCOPY_E_NOINTERFACE (-2147467262) /* 0x80004002: there is no such interface */
#define BGCOPY_E_POINTER (-2147467261) /* 0x80004003: a pointer is NULL */
#define BGCOPY_E_ABORT (-2147467260) /* 0x80004004: given up */
#define BGCOPY_E_FAIL (-2147467259) /* 0x80004005: failed for an unnamed reason */
#define BGCOPY_E_UNEXPECTED (-2147418113) /* 0x8000FFFF: an internal error */
#define BGCOPY_E_PENDING (-2147483638) /* 0x8000000A: it is too early for this */
#define BGCOPY_CO_E_NOT_SUPPORTED (-2147467231) /* 0x80004021: this protocol is not supported */
#define BGCOPY_E_FILE_NOT_FOUND (-2147024894) /* 0x80070002: there is no such file */
#define BGCOPY_E_PATH_NOT_FOUND (-2147024893) /* 0x80070003: there is no such folder */
#define BGCOPY_E_TOO_MANY_OPEN_FILES (-2147024892) /* 0x80070004: too many files are open */
#define BGCOPY_E_ACCESSDENIED (-2147024891) /* 0x80070005: access is denied */
#define BGCOPY_E_HANDLE (-2147024890) /* 0x80070006: the handle is not valid */
#define BGCOPY_E_OUTOFMEMORY (-2147024882) /* 0x8007000E: there is not enough memory */
#define BGCOPY_E_INVALIDARG (-2147024809) /* 0x80070057: an argument is not valid */
#define BGCOPY_E_SHARING_VIOLATION (-2147024864) /* 0x80070020: somebody else is using it */
#define BGCOPY_E_NOT_SUPPORTED (-2147024846) /* 0x80070032: the system does not support this */
#define BGCOPY_E_FILE_EXISTS (-2147024816) /* 0x80070050: the file exists already */
#define BGCOPY_E_DISK_FULL (-2147024784) /* 0x80070070: the disk is full */
#define BGCOPY_E_FILE_TOO_LARGE (-2147024673) /* 0x800700DF: the file is too large for this file system */
#define BGCOPY_E_INVALID_NAME (-2147024773) /* 0x8007007B: the name is not valid here */
#define BGCOPY_E_DIRECTORY (-2147024629) /* 0x8007010B: a folder is in the way */
#define BGCOPY_E_IO_DEVICE (-2147023779) /* 0x8007045D: the disk failed */
#define BGCOPY_E_TIMEOUT (-2147023436) /* 0x800705B4: the time to wait is over */
#define BGCOPY_E_NOT_SET (-2147023728) /* 0x80070490: nothing was set */
#define BGCOPY_E_RESOURCE_LANG_NOT_FOUND (-2147023081) /* 0x80070717: there is no text in this language */
#define BGCOPY_E_WINHTTP_TIMEOUT (-2147012894) /* 0x80072EE2: the server does not answer in time */
#define BGCOPY_E_WINHTTP_NAME_NOT_RESOLVED (-2147012889) /* 0x80072EE7: the name of the server is not known */
#define BGCOPY_E_WINHTTP_CANNOT_CONNECT (-2147012867) /* 0x80072EFD: no connection to the server */
#define BGCOPY_E_WINHTTP_CONNECTION_ERROR (-2147012866) /* 0x80072EFE: the connection broke */
#define BGCOPY_E_WINHTTP_INVALID_SERVER_RESPONSE (-2147012744) /* 0x80072F78: the answer of the server makes no sense */
#define BGCOPY_E_WINHTTP_CLIENT_CERT_NEEDED (-2147012852) /* 0x80072F0C: the server asks for a client certificate */
#define BGCOPY_E_WINHTTP_CRL_CHECK_FAILED (-2147012839) /* 0x80072F19: the revocation list could not be consulted */
#define BGCOPY_E_WINHTTP_CERT_REVOKED (-2147012726) /* 0x80072F8A: the certificate of the server is revoked */
#define BGCOPY_E_WINHTTP_SECURE_FAILURE (-2147012721) /* 0x80072F8F: no secure connection came about */
#define BGCOPY_E_WINHTTP_CLIENT_KEY_INACCESSIBLE (-2147012710) /* 0x80072F9A: the client certificate or its key cannot be used */
#define BGCOPY_INET_E_INVALID_URL (-2146697214) /* 0x800C0002: the URL is not valid */
#define BGCOPY_CRYPT_E_FILE_ERROR (-2146885629) /* 0x80092003: the certificate file cannot be read */
#define BGCOPY_CRYPT_E_NOT_FOUND (-2146885628) /* 0x80092004: there is no such certificate */
#define BGCOPY_E_HASH_MISMATCH (-1598291967) /* 0xA0BC0001: the content does not have the expected hash */
#define BGCOPY_E_CREDENTIALS_NEEDED (-1598291966) /* 0xA0BC0002: the credentials must be set again */
#define BGCOPY_E_STORE_NEWER (-1598291965) /* 0xA0BC0003: the store was written by a later version */
#define BGCOPY_E_MANAGER_CLOSED (-1598291964) /* 0xA0BC0004: the manager is closed */
#define BGCOPY_E_DUPLICATE_LOCAL_NAME (-1598291963) /* 0xA0BC0005: another file of the job goes to the same place */
#define BGCOPY_E_HOST_LOST (-1598291935) /* 0xA0BC0021: the process that drives the queue is gone or does not answer */
#define BGCOPY_E_LINK_VERSION (-1598291934) /* 0xA0BC0022: the process that drives the queue has another version */
#define BGCOPY_E_TOO_MANY_PROCESSES (-1598291933) /* 0xA0BC0023: too many processes have joined the queue */
#define BGCOPY_E_TOO_MANY_MIRRORS (-1598291919) /* 0xA0BC0031: the file has as many mirrors as it may */
#define BGCOPY_E_CHECKSUM_LIST (-1598291903) /* 0xA0BC0041: the list of checksums cannot be read */
#define BGCOPY_E_NOT_LISTED (-1598291902) /* 0xA0BC0042: the list of checksums does not name the file */
#define BGCOPY_E_SIGNATURE (-1598291901) /* 0xA0BC0043: the signature is not valid */
#define BGCOPY_DO_E_NO_SERVICE (-2133848063) /* 0x80D01001: the service cannot answer */
#define BGCOPY_DO_E_DOWNLOAD_NO_PROGRESS (-2133843966) /* 0x80D02002: there was no progress for too long */
#define BGCOPY_DO_E_JOB_NOT_FOUND (-2133843965) /* 0x80D02003: the job is not in the queue */
#define BGCOPY_DO_E_JOB_EMPTY (-2133843964) /* 0x80D02004: the job has no files */
#define BGCOPY_DO_E_NO_DOWNLOADS (-2133843963) /* 0x80D02005: there are no jobs */
#define BGCOPY_DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED (-2133843957) /* 0x80D0200B: cannot transfer into memory */
#define BGCOPY_DO_E_JOB_TOO_OLD (-2133843956) /* 0x80D0200C: the job grew too old */
#define BGCOPY_DO_E_LOCALPATH_NOT_SET (-2133843955) /* 0x80D0200D: the local name is missing */
#define BGCOPY_DO_E_FILE_NOT_AVAILABLE (-2133843952) /* 0x80D02010: there is no such file in the job */
#define BGCOPY_DO_E_UNKNOWN_PROPERTY_ID (-2133843951) /* 0x80D02011: there is no such property */
#define BGCOPY_DO_E_READ_ONLY_PROPERTY (-2133843950) /* 0x80D02012: the property cannot be set */
#define BGCOPY_DO_E_INVALID_STATE (-2133843949) /* 0x80D02013: the job's state does not allow this */
#define BGCOPY_DO_E_ERROR_INFORMATION_UNAVAILABLE (-2133843948) /* 0x80D02014: the job has no error */
#define BGCOPY_DO_E_WRITE_ONLY_PROPERTY (-2133843947) /* 0x80D02015: the property cannot be read back */
#define BGCOPY_DO_E_INTEGRITYCHECKINFO_UNSPECIFIED (-2133843946) /* 0x80D02016: a check is demanded but not described */
#define BGCOPY_DO_E_INTEGRITYCHECKINFO_UNAVAILABLE (-2133843945) /* 0x80D02017: the data for the check could not be had */
#define BGCOPY_DO_E_FILE_DOWNLOADSINK_UNSPECIFIED (-2133843944) /* 0x80D02018: the file has no destination */
#define BGCOPY_DO_E_FILE_DOWNLOADSINK_ALREADY_SET (-2133843943) /* 0x80D02019: the file has another destination already */
#define BGCOPY_DO_E_FILE_SIZE_UNKNOWN_HTTP_200 (-2133843942) /* 0x80D0201A: the server told no size with the whole file */
#define BGCOPY_DO_E_FILE_ENCRYPTION_EXPECTED (-2133843941) /* 0x80D0201B: the content is not encrypted */
#define BGCOPY_DO_E_FILE_SIZE_UNKNOWN_HTTP_206 (-2133843940) /* 0x80D0201C: the server told no size with a part */
#define BGCOPY_DO_E_FILE_SIZE_UNKNOWN_HTTP_2XX (-2133843939) /* 0x80D0201D: the server told no size */
#define BGCOPY_DO_E_NETWORK_ACCESS_CONSENT_NEEDED (-2133843938) /* 0x80D0201E: somebody must allow the use of the network */
#define BGCOPY_DO_E_DOWNLOAD_NO_URI (-2133843456) /* 0x80D02200: the address is missing */
#define BGCOPY_DO_E_DOWNLOAD_NO_CONTENT_ID (-2133843455) /* 0x80D02201: the content id is missing */
#define BGCOPY_DO_E_INVALID_CONTENT_ID (-2133843454) /* 0x80D02202: the content id is not valid */
#define BGCOPY_DO_E_DOWNLOAD_RANGES_UNEXPECTED (-2133843453) /* 0x80D02203: there may be no ranges here */
#define BGCOPY_DO_E_DOWNLOAD_RANGES_EXPECTED (-2133843452) /* 0x80D02204: there must be ranges here */
#define BGCOPY_DO_E_NO_DOWNLOAD_PARTICIPATION (-2133839871) /* 0x80D03001: not taking part at present */
#define BGCOPY_DO_E_NO_DOWNLOAD_EXTSETTINGS (-2133839870) /* 0x80D03002: settings forbid it */
#define BGCOPY_DO_E_BLOCKED_BY_COST_TRANSFER_POLICY (-2133837823) /* 0x80D03801: this network costs too much */
#define BGCOPY_DO_E_DOWNLOADMODE_SET_BY_CP (-2133837822) /* 0x80D03802: the content's policy limits the mode */
#define BGCOPY_DO_E_BLOCKED_BY_CELLULAR_POLICY (-2133837821) /* 0x80D03803: not on a cellular network */
#define BGCOPY_DO_E_BLOCKED_BY_POWER_STATE (-2133837820) /* 0x80D03804: not on battery */
#define BGCOPY_DO_E_BLOCKED_BY_NO_NETWORK (-2133837819) /* 0x80D03805: there is no network */
#define BGCOPY_DO_E_DOWNLOADMODE_SET_BY_POLICY (-2133837818) /* 0x80D03806: a policy limits the mode */
#define BGCOPY_DO_E_BLOCKED_BY_VPN_POLICY (-2133837817) /* 0x80D03807: not over this private network */
#define BGCOPY_DO_E_BLOCKED_BY_CRITICAL_MEMORY_USAGE (-2133837816) /* 0x80D03808: memory is short */
#define BGCOPY_DO_E_DOWNLOADMODE_SET_BY_CACHE_ABSENCE (-2133837815) /* 0x80D03809: the mode is limited as there is no cache */
#define BGCOPY_DO_E_CLOUD_SERVICES_UNREACHABLE (-2133837814) /* 0x80D0380A: the services cannot be reached */
#define BGCOPY_DO_E_DOWNLOADMODE_SET_FOR_UNREG_CALLER (-2133837813) /* 0x80D0380B: the mode is limited for this caller */
#define BGCOPY_DO_E_DOWNLOADMODE_SET_FOR_SIMPLE_RANGES (-2133837812) /* 0x80D0380C: the mode for simple ranges is used */
#define BGCOPY_DO_E_UNEXPECTED_HTTP_STATUS_2XX (-2133837811) /* 0x80D0380D: the server sent a success without a file */
#define BGCOPY_DO_E_HTTP_BLOCKSIZE_MISMATCH (-2133831679) /* 0x80D05001: the body has another length than announced */
#define BGCOPY_DO_E_HTTP_CERT_VALIDATION (-2133831678) /* 0x80D05002: the certificate of the server is not trusted */
#define BGCOPY_DO_E_INVALID_RANGE (-2133831664) /* 0x80D05010: a range is not valid */
#define BGCOPY_DO_E_INSUFFICIENT_RANGE_SUPPORT (-2133831663) /* 0x80D05011: the server cannot send ranges */
#define BGCOPY_DO_E_OVERLAPPING_RANGES (-2133831662) /* 0x80D05012: two ranges overlap */
#define BGCOPY_DO_E_UPLOADING_BAD_PIECES (-2133825536) /* 0x80D06800: too many pieces went out bad */
#define BGCOPY_DO_E_FATAL_CORE_ERROR (-2133825534) /* 0x80D06802: an internal error that cannot be mended */
#define BGCOPY_DO_E_SERVICES_RESPONSE_EMPTY (-2133825533) /* 0x80D06803: the services answered nothing */
#define BGCOPY_DO_E_BAD_INCOMING_DATA (-2133825532) /* 0x80D06804: the piece is bad or short */
#define BGCOPY_DO_E_BAD_PIECE_HASH (-2133825531) /* 0x80D06805: the piece has another hash */
#define BGCOPY_DO_E_BAD_PIECE_HASH_NO_BAN (-2133825530) /* 0x80D06806: the piece has another hash; its source stays */
#define BGCOPY_DO_E_ALREADY_HAVE_PIECE (-2133825529) /* 0x80D06807: the piece is here already */
#define BGCOPY_DO_E_MISSING_PIECE (-2133825528) /* 0x80D06808: the piece is no longer here */
#define BGCOPY_DO_E_METAINFO_CONTENT (-2133825527) /* 0x80D06809: the description of the content cannot be read */
#define BGCOPY_DO_E_METAINFO_VERSION (-2133825526) /* 0x80D0680A: the description has an unknown version */
#define BGCOPY_DO_E_SWARM_NOT_RUNNING (-2133825525) /* 0x80D0680B: the exchange is stopped */
#define BGCOPY_DO_E_UNRECOGNIZED_CONN (-2133825524) /* 0x80D0680C: the peer is not known */
#define BGCOPY_DO_E_PEER_BANNED (-2133825523) /* 0x80D0680D: the peer is banned */
#define BGCOPY_DO_E_CONNECT_TO_SELF (-2133825522) /* 0x80D0680E: the peer is ourselves */
#define BGCOPY_DO_E_ALREADY_CONNECTED (-2133825521) /* 0x80D0680F: connected already */
#define BGCOPY_DO_E_NO_MORE_CONNECTIONS (-2133825520) /* 0x80D06810: no more connections are allowed */
#define BGCOPY_DO_E_LOST_CONNECTION (-2133825519) /* 0x80D06811: the connection is lost */
#define BGCOPY_DO_E_UNRECOGNIZED_SWARM (-2133825518) /* 0x80D06812: the exchange is not known */
#define BGCOPY_DO_E_INVALID_HANDSHAKE_LEN (-2133825517) /* 0x80D06813: the greeting has a wrong length */
#define BGCOPY_DO_E_SOCKET_CLOSED (-2133825516) /* 0x80D06814: the socket is closed */
#define BGCOPY_DO_E_PEER_MSG_TOO_LONG (-2133825515) /* 0x80D06815: the peer's message is too long */
#define BGCOPY_DO_E_INVALID_PEER_MSG (-2133825514) /* 0x80D06816: the peer's message makes no sense */
#define BGCOPY_DO_E_PEER_IS_UPLOAD (-2133825513) /* 0x80D06817: the peer only sends */
#define BGCOPY_DO_E_PIN_FAIL_NO_PEERING (-2133825512) /* 0x80D06818: only shared content can be pinned */
#define BGCOPY_DO_E_DELETE_PINNED_SWARM (-2133825511) /* 0x80D06819: the content is pinned */
#define BGCOPY_DO_E_METAINFO_DIGEST_MATCH (-2133825510) /* 0x80D0681A: the description has another digest */
#define BGCOPY_DO_E_METAINFO_HOH_MATCH (-2133825509) /* 0x80D0681B: the first hash of hashes differs */
#define BGCOPY_DO_E_METAINFO_HOH_FINAL_MATCH (-2133825508) /* 0x80D0681C: the final hash of hashes differs */
#define BGCOPY_DO_E_METAINFO_CONTENT_LENGTH (-2133825507) /* 0x80D0681D: the described length is wrong */
#define BGCOPY_DO_E_METAINFO_PIECE_SIZE (-2133825506) /* 0x80D0681E: the described piece size is wrong */
#define BGCOPY_DO_E_METAINFO_PARSE_HOH (-2133825505) /* 0x80D0681F: the hash of hashes cannot be read */
#define BGCOPY_DO_E_METAINFO_PARSE_PIECEHASHES (-2133825504) /* 0x80D06820: the list of piece hashes cannot be read */
#define BGCOPY_DO_E_METAINFO_PARSE_ONE_PIECEHASH (-2133825503) /* 0x80D06821: a piece hash cannot be read */
#define BGCOPY_DO_E_METAINFO_FILE_SIZE (-2133825502) /* 0x80D06822: the file of hashes has a wrong size */
#define BGCOPY_BG_S_ERROR_CONTEXT_NONE 2097158 /* 0x00200006: nothing failed */
#define BGCOPY_BG_S_PARTIAL_COMPLETE 2097175 /* 0x00200017: completed with the finished files only */
#define BGCOPY_BG_S_UNABLE_TO_DELETE_FILES 2097178 /* 0x0020001A: done, but some temporary files could not be deleted yet */
#define BGCOPY_BG_S_PROXY_CHANGED 2097194 /* 0x0020002A: the proxy is another one now */
#define BGCOPY_BG_S_OVERRIDDEN_BY_POLICY 2097237 /* 0x00200055: set, but a policy says otherwise */
#define BGCOPY_BG_E_NOT_FOUND (-2145386495) /* 0x80200001: the job is not in the queue */
#define BGCOPY_BG_E_INVALID_STATE (-2145386494) /* 0x80200002: the job's state does not allow this */
#define BGCOPY_BG_E_EMPTY (-2145386493) /* 0x80200003: the job has no files */
#define BGCOPY_BG_E_FILE_NOT_AVAILABLE (-2145386492) /* 0x80200004: no file belongs to the error */
#define BGCOPY_BG_E_PROTOCOL_NOT_AVAILABLE (-2145386491) /* 0x80200005: no protocol belongs to the error */
#define BGCOPY_BG_E_ERROR_CONTEXT_UNKNOWN (-2145386489) /* 0x80200007: it is not known what failed */
#define BGCOPY_BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER (-2145386488) /* 0x80200008: the queue failed */
#define BGCOPY_BG_E_ERROR_CONTEXT_LOCAL_FILE (-2145386487) /* 0x80200009: a local file failed */
#define BGCOPY_BG_E_ERROR_CONTEXT_REMOTE_FILE (-2145386486) /* 0x8020000A: the remote file failed */
#define BGCOPY_BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT (-2145386485) /* 0x8020000B: the connection to the server failed */
#define BGCOPY_BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION (-2145386484) /* 0x8020000C: a notification failed */
#define BGCOPY_BG_E_DESTINATION_LOCKED (-2145386483) /* 0x8020000D: the destination is locked */
#define BGCOPY_BG_E_VOLUME_CHANGED (-2145386482) /* 0x8020000E: the destination is on another disk now */
#define BGCOPY_BG_E_ERROR_INFORMATION_UNAVAILABLE (-2145386481) /* 0x8020000F: the job has no error */
#define BGCOPY_BG_E_NETWORK_DISCONNECTED (-2145386480) /* 0x80200010: the network is gone */
#define BGCOPY_BG_E_MISSING_FILE_SIZE (-2145386479) /* 0x80200011: the server told no size */
#define BGCOPY_BG_E_INSUFFICIENT_HTTP_SUPPORT (-2145386478) /* 0x80200012: the server does not speak HTTP well enough */
#define BGCOPY_BG_E_INSUFFICIENT_RANGE_SUPPORT (-2145386477) /* 0x80200013: the server cannot send ranges */
#define BGCOPY_BG_E_REMOTE_NOT_SUPPORTED (-2145386476) /* 0x80200014: not from another machine */
#define BGCOPY_BG_E_NEW_OWNER_DIFF_MAPPING (-2145386475) /* 0x80200015: the new owner sees other disks */
#define BGCOPY_BG_E_NEW_OWNER_NO_FILE_ACCESS (-2145386474) /* 0x80200016: the new owner may not use the temporary files */
#define BGCOPY_BG_E_PROXY_LIST_TOO_LARGE (-2145386472) /* 0x80200018: the proxy list is too long */
#define BGCOPY_BG_E_PROXY_BYPASS_LIST_TOO_LARGE (-2145386471) /* 0x80200019: the list of hosts without proxy is too long */
#define BGCOPY_BG_E_INVALID_SERVER_RESPONSE (-2145386469) /* 0x8020001B: the answer of the server breaks the protocol */
#define BGCOPY_BG_E_TOO_MANY_FILES (-2145386468) /* 0x8020001C: an upload has one file */
#define BGCOPY_BG_E_LOCAL_FILE_CHANGED (-2145386467) /* 0x8020001D: the local file changed on the way */
#define BGCOPY_BG_E_ERROR_CONTEXT_REMOTE_APPLICATION (-2145386466) /* 0x8020001E: the application behind the server failed */
#define BGCOPY_BG_E_SESSION_NOT_FOUND (-2145386465) /* 0x8020001F: the server does not know the session */
#define BGCOPY_BG_E_TOO_LARGE (-2145386464) /* 0x80200020: it is too large for the server */
#define BGCOPY_BG_E_STRING_TOO_LONG (-2145386463) /* 0x80200021: a text is too long */
#define BGCOPY_BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH (-2145386462) /* 0x80200022: no upload protocol in common */
#define BGCOPY_BG_E_SERVER_EXECUTE_ENABLE (-2145386461) /* 0x80200023: the server's folder may run programs */
#define BGCOPY_BG_E_NO_PROGRESS (-2145386460) /* 0x80200024: there is no headway */
#define BGCOPY_BG_E_USERNAME_TOO_LARGE (-2145386459) /* 0x80200025: the user name is too long */
#define BGCOPY_BG_E_PASSWORD_TOO_LARGE (-2145386458) /* 0x80200026: the password is too long */
#define BGCOPY_BG_E_INVALID_AUTH_TARGET (-2145386457) /* 0x80200027: there is no such target for credentials */
#define BGCOPY_BG_E_INVALID_AUTH_SCHEME (-2145386456) /* 0x80200028: there is no such scheme for credentials */
#define BGCOPY_BG_E_FILE_NOT_FOUND (-2145386455) /* 0x80200029: the job has no file of that name */
#define BGCOPY_BG_E_INVALID_RANGE (-2145386453) /* 0x8020002B: a range is not valid */
#define BGCOPY_BG_E_OVERLAPPING_RANGES (-2145386452) /* 0x8020002C: two ranges overlap */
#define BGCOPY_BG_E_CONNECT_FAILURE (-2145386451) /* 0x8020002D: no connection to the server */
#define BGCOPY_BG_E_CONNECTION_CLOSED (-2145386450) /* 0x8020002E: the connection ended too early */
#define BGCOPY_BG_E_BLOCKED_BY_POLICY (-2145386434) /* 0x8020003E: a policy forbids it now */
#define BGCOPY_BG_E_INVALID_PROXY_INFO (-2145386433) /* 0x8020003F: the proxy settings make no sense */
#define BGCOPY_BG_E_INVALID_CREDENTIALS (-2145386432) /* 0x80200040: the credentials are malformed */
#define BGCOPY_BG_E_INVALID_HASH_ALGORITHM (-2145386431) /* 0x80200041: the hash function is not known */
#define BGCOPY_BG_E_RECORD_DELETED (-2145386430) /* 0x80200042: the record is gone */
#define BGCOPY_BG_E_COMMIT_IN_PROGRESS (-2145386429) /* 0x80200043: the record is being changed */
#define BGCOPY_BG_E_DISCOVERY_IN_PROGRESS (-2145386428) /* 0x80200044: peers are being looked for */
#define BGCOPY_BG_E_UPNP_ERROR (-2145386427) /* 0x80200045: the gateway failed */
#define BGCOPY_BG_E_TEST_OPTION_BLOCKED_DOWNLOAD (-2145386426) /* 0x80200046: a test forbids it */
#define BGCOPY_BG_E_PEERCACHING_DISABLED (-2145386425) /* 0x80200047: peers are not used */
#define BGCOPY_BG_E_BUSYCACHERECORD (-2145386424) /* 0x80200048: the record is in use */
#define BGCOPY_BG_E_TOO_MANY_JOBS_PER_USER (-2145386423) /* 0x80200049: the queue is full */
#define BGCOPY_BG_E_TOO_MANY_JOBS_PER_MACHINE (-2145386416) /* 0x80200050: the machine has too many jobs */
#define BGCOPY_BG_E_TOO_MANY_FILES_IN_JOB (-2145386415) /* 0x80200051: the job has too many files */
#define BGCOPY_BG_E_TOO_MANY_RANGES_IN_FILE (-2145386414) /* 0x80200052: the file has too many ranges */
#define BGCOPY_BG_E_VALIDATION_FAILED (-2145386413) /* 0x80200053: the content was refused */
#define BGCOPY_BG_E_MAXDOWNLOAD_TIMEOUT (-2145386412) /* 0x80200054: the job took longer than it may */
#define BGCOPY_BG_E_TOKEN_REQUIRED (-2145386410) /* 0x80200056: the helper's rights are missing */
#define BGCOPY_BG_E_UNKNOWN_PROPERTY_ID (-2145386409) /* 0x80200057: there is no such property */
#define BGCOPY_BG_E_READ_ONLY_PROPERTY (-2145386408) /* 0x80200058: the property cannot be set */
#define BGCOPY_BG_E_BLOCKED_BY_COST_TRANSFER_POLICY (-2145386407) /* 0x80200059: this network costs too much */
#define BGCOPY_BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY (-2145386400) /* 0x80200060: the property is for downloads */
#define BGCOPY_BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE (-2145386399) /* 0x80200061: too late: the job has files */
#define BGCOPY_BG_E_READ_ONLY_PROPERTY_AFTER_RESUME (-2145386398) /* 0x80200062: too late: the job was resumed */
#define BGCOPY_BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE (-2145386397) /* 0x80200063: the largest size cannot be 0 */
#define BGCOPY_BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED (-2145386396) /* 0x80200064: the job is larger than it may be */
#define BGCOPY_BG_E_STANDBY_MODE (-2145386395) /* 0x80200065: the machine is asleep */
#define BGCOPY_BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED (-2145386394) /* 0x80200066: stored credentials cannot be used for this */
#define BGCOPY_BG_E_BLOCKED_BY_BATTERY_POLICY (-2145386393) /* 0x80200067: not on battery */
#define BGCOPY_BG_E_BLOCKED_BY_BATTERY_SAVER (-2145386392) /* 0x80200068: the battery is being saved */
#define BGCOPY_BG_E_WATCHDOG_TIMEOUT (-2145386391) /* 0x80200069: an internal wait took too long */
#define BGCOPY_BG_E_APP_PACKAGE_NOT_FOUND (-2145386390) /* 0x8020006A: the application is not installed */
#define BGCOPY_BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED (-2145386389) /* 0x8020006B: not for this kind of application */
#define BGCOPY_BG_E_DATABASE_CORRUPT (-2145386388) /* 0x8020006C: the store is damaged */
#define BGCOPY_BG_E_RANDOM_ACCESS_NOT_SUPPORTED (-2145386387) /* 0x8020006D: the file cannot be fetched on demand */
#define BGCOPY_BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY (-2145386386) /* 0x8020006E: the application may not work in the background */
#define BGCOPY_BG_E_BLOCKED_BY_GAME_MODE (-2145386385) /* 0x8020006F: a game goes first */
#define BGCOPY_BG_E_BLOCKED_BY_SYSTEM_POLICY (-2145386384) /* 0x80200070: the system needs its resources */
#define BGCOPY_BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD (-2145386383) /* 0x80200071: not with this HTTP method */
#define BGCOPY_BG_E_UNSUPPORTED_JOB_CONFIGURATION (-2145386382) /* 0x80200072: the settings of the job contradict each other */
#define BGCOPY_BG_E_REMOTE_FILE_CHANGED (-2145386381) /* 0x80200073: the file on the server changed */
#define BGCOPY_BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED (-2145386380) /* 0x80200074: nobody is there to check the certificate */
#define BGCOPY_BG_E_READ_ONLY_WHEN_JOB_ACTIVE (-2145386379) /* 0x80200075: not while the job is moving */
#define BGCOPY_BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK (-2145386378) /* 0x80200076: the check of the certificate failed */
#define BGCOPY_BG_E_HTTP_ERROR_100 (-2145845148) /* 0x80190064: the server answered with HTTP status 100 */
#define BGCOPY_BG_E_HTTP_ERROR_101 (-2145845147) /* 0x80190065: the server answered with HTTP status 101 */
#define BGCOPY_BG_E_HTTP_ERROR_200 (-2145845048) /* 0x801900C8: the server answered with HTTP status 200 */
#define BGCOPY_BG_E_HTTP_ERROR_201 (-2145845047) /* 0x801900C9: the server answered with HTTP status 201 */
#define BGCOPY_BG_E_HTTP_ERROR_202 (-2145845046) /* 0x801900CA: the server answered with HTTP status 202 */
#define BGCOPY_BG_E_HTTP_ERROR_203 (-2145845045) /* 0x801900CB: the server answered with HTTP status 203 */
#define BGCOPY_BG_E_HTTP_ERROR_204 (-2145845044) /* 0x801900CC: the server answered with HTTP status 204 */
#define BGCOPY_BG_E_HTTP_ERROR_205 (-2145845043) /* 0x801900CD: the server answered with HTTP status 205 */
#define BGCOPY_BG_E_HTTP_ERROR_206 (-2145845042) /* 0x801900CE: the server answered with HTTP status 206 */
#define BGCOPY_BG_E_HTTP_ERROR_300 (-2145844948) /* 0x8019012C: the server answered with HTTP status 300 */
#define BGCOPY_BG_E_HTTP_ERROR_301 (-2145844947) /* 0x8019012D: the server answered with HTTP status 301 */
#define BGCOPY_BG_E_HTTP_ERROR_302 (-2145844946) /* 0x8019012E: the server answered with HTTP status 302 */
#define BGCOPY_BG_E_HTTP_ERROR_303 (-2145844945) /* 0x8019012F: the server answered with HTTP status 303 */
#define BGCOPY_BG_E_HTTP_ERROR_304 (-2145844944) /* 0x80190130: the server answered with HTTP status 304 */
#define BGCOPY_BG_E_HTTP_ERROR_305 (-2145844943) /* 0x80190131: the server answered with HTTP status 305 */
#define BGCOPY_BG_E_HTTP_ERROR_307 (-2145844941) /* 0x80190133: the server answered with HTTP status 307 */
#define BGCOPY_BG_E_HTTP_ERROR_400 (-2145844848) /* 0x80190190: the server answered with HTTP status 400 */
#define BGCOPY_BG_E_HTTP_ERROR_401 (-2145844847) /* 0x80190191: the server answered with HTTP status 401 */
#define BGCOPY_BG_E_HTTP_ERROR_402 (-2145844846) /* 0x80190192: the server answered with HTTP status 402 */
#define BGCOPY_BG_E_HTTP_ERROR_403 (-2145844845) /* 0x80190193: the server answered with HTTP status 403 */
#define BGCOPY_BG_E_HTTP_ERROR_404 (-2145844844) /* 0x80190194: the server answered with HTTP status 404 */
#define BGCOPY_BG_E_HTTP_ERROR_405 (-2145844843) /* 0x80190195: the server answered with HTTP status 405 */
#define BGCOPY_BG_E_HTTP_ERROR_406 (-2145844842) /* 0x80190196: the server answered with HTTP status 406 */
#define BGCOPY_BG_E_HTTP_ERROR_407 (-2145844841) /* 0x80190197: the server answered with HTTP status 407 */
#define BGCOPY_BG_E_HTTP_ERROR_408 (-2145844840) /* 0x80190198: the server answered with HTTP status 408 */
#define BGCOPY_BG_E_HTTP_ERROR_409 (-2145844839) /* 0x80190199: the server answered with HTTP status 409 */
#define BGCOPY_BG_E_HTTP_ERROR_410 (-2145844838) /* 0x8019019A: the server answered with HTTP status 410 */
#define BGCOPY_BG_E_HTTP_ERROR_411 (-2145844837) /* 0x8019019B: the server answered with HTTP status 411 */
#define BGCOPY_BG_E_HTTP_ERROR_412 (-2145844836) /* 0x8019019C: the server answered with HTTP status 412 */
#define BGCOPY_BG_E_HTTP_ERROR_413 (-2145844835) /* 0x8019019D: the server answered with HTTP status 413 */
#define BGCOPY_BG_E_HTTP_ERROR_414 (-2145844834) /* 0x8019019E: the server answered with HTTP status 414 */
#define BGCOPY_BG_E_HTTP_ERROR_415 (-2145844833) /* 0x8019019F: the server answered with HTTP status 415 */
#define BGCOPY_BG_E_HTTP_ERROR_416 (-2145844832) /* 0x801901A0: the server answered with HTTP status 416 */
#define BGCOPY_BG_E_HTTP_ERROR_417 (-2145844831) /* 0x801901A1: the server answered with HTTP status 417 */
#define BGCOPY_BG_E_HTTP_ERROR_449 (-2145844799) /* 0x801901C1: the server answered with HTTP status 449 */
#define BGCOPY_BG_E_HTTP_ERROR_500 (-2145844748) /* 0x801901F4: the server answered with HTTP status 500 */
#define BGCOPY_BG_E_HTTP_ERROR_501 (-2145844747) /* 0x801901F5: the server answered with HTTP status 501 */
#define BGCOPY_BG_E_HTTP_ERROR_502 (-2145844746) /* 0x801901F6: the server answered with HTTP status 502 */
#define BGCOPY_BG_E_HTTP_ERROR_503 (-2145844745) /* 0x801901F7: the server answered with HTTP status 503 */
#define BGCOPY_BG_E_HTTP_ERROR_504 (-2145844744) /* 0x801901F8: the server answered with HTTP status 504 */
#define BGCOPY_BG_E_HTTP_ERROR_505 (-2145844743) /* 0x801901F9: the server answered with HTTP status 505 */

/** The state of a job (BG_JOB_STATE, specification, sections 6.1 and 9). */
enum bgcopy_job_state {
  /** The job is started and waits for a free slot or for its server. */
  BGCOPY_JOB_STATE_QUEUED = 0,
  /** A request of the job is under way, and its server has not answered yet. */
  BGCOPY_JOB_STATE_CONNECTING = 1,
  /** The job transfers data. */
  BGCOPY_JOB_STATE_TRANSFERRING = 2,
  /** Not started, or suspended by the caller. New jobs start here. */
  BGCOPY_JOB_STATE_SUSPENDED = 3,
  /** The job failed and is not tried again until the caller resumes it. */
  BGCOPY_JOB_STATE_ERROR = 4,
  /** The job failed and is tried again by itself after a delay. */
  BGCOPY_JOB_STATE_TRANSIENT_ERROR = 5,
  /** All files are transferred; the caller has to complete the job. */
  BGCOPY_JOB_STATE_TRANSFERRED = 6,
  /** The job is completed. This state is final. */
  BGCOPY_JOB_STATE_ACKNOWLEDGED = 7,
  /** The job is cancelled. This state is final. */
  BGCOPY_JOB_STATE_CANCELLED = 8,
};

/** What a job does (BG_JOB_TYPE). */
enum bgcopy_job_type {
  /** The job downloads files. */
  BGCOPY_JOB_TYPE_DOWNLOAD = 0,
  /** The job uploads one file. */
  BGCOPY_JOB_TYPE_UPLOAD = 1,
  /** The job uploads one file and downloads the reply of the server application. */
  BGCOPY_JOB_TYPE_UPLOAD_REPLY = 2,
};

/** The order in which jobs get slots (BG_JOB_PRIORITY). */
enum bgcopy_job_priority {
  /** A user waits for the job: it goes before all others. */
  BGCOPY_JOB_PRIORITY_FOREGROUND = 0,
  /** The job goes before the other background jobs. */
  BGCOPY_JOB_PRIORITY_HIGH = 1,
  /** The priority of a new job. */
  BGCOPY_JOB_PRIORITY_NORMAL = 2,
  /** The job goes after all others. */
  BGCOPY_JOB_PRIORITY_LOW = 3,
};

/** What kind of thing failed (BG_ERROR_CONTEXT). */
enum bgcopy_error_context {
  /** The call itself failed, and no transfer. */
  BGCOPY_ERROR_CONTEXT_NONE = 0,
  /** It is not known what failed. */
  BGCOPY_ERROR_CONTEXT_UNKNOWN = 1,
  /** The queue or its store failed. */
  BGCOPY_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER = 2,
  /** The notification of the caller failed. */
  BGCOPY_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION = 3,
  /** A local file or folder failed. */
  BGCOPY_ERROR_CONTEXT_LOCAL_FILE = 4,
  /** The server does not give or take the file. */
  BGCOPY_ERROR_CONTEXT_REMOTE_FILE = 5,
  /** The connection to the server failed. */
  BGCOPY_ERROR_CONTEXT_GENERAL_TRANSPORT = 6,
  /** The application behind the server failed. */
  BGCOPY_ERROR_CONTEXT_REMOTE_APPLICATION = 7,
  /** The caller refused the certificate of the server. */
  BGCOPY_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 8,
};

/** How a proxy is found (BG_JOB_PROXY_USAGE). */
enum bgcopy_proxy_usage {
  /** The system's settings decide: on Unix the environment variables. */
  BGCOPY_PROXY_USAGE_PRECONFIG = 0,
  /** No proxy is used. */
  BGCOPY_PROXY_USAGE_NO_PROXY = 1,
  /** The job's own list of proxies is used. */
  BGCOPY_PROXY_USAGE_OVERRIDE = 2,
  /** The proxy is looked for; this works as PRECONFIG here. */
  BGCOPY_PROXY_USAGE_AUTODETECT = 3,
};

/** For whom credentials are (BG_AUTH_TARGET). */
enum bgcopy_auth_target {
  /** The credentials are for the server. */
  BGCOPY_AUTH_TARGET_SERVER = 1,
  /** The credentials are for the proxy. */
  BGCOPY_AUTH_TARGET_PROXY = 2,
};

/** The authentication scheme of credentials (BG_AUTH_SCHEME). Ours begin at 0x1000. */
enum bgcopy_auth_scheme {
  /** Basic: name and password are sent unencrypted. */
  BGCOPY_AUTH_SCHEME_BASIC = 1,
  /** Digest: a hash of name and password is sent. */
  BGCOPY_AUTH_SCHEME_DIGEST = 2,
  /** NTLM. */
  BGCOPY_AUTH_SCHEME_NTLM = 3,
  /** Negotiate: Kerberos or NTLM. */
  BGCOPY_AUTH_SCHEME_NEGOTIATE = 4,
  /** Passport, a service that no longer exists. */
  BGCOPY_AUTH_SCHEME_PASSPORT = 5,
  /** Bearer: a token, which is the password of an empty name (RFC 6750). */
  BGCOPY_AUTH_SCHEME_BEARER = 4097,
};

/**
 * The properties of a job (BITS_JOB_PROPERTY_ID, specification, section 3.4). The numbers
 * 6 and 8 are reserved; ours begin at 0x1000.
 */
enum bgcopy_job_property_id {
  /** The networks that the job may use, by what they cost: a Dword, set at any time. */
  BGCOPY_JOB_PROPERTY_ID_COST_FLAGS = 1,
  /** An id that is stored for its users: a Guid, set at any time. */
  BGCOPY_JOB_PROPERTY_ID_NOTIFICATION_CLSID = 2,
  /** The server may not know the sizes of its files: an Enable, set before the first Resume. */
  BGCOPY_JOB_PROPERTY_ID_DYNAMIC_CONTENT = 3,
  /** Not supported: an Enable. */
  BGCOPY_JOB_PROPERTY_ID_HIGH_PERFORMANCE = 4,
  /** The most bytes that the job may download: a Uint64, set before the first Resume. */
  BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_SIZE = 5,
  /** Not supported: a Target. */
  BGCOPY_JOB_PROPERTY_ID_USE_STORED_CREDENTIALS = 7,
  /** The least time between two events of one kind, in milliseconds: a Dword, set at any time. */
  BGCOPY_JOB_PROPERTY_ID_MINIMUM_NOTIFICATION_INTERVAL_MS = 9,
  /** Not supported: an Enable. */
  BGCOPY_JOB_PROPERTY_ID_ON_DEMAND_MODE = 10,
  /** The protocol of an upload, an UploadProtocol: a Dword, set before the first Resume. */
  BGCOPY_JOB_PROPERTY_ID_UPLOAD_PROTOCOL = 4097,
  /**
   * The most connections that one file of the job may have, 1 to 32; 0 for what the queue
   * allows: a Dword, set at any time.
   */
  BGCOPY_JOB_PROPERTY_ID_CONNECTIONS_PER_FILE = 4098,
  /**
   * The most bytes a second that the job may download; 0 for no limit of its own: a
   * Uint64, set at any time.
   */
  BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_RATE = 4099,
  /**
   * The most bytes a second that the job may upload; 0 for no limit of its own: a
   * Uint64, set at any time.
   */
  BGCOPY_JOB_PROPERTY_ID_MAX_UPLOAD_RATE = 4100,
  /**
   * Whether downloads of the job yield to other traffic, a BackgroundMode: a Dword, set
   * at any time. They do not unless it says so.
   */
  BGCOPY_JOB_PROPERTY_ID_BACKGROUND_MODE = 4101,
  /**
   * When the job may transfer, by the local clock of the process that hosts the queue,
   * such as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always: a Text, set at any time.
   */
  BGCOPY_JOB_PROPERTY_ID_TRANSFER_WINDOW = 4102,
  /**
   * With which power the job may transfer, flags of `power`: a Dword, set at any time.
   * With any unless it says so.
   */
  BGCOPY_JOB_PROPERTY_ID_POWER_FLAGS = 4103,
  /**
   * Whether files without an expected hash are checked against the digest that their server
   * names (Repr-Digest and the like): an Enable, set at any time. They are unless it is off.
   */
  BGCOPY_JOB_PROPERTY_ID_CHECK_DIGESTS = 4112,
};

/**
 * Whether downloads yield to other traffic (job property BACKGROUND_MODE): they take what
 * others leave of the link, and little while these use it. Where the system does not
 * measure connections, which is everywhere but on Linux, none yields. The numbers are our own.
 */
enum bgcopy_background_mode {
  /** The job yields while its priority is LOW. */
  BGCOPY_BACKGROUND_MODE_AUTO = 0,
  /** The job takes its share, whatever its priority. */
  BGCOPY_BACKGROUND_MODE_OFF = 1,
  /** The job yields, whatever its priority. */
  BGCOPY_BACKGROUND_MODE_ON = 2,
};

/** The hash functions of expected hashes. The numbers are our own. */
enum bgcopy_hash_algorithm {
  /** SHA-256. */
  BGCOPY_HASH_ALGORITHM_SHA256 = 1,
  /** SHA-512. */
  BGCOPY_HASH_ALGORITHM_SHA512 = 2,
  /** BLAKE3. */
  BGCOPY_HASH_ALGORITHM_BLAKE3 = 3,
};

/** The protocol of an upload (job property UPLOAD_PROTOCOL). The numbers are our own. */
enum bgcopy_upload_protocol {
  /** The server is asked once which protocol it has, and its answer is stored with the job. */
  BGCOPY_UPLOAD_PROTOCOL_AUTO = 0,
  /** BITS upload (specification, section 13): resumable. */
  BGCOPY_UPLOAD_PROTOCOL_BITS = 1,
  /** tus 1.0: resumable. The remote name is where uploads are created. */
  BGCOPY_UPLOAD_PROTOCOL_TUS = 2,
  /**
   * Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with
   * interop versions 8 to 6: resumable.
   */
  BGCOPY_UPLOAD_PROTOCOL_IETF = 3,
  /** One PUT request, which starts over after each interruption. */
  BGCOPY_UPLOAD_PROTOCOL_PUT = 4,
  /** S3: large files in parts, resumable. AUTO never chooses it. */
  BGCOPY_UPLOAD_PROTOCOL_S3 = 5,
  /**
   * One POST request with the file as its body, which starts over after each
   * interruption, also if only the answer was lost. AUTO never chooses it.
   */
  BGCOPY_UPLOAD_PROTOCOL_POST = 6,
  /**
   * PUT requests with Content-Range: resumable, for servers like Apache that support it.
   * With others the job goes to ERROR with DO_E_INSUFFICIENT_RANGE_SUPPORT. The
   * unfinished file stands under its final name meanwhile; Cancel deletes it. AUTO never
   * chooses it.
   */
  BGCOPY_UPLOAD_PROTOCOL_PUT_RANGE = 7,
};

/** What a job waits for, or what it does. The numbers are our own. */
enum bgcopy_wait_kind {
  /** The caller has to resume the job. */
  BGCOPY_WAIT_KIND_SUSPENDED_BY_CALLER = 1,
  /** The caller has to add a file. */
  BGCOPY_WAIT_KIND_NO_FILES = 2,
  /** Other files have all the slots for transfers. */
  BGCOPY_WAIT_KIND_WAITING_FOR_SLOT = 3,
  /** There is no network. */
  BGCOPY_WAIT_KIND_NO_NETWORK = 4,
  /** The job failed, or its server does; the delay before the next try is not over. */
  BGCOPY_WAIT_KIND_RETRY_AFTER_ERROR = 5,
  /** The server asked to be left alone until a time that it named. */
  BGCOPY_WAIT_KIND_SERVER_ASKED_TO_WAIT = 6,
  /** A policy does not allow the transfer now. */
  BGCOPY_WAIT_KIND_POLICY_CLOSED = 7,
  /** The caller has to set credentials. */
  BGCOPY_WAIT_KIND_CREDENTIALS_NEEDED = 8,
  /** The server no longer has the file under this URL. */
  BGCOPY_WAIT_KIND_LINK_EXPIRED = 9,
  /** The disk is full. */
  BGCOPY_WAIT_KIND_DISK_FULL = 10,
  /** All bytes are here and are being verified and synced. */
  BGCOPY_WAIT_KIND_VALIDATION_PENDING = 11,
  /** The files are being moved to their local names. */
  BGCOPY_WAIT_KIND_COMPLETING = 12,
  /** The caller has to complete the job. */
  BGCOPY_WAIT_KIND_AWAITING_COMPLETE = 13,
  /** The job failed; the caller has to resolve the error and resume it. */
  BGCOPY_WAIT_KIND_FATAL_ERROR = 14,
  /** The job waits for nothing: it is final. */
  BGCOPY_WAIT_KIND_FINISHED = 15,
  /** The server has not answered yet. */
  BGCOPY_WAIT_KIND_CONNECTING = 16,
  /** The job waits for nothing: it transfers. */
  BGCOPY_WAIT_KIND_TRANSFERRING = 17,
  /** No process runs the queue. */
  BGCOPY_WAIT_KIND_ENGINE_NOT_RUNNING = 18,
  /** The server has not yet deleted the upload of a cancelled job. */
  BGCOPY_WAIT_KIND_CANCELLING_ON_SERVER = 19,
  /** A process has paused the queue. */
  BGCOPY_WAIT_KIND_PAUSED = 20,
  /** The window of the job or of the queue is closed; the next try is when it opens. */
  BGCOPY_WAIT_KIND_OUTSIDE_WINDOW = 21,
};

/** What an event reports. The numbers are our own. */
enum bgcopy_event_kind {
  /** All files of the job are transferred. */
  BGCOPY_EVENT_KIND_JOB_TRANSFERRED = 1,
  /** The job failed. */
  BGCOPY_EVENT_KIND_JOB_ERROR = 2,
  /** Something about the job changed. */
  BGCOPY_EVENT_KIND_JOB_MODIFICATION = 3,
  /** A file is transferred. */
  BGCOPY_EVENT_KIND_FILE_TRANSFERRED = 4,
  /** Bytes of a file arrived. */
  BGCOPY_EVENT_KIND_FILE_RANGES_TRANSFERRED = 5,
  /** A file starts over: it changed on the server, or its bytes were lost. */
  BGCOPY_EVENT_KIND_FILE_RESTARTED = 6,
};

/** The severity of a line of the log. The numbers are our own. */
enum bgcopy_log_level {
  /** An error that somebody has to resolve. */
  BGCOPY_LOG_LEVEL_ERROR = 1,
  /** A failure that is tried again. */
  BGCOPY_LOG_LEVEL_WARNING = 2,
  /** A step of a job. */
  BGCOPY_LOG_LEVEL_INFO = 3,
  /** A change of any state. */
  BGCOPY_LOG_LEVEL_DEBUG = 4,
};

/** What kind of place a source of a file is. The numbers are our own. */
enum bgcopy_source_kind {
  /** The remote name of the file. */
  BGCOPY_SOURCE_KIND_ORIGIN = 0,
  /** Another URL of the same content. */
  BGCOPY_SOURCE_KIND_MIRROR = 1,
};

/** Where a source of a file stands. The numbers are our own. */
enum bgcopy_source_state {
  /** It can be asked. */
  BGCOPY_SOURCE_STATE_READY = 0,
  /** It is the one that the present request asks, or the next one. */
  BGCOPY_SOURCE_STATE_ASKED = 1,
  /** It failed, and the sources behind it are asked before it is asked again. */
  BGCOPY_SOURCE_STATE_FAILED = 2,
  /**
   * It has another version than what is held of the file, or cannot prove that it has
   * the same. It is not asked as long as these bytes are held.
   */
  BGCOPY_SOURCE_STATE_DIFFERENT = 3,
  /**
   * What came from it did not have the expected hash. It is asked again when the job is
   * resumed or another hash is expected.
   */
  BGCOPY_SOURCE_STATE_WRONG_HASH = 4,
  /**
   * It has no encryption and the origin has: it is not asked unless the job has the
   * security flag REDIRECT_ALLOW_HTTPS_TO_HTTP.
   */
  BGCOPY_SOURCE_STATE_NOT_ALLOWED = 5,
};

/** Which part of a bgcopy_property_value counts. */
enum bgcopy_property_type {
  BGCOPY_PROPERTY_TYPE_DWORD = 1,
  BGCOPY_PROPERTY_TYPE_GUID = 2,
  BGCOPY_PROPERTY_TYPE_ENABLE = 3,
  BGCOPY_PROPERTY_TYPE_UINT64 = 4,
  BGCOPY_PROPERTY_TYPE_TARGET = 5,
  BGCOPY_PROPERTY_TYPE_TEXT = 6,
};

/* Bits: Which events a job raises (BG_NOTIFY, specification, section 6.5). */
/** The job is transferred. */
#define BGCOPY_NOTIFY_JOB_TRANSFERRED 0x01u
/** The job failed. */
#define BGCOPY_NOTIFY_JOB_ERROR 0x02u
/** No events at all: this overrides the other bits. */
#define BGCOPY_NOTIFY_DISABLE 0x04u
/** Something about the job changed. */
#define BGCOPY_NOTIFY_JOB_MODIFICATION 0x08u
/** A file is transferred. */
#define BGCOPY_NOTIFY_FILE_TRANSFERRED 0x10u
/** Bytes of a file arrived. */
#define BGCOPY_NOTIFY_FILE_RANGES_TRANSFERRED 0x20u
/** The flags of a new job. */
#define BGCOPY_NOTIFY_DEFAULT 0x03u
/** All bits that are known. */
#define BGCOPY_NOTIFY_MASK 0x3Fu

/* Bits: Certificate checks and redirects (BG_SSL and BG_HTTP_REDIRECT_POLICY, specification, section 6.6). */
/** Check revocation lists. */
#define BGCOPY_SECURITY_ENABLE_CRL_CHECK 0x01u
/** Accept a certificate of another host. */
#define BGCOPY_SECURITY_IGNORE_CERT_CN_INVALID 0x02u
/** Accept a certificate that has expired or is not valid yet. */
#define BGCOPY_SECURITY_IGNORE_CERT_DATE_INVALID 0x04u
/** Accept a certificate of an unknown authority. */
#define BGCOPY_SECURITY_IGNORE_UNKNOWN_CA 0x08u
/** Accept a certificate that was issued for another usage. */
#define BGCOPY_SECURITY_IGNORE_CERT_WRONG_USAGE 0x10u
/** Follow redirects. */
#define BGCOPY_SECURITY_REDIRECT_ALLOW_SILENT 0x00u
/** Follow redirects, and make the last address the remote name. */
#define BGCOPY_SECURITY_REDIRECT_ALLOW_REPORT 0x100u
/** Fail on a redirect, and make the address that it names the remote name. */
#define BGCOPY_SECURITY_REDIRECT_DISALLOW 0x200u
/** The bits of the redirect policy. */
#define BGCOPY_SECURITY_REDIRECT_MASK 0x700u
/** Follow a redirect from https to http, too. */
#define BGCOPY_SECURITY_REDIRECT_ALLOW_HTTPS_TO_HTTP 0x800u
/** All bits that are known. */
#define BGCOPY_SECURITY_ALL_FLAGS 0xF1Fu

/* Bits: What drives the machine, as the application reports it. The numbers are our own. */
/** The machine has external power. */
#define BGCOPY_POWER_EXTERNAL 0x01u
/** The machine runs on its battery. */
#define BGCOPY_POWER_BATTERY 0x02u
/** The system saves power. */
#define BGCOPY_POWER_SAVER 0x04u
/** All states. */
#define BGCOPY_POWER_ALL_STATES 0x07u

/* Bits: What networks cost (BITS_COST_STATE and BITS_JOB_TRANSFER_POLICY, specification, section 6.7). */
/** The network has no limits. */
#define BGCOPY_COST_UNRESTRICTED 0x01u
/** The plan has a cap, and it is not known how much of it is used. */
#define BGCOPY_COST_CAPPED_USAGE_UNKNOWN 0x02u
/** The use is below the cap. */
#define BGCOPY_COST_BELOW_CAP 0x04u
/** The use is close to the cap. */
#define BGCOPY_COST_NEAR_CAP 0x08u
/** The use is above the cap and is charged. */
#define BGCOPY_COST_OVERCAP_CHARGED 0x10u
/** The use is above the cap and is slowed down. */
#define BGCOPY_COST_OVERCAP_THROTTLED 0x20u
/** Each byte is charged. */
#define BGCOPY_COST_USAGE_BASED 0x40u
/** The network is that of another provider, with roaming charges. */
#define BGCOPY_COST_ROAMING 0x80u
/** All states of a network. */
#define BGCOPY_COST_ALL_STATES 0xFFu
/** Ignore congestion. */
#define BGCOPY_COST_IGNORE_CONGESTION 0x80000000u
/** Transfer on any network. */
#define BGCOPY_COST_TRANSFER_ALWAYS 0x800000FFu
/** Do not transfer while roaming. */
#define BGCOPY_COST_TRANSFER_NOT_ROAMING 0x8000007Fu
/** Do not transfer where it costs extra, or while roaming. */
#define BGCOPY_COST_TRANSFER_NO_SURCHARGE 0x8000006Fu
/** Do not transfer near a cap, where it costs extra, or while roaming. */
#define BGCOPY_COST_TRANSFER_STANDARD 0x80000067u
/** Transfer only where it costs nothing. */
#define BGCOPY_COST_TRANSFER_UNRESTRICTED 0x80000021u


/**
 * A list of the files that a job had when it was made: which there are stays
 * the same, and each shows what is true when it is asked.
 */
typedef struct bgcopy_enum_files bgcopy_enum_files;

/**
 * A list of the jobs that were in the queue when it was made: which there are
 * stays the same, and each shows what is true when it is asked.
 */
typedef struct bgcopy_enum_jobs bgcopy_enum_jobs;

/**
 * The error of a job or a file, as it was when it was asked for. It stays readable also
 * when the job goes on, and after the manager is closed.
 */
typedef struct bgcopy_error bgcopy_error;

/**
 * Something that happened to a job. It stays readable after the manager is
 * closed.
 */
typedef struct bgcopy_event bgcopy_event;

/**
 * A file of a job. It answers as long as its manager is open, also when the
 * job is final.
 */
typedef struct bgcopy_file bgcopy_file;

/**
 * Reads a download from its first byte to its last, while it is under way or
 * afterwards. What is read is what the server sent; whether it has the expected
 * hash is known when all of it is here: bgcopy_file_reader_is_verified.
 *
 * All that one reader reads is of one version of the file: once the download has
 * begun anew, as the file on the server is another one, every read answers
 * BG_E_REMOTE_FILE_CHANGED, and another reader must be opened.
 *
 * Any thread may use it, but the calls of one reader take turns: each waits until
 * the one before it has ended. A file may have any number of readers.
 */
typedef struct bgcopy_file_reader bgcopy_file_reader;

/**
 * Ends waits from another thread, any number of them and of any manager. Once
 * raised it stays so: a wait that begins later ends at once, too.
 */
typedef struct bgcopy_interrupt bgcopy_interrupt;

/**
 * A job of the queue. A handle of a completed or cancelled job still answers
 * what there is to know of it; what would change it answers
 * DO_E_INVALID_STATE.
 */
typedef struct bgcopy_job bgcopy_job;

/**
 * An open queue. It drives its jobs until it is closed; they stay in the
 * store and go on with the next manager.
 */
typedef struct bgcopy_manager bgcopy_manager;

/**
 * A view of a store that changes nothing and needs no manager. What it shows
 * is what was last recorded: progress is up to half a second old.
 */
typedef struct bgcopy_reader bgcopy_reader;

/**
 * Why a job did not move when it was asked, or what it was doing. It stays
 * readable after the manager is closed.
 */
typedef struct bgcopy_wait_reason bgcopy_wait_reason;

/**
 * A result code: negative means failure.
 */
typedef int32_t bgcopy_hresult;

/**
 * An id of 16 bytes, laid out as the GUID of Windows. This struct never
 * changes.
 */
typedef struct bgcopy_guid {
  /**
   * The first group of digits, as a number.
   */
  uint32_t data1;
  /**
   * The second group.
   */
  uint16_t data2;
  /**
   * The third group.
   */
  uint16_t data3;
  /**
   * The last two groups, byte by byte.
   */
  uint8_t data4[8];
} bgcopy_guid;

/**
 * Told a line of the log, which is there until it returns. It runs on a
 * thread of the library and must not throw.
 */
typedef void (*bgcopy_log_callback)(uint32_t level, const char *line, void *user);

/**
 * Frees the user pointer of a callback. Called once, when the callback is no
 * longer needed and does not run: on the thread that replaced or removed it,
 * or on the library's. It must not throw.
 */
typedef void (*bgcopy_destroy)(void *user);

/**
 * How a manager is opened. Set size to sizeof(bgcopy_options) and the rest to
 * 0: what is 0 or NULL has its default.
 */
typedef struct bgcopy_options {
  /**
   * sizeof(bgcopy_options): tells which fields the caller knows.
   */
  size_t size;
  /**
   * The folder of the store, made if it is missing. By default the user's
   * queue: bgcopy in XDG_STATE_HOME or in ~/.local/state.
   */
  const char *store_path;
  /**
   * The User-Agent header of all requests.
   */
  const char *user_agent;
  /**
   * Files transferred at the same time.
   */
  uint32_t simultaneous_files;
  /**
   * Connections in all.
   */
  uint32_t connections_total;
  /**
   * Connections to one host and port.
   */
  uint32_t connections_per_host;
  /**
   * Connections for one file, twice as many for FOREGROUND, and 32 at most: the
   * ranges of a large download, or the parts of an upload to S3.
   */
  uint32_t connections_per_file;
  /**
   * Jobs in the queue.
   */
  uint32_t jobs;
  /**
   * Files in one job.
   */
  uint32_t files_per_job;
  /**
   * 1 to have the store alone: nobody can join, and nobody must have it
   * open already.
   */
  uint32_t exclusive;
  /**
   * 1 to take the place of a host that is too old to be joined.
   */
  uint32_t replace_older;
  /**
   * A file in PEM form with the certificates of the authorities that all
   * requests trust, in place of the system's.
   */
  const char *ca_file;
  /**
   * The same as text, for systems that have no such file; not both.
   */
  const char *ca_pem;
  /**
   * 1 to only store what is to be done: while this manager hosts the queue,
   * nothing is transferred. A cancel still reaches the servers of its uploads.
   */
  uint32_t stores_only;
  /**
   * Set together as bgcopy_manager_set_rate_limits sets them; both 0 leave what is
   * stored.
   */
  uint64_t download_rate;
  /**
   * See download_rate.
   */
  uint64_t upload_rate;
  /**
   * Set as bgcopy_manager_set_transfer_window sets it; NULL leaves what is stored.
   */
  const char *transfer_window;
} bgcopy_options;

/**
 * How much may happen at once, and how much the queue may hold. Set size to
 * sizeof(bgcopy_limits).
 */
typedef struct bgcopy_limits {
  /**
   * sizeof(bgcopy_limits): tells which fields the caller knows.
   */
  size_t size;
  /**
   * Files transferred at the same time.
   */
  uint32_t simultaneous_files;
  /**
   * Connections in all.
   */
  uint32_t connections_total;
  /**
   * Connections to one host and port.
   */
  uint32_t connections_per_host;
  /**
   * Connections for one file, twice as many for FOREGROUND, and 32 at most: the
   * ranges of a large download, or the parts of an upload to S3.
   */
  uint32_t connections_per_file;
  /**
   * Jobs in the queue.
   */
  uint32_t jobs;
  /**
   * Files in one job.
   */
  uint32_t files_per_job;
} bgcopy_limits;

/**
 * One file to be added (BG_FILE_INFO). This struct never changes.
 */
typedef struct bgcopy_file_info {
  /**
   * The URL to fetch; of an upload, where to send it.
   */
  const char *remote_name;
  /**
   * The absolute path to put it; of an upload, the file to be sent.
   */
  const char *local_name;
} bgcopy_file_info;

/**
 * A piece of a file (BG_FILE_RANGE). This struct never changes.
 */
typedef struct bgcopy_file_range {
  /**
   * Where it begins, in bytes.
   */
  uint64_t initial_offset;
  /**
   * Its bytes; BGCOPY_LENGTH_TO_EOF for all that follow.
   */
  uint64_t length;
} bgcopy_file_range;

/**
 * One file to be added, with all that it may have from the start. Set to 0 what
 * it has not. This struct never changes.
 */
typedef struct bgcopy_file_spec {
  /**
   * The URL to fetch.
   */
  const char *remote_name;
  /**
   * The absolute path to put it.
   */
  const char *local_name;
  /**
   * The pieces wanted, stored back to back in this order.
   */
  const struct bgcopy_file_range *ranges;
  /**
   * How many; 0 for the whole file.
   */
  uint32_t range_count;
  /**
   * A bgcopy_hash_algorithm; 0 for no hash.
   */
  uint32_t hash_algorithm;
  /**
   * The digest that the content must have, in hexadecimal digits of either
   * case; NULL for no hash.
   */
  const char *hash_digest;
} bgcopy_file_spec;

/**
 * How far a job has come (BG_JOB_PROGRESS). This struct never changes.
 */
typedef struct bgcopy_job_progress {
  /**
   * Bytes of all files; BGCOPY_SIZE_UNKNOWN until every size is known.
   */
  uint64_t bytes_total;
  /**
   * Bytes that are here.
   */
  uint64_t bytes_transferred;
  /**
   * Files of the job.
   */
  uint32_t files_total;
  /**
   * Files whose bytes are all here and checked.
   */
  uint32_t files_transferred;
} bgcopy_job_progress;

/**
 * When things happened, in steps of 100 ns since 1601 (BG_JOB_TIMES). This
 * struct never changes.
 */
typedef struct bgcopy_job_times {
  /**
   * When the job was made.
   */
  uint64_t creation_time;
  /**
   * When it last changed.
   */
  uint64_t modification_time;
  /**
   * When it became TRANSFERRED; 0 before.
   */
  uint64_t transfer_completion_time;
} bgcopy_job_times;

/**
 * What changes about a job while it moves, at one moment. Set size to
 * sizeof(bgcopy_job_snapshot).
 */
typedef struct bgcopy_job_snapshot {
  /**
   * sizeof(bgcopy_job_snapshot): tells which fields the caller knows.
   */
  size_t size;
  /**
   * A bgcopy_job_state.
   */
  uint32_t state;
  /**
   * How often it failed, retries included.
   */
  uint32_t error_count;
  /**
   * How far it has come.
   */
  struct bgcopy_job_progress progress;
  /**
   * When things happened.
   */
  struct bgcopy_job_times times;
  /**
   * Bytes per second, averaged over the last seconds; 0 at a standstill.
   */
  uint64_t bytes_per_second;
  /**
   * Seconds until it is transferred, at this speed; UINT64_MAX if that
   * cannot be said.
   */
  uint64_t seconds_left;
  /**
   * A bgcopy_wait_kind: what it waits for, or does.
   */
  uint32_t wait_kind;
  /**
   * The code behind that; S_OK if there is none.
   */
  bgcopy_hresult wait_code;
  /**
   * When it is tried next, in steps of 100 ns since 1601; 0 if that is not
   * fixed.
   */
  uint64_t next_try;
} bgcopy_job_snapshot;

/**
 * The value of a job property, by its type.
 */
typedef union bgcopy_property_data {
  /**
   * For DWORD.
   */
  uint32_t dword;
  /**
   * For GUID.
   */
  struct bgcopy_guid guid;
  /**
   * For ENABLE: 1 or 0.
   */
  uint32_t enable;
  /**
   * For UINT64.
   */
  uint64_t uint64;
  /**
   * For TARGET: a bgcopy_auth_target.
   */
  uint32_t target;
  /**
   * For TEXT: what bgcopy_job_get_property gives is freed with bgcopy_string_free; what
   * bgcopy_job_set_property gets is only read.
   */
  char *text;
} bgcopy_property_data;

/**
 * The value of a job property (BITS_JOB_PROPERTY_VALUE), with its type. This
 * struct never changes.
 */
typedef struct bgcopy_property_value {
  /**
   * A bgcopy_property_type: says which part of data counts.
   */
  uint32_t type;
  /**
   * The value.
   */
  union bgcopy_property_data data;
} bgcopy_property_value;

/**
 * How far the reply to an upload has come (BG_JOB_REPLY_PROGRESS). This
 * struct never changes.
 */
typedef struct bgcopy_job_reply_progress {
  /**
   * Bytes of the reply; BGCOPY_SIZE_UNKNOWN until it is being fetched.
   */
  uint64_t bytes_total;
  /**
   * Bytes that are here.
   */
  uint64_t bytes_transferred;
} bgcopy_job_reply_progress;

/**
 * Told about a job. The handle is closed when the function returns. It runs
 * on a thread of the library and must not throw.
 */
typedef bgcopy_hresult (*bgcopy_job_callback)(struct bgcopy_job *job, void *user);

/**
 * Told about the error of a job. Rules as for bgcopy_job_callback.
 */
typedef bgcopy_hresult (*bgcopy_error_callback)(struct bgcopy_job *job,
                                                struct bgcopy_error *error,
                                                void *user);

/**
 * Told about a file of a job. Rules as for bgcopy_job_callback.
 */
typedef bgcopy_hresult (*bgcopy_file_callback)(struct bgcopy_job *job,
                                               struct bgcopy_file *file,
                                               void *user);

/**
 * Told which bytes of a file came in. Rules as for bgcopy_job_callback; the
 * ranges, too, are there only until it returns.
 */
typedef bgcopy_hresult (*bgcopy_file_ranges_callback)(struct bgcopy_job *job,
                                                      struct bgcopy_file *file,
                                                      uint32_t count,
                                                      const struct bgcopy_file_range *ranges,
                                                      void *user);

/**
 * How far a file has come (BG_FILE_PROGRESS). This struct never changes.
 */
typedef struct bgcopy_file_progress {
  /**
   * Bytes asked for; BGCOPY_SIZE_UNKNOWN until the server tells.
   */
  uint64_t bytes_total;
  /**
   * Bytes that are here.
   */
  uint64_t bytes_transferred;
  /**
   * 1 once Complete has put the file in place, else 0.
   */
  uint32_t completed;
} bgcopy_file_progress;

/**
 * What became of a source of a file. Set size to sizeof(bgcopy_file_source).
 */
typedef struct bgcopy_file_source {
  /**
   * sizeof(bgcopy_file_source): says which fields the caller knows.
   */
  size_t size;
  /**
   * A bgcopy_source_kind.
   */
  uint32_t kind;
  /**
   * A bgcopy_source_state.
   */
  uint32_t state;
  /**
   * The code of its last failure since the job was resumed; S_OK if there is none.
   */
  bgcopy_hresult code;
  /**
   * When that was, in steps of 100 ns since 1601; 0 if there is none.
   */
  uint64_t failure_time;
} bgcopy_file_source;

/**
 * What a one-shot transfer is like. Set size to sizeof(bgcopy_transfer_options) and the rest to
 * 0: what is 0 or NULL has its default.
 */
typedef struct bgcopy_transfer_options {
  /**
   * sizeof(bgcopy_transfer_options): tells which fields the caller knows.
   */
  size_t size;
  /**
   * Headers of each request: lines, each ended by CR LF.
   */
  const char *custom_headers;
  /**
   * A name for the server, by the scheme Basic; with password, or both NULL.
   */
  const char *user_name;
  /**
   * See user_name.
   */
  const char *password;
  /**
   * Uploads of one file: where the server's reply goes.
   */
  const char *reply_file_name;
  /**
   * A bgcopy_job_priority; 0 is FOREGROUND.
   */
  uint32_t priority;
  /**
   * How long it goes on without a new byte, with tries in between, in seconds; 0 for what
   * jobs have by default.
   */
  uint32_t no_progress_timeout_s;
  /**
   * How long the call may take, in milliseconds; 0 for ever.
   */
  uint32_t timeout_ms;
  /**
   * Downloads: 1 if the files that arrive are put in place though others fail.
   */
  uint32_t partial;
  /**
   * 1 if jobs that do not come to their end are cancelled, at the server, too; 0 if they are
   * suspended and stay, so that the same call goes on with them.
   */
  uint32_t cancel_unfinished;
  /**
   * Uploads: a bgcopy_upload_protocol; 0 asks the server.
   */
  uint32_t upload_protocol;
  /**
   * Downloads: a list of checksums, by its URL or path. Each file must be in it, and is
   * checked against it, unless it has an expected hash of its own. Headers, name and password
   * go to the server of the list only if it has the origin of one of the files.
   */
  const char *checksums;
  /**
   * The public key of minisign that must have signed the list: its line of Base64, or the text of
   * its file.
   */
  const char *minisign_key;
  /**
   * The signature of the list, by its URL or path; NULL for that of the list with `.minisig` at
   * its end.
   */
  const char *signature;
} bgcopy_transfer_options;

/**
 * Gets how far a one-shot transfer is, ten times a second and at the end, on the thread that
 * makes the call. A failure code ends the call with E_ABORT.
 */
typedef bgcopy_hresult (*bgcopy_progress_callback)(const struct bgcopy_job_progress *progress,
                                                   void *user);

/**
 * One line of a list of checksums. Its texts are good for the time of the callback.
 */
typedef struct bgcopy_listed_checksum {
  /**
   * The name of the file in the list, with `/` between folders; "" for a digest without a
   * name. It never begins with `/` and has no `..`.
   */
  const char *name;
  /**
   * In lower-case hexadecimal digits.
   */
  const char *digest;
  /**
   * A bgcopy_hash_algorithm.
   */
  uint32_t algorithm;
} bgcopy_listed_checksum;

/**
 * Gets a line of a list of checksums. A failure code ends the call with E_ABORT.
 */
typedef bgcopy_hresult (*bgcopy_checksum_callback)(const struct bgcopy_listed_checksum *line,
                                                   void *user);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * What the last call of this thread failed of, in one sentence; an empty
 * text if it did not fail.
 *
 * The text belongs to the library and is valid until this thread's next call
 * of any function that returns a bgcopy_hresult.
 */
BGCOPY_API const char *bgcopy_last_error_message(void);

/**
 * What kind of thing the last call of this thread failed at: a
 * bgcopy_error_context; NONE if it was the call itself, or if it did not
 * fail.
 */
BGCOPY_API uint32_t bgcopy_last_error_context(void);

/**
 * Names any code in one line: its number, its name if it has one, and what it
 * means, as in "0x80D02004 DO_E_JOB_EMPTY: the job has no files". The message
 * of the last failed call stays.
 *
 * @return a text that the caller frees with bgcopy_string_free.
 */
BGCOPY_API char *bgcopy_hresult_to_string(bgcopy_hresult code);

/**
 * Frees a text that a function of this library gave out. NULL is ignored.
 *
 * A text is freed once; nothing else may free it.
 */
BGCOPY_API void bgcopy_string_free(char *text);

/**
 * The version of the library, like "1.2.3". The text belongs to the library
 * and is valid for ever.
 */
BGCOPY_API const char *bgcopy_version(void);

/**
 * Writes an id as text, like 6f9619ff-8b86-d011-b42d-00c04fc964ff.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER.
 */
BGCOPY_API bgcopy_hresult bgcopy_guid_to_string(const struct bgcopy_guid *guid, char **out_text);

/**
 * Reads an id from text, with or without braces, in either case.
 *
 * @return S_OK; E_POINTER; E_INVALIDARG if it is no id.
 */
BGCOPY_API
bgcopy_hresult bgcopy_guid_from_string(const char *guid_text,
                                       struct bgcopy_guid *out_guid);

/**
 * Milliseconds since 1970 of a time.
 *
 * A time is a number of steps of 100 ns since the beginning of 1601 (UTC), as
 * in a FILETIME; 0 means that there is none.
 */
BGCOPY_API int64_t bgcopy_time_to_unix_ms(uint64_t time);

/**
 * The time of a number of milliseconds since 1970.
 */
BGCOPY_API uint64_t bgcopy_time_from_unix_ms(int64_t unix_ms);

/**
 * Sets who is told what the library does, for the whole process. Any call is
 * legal inside. Remove it before the library is unloaded.
 *
 * @param level a bgcopy_log_level: lines of it and the more important ones.
 * @param callback NULL for nobody; the former one is let go, and no longer
 * runs when this returns, unless this is called inside it.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; E_INVALIDARG for an unknown level; E_OUTOFMEMORY.
 */
BGCOPY_API
bgcopy_hresult bgcopy_set_log_callback(uint32_t level,
                                       bgcopy_log_callback callback,
                                       void *user,
                                       bgcopy_destroy destroy);

/**
 * Tells the folder of the user's queue: what a manager opens whose options
 * name no store.
 *
 * @param out_path the caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE and NULL if the user has no home folder; E_INVALIDARG
 * if its name is not UTF-8; E_POINTER.
 */
BGCOPY_API bgcopy_hresult bgcopy_default_store_path(char **out_path);

/**
 * Opens a queue: hosts it, or joins the process that does.
 *
 * A damaged store is replaced by what could be saved of it; see
 * bgcopy_manager_get_damage.
 *
 * @param options NULL for the defaults.
 * @param out_manager the caller closes it with bgcopy_manager_close.
 * @return S_OK; E_SHARING_VIOLATION if somebody has the store alone, or it is
 * wanted alone and anybody has it; E_LINK_VERSION, E_TOO_MANY_PROCESSES or
 * E_HOST_LOST if the host cannot be joined; E_STORE_NEWER for a store of a later version; E_ACCESSDENIED or a code of
 * the disk if the folder or ca_file cannot be used; CRYPT_E_FILE_ERROR if ca_file
 * or ca_pem has no certificate or a malformed one; E_INVALIDARG; E_POINTER.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_open(const struct bgcopy_options *options,
                                   struct bgcopy_manager **out_manager);

/**
 * Makes an empty, suspended job (CreateJob). It survives a power cut once
 * this returns.
 *
 * @param display_name at most 256 characters; need not be unique.
 * @param type a bgcopy_job_type.
 * @param out_id its id; may be NULL.
 * @param out_job the caller closes it with bgcopy_job_close.
 * @return S_OK; E_INVALIDARG for a name too long or an unknown type;
 * E_NOTIMPL for a type that is not built in; BG_E_TOO_MANY_JOBS_PER_USER at
 * the limit of jobs; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_create_job(struct bgcopy_manager *manager,
                                         const char *display_name,
                                         uint32_t type,
                                         struct bgcopy_guid *out_id,
                                         struct bgcopy_job **out_job);

/**
 * Makes a job as bgcopy_manager_create_job does, with a key by which it is found again; or
 * gives the job that has the key.
 *
 * A key belongs to one job of the queue at a time: of calls made at the same time, by
 * whatever processes, one makes the job and the others find it. It is stored with the job,
 * cannot be changed, and is free again once the job is completed or cancelled. A job that is
 * found stays as it is: display_name is not looked at.
 *
 * @param key 1 to 256 characters, none of them a control character.
 * @param display_name at most 256 characters; need not be unique.
 * @param type a bgcopy_job_type.
 * @param out_id its id; may be NULL.
 * @param out_job the caller closes it with bgcopy_job_close.
 * @return S_OK if the job was made, S_FALSE if it was there; E_INVALIDARG for what is no key,
 * or if the job with the key is of another type; BG_E_STRING_TOO_LONG for a longer key; else
 * as for bgcopy_manager_create_job.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_create_job_with_key(struct bgcopy_manager *manager,
                                                  const char *key,
                                                  const char *display_name,
                                                  uint32_t type,
                                                  struct bgcopy_guid *out_id,
                                                  struct bgcopy_job **out_job);

/**
 * Finds a job of the queue by its key.
 *
 * @param key that of bgcopy_manager_create_job_with_key.
 * @param out_job the caller closes it with bgcopy_job_close.
 * @return S_OK; DO_E_JOB_NOT_FOUND if no job in the queue has the key, as a completed or
 * cancelled one has not; E_INVALIDARG or BG_E_STRING_TOO_LONG for what is no key; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_job_by_key(struct bgcopy_manager *manager,
                                         const char *key,
                                         struct bgcopy_job **out_job);

/**
 * Finds a job of the queue by its id (GetJob).
 *
 * @param out_job the caller closes it with bgcopy_job_close.
 * @return S_OK; DO_E_JOB_NOT_FOUND if it is not in the queue, as a completed
 * or cancelled one is not; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section
 * 2.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_job(struct bgcopy_manager *manager,
                                      const struct bgcopy_guid *job_id,
                                      struct bgcopy_job **out_job);

/**
 * Lists the jobs in the queue, in order of creation (EnumJobs).
 *
 * @param out_enumerator the caller closes it with bgcopy_enum_jobs_close.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_enum_jobs(struct bgcopy_manager *manager,
                                        struct bgcopy_enum_jobs **out_enumerator);

/**
 * Gives a sentence for any code (GetErrorDescription).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_error_description(struct bgcopy_manager *manager,
                                                    bgcopy_hresult code,
                                                    char **out_text);

/**
 * Waits for the next event of a job that has no callback for it. Each event
 * goes to one caller, and each is told at least once: a job found transferred
 * or failed when the manager opens raises its event again.
 *
 * @param timeout_ms BGCOPY_WAIT_FOREVER for no end; 0 only looks.
 * @param out_event the caller closes it with bgcopy_event_close.
 * @return S_OK; S_FALSE and NULL if none came in time; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED, also when the manager is closed meanwhile. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_next_event(struct bgcopy_manager *manager,
                                         uint32_t timeout_ms,
                                         struct bgcopy_event **out_event);

/**
 * Gives a descriptor for poll and the like: it can be read from while
 * bgcopy_manager_next_event has something. Read nothing from it and do not
 * close it; it is the manager's and goes with it.
 *
 * @return S_OK; E_NOTIMPL on systems without such a thing;
 * E_TOO_MANY_OPEN_FILES; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_manager_event_fd(struct bgcopy_manager *manager, int32_t *out_fd);

/**
 * Tells whether this manager hosts the queue: 1, or 0 if it has joined another
 * process. It changes when it takes over.
 *
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_is_host(struct bgcopy_manager *manager,
                                      uint32_t *out_is_host);

/**
 * Tells the number of the process that hosts the queue.
 *
 * @return S_OK; S_FALSE and 0 while there is none, and where the system does
 * not tell; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_host_process(struct bgcopy_manager *manager,
                                               uint32_t *out_process);

/**
 * Tells whether no job of the queue can move by itself and no process has
 * joined the host: 1 or 0.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_is_idle(struct bgcopy_manager *manager,
                                      uint32_t *out_is_idle);

/**
 * Tells the limits in force.
 *
 * @param out_limits its size must be set.
 * @return S_OK; E_INVALIDARG for a wrong size; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_limits(struct bgcopy_manager *manager,
                                         struct bgcopy_limits *out_limits);

/**
 * Sets the limits of the queue, at once and until it gets another host.
 *
 * @param limits all of them.
 * @return S_OK; E_INVALIDARG if one is 0 or the size is wrong; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_set_limits(struct bgcopy_manager *manager,
                                         const struct bgcopy_limits *limits);

/**
 * Tells the rate limits of the queue: the most bytes a second, 0 for no limit.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_rate_limits(struct bgcopy_manager *manager,
                                              uint64_t *out_download,
                                              uint64_t *out_upload);

/**
 * Sets the most bytes a second that all jobs of the queue together receive and
 * send, at once and also for what is under way, in whatever process the queue is
 * hosted. It is stored. A job may have limits of its own besides, its properties
 * MAX_DOWNLOAD_RATE and MAX_UPLOAD_RATE. What counts are the bytes of bodies.
 *
 * @param download for all that is received; 0 for no limit.
 * @param upload for all that is sent; 0 for no limit.
 * @return S_OK; E_INVALIDARG above 2^63 - 1; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED; a code of the disk if it cannot be stored.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_set_rate_limits(struct bgcopy_manager *manager,
                                              uint64_t download,
                                              uint64_t upload);

/**
 * Gives when the queue may transfer, as it was set; an empty text for always.
 *
 * @param out_window the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_transfer_window(struct bgcopy_manager *manager,
                                                  char **out_window);

/**
 * Sets when the jobs of the queue may transfer, by the local clock of the process that hosts
 * it. It holds at once, in whatever process the queue is hosted, and it is stored. When it
 * closes, jobs keep their bytes and are QUEUED; their wait reason says OUTSIDE_WINDOW, and
 * when it opens as the next try. A job may have a window of its own besides, its property
 * TRANSFER_WINDOW.
 *
 * @param window days, times of 24 hours or both, as "Mon-Fri 22:00-06:00; Sat,Sun"; empty
 * for always. A time that ends before it begins ends on the next day.
 * @return S_OK; E_INVALIDARG for what is no window, with the character at which it is none
 * in the message; BG_E_STRING_TOO_LONG above 1,024 characters; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED; a code of the disk if it cannot be stored.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_set_transfer_window(struct bgcopy_manager *manager,
                                                  const char *window);

/**
 * Says what the operating system tells of the network. Jobs to which it is
 * closed stop at once, keep their bytes and are QUEUED; their wait reason says
 * NO_NETWORK or POLICY_CLOSED. When it opens they go on. It is not stored; it
 * holds until this manager says something else or is closed, and of several
 * processes the last word counts. Files with a file URL need no network.
 *
 * @param is_connected 0 if there is no way to any server, else 1.
 * @param cost one or more of BGCOPY_COST_UNRESTRICTED to BGCOPY_COST_ROAMING;
 * a job goes on if its property COST_FLAGS has all of them.
 * @return S_OK; E_INVALIDARG for another number; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.4, 6.7.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_set_network(struct bgcopy_manager *manager,
                                          uint32_t is_connected,
                                          uint32_t cost);

/**
 * Says what drives the machine. Jobs whose property POWER_FLAGS does not have all of it stop
 * at once, keep their bytes and are QUEUED; their wait reason says POLICY_CLOSED. When they
 * may, they go on. It is not stored; it holds until this manager says something else or is
 * closed, and of several processes the last word counts.
 *
 * @param state BGCOPY_POWER_EXTERNAL or BGCOPY_POWER_BATTERY, with BGCOPY_POWER_SAVER if the
 * system saves power.
 * @return S_OK; E_INVALIDARG for another number; E_HANDLE; E_POINTER; E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_manager_set_power(struct bgcopy_manager *manager, uint32_t state);

/**
 * Gives what drives the machine as it was reported last, by any process; external power if
 * nobody did.
 *
 * @param out_state as for bgcopy_manager_set_power.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_power(struct bgcopy_manager *manager,
                                        uint32_t *out_state);

/**
 * Tells the network as it was told last, by any process; connected and
 * unrestricted if nobody did.
 *
 * @param out_is_connected 1 or 0.
 * @param out_cost what it costs.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_network(struct bgcopy_manager *manager,
                                          uint32_t *out_is_connected,
                                          uint32_t *out_cost);

/**
 * Stops all transfers of the queue without touching the jobs: they keep their
 * bytes and are QUEUED, and their wait reason says PAUSED. It is not stored; it
 * holds until bgcopy_manager_unpause, or until this manager is closed or its
 * process ends. Twice is once.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_manager_pause(struct bgcopy_manager *manager);

/**
 * Takes back bgcopy_manager_pause of this manager; without one it does
 * nothing. The queue goes on unless another process has paused it, too; jobs
 * in TRANSIENT_ERROR go on waiting for their next try.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_manager_unpause(struct bgcopy_manager *manager);

/**
 * Tells whether this or another process has paused the queue: 1 or 0.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_is_paused(struct bgcopy_manager *manager,
                                        uint32_t *out_is_paused);

/**
 * Tells what was found damaged when the store was opened.
 *
 * @param out_jobs_saved the jobs that could be carried over.
 * @param out_jobs_lost those that could not, as far as is known.
 * @param out_message what was wrong, and where the damaged store is kept; the
 * caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE, 0, 0 and NULL if nothing was; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_get_damage(struct bgcopy_manager *manager,
                                         uint64_t *out_jobs_saved,
                                         uint64_t *out_jobs_lost,
                                         char **out_message);

/**
 * Closes the queue, after what is under way was recorded, and lets go of all
 * callbacks: none runs once this has returned. Handles of its jobs answer
 * E_MANAGER_CLOSED from then on, and are still to be closed. NULL is ignored.
 *
 * @return S_OK; E_HANDLE; DO_E_INVALID_STATE inside a callback of this
 * manager: the handle is as before then.
 */
BGCOPY_API bgcopy_hresult bgcopy_manager_close(struct bgcopy_manager *manager);

/**
 * Adds a whole file (AddFile). Nothing is at the local path of a download
 * until Complete.
 *
 * @param remote_name an http, https or file URL without a password in it; of
 * an upload an http or https URL.
 * @param local_name an absolute path in an existing folder; of an upload, the
 * file to be sent.
 * @return S_OK; E_INVALIDARG for a malformed name or an unknown scheme;
 * E_PATH_NOT_FOUND if the folder is missing; E_ACCESSDENIED if it cannot be
 * written to; E_DUPLICATE_LOCAL_NAME if another file of the job goes there;
 * BG_E_TOO_MANY_FILES for the second file of an upload;
 * BG_E_TOO_MANY_FILES_IN_JOB; DO_E_INVALID_STATE if the job is final;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_add_file(struct bgcopy_job *job,
                                   const char *remote_name,
                                   const char *local_name);

/**
 * Adds several files, all or none (AddFileSet).
 *
 * @param count how many.
 * @param files an array of so many.
 * @return as bgcopy_job_add_file. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_add_file_set(struct bgcopy_job *job,
                                       uint32_t count,
                                       const struct bgcopy_file_info *files);

/**
 * Adds several files with their ranges and the hashes that they must have, all
 * or none.
 *
 * @param count how many.
 * @param files an array of so many.
 * @return as bgcopy_job_add_file_with_ranges; E_INVALIDARG for a hash as in
 * bgcopy_file_set_expected_hash, or a digest without a function; E_NOTIMPL for
 * ranges or a hash of an upload.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_add_files(struct bgcopy_job *job,
                                    uint32_t count,
                                    const struct bgcopy_file_spec *files);

/**
 * Adds pieces of a file, stored back to back in the order given
 * (AddFileWithRanges).
 *
 * @param count how many pieces; 0 for the whole file.
 * @param ranges an array of so many.
 * @return as bgcopy_job_add_file, and DO_E_INVALID_RANGE for an empty range
 * or one that begins nowhere; DO_E_OVERLAPPING_RANGES;
 * BG_E_TOO_MANY_RANGES_IN_FILE above 500. Section 2.7 and 3.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_add_file_with_ranges(struct bgcopy_job *job,
                                               const char *remote_name,
                                               const char *local_name,
                                               uint32_t count,
                                               const struct bgcopy_file_range *ranges);

/**
 * Lists the files of the job, in order of addition (EnumFiles).
 *
 * @param out_enumerator the caller closes it with bgcopy_enum_files_close.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_enum_files(struct bgcopy_job *job,
                                     struct bgcopy_enum_files **out_enumerator);

/**
 * Gives the file at a place, from 0.
 *
 * @param out_file the caller closes it with bgcopy_file_close.
 * @return S_OK; DO_E_FILE_NOT_AVAILABLE if there is none; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_file(struct bgcopy_job *job,
                                   uint32_t index,
                                   struct bgcopy_file **out_file);

/**
 * Stops the job's transfers; their progress stays (Suspend). A job that
 * failed or is transferred keeps its state.
 *
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 9.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_suspend(struct bgcopy_job *job);

/**
 * Starts the job, or starts it again after an error, at once (Resume).
 *
 * @return S_OK; DO_E_JOB_EMPTY without files; DO_E_INVALID_STATE if the job
 * is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 9.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_resume(struct bgcopy_job *job);

/**
 * Deletes the job from the queue, and all its temporary files (Cancel). It
 * cannot be undone and does not wait for the network. Its callbacks are let
 * go.
 *
 * @return S_OK; BG_S_UNABLE_TO_DELETE_FILES if temporary files remain, which
 * are tried again later, or if the server may keep a part of the file that a PUT
 * was sending; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 9.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_cancel(struct bgcopy_job *job);

/**
 * Puts every finished file in place and takes the job out of the queue
 * (Complete). Unfinished files are discarded. Its callbacks are let go.
 *
 * @return S_OK; BG_S_PARTIAL_COMPLETE if not all files were finished;
 * BG_S_UNABLE_TO_DELETE_FILES if temporary files of the others remain;
 * DO_E_INVALID_STATE if the job is final; a code of the disk if a file cannot
 * be put in place, and then the job stays and the call can be repeated;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 9.5.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_complete(struct bgcopy_job *job);

/**
 * Waits until the job is in one of the states.
 *
 * @param count how many states; 0 waits until the job ends: until it is
 * TRANSFERRED, ERROR, ACKNOWLEDGED or CANCELLED.
 * @param states an array of so many, each a bgcopy_job_state.
 * @param timeout_ms BGCOPY_WAIT_FOREVER for no end.
 * @param out_state the state it is in.
 * @return S_OK; E_TIMEOUT; E_INVALIDARG for an unknown state;
 * DO_E_INVALID_STATE once the job is final and will be in none of them;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED, also when the manager is closed
 * meanwhile.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_wait(struct bgcopy_job *job,
                               uint32_t count,
                               const uint32_t *states,
                               uint32_t timeout_ms,
                               uint32_t *out_state);

/**
 * Closes the handle of a job. It changes nothing about the job; its
 * callbacks stay. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_close(struct bgcopy_job *job);

/**
 * Tells the id of the job (GetId). It is never used twice.
 *
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_id(struct bgcopy_job *job, struct bgcopy_guid *out_id);

/**
 * Tells the kind of transfer (GetType).
 *
 * @param out_type a bgcopy_job_type.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_type(struct bgcopy_job *job, uint32_t *out_type);

/**
 * Tells the state (GetState).
 *
 * @param out_state a bgcopy_job_state.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_state(struct bgcopy_job *job, uint32_t *out_state);

/**
 * Tells how far it has come (GetProgress); all 0 without files.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_progress(struct bgcopy_job *job,
                                       struct bgcopy_job_progress *out_progress);

/**
 * Tells when things happened (GetTimes).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_times(struct bgcopy_job *job,
                                    struct bgcopy_job_times *out_times);

/**
 * Gives what stopped the job (GetError).
 *
 * @param out_error the caller closes it with bgcopy_error_close.
 * @return S_OK; DO_E_ERROR_INFORMATION_UNAVAILABLE unless it is in ERROR or
 * TRANSIENT_ERROR; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_error(struct bgcopy_job *job,
                                    struct bgcopy_error **out_error);

/**
 * Tells how often it failed, retries included (GetErrorCount).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_error_count(struct bgcopy_job *job, uint32_t *out_count);

/**
 * Tells who made the job (GetOwner).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_owner(struct bgcopy_job *job, char **out_text);

/**
 * Tells why the job does not move, since when, when it is tried next and what
 * would get it moving; for a moving job, what it is doing.
 *
 * @param out_reason the caller closes it with bgcopy_wait_reason_close.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_wait_reason(struct bgcopy_job *job,
                                          struct bgcopy_wait_reason **out_reason);

/**
 * Tells the bytes per second, averaged over the last seconds; 0 at a
 * standstill.
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_speed(struct bgcopy_job *job,
                                    uint64_t *out_bytes_per_second);

/**
 * Tells the seconds until it is transferred, at the present speed.
 *
 * @return S_OK; S_FALSE and 0 if that cannot be said; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_seconds_left(struct bgcopy_job *job,
                                           uint64_t *out_seconds);

/**
 * Gives the key by which the job is found: see bgcopy_manager_create_job_with_key.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE and NULL if the job was made without one; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_key(struct bgcopy_job *job, char **out_text);

/**
 * Tells all that changes about a job while it moves, at one moment: one call
 * in the place of several, whose answers fit each other.
 *
 * @param out_snapshot its size must be set.
 * @return S_OK; E_INVALIDARG for a wrong size; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_snapshot(struct bgcopy_job *job,
                                       struct bgcopy_job_snapshot *out_snapshot);

/**
 * Gives the name shown to people (GetDisplayName).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_display_name(struct bgcopy_job *job, char **out_text);

/**
 * Sets the name shown to people (SetDisplayName).
 *
 * @param display_name at most 256 characters.
 * @return S_OK; BG_E_STRING_TOO_LONG; DO_E_INVALID_STATE if the job is final;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_display_name(struct bgcopy_job *job,
                                           const char *display_name);

/**
 * Gives the description (GetDescription).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_description(struct bgcopy_job *job, char **out_text);

/**
 * Sets the description (SetDescription).
 *
 * @param description at most 1,024 characters.
 * @return S_OK; BG_E_STRING_TOO_LONG; DO_E_INVALID_STATE if the job is final;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_description(struct bgcopy_job *job,
                                          const char *description);

/**
 * Tells the priority (GetPriority): NORMAL unless set.
 *
 * @param out_priority a bgcopy_job_priority.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_priority(struct bgcopy_job *job, uint32_t *out_priority);

/**
 * Sets the priority (SetPriority). A job of a higher one takes slots from
 * lower ones.
 *
 * @param priority a bgcopy_job_priority.
 * @return S_OK; E_NOTIMPL for an unknown one; DO_E_INVALID_STATE if the job is
 * final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_set_priority(struct bgcopy_job *job, uint32_t priority);

/**
 * Tells which events the job raises (GetNotifyFlags): JOB_TRANSFERRED and
 * JOB_ERROR unless set.
 *
 * @param out_flags BGCOPY_NOTIFY bits.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_notify_flags(struct bgcopy_job *job, uint32_t *out_flags);

/**
 * Sets which events the job raises (SetNotifyFlags): both for callbacks and
 * for bgcopy_manager_next_event.
 *
 * @param flags BGCOPY_NOTIFY bits.
 * @return S_OK; E_NOTIMPL for unknown bits; DO_E_INVALID_STATE if the job is
 * final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_set_notify_flags(struct bgcopy_job *job, uint32_t flags);

/**
 * Tells the shortest wait before a retry, in seconds (GetMinimumRetryDelay).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_minimum_retry_delay(struct bgcopy_job *job,
                                                  uint32_t *out_seconds);

/**
 * Sets the shortest wait before a retry, in seconds (SetMinimumRetryDelay).
 *
 * @param seconds below 5 counts as 5; above the no-progress timeout the job is
 * never retried.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_minimum_retry_delay(struct bgcopy_job *job,
                                                  uint32_t seconds);

/**
 * Tells how long the job may be without progress, in seconds
 * (GetNoProgressTimeout).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_no_progress_timeout(struct bgcopy_job *job,
                                                  uint32_t *out_seconds);

/**
 * Sets how long the job may be without progress, in seconds
 * (SetNoProgressTimeout).
 *
 * @param seconds 0 makes every error fatal.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_no_progress_timeout(struct bgcopy_job *job,
                                                  uint32_t seconds);

/**
 * Tells how long the job may connect and transfer since the last Resume, in
 * seconds (GetMaximumDownloadTime).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_maximum_download_time(struct bgcopy_job *job,
                                                    uint32_t *out_seconds);

/**
 * Sets how long the job may connect and transfer since the last Resume, in
 * seconds (SetMaximumDownloadTime).
 *
 * @param seconds beyond it the job goes to ERROR with
 * BG_E_MAXDOWNLOAD_TIMEOUT.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_maximum_download_time(struct bgcopy_job *job,
                                                    uint32_t seconds);

/**
 * Tells a job property (GetProperty).
 *
 * @param id a bgcopy_job_property_id.
 * @param out_value the value with its type. If that is TEXT, the caller frees the text with
 * bgcopy_string_free.
 * @return S_OK; DO_E_UNKNOWN_PROPERTY_ID; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_property(struct bgcopy_job *job,
                                       uint32_t id,
                                       struct bgcopy_property_value *out_value);

/**
 * Sets a job property (SetProperty).
 *
 * @param id a bgcopy_job_property_id.
 * @param value the value with its type. A text is UTF-8 and stays the caller's.
 * @return S_OK; DO_E_UNKNOWN_PROPERTY_ID; E_INVALIDARG for a value of another
 * type, or for what is no window; BG_E_STRING_TOO_LONG for a window of more than 1,024
 * characters; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; E_NOTIMPL for HIGH_PERFORMANCE;
 * BG_E_RANDOM_ACCESS_NOT_SUPPORTED for ON_DEMAND_MODE of a job whose files have no ranges to be
 * requested; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 * Section 3.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_property(struct bgcopy_job *job,
                                       uint32_t id,
                                       const struct bgcopy_property_value *value);

/**
 * Tells how the proxy is found (GetProxySettings).
 *
 * @param out_usage a bgcopy_proxy_usage.
 * @param out_list the proxies, or NULL; the caller frees it with
 * bgcopy_string_free.
 * @param out_bypass the hosts that are reached without one, or NULL; likewise.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_proxy_settings(struct bgcopy_job *job,
                                             uint32_t *out_usage,
                                             char **out_list,
                                             char **out_bypass);

/**
 * Sets how the proxy is found (SetProxySettings).
 *
 * @param usage a bgcopy_proxy_usage.
 * @param list with OVERRIDE only: proxies, separated by spaces, as in
 * [protocol=][protocol://]server[:port]; else NULL.
 * @param bypass with OVERRIDE only: hosts that are reached without one; may be
 * NULL.
 * @return S_OK; E_NOTIMPL for an unknown usage; E_INVALIDARG for lists that do
 * not fit it; BG_E_PROXY_LIST_TOO_LARGE; BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
 * DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_proxy_settings(struct bgcopy_job *job,
                                             uint32_t usage,
                                             const char *list,
                                             const char *bypass);

/**
 * Sets a name and a password for the server or the proxy (SetCredentials), one
 * pair for each target and scheme. They are kept in memory only, by this process
 * and by the one that hosts the queue: once both have ended the job waits with
 * CREDENTIALS_NEEDED until they are set again. For an upload to S3 they are the
 * access key and the secret key, which sign and are never sent.
 *
 * @param target a bgcopy_auth_target.
 * @param scheme a bgcopy_auth_scheme: BASIC or DIGEST. NTLM and NEGOTIATE are
 * for the user's own credentials, which are stored with the job and used where
 * libcurl can. BEARER is for a token, and for a server only.
 * @param user_name at most 300 characters; NULL or empty for the user's own, and
 * with a token.
 * @param password at most 65,536 characters: with BEARER the token; NULL or empty
 * for the user's own.
 * @return S_OK; BG_E_INVALID_AUTH_TARGET; BG_E_INVALID_AUTH_SCHEME; E_NOTIMPL
 * for a scheme that is not used so; E_INVALIDARG if one is missing, or both with
 * BASIC or DIGEST, if one has a line end, or is not as the scheme wants it;
 * BG_E_USERNAME_TOO_LARGE; BG_E_PASSWORD_TOO_LARGE;
 * DO_E_INVALID_STATE if the job is final; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_credentials(struct bgcopy_job *job,
                                          uint32_t target,
                                          uint32_t scheme,
                                          const char *user_name,
                                          const char *password);

/**
 * Forgets credentials (RemoveCredentials).
 *
 * @param target a bgcopy_auth_target.
 * @param scheme a bgcopy_auth_scheme.
 * @return S_OK; S_FALSE if none were set for that pair;
 * BG_E_INVALID_AUTH_TARGET; BG_E_INVALID_AUTH_SCHEME; DO_E_INVALID_STATE if
 * the job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_remove_credentials(struct bgcopy_job *job,
                                             uint32_t target,
                                             uint32_t scheme);

/**
 * Tells the client certificate (in the place of GetClientCertificate).
 *
 * @param out_certificate the path of its file; the caller frees it with
 * bgcopy_string_free.
 * @param out_key the path of its key, or NULL if that is in the same file;
 * likewise.
 * @return S_OK; S_FALSE and NULL if none is set; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_client_certificate(struct bgcopy_job *job,
                                                 char **out_certificate,
                                                 char **out_key);

/**
 * Sets the client certificate (in the place of SetClientCertificateByName).
 *
 * @param certificate the absolute path of a PEM file.
 * @param key the same of its key; NULL if it is in the same file.
 * @return S_OK; E_INVALIDARG for a relative path; DO_E_INVALID_STATE if the
 * job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_client_certificate(struct bgcopy_job *job,
                                                 const char *certificate,
                                                 const char *key);

/**
 * Forgets the client certificate (RemoveClientCertificate).
 *
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_remove_client_certificate(struct bgcopy_job *job);

/**
 * Gives the custom headers, each line ended by CR LF (GetCustomHeaders).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE and NULL if there are none; E_ACCESSDENIED if they are
 * write-only; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_custom_headers(struct bgcopy_job *job, char **out_text);

/**
 * Sets headers that every request carries (SetCustomHeaders). They are stored
 * as they are, so secrets belong in bgcopy_job_set_credentials.
 *
 * @param headers lines of a name, a colon and a value, each ended by CR LF;
 * NULL for none.
 * @return S_OK; BG_E_STRING_TOO_LONG above 16,383 characters; E_INVALIDARG for
 * a malformed line; DO_E_INVALID_STATE if the job is final; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_custom_headers(struct bgcopy_job *job,
                                             const char *headers);

/**
 * Hides the custom headers, those that are set and those that will be, from every
 * caller (MakeCustomHeadersWriteOnly): they are sent, and can be set, but no longer
 * read. This cannot be undone. They are still stored as they are, in the folder of the
 * queue, which only its user can read.
 *
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_make_custom_headers_write_only(struct bgcopy_job *job);

/**
 * Gives the HTTP method of a download (GetHttpMethod): GET unless set.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_NOTIMPL for an upload, which has the methods of its protocol;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_http_method(struct bgcopy_job *job, char **out_text);

/**
 * Sets the HTTP method of a download (SetHttpMethod), before the first Resume; the one
 * that it has can be set at any time. Its requests have no body. With any other method
 * than GET each file is requested once, from its first byte: every failure puts the
 * file in ERROR, and Resume begins it anew; the priority becomes FOREGROUND and stays
 * so. After a 303, and after a 301 or 302 to a POST, the redirect is followed by GET. A file
 * that is requested when its process is killed is requested again.
 *
 * @param method in capital letters, at most 40 characters.
 * @return S_OK; E_INVALIDARG for what is no method, if the job has DYNAMIC_CONTENT or
 * ON_DEMAND_MODE, or a file with ranges, which are refused afterwards as well;
 * BG_E_STRING_TOO_LONG; E_NOTIMPL for CONNECT, HEAD and TRACE, whose answer is no file, and for an
 * upload; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; DO_E_INVALID_STATE if the job is final;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_set_http_method(struct bgcopy_job *job, const char *method);

/**
 * Tells the certificate checks and the redirect policy (GetSecurityFlags).
 *
 * @param out_flags BGCOPY_SECURITY bits.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_security_flags(struct bgcopy_job *job,
                                             uint32_t *out_flags);

/**
 * Sets the certificate checks and the redirect policy (SetSecurityFlags).
 *
 * @param flags BGCOPY_SECURITY bits.
 * @return S_OK; E_NOTIMPL for unknown bits and for checks that the built-in
 * TLS does not have; DO_E_INVALID_STATE if the job is final; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_set_security_flags(struct bgcopy_job *job, uint32_t flags);

/**
 * Replaces the beginning of all remote names that have it
 * (ReplaceRemotePrefix).
 *
 * @param old_prefix what they begin with.
 * @param new_prefix what takes its place.
 * @return S_OK; S_FALSE if none has it; E_INVALIDARG if a prefix is empty or a
 * result is not valid, and then none is changed; DO_E_INVALID_STATE if the job
 * is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_replace_remote_prefix(struct bgcopy_job *job,
                                                const char *old_prefix,
                                                const char *new_prefix);

/**
 * Makes one suspended upload job for each file, named after it, all or none;
 * the jobs are in the order of the files. An upload job has one file.
 *
 * @param count how many files; 0 makes no job.
 * @param files an array of so many: where each goes, and where it is. Below
 * a URL that ends in a slash a file goes under its own name, unless the server
 * names files itself, as by tus and POST.
 * @param out_jobs an array of so many handles; the caller closes each with
 * bgcopy_job_close.
 * @return S_OK; codes as bgcopy_manager_create_job and bgcopy_job_add_file,
 * and then there is no new job. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_create_uploads(struct bgcopy_manager *manager,
                                             uint32_t count,
                                             const struct bgcopy_file_info *files,
                                             struct bgcopy_job **out_jobs);

/**
 * As bgcopy_manager_create_uploads, and the jobs are resumed as they are made.
 * If one cannot be made those before it are cancelled; what they have sent by
 * then stays where it is.
 *
 * @param like a job whose settings they get: everything but its name and its
 * reply's file name; its credentials, too. NULL for none.
 * @return S_OK; codes as bgcopy_manager_create_uploads; DO_E_INVALID_STATE if
 * `like` is completed or cancelled; E_INVALIDARG if it is of another type than
 * UPLOAD. Section 2.2.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_start_uploads(struct bgcopy_manager *manager,
                                            uint32_t count,
                                            const struct bgcopy_file_info *files,
                                            struct bgcopy_job *like,
                                            struct bgcopy_job **out_jobs);

/**
 * Calls bgcopy_job_complete for each of many jobs, in few steps on the disk.
 * What one answers is of no concern to the others.
 *
 * @param count how many jobs.
 * @param jobs an array of so many handles, which stay the caller's.
 * @param out_results an array of so many codes, each that of one job.
 * @return S_OK, whatever the jobs answer; E_POINTER; E_HANDLE, also for one of
 * the jobs, and then nothing was done; E_MANAGER_CLOSED is told in
 * out_results. Section 9.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_complete_all(struct bgcopy_manager *manager,
                                           uint32_t count,
                                           struct bgcopy_job *const *jobs,
                                           bgcopy_hresult *out_results);

/**
 * The same for bgcopy_job_cancel. Section 9.6.
 *
 * @param count how many jobs.
 * @param jobs an array of so many handles, which stay the caller's.
 * @param out_results an array of so many codes, each that of one job.
 * @return as bgcopy_manager_complete_all.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_cancel_all(struct bgcopy_manager *manager,
                                         uint32_t count,
                                         struct bgcopy_job *const *jobs,
                                         bgcopy_hresult *out_results);

/**
 * Tells how far the reply has come (GetReplyProgress).
 *
 * @return S_OK; E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_reply_progress(struct bgcopy_job *job,
                                             struct bgcopy_job_reply_progress *out_progress);

/**
 * Gives the reply itself (GetReplyData), once the job is TRANSFERRED.
 *
 * @param capacity how many bytes the array holds; BGCOPY_REPLY_DATA_BYTES_MAX
 * is always enough.
 * @param out_data the array; may be NULL if capacity is 0.
 * @param out_length how many bytes the reply has.
 * @return S_OK; S_FALSE and 0 if the server sent none; S_FALSE and the length
 * if the array holds only the first of them; BG_E_TOO_LARGE for a reply above
 * BGCOPY_REPLY_DATA_BYTES_MAX, which is in its file after Complete;
 * DO_E_INVALID_STATE before TRANSFERRED; E_FILE_NOT_FOUND if it was taken
 * away; E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_get_reply_data(struct bgcopy_job *job,
                                         uint32_t capacity,
                                         uint8_t *out_data,
                                         uint32_t *out_length);

/**
 * Tells where Complete puts the reply (GetReplyFileName). If the server sends
 * none there is no such file.
 *
 * @param out_path the caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE and NULL if no name was set and no file was added yet;
 * E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_get_reply_file_name(struct bgcopy_job *job, char **out_path);

/**
 * Sets where Complete puts the reply (SetReplyFileName).
 *
 * @param path an absolute path in an existing folder; NULL or empty for the
 * default: beside the file that is sent, with .reply behind its name.
 * @return S_OK; E_INVALIDARG for a relative path; E_PATH_NOT_FOUND,
 * E_ACCESSDENIED or E_DIRECTORY for one that cannot be used;
 * DO_E_INVALID_STATE once the reply is being fetched; E_NOTIMPL unless the job
 * is an UPLOAD_REPLY; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
 */
BGCOPY_API bgcopy_hresult bgcopy_job_set_reply_file_name(struct bgcopy_job *job, const char *path);

/**
 * Sets who is told when all files of the job are here. bgcopy_job_complete is
 * legal inside and usual. A callback that answers a failure is called again
 * after a second, until it succeeds. An event that nobody has asked for yet is
 * told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_transferred_callback(struct bgcopy_job *job,
                                                   bgcopy_job_callback callback,
                                                   void *user,
                                                   bgcopy_destroy destroy);

/**
 * Sets who is told when the job has failed for good, not for an error that is
 * tried again by itself. A callback that answers a failure is called again
 * after a second, until it succeeds. An event that nobody has asked for yet is
 * told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_error_callback(struct bgcopy_job *job,
                                             bgcopy_error_callback callback,
                                             void *user,
                                             bgcopy_destroy destroy);

/**
 * Sets who is told when something about the job changed. It may be called less
 * often than that; raise it with NOTIFY_JOB_MODIFICATION. An event that nobody
 * has asked for yet is told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_modification_callback(struct bgcopy_job *job,
                                                    bgcopy_job_callback callback,
                                                    void *user,
                                                    bgcopy_destroy destroy);

/**
 * Sets who is told when a file is here; raise it with NOTIFY_FILE_TRANSFERRED.
 * It comes before the end of the job. A callback that answers a failure is
 * called again after a second, until it succeeds. An event that nobody has
 * asked for yet is told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_file_transferred_callback(struct bgcopy_job *job,
                                                        bgcopy_file_callback callback,
                                                        void *user,
                                                        bgcopy_destroy destroy);

/**
 * Sets who is told when bytes of a file came in; raise it with
 * NOTIFY_FILE_RANGES_TRANSFERRED. An event that nobody has asked for yet is
 * told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_file_ranges_transferred_callback(struct bgcopy_job *job,
                                                               bgcopy_file_ranges_callback callback,
                                                               void *user,
                                                               bgcopy_destroy destroy);

/**
 * Sets who is told when a file began anew, because it changed on the server or
 * its bytes were lost. An event that nobody has asked for yet is told, too.
 *
 * @param callback NULL for nobody: the former one is let go, and user and
 * destroy are not used.
 * @param user handed to the callback as it is.
 * @param destroy called once with user when the callback is no longer needed;
 * may be NULL. It is not called if this call fails.
 * @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_set_file_restarted_callback(struct bgcopy_job *job,
                                                      bgcopy_file_callback callback,
                                                      void *user,
                                                      bgcopy_destroy destroy);

/**
 * Tells the place of the file in its job, from 0.
 *
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_get_index(struct bgcopy_file *file, uint32_t *out_index);

/**
 * Gives the URL it comes from (GetRemoteName).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_get_remote_name(struct bgcopy_file *file, char **out_text);

/**
 * Gives the path that Complete puts it at (GetLocalName).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_get_local_name(struct bgcopy_file *file, char **out_text);

/**
 * Gives the path of its temporary file (GetTemporaryName). The file exists
 * from the first request until Complete or Cancel.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.5.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_get_temporary_name(struct bgcopy_file *file, char **out_text);

/**
 * Tells how far it has come (GetProgress).
 *
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_progress(struct bgcopy_file *file,
                                        struct bgcopy_file_progress *out_progress);

/**
 * Gives what stopped the file since it last made progress. A file that failed for
 * good is tried again when the job is resumed or the file gets another remote name,
 * the others by themselves. Its job goes on as long as any other file can.
 *
 * @param out_error the caller closes it with bgcopy_error_close; NULL if nothing
 * stopped it.
 * @return S_OK; S_FALSE if nothing stopped it; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_error(struct bgcopy_file *file,
                                     struct bgcopy_error **out_error);

/**
 * Tells the pieces that were asked for, in the order they are stored
 * (GetFileRanges).
 *
 * @param capacity how many the array holds.
 * @param out_ranges the array; may be NULL if capacity is 0.
 * @param out_count how many there are, 0 for the whole file.
 * @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_file_ranges(struct bgcopy_file *file,
                                           uint32_t capacity,
                                           struct bgcopy_file_range *out_ranges,
                                           uint32_t *out_count);

/**
 * Gets which bytes of the remote file are in the temporary file, by their
 * offsets in the remote file: in order, and joined where they meet
 * (GetFilledFileRanges). For an upload, those that the server holds.
 *
 * @param capacity how many the array holds.
 * @param out_ranges the array; may be NULL if capacity is 0.
 * @param out_count how many there are.
 * @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_filled_file_ranges(struct bgcopy_file *file,
                                                  uint32_t capacity,
                                                  struct bgcopy_file_range *out_ranges,
                                                  uint32_t *out_count);

/**
 * Sets another URL for the same content (SetRemoteName). What is here stays
 * if the new server proves that it has the same content.
 *
 * @return S_OK; E_INVALIDARG for a bad URL; DO_E_INVALID_STATE if the job is
 * final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_set_remote_name(struct bgcopy_file *file,
                                           const char *remote_name);

/**
 * Has ranges of the remote file downloaded before the rest of it or, if the job has
 * ON_DEMAND_MODE, instead of it (RequestFileRanges). They may overlap each other and what
 * is here. Stored at once; a suspended job needs bgcopy_job_resume to download them. On
 * demand, a job that has all that was requested is SUSPENDED, and TRANSFERRED once its files
 * are whole.
 *
 * @param count how many ranges: at least 1.
 * @param ranges an array of so many.
 * @return S_OK; E_INVALIDARG without a range; BG_E_INVALID_RANGE for one that is empty or
 * outside of the file; BG_E_TOO_MANY_RANGES_IN_FILE for more than 500 at a time;
 * BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload, a file with ranges of its own, a file
 * that comes from no HTTP server, and a job with DYNAMIC_CONTENT; DO_E_INVALID_STATE if the
 * job is completed or cancelled; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_request_file_ranges(struct bgcopy_file *file,
                                               uint32_t count,
                                               const struct bgcopy_file_range *ranges);

/**
 * Has what is missing of the file from an offset on downloaded first, and what is
 * missing in front of it afterwards (UpdateDownloadPosition). It is not stored: a
 * process that takes over the queue goes on with the first missing byte. It changes
 * nothing for a file that has one request at a time: see bgcopy_file_reader_read.
 *
 * @param offset in bytes from the first one of the remote file.
 * @return S_OK; BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload and for a file with
 * requested pieces; BG_E_INVALID_RANGE for an offset behind the end;
 * DO_E_INVALID_STATE if the job is completed or cancelled; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_update_download_position(struct bgcopy_file *file,
                                                    uint64_t offset);

/**
 * Tells what was said of its content (GetValidationState).
 *
 * @param out_valid 1 or 0.
 * @return S_OK; S_FALSE and 0 if nothing was said; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED. Section 3.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_validation_state(struct bgcopy_file *file,
                                                uint32_t *out_valid);

/**
 * Accepts or refuses the content of a transferred file (SetValidationState).
 * A refused file starts over when the job is resumed.
 *
 * @param valid 1 or 0.
 * @return S_OK; E_PENDING before it is transferred; DO_E_INVALID_STATE if the
 * job is final; E_INVALIDARG; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section
 * 3.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_set_validation_state(struct bgcopy_file *file,
                                                uint32_t valid);

/**
 * Gives the head of the last response as one text, lines ended by CR LF (the
 * property HTTP_RESPONSE_HEADERS).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; S_FALSE and NULL before the first response; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_response_headers(struct bgcopy_file *file,
                                                char **out_text);

/**
 * Tells the hash it must have.
 *
 * @param out_algorithm a bgcopy_hash_algorithm.
 * @param out_digest in hexadecimal digits; the caller frees it with
 * bgcopy_string_free.
 * @return S_OK; S_FALSE, 0 and NULL if none is set; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_expected_hash(struct bgcopy_file *file,
                                             uint32_t *out_algorithm,
                                             char **out_digest);

/**
 * Sets the hash that the content must have before the job may become
 * TRANSFERRED.
 *
 * @param algorithm a bgcopy_hash_algorithm.
 * @param digest in hexadecimal digits of either case.
 * @return S_OK; E_INVALIDARG for an unknown function or a digest that does
 * not fit it; DO_E_INVALID_STATE once the file is transferred; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_set_expected_hash(struct bgcopy_file *file,
                                             uint32_t algorithm,
                                             const char *digest);

/**
 * Takes back the hash that the content must have.
 *
 * @return S_OK; DO_E_INVALID_STATE once the file is transferred; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_remove_expected_hash(struct bgcopy_file *file);

/**
 * Closes the handle of a file. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_close(struct bgcopy_file *file);

/**
 * Opens a reader at the first byte of a file. It keeps its job's handle open.
 *
 * @param out_reader the caller closes it with bgcopy_file_reader_close.
 * @return S_OK; E_NOTIMPL for an upload; DO_E_INVALID_STATE for a cancelled job;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_open_reader(struct bgcopy_file *file,
                                       struct bgcopy_file_reader **out_reader);

/**
 * Reads from the position on, and moves it behind what was read. It waits until
 * there is at least one byte, and has those that it waits for downloaded before
 * all others, if the file may have several requests: it has 8 MiB or more, a
 * strong ETag, no requested pieces, and CONNECTIONS_PER_FILE is not 1.
 *
 * If the byte will not come by itself it does not wait. After Resume it can be
 * read on.
 *
 * @param buffer where the bytes go; may be NULL if length is 0. What it holds after a
 * failure means nothing.
 * @param length how many fit.
 * @param timeout_ms how long to wait, also for its turn; BGCOPY_WAIT_FOREVER.
 * @param out_read how many were read: 0 at the end of the file, or if none fit.
 * @return S_OK; E_TIMEOUT; BG_E_REMOTE_FILE_CHANGED; DO_E_INVALID_STATE if the job is
 * suspended, completed without the byte, or cancelled; what stopped the job or the file
 * if it has failed for good; a code of the disk; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_read(struct bgcopy_file_reader *reader,
                                       uint8_t *buffer,
                                       uint32_t length,
                                       uint32_t timeout_ms,
                                       uint32_t *out_read);

/**
 * Reads as bgcopy_file_reader_read, or until the interrupt is raised.
 *
 * @param interrupt what may end the wait; closing it does not.
 * @return as bgcopy_file_reader_read; E_ABORT if it was interrupted.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_read_interruptible(struct bgcopy_file_reader *reader,
                                                     uint8_t *buffer,
                                                     uint32_t length,
                                                     uint32_t timeout_ms,
                                                     struct bgcopy_interrupt *interrupt,
                                                     uint32_t *out_read);

/**
 * Moves the position; it may be behind the end.
 *
 * @param offset in bytes, to the front if it is negative.
 * @param origin where it counts from: 0 the first byte, 1 the position, 2 the end, as
 * SEEK_SET, SEEK_CUR and SEEK_END of C.
 * @param out_position where it is now, from the first byte; may be NULL.
 * @return S_OK; E_INVALIDARG for another origin, or a position in front of the first
 * byte; E_PENDING from the end as long as the size is not known; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_seek(struct bgcopy_file_reader *reader,
                                       int64_t offset,
                                       uint32_t origin,
                                       uint64_t *out_position);

/**
 * Tells where the next read begins, in bytes from the first one. A file with requested
 * pieces has them back to back.
 *
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_get_position(struct bgcopy_file_reader *reader,
                                               uint64_t *out_position);

/**
 * Tells how many bytes the whole file will have.
 *
 * @param out_size BGCOPY_SIZE_UNKNOWN until the server tells.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_get_size(struct bgcopy_file_reader *reader,
                                           uint64_t *out_size);

/**
 * Tells whether the whole file is here, checked against the expected hash if there is
 * one, and safe against a power cut.
 *
 * @param out_verified 1 or 0.
 * @return S_OK; BG_E_REMOTE_FILE_CHANGED if what was read is of another version;
 * E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_reader_is_verified(struct bgcopy_file_reader *reader,
                                              uint32_t *out_verified);

/**
 * Closes the handle of a reader, without waiting. A read of another thread goes on to
 * its end, and keeps what it needs until then; only its interrupt ends it sooner. NULL
 * is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_reader_close(struct bgcopy_file_reader *reader);

/**
 * Appends another URL of the same content, which is asked when the sources before it fail.
 * Stored at once. What is here stays if the mirror has the same size and strong ETag, or a
 * hash is expected, which then decides; else the mirror serves only once no other source is
 * left, and the file begins anew. Passwords, tokens, Authorization, Cookie and the client
 * certificate go to no mirror of another origin than the remote name's.
 *
 * @param url http or https.
 * @return S_OK; S_FALSE if the file has it already; E_INVALIDARG for a bad URL, another
 * scheme, and http where the remote name is https, unless the job has the security flag
 * REDIRECT_ALLOW_HTTPS_TO_HTTP; BGCOPY_E_TOO_MANY_MIRRORS above 16; E_NOTIMPL for an upload;
 * DO_E_INVALID_STATE if the job is completed or cancelled; E_POINTER; E_HANDLE;
 * E_MANAGER_CLOSED.
 */
BGCOPY_API bgcopy_hresult bgcopy_file_add_mirror(struct bgcopy_file *file, const char *url);

/**
 * Gets how many sources the file has: the remote name and its mirrors.
 *
 * @param out_count at least 1.
 * @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_source_count(struct bgcopy_file *file,
                                            uint32_t *out_count);

/**
 * Gets a source of the file and what became of it.
 *
 * @param place its place in the order in which they are asked: 0 for the remote name.
 * @param out_source its size must be set.
 * @param out_url the caller frees it with bgcopy_string_free.
 * @param out_message why it failed last, NULL if it did not; the caller frees it with
 * bgcopy_string_free.
 * @return S_OK; E_INVALIDARG for a wrong size, and for a place where there is none; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_file_get_source(struct bgcopy_file *file,
                                      uint32_t place,
                                      struct bgcopy_file_source *out_source,
                                      char **out_url,
                                      char **out_message);

/**
 * Tells what failed and with which code (GetError).
 *
 * @param out_context a bgcopy_error_context.
 * @param out_code the code.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_error_get_error(struct bgcopy_error *error,
                                      uint32_t *out_context,
                                      bgcopy_hresult *out_code);

/**
 * Gives the file it happened to (GetFile).
 *
 * @param out_file the caller closes it with bgcopy_file_close.
 * @return S_OK; DO_E_FILE_NOT_AVAILABLE if it happened to no file; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 2.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_error_get_file(struct bgcopy_error *error,
                                     struct bgcopy_file **out_file);

/**
 * Gives a sentence for this very error (GetErrorDescription).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_error_get_error_description(struct bgcopy_error *error,
                                                  char **out_text);

/**
 * Gives a sentence for what failed (GetErrorContextDescription).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
 */
BGCOPY_API
bgcopy_hresult bgcopy_error_get_error_context_description(struct bgcopy_error *error,
                                                          char **out_text);

/**
 * Tells which protocol was used, "http" or "file" (GetProtocol).
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; BG_E_PROTOCOL_NOT_AVAILABLE if none was; E_POINTER; E_HANDLE.
 * Section 2.4.
 */
BGCOPY_API bgcopy_hresult bgcopy_error_get_protocol(struct bgcopy_error *error, char **out_text);

/**
 * Tells when it happened.
 *
 * @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_error_get_time(struct bgcopy_error *error, uint64_t *out_time);

/**
 * Closes the handle of an error. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_error_close(struct bgcopy_error *error);

/**
 * Tells what the job waits for, or does.
 *
 * @param out_kind a bgcopy_wait_kind.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_kind(struct bgcopy_wait_reason *reason,
                                           uint32_t *out_kind);

/**
 * Tells since when.
 *
 * @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_since(struct bgcopy_wait_reason *reason,
                                            uint64_t *out_time);

/**
 * Tells when the job is tried again by itself.
 *
 * @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
 * @return S_OK; S_FALSE and 0 if it is not; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_next_try(struct bgcopy_wait_reason *reason,
                                               uint64_t *out_time);

/**
 * Tells the code of the error behind it.
 *
 * @return S_OK; S_FALSE and S_OK in its place if there is none; E_POINTER;
 * E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_code(struct bgcopy_wait_reason *reason,
                                           bgcopy_hresult *out_code);

/**
 * Gives a sentence for what is going on.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_message(struct bgcopy_wait_reason *reason,
                                              char **out_text);

/**
 * Gives a sentence for what would get the job moving.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_wait_reason_get_unblock(struct bgcopy_wait_reason *reason,
                                              char **out_text);

/**
 * Closes the handle of a reason. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_wait_reason_close(struct bgcopy_wait_reason *reason);

/**
 * Tells what happened.
 *
 * @param out_kind a bgcopy_event_kind.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_event_get_kind(struct bgcopy_event *event, uint32_t *out_kind);

/**
 * Tells the id of the job it happened to.
 *
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_event_get_job_id(struct bgcopy_event *event,
                                       struct bgcopy_guid *out_id);

/**
 * Gives the job it happened to.
 *
 * @param out_job the caller closes it with bgcopy_job_close.
 * @return S_OK; DO_E_JOB_NOT_FOUND if it has left the queue; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_event_get_job(struct bgcopy_event *event,
                                    struct bgcopy_job **out_job);

/**
 * Tells the place in the job of the file it happened to, from 0.
 *
 * @return S_OK; S_FALSE and 0 if it is about the job as a whole; E_POINTER;
 * E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_event_get_file_index(struct bgcopy_event *event,
                                           uint32_t *out_index);

/**
 * Gives the error, for JOB_ERROR.
 *
 * @param out_error the caller closes it with bgcopy_error_close.
 * @return S_OK; S_FALSE and NULL if there is none; DO_E_JOB_NOT_FOUND if the
 * job has left the queue; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_event_get_error(struct bgcopy_event *event,
                                      struct bgcopy_error **out_error);

/**
 * Tells the bytes that came in, for FILE_RANGES_TRANSFERRED, counted over the
 * pieces that were asked for.
 *
 * @param capacity how many ranges the array holds.
 * @param out_ranges the array; may be NULL if capacity is 0.
 * @param out_count how many there are.
 * @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
 * E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_event_get_file_ranges(struct bgcopy_event *event,
                                            uint32_t capacity,
                                            struct bgcopy_file_range *out_ranges,
                                            uint32_t *out_count);

/**
 * Closes the handle of an event. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_event_close(struct bgcopy_event *event);

/**
 * Makes an interrupt that ends nothing yet.
 *
 * @param out_interrupt the caller closes it with bgcopy_interrupt_close.
 * @return S_OK; E_POINTER.
 */
BGCOPY_API bgcopy_hresult bgcopy_interrupt_create(struct bgcopy_interrupt **out_interrupt);

/**
 * Ends all waits that have it, at once: they answer E_ABORT. A second call does
 * nothing. It is not for signal handlers.
 *
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_interrupt_raise(struct bgcopy_interrupt *interrupt);

/**
 * Tells whether it was raised.
 *
 * @param out_raised 1 or 0.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_interrupt_is_raised(struct bgcopy_interrupt *interrupt,
                                          uint32_t *out_raised);

/**
 * Waits until the job is in one of the states, or has ended if there are none,
 * or the interrupt is raised.
 *
 * @param interrupt what may end the wait; closing it does not.
 * @return as bgcopy_job_wait; E_ABORT if it was interrupted.
 */
BGCOPY_API
bgcopy_hresult bgcopy_job_wait_interruptible(struct bgcopy_job *job,
                                             uint32_t count,
                                             const uint32_t *states,
                                             uint32_t timeout_ms,
                                             struct bgcopy_interrupt *interrupt,
                                             uint32_t *out_state);

/**
 * Waits for the next event as bgcopy_manager_next_event, or until the interrupt
 * is raised. No event is lost by it: who asks next gets it.
 *
 * @param interrupt what may end the wait; closing it does not.
 * @return as bgcopy_manager_next_event; E_ABORT if it was interrupted.
 */
BGCOPY_API
bgcopy_hresult bgcopy_manager_next_event_interruptible(struct bgcopy_manager *manager,
                                                       uint32_t timeout_ms,
                                                       struct bgcopy_interrupt *interrupt,
                                                       struct bgcopy_event **out_event);

/**
 * Closes the handle of an interrupt. Waits that have it go on, and nothing can
 * interrupt them any more. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_interrupt_close(struct bgcopy_interrupt *interrupt);

/**
 * Downloads files as one job, and puts them in place when all of them are here; returns when
 * that is done. The same files, in whatever order, find the job that an earlier call left, or
 * that another one is at, also in another process of the queue.
 *
 * @param count how many files; 0 does nothing.
 * @param options NULL for the defaults.
 * @param interrupt what may end the call from another thread, which then answers E_ABORT; may
 * be NULL.
 * @param callback may be NULL.
 * @param user for the callback.
 * @param out_codes what became of each file, an array of count, written if the jobs came to
 * their ends: S_OK if it is in place, S_FALSE if only others kept it from there, else why not.
 * May be NULL.
 * @return S_OK if all files are in place; BG_S_PARTIAL_COMPLETE if some are; E_TIMEOUT; E_ABORT;
 * DO_E_INVALID_STATE for another expected hash than that which a file was checked against;
 * BGCOPY_E_SIGNATURE, BGCOPY_E_CHECKSUM_LIST and BGCOPY_E_NOT_LISTED for checksums, and why the list cannot be had,
 * before a job is made; the code of the first file that failed; else as bgcopy_manager_create_job,
 * bgcopy_job_add_files and bgcopy_job_complete; E_INVALIDARG for bad options; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED.
 */
BGCOPY_API
bgcopy_hresult bgcopy_download(struct bgcopy_manager *manager,
                               uint32_t count,
                               const struct bgcopy_file_spec *files,
                               const struct bgcopy_transfer_options *options,
                               struct bgcopy_interrupt *interrupt,
                               bgcopy_progress_callback callback,
                               void *user,
                               bgcopy_hresult *out_codes);

/**
 * Sends files, a job for each, and acknowledges those that are sent; returns when all of the
 * jobs have ended. A file that is asked for twice is sent once. Below a URL that ends in a slash
 * a file goes under its own name. If jobs are cancelled at their server, the call takes up to 5 s
 * longer.
 *
 * @param files without ranges and hashes.
 * @return as bgcopy_download.
 */
BGCOPY_API
bgcopy_hresult bgcopy_upload(struct bgcopy_manager *manager,
                             uint32_t count,
                             const struct bgcopy_file_spec *files,
                             const struct bgcopy_transfer_options *options,
                             struct bgcopy_interrupt *interrupt,
                             bgcopy_progress_callback callback,
                             void *user,
                             bgcopy_hresult *out_codes);

/**
 * Reads a list of checksums: lines of sha256sum and sha512sum (`DIGEST  NAME`), of BSD
 * (`SHA256 (NAME) = DIGEST`), or a digest alone. Blank lines, comments and lines of functions
 * that are not supported, as MD5 and SHA-1, are skipped. Of a text that is signed by OpenPGP the
 * message is read; the signature is not checked.
 *
 * @param text UTF-8; need not end in a NUL.
 * @param length its bytes.
 * @param callback called for each line, by the thread that makes the call, once all of the
 * list is read. It must not be NULL.
 * @param user for the callback.
 * @return S_OK; BGCOPY_E_CHECKSUM_LIST for what is no such list, with the number of the line in
 * the message; E_ABORT; E_POINTER.
 */
BGCOPY_API
bgcopy_hresult bgcopy_parse_checksum_list(const char *text,
                                          size_t length,
                                          bgcopy_checksum_callback callback,
                                          void *user);

/**
 * Gives the next jobs (Next).
 *
 * @param count how many are wanted.
 * @param out_jobs an array of so many handles; the caller closes each that it
 * gets with bgcopy_job_close.
 * @param out_fetched how many it got; may be NULL if count is 1.
 * @return S_OK; S_FALSE if there were not so many, as at the end; E_POINTER;
 * E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_jobs_next(struct bgcopy_enum_jobs *enumerator,
                                     uint32_t count,
                                     struct bgcopy_job **out_jobs,
                                     uint32_t *out_fetched);

/**
 * Passes over jobs (Skip).
 *
 * @return S_OK; S_FALSE if there were not so many: it is at the end then;
 * E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_jobs_skip(struct bgcopy_enum_jobs *enumerator,
                                     uint32_t count);

/**
 * Goes back to the beginning of the same list (Reset).
 *
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API bgcopy_hresult bgcopy_enum_jobs_reset(struct bgcopy_enum_jobs *enumerator);

/**
 * Tells how many jobs the whole list has (GetCount).
 *
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_jobs_count(struct bgcopy_enum_jobs *enumerator,
                                      uint32_t *out_count);

/**
 * Makes a second enumerator of the same list, at the same place (Clone).
 *
 * @param out_enumerator the caller closes it with bgcopy_enum_jobs_close.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_jobs_clone(struct bgcopy_enum_jobs *enumerator,
                                      struct bgcopy_enum_jobs **out_enumerator);

/**
 * Closes the enumerator; the jobs it gave out stay open. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_enum_jobs_close(struct bgcopy_enum_jobs *enumerator);

/**
 * Gives the next files (Next).
 *
 * @param count how many are wanted.
 * @param out_files an array of so many handles; the caller closes each that it
 * gets with bgcopy_file_close.
 * @param out_fetched how many it got; may be NULL if count is 1.
 * @return S_OK; S_FALSE if there were not so many, as at the end; E_POINTER;
 * E_HANDLE; E_MANAGER_CLOSED. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_files_next(struct bgcopy_enum_files *enumerator,
                                      uint32_t count,
                                      struct bgcopy_file **out_files,
                                      uint32_t *out_fetched);

/**
 * Passes over files (Skip).
 *
 * @return S_OK; S_FALSE if there were not so many: it is at the end then;
 * E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_files_skip(struct bgcopy_enum_files *enumerator,
                                      uint32_t count);

/**
 * Goes back to the beginning of the same list (Reset).
 *
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API bgcopy_hresult bgcopy_enum_files_reset(struct bgcopy_enum_files *enumerator);

/**
 * Tells how many files the whole list has (GetCount).
 *
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_files_count(struct bgcopy_enum_files *enumerator,
                                       uint32_t *out_count);

/**
 * Makes a second enumerator of the same list, at the same place (Clone).
 *
 * @param out_enumerator the caller closes it with bgcopy_enum_files_close.
 * @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
 */
BGCOPY_API
bgcopy_hresult bgcopy_enum_files_clone(struct bgcopy_enum_files *enumerator,
                                       struct bgcopy_enum_files **out_enumerator);

/**
 * Closes the enumerator; the files it gave out stay open. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_enum_files_close(struct bgcopy_enum_files *enumerator);

/**
 * Opens a view of a store.
 *
 * @param store_path the folder of the store.
 * @param out_reader the caller closes it with bgcopy_reader_close.
 * @return S_OK; E_FILE_NOT_FOUND or E_PATH_NOT_FOUND if there is none; a code
 * of the disk; E_POINTER.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_open(const char *store_path,
                                  struct bgcopy_reader **out_reader);

/**
 * Tells whether a manager has the store open.
 *
 * @param out_running 1 or 0.
 * @return S_OK; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_engine_is_running(struct bgcopy_reader *reader,
                                               uint32_t *out_running);

/**
 * Lists the ids of the jobs in the queue, in order of creation.
 *
 * @param capacity how many ids the array holds.
 * @param out_ids the array; may be NULL if capacity is 0.
 * @param out_count how many jobs there are.
 * @return S_OK; S_FALSE if the array holds only the first of them; a code of
 * the disk; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_get_jobs(struct bgcopy_reader *reader,
                                      uint32_t capacity,
                                      struct bgcopy_guid *out_ids,
                                      uint32_t *out_count);

/**
 * Looks at all jobs, and says which are damaged: bgcopy_reader_get_jobs leaves
 * these out. The next manager to open the store saves what can be saved.
 *
 * @param out_count how many jobs are damaged.
 * @param out_text a line for each of them; the caller frees it with
 * bgcopy_string_free.
 * @return S_OK; S_FALSE, 0 and NULL if none is damaged; a code of the disk;
 * E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_survey(struct bgcopy_reader *reader,
                                    uint32_t *out_count,
                                    char **out_text);

/**
 * Gives the name of a job.
 *
 * @param out_text the caller frees it with bgcopy_string_free.
 * @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_get_display_name(struct bgcopy_reader *reader,
                                              const struct bgcopy_guid *job_id,
                                              char **out_text);

/**
 * Tells the state of a job.
 *
 * @param out_state a bgcopy_job_state.
 * @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_get_state(struct bgcopy_reader *reader,
                                       const struct bgcopy_guid *job_id,
                                       uint32_t *out_state);

/**
 * Tells how far a job has come.
 *
 * @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_get_progress(struct bgcopy_reader *reader,
                                          const struct bgcopy_guid *job_id,
                                          struct bgcopy_job_progress *out_progress);

/**
 * Tells why a job does not move, by what is recorded of it.
 *
 * @param out_reason the caller closes it with bgcopy_wait_reason_close.
 * @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
 */
BGCOPY_API
bgcopy_hresult bgcopy_reader_get_wait_reason(struct bgcopy_reader *reader,
                                             const struct bgcopy_guid *job_id,
                                             struct bgcopy_wait_reason **out_reason);

/**
 * Closes the view. NULL is ignored.
 *
 * @return S_OK; E_HANDLE.
 */
BGCOPY_API bgcopy_hresult bgcopy_reader_close(struct bgcopy_reader *reader);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BGCOPY_H */
