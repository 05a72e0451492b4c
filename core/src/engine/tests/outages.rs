//! What the events of requests say of their servers.

use crate::engine::outages::{Reach, reach_of};
use crate::protocol::Failure;
use crate::transfer::{Ending, TransferEvent, UploadEnding};
use crate::vocab::{ErrorContext, HResult, code};

fn ended(code: HResult, context: ErrorContext, unreached: bool) -> TransferEvent {
    let failure = Failure { unreached, ..Failure::transient(code, context, "why".to_owned()) };
    TransferEvent::Ended(1, Ending::Failed { failure, written: None, redirect: None })
}

#[test]
fn only_what_a_server_did_says_that_it_serves() {
    let transport = ErrorContext::GeneralTransport;
    let said = |event: &TransferEvent| [false, true].map(|before| reach_of(event, before));
    let both = |reach: Reach| [reach.clone(), reach];
    assert_eq!(said(&TransferEvent::Written(1, 10)), both(Reach::Reached));
    let reset = ended(code::BG_E_CONNECTION_CLOSED, transport, false);
    assert_eq!(said(&reset), both(Reach::Reached));
    let missing = ended(HResult::from_http_status(404), ErrorContext::RemoteFile, false);
    assert_eq!(said(&missing), both(Reach::Reached));
    let full = ended(code::E_DISK_FULL, ErrorContext::LocalFile, false);
    assert_eq!(said(&full), both(Reach::Unknown));
    let changed = TransferEvent::Answered(1, UploadEnding::SourceChanged);
    assert_eq!(said(&changed), both(Reach::Unknown));
    // One that took the connection and then says nothing is there; one that fell silent
    // while it sent may be gone.
    let silent = ended(code::E_WINHTTP_TIMEOUT, transport, false);
    assert_eq!(said(&silent), [Reach::Reached, Reach::Unknown]);
    let refused = ended(code::E_WINHTTP_TIMEOUT, transport, true);
    assert!(matches!(reach_of(&refused, true), Reach::Refused(_)));
    for status in [429, 503] {
        let busy = ended(HResult::from_http_status(status), ErrorContext::RemoteFile, false);
        assert!(matches!(reach_of(&busy, false), Reach::Refused(_)), "{status}");
    }
}
