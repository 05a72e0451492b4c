//! The server as a client sees it.

mod client;
mod control;
mod faults;
mod ranges;
mod uploads;
