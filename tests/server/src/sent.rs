//! What was sent to an area, as resources: each file under its own path, and
//! under the path of the area a list of what is unfinished.

use crate::area::Areas;
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

#[cfg(test)]
mod tests {
    use super::resource;
    use crate::area::{Area, Areas};

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
}
