//! What was sent to an area or a bucket, as resources: each file under its own
//! path, and under the path of the whole a list of what is unfinished.

use crate::area::Areas;
use crate::bucket::Bucket;
use crate::resource::Resource;

/// The resource of such a path; `None` when it is not one.
pub(crate) fn resource(areas: &Areas, path: &str) -> Option<Resource> {
    let path = path.split('?').next().unwrap_or(path);
    let prefix = areas.of(path)?;
    let area = areas.get(&prefix)?;
    if path != prefix {
        return area.files.get(path).map(|file| Resource::bytes(file.bytes()));
    }
    let open = area.sessions.values().filter(|session| !session.placed);
    let lines = open.map(|session| format!("{} {}\n", session.path, session.kept.length));
    Some(Resource::bytes(lines.collect::<String>()))
}

/// The same of the bucket that begins with this path.
pub(crate) fn in_bucket(bucket: &Bucket, prefix: &str, path: &str) -> Option<Resource> {
    if path != prefix {
        return bucket.objects.get(path).map(|object| Resource::bytes(object.bytes.clone()));
    }
    let lines = bucket.uploads.values().map(|upload| {
        let length: usize = upload.parts.values().map(|part| part.bytes.len()).sum();
        format!("{} {length}\n", upload.path)
    });
    Some(Resource::bytes(lines.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::{in_bucket, resource};
    use crate::area::{Area, Areas};
    use crate::bucket::{Bucket, Object};
    use std::time::SystemTime;

    #[test]
    fn tells_what_is_finished_and_what_is_not() {
        let mut areas = Areas::default();
        areas.set("/up/", Area::new());
        let area = areas.get_mut("/up/").unwrap();
        area.open_session("/up/half");
        let id = area.open_session("/up/whole");
        area.sessions.get_mut(&id).unwrap().kept.append(b"abc", None, false);
        area.place(&id);
        let bytes =
            |path| resource(&areas, path).map(|found| found.content.slice(0..found.content.len()));
        assert_eq!(bytes("/up/whole").unwrap(), b"abc");
        assert_eq!(bytes("/up/").unwrap(), b"/up/half 0\n");
        assert_eq!(bytes("/up/half"), None);
        assert_eq!(bytes("/elsewhere"), None);
    }

    #[test]
    fn tells_the_same_of_a_bucket() {
        let mut bucket = Bucket::new("id", "secret");
        bucket.begin("/s3/half", None);
        let object = Object {
            bytes: b"abc".to_vec(),
            etag: String::new(),
            content_type: None,
            modified: SystemTime::now(),
        };
        bucket.objects.insert("/s3/whole".to_owned(), object);
        let bytes = |path| {
            in_bucket(&bucket, "/s3/", path)
                .map(|found| found.content.slice(0..found.content.len()))
        };
        assert_eq!(bytes("/s3/whole").unwrap(), b"abc");
        assert_eq!(bytes("/s3/").unwrap(), b"/s3/half 0\n");
        assert_eq!(bytes("/s3/half"), None);
    }
}
