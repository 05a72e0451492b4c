//! Who may use the RPC server: programs that know the secret, and of web pages those of the
//! server itself and of the origins that are named.

use std::net::{IpAddr, SocketAddr};

use sha2::{Digest, Sha256};

/// What is said on the command line of who may use it.
pub struct Access {
    /// The digest of the secret: two digests that are compared show nothing of it.
    secret: Option<[u8; 32]>,
    origins: Vec<String>,
}

impl Access {
    /// What makes an address or an origin unsafe is refused with a sentence: an address that
    /// others reach, and pages of others, need a secret.
    pub fn new(
        address: SocketAddr,
        secret: Option<&str>,
        origins: &[String],
    ) -> Result<Self, String> {
        if secret.is_some_and(str::is_empty) {
            return Err("the secret of --rpc is empty".to_owned());
        }
        if secret.is_none() && !address.ip().is_loopback() {
            return Err(format!(
                "--rpc {address} can be reached by other machines: it needs a secret, by \
                 --rpc-secret-file or BGCOPY_RPC_SECRET"
            ));
        }
        if secret.is_none() && !origins.is_empty() {
            return Err("--rpc-origin needs a secret, by --rpc-secret-file or \
                        BGCOPY_RPC_SECRET"
                .to_owned());
        }
        Ok(Self { secret: secret.map(digest), origins: origins.to_vec() })
    }

    /// True if no secret is asked for.
    pub fn is_open(&self) -> bool {
        self.secret.is_none()
    }

    /// True if a call with this token may be carried out.
    pub fn takes_token(&self, token: Option<&str>) -> bool {
        self.secret.is_none_or(|secret| token.is_some_and(|token| digest(token) == secret))
    }

    /// True for a Host header that a page of somebody else cannot have: its name could lead
    /// here, too. Who has a secret is not in need of that.
    pub fn takes_host(&self, host: Option<&str>) -> bool {
        self.secret.is_some() || host.is_none_or(is_of_this_machine)
    }

    /// True for a program, which has no Origin header, for a page of this server, and for one
    /// of the origins that were named.
    pub fn takes_origin(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        origin.is_none_or(|origin| {
            let is_own = host.is_some_and(|host| {
                origin.strip_prefix("http://").is_some_and(|of| of.eq_ignore_ascii_case(host))
            });
            is_own || self.origins.iter().any(|one| one == "*" || one == origin)
        })
    }
}

/// An address, or the name that every machine has for itself; with a port or without.
fn is_of_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(secret: Option<&str>, origins: &[&str]) -> Result<Access, String> {
        let origins: Vec<_> = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Access::new(([127, 0, 0, 1], 6800).into(), secret, &origins)
    }

    #[test]
    fn others_need_a_secret() {
        let everywhere = SocketAddr::from(([0, 0, 0, 0], 6800));
        assert!(Access::new(everywhere, None, &[]).is_err());
        assert!(Access::new(everywhere, Some("s"), &[]).is_ok());
        assert!(access(None, &[]).is_ok());
        assert!(access(None, &["http://page"]).is_err());
        assert!(access(Some(""), &[]).is_err());
    }

    #[test]
    fn only_the_secret_is_taken() {
        let access_with = access(Some("s"), &[]).unwrap();
        for (token, taken) in
            [(Some("s"), true), (Some("S"), false), (Some(""), false), (None, false)]
        {
            assert_eq!(access_with.takes_token(token), taken, "{token:?}");
        }
        assert!(access(None, &[]).unwrap().takes_token(None));
    }

    #[test]
    fn a_name_that_leads_here_is_no_way_in() {
        let open = access(None, &[]).unwrap();
        for host in ["localhost", "LOCALHOST:6800", "127.0.0.1:1", "[::1]:6800", "[::1]"] {
            assert!(open.takes_host(Some(host)), "{host}");
        }
        for host in ["evil.example", "evil.example:6800", "localhost.evil.example", ""] {
            assert!(!open.takes_host(Some(host)), "{host}");
        }
        assert!(access(Some("s"), &[]).unwrap().takes_host(Some("box.example")));
    }

    #[test]
    fn pages_of_others_are_refused() {
        let open = access(None, &[]).unwrap();
        let own = Some("localhost:6800");
        assert!(open.takes_origin(None, own));
        assert!(open.takes_origin(Some("http://localhost:6800"), own));
        for origin in ["http://localhost:6801", "http://localhost", "https://evil", "null", ""] {
            assert!(!open.takes_origin(Some(origin), own), "{origin}");
        }
        let named = access(Some("s"), &["https://page", "null"]).unwrap();
        assert!(named.takes_origin(Some("https://page"), own));
        assert!(named.takes_origin(Some("null"), own));
        assert!(!named.takes_origin(Some("https://page.evil"), own));
        assert!(access(Some("s"), &["*"]).unwrap().takes_origin(Some("https://any"), own));
    }
}
