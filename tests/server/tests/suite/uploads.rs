//! Uploads that are taken over by another request.

use crate::client::Client;
use bgcopy_test_server::{Area, Ietf, Server};

const VERSION: &str = "Upload-Draft-Interop-Version: 8";

/// What a client that was killed still had on its way ends no upload.
#[test]
fn an_old_request_of_the_ietf_kind_puts_nothing_in_place() {
    let server = Server::start().unwrap();
    server.accept_uploads("/up/", Area::new().ietf(Ietf::new()));
    let mut old = Client::connect(&server);
    old.ask("PUT", "/up/a", &[VERSION, "Upload-Complete: ?1", "Content-Length: 6"]);
    let interim = old.answer_to_head();
    assert!(interim.status.starts_with("104"), "{}", interim.head);
    let session = interim.header("Location").unwrap().to_owned();
    old.send(b"abc");
    server.wait_until(crate::client::LONG, |seen| seen.area("/up/").bytes_stored == 3);
    let mut new = Client::connect(&server);
    new.ask("HEAD", &session, &[VERSION]);
    assert_eq!(new.answer_to_head().header("Upload-Offset"), Some("3"));
    old.send(b"def");
    assert!(old.answer_to_head().status.starts_with("409"));
    assert!(server.area("/up/").files.is_empty(), "half a file is none");
    let piece = "Content-Type: application/partial-upload";
    let lines = [VERSION, piece, "Upload-Complete: ?1", "Upload-Offset: 3", "Content-Length: 3"];
    new.ask("PATCH", &session, &lines);
    new.send(b"def");
    assert!(new.answer_to_head().status.starts_with("20"));
    assert_eq!(server.area("/up/").files["/up/a"].bytes(), b"abcdef");
}
