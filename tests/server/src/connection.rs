//! The life of one connection.

use crate::link::{Gone, Link};
use crate::plan::Plan;
use crate::receive;
use crate::request::Request;
use crate::s3;
use crate::send::{After, send};
use crate::shared::Found;

/// What becomes of connections that clients keep for their next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// They are kept as HTTP says.
    #[default]
    Kept,
    /// Each is closed behind its first answer, which does not say so.
    ClosedBehindAnswer,
    /// The second request is read, as far as its head, and then the connection
    /// is closed without an answer.
    ClosedAtRequest,
    /// As `ClosedAtRequest`, but it is reset.
    ResetAtRequest,
}

/// Answers requests until one side wants no more.
pub(crate) fn serve(mut link: Link) {
    for answered in 0.. {
        let keeping = link.shared().check(|state| state.keeping);
        match answer(&mut link, if answered > 0 { keeping } else { Keeping::Kept }) {
            Ok(After::Next) if keeping == Keeping::ClosedBehindAnswer => {
                link.discard_input();
                return;
            }
            Ok(After::Next) => {}
            Ok(After::Close) | Err(Gone) => {
                link.discard_input();
                return;
            }
            Ok(After::Reset) => return,
        }
    }
}

fn answer(link: &mut Link, keeping: Keeping) -> Result<After, Gone> {
    let head = link.read_head()?;
    let Some(request) = Request::parse(&head, link.number()) else {
        return send(link, &Plan::bad_request(), "", "");
    };
    match keeping {
        Keeping::Kept | Keeping::ClosedBehindAnswer => {}
        Keeping::ClosedAtRequest => return Ok(After::Close),
        Keeping::ResetAtRequest => return Ok(After::Reset),
    }
    let (plan, key) = match link.shared().receive(&request) {
        Found::Area { prefix } => return receive::serve(link, &request, &prefix),
        Found::Bucket { prefix } => return s3::serve(link, &request, &prefix),
        Found::Scripted { key, resource, reply } => {
            (Plan::scripted(&request, &resource, &reply), key)
        }
        Found::Missing => (Plan::plain(&request, 404), request.path.clone()),
        Found::Tunnel { status } => (Plan::no_tunnel(&request, status), request.path.clone()),
        Found::WrongMethod => (Plan::plain(&request, 405), request.path.clone()),
    };
    send(link, &plan, &request.path, &key)
}
