import Foundation

extension Job {
    /// As `setMinimumRetryDelay` in seconds, rounded up. E_INVALIDARG for a
    /// negative time.
    public func setMinimumRetryDelay(_ delay: Duration) throws {
        try setMinimumRetryDelay(seconds: seconds(delay))
    }

    /// As `setNoProgressTimeout` in seconds, rounded up. E_INVALIDARG for a
    /// negative time.
    public func setNoProgressTimeout(_ timeout: Duration) throws {
        try setNoProgressTimeout(seconds: seconds(timeout))
    }

    /// As `setMaximumDownloadTime` in seconds, rounded up. E_INVALIDARG for a
    /// negative time.
    public func setMaximumDownloadTime(_ time: Duration) throws {
        try setMaximumDownloadTime(seconds: seconds(time))
    }

    /// As `wait` with the time in milliseconds; without states until the job
    /// ends. It blocks the thread.
    public func wait(states: [JobState] = [], timeout: Duration) throws -> JobState {
        try wait(states: states, timeoutMs: milliseconds(timeout))
    }
}

extension Manager {
    /// As `nextEvent` with the time in milliseconds. It blocks the thread.
    public func nextEvent(timeout: Duration) throws -> JobEvent? {
        try nextEvent(timeoutMs: milliseconds(timeout))
    }
}

extension FileReader {
    /// As `read` with the time in milliseconds. It blocks the thread.
    public func read(bytesMax: UInt32, timeout: Duration) throws -> Data {
        try read(bytesMax: bytesMax, timeoutMs: milliseconds(timeout))
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

/// A time to wait. A negative one is over already.
func milliseconds(_ time: Duration) -> UInt64 {
    time < .zero ? 0 : roundedUp(time, perSecond: 1000)
}

/// A setting. More seconds than fit are as many as fit.
private func seconds(_ time: Duration) throws -> UInt32 {
    guard time >= .zero else {
        throw BgcopyError.Failed(
            hresult: .E_INVALIDARG, context: .none, message: "\(time) is no span of time")
    }
    return UInt32(clamping: roundedUp(time, perSecond: 1))
}

/// A time that is not negative, in a unit of which a second has so many. Up, as
/// 0 has a meaning of its own for some settings: half a second is not "never
/// wait".
private func roundedUp(_ time: Duration, perSecond units: Int64) -> UInt64 {
    let (seconds, attoseconds) = time.components
    let each = 1_000_000_000_000_000_000 / units
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: UInt64(units))
    let part = UInt64((attoseconds + each - 1) / each)
    let (all, isTooMuch) = whole.addingReportingOverflow(part)
    return overflow || isTooMuch ? .max : all
}

private func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
}
