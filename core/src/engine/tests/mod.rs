//! Rules of the engine that no caller can see.

mod outages;
mod paging;
mod publish;
mod recording;
mod sharing;
