//! The page that the server shows to a browser.

/// A part of it by its path: its type, and what it is.
pub fn part(path: &str) -> Option<(&'static str, &'static str)> {
    match path {
        "/" => Some(("text/html; charset=utf-8", include_str!("page/page.html"))),
        "/page.css" => Some(("text/css; charset=utf-8", include_str!("page/page.css"))),
        "/page.js" => Some(("text/javascript; charset=utf-8", include_str!("page/page.js"))),
        _ => None,
    }
}
