//! The properties of a download. What has nothing behind it here is E_NOTIMPL: docs/com.md says why.

#![allow(non_upper_case_globals, reason = "names are Microsoft's")]

use std::sync::Arc;

use bgcopy_core::vocab::{code, cost, limit, security};
use bgcopy_core::{Error, File, JobPriority, JobPropertyId, PropertyValue, Result};
use windows_core::Interface;

use crate::abi::*;
use crate::call::{missing, refused};
use crate::download::Download;
use crate::variant::Value;

/// The shortest time without progress that may be set, in seconds; 0 stands for the default.
const NO_PROGRESS_TIMEOUT_MIN_S: u32 = 60;

/// Cost policies and what they are as cost flags.
const COST_POLICIES: [(u32, u32); 5] = [
    (0, cost::TRANSFER_ALWAYS),
    (1, cost::TRANSFER_UNRESTRICTED),
    (2, cost::TRANSFER_STANDARD),
    (3, cost::TRANSFER_NOT_ROAMING),
    (4, cost::TRANSFER_NO_SURCHARGE),
];

/// The bits of WinHTTP and ours.
const CHECKS: [(u32, u32); 4] = [
    (0x100, security::IGNORE_UNKNOWN_CA),
    (0x200, security::IGNORE_CERT_WRONG_USAGE),
    (0x1000, security::IGNORE_CERT_CN_INVALID),
    (0x2000, security::IGNORE_CERT_DATE_INVALID),
];

const COST_FLAGS: u32 = JobPropertyId::CostFlags.as_u32();
const INTERVAL: u32 = JobPropertyId::MinimumNotificationIntervalMs.as_u32();

impl Download {
    pub(crate) fn property(self: &Arc<Self>, id: DODownloadProperty) -> Result<Value> {
        let job = &self.job;
        Ok(match id {
            DODownloadProperty_Id => Value::Text(job.id().to_string()),
            DODownloadProperty_Uri => match self.file()? {
                Some(file) => Value::Text(file.remote_name()?),
                None => text(self.own().uri.clone())?,
            },
            DODownloadProperty_DisplayName => Value::Text(job.display_name()?),
            DODownloadProperty_LocalPath => match self.file()? {
                Some(file) => Value::Text(file.local_name()?),
                None => text(self.own().local_path.clone())?,
            },
            DODownloadProperty_HttpCustomHeaders => text(job.custom_headers()?)?,
            DODownloadProperty_CostPolicy => Value::Number(self.cost_policy()?),
            DODownloadProperty_SecurityFlags => {
                return Err(Error::of(code::DO_E_WRITE_ONLY_PROPERTY));
            }
            DODownloadProperty_CallbackFreqSeconds => {
                let PropertyValue::Dword(interval_ms) = job.property(INTERVAL)? else {
                    return Err(not_set());
                };
                Value::Number(interval_ms.div_ceil(1000))
            }
            DODownloadProperty_NoProgressTimeoutSeconds => {
                Value::Number(job.no_progress_timeout()?)
            }
            DODownloadProperty_ForegroundPriority => {
                Value::Truth(job.priority()? == JobPriority::Foreground)
            }
            DODownloadProperty_BlockingMode => Value::Truth(self.own().blocks),
            DODownloadProperty_CallbackInterface => {
                let own = self.own();
                let listener = own.listener.as_ref().ok_or_else(not_set)?;
                Value::Object(listener.0.cast().ok())
            }
            DODownloadProperty_CorrelationVector => text(self.own().correlation_vector.clone())?,
            DODownloadProperty_TotalSizeBytes => {
                let size = self.file()?.ok_or_else(not_set)?.progress()?.bytes_total;
                Value::Long(Some(size).filter(|size| *size != u64::MAX).ok_or_else(not_set)?)
            }
            DODownloadProperty_HttpAllowSecureToNonSecureRedirect => {
                let flag = security::REDIRECT_ALLOW_HTTPS_TO_HTTP;
                Value::Truth(job.security_flags()? & flag != 0)
            }
            DODownloadProperty_NonVolatile => Value::Truth(true),
            DODownloadProperty_DisallowOnCellular => Value::Truth(false),
            DODownloadProperty_HttpResponseHeaders => Value::Text(self.head()?),
            DODownloadProperty_HttpStatusCode => {
                let head = self.head()?;
                let status = head.split_whitespace().nth(1).and_then(|word| word.parse().ok());
                Value::Number(status.ok_or_else(not_set)?)
            }
            DODownloadProperty_SecurityContext
            | DODownloadProperty_NetworkToken
            | DODownloadProperty_DecryptionInfo
            | DODownloadProperty_IntegrityCheckInfo => {
                return Err(Error::of(code::DO_E_WRITE_ONLY_PROPERTY));
            }
            _ => return Err(absent(id)),
        })
    }

