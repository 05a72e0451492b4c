import Foundation

extension Job {
    /// As `setMinimumRetryDelay` in seconds, rounded down.
    public func setMinimumRetryDelay(_ delay: Duration) throws {
        try setMinimumRetryDelay(seconds: seconds(delay))
    }

    /// As `setNoProgressTimeout` in seconds, rounded down.
    public func setNoProgressTimeout(_ timeout: Duration) throws {
        try setNoProgressTimeout(seconds: seconds(timeout))
    }

    /// As `setMaximumDownloadTime` in seconds, rounded down.
    public func setMaximumDownloadTime(_ time: Duration) throws {
        try setMaximumDownloadTime(seconds: seconds(time))
    }

    /// As `wait` with the time in milliseconds. It blocks the thread.
    public func wait(states: [JobState], timeout: Duration) throws -> JobState {
        try wait(states: states, timeoutMs: milliseconds(timeout))
    }
}

extension Manager {
    /// As `nextEvent` with the time in milliseconds. It blocks the thread.
    public func nextEvent(timeout: Duration) throws -> JobEvent? {
        try nextEvent(timeoutMs: milliseconds(timeout))
    }
}

extension JobSnapshot {
    /// How long the job will take at its present speed; nil if that cannot be
    /// said.
    public var timeLeft: Duration? {
        secondsLeft.flatMap { Int64(exactly: $0) }.map { .seconds($0) }
    }
}

extension JobTimes {
    /// When the job was made.
    public var creation: Date { date(creationMs) }

    /// When anything about it changed last.
    public var modification: Date { date(modificationMs) }

    /// When the job became TRANSFERRED; nil before.
    public var transferCompletion: Date? { transferCompletionMs.map(date) }
}

extension WaitReason {
    /// Since when the job waits.
    public var since: Date { date(sinceMs) }

    /// When it is tried again by itself; nil if it is not.
    public var nextTry: Date? { nextTryMs.map(date) }
}

/// A negative time is over already.
func milliseconds(_ time: Duration) -> UInt64 {
    let (seconds, attoseconds) = time.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
    return overflow ? .max : whole + UInt64(attoseconds / 1_000_000_000_000_000)
}

private func seconds(_ time: Duration) -> UInt32 {
    UInt32(clamping: time.components.seconds)
}

private func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
}
