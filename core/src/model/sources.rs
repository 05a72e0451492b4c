//! The places of one file: its remote name, which is the origin, and its mirrors.
//!
//! What may follow on what is held. The origin and the mirrors are equals here; "other" is a
//! source from which the held bytes did not come.
//!
//! | held | asked | answer | what follows |
//! |---|---|---|---|
//! | nothing | any | the file or a range of it | it is taken |
//! | bytes | the same source | the same version, proven as without mirrors | it goes on |
//! | bytes | the same source | another version, size or last block; no ranges | it differs |
//! | bytes with a strong ETag | another one | the same strong ETag, size and last block | it goes on |
//! | bytes with a strong ETag | another one | anything else of these | it differs |
//! | bytes without a strong ETag | another one | | it differs, and is not asked |
//! | bytes, and a hash is expected | another one | the same size and last block, any ETag | it goes on, and the hash decides |
//! | bytes, a hash is expected, and bytes of several sources did not have it | another one | the same strong ETag, size and last block, if it is asked at all | as without a hash; nothing is joined |
//! | any | any | a failure | it failed |
//!
//! A source that differs or failed gives way to the next one that did neither. If there is
//! none, the file waits for its next try, which begins with the first source again; but if
//! one differs and the others are not expected to come back, the file begins anew from the
//! first that differs.

use serde::{Deserialize, Serialize};

use crate::protocol::Failure;
use crate::vocab::{SourceKind, SourceState, is_initial};

use super::file::FileRecord;

/// The sources of a file that has mirrors, and what became of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    origin: Trial,
    mirrors: Vec<Mirror>,
    /// Which one is asked: 0 for the origin, else its place among the mirrors, from 1.
    #[serde(default, skip_serializing_if = "is_initial")]
    asked: u32,
    /// Which one the held bytes came from last; None if it is none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held_from: Option<u32>,
    /// How often all of them failed since the last progress.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub failed_rounds: u32,
    /// The held bytes came from several of them.
    #[serde(default, skip_serializing_if = "is_initial")]
    is_joined: bool,
    /// Bytes of several of them did not have the expected hash: they are not joined again.
    #[serde(default, skip_serializing_if = "is_initial")]
    one_only: bool,
}

/// Another URL of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mirror {
    url: String,
    #[serde(default, skip_serializing_if = "is_initial")]
    trial: Trial,
}

/// What became of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    #[serde(default, skip_serializing_if = "is_initial")]
    pub state: TrialState,
    /// Its last failure, also after it was asked again, and when that was in milliseconds
    /// since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Box<(Failure, i64)>>,
}

/// Whether a source may be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrialState {
    #[default]
    Open,
    /// It failed since all of them could last be asked.
    Failed,
    /// It does not fit what is held.
    Different,
    /// What came from it alone did not have the expected hash.
    WrongHash,
}

/// A place of a file, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: SourceKind,
    /// Whether it may be asked, or why not.
    pub state: SourceState,
    /// Its last failure; None if there was none since the job was last resumed.
    pub failure: Option<Failure>,
    /// When that was, in milliseconds since 1970; 0 if there was none.
    pub failed_at_ms: i64,
}

impl Sources {
    /// Those of a file without mirrors. What is held of it, if anything, came from the origin
    /// if that `is_known`.
    pub fn held_from_origin(is_known: bool) -> Self {
        Self { held_from: is_known.then_some(0), ..Self::default() }
    }

    /// How many mirrors there are.
    pub fn mirror_count(&self) -> usize {
        self.mirrors.len()
    }

    /// True if it is a mirror.
    pub fn has_mirror(&self, url: &str) -> bool {
        self.mirrors.iter().any(|mirror| mirror.url == url)
    }

    /// Appends a mirror.
    pub fn add_mirror(&mut self, url: String) {
        self.mirrors.push(Mirror { url, trial: Trial::default() });
    }

    /// The origin has another name: what was known of it says nothing. It is asked next.
    pub fn origin_renamed(&mut self) {
        self.origin = Trial::default();
        self.held_from = self.held_from.filter(|source| *source > 0);
        self.asked = 0;
    }

    /// Nothing is held any more that anything has to fit.
    pub fn bytes_dropped(&mut self) {
        self.held_from = None;
        self.is_joined = false;
        self.open(TrialState::Different);
    }

    /// All of them may be asked again, and nothing is known of any.
    pub fn forget_trials(&mut self) {
        self.all_mut().for_each(|trial| *trial = Trial::default());
        self.failed_rounds = 0;
    }

    /// Another hash is expected, or none.
    pub fn hash_changed(&mut self) {
        self.one_only = false;
        self.open(TrialState::WrongHash);
    }

    /// Lets those in this state be asked again.
    pub fn open(&mut self, state: TrialState) {
        let in_state = self.all_mut().filter(|trial| trial.state == state);
        in_state.for_each(|trial| trial.state = TrialState::Open);
    }

    /// Takes note of why a source cannot be used.
    pub fn note(&mut self, source: u32, state: TrialState, failure: Failure, at_ms: i64) {
        if let Some(trial) = self.all_mut().nth(source as usize) {
            *trial = Trial { state, failure: Some(Box::new((failure, at_ms))) };
        }
    }

    /// Bytes of several sources did not have the expected hash.
    pub fn use_one(&mut self) {
        self.one_only = true;
    }

    /// True if the held bytes came from several of them.
    pub fn is_joined(&self) -> bool {
        self.is_joined
    }

    /// The one that is asked.
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// The one that the held bytes came from last.
    pub fn held_from(&self) -> Option<u32> {
        self.held_from
    }

