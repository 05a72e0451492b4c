//! The redirects that libcurl does not follow rightly.

use url::Url;

use crate::protocol::{Head, check_remote_name, with_ascii_host};

/// Which redirects are followed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Follow {
    pub to_https: bool,
    pub to_http: bool,
}

/// The redirects of one request.
#[derive(Debug, Default)]
pub struct Redirects {
    follow: Follow,
    /// Where they led so far; None = where it was asked.
    led_to: Option<Url>,
}

impl Redirects {
    /// None yet.
    pub fn new(follow: Follow) -> Self {
        Self { follow, led_to: None }
    }

    /// Where a redirect leads, if its host is an internationalized one that is
    /// not written in ASCII: libcurl would ask for it as it is.
    pub fn onward(&mut self, asked: &str, head: &Head) -> Option<String> {
        let location = head.location().filter(|_| (300..400).contains(&head.status))?;
        let base = match self.led_to.take() {
            Some(base) => base,
            None => Url::parse(asked).ok()?,
        };
        let next = base.join(location).ok()?;
        let is_followed = match next.scheme() {
            "https" => self.follow.to_https,
            "http" => self.follow.to_http,
            _ => false,
        };
        let written = match location.starts_with("//") {
            true => format!("{}:{location}", base.scheme()),
            false => location.to_owned(),
        };
        let is_ascii = with_ascii_host(&written) == written;
        let url = self.led_to.insert(next).as_str();
        (is_followed && !is_ascii && check_remote_name(url).is_ok()).then(|| url.to_owned())
    }
}
