//! The options that name a proxy.

use bgcopy_core::{ProxySettings, ProxyUsage};

use crate::failure::{Failure, Outcome};
use crate::network_options::NetworkOptions;

/// The protocols that proxies are spoken to by.
const PROTOCOLS: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// What --noproxy has for every host.
pub const EVERY_HOST: &str = "*";

/// How the proxy is found; None if nothing is said of it: by the environment.
pub fn settings(options: &NetworkOptions) -> Outcome<Option<ProxySettings>> {
    let none = ProxySettings { usage: ProxyUsage::NoProxy, list: None, bypass: None };
    match (options.proxy.as_deref(), options.noproxy.as_deref().map(str::trim)) {
        (None, None) => Ok(None),
        (Some(""), _) | (_, Some(EVERY_HOST)) => Ok(Some(none)),
        (Some(proxy), bypass) => Ok(Some(ProxySettings {
            usage: ProxyUsage::Override,
            list: Some(checked(proxy)?.to_owned()),
            bypass: bypass.map(str::to_owned),
        })),
        (None, Some(_)) => Err(Failure::usage(
            "--noproxy takes hosts from the proxy that --proxy names; \
             without one, '*' is all that it takes",
        )),
    }
}

/// One proxy, and no list of them, which the library would take.
pub fn checked(proxy: &str) -> Outcome<&str> {
    let (protocol, host) = proxy.split_once("://").unwrap_or(("http", proxy));
    if !PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(protocol)) {
        let text =
            format!("no protocol of proxies: {protocol}; there are {}", PROTOCOLS.join(", "));
        return Err(Failure::usage(text));
    }
    if host.contains('@') {
        let text = "the name and the password for a proxy belong in --proxy-user";
        return Err(Failure::usage(text));
    }
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '=') {
        return Err(Failure::usage("--proxy takes one proxy: [PROTOCOL://]HOST[:PORT]"));
    }
    Ok(proxy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_proxy_without_a_password_is_taken() {
        for good in ["h", "h:3128", "socks5h://h:1080", "HTTP://[::1]:3128", "https://h/"] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in ["ftp://h", "http://", "http://ada:pass@h", "a b", "http=h", "http=http://h"] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
