//! What Python callers write, as what the core takes.

use std::path::PathBuf;
use std::time::Duration;

use bgcopy_core::vocab::LENGTH_TO_EOF;
use bgcopy_core::{
    ClientCertificate, ExpectedHash, FileRange, FileSpec, HashAlgorithm, Limits, Network,
    PropertyValue, ProxySettings, ProxyUsage, RateLimits,
};
use pyo3::prelude::*;
use pyo3::types::PyBool;
use uuid::Uuid;

use crate::error;
use crate::vocab::Member;

/// A span of time: a `timedelta`, or a number of seconds.
pub struct Span(pub Duration);

impl<'py> FromPyObject<'_, 'py> for Span {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let seconds: f64 = match object.getattr_opt("total_seconds")? {
            Some(total_seconds) => total_seconds.call0()?.extract()?,
            None => object.extract()?,
        };
        // What does not fit is as good as for ever, but a negative span and
        // what is no number are mistakes.
        if seconds.is_nan() || seconds < 0.0 {
            return Err(error::invalid(object.py(), format!("{seconds} s is no span of time")));
        }
        Ok(Self(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
    }
}

impl Span {
    /// In whole seconds, rounded up; more than fit are as many as fit.
    pub fn whole_seconds(&self) -> u32 {
        let seconds = self.0.as_secs().saturating_add(u64::from(self.0.subsec_nanos() > 0));
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

/// An absolute path: a `str` or anything with a path.
pub struct LocalName(pub String);

impl<'py> FromPyObject<'_, 'py> for LocalName {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let path: PathBuf = object.extract()?;
        let name = bgcopy_core::local_name(path);
        name.map(Self).map_err(|failure| error::raised(object.py(), &failure))
    }
}

/// `bgcopy.FileRange`.
pub struct Range(pub FileRange);

impl<'py> FromPyObject<'_, 'py> for Range {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let length: Option<u64> = object.getattr("length")?.extract()?;
        Ok(Self(FileRange {
            initial_offset: object.getattr("initial_offset")?.extract()?,
            length: length.unwrap_or(LENGTH_TO_EOF),
        }))
    }
}

/// `bgcopy.FileSpec`.
pub struct Spec(pub FileSpec);

impl<'py> FromPyObject<'_, 'py> for Spec {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let ranges: Vec<Range> = object.getattr("ranges")?.extract()?;
        let hash: Option<Hash> = object.getattr("expected_hash")?.extract()?;
        Ok(Self(FileSpec {
            remote_name: object.getattr("remote_name")?.extract()?,
            local_name: object.getattr("local_name")?.extract::<LocalName>()?.0,
            ranges: ranges.into_iter().map(|range| range.0).collect(),
            expected_hash: hash.map(|hash| hash.0),
            mirrors: object.getattr("mirrors")?.extract()?,
        }))
    }
}

/// `bgcopy.ExpectedHash`.
pub struct Hash(pub ExpectedHash);

impl<'py> FromPyObject<'_, 'py> for Hash {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Member::<HashAlgorithm>(algorithm) = object.getattr("algorithm")?.extract()?;
        Ok(Self(ExpectedHash { algorithm, digest: object.getattr("digest")?.extract()? }))
    }
}

/// `bgcopy.ProxySettings`.
pub struct Proxy(pub ProxySettings);

impl<'py> FromPyObject<'_, 'py> for Proxy {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let Member::<ProxyUsage>(usage) = object.getattr("usage")?.extract()?;
        Ok(Self(ProxySettings {
            usage,
            list: object.getattr("list")?.extract()?,
            bypass: object.getattr("bypass")?.extract()?,
        }))
    }
}

/// `bgcopy.ClientCertificate`.
pub struct Certificate(pub ClientCertificate);

impl<'py> FromPyObject<'_, 'py> for Certificate {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let key: Option<LocalName> = object.getattr("key")?.extract()?;
        Ok(Self(ClientCertificate {
            certificate: object.getattr("certificate")?.extract::<LocalName>()?.0,
            key: key.map(|key| key.0),
        }))
    }
}

/// `bgcopy.Limits`.
pub struct QueueLimits(pub Limits);

impl<'py> FromPyObject<'_, 'py> for QueueLimits {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let limit = |name: &str| object.getattr(name)?.extract::<u32>();
        Ok(Self(Limits {
            simultaneous_files: limit("simultaneous_files")?,
            connections_total: limit("connections_total")?,
            connections_per_host: limit("connections_per_host")?,
            connections_per_file: limit("connections_per_file")?,
            jobs: limit("jobs")?,
            files_per_job: limit("files_per_job")?,
        }))
    }
}

/// `bgcopy.RateLimits`.
pub struct Rates(pub RateLimits);

impl<'py> FromPyObject<'_, 'py> for Rates {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let rate = |name: &str| object.getattr(name)?.extract::<u64>();
        Ok(Self(RateLimits { download: rate("download")?, upload: rate("upload")? }))
    }
}

/// `bgcopy.Network`.
pub struct ToldNetwork(pub Network);

impl<'py> FromPyObject<'_, 'py> for ToldNetwork {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let is_connected = object.getattr("is_connected")?.extract()?;
        let cost = object.getattr("cost")?.extract()?;
        Ok(Self(Network { is_connected, cost }))
    }
}

/// The value of a property, of the type that `like`, its present value, has.
pub fn property_value(value: &Bound<'_, PyAny>, like: &PropertyValue) -> PyResult<PropertyValue> {
    // Python counts its truth values among the numbers.
    let is_bool = value.is_instance_of::<PyBool>();
    let made = match like {
        PropertyValue::Dword(_) if !is_bool => value.extract::<u32>().map(PropertyValue::Dword),
        PropertyValue::Uint64(_) if !is_bool => value.extract::<u64>().map(PropertyValue::Uint64),
        PropertyValue::Target(_) if !is_bool => value.extract::<u32>().map(PropertyValue::Target),
        PropertyValue::Guid(_) => value.extract::<Uuid>().map(PropertyValue::Guid),
        PropertyValue::Enable(_) => value.extract::<bool>().map(PropertyValue::Enable),
        PropertyValue::Text(_) => value.extract::<String>().map(PropertyValue::Text),
        PropertyValue::Dword(_) | PropertyValue::Uint64(_) | PropertyValue::Target(_) => {
            return Err(error::invalid(value.py(), "the property is a number"));
        }
    };
    made.map_err(|failure| error::invalid(value.py(), failure.to_string()))
}
