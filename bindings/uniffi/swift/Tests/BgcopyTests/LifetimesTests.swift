import Foundation
import XCTest

@testable import Bgcopy

/// Bytes that memory may grow by while managers come and go: what the pools of
/// two languages keep.
private let growthMaxBytes = 32 * 1024 * 1024

final class LifetimesTests: XCTestCase {
    func test_many_tasks_wait_at_a_time() async throws {
        let bench = try Bench()
        // More than there are threads for tasks.
        let jobs = try (0..<100).map { try bench.job(name: "file\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { try await job.transferred(timeout: patience) } }
            for job in jobs { try await job.resume() }
            try await group.waitForAll()
        }
        let code = try await jobs[0].complete()
        XCTAssertEqual(code, .S_OK)
    }

    func test_cancellation_ends_a_wait_at_once() async throws {
        let bench = try Bench()
        let job = try bench.stalled()
        let wait = Task { try await job.transferred() }
        try until { threads("bgcopy-wait") == 1 }
        let began = ContinuousClock.now
        wait.cancel()
        do {
            try await wait.value
            XCTFail("the wait went on")
        } catch {
            XCTAssertTrue(error is CancellationError, "\(error)")
        }
        XCTAssertLessThan(ContinuousClock.now - began, .milliseconds(500))
        XCTAssertEqual(try job.state(), .transferring, "the job goes on")
        try until { threads("bgcopy-wait") == 0 }
    }

    func test_a_wait_ends_by_time_cancel_or_close() async throws {
        let bench = try Bench()
        let job = try bench.stalled()
        let timeout = await code { try await job.transferred(timeout: .milliseconds(20)) }
        XCTAssertEqual(timeout, .E_TIMEOUT)
        let wait = try job.startWait(states: [.transferred])
        wait.cancel()
        let cancelled = await code { _ = try await wait.state() }
        XCTAssertEqual(cancelled, .E_ABORT)
        let closed = Task { await code { try await job.transferred() } }
        try until { threads("bgcopy-wait") > 0 }
        await bench.manager.close()
        let answer = await closed.value
        XCTAssertEqual(answer, .BGCOPY_E_MANAGER_CLOSED)
    }

    func test_a_failed_or_cancelled_job_ends_the_wait() async throws {
        let bench = try Bench()
        let job = try await bench.manager.createJob(displayName: "fails")
        try await job.addFile(remoteName: Server.shared.url("/missing"), localName: bench.path("missing"))
        try await job.resume()
        let failed = await code { try await job.transferred(timeout: patience) }
        XCTAssertEqual(failed?.name, "BG_E_HTTP_ERROR_404")
        try await job.cancel()
        let cancelled = await code { try await job.transferred(timeout: patience) }
        XCTAssertEqual(cancelled, .E_ABORT)
    }

    func test_a_call_that_was_begun_is_finished() async throws {
        let bench = try Bench()
        let job = try bench.job()
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let call = Task {
            try await blocking {
                begun.signal()
                go.wait()
                return try job.cancel()
            }
        }
        try until { begun.wait(timeout: .now()) == .success }
        call.cancel()
        go.signal()
        let code = try await call.value
        XCTAssertEqual(code, .S_OK)
        XCTAssertEqual(try job.state(), .cancelled)
    }

    func test_objects_are_freed_in_any_order() throws {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]] {
            let bench = try Bench()
            let store = bench.folder.appendingPathComponent("second")
            var manager: Manager? = try Manager.open(store: store)
            var job: Job? = try manager?.createJob(displayName: "freed")
            try job?.addFile(remoteName: bench.remote(), localName: bench.path("file"))
            var file: Bgcopy.File? = try job?.file(index: 0)
            for one in order {
                // Whatever is still held works.
                _ = try file?.remoteName()
                _ = try job?.state()
                switch one {
                case 0: manager = nil
                case 1: job = nil
                default: file = nil
                }
            }
            // Nothing holds the store any more.
            XCTAssertEqual(try Manager.open(store: store).jobs().count, 1)
        }
    }

    func test_a_thousand_managers_leave_nothing_behind() throws {
        let bench = try Bench()
        for _ in 0..<100 { try openAndClose(bench) }
        let (memory, descriptors) = (try memoryBytes(), try descriptors())
        for _ in 0..<1000 { try openAndClose(bench) }
        try until { threads("bgcopy-notifier") == 0 }
        let growth = try memoryBytes() - memory
        let more = try self.descriptors() - descriptors
        print("1,000 managers: memory grew by \(growth / 1024) KiB, descriptors by \(more)")
        XCTAssertLessThanOrEqual(more, 2)
        XCTAssertLessThan(growth, growthMaxBytes)
    }

    private func openAndClose(_ bench: Bench) throws {
        let manager = try Manager.open(store: bench.folder.appendingPathComponent("thousand"))
        _ = try manager.addListener { _ in }
        _ = try manager.limits()
        manager.close()
    }

    private func memoryBytes() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return Int(pages[1])! * 4096
    }

    private func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
