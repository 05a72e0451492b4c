//! The properties a caller may set: specification, sections 2.2, 3.3, 3.4 and 3.6.

use std::mem::discriminant;

use crate::protocol::check_header_lines;
use crate::vocab::{
    AuthScheme, AuthTarget, BackgroundMode, Error, JobPropertyId, PropertyJobs, PropertyValue,
    ProxyUsage, Result, Settable, UploadProtocol, check_rate, code, limit, notify, power, security,
};

use super::deadline::Now;
use super::failure;
use super::http_options;
use super::input::Setting;
use super::job::Change;
use super::record::{ClientCertificate, CredentialSlot, JobRecord, ProxySettings};
use super::reply;
use super::upload::is_upload;
use super::window::Window;

/// Applies one setter.
pub fn apply(change: &mut Change, setting: &Setting, now: Now) -> Result<()> {
    let record = &mut change.record;
    match setting {
        Setting::DisplayName(name) => {
            check_text(name, limit::DISPLAY_NAME_CHARS_MAX, "a display name")?;
            record.display_name.clone_from(name);
        }
        Setting::Description(text) => {
            check_text(text, limit::DESCRIPTION_CHARS_MAX, "a description")?;
            record.description.clone_from(text);
        }
        Setting::Priority(priority) => record.priority = *priority,
        Setting::NotifyFlags(flags) => {
            refuse_unknown_bits(*flags, notify::MASK, "notify flags")?;
            record.notify_flags = *flags;
        }
        Setting::MinimumRetryDelay(seconds) => {
            failure::set_minimum_retry_delay(change, *seconds, now);
        }
        Setting::NoProgressTimeout(seconds) => {
            failure::set_no_progress_timeout(change, *seconds, now);
        }
        Setting::MaximumDownloadTime(seconds) => {
            failure::set_maximum_download_time(change, *seconds, now);
        }
        Setting::Proxy(proxy) => {
            check_proxy(proxy)?;
            record.proxy = proxy.clone();
        }
        Setting::CustomHeaders(headers) => {
            if let Some(text) = headers {
                check_header_lines(text)?;
            }
            record.custom_headers.clone_from(headers);
        }
        Setting::CustomHeadersWriteOnly => record.headers_are_write_only = true,
        Setting::HttpMethod(method) => http_options::set_method(record, method)?,
        Setting::SecurityFlags(flags) => {
            refuse_unknown_bits(*flags, security::ALL_FLAGS, "security flags")?;
            check_supported(*flags)?;
            record.security_flags = *flags;
        }
        Setting::ClientCertificate(certificate) => {
            if let Some(certificate) = certificate {
                check_certificate(certificate)?;
            }
            record.client_certificate.clone_from(certificate);
        }
        Setting::CredentialsSet(slot) => _ = record.credential_slots.insert(*slot),
        Setting::CredentialsRemoved(slot) => {
            if !record.credential_slots.remove(slot) {
                change.result = code::S_FALSE;
            }
        }
        Setting::ReplyFileName(name) => reply::set_file_name(record, name.as_deref())?,
        Setting::Property { id, value } => set_property(record, *id, value)?,
    }
    Ok(())
}

fn check_text(text: &str, chars_max: usize, what: &str) -> Result<()> {
    if text.chars().count() > chars_max {
        return Err(Error::new(
            code::BG_E_STRING_TOO_LONG,
            format!("{what} has at most {chars_max} characters"),
        ));
    }
    if text.contains('\0') {
        return Err(Error::new(code::E_INVALIDARG, format!("{what} cannot contain NUL")));
    }
    Ok(())
}

fn refuse_unknown_bits(bits: u32, known: u32, what: &str) -> Result<()> {
    if bits & !known != 0 {
        return Err(Error::new(
            code::E_NOTIMPL,
            format!("unknown bits in the {what}: {:#x}", bits & !known),
        ));
    }
    Ok(())
}

