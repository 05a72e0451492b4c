//! How a job reaches its servers: proxies, credentials, certificates, headers.
//! Setters answer DO_E_INVALID_STATE once the job is final.

use std::ffi::c_char;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, ClientCertificate, Error, ProxySettings, ProxyUsage, Result,
};

use crate::call::{act, act_with_code, choice, out, read, read_optional_text, read_text};
use crate::guard::{bgcopy_hresult, guard};
use crate::job::bgcopy_job;
use crate::string::{optional_text, text};
use crate::table::get;

/// Tells how the proxy is found (GetProxySettings).
///
/// @param out_usage a bgcopy_proxy_usage.
/// @param out_list the proxies, or NULL; the caller frees it with
/// bgcopy_string_free.
/// @param out_bypass the hosts that are reached without one, or NULL; likewise.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_proxy_settings(
    job: *mut bgcopy_job,
    out_usage: *mut u32,
    out_list: *mut *mut c_char,
    out_bypass: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        let (usage, list, bypass) = (out(out_usage)?, out(out_list)?, out(out_bypass)?);
        let proxy = entry.job.proxy_settings()?;
        list.set_text(proxy.list);
        bypass.set_text(proxy.bypass);
        Ok(usage.set(proxy.usage.as_u32()))
    })
}

/// Sets how the proxy is found (SetProxySettings).
///
/// @param usage a bgcopy_proxy_usage.
/// @param list with OVERRIDE only: proxies, separated by spaces, as in
/// [protocol=][protocol://]server[:port]; else NULL.
/// @param bypass with OVERRIDE only: hosts that are reached without one; may be
/// NULL.
/// @return S_OK; E_NOTIMPL for an unknown usage; E_INVALIDARG for lists that do
/// not fit it; BG_E_PROXY_LIST_TOO_LARGE; BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
/// DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_proxy_settings(
    job: *mut bgcopy_job,
    usage: u32,
    list: *const c_char,
    bypass: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| {
        let list = optional_text(list)?.map(str::to_owned);
        let bypass = optional_text(bypass)?.map(str::to_owned);
        let usage = choice(ProxyUsage::from_u32(usage), usage, "proxy usage", code::E_NOTIMPL)?;
        entry.job.set_proxy_settings(ProxySettings { usage, list, bypass })
    })
}

/// Sets a name and a password for the server or the proxy (SetCredentials), one
/// pair for each target and scheme. They are kept in memory only, by this process
/// and by the one that hosts the queue: once both have ended the job waits with
/// CREDENTIALS_NEEDED until they are set again. For an upload to S3 they are the
/// access key and the secret key, which sign and are never sent.
///
/// @param target a bgcopy_auth_target.
/// @param scheme a bgcopy_auth_scheme: BASIC or DIGEST. NTLM and NEGOTIATE are
/// for the user's own credentials, which are stored with the job and used where
/// libcurl can. BEARER is for a token, and for a server only.
/// @param user_name at most 300 characters; NULL or empty for the user's own, and
/// with a token.
/// @param password at most 65,536 characters: with BEARER the token; NULL or empty
/// for the user's own.
/// @return S_OK; BG_E_INVALID_AUTH_TARGET; BG_E_INVALID_AUTH_SCHEME; E_NOTIMPL
/// for a scheme that is not used so; E_INVALIDARG if one is missing, or both with
/// BASIC or DIGEST, if one has a line end, or is not as the scheme wants it;
/// BG_E_USERNAME_TOO_LARGE; BG_E_PASSWORD_TOO_LARGE;
/// DO_E_INVALID_STATE if the job is final; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_credentials(
    job: *mut bgcopy_job,
    target: u32,
    scheme: u32,
    user_name: *const c_char,
    password: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| {
        let (target, scheme) = slot(target, scheme)?;
        let (user_name, password) = match (user_name.is_null(), password.is_null()) {
            (false, false) => (text(user_name)?, text(password)?),
            (true, true) if scheme.knows_users() => ("", ""),
            (true, false) if scheme == AuthScheme::Bearer => ("", text(password)?),
            _ => return Err(Error::new(code::E_INVALIDARG, "a name and a password are needed")),
        };
        entry.job.set_credentials(target, scheme, user_name, password)
    })
}

/// Forgets credentials (RemoveCredentials).
///
/// @param target a bgcopy_auth_target.
/// @param scheme a bgcopy_auth_scheme.
/// @return S_OK; S_FALSE if none were set for that pair;
/// BG_E_INVALID_AUTH_TARGET; BG_E_INVALID_AUTH_SCHEME; DO_E_INVALID_STATE if
/// the job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_remove_credentials(
    job: *mut bgcopy_job,
    target: u32,
    scheme: u32,
) -> bgcopy_hresult {
    act_with_code(job, |entry| {
        let (target, scheme) = slot(target, scheme)?;
        entry.job.remove_credentials(target, scheme)
    })
}

fn slot(target: u32, scheme: u32) -> Result<(AuthTarget, AuthScheme)> {
    let target = choice(
        AuthTarget::from_u32(target),
        target,
        "target for credentials",
        code::BG_E_INVALID_AUTH_TARGET,
    )?;
    let scheme = choice(
        AuthScheme::from_u32(scheme),
        scheme,
        "scheme for credentials",
        code::BG_E_INVALID_AUTH_SCHEME,
    )?;
    Ok((target, scheme))
}

