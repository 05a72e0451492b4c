//! Rules of the engine that no caller can see.

mod owed;
mod paging;
mod sharing;
