//! Rules of the engine that no caller can see.

mod outages;
mod owed;
mod paging;
mod recording;
mod sharing;