    /// What became of each, the origin first.
    pub fn trials(&self) -> impl Iterator<Item = &Trial> {
        std::iter::once(&self.origin).chain(self.mirrors.iter().map(|mirror| &mirror.trial))
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Trial> {
        let mirrors = self.mirrors.iter_mut().map(|mirror| &mut mirror.trial);
        std::iter::once(&mut self.origin).chain(mirrors)
    }

    fn mirror(&self, source: u32) -> Option<&str> {
        let place = (source as usize).checked_sub(1)?;
        self.mirrors.get(place).map(|mirror| mirror.url.as_str())
    }
}

impl FileRecord {
    /// The name of the source that is asked, without where redirects lead.
    pub fn source_name(&self) -> &str {
        let mirror = self.sources.as_ref().and_then(|sources| sources.mirror(sources.asked));
        mirror.unwrap_or(&self.remote_name)
    }

    /// Where the next request asks.
    pub fn url_asked(&self) -> &str {
        self.redirected_to.as_deref().unwrap_or_else(|| self.source_name())
    }

    /// True if a mirror is asked.
    pub fn asks_mirror(&self) -> bool {
        self.sources.as_ref().is_some_and(|sources| sources.asked > 0)
    }

    /// True if bytes are held that came from another source than the one that is asked.
    pub fn holds_other_source(&self) -> bool {
        let sources = self.sources.as_ref();
        self.held() > 0 && sources.is_some_and(|sources| sources.held_from != Some(sources.asked))
    }

    /// True if no hash may be relied on to join bytes of several sources.
    pub fn uses_one_source(&self) -> bool {
        self.sources.as_ref().is_some_and(|sources| sources.one_only)
    }

    /// Takes note of where bytes come from; `is_known` if that is the source that is asked.
    /// `keeps` if bytes are held that they are joined with.
    pub fn comes_from_asked(&mut self, is_known: bool, keeps: bool) {
        let Some(sources) = &mut self.sources else {
            return;
        };
        let from = is_known.then_some(sources.asked);
        sources.is_joined |= keeps && sources.held_from != from;
        sources.held_from = from;
    }

    /// Lets the next request ask a source.
    pub fn ask_source(&mut self, source: u32) {
        let Some(sources) = &mut self.sources else {
            return;
        };
        if sources.asked != source {
            sources.asked = source;
            self.redirected_to = None;
            self.if_range_refused = false;
            self.ranges_refused = false;
        }
    }

    /// The first source that may be asked and whose bytes can follow on what is held;
    /// `downgrades` if that may be one without encryption where the origin has it.
    pub fn next_source(&self, downgrades: bool) -> Option<u32> {
        let sources = self.sources.as_ref()?;
        let trials = (0..).zip(sources.trials());
        let mut open = trials.filter(|(_, trial)| trial.state == TrialState::Open);
        let found =
            open.find(|(source, _)| self.may_ask(*source, downgrades) && self.can_follow(*source));
        found.map(|(source, _)| source)
    }

    /// True unless the source is without encryption where the origin has it.
    pub fn may_ask(&self, source: u32, downgrades: bool) -> bool {
        let mirror = self.sources.as_ref().and_then(|sources| sources.mirror(source));
        mirror.is_none_or(|mirror| downgrades || !is_downgrade(&self.remote_name, mirror))
    }

    /// True if bytes of the source could be joined with what is held.
    fn can_follow(&self, source: u32) -> bool {
        let Some(sources) = self.sources.as_ref().filter(|_| self.held() > 0) else {
            return true;
        };
        if sources.held_from == Some(source) {
            return true;
        }
        let has_hash = self.expected_hash.is_some();
        let is_strong = self.validator.as_ref().is_some_and(|known| known.strong_etag().is_some());
        !sources.one_only && self.size.is_some() && (is_strong || has_hash)
    }

    /// The first source that was found to differ, or cannot follow on what is held.
    pub fn first_different(&self, downgrades: bool) -> Option<u32> {
        let sources = self.sources.as_ref()?;
        let mut trials = (0..).zip(sources.trials());
        let found = trials.find(|(source, trial)| match trial.state {
            TrialState::Different => true,
            TrialState::Open => !self.can_follow(*source) && self.may_ask(*source, downgrades),
            TrialState::Failed | TrialState::WrongHash => false,
        });
        found.map(|(source, _)| source)
    }

    /// Its places, the origin first; `downgrades` as for [`Self::next_source`].
    pub fn shown_sources(&self, downgrades: bool) -> Vec<FileSource> {
        let none = Sources::default();
        let sources = self.sources.as_deref().unwrap_or(&none);
        let shown = (0..).zip(sources.trials()).map(|(source, trial)| {
            let state = match trial.state {
                _ if !self.may_ask(source, downgrades) => SourceState::NotAllowed,
                TrialState::WrongHash => SourceState::WrongHash,
                TrialState::Different => SourceState::Different,
                TrialState::Failed => SourceState::Failed,
                TrialState::Open if source == sources.asked => SourceState::Asked,
                TrialState::Open => SourceState::Ready,
            };
            let failure = trial.failure.as_deref();
            FileSource {
                url: sources.mirror(source).unwrap_or(&self.remote_name).to_owned(),
                kind: if source == 0 { SourceKind::Origin } else { SourceKind::Mirror },
                state,
                failure: failure.map(|(failure, _)| failure.clone()),
                failed_at_ms: failure.map_or(0, |(_, at_ms)| *at_ms),
            }
        });
        shown.collect()
    }
}

/// True if the one is encrypted and the other is not.
pub fn is_downgrade(from: &str, to: &str) -> bool {
    let is_https =
        |url: &str| url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    is_https(from) && !is_https(to)
}
