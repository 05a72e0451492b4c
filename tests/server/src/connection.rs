//! The life of one connection.

use crate::link::{Gone, Link};
use crate::plan::Plan;
use crate::receive;
use crate::request::Request;
use crate::s3;
use crate::send::{After, send};
use crate::shared::Found;

/// Answers requests until one side wants no more.
pub(crate) fn serve(mut link: Link) {
    loop {
        match answer(&mut link) {
            Ok(After::Next) => {}
            Ok(After::Close) | Err(Gone) => {
                link.discard_input();
                return;
            }
            Ok(After::Reset) => return,
        }
    }
}

fn answer(link: &mut Link) -> Result<After, Gone> {
    let head = link.read_head()?;
    let Some(request) = Request::parse(&head, link.number()) else {
        return send(link, &Plan::bad_request(), "", "");
    };
    let (plan, key) = match link.shared().receive(&request) {
        Found::Area { prefix } => return receive::serve(link, &request, &prefix),
        Found::Bucket { prefix } => return s3::serve(link, &request, &prefix),
        Found::Scripted { key, resource, reply } => {
            (Plan::scripted(&request, &resource, &reply), key)
        }
        Found::Missing => (Plan::plain(&request, 404), request.path.clone()),
        Found::WrongMethod => (Plan::plain(&request, 405), request.path.clone()),
    };
    send(link, &plan, &request.path, &key)
}
