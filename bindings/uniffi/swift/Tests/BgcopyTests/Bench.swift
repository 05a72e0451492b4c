import Foundation
import XCTest

@testable import Bgcopy

/// No scenario waits longer than this for anything.
let patience: Duration = .seconds(60)

/// Bytes of the usual file.
let length: UInt64 = 1_500_007

/// Where the server stands still if it is asked to.
let stall = 700_001

let stops: [JobState] = [.transferred, .error, .transientError]

/// The scriptable server, as a program: it ends with its input.
struct Server: @unchecked Sendable {
    static let shared = Server()

    private let process = Process()
    private let input = Pipe()
    private let base: String

    private init() {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["BGCOPY_TEST_SERVER"]!)
        process.standardInput = input
        process.standardOutput = output
        try! process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        base = line.replacingOccurrences(of: "listening ", with: "")
            .trimmingCharacters(in: CharacterSet(charactersIn: "/\n"))
    }

    func url(_ path: String) -> String { base + path }
}

/// Where the server takes files by a protocol, and where it does so slowly.
struct UploadWay {
    let proto: UploadProtocol
    let area: String
    let slow: String
    let bytes: UInt64

    static let bits = UploadWay(proto: .bits, area: "/up/", slow: "/up/slow/", bytes: length)
    static let all = [
        bits,
        UploadWay(proto: .tus, area: "/up/tus/", slow: "/up/slow/tus/", bytes: length),
        UploadWay(proto: .ietf, area: "/up/ietf/", slow: "/up/slow/ietf/", bytes: length),
        // In two parts.
        UploadWay(proto: .s3, area: "/s3/", slow: "/s3-slow/", bytes: 9_000_000),
    ]
}

/// A folder and an open queue.
final class Bench {
    let folder: URL
    var manager: Manager

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bgcopy-swift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        manager = try Bench.open(folder)
    }

    deinit {
        manager.close()
        try? FileManager.default.removeItem(at: folder)
    }

    static func open(_ folder: URL) throws -> Manager {
        try Manager.open(store: folder.appendingPathComponent("store"))
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func remote(_ seed: Int = 1, _ query: String = "") -> String {
        Server.shared.url("/gen/\(seed)/\(length)\(query)")
    }

    /// A suspended job of one file.
    func job(_ seed: Int = 1, query: String = "", name: String = "file") throws -> Job {
        let job = try manager.createJob(displayName: "test")
        try job.addFile(remoteName: remote(seed, query), localName: path(name))
        return job
    }

    func run(_ job: Job) throws -> JobState {
        try job.resume()
        return try job.wait(states: stops, timeout: patience)
    }

    /// A job whose transfer stands still in mid-file.
    func stalled(_ name: String = "stalled") throws -> Job {
        let job = try job(9, query: "?stall_after=\(stall)&etag=v1", name: name)
        try job.resume()
        try until { try job.progress().bytesTransferred > 0 }
        return job
    }

    /// The whole content, fetched as another file.
    func content(_ seed: Int, _ bytes: UInt64 = length) throws -> Data {
        let fetched = try sent("/gen/\(seed)/\(bytes)")
        return try XCTUnwrap(fetched)
    }

    /// What was sent to a path; nil if it has no file.
    func sent(_ path: String) throws -> Data? {
        let name = UUID().uuidString
        let job = try manager.createJob(displayName: "look")
        try job.addFile(remoteName: Server.shared.url(path), localName: self.path(name))
        guard try run(job) == .transferred else {
            _ = try job.cancel()
            return nil
        }
        _ = try job.complete()
        return try Data(contentsOf: URL(fileURLWithPath: self.path(name)))
    }

    /// The bytes of a file that was begun in an area; nil if it was not.
    func unfinished(_ area: String, _ path: String) throws -> Int? {
        let lines = String(decoding: try sent(area) ?? Data(), as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix(path + " ") }
        return line.flatMap { Int($0.dropFirst(path.count + 1)) }
    }

    /// A file to be sent.
    func source(
        _ name: String = "source", _ seed: Int = 1, _ bytes: UInt64 = length
    ) throws -> URL {
        let file = folder.appendingPathComponent(name)
        try content(seed, bytes).write(to: file)
        return file
    }

    /// A suspended job that sends a file.
    func upload(
        _ path: String, _ jobType: JobType = .upload, by way: UploadWay = .bits
    ) throws -> Job {
        let source = try source("source", 1, way.bytes)
        let job = try manager.createJob(displayName: "test", jobType: jobType)
        try job.addFile(remoteName: Server.shared.url(path), localName: source.path)
        try job.setUploadProtocol(protocol: way.proto)
        if way.proto == .s3 {
            try job.setCredentials(
                target: .server, scheme: .basic, userName: "id", password: "secret")
        }
        return job
    }

    func mustHold(_ name: String, _ seed: Int = 1) throws {
        let found = try Data(contentsOf: URL(fileURLWithPath: path(name)))
        XCTAssertEqual(found.count, Int(length))
        XCTAssertTrue(found == (try content(seed)), "the bytes of \(name)")
    }

    func temporaries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix(".bgcopy-") }
    }

    func mustBeTidy() throws { XCTAssertEqual(try temporaries(), []) }
}

/// What was waited for did not come true in time.
struct TooLate: Swift.Error {}

/// Looks again until the condition holds.
func until(_ condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + patience
    while !(try condition()) {
        guard ContinuousClock.now < end else { throw TooLate() }
        usleep(2000)
    }
}

/// What a call fails with.
func code(_ call: () throws -> Any?) -> HResult? {
    do {
        _ = try call()
        return nil
    } catch let error as BgcopyError {
        return error.hresult
    } catch {
        return HResult(-1)
    }
}

/// What an async call fails with.
func code(_ call: () async throws -> Void) async -> HResult? {
    do {
        try await call()
        return nil
    } catch let error as BgcopyError {
        return error.hresult
    } catch {
        return HResult(-1)
    }
}

/// Threads of this process whose name begins so.
func threads(_ prefix: String) -> Int {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.filter { task in
        // A thread may end while it is looked at.
        let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)
        return name?.hasPrefix(prefix) ?? false
    }.count
}

/// A list that any thread may add to.
final class Seen<Element: Sendable>: @unchecked Sendable {
    private let lock = NSCondition()
    private var all: [Element] = []

    func put(_ element: Element) {
        lock.lock()
        all.append(element)
        lock.broadcast()
        lock.unlock()
    }

    /// The first so many, as soon as they are there.
    func first(_ count: Int) -> [Element] {
        lock.lock()
        defer { lock.unlock() }
        let end = Date(timeIntervalSinceNow: 60)
        while all.count < count && lock.wait(until: end) {}
        return all
    }
}