    pub(crate) fn set_property(
        self: &Arc<Self>,
        id: DODownloadProperty,
        value: Value,
    ) -> Result<()> {
        let job = &self.job;
        match (id, value) {
            (
                DODownloadProperty_Id
                | DODownloadProperty_HttpRedirectionTarget
                | DODownloadProperty_HttpResponseHeaders
                | DODownloadProperty_HttpServerIPAddress
                | DODownloadProperty_HttpStatusCode,
                _,
            ) => Err(Error::of(code::DO_E_READ_ONLY_PROPERTY)),
            (DODownloadProperty_Uri, Value::Text(uri)) => self.set_uri(uri),
            (DODownloadProperty_DisplayName, Value::Text(name)) => job.set_display_name(&name),
            (DODownloadProperty_LocalPath, Value::Text(path)) => self.set_local_path(path),
            (DODownloadProperty_HttpCustomHeaders, Value::Text(lines)) => {
                job.set_custom_headers(ended(lines).as_deref())
            }
            (DODownloadProperty_CostPolicy, Value::Number(policy)) => {
                let known = COST_POLICIES.iter().find(|(known, _)| *known == policy);
                let (_, flags) = known.ok_or_else(|| match policy {
                    5 => missing("the technology of a network is not known"),
                    _ => refused("no such cost policy"),
                })?;
                job.set_property(COST_FLAGS, PropertyValue::Dword(*flags))
            }
            (DODownloadProperty_SecurityFlags, Value::Number(bits)) => self.set_checks(bits),
            (DODownloadProperty_CallbackFreqSeconds, Value::Number(seconds)) => {
                let interval_ms = seconds.saturating_mul(1000);
                job.set_property(INTERVAL, PropertyValue::Dword(interval_ms))
            }
            (DODownloadProperty_NoProgressTimeoutSeconds, Value::Number(seconds)) => {
                match seconds {
                    0 => job.set_no_progress_timeout(limit::NO_PROGRESS_TIMEOUT_DEFAULT_S),
                    NO_PROGRESS_TIMEOUT_MIN_S.. => job.set_no_progress_timeout(seconds),
                    _ => Err(refused("a download may be without progress for 60 s at least")),
                }
            }
            (DODownloadProperty_ForegroundPriority, Value::Truth(is_foreground)) => job
                .set_priority(match is_foreground {
                    true => JobPriority::Foreground,
                    false => JobPriority::Normal,
                }),
            (DODownloadProperty_BlockingMode, Value::Truth(blocks)) => {
                self.own().blocks = blocks;
                Ok(())
            }
            (DODownloadProperty_CallbackInterface, Value::Object(object)) => {
                let callback = object.map(|object| object.cast()).transpose();
                self.listen(callback.map_err(|_| Error::of(code::E_NOINTERFACE))?)
            }
            (DODownloadProperty_CorrelationVector, Value::Text(vector)) => {
                self.own().correlation_vector = Some(vector);
                Ok(())
            }
            (DODownloadProperty_HttpAllowSecureToNonSecureRedirect, Value::Truth(may_lower)) => {
                let flag = security::REDIRECT_ALLOW_HTTPS_TO_HTTP;
                let others = job.security_flags()? & !flag;
                job.set_security_flags(if may_lower { others | flag } else { others })
            }
            (DODownloadProperty_NonVolatile, Value::Truth(true))
            | (DODownloadProperty_DisallowOnCellular, Value::Truth(false)) => Ok(()),
            (id, _) => Err(absent_or_wrong(id)),
        }
    }

