//! Whom requests trust: the certificates of authorities.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::platform;
use crate::vocab::{Error, ErrorContext, HResult, Result, code, limit};

/// The certificates that are trusted in place of the system's.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Those of a PEM file, which curl reads, and reads again once a day.
    File(PathBuf),
    /// Those of a PEM text.
    Pem(Arc<str>),
}

impl Trust {
    /// Checks what a caller names; None if nothing is named: the system's.
    ///
    /// E_INVALIDARG for both at once or more than CA_BYTES_MAX, a disk code for
    /// a file that cannot be read, CRYPT_E_FILE_ERROR if there is no
    /// certificate in it, or a malformed one.
    pub fn new(file: Option<&Path>, pem: Option<&str>) -> Result<Option<Self>> {
        match (file, pem) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(Error::new(
                code::E_INVALIDARG,
                "certificates of authorities are given twice: as a file and as text",
            )),
            (Some(file), None) => {
                let file = std::path::absolute(file).map_err(|error| unread(file, &error))?;
                check(&read(&file)?, &file.display().to_string())?;
                Ok(Some(Self::File(file)))
            }
            (None, Some(pem)) => {
                check(pem.as_bytes(), "the text with certificates of authorities")?;
                Ok(Some(Self::Pem(pem.into())))
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unread(path, &error))?;
    // One more byte tells a file that is too long.
    let read = file.take(limit::CA_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|error| unread(path, &error))?;
    Ok(bytes)
}

fn unread(path: &Path, error: &std::io::Error) -> Error {
    let code = platform::code_of(error).unwrap_or(code::CRYPT_E_FILE_ERROR);
    refused(code, format!("cannot read {}: {error}", path.display()))
}

fn check(pem: &[u8], what: &str) -> Result<()> {
    if pem.len() as u64 > limit::CA_BYTES_MAX {
        let text = format!("{what} has more than {} bytes", limit::CA_BYTES_MAX);
        return Err(refused(code::E_INVALIDARG, text));
    }
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        count += 1;
        if !certificate.is_ok_and(|certificate| is_whole_sequence(&certificate)) {
            let text = format!("certificate {count} of {what} is malformed");
            return Err(refused(code::CRYPT_E_FILE_ERROR, text));
        }
    }
    if count == 0 {
        let text = format!("{what} has no certificate in PEM form");
        return Err(refused(code::CRYPT_E_FILE_ERROR, text));
    }
    Ok(())
}

/// True for one DER sequence and nothing after it, as a certificate is.
fn is_whole_sequence(der: &[u8]) -> bool {
    let [0x30, first, rest @ ..] = der else {
        return false;
    };
    let count = usize::from(first & 0x7f);
    if first & 0x80 == 0 {
        return rest.len() == count;
    }
    // A length of more than four bytes is beyond what a certificate has.
    let Some((length, body)) = rest.split_at_checked(count).filter(|_| (1..=4).contains(&count))
    else {
        return false;
    };
    let length = length.iter().fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
    body.len() as u64 == length
}

fn refused(code: HResult, text: String) -> Error {
    Error::with_context(code, ErrorContext::None, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence with one number in it, as PEM.
    const SOUND: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

    fn code_for(pem: &str) -> Option<HResult> {
        Trust::new(None, Some(pem)).err().map(|error| error.code)
    }

    #[test]
    fn every_certificate_must_be_well_formed() {
        assert_eq!(code_for(SOUND), None);
        assert_eq!(code_for(&format!("# comment\n{SOUND}\n{SOUND}")), None);
        let file_error = Some(code::CRYPT_E_FILE_ERROR);
        assert_eq!(code_for(""), file_error);
        assert_eq!(code_for("certificates"), file_error);
        // Not base64, cut short, something after the sequence, another kind.
        for broken in ["MA!CAQE=", "MAM=", "MAMCAQEA", "BAA="] {
            assert_eq!(code_for(&SOUND.replace("MAMCAQE=", broken)), file_error, "{broken}");
        }
        let cut = SOUND.replace("-----END CERTIFICATE-----", "");
        assert_eq!(code_for(&cut), file_error);
        assert_eq!(code_for(&format!("{SOUND}{cut}")), file_error);
        assert_eq!(code_for(&SOUND.replace("CERTIFICATE", "PRIVATE KEY")), file_error);
    }

    #[test]
    fn there_is_a_limit() {
        let long = format!("{SOUND}{}", " ".repeat(limit::CA_BYTES_MAX as usize));
        assert_eq!(code_for(&long), Some(code::E_INVALIDARG));
    }

    #[test]
    fn long_forms_of_a_length_count() {
        let mut der = vec![0x30, 0x82, 0x01, 0x00];
        der.resize(4 + 256, 0);
        assert!(is_whole_sequence(&der));
        der.pop();
        assert!(!is_whole_sequence(&der));
        assert!(!is_whole_sequence(&[0x30, 0x80]));
        assert!(!is_whole_sequence(&[0x30, 0x85, 0, 0, 0, 0, 0]));
    }

    #[test]
    fn a_file_or_a_text_but_not_both() {
        let error = Trust::new(Some(Path::new("x")), Some(SOUND)).expect_err("refused");
        assert_eq!(error.code, code::E_INVALIDARG);
        assert!(Trust::new(None, None).expect("the system's").is_none());
    }
}