fn check_supported(flags: u32) -> Result<()> {
    let policies = [
        security::REDIRECT_ALLOW_SILENT,
        security::REDIRECT_ALLOW_REPORT,
        security::REDIRECT_DISALLOW,
    ];
    if !policies.contains(&(flags & security::REDIRECT_MASK)) {
        return Err(Error::new(code::E_NOTIMPL, "unknown redirect policy"));
    }
    let half = security::IGNORE_CERT_DATE_INVALID | security::IGNORE_CERT_WRONG_USAGE;
    if flags & half != 0 && flags & security::IGNORE_UNKNOWN_CA == 0 {
        return Err(Error::new(
            code::E_NOTIMPL,
            "dates and usages of certificates are ignored only together with unknown authorities",
        ));
    }
    if flags & security::ENABLE_CRL_CHECK != 0 {
        return Err(Error::new(
            code::E_NOTIMPL,
            "revocation lists are not checked by the built-in TLS library",
        ));
    }
    Ok(())
}

fn check_proxy(proxy: &ProxySettings) -> Result<()> {
    let refuse = |why: &str| Err(Error::new(code::E_INVALIDARG, why));
    let too_long = |text: &Option<String>| {
        text.as_ref().is_some_and(|text| text.chars().count() > limit::PROXY_LIST_CHARS_MAX)
    };
    match proxy.usage {
        ProxyUsage::Override => {
            let Some(list) = &proxy.list else {
                return refuse("OVERRIDE needs a proxy list");
            };
            if list.trim().is_empty() {
                return refuse("the proxy list is empty");
            }
            if list.contains('@') {
                return refuse("the proxy list contains credentials; set them on the job");
            }
        }
        ProxyUsage::Preconfig | ProxyUsage::NoProxy | ProxyUsage::Autodetect => {
            if proxy.list.is_some() || proxy.bypass.is_some() {
                return refuse("proxy lists are taken only with OVERRIDE");
            }
        }
    }
    if too_long(&proxy.list) {
        return Err(Error::of(code::BG_E_PROXY_LIST_TOO_LARGE));
    }
    if too_long(&proxy.bypass) {
        return Err(Error::of(code::BG_E_PROXY_BYPASS_LIST_TOO_LARGE));
    }
    let texts = [&proxy.list, &proxy.bypass];
    if texts.into_iter().flatten().any(|text| text.chars().any(char::is_control)) {
        return refuse("a proxy list contains a control character");
    }
    Ok(())
}

fn check_certificate(certificate: &ClientCertificate) -> Result<()> {
    for path in [Some(&certificate.certificate), certificate.key.as_ref()].into_iter().flatten() {
        super::target::check_local_name(path)?;
    }
    Ok(())
}

