//! The requests of uploads on the multi handle, beside those of downloads.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use curl::easy::Easy2;
use curl::multi::{Easy2Handle, Multi};

use crate::protocol::{Failure, origin_of};
use crate::vocab::{ErrorContext, Result, code};

use super::guarded::Guarded;
use super::limiter::Share;
use super::upload_handler::{UploadEnding, UploadHandler, UploadOrder};
use super::{IDLE_HANDLES, RequestOptions, Token, TransferEvent, checksum, errors, options};

/// Origins that are remembered for closing kept connections.
const DISTRUSTED_MAX: usize = 64;

/// The requests of uploads under way.
#[derive(Default)]
pub struct Uploads {
    running: BTreeMap<Token, Easy2Handle<Guarded<UploadHandler>>>,
    idle: Vec<Easy2<Guarded<UploadHandler>>>,
    /// The origins that closed a kept connection under a body.
    distrusted: BTreeSet<String>,
}

impl Uploads {
    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Starts a request. An error means that it was not started.
    pub fn start(
        &mut self,
        multi: &Multi,
        token: Token,
        (mut order, share): (UploadOrder, Share),
        options: &RequestOptions,
    ) -> Result<()> {
        checksum::add(&mut order)?;
        let mut easy = match self.idle.pop() {
            Some(mut easy) => {
                easy.reset();
                easy
            }
            None => Easy2::new(Guarded::default()),
        };
        options::apply_upload(&mut easy, &order.call, options).map_err(errors::of_setup)?;
        let is_distrusted = self.distrusted.contains(&origin_of(&order.call.url));
        easy.fresh_connect(order.call.length() > 0 && is_distrusted).map_err(errors::of_setup)?;
        easy.get_mut().take_order(order, share);
        self.run(multi, token, easy)
    }

    fn run(
        &mut self,
        multi: &Multi,
        token: Token,
        easy: Easy2<Guarded<UploadHandler>>,
    ) -> Result<()> {
        let mut handle = multi.add2(easy).map_err(errors::of_multi)?;
        let slot = usize::try_from(token).unwrap_or(usize::MAX);
        handle.set_token(slot).map_err(errors::of_setup)?;
        self.running.insert(token, handle);
        Ok(())
    }

    /// From now on a body is not sent there by a connection that was kept: it
    /// would be lost again, and again.
    fn distrust(&mut self, origin: String) {
        if self.distrusted.len() >= DISTRUSTED_MAX {
            self.distrusted.pop_first();
        }
        self.distrusted.insert(origin);
    }

    /// Stops a request without an ending; true if it was one of these.
    pub fn stop(&mut self, multi: &Multi, token: Token) -> bool {
        let Some(handle) = self.running.remove(&token) else {
            return false;
        };
        if let Ok(easy) = multi.remove2(handle) {
            self.retire(easy);
        }
        true
    }

    /// Lets a held-back body flow.
    pub fn proceed(&mut self, token: Token) -> Result<()> {
        let Some(handle) = self.running.get_mut(&token) else {
            return Ok(());
        };
        if handle.get_mut().held_for().is_none() {
            return Ok(());
        }
        handle.get_mut().proceed();
        handle.unpause_read().map_err(errors::of_setup)
    }

    /// Lets a body go on that a rate limit stopped.
    pub fn go_on(&mut self, token: Token) {
        if let Some(handle) = self.running.get_mut(&token) {
            handle.get_mut().go_on();
            // If curl cannot go on it ends the request, which is reported.
            _ = handle.unpause_read();
        }
    }

    /// The requests whose connection has such an address at this end.
    pub fn at_addresses(&mut self, is_one: impl Fn(Option<&str>) -> bool) -> Vec<Token> {
        let running = self.running.iter_mut();
        let found = running.filter_map(|(token, handle)| {
            is_one(handle.local_ip().ok().flatten()).then_some(*token)
        });
        found.collect()
    }

    /// How long until the first of the bodies that are held back is to flow.
    pub fn held_for(&self) -> Option<Duration> {
        self.running.values().filter_map(|handle| handle.get_ref().held_for()).min()
    }

    /// What was sent, and said on the way, since the last call.
    pub fn progress(&mut self, multi: &Multi, news: &mut Vec<TransferEvent>) -> Result<()> {
        let mut over = Vec::new();
        let mut waited = Vec::new();
        for (token, handle) in &mut self.running {
            if handle.get_mut().flood.begins() {
                options::show_bytes(handle).map_err(errors::of_setup)?;
            }
            let interim = handle.get_mut().take_interim();
            news.extend(interim.into_iter().map(|head| TransferEvent::Interim(*token, head)));
            if handle.get_mut().held_for().is_some_and(|left| left.is_zero()) {
                waited.push(*token);
            }
            if let Some(failure) = handle.get_ref().flood.failure() {
                over.push((*token, failure));
            } else if let Some(sent) = handle.get_mut().take_progress() {
                news.push(TransferEvent::Sent(*token, sent));
            } else if handle.get_mut().is_stalled() {
                over.push((*token, stall()));
            }
        }
        for token in waited {
            self.proceed(token)?;
        }
        for (token, failure) in over {
            self.stop(multi, token);
            news.push(TransferEvent::Answered(token, UploadEnding::Failed(failure)));
        }
        Ok(())
    }

    /// Ends a request that curl is done with; false if it is none of these.
    pub fn end(
        &mut self,
        multi: &Multi,
        token: Token,
        result: std::result::Result<(), curl::Error>,
        news: &mut Vec<TransferEvent>,
    ) -> Result<bool> {
        let Some(handle) = self.running.remove(&token) else {
            return Ok(false);
        };
        let mut easy = multi.remove2(handle).map_err(errors::of_multi)?;
        let facts = errors::TransferFacts::of(&mut easy, result);
        if facts.lost_kept_connection() && easy.get_mut().begin_again() {
            easy.fresh_connect(true).map_err(errors::of_setup)?;
            self.run(multi, token, easy)?;
            return Ok(true);
        }
        // What a failure means depends on what went out.
        let sent = easy.get_mut().take_progress();
        news.extend(sent.map(|sent| TransferEvent::Sent(token, sent)));
        let finished = easy.get_mut().run(|handler| handler.finish(&facts));
        let ending = finished.unwrap_or_else(UploadEnding::Failed);
        if let (UploadEnding::Dropped(_), Some(origin)) = (&ending, easy.get_ref().origin()) {
            self.distrust(origin);
        }
        news.push(TransferEvent::Answered(token, ending));
        self.retire(easy);
        Ok(true)
    }

    fn retire(&mut self, mut easy: Easy2<Guarded<UploadHandler>>) {
        easy.get_mut().clear();
        if self.idle.len() < IDLE_HANDLES {
            self.idle.push(easy);
        }
    }
}

fn stall() -> Failure {
    Failure::transient(
        code::E_WINHTTP_TIMEOUT,
        ErrorContext::GeneralTransport,
        "the connection takes no more bytes".to_owned(),
    )
}
