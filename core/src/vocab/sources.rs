//! Where a file can be had.

words! {
    /// What kind of place a source of a file is. The numbers are our own.
    SourceKind {
        /// The remote name of the file.
        Origin = 0, "ORIGIN";
        /// Another URL of the same content.
        Mirror = 1, "MIRROR";
    }

    /// Where a source of a file stands. The numbers are our own.
    SourceState {
        /// It can be asked.
        Ready = 0, "READY";
        /// It is the one that the present request asks, or the next one.
        Asked = 1, "ASKED";
        /// It failed, and the sources behind it are asked before it is asked again.
        Failed = 2, "FAILED";
        /// It has another version than what is held of the file, or cannot prove that it has
        /// the same. It is not asked as long as these bytes are held.
        Different = 3, "DIFFERENT";
        /// What came from it did not have the expected hash. It is asked again when the job is
        /// resumed or another hash is expected.
        WrongHash = 4, "WRONG_HASH";
        /// It has no encryption and the origin has: it is not asked unless the job has the
        /// security flag REDIRECT_ALLOW_HTTPS_TO_HTTP.
        NotAllowed = 5, "NOT_ALLOWED";
    }
}
