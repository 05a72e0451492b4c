//! Codes of the system, and our own.

use super::{CodeEntry, HResult};

codes! {
    S_OK = 0x0000_0000, "done";
    S_FALSE = 0x0000_0001, "done, but there was nothing to do";
    E_NOTIMPL = 0x8000_4001, "this is not supported";
    E_NOINTERFACE = 0x8000_4002, "there is no such interface";
    E_POINTER = 0x8000_4003, "a pointer is NULL";
    E_ABORT = 0x8000_4004, "given up";
    E_FAIL = 0x8000_4005, "failed for an unnamed reason";
    E_UNEXPECTED = 0x8000_FFFF, "an internal error";
    E_PENDING = 0x8000_000A, "it is too early for this";
    CO_E_NOT_SUPPORTED = 0x8000_4021, "this protocol is not supported";
    E_FILE_NOT_FOUND = 0x8007_0002, "there is no such file";
    E_PATH_NOT_FOUND = 0x8007_0003, "there is no such folder";
    E_TOO_MANY_OPEN_FILES = 0x8007_0004, "too many files are open";
    E_ACCESSDENIED = 0x8007_0005, "access is denied";
    E_HANDLE = 0x8007_0006, "the handle is not valid";
    E_OUTOFMEMORY = 0x8007_000E, "there is not enough memory";
    E_INVALIDARG = 0x8007_0057, "an argument is not valid";
    E_SHARING_VIOLATION = 0x8007_0020, "somebody else is using it";
    E_NOT_SUPPORTED = 0x8007_0032, "the system does not support this";
    E_FILE_EXISTS = 0x8007_0050, "the file exists already";
    E_DISK_FULL = 0x8007_0070, "the disk is full";
    E_FILE_TOO_LARGE = 0x8007_00DF, "the file is too large for this file system";
    E_INVALID_NAME = 0x8007_007B, "the name is not valid here";
    E_DIRECTORY = 0x8007_010B, "a folder is in the way";
    E_IO_DEVICE = 0x8007_045D, "the disk failed";
    E_TIMEOUT = 0x8007_05B4, "the time to wait is over";
    E_NOT_SET = 0x8007_0490, "nothing was set";
    E_RESOURCE_LANG_NOT_FOUND = 0x8007_0717, "there is no text in this language";
    E_WINHTTP_TIMEOUT = 0x8007_2EE2, "the server does not answer in time";
    E_WINHTTP_NAME_NOT_RESOLVED = 0x8007_2EE7, "the name of the server is not known";
    E_WINHTTP_CANNOT_CONNECT = 0x8007_2EFD, "no connection to the server";
    E_WINHTTP_CONNECTION_ERROR = 0x8007_2EFE, "the connection broke";
    E_WINHTTP_INVALID_SERVER_RESPONSE = 0x8007_2F78, "the answer of the server makes no sense";
    E_WINHTTP_CLIENT_CERT_NEEDED = 0x8007_2F0C, "the server asks for a client certificate";
    E_WINHTTP_CRL_CHECK_FAILED = 0x8007_2F19, "the revocation list could not be consulted";
    E_WINHTTP_CERT_REVOKED = 0x8007_2F8A, "the certificate of the server is revoked";
    E_WINHTTP_SECURE_FAILURE = 0x8007_2F8F, "no secure connection came about";
    E_WINHTTP_CLIENT_KEY_INACCESSIBLE = 0x8007_2F9A, "the client certificate or its key cannot be used";
    INET_E_INVALID_URL = 0x800C_0002, "the URL is not valid";
    CRYPT_E_FILE_ERROR = 0x8009_2003, "the certificate file cannot be read";
    CRYPT_E_NOT_FOUND = 0x8009_2004, "there is no such certificate";
    BGCOPY_E_HASH_MISMATCH = 0xA0BC_0001, "the content does not have the expected hash";
    BGCOPY_E_CREDENTIALS_NEEDED = 0xA0BC_0002, "the credentials must be set again";
    BGCOPY_E_STORE_NEWER = 0xA0BC_0003, "the store was written by a later version";
    BGCOPY_E_MANAGER_CLOSED = 0xA0BC_0004, "the manager is closed";
    BGCOPY_E_DUPLICATE_LOCAL_NAME = 0xA0BC_0005, "another file of the job goes to the same place";
    BGCOPY_E_HOST_LOST = 0xA0BC_0021, "the process that drives the queue is gone or does not answer";
    BGCOPY_E_LINK_VERSION = 0xA0BC_0022, "the process that drives the queue has another version";
    BGCOPY_E_TOO_MANY_PROCESSES = 0xA0BC_0023, "too many processes have joined the queue";
    BGCOPY_E_TOO_MANY_MIRRORS = 0xA0BC_0031, "the file has as many mirrors as it may";
    BGCOPY_E_CHECKSUM_LIST = 0xA0BC_0041, "the list of checksums cannot be read";
    BGCOPY_E_NOT_LISTED = 0xA0BC_0042, "the list of checksums does not name the file";
    BGCOPY_E_SIGNATURE = 0xA0BC_0043, "the signature is not valid";
}
