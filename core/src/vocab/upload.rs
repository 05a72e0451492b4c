//! How files are sent.

words! {
    /// The protocol of an upload (job property UPLOAD_PROTOCOL). The numbers are our own.
    UploadProtocol {
        /// The server is asked once which protocol it has, and its answer is stored with the job.
        Auto = 0, "AUTO";
        /// BITS upload (specification, section 13): resumable.
        Bits = 1, "BITS";
        /// tus 1.0: resumable. The remote name is where uploads are created.
        Tus = 2, "TUS";
        /// Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with
        /// interop versions 8 to 6: resumable.
        Ietf = 3, "IETF";
        /// One PUT request, which starts over after each interruption.
        Put = 4, "PUT";
        /// S3: large files in parts, resumable. AUTO never chooses it.
        S3 = 5, "S3";
        /// One POST request with the file as its body, which starts over after each
        /// interruption, also if only the answer was lost. AUTO never chooses it.
        Post = 6, "POST";
        /// PUT requests with Content-Range: resumable, for servers like Apache that support it.
        /// With others the job goes to ERROR with DO_E_INSUFFICIENT_RANGE_SUPPORT. The
        /// unfinished file stands under its final name meanwhile; Cancel deletes it. AUTO never
        /// chooses it.
        PutRange = 7, "PUT_RANGE";
    }
}

#[allow(clippy::derivable_impls, reason = "the enumeration is made by a macro")]
impl Default for UploadProtocol {
    fn default() -> Self {
        Self::Auto
    }
}
