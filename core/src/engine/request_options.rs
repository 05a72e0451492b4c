//! What the settings of a job mean for its requests.

use crate::model::{FileRecord, JobRecord, is_upload, rate_limits, yields};
use crate::transfer::{Credentials, RequestOptions};
use crate::vocab::{AuthScheme, AuthTarget};

use super::Engine;

impl Engine {
    pub(super) fn options(&self, record: &JobRecord, file: &FileRecord) -> RequestOptions {
        let is_trusted = file.may_tell_secrets();
        let secrets = self.secrets.get(&record.id);
        let credentials = |target: AuthTarget| {
            let of_target = |(slot, found): (&(AuthTarget, _), &Credentials)| {
                (slot.0 == target).then(|| found.clone())
            };
            let told = secrets.and_then(|secrets| secrets.iter().find_map(of_target));
            told.or_else(|| own_credentials(record, target))
        };
        let headers = record.custom_headers.as_deref().unwrap_or("");
        let mut headers: Vec<_> = headers
            .split("\r\n")
            .filter(|line| !line.is_empty() && (is_trusted || !is_secret_header(line)))
            .map(str::to_owned)
            .collect();
        let mut server_credentials = credentials(AuthTarget::Server).filter(|_| is_trusted);
        // A token is a header, which curl keeps from another host, too.
        if let Some(token) =
            server_credentials.take_if(|server| server.scheme == AuthScheme::Bearer)
            && !headers.iter().any(|line| has_name(line, "authorization"))
        {
            headers.push(format!("Authorization: Bearer {}", token.password));
        }
        RequestOptions {
            user_agent: self.settings.user_agent.clone(),
            headers,
            method: record.http_method.clone(),
            security_flags: record.security_flags,
            trust: self.settings.trust.clone(),
            proxy: Some((
                record.proxy.usage,
                record.proxy.list.clone(),
                record.proxy.bypass.clone(),
            )),
            client_certificate: record
                .client_certificate
                .as_ref()
                .filter(|_| is_trusted || !file.asks_mirror())
                .map(|client| (client.certificate.clone(), client.key.clone())),
            server_credentials,
            proxy_credentials: credentials(AuthTarget::Proxy),
            // How much comes by a connection is set for the whole of it.
            own_connection: yields(record) && !is_upload(record),
            rate_group: record.id,
            rates: rate_limits(record),
            yields: yields(record),
        }
    }
}

/// The user's own credentials, if the job is to be known by them.
fn own_credentials(record: &JobRecord, target: AuthTarget) -> Option<Credentials> {
    let mut slots = record.credential_slots.iter();
    let slot = slots.find(|slot| slot.0 == target && slot.1.knows_users())?;
    Some(Credentials { scheme: slot.1, user_name: String::new(), password: String::new() })
}

/// Takes from a request what only the host that the caller named may see.
pub(super) fn withhold_secrets(options: &mut RequestOptions) {
    options.headers.retain(|line| !is_secret_header(line));
    options.server_credentials = None;
}

/// True for the headers that curl, too, keeps from another host.
fn is_secret_header(line: &str) -> bool {
    ["authorization", "cookie"].iter().any(|secret| has_name(line, secret))
}

fn has_name(line: &str, name: &str) -> bool {
    line.split(':').next().is_some_and(|given| given.eq_ignore_ascii_case(name))
}
