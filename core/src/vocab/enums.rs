//! The enumerations of jobs and errors.

words! {
    /// The state of a job (BG_JOB_STATE, specification, sections 6.1 and 9).
    JobState {
        /// The job is started and waits for a free slot or for its server.
        Queued = 0, "QUEUED";
        /// A request of the job is under way, and its server has not answered yet.
        Connecting = 1, "CONNECTING";
        /// The job transfers data.
        Transferring = 2, "TRANSFERRING";
        /// Not started, or suspended by the caller. New jobs start here.
        Suspended = 3, "SUSPENDED";
        /// The job failed and is not tried again until the caller resumes it.
        Error = 4, "ERROR";
        /// The job failed and is tried again by itself after a delay.
        TransientError = 5, "TRANSIENT_ERROR";
        /// All files are transferred; the caller has to complete the job.
        Transferred = 6, "TRANSFERRED";
        /// The job is completed. This state is final.
        Acknowledged = 7, "ACKNOWLEDGED";
        /// The job is cancelled. This state is final.
        Cancelled = 8, "CANCELLED";
    }

    /// What a job does (BG_JOB_TYPE).
    JobType {
        /// The job downloads files.
        Download = 0, "DOWNLOAD";
        /// The job uploads one file.
        Upload = 1, "UPLOAD";
        /// The job uploads one file and downloads the reply of the server application.
        UploadReply = 2, "UPLOAD_REPLY";
    }

    /// The order in which jobs get slots (BG_JOB_PRIORITY).
    JobPriority {
        /// A user waits for the job: it goes before all others.
        Foreground = 0, "FOREGROUND";
        /// The job goes before the other background jobs.
        High = 1, "HIGH";
        /// The priority of a new job.
        Normal = 2, "NORMAL";
        /// The job goes after all others.
        Low = 3, "LOW";
    }

    /// What kind of thing failed (BG_ERROR_CONTEXT).
    ErrorContext {
        /// The call itself failed, and no transfer.
        None = 0, "NONE";
        /// It is not known what failed.
        Unknown = 1, "UNKNOWN";
        /// The queue or its store failed.
        GeneralQueueManager = 2, "GENERAL_QUEUE_MANAGER";
        /// The notification of the caller failed.
        QueueManagerNotification = 3, "QUEUE_MANAGER_NOTIFICATION";
        /// A local file or folder failed.
        LocalFile = 4, "LOCAL_FILE";
        /// The server does not give or take the file.
        RemoteFile = 5, "REMOTE_FILE";
        /// The connection to the server failed.
        GeneralTransport = 6, "GENERAL_TRANSPORT";
        /// The application behind the server failed.
        RemoteApplication = 7, "REMOTE_APPLICATION";
        /// The caller refused the certificate of the server.
        ServerCertificateCallback = 8, "SERVER_CERTIFICATE_CALLBACK";
    }
}

impl JobState {
    /// Those in which nothing goes on by itself any more, apart from SUSPENDED:
    /// what a wait without states waits for.
    pub const ENDS: [Self; 4] =
        [Self::Transferred, Self::Error, Self::Acknowledged, Self::Cancelled];

    /// True in the states that are never left.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Acknowledged | Self::Cancelled)
    }
}

impl ErrorContext {
    /// A readable sentence for it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "the call itself failed",
            Self::Unknown => "it is not known what failed",
            Self::GeneralQueueManager => "the queue or its store failed",
            Self::QueueManagerNotification => "the notification of the caller failed",
            Self::LocalFile => "a local file or folder failed",
            Self::RemoteFile => "the server does not give or take the file",
            Self::GeneralTransport => "the connection to the server failed",
            Self::RemoteApplication => "the application behind the server failed",
            Self::ServerCertificateCallback => "the caller refused the certificate of the server",
        }
    }
}
