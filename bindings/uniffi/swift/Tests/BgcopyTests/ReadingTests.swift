import Foundation
import XCTest

@testable import Bgcopy

/// Files that are read while they are downloaded.
final class ReadingTests: XCTestCase {
    func test_a_file_is_read_while_it_downloads() throws {
        let bench = try Bench()
        let whole = try bench.content(1)
        let job = try bench.job()
        let reader = try job.file(index: 0).openReader()
        XCTAssertNil(try reader.size())
        XCTAssertEqual(code { try reader.seek(offset: 0, origin: .end) }, .E_PENDING)
        try job.resume()
        var found = Data()
        while true {
            let bytes = try reader.read(bytesMax: 70_001, timeout: patience)
            if bytes.isEmpty { break }
            found.append(bytes)
        }
        XCTAssertEqual(found, whole)
        XCTAssertEqual(reader.position(), length)
        XCTAssertEqual(try reader.size(), length)
        XCTAssertEqual(try job.wait(timeout: patience), .transferred)
        XCTAssertTrue(try reader.isVerified())
        _ = try job.complete()
        XCTAssertEqual(try reader.seek(offset: -7, origin: .end), length - 7)
        XCTAssertEqual(try reader.seek(offset: -3, origin: .current), length - 10)
        XCTAssertEqual(try reader.read(bytesMax: 20), whole.suffix(10))
        _ = try reader.seek(offset: 5, origin: .start)
        XCTAssertEqual(try reader.read(bytesMax: 10), whole[5..<15])
        XCTAssertEqual(code { try reader.seek(offset: -1, origin: .start) }, .E_INVALIDARG)
    }

    func test_a_read_that_cannot_come_says_why() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        let file = try job.file(index: 0)
        let reader = try file.openReader()
        XCTAssertEqual(try reader.read(bytesMax: 1000, timeout: patience).count, 1000)
        XCTAssertFalse(try reader.isVerified())
        _ = try reader.seek(offset: -1, origin: .end)
        let late = code { try reader.read(bytesMax: 1, timeout: .milliseconds(20)) }
        XCTAssertEqual(late, .E_TIMEOUT)
        try job.suspend()
        XCTAssertEqual(code { try reader.read(bytesMax: 1) }, .DO_E_INVALID_STATE)
        try file.setRemoteName(remoteName: bench.remote(2))
        try job.resume()
        let changed = code { try reader.read(bytesMax: 1, timeout: patience) }
        XCTAssertEqual(changed, .BG_E_REMOTE_FILE_CHANGED)
        let again = try file.openReader().read(bytesMax: 10, timeout: patience)
        XCTAssertEqual(again, try bench.content(2).prefix(10))
    }

    func test_a_position_is_downloaded_first() throws {
        let bench = try Bench()
        let file = try bench.stalled().file(index: 0)
        try file.updateDownloadPosition(offset: 1_000_000)
        let behind = code { try file.updateDownloadPosition(offset: length) }
        XCTAssertEqual(behind, .BG_E_INVALID_RANGE)
    }

    func test_on_demand_nothing_but_requested_ranges_is_downloaded() throws {
        let bench = try Bench()
        let job = try bench.job()
        try job.setProperty(id: .onDemandMode, value: .enable(true))
        let file = try job.file(index: 0)
        let late = FileRange(initialOffset: 1_000_000, length: 10)
        let early = FileRange(initialOffset: 5, length: 10)
        try file.requestRanges(ranges: [late, early])
        try job.resume()
        let states: [JobState] = [.suspended, .error]
        XCTAssertEqual(try job.wait(states: states, timeout: patience), .suspended)
        XCTAssertEqual(try file.filledRanges(), [early, late])
        let outside = FileRange(initialOffset: length, length: 1)
        XCTAssertEqual(code { try file.requestRanges(ranges: [outside]) }, .BG_E_INVALID_RANGE)
        XCTAssertEqual(code { try file.requestRanges(ranges: []) }, .E_INVALIDARG)
    }

    func test_cancellation_ends_a_read_at_once() async throws {
        let bench = try Bench()
        let reader = try bench.stalled().file(index: 0).openReader()
        let first = try await reader.bytes(max: 1000, timeout: patience)
        XCTAssertEqual(first.count, 1000)
        _ = try reader.seek(offset: -1, origin: .end)
        let read = Task { try await reader.bytes(max: 1) }
        try until { threads("bgcopy-wait") == 1 }
        read.cancel()
        do {
            _ = try await read.value
            XCTFail("the read went on")
        } catch {
            XCTAssertTrue(error is CancellationError, "\(error)")
        }
        XCTAssertEqual(reader.position(), length - 1, "it has read nothing")
        let wait = try reader.startRead(bytesMax: 1)
        wait.cancel()
        let cancelled = await code { _ = try await wait.bytes() }
        XCTAssertEqual(cancelled, .E_ABORT)
    }
}
