import Dispatch
import Foundation

/// Events that wait for a reader. When so many do, the notifier thread waits,
/// and further events of a job become one: nothing is lost.
private let eventsBuffered = 256

/// Events, as they come. They end when the manager is closed or the task that
/// reads them is cancelled. One task reads them: ask for the events again to
/// have another reader.
public struct JobEvents: AsyncSequence, Sendable {
    public typealias Element = JobEvent

    fileprivate let stream: AsyncStream<JobEvent>
    fileprivate let listener: StreamListener

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncStream<JobEvent>.Iterator
        fileprivate let listener: StreamListener

        public mutating func next() async -> JobEvent? {
            let event = await base.next()
            if event != nil { listener.makeRoom() }
            return event
        }
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(base: stream.makeAsyncIterator(), listener: listener)
    }
}

extension Manager {
    /// The events of all jobs, from now on. Which ones a job raises is set by
    /// its notify flags.
    public func events() throws -> JobEvents {
        try jobEvents(add: addListener, remove: removeListener)
    }

    /// Tells a function of the events of all jobs. Returns the listener's
    /// number.
    public func addListener(_ listener: @escaping @Sendable (JobEvent) throws -> Void) throws -> UInt64 {
        try addListener(listener: FunctionListener(listener))
    }
}

extension Job {
    /// The events of this job, from now on.
    public func events() throws -> JobEvents {
        try jobEvents(add: addListener, remove: removeListener)
    }

    /// Tells a function of the events of this job. Returns the listener's
    /// number.
    public func addListener(_ listener: @escaping @Sendable (JobEvent) throws -> Void) throws -> UInt64 {
        try addListener(listener: FunctionListener(listener))
    }

    /// The job as it is now, and again after each interval in which something
    /// about it changed, until it is transferred, completed or cancelled. A
    /// slow reader gets the newest and misses those between.
    public func snapshots(
        interval: Duration = .milliseconds(500)
    ) -> AsyncThrowingStream<JobSnapshot, any Swift.Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    var last: JobSnapshot?
                    repeat {
                        if last != nil { try await Task.sleep(for: interval) }
                        let snapshot = try await self.snapshot()
                        if snapshot != last { continuation.yield(snapshot) }
                        last = snapshot
                    } while goesOn(last?.record.state)
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

private func goesOn(_ state: JobState?) -> Bool {
    switch state {
    case .queued, .connecting, .transferring, .suspended, .error, .transientError: true
    case .transferred, .acknowledged, .cancelled, nil: false
    }
}

private func jobEvents(
    add: (any EventListener) throws -> UInt64,
    remove: @escaping @Sendable (UInt64) -> Void
) throws -> JobEvents {
    let (stream, continuation) = AsyncStream.makeStream(of: JobEvent.self)
    let listener = StreamListener(continuation)
    let number = try add(listener)
    continuation.onTermination = { _ in
        remove(number)
        listener.end()
    }
    return JobEvents(stream: stream, listener: listener)
}

/// Feeds a stream, and waits when its reader is far behind.
private final class StreamListener: EventListener, @unchecked Sendable {
    private let continuation: AsyncStream<JobEvent>.Continuation
    private let lock = NSCondition()
    // Both under the lock.
    private var waiting = 0
    private var ended = false

    init(_ continuation: AsyncStream<JobEvent>.Continuation) {
        self.continuation = continuation
    }

    func onEvent(event: JobEvent) throws {
        lock.lock()
        while waiting >= eventsBuffered && !ended { lock.wait() }
        waiting += 1
        lock.unlock()
        continuation.yield(event)
    }

    func onClosed() throws {
        continuation.finish()
    }

    func makeRoom() {
        lock.lock()
        waiting -= 1
        lock.signal()
        lock.unlock()
    }

    func end() {
        lock.lock()
        ended = true
        lock.signal()
        lock.unlock()
    }
}

private final class FunctionListener: EventListener {
    private let listener: @Sendable (JobEvent) throws -> Void

    init(_ listener: @escaping @Sendable (JobEvent) throws -> Void) {
        self.listener = listener
    }

    func onEvent(event: JobEvent) throws {
        try listener(event)
    }

    func onClosed() throws {}
}