    fn file(&self) -> Result<Option<File>> {
        match self.job.progress()?.files_total {
            0 => Ok(None),
            _ => self.job.file(0).map(Some),
        }
    }

    fn head(&self) -> Result<String> {
        self.file()?.ok_or_else(not_set)?.response_headers()?.ok_or_else(not_set)
    }

    fn cost_policy(&self) -> Result<u32> {
        let flags = self.job.property(COST_FLAGS)?;
        let same = |(_, known): &&(u32, u32)| flags == PropertyValue::Dword(*known);
        COST_POLICIES.iter().find(same).map(|(policy, _)| *policy).ok_or_else(not_set)
    }

    /// Another address: of a download that does not move.
    fn set_uri(&self, uri: String) -> Result<()> {
        if uri.is_empty() {
            return Err(refused("the address is empty"));
        }
        match (self.file()?, self.state()?) {
            (None, DODownloadState_Created) => {
                self.own().uri = Some(uri);
                Ok(())
            }
            (Some(file), DODownloadState_Paused) => file.set_remote_name(&uri),
            _ => Err(Error::of(code::DO_E_INVALID_STATE)),
        }
    }

    fn set_local_path(&self, path: String) -> Result<()> {
        if path.is_empty() {
            return Err(refused("the path is empty"));
        }
        if self.state()? != DODownloadState_Created {
            return Err(Error::of(code::DO_E_INVALID_STATE));
        }
        self.own().local_path = Some(path);
        Ok(())
    }

    fn set_checks(&self, bits: u32) -> Result<()> {
        let known = CHECKS.iter().fold(0, |all, (theirs, _)| all | theirs);
        if bits & !known != 0 {
            return Err(missing("no such check of certificates"));
        }
        let ours = CHECKS.iter().filter(|(theirs, _)| bits & theirs != 0);
        let ours = ours.fold(0, |all, (_, ours)| all | ours);
        let all = CHECKS.iter().fold(0, |all, (_, ours)| all | ours);
        self.job.set_security_flags(self.job.security_flags()? & !all | ours)
    }
}

/// Lines with the ends that headers have; None for no lines.
fn ended(lines: String) -> Option<String> {
    let lines: String =
        lines.lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\r\n")).collect();
    (!lines.is_empty()).then_some(lines)
}

fn text(text: Option<String>) -> Result<Value> {
    text.map(Value::Text).ok_or_else(not_set)
}

fn not_set() -> Error {
    Error::of(code::E_NOT_SET)
}

/// Why there is no property of that number here.
fn absent(id: DODownloadProperty) -> Error {
    match id {
        DODownloadProperty_Id..=DODownloadProperty_HttpStatusCode => {
            missing("the property has nothing behind it here")
        }
        _ => Error::of(code::DO_E_UNKNOWN_PROPERTY_ID),
    }
}

/// The same, or that the value has another type than the property.
fn absent_or_wrong(id: DODownloadProperty) -> Error {
    match id {
        DODownloadProperty_Uri
        | DODownloadProperty_DisplayName
        | DODownloadProperty_LocalPath
        | DODownloadProperty_HttpCustomHeaders
        | DODownloadProperty_CostPolicy
        | DODownloadProperty_SecurityFlags
        | DODownloadProperty_CallbackFreqSeconds
        | DODownloadProperty_NoProgressTimeoutSeconds
        | DODownloadProperty_ForegroundPriority
        | DODownloadProperty_BlockingMode
        | DODownloadProperty_CallbackInterface
        | DODownloadProperty_CorrelationVector
        | DODownloadProperty_HttpAllowSecureToNonSecureRedirect => {
            refused("the property has a value of another type")
        }
        _ => absent(id),
    }
}
