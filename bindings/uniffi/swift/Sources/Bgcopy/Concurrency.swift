import Dispatch
import Foundation

/// Calls wait for the disk here, so that they hold no thread of the tasks.
private let queue = DispatchQueue(label: "bgcopy", attributes: .concurrent)

/// Makes any call of this library away from the threads of the tasks. None of
/// them waits for the network, but most wait for the disk. A call that was
/// begun is finished, and its result is not lost, also if the task is
/// cancelled.
public func blocking<Answer: Sendable>(
    _ call: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
    try Task.checkCancellation()
    return try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try call() }) }
    }
}

extension Job {
    /// Waits until the job is in one of the states, and says in which; without
    /// states until it ends: transferred, error, acknowledged or cancelled. It
    /// holds no thread of the tasks, and cancellation of the task ends it at
    /// once, with a `CancellationError`. E_TIMEOUT when the time is over;
    /// without a time it waits for ever.
    public func state(in states: [JobState], timeout: Duration? = nil) async throws -> JobState {
        let wait = try startWait(states: states, timeoutMs: timeout.map(milliseconds))
        return try await withTaskCancellationHandler {
            do {
                return try await wait.state()
            } catch {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            wait.cancel()
        }
    }

    /// Waits until all files of the job are here. Transient errors are waited
    /// out, as they are tried again by themselves. Throws what stopped the job
    /// if it goes to ERROR, E_ABORT if it is cancelled, E_TIMEOUT when the time
    /// is over, `CancellationError` if the task is cancelled.
    public func transferred(timeout: Duration? = nil) async throws {
        switch try await state(in: [], timeout: timeout) {
        case .transferred, .acknowledged:
            return
        case .error:
            throw try await blocking { try self.error().asError }
        case .cancelled:
            throw failure(.E_ABORT, "the job was cancelled")
        case .queued, .connecting, .transferring, .suspended, .transientError:
            throw failure(.E_UNEXPECTED, "not a state waited for")
        }
    }

    private func failure(_ hresult: HResult, _ message: String) -> BgcopyError {
        .Failed(hresult: hresult, context: .none, message: message)
    }
}

extension FileReader {
    /// Reads up to so many bytes from the position on, at most 4 MiB, and moves
    /// it behind them. Waits until there is at least one; none at the end of
    /// the file. It holds no thread of the tasks, and cancellation of the task
    /// ends it at once, with a `CancellationError`: unless the bytes were there
    /// already, it has read nothing. E_TIMEOUT when the time is over; without a
    /// time it waits for ever.
    public func bytes(max: UInt32, timeout: Duration? = nil) async throws -> Data {
        let wait = try startRead(bytesMax: max, timeoutMs: timeout.map(milliseconds))
        return try await withTaskCancellationHandler {
            do {
                return try await wait.bytes()
            } catch {
                try Task.checkCancellation()
                throw error
            }
        } onCancel: {
            wait.cancel()
        }
    }
}

// The calls that change something, without blocking a task's thread. Each does
// what the one of that name does that is not async.

extension Manager {
    public static func open(_ options: Options) async throws -> Manager {
        try await blocking { try openManager(options: options) }
    }

    public func createJob(displayName: String, jobType: JobType? = nil) async throws -> Job {
        try await blocking { try self.createJob(displayName: displayName, jobType: jobType) }
    }

    public func createJobWithKey(
        key: String, displayName: String, jobType: JobType? = nil
    ) async throws -> KeyedJob {
        try await blocking {
            try self.createJobWithKey(key: key, displayName: displayName, jobType: jobType)
        }
    }

    public func jobByKey(key: String) async throws -> Job {
        try await blocking { try self.jobByKey(key: key) }
    }

    public func getJob(id: Uuid) async throws -> Job {
        try await blocking { try self.getJob(id: id) }
    }

    public func jobs() async throws -> [Job] {
        try await blocking { try self.jobs() }
    }

    public func suspendAll() async throws -> [Uuid] {
        try await blocking { try self.suspendAll() }
    }

    public func resumeAll(jobs: [Uuid]) async throws -> [Uuid] {
        try await blocking { try self.resumeAll(jobs: jobs) }
    }

    /// Closes the queue, also if the task is cancelled.
    public func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.async {
                self.close()
                continuation.resume()
            }
        }
    }
}

extension Job {
    public func addFile(remoteName: String, localName: String) async throws {
        try await blocking { try self.addFile(remoteName: remoteName, localName: localName) }
    }

    public func addFileSet(files: [FileSpec]) async throws {
        try await blocking { try self.addFileSet(files: files) }
    }

    public func addFileWithRanges(
        remoteName: String, localName: String, ranges: [FileRange]
    ) async throws {
        try await blocking {
            try self.addFileWithRanges(
                remoteName: remoteName, localName: localName, ranges: ranges)
        }
    }

    public func suspend() async throws {
        try await blocking { try self.suspend() }
    }

    public func resume() async throws {
        try await blocking { try self.resume() }
    }

    @discardableResult
    public func cancel() async throws -> HResult {
        try await blocking { try self.cancel() }
    }

    @discardableResult
    public func complete() async throws -> HResult {
        try await blocking { try self.complete() }
    }

    public func snapshot() async throws -> JobSnapshot {
        try await blocking { try self.snapshot() }
    }
}
