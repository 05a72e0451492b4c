import Foundation
import XCTest

@testable import Bgcopy

final class EventsTests: XCTestCase {
    private let seen = Seen<JobEvent>()

    func test_files_are_told_of_before_their_job() throws {
        let bench = try Bench()
        let job = try bench.job()
        try job.setNotifyFlags(flags: NotifyFlags.DEFAULT | NotifyFlags.FILE_TRANSFERRED)
        _ = try bench.manager.addListener { [seen] in seen.put($0) }
        try job.resume()
        let events = seen.first(2)
        XCTAssertEqual(events.map(\.kind), [.fileTransferred, .jobTransferred])
        XCTAssertEqual(events.map(\.job), [job.id(), job.id()])
        XCTAssertEqual(events.first?.file, 0)
    }

    func test_a_restarted_file_is_told_of() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        try job.suspend()
        // Another version: what is held is given up.
        try job.file(index: 0).setRemoteName(remoteName: bench.remote(2, "?etag=other"))
        _ = try job.addListener { [seen] in seen.put($0) }
        try job.resume()
        let events = seen.first(2)
        XCTAssertEqual(events.map(\.kind), [.fileRestarted, .jobTransferred])
        XCTAssertEqual(events.first?.file, 0)
    }

    func test_an_error_comes_with_its_event() throws {
        let bench = try Bench()
        let job = try bench.manager.createJob(displayName: "fails")
        try job.addFile(remoteName: Server.shared.url("/missing"), localName: bench.path("missing"))
        _ = try job.addListener { [seen] in seen.put($0) }
        XCTAssertEqual(try bench.run(job), .error)
        XCTAssertEqual(seen.first(1).map(\.kind), [.jobError])
        XCTAssertEqual(seen.first(1).first?.error, try job.error())
    }

    func test_a_listener_of_a_job_hears_of_no_other() throws {
        let bench = try Bench()
        let (other, job) = (try bench.job(name: "other"), try bench.job(name: "mine"))
        _ = try job.addListener { [seen] in seen.put($0) }
        XCTAssertEqual(try bench.run(other), .transferred)
        XCTAssertEqual(try bench.run(job), .transferred)
        XCTAssertEqual(seen.first(1).map(\.job), [job.id()])
    }

    func test_a_listener_that_throws_hurts_nobody() throws {
        struct Broken: Swift.Error {}
        let bench = try Bench()
        _ = try bench.manager.addListener { _ in throw Broken() }
        _ = try bench.manager.addListener { _ in
            throw BgcopyError.Failed(hresult: .E_FAIL, context: .none, message: "declared")
        }
        _ = try bench.manager.addListener { [seen] in seen.put($0) }
        XCTAssertEqual(try bench.run(bench.job(name: "first")), .transferred)
        XCTAssertEqual(try bench.run(bench.job(name: "second")), .transferred)
        XCTAssertEqual(seen.first(2).count, 2)
        let failures = bench.manager.listenerFailures()
        XCTAssertEqual(failures.count, 4)
        XCTAssertEqual(failures.lastMessage?.contains("declared"), true)
    }

    func test_any_call_is_allowed_in_a_listener() throws {
        let bench = try Bench()
        let codes = Seen<HResult>()
        let job = try bench.job()
        _ = try job.addListener { _ in codes.put(try job.complete()) }
        try job.resume()
        XCTAssertEqual(codes.first(1), [.S_OK])
        try bench.mustHold("file")
    }

    func test_a_removed_listener_is_not_called() throws {
        let bench = try Bench()
        let number = try bench.manager.addListener { _ in XCTFail("it was removed") }
        _ = try bench.manager.addListener { [seen] in seen.put($0) }
        bench.manager.removeListener(number: number)
        bench.manager.removeListener(number: number)
        XCTAssertEqual(try bench.run(bench.job()), .transferred)
        XCTAssertEqual(seen.first(1).count, 1)
    }

    func test_listeners_are_told_of_the_end() throws {
        final class Ends: EventListener {
            let seen = Seen<String>()
            func onEvent(event: JobEvent) throws {}
            func onClosed() throws { seen.put("closed") }
        }
        let bench = try Bench()
        let ends = Ends()
        _ = try bench.manager.addListener(listener: ends)
        XCTAssertEqual(code { try bench.manager.nextEvent(timeout: .zero) }, .E_SHARING_VIOLATION)
        bench.manager.close()
        XCTAssertEqual(ends.seen.first(1), ["closed"])
        XCTAssertEqual(code { try bench.manager.addListener(listener: ends) }, .BGCOPY_E_MANAGER_CLOSED)
        try until { threads("bgcopy-notifier") == 0 }
    }

    func test_events_can_be_asked_for_one_by_one() throws {
        let bench = try Bench()
        let job = try bench.job()
        XCTAssertEqual(try bench.run(job), .transferred)
        let event = try bench.manager.nextEvent(timeout: patience)
        XCTAssertEqual(event?.job, job.id())
        XCTAssertEqual(event?.kind, .jobTransferred)
        XCTAssertNil(try bench.manager.nextEvent(timeout: .zero))
        bench.manager.close()
        XCTAssertEqual(code { try bench.manager.nextEvent() }, .BGCOPY_E_MANAGER_CLOSED)
    }

    func test_a_sequence_of_events_ends_with_the_manager() async throws {
        let bench = try Bench()
        let job = try bench.job()
        let (ofJob, ofAll) = (try job.events(), try bench.manager.events())
        try await job.resume()
        for await event in ofJob {
            XCTAssertEqual(event.kind, .jobTransferred)
            await bench.manager.close()
        }
        var all: [JobEvent] = []
        for await event in ofAll { all.append(event) }
        XCTAssertEqual(all.map(\.job), [job.id()])
    }

    func test_a_sequence_ends_with_its_task() async throws {
        let bench = try Bench()
        let events = try bench.manager.events()
        let task = Task {
            for await _ in events {}
            return "ended"
        }
        task.cancel()
        let ended = await task.value
        XCTAssertEqual(ended, "ended")
        // A reader that is gone stands in nobody's way.
        _ = try bench.manager.addListener { [seen] in seen.put($0) }
        XCTAssertEqual(try bench.run(bench.job()), .transferred)
        XCTAssertEqual(seen.first(1).count, 1)
    }

    func test_snapshots_end_when_all_is_here() async throws {
        let bench = try Bench()
        let job = try bench.stalled()
        let reader = Task {
            var all: [UInt64] = []
            for try await snapshot in job.snapshots(interval: .milliseconds(5)) {
                all.append(snapshot.record.progress.bytesTransferred)
            }
            return all
        }
        try await job.suspend()
        try job.file(index: 0).setRemoteName(remoteName: bench.remote(9, "?etag=v1"))
        try await job.resume()
        let all = try await reader.value
        XCTAssertEqual(all.last, length)
    }
}
