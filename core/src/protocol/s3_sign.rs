//! The URLs of S3, and requests that are signed beforehand. All others are
//! signed by libcurl when they are sent.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use url::Url;

/// The keys of an account.
#[derive(Clone, Copy)]
pub struct AccessKeys<'a> {
    /// Its access key.
    pub id: &'a str,
    /// Its secret key.
    pub secret: &'a str,
    /// The session token, for keys that expire.
    pub token: Option<&'a str>,
}

/// Where a file goes, with each character of the path written in the one way
/// that signatures know.
pub struct Target {
    /// Scheme, host and port, without a slash at the end.
    origin: String,
    host: String,
    path: String,
    /// The query that the caller gave.
    query: Option<String>,
}

impl Target {
    /// None for what is no web address.
    pub fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let name = url.host_str()?;
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        Some(Self {
            origin: format!("{}://{host}", url.scheme()),
            host,
            path: encoded(&decoded(url.path()), true),
            query: url.query().filter(|query| !query.is_empty()).map(str::to_owned),
        })
    }

    /// The URL with more behind its query.
    pub fn url(&self, query: &[(&str, &str)]) -> String {
        let more = query.iter().map(|(name, value)| match value.is_empty() {
            true => (*name).to_owned(),
            false => format!("{name}={}", encoded(value.as_bytes(), false)),
        });
        let query: Vec<String> = self.query.iter().cloned().chain(more).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{}{mark}{}", self.origin, self.path, query.join("&"))
    }

    /// A request that anybody may make for so many seconds. None if the URL has
    /// a query of its own or the time is none.
    pub fn presigned(
        &self,
        method: &str,
        query: &[(&str, &str)],
        region: &str,
        keys: &AccessKeys<'_>,
        now_ms: i64,
        expires_s: u32,
    ) -> Option<String> {
        let stamp = stamp(now_ms)?;
        let day = &stamp[..8];
        let scope = format!("{day}/{region}/s3/aws4_request");
        let credential = format!("{}/{scope}", keys.id);
        let expires = expires_s.to_string();
        let mut all = vec![
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &stamp),
            ("X-Amz-Expires", &expires),
            ("X-Amz-SignedHeaders", "host"),
        ];
        all.extend(keys.token.map(|token| ("X-Amz-Security-Token", token)));
        all.extend(query);
        all.sort_unstable();
        let pairs: Vec<String> = all
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value.as_bytes(), false)))
            .collect();
        let pairs = pairs.join("&");
        let (path, host) = (&self.path, &self.host);
        let canonical = format!("{method}\n{path}\n{pairs}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
        let digest = hex(&Sha256::digest(canonical.as_bytes()));
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}");
        let mut key = format!("AWS4{}", keys.secret).into_bytes();
        for word in [day, region, "s3", "aws4_request", &text] {
            key = hmac(&key, word.as_bytes())?;
        }
        self.query
            .is_none()
            .then(|| format!("{}{path}?{pairs}&X-Amz-Signature={}", self.origin, hex(&key)))
    }
}

fn hmac(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As in `20260131T235959Z`.
pub fn stamp(now_ms: i64) -> Option<String> {
    let since = std::time::Duration::from_millis(u64::try_from(now_ms).ok()?);
    // `Sat, 31 Jan 2026 23:59:59 GMT`: the only form of a date that is at hand.
    let text = httpdate::fmt_http_date(std::time::UNIX_EPOCH.checked_add(since)?);
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(text.get(8..11)?)? / 3 + 1;
    let (day, year, time) = (text.get(5..7)?, text.get(12..16)?, text.get(17..25)?);
    Some(format!("{year}{month:02}{day}T{}Z", time.replace(':', "")))
}

/// All but letters, digits and `-._~` as `%XX`; slashes, too, unless they stay.
pub fn encoded(bytes: &[u8], keeps_slashes: bool) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            b'/' if keeps_slashes => text.push('/'),
            other => text += &format!("%{other:02X}"),
        }
    }
    text
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        let hex = text.get(index + 1..index + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| *byte == b'%') {
            Some(value) => {
                result.push(value);
                index += 3;
            }
            None => {
                result.push(*byte);
                index += 1;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_in_the_one_way_that_signatures_know() {
        let url = |text| Target::of(text).expect("a URL").url(&[("uploads", "")]);
        assert_eq!(url("http://a:9000/b/x%20y+(1)"), "http://a:9000/b/x%20y%2B%281%29?uploads");
        assert_eq!(url("https://a:443/b/%c3%bc%2f"), "https://a/b/%C3%BC/?uploads");
        assert_eq!(url("https://a?x=1"), "https://a/?x=1&uploads");
    }

    #[test]
    fn times_are_written_as_signatures_have_them() {
        assert_eq!(stamp(1_369_353_600_000).as_deref(), Some("20130524T000000Z"));
        assert_eq!(stamp(-1), None);
    }

    #[test]
    fn a_signature_is_that_of_the_published_example() {
        // From the manual of S3, "Authenticating requests: using query
        // parameters".
        let target = Target::of("https://examplebucket.s3.amazonaws.com/test.txt").expect("a URL");
        let keys = AccessKeys {
            id: "AKIAIOSFODNN7EXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            token: None,
        };
        let url = target.presigned("GET", &[], "us-east-1", &keys, 1_369_353_600_000, 86_400);
        let signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert!(url.expect("a URL").ends_with(&format!("&X-Amz-Signature={signature}")));
    }
}
