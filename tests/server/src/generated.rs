//! Resources named by their path alone: `/gen/SEED/LENGTH`.

use crate::reply::Reply;
use crate::resource::Resource;

/// The resource of such a path; `None` when it is not one.
pub(crate) fn resource(path: &str) -> Option<Resource> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (seed, length) = path.strip_prefix("/gen/")?.split_once('/')?;
    let mut resource = Resource::generated(seed.parse().ok()?, length.parse().ok()?);
    let mut reply = Reply::normal();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        match name {
            "etag" if value == "none" => resource = resource.no_etag(),
            "etag" => resource = resource.etag(etag(value)),
            "rate" => reply = reply.bytes_per_second(value.parse().ok()?),
            "norange" if value == "1" => {
                reply = reply.ignore_range().without_header("Accept-Ranges");
            }
            "norange" => {}
            "stall_after" => reply = reply.stall_after(value.parse().ok()?),
            "status" => reply = reply.status(value.parse().ok()?),
            "basic" => {
                let (user, password) = value.split_once(':')?;
                reply = reply.require_basic(user, password);
            }
            _ => return None,
        }
    }
    Some(resource.always(reply))
}

/// Quotes may be given percent-encoded, or left out.
fn etag(value: &str) -> String {
    let text = value.replace("%22", "\"");
    if text.ends_with('"') { text } else { format!("\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::resource;

    #[test]
    fn reads_seed_length_and_query() {
        let found = resource("/gen/7/1000?etag=v1&rate=50&stall_after=10").unwrap();
        assert_eq!(found.content.len(), 1000);
        assert_eq!(found.etag.as_deref(), Some("\"v1\""));
        assert_eq!(found.always.rate, Some(50));
        assert_eq!(found.always.events.len(), 1);
        let weak = resource("/gen/7/1000?etag=W/%22a%22").unwrap();
        assert_eq!(weak.etag.as_deref(), Some("W/\"a\""));
        assert_eq!(resource("/gen/7/9?etag=none").unwrap().etag, None);
    }

    #[test]
    fn can_refuse() {
        assert!(resource("/gen/7/1000?status=503&basic=user:secret").is_some());
        assert!(resource("/gen/7/1000?basic=user").is_none());
    }

    #[test]
    fn anything_else_is_unknown() {
        for path in ["/gen/7", "/gen/a/1", "/gen/1/2/3", "/other", "/gen/1/2?x=1"] {
            assert!(resource(path).is_none(), "{path}");
        }
    }
}
