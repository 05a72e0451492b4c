//! The enumerations of what the library reports.

words! {
    /// What a job waits for, or what it does. The numbers are our own.
    WaitKind {
        /// The caller has to resume the job.
        SuspendedByCaller = 1, "SUSPENDED_BY_CALLER";
        /// The caller has to add a file.
        NoFiles = 2, "NO_FILES";
        /// Other files have all the slots for transfers.
        WaitingForSlot = 3, "WAITING_FOR_SLOT";
        /// There is no network.
        NoNetwork = 4, "NO_NETWORK";
        /// The job failed, or its server does; the delay before the next try is not over.
        RetryAfterError = 5, "RETRY_AFTER_ERROR";
        /// The server asked to be left alone until a time that it named.
        ServerAskedToWait = 6, "SERVER_ASKED_TO_WAIT";
        /// A policy does not allow the transfer now.
        PolicyClosed = 7, "POLICY_CLOSED";
        /// The caller has to set credentials.
        CredentialsNeeded = 8, "CREDENTIALS_NEEDED";
        /// The server no longer has the file under this URL.
        LinkExpired = 9, "LINK_EXPIRED";
        /// The disk is full.
        DiskFull = 10, "DISK_FULL";
        /// All bytes are here and are being verified and synced.
        ValidationPending = 11, "VALIDATION_PENDING";
        /// The files are being moved to their local names.
        Completing = 12, "COMPLETING";
        /// The caller has to complete the job.
        AwaitingComplete = 13, "AWAITING_COMPLETE";
        /// The job failed; the caller has to resolve the error and resume it.
        FatalError = 14, "FATAL_ERROR";
        /// The job waits for nothing: it is final.
        Finished = 15, "FINISHED";
        /// The server has not answered yet.
        Connecting = 16, "CONNECTING";
        /// The job waits for nothing: it transfers.
        Transferring = 17, "TRANSFERRING";
        /// No process runs the queue.
        EngineNotRunning = 18, "ENGINE_NOT_RUNNING";
        /// The server has not yet deleted the upload of a cancelled job.
        CancellingOnServer = 19, "CANCELLING_ON_SERVER";
        /// A process has paused the queue.
        Paused = 20, "PAUSED";
        /// The window of the job or of the queue is closed; the next try is when it opens.
        OutsideWindow = 21, "OUTSIDE_WINDOW";
    }

    /// What an event reports. The numbers are our own.
    EventKind {
        /// All files of the job are transferred.
        JobTransferred = 1, "JOB_TRANSFERRED";
        /// The job failed.
        JobError = 2, "JOB_ERROR";
        /// Something about the job changed.
        JobModification = 3, "JOB_MODIFICATION";
        /// A file is transferred.
        FileTransferred = 4, "FILE_TRANSFERRED";
        /// Bytes of a file arrived.
        FileRangesTransferred = 5, "FILE_RANGES_TRANSFERRED";
        /// A file starts over: it changed on the server, or its bytes were lost.
        FileRestarted = 6, "FILE_RESTARTED";
    }

    /// The severity of a line of the log. The numbers are our own.
    LogLevel {
        /// An error that somebody has to resolve.
        Error = 1, "ERROR";
        /// A failure that is tried again.
        Warning = 2, "WARNING";
        /// A step of a job.
        Info = 3, "INFO";
        /// A change of any state.
        Debug = 4, "DEBUG";
    }
}