fn set_property(record: &mut JobRecord, id: u32, value: &PropertyValue) -> Result<()> {
    let Some(property) = JobPropertyId::from_u32(id) else {
        return Err(Error::new(code::DO_E_UNKNOWN_PROPERTY_ID, format!("no job property {id}")));
    };
    let rules = property.rules();
    refuse_for_type(record, rules.jobs)?;
    if discriminant(value) != discriminant(&rules.default) {
        let message = format!("property {} has another type", property.name());
        return Err(Error::new(code::E_INVALIDARG, message));
    }
    if let Some((code, why)) = rules.refusal {
        return Err(why.map_or_else(|| Error::of(code), |why| Error::new(code, why)));
    }
    if rules.settable == Settable::BeforeResume && record.resumed_once {
        return Err(Error::of(code::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME));
    }
    match (property, value) {
        (JobPropertyId::MaxDownloadSize, PropertyValue::Uint64(0)) => {
            return Err(Error::of(code::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE));
        }
        (JobPropertyId::UploadProtocol, PropertyValue::Dword(number)) => {
            check_upload_protocol(*number)?;
        }
        (JobPropertyId::ConnectionsPerFile, PropertyValue::Dword(connections))
            if *connections > limit::CONNECTIONS_PER_FILE_MAX =>
        {
            let most = limit::CONNECTIONS_PER_FILE_MAX;
            let message = format!("one file has at most {most} connections");
            return Err(Error::new(code::E_INVALIDARG, message));
        }
        (JobPropertyId::BackgroundMode, PropertyValue::Dword(number))
            if BackgroundMode::from_u32(*number).is_none() =>
        {
            return Err(Error::new(code::E_INVALIDARG, format!("no background mode {number}")));
        }
        (
            JobPropertyId::MaxDownloadRate | JobPropertyId::MaxUploadRate,
            PropertyValue::Uint64(rate),
        ) => check_rate(*rate)?,
        (JobPropertyId::PowerFlags, PropertyValue::Dword(flags))
            if *flags == 0 || flags & !power::ALL_STATES != 0 =>
        {
            let message = format!("{flags:#x} are no flags of power");
            return Err(Error::new(code::E_INVALIDARG, message));
        }
        (JobPropertyId::TransferWindow, PropertyValue::Text(text)) => _ = Window::parse(text)?,
        // Any value of its type.
        _ => {}
    }
    record.properties.insert(id, value.clone());
    Ok(())
}

/// Properties of downloads are refused for uploads, and the other way round.
fn refuse_for_type(record: &JobRecord, jobs: PropertyJobs) -> Result<()> {
    match (jobs, is_upload(record)) {
        (PropertyJobs::Downloads, true) => {
            Err(Error::of(code::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY))
        }
        (PropertyJobs::Uploads, false) => {
            Err(Error::new(code::E_NOTIMPL, "this property is for uploads only"))
        }
        (PropertyJobs::All | PropertyJobs::Downloads | PropertyJobs::Uploads, _) => Ok(()),
    }
}

fn check_upload_protocol(number: u32) -> Result<()> {
    match UploadProtocol::from_u32(number) {
        Some(_) => Ok(()),
        None => Err(Error::new(code::E_INVALIDARG, format!("no upload protocol {number}"))),
    }
}

/// Checks credentials before they are kept in memory (SetCredentials, specification,
/// section 3.1).
pub fn check_credentials(
    (target, scheme): CredentialSlot,
    user_name: &str,
    password: &str,
) -> Result<()> {
    if user_name.chars().count() > limit::USER_NAME_CHARS_MAX {
        return Err(Error::of(code::BG_E_USERNAME_TOO_LARGE));
    }
    if password.chars().count() > limit::PASSWORD_CHARS_MAX {
        return Err(Error::of(code::BG_E_PASSWORD_TOO_LARGE));
    }
    if user_name.chars().any(char::is_control) || password.contains(['\0', '\r', '\n']) {
        return Err(Error::new(code::E_INVALIDARG, "credentials cannot contain line ends or NUL"));
    }
    match scheme {
        AuthScheme::Basic | AuthScheme::Digest => Ok(()),
        AuthScheme::Bearer if target == AuthTarget::Proxy => {
            Err(Error::new(code::E_NOTIMPL, "tokens are for servers; a proxy gets none"))
        }
        AuthScheme::Bearer if user_name.is_empty() && is_token(password) => Ok(()),
        AuthScheme::Bearer => Err(Error::new(
            code::E_INVALIDARG,
            "with BEARER the name is empty, and the password a token without spaces",
        )),
        AuthScheme::Ntlm | AuthScheme::Negotiate if user_name.is_empty() && password.is_empty() => {
            Ok(())
        }
        AuthScheme::Ntlm | AuthScheme::Negotiate | AuthScheme::Passport => Err(Error::new(
            code::E_NOTIMPL,
            format!("the {} scheme is not built in; use BASIC or DIGEST", scheme.name()),
        )),
    }
}

/// True for what can stand behind `Bearer` in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
