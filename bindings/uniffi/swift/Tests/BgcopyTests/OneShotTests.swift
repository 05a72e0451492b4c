import Foundation
import XCTest

@testable import Bgcopy

/// Files to their places in one call, and jobs that are found by their key.
final class OneShotTests: XCTestCase {
    private final class Observer: TransferObserver, @unchecked Sendable {
        private let goesOn: @Sendable (JobProgress) -> Bool
        private let lock = NSLock()
        private var seen: JobProgress?

        init(_ goesOn: @escaping @Sendable (JobProgress) -> Bool) {
            self.goesOn = goesOn
        }

        var last: JobProgress? { lock.withLock { seen } }

        func onProgress(progress: JobProgress) -> Bool {
            lock.withLock { seen = progress }
            return goesOn(progress)
        }
    }

    private func spec(_ bench: Bench, _ name: String, _ seed: Int, _ query: String = "") -> FileSpec {
        FileSpec(remoteName: bench.remote(seed, query), localName: bench.path(name))
    }

    func test_a_download_puts_files_in_place_and_says_what_failed() throws {
        let bench = try Bench()
        let missing = FileSpec(
            remoteName: Server.shared.url("/missing"), localName: bench.path("missing"))
        let files = [spec(bench, "one", 1), missing, spec(bench, "two", 2)]
        let observer = Observer { _ in true }
        let ended = try bench.manager.download(
            files: files, options: TransferOptions(partial: true), observer: observer)
        XCTAssertEqual(ended.map(\.localName), files.map(\.localName))
        XCTAssertEqual(ended.map(\.isDone), [true, false, true])
        XCTAssertNil(ended[0].error)
        XCTAssertEqual(ended[1].error?.message.contains("404"), true)
        XCTAssertEqual(observer.last?.filesTotal, 3)
        try bench.mustHold("one")
        try bench.mustHold("two", 2)
        XCTAssertFalse(bench.exists("missing"))
        try bench.mustBeTidy()
        XCTAssertEqual(try bench.manager.jobs().count, 0)
    }

    func test_a_call_that_is_ended_leaves_a_job_that_the_same_call_goes_on_with() throws {
        let bench = try Bench()
        let files = [spec(bench, "stalled", 9, "?stall_after=\(stall)&etag=v1")]
        let observer = Observer { $0.bytesTransferred == 0 }
        let ended = code {
            try bench.manager.download(
                files: files, options: TransferOptions(), observer: observer)
        }
        XCTAssertEqual(ended, .E_ABORT)
        let job = try XCTUnwrap(bench.manager.jobs().first)
        XCTAssertEqual(try job.state(), .suspended)
        let key = try XCTUnwrap(job.key())
        XCTAssertEqual(try bench.manager.jobByKey(key: key).id(), job.id())
        // The same content from where it does not stand still.
        try job.file(index: 0).setRemoteName(remoteName: bench.remote(9, "?etag=v1"))
        let again = try bench.manager.download(files: files, options: TransferOptions())
        XCTAssertEqual(again.map(\.isDone), [true])
        try bench.mustHold("stalled", 9)
        try bench.mustBeTidy()
    }

    func test_a_key_names_one_job_until_that_is_over() throws {
        let bench = try Bench()
        let first = try bench.manager.createJobWithKey(key: "nightly", displayName: "first")
        let second = try bench.manager.createJobWithKey(key: "nightly", displayName: "second")
        XCTAssertTrue(first.isNew)
        XCTAssertFalse(second.isNew)
        XCTAssertEqual(first.job.id(), second.job.id())
        XCTAssertEqual(try second.job.key(), "nightly")
        _ = try first.job.cancel()
        let lost = code { try bench.manager.jobByKey(key: "nightly") }
        XCTAssertEqual(lost, .DO_E_JOB_NOT_FOUND)
        let empty = code {
            try bench.manager.createJobWithKey(key: "", displayName: "empty")
        }
        XCTAssertEqual(empty, .E_INVALIDARG)
    }
}