/// Tells the client certificate (in the place of GetClientCertificate).
///
/// @param out_certificate the path of its file; the caller frees it with
/// bgcopy_string_free.
/// @param out_key the path of its key, or NULL if that is in the same file;
/// likewise.
/// @return S_OK; S_FALSE and NULL if none is set; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_client_certificate(
    job: *mut bgcopy_job,
    out_certificate: *mut *mut c_char,
    out_key: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        let (certificate, key) = (out(out_certificate)?, out(out_key)?);
        let found = entry.job.client_certificate()?;
        key.set_text(found.as_ref().and_then(|found| found.key.clone()));
        Ok(certificate.set_text(found.map(|found| found.certificate)))
    })
}

/// Sets the client certificate (in the place of SetClientCertificateByName).
///
/// @param certificate the absolute path of a PEM file.
/// @param key the same of its key; NULL if it is in the same file.
/// @return S_OK; E_INVALIDARG for a relative path; DO_E_INVALID_STATE if the
/// job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_client_certificate(
    job: *mut bgcopy_job,
    certificate: *const c_char,
    key: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| {
        let certificate = text(certificate)?.to_owned();
        let key = optional_text(key)?.map(str::to_owned);
        entry.job.set_client_certificate(Some(ClientCertificate { certificate, key }))
    })
}

/// Forgets the client certificate (RemoveClientCertificate).
///
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_remove_client_certificate(
    job: *mut bgcopy_job,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_client_certificate(None))
}

/// Gives the custom headers, each line ended by CR LF (GetCustomHeaders).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE and NULL if there are none; E_ACCESSDENIED if they are
/// write-only; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_custom_headers(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_optional_text(job, out_text, |entry| entry.job.custom_headers())
}

/// Sets headers that every request carries (SetCustomHeaders). They are stored
/// as they are, so secrets belong in bgcopy_job_set_credentials.
///
/// @param headers lines of a name, a colon and a value, each ended by CR LF;
/// NULL for none.
/// @return S_OK; BG_E_STRING_TOO_LONG above 16,383 characters; E_INVALIDARG for
/// a malformed line; DO_E_INVALID_STATE if the job is final; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_custom_headers(
    job: *mut bgcopy_job,
    headers: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_custom_headers(optional_text(headers)?))
}

/// Hides the custom headers, those that are set and those that will be, from every
/// caller (MakeCustomHeadersWriteOnly): they are sent, and can be set, but no longer
/// read. This cannot be undone. They are still stored as they are, in the folder of the
/// queue, which only its user can read.
///
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_make_custom_headers_write_only(
    job: *mut bgcopy_job,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.make_custom_headers_write_only())
}

/// Gives the HTTP method of a download (GetHttpMethod): GET unless set.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_NOTIMPL for an upload, which has the methods of its protocol;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_http_method(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(job, out_text, |entry| entry.job.http_method())
}

/// Sets the HTTP method of a download (SetHttpMethod), before the first Resume; the one
/// that it has can be set at any time. Its requests have no body. With any other method
/// than GET each file is requested once, from its first byte: every failure puts the
/// file in ERROR, and Resume begins it anew; the priority becomes FOREGROUND and stays
/// so. After a 303, and after a 301 or 302 to a POST, the redirect is followed by GET. A file
/// that is requested when its process is killed is requested again.
///
/// @param method in capital letters, at most 40 characters.
/// @return S_OK; E_INVALIDARG for what is no method, if the job has DYNAMIC_CONTENT or
/// ON_DEMAND_MODE, or a file with ranges, which are refused afterwards as well;
/// BG_E_STRING_TOO_LONG; E_NOTIMPL for CONNECT, HEAD and TRACE, whose answer is no file, and for an
/// upload; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; DO_E_INVALID_STATE if the job is final;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_http_method(
    job: *mut bgcopy_job,
    method: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_http_method(text(method)?))
}

/// Tells the certificate checks and the redirect policy (GetSecurityFlags).
///
/// @param out_flags BGCOPY_SECURITY bits.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_security_flags(
    job: *mut bgcopy_job,
    out_flags: *mut u32,
) -> bgcopy_hresult {
    read(job, out_flags, |entry| entry.job.security_flags())
}

/// Sets the certificate checks and the redirect policy (SetSecurityFlags).
///
/// @param flags BGCOPY_SECURITY bits.
/// @return S_OK; E_NOTIMPL for unknown bits and for checks that the built-in
/// TLS does not have; DO_E_INVALID_STATE if the job is final; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 3.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_security_flags(
    job: *mut bgcopy_job,
    flags: u32,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_security_flags(flags))
}

/// Replaces the beginning of all remote names that have it
/// (ReplaceRemotePrefix).
///
/// @param old_prefix what they begin with.
/// @param new_prefix what takes its place.
/// @return S_OK; S_FALSE if none has it; E_INVALIDARG if a prefix is empty or a
/// result is not valid, and then none is changed; DO_E_INVALID_STATE if the job
/// is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_replace_remote_prefix(
    job: *mut bgcopy_job,
    old_prefix: *const c_char,
    new_prefix: *const c_char,
) -> bgcopy_hresult {
    act_with_code(job, |entry| {
        entry.job.replace_remote_prefix(text(old_prefix)?, text(new_prefix)?)
    })
}
