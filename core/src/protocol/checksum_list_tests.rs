//! What is taken as a list of checksums, and for which file a line is.

use super::*;

fn digest(letter: &str) -> String {
    letter.repeat(64)
}

fn parsed(text: &str) -> Vec<(String, HashAlgorithm, String)> {
    let list = parse_checksum_list(text.as_bytes()).expect("a good list");
    list.into_iter().map(|one| (one.name, one.algorithm, one.digest)).collect()
}

fn refusal(text: &[u8]) -> String {
    let error = parse_checksum_list(text).expect_err("a bad list");
    assert_eq!(error.code, code::BGCOPY_E_CHECKSUM_LIST);
    error.message
}

#[test]
fn lines_have_the_forms_of_the_usual_programs() {
    let (a, long) = (digest("a"), digest("bc"));
    let sha256 = HashAlgorithm::Sha256;
    for (line, name, algorithm) in [
        (format!("{a}  x.iso"), "x.iso", sha256),
        (format!("{a} *x.iso"), "x.iso", sha256),
        (format!("{a} x.iso"), "x.iso", sha256),
        (format!("{a}\tx.iso"), "x.iso", sha256),
        (format!("{}  x.iso", a.to_uppercase()), "x.iso", sha256),
        (format!("{a}  ./d//./x y"), "d/x y", sha256),
        (format!("\\{a}  a\\\\b"), "a\\b", sha256),
        (format!("{a}  -"), "", sha256),
        (a.clone(), "", sha256),
        (format!("SHA256 (x (1).iso) = {a}"), "x (1).iso", sha256),
        (format!("SHA2-256(x.iso)= {a}"), "x.iso", sha256),
        (format!("BLAKE3 (x.iso) = {a}"), "x.iso", HashAlgorithm::Blake3),
    ] {
        assert_eq!(parsed(&line), [(name.to_owned(), algorithm, a.clone())], "{line}");
    }
    let expected = [("x".to_owned(), HashAlgorithm::Sha512, long.clone())];
    assert_eq!(parsed(&format!("{long}  x")), expected);
    assert_eq!(parsed(&format!("SHA512 (x) = {long}")), expected);
}

#[test]
fn what_is_around_the_lines_is_skipped() {
    let a = digest("a");
    let text = format!("\u{FEFF}# of today\r\n\r\n{a}  x\r\n{a}  x\r\nMD5 (x) = 12\r\n{a} *y");
    let names: Vec<_> = parsed(&text).into_iter().map(|one| one.0).collect();
    assert_eq!(names, ["x", "y"]);
    let text = format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# x: 3 bytes\n- SHA256 (x) = {a}\n\
         -----BEGIN PGP SIGNATURE-----\n\niQIz+/=\n-----END PGP SIGNATURE-----\n"
    );
    assert_eq!(parsed(&text), [("x".to_owned(), HashAlgorithm::Sha256, a)]);
}

#[test]
fn anything_else_is_refused_with_its_line() {
    let (a, b) = (digest("a"), digest("b"));
    for (text, why) in [
        (String::new(), "no checksums"),
        ("# nothing\n".to_owned(), "no checksums"),
        ("<html>".to_owned(), "line 1: not"),
        (format!("{a}  x\n{a}x"), "line 2: not"),
        (format!("{}  x", &a[1..]), "line 1: not"),
        (format!("SHA256 (x) = {}", &a[1..]), "line 1: the digest has another number"),
        (format!("SHA256 (x) = {}", "z".repeat(64)), "line 1: the digest"),
        (format!("SHA512 (x) = {a}"), "line 1: the digest"),
        (format!("{a}  x\n{b}  ./x"), "line 2: another digest"),
        (format!("{}  x", "a".repeat(32)), "only checksums by MD5"),
        (format!("{}  x", "a".repeat(40)), "only checksums by SHA-1"),
        ("Size (x) = 3 bytes".to_owned(), "only checksums by Size"),
        (format!("\\{a}  a\\tb"), "unknown escape"),
        (format!("\\{a}  a\\nb"), "control character"),
        (format!("{a}  d/"), "not that of a file"),
        (format!("SHA256 (  ) = {a}"), "not that of a file"),
        (format!("{a}  {}", "n".repeat(5000)), "too long"),
        (format!("-----BEGIN PGP SIGNED MESSAGE-----\n\n{a}  x"), "no end"),
    ] {
        let message = refusal(text.as_bytes());
        assert!(message.contains(why), "{text:?}: {message}");
    }
    assert!(refusal(b"\xFF\xFEa\0").contains("UTF-8"));
}

#[test]
fn names_never_lead_out_of_the_folder() {
    for name in ["../x", "a/../../x", "/etc/x", "..", "\\x", "a\\..\\x", "C:x", "c:\\x", "//h/x"] {
        let message = refusal(format!("{}  {name}", digest("a")).as_bytes());
        assert!(message.contains("line 1: the name leads out"), "{name}: {message}");
    }
}

#[test]
fn size_and_lines_have_their_limits() {
    let bytes = usize::try_from(limit::CHECKSUM_LIST_BYTES_MAX).expect("it fits") + 1;
    assert!(refusal(&vec![b'#'; bytes]).contains("bytes"));
    let lines = "\n".repeat(limit::CHECKSUM_LIST_LINES_MAX);
    assert!(refusal(lines.as_bytes()).contains("no checksums"));
    assert!(refusal(format!("{lines}\n").as_bytes()).contains("lines"));
}

#[test]
fn a_file_has_the_line_that_ends_like_its_url() {
    let lines = [("a", "x"), ("b", "d/x"), ("c", "e/only"), ("d", "1/two"), ("e", "2/two")];
    let text: String =
        lines.iter().map(|(letter, name)| format!("{}  {name}\n", digest(letter))).collect();
    let list = parse_checksum_list(text.as_bytes()).expect("a good list");
    let index = ChecksumIndex::new(&list);
    let found = |url: &str, local: &str| match index.find(url, local, true) {
        Ok(one) => one.name.clone(),
        Err(error) => {
            assert_eq!(error.code, code::BGCOPY_E_NOT_LISTED);
            format!("! {}", error.message)
        }
    };
    assert_eq!(found("http://h/x?q=/only#/only", "/t/y"), "x");
    assert_eq!(found("http://h/p/x", "/t/only"), "x");
    assert_eq!(found("http://h/p/d/x", "/t/y"), "d/x");
    assert_eq!(found("http://h/p/%64/%78", "/t/y"), "d/x");
    assert_eq!(found("http://h/only", "/t/y"), "e/only");
    assert_eq!(found("http://h/1/two", "/t/y"), "1/two");
    assert!(found("http://h/two", "/t/y").contains("several files"));
    assert_eq!(found("http://h/get?id=3", "/t/x"), "x");
    assert!(found("http://h/get?id=3", "/t/y").contains("no checksum of http://h/get?id=3"));
    assert!(found("http://h/", "/t/y").starts_with('!'));
}

#[test]
fn a_digest_without_a_name_is_for_a_single_file() {
    let list = parse_checksum_list(digest("a").as_bytes()).expect("a good list");
    let index = ChecksumIndex::new(&list);
    assert_eq!(index.find("http://h/x", "/t/y", true).map(|one| &one.digest), Ok(&digest("a")));
    assert!(index.find("http://h/x", "/t/y", false).is_err());
}
