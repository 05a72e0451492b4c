//! The requests of uploads on the multi handle, beside those of downloads.

use std::collections::BTreeMap;
use std::time::Duration;

use curl::easy::Easy2;
use curl::multi::{Easy2Handle, Multi};

use crate::protocol::Failure;
use crate::vocab::{ErrorContext, Result, code};

use super::sender::{Sender, UploadEnding, UploadOrder};
use super::{IDLE_HANDLES, News, Options, Token, checksum, errors, options};

/// The requests of uploads under way.
#[derive(Default)]
pub struct Sendings {
    running: BTreeMap<Token, Easy2Handle<Sender>>,
    idle: Vec<Easy2<Sender>>,
}

impl Sendings {
    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Starts a request. An error means that it was not started.
    pub fn start(
        &mut self,
        multi: &Multi,
        token: Token,
        mut order: UploadOrder,
        options: &Options,
    ) -> Result<()> {
        checksum::add(&mut order)?;
        let mut easy = match self.idle.pop() {
            Some(mut easy) => {
                easy.reset();
                easy
            }
            None => Easy2::new(Sender::default()),
        };
        options::apply_upload(&mut easy, &order.call, options).map_err(errors::of_setup)?;
        easy.get_mut().take_order(order);
        let mut handle = multi.add2(easy).map_err(errors::of_multi)?;
        let slot = usize::try_from(token).unwrap_or(usize::MAX);
        handle.set_token(slot).map_err(errors::of_setup)?;
        self.running.insert(token, handle);
        Ok(())
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

    /// How long until the first of the bodies that are held back is to flow.
    pub fn held_for(&self) -> Option<Duration> {
        self.running.values().filter_map(|handle| handle.get_ref().held_for()).min()
    }

    /// What was sent, and said on the way, since the last call.
    pub fn progress(&mut self, multi: &Multi, news: &mut Vec<News>) -> Result<()> {
        let mut stalled = Vec::new();
        let mut waited = Vec::new();
        for (token, handle) in &mut self.running {
            let interim = handle.get_mut().take_interim();
            news.extend(interim.into_iter().map(|head| News::Interim(*token, head)));
            if handle.get_mut().held_for().is_some_and(|left| left.is_zero()) {
                waited.push(*token);
            }
            if let Some(sent) = handle.get_mut().take_progress() {
                news.push(News::Sent(*token, sent));
            } else if handle.get_mut().is_stalled() {
                stalled.push(*token);
            }
        }
        for token in waited {
            self.proceed(token)?;
        }
        for token in stalled {
            self.stop(multi, token);
            news.push(News::Answered(token, UploadEnding::Failed(stall())));
        }
        Ok(())
    }

    /// Ends a request that curl is done with; false if it is none of these.
    pub fn end(
        &mut self,
        multi: &Multi,
        token: Token,
        result: std::result::Result<(), curl::Error>,
        news: &mut Vec<News>,
    ) -> Result<bool> {
        let Some(mut handle) = self.running.remove(&token) else {
            return Ok(false);
        };
        let facts = errors::Facts::of(&mut handle, result);
        news.push(News::Answered(token, handle.get_mut().finish(&facts)));
        let easy = multi.remove2(handle).map_err(errors::of_multi)?;
        self.retire(easy);
        Ok(true)
    }

    fn retire(&mut self, mut easy: Easy2<Sender>) {
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
