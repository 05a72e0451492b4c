import Foundation
import XCTest

@testable import Bgcopy

/// The shared scenarios: what every language can do with jobs.
final class ScenariosTests: XCTestCase {
    func test_download_and_complete() throws {
        let bench = try Bench()
        let job = try bench.job()
        try job.addFile(
            remoteName: URL(string: bench.remote(2))!,
            localName: bench.folder.appendingPathComponent("second"))
        XCTAssertEqual(try bench.run(job), .transferred)
        XCTAssertFalse(bench.exists("file"), "nothing is in place before complete")
        let file = try job.file(index: 0)
        XCTAssertTrue(FileManager.default.fileExists(atPath: try file.temporaryURL.path))
        let whole = FileProgress(bytesTotal: length, bytesTransferred: length, completed: false)
        XCTAssertEqual(try file.progress(), whole)
        XCTAssertEqual(try job.complete(), .S_OK)
        XCTAssertEqual(try job.state(), .acknowledged)
        XCTAssertTrue(try file.progress().completed)
        XCTAssertEqual(try file.localURL.path, bench.path("file"))
        XCTAssertEqual(try file.responseHeaders()?.hasPrefix("HTTP/1.1 200"), true)
        XCTAssertEqual(code { try bench.manager.getJob(id: job.id()) }, .DO_E_JOB_NOT_FOUND)
        try bench.mustBeTidy()
        try bench.mustHold("file")
        try bench.mustHold("second", 2)
    }

    func test_pieces_of_a_file() throws {
        let bench = try Bench()
        let job = try bench.manager.createJob(displayName: "pieces")
        let ranges = [FileRange(initialOffset: 100, length: 50), FileRange(initialOffset: length - 7)]
        try job.addFileWithRanges(
            remoteName: bench.remote(), localName: bench.path("pieces"), ranges: ranges)
        XCTAssertEqual(try job.file(index: 0).ranges(), ranges)
        XCTAssertEqual(try bench.run(job), .transferred)
        _ = try job.complete()
        let whole = try bench.content(1)
        let found = try Data(contentsOf: URL(fileURLWithPath: bench.path("pieces")))
        XCTAssertEqual(found, whole[100..<150] + whole[(Int(length) - 7)...])
        let overlapping = [
            FileRange(initialOffset: 0, length: 10), FileRange(initialOffset: 5, length: 10),
        ]
        let other = try bench.manager.createJob(displayName: "overlapping")
        let refused = code {
            try other.addFileWithRanges(
                remoteName: bench.remote(), localName: bench.path("x"), ranges: overlapping)
        }
        XCTAssertEqual(refused, .DO_E_OVERLAPPING_RANGES)
        XCTAssertEqual(try other.files().count, 0)
    }

    func test_suspend_and_resume_keep_progress() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        try job.suspend()
        XCTAssertEqual(try job.state(), .suspended)
        XCTAssertEqual(try job.waitReason().kind, .suspendedByCaller)
        let held = try job.progress().bytesTransferred
        XCTAssertGreaterThan(held, 0)
        // The same content from where it does not stand still.
        try job.file(index: 0).setRemoteName(remoteName: bench.remote(9, "?etag=v1"))
        XCTAssertEqual(try job.progress().bytesTransferred, held)
        XCTAssertEqual(try bench.run(job), .transferred)
        let headers = try job.file(index: 0).responseHeaders()
        XCTAssertEqual(headers?.hasPrefix("HTTP/1.1 206"), true, "it went on")
        _ = try job.complete()
        try bench.mustHold("stalled", 9)
    }

    func test_cancel_removes_temp_file() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        XCTAssertEqual(try bench.temporaries().count, 1)
        XCTAssertEqual(try job.cancel(), .S_OK)
        try bench.mustBeTidy()
        XCTAssertEqual(try job.state(), .cancelled)
        XCTAssertEqual(code { try job.cancel() }, .DO_E_INVALID_STATE)
        XCTAssertEqual(code { try job.resume() }, .DO_E_INVALID_STATE)
        XCTAssertEqual(try job.displayName(), "test")
    }

    func test_partial_complete() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        try job.addFile(remoteName: bench.remote(2), localName: bench.path("done"))
        try until { try job.progress().filesTransferred == 1 }
        XCTAssertEqual(try job.complete(), .BG_S_PARTIAL_COMPLETE)
        XCTAssertFalse(bench.exists("stalled"))
        try bench.mustBeTidy()
        try bench.mustHold("done", 2)
    }

    func test_hash_mismatch() throws {
        let bench = try Bench()
        let job = try bench.job()
        let wrong = ExpectedHash(algorithm: .sha256, digest: String(repeating: "0", count: 64))
        try job.file(index: 0).setExpectedHash(hash: wrong)
        XCTAssertEqual(try bench.run(job), .error)
        XCTAssertEqual(try job.error().hresult, .BGCOPY_E_HASH_MISMATCH)
        XCTAssertEqual(try job.error().file, 0)
        XCTAssertEqual(try job.complete(), .BG_S_PARTIAL_COMPLETE)
        XCTAssertFalse(bench.exists("file"), "bad data is never released")
        try bench.mustBeTidy()
    }

    func test_mirror_after_a_failure() throws {
        let bench = try Bench()
        let job = try bench.job(query: "status=404")
        let file = try job.file(index: 0)
        XCTAssertTrue(try file.addMirror(url: bench.remote()))
        XCTAssertFalse(try file.addMirror(url: bench.remote()), "it is there already")
        XCTAssertEqual(try bench.run(job), .transferred)
        let sources = try file.sources()
        XCTAssertEqual(sources.map { $0.kind }, [.origin, .mirror])
        XCTAssertEqual(sources.map { $0.state }, [.failed, .asked])
        XCTAssertEqual(sources[0].hresult?.name, "BG_E_HTTP_ERROR_404")
        XCTAssertNil(sources[1].hresult)
        _ = try job.complete()
        try bench.mustBeTidy()
    }

    func test_hash_comes_with_the_file() throws {
        let bench = try Bench()
        let job = try bench.job()
        let digest = String(repeating: "A", count: 64)
        let none = FileSpec(remoteName: bench.remote(1), localName: bench.path("none"))
        let wrong = FileSpec(
            remoteName: bench.remote(1), localName: bench.path("wrong"),
            expectedHash: ExpectedHash(algorithm: .sha256, digest: digest))
        try job.addFileSet(files: [none, wrong])
        XCTAssertNil(try job.file(index: 1).expectedHash())
        XCTAssertEqual(try job.file(index: 2).expectedHash()?.digest, digest.lowercased())
        XCTAssertEqual(try bench.run(job), .error)
        XCTAssertEqual(try job.error().hresult, .BGCOPY_E_HASH_MISMATCH)
        XCTAssertEqual(try job.error().file, 2)
        XCTAssertEqual(try job.file(index: 2).error(), try job.error())
        XCTAssertNil(try job.file(index: 1).error())
        let short = FileSpec(
            remoteName: bench.remote(1), localName: bench.path("no"),
            expectedHash: ExpectedHash(algorithm: .sha256, digest: "a"))
        XCTAssertEqual(code { try job.addFileSet(files: [short]) }, .E_INVALIDARG)
        _ = try job.cancel()
    }

    func test_wait_reason_says_why() throws {
        let bench = try Bench()
        let job = try bench.manager.createJob(displayName: "waits")
        XCTAssertEqual(try job.waitReason().kind, .noFiles)
        XCTAssertEqual(code { try job.resume() }, .DO_E_JOB_EMPTY)
        try job.addFile(remoteName: Server.shared.url("/missing"), localName: bench.path("missing"))
        XCTAssertEqual(try job.waitReason().kind, .suspendedByCaller)
        XCTAssertEqual(try bench.run(job), .error)
        let reason = try job.waitReason()
        XCTAssertEqual(reason.hresult, try job.error().hresult)
        XCTAssertEqual(reason.hresult?.name, "BG_E_HTTP_ERROR_404")
        XCTAssertFalse(reason.message.isEmpty || reason.unblock.isEmpty)
        XCTAssertGreaterThan(reason.sinceMs, 0)
        XCTAssertNil(reason.nextTry)
    }

    func test_jobs_survive_their_manager() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        try job.setDescription(description: "kept")
        try job.setPriority(priority: .high)
        let id = job.id()
        bench.manager.close()
        bench.manager.close()
        XCTAssertEqual(code { try job.state() }, .BGCOPY_E_MANAGER_CLOSED)
        XCTAssertEqual(code { try bench.manager.jobs() }, .BGCOPY_E_MANAGER_CLOSED)
        bench.manager = try Bench.open(bench.folder)
        let again = try bench.manager.getJob(id: id)
        XCTAssertEqual(try bench.manager.jobs().map { $0.id() }, [id])
        XCTAssertEqual(try again.description(), "kept")
        XCTAssertEqual(try again.priority(), .high)
        XCTAssertNotEqual(try again.state(), .suspended, "it goes on by itself")
        try again.suspend()
        try again.file(index: 0).setRemoteName(remoteName: bench.remote(9, "?etag=v1"))
        XCTAssertEqual(try bench.run(again), .transferred)
        _ = try again.complete()
        try bench.mustHold("stalled", 9)
    }

    func test_a_reader_looks_from_beside() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        let other = try Bench.open(bench.folder)
        XCTAssertEqual(try other.jobs().map { $0.id() }, [job.id()])
        other.close()
        let alone = Options(store: bench.path("store"), exclusive: true)
        XCTAssertEqual(code { try Manager.open(alone) }, .E_SHARING_VIOLATION)
        let reader = try Reader.open(store: bench.path("store"))
        XCTAssertTrue(reader.engineIsRunning())
        XCTAssertEqual(try reader.jobs().map(\.id), [job.id()])
        bench.manager.close()
        XCTAssertFalse(reader.engineIsRunning())
        let seen = try reader.job(id: job.id())
        XCTAssertEqual(seen.waitReason.kind, .engineNotRunning)
        XCTAssertEqual(seen.files.map(\.localName), [bench.path("stalled")])
        XCTAssertEqual(code { try reader.job(id: UUID()) }, .DO_E_JOB_NOT_FOUND)
    }

    func test_certificates_of_authorities_are_checked() throws {
        let bench = try Bench()
        let store = bench.path("other")
        let missing = Options(store: store, caFile: bench.path("authorities.pem"))
        XCTAssertEqual(code { try Manager.open(missing) }, .E_FILE_NOT_FOUND)
        let none = Options(store: store, caPem: "none")
        XCTAssertEqual(code { try Manager.open(none) }, .CRYPT_E_FILE_ERROR)
        let pem = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
        try Manager.open(Options(store: store, caPem: pem)).close()
    }

    func test_errors_have_code_context_and_text() throws {
        let bench = try Bench()
        let job = try bench.manager.createJob(displayName: "errors")
        XCTAssertThrowsError(
            try job.addFile(remoteName: "gopher://x/y", localName: bench.path("x"))
        ) { error in
            let failed = error as? BgcopyError
            XCTAssertEqual(failed?.hresult, .E_INVALIDARG)
            XCTAssertEqual(failed?.context, ErrorContext.none)
            XCTAssertEqual(failed?.message.isEmpty, false)
            XCTAssertTrue(error.localizedDescription.contains("0x80070057 E_INVALIDARG"))
        }
        XCTAssertEqual(try job.files().count, 0)
        let text = bench.manager.errorDescription(hresult: .DO_E_JOB_NOT_FOUND)
        XCTAssertEqual(text, "the job is not in the queue")
        XCTAssertEqual(HResult.DO_E_JOB_NOT_FOUND.text, text)
        XCTAssertEqual(code { try job.file(index: 3) }, .DO_E_FILE_NOT_AVAILABLE)
        let timeout = code { try job.wait(states: [.transferred], timeout: .milliseconds(1)) }
        XCTAssertEqual(timeout, .E_TIMEOUT)
    }

    func test_wait_without_states_is_for_the_end() async throws {
        let bench = try Bench()
        let job = try bench.job()
        let early = code { try job.wait(timeout: .zero) }
        XCTAssertEqual(early, .E_TIMEOUT)
        try await job.resume()
        let end = try await job.state(in: [], timeout: patience)
        XCTAssertEqual(end, .transferred)
        try await job.complete()
        XCTAssertEqual(try job.wait(timeout: patience), .acknowledged)
        XCTAssertEqual(try job.wait(), .acknowledged)
    }

    func test_times_are_whole_seconds_rounded_up() throws {
        let bench = try Bench()
        let job = try bench.job()
        func becomes(_ time: Duration) throws -> UInt32 {
            try job.setNoProgressTimeout(time)
            return try job.noProgressTimeout()
        }
        XCTAssertEqual(
            try [.nanoseconds(1), .milliseconds(500), .milliseconds(1001)].map(becomes), [1, 1, 2])
        XCTAssertEqual(try [.zero, .seconds(1)].map(becomes), [0, 1])
        XCTAssertEqual(try becomes(.seconds(Int64.max)), .max)
        XCTAssertEqual(code { try becomes(.milliseconds(-1)) }, .E_INVALIDARG)
        XCTAssertEqual(try job.noProgressTimeout(), .max)
        try job.setMinimumRetryDelay(.milliseconds(5001))
        XCTAssertEqual(try job.minimumRetryDelay(), 6)
        try job.setMaximumDownloadTime(.microseconds(1500))
        XCTAssertEqual(try job.maximumDownloadTime(), 1)
        XCTAssertEqual([.seconds(-1), .nanoseconds(1), .milliseconds(2)].map(milliseconds), [0, 1, 2])
    }

    func test_settings_are_kept() throws {
        let bench = try Bench()
        let job = try bench.job()
        try job.setDisplayName(displayName: "renamed")
        try job.setMinimumRetryDelay(.seconds(10))
        try job.setNoProgressTimeout(.seconds(60))
        try job.setMaximumDownloadTime(.seconds(3600))
        try job.setNotifyFlags(flags: NotifyFlags.JOB_ERROR | NotifyFlags.FILE_TRANSFERRED)
        try job.setCustomHeaders(headers: "X-One: 1\r\n")
        try job.setHttpMethod(method: "GET")
        XCTAssertEqual(try job.httpMethod(), "GET")
        try job.setSecurityFlags(flags: SecurityFlags.REDIRECT_DISALLOW)
        try job.setProxySettings(
            proxy: ProxySettings(usage: .override, list: "proxy.invalid:3128", bypass: "localhost"))
        let certificate = ClientCertificate(certificate: "/tmp/a.pem", key: nil)
        try job.setClientCertificate(certificate: certificate)
        try job.setCredentials(target: .server, scheme: .basic, userName: "name", password: "secret")
        XCTAssertEqual(try job.removeCredentials(target: .server, scheme: .basic), .S_OK)
        XCTAssertEqual(try job.removeCredentials(target: .server, scheme: .basic), .S_FALSE)
        try job.setProperty(id: .costFlags, value: .dword(CostFlags.TRANSFER_STANDARD))
        let record = try job.snapshot().record
        XCTAssertEqual(record.id, job.id())
        XCTAssertEqual(record.displayName, "renamed")
        XCTAssertEqual(record.minimumRetryDelay, 10)
        XCTAssertEqual(record.noProgressTimeout, 60)
        XCTAssertEqual(record.maximumDownloadTime, 3600)
        XCTAssertEqual(try job.notifyFlags(), 0x12)
        XCTAssertEqual(try job.customHeaders(), "X-One: 1\r\n")
        XCTAssertEqual(try job.securityFlags(), 0x200)
        XCTAssertEqual(try job.proxySettings().list, "proxy.invalid:3128")
        XCTAssertEqual(record.clientCertificate, certificate)
        XCTAssertEqual(try job.property(id: .costFlags), .dword(0x8000_0067))
        XCTAssertEqual(code { try job.setProperty(id: .costFlags, value: .enable(true)) }, .E_INVALIDARG)
        XCTAssertEqual(try job.replaceRemotePrefix(old: "http://", new: "https://"), .S_OK)
        XCTAssertTrue(try job.file(index: 0).remoteName().hasPrefix("https://"))
        XCTAssertLessThanOrEqual(record.times.creation, record.times.modification)
        XCTAssertEqual(try job.jobType(), .download)
        XCTAssertEqual(try job.speed(), 0)
        XCTAssertNil(try job.secondsLeft())
    }

    func test_suspend_all_and_resume_all() throws {
        let bench = try Bench()
        let moving = try bench.stalled()
        let still = try bench.job(name: "still")
        let done = try bench.job(name: "done")
        XCTAssertEqual(try bench.run(done), .transferred)
        let suspended = try bench.manager.suspendAll()
        XCTAssertEqual(suspended, [moving.id()], "the others do not move")
        XCTAssertEqual(try moving.state(), .suspended)
        XCTAssertEqual(try bench.manager.suspendAll(), [])
        let resumed = try bench.manager.resumeAll(jobs: suspended + [UUID(), done.id()])
        XCTAssertEqual(resumed, suspended)
        XCTAssertEqual(try still.state(), .suspended)
        XCTAssertEqual(try done.state(), .transferred)
        XCTAssertNotEqual(try moving.state(), .suspended)
    }

    func test_a_job_waits_for_a_network_that_it_may_use() throws {
        let bench = try Bench()
        let job = try bench.stalled()
        try job.setProperty(
            id: .costFlags, value: .dword(CostFlags.TRANSFER_UNRESTRICTED))
        try bench.manager.setNetwork(
            network: Network(isConnected: true, cost: CostFlags.USAGE_BASED))
        XCTAssertEqual(try job.waitReason().kind, .policyClosed)
        try bench.manager.setNetwork(
            network: Network(isConnected: false, cost: CostFlags.UNRESTRICTED))
        XCTAssertEqual(try job.waitReason().kind, .noNetwork)
        XCTAssertFalse(try bench.manager.network().isConnected)
    }

    func test_a_paused_queue_moves_nothing() throws {
        let bench = try Bench()
        let job = try bench.job()
        try bench.manager.pause()
        XCTAssertTrue(try bench.manager.isPaused())
        try job.resume()
        XCTAssertEqual(try job.waitReason().kind, .paused)
        try bench.manager.unpause()
        XCTAssertEqual(try bench.run(job), .transferred)
    }

    func test_limits_are_kept() throws {
        let bench = try Bench()
        let limits = try bench.manager.limits()
        let one = Limits(
            simultaneousFiles: 1, connectionsTotal: limits.connectionsTotal,
            connectionsPerHost: limits.connectionsPerHost,
            connectionsPerFile: limits.connectionsPerFile, jobs: limits.jobs,
            filesPerJob: limits.filesPerJob)
        try bench.manager.setLimits(limits: one)
        XCTAssertEqual(try bench.manager.limits(), one)
        _ = try bench.stalled()
        let second = try bench.job(name: "second")
        try second.resume()
        XCTAssertEqual(try second.waitReason().kind, .waitingForSlot)
    }

    func test_rate_limits_are_kept() throws {
        let bench = try Bench()
        XCTAssertEqual(try bench.manager.rateLimits(), RateLimits(download: 0, upload: 0))
        let rates = RateLimits(download: 1024, upload: 1)
        try bench.manager.setRateLimits(rates: rates)
        XCTAssertEqual(try bench.manager.rateLimits(), rates)
        let wrong = RateLimits(download: .max, upload: 0)
        XCTAssertEqual(code { try bench.manager.setRateLimits(rates: wrong) }, .E_INVALIDARG)
        let job = try bench.job()
        try job.setProperty(id: .maxDownloadRate, value: .uint64(5))
        XCTAssertEqual(try job.property(id: .maxDownloadRate), .uint64(5))
    }

    func test_a_job_waits_for_power_that_it_may_use() throws {
        let bench = try Bench()
        XCTAssertEqual(try bench.manager.power(), PowerFlags.EXTERNAL)
        let job = try bench.stalled()
        try job.setProperty(id: .powerFlags, value: .dword(PowerFlags.EXTERNAL))
        try bench.manager.setPower(state: PowerFlags.BATTERY | PowerFlags.SAVER)
        XCTAssertEqual(try job.waitReason().kind, .policyClosed)
        XCTAssertEqual(code { try bench.manager.setPower(state: PowerFlags.SAVER) }, .E_INVALIDARG)
    }

    func test_windows_are_kept() throws {
        let bench = try Bench()
        XCTAssertEqual(try bench.manager.transferWindow(), "")
        try bench.manager.setTransferWindow(window: "Mon-Fri 22:00-06:00; Sat,Sun")
        XCTAssertEqual(try bench.manager.transferWindow(), "Mon-Fri 22:00-06:00; Sat,Sun")
        XCTAssertEqual(
            code { try bench.manager.setTransferWindow(window: "22:00-22:00") }, .E_INVALIDARG)
        let job = try bench.job()
        try job.setProperty(id: .transferWindow, value: .text("Sat,Sun"))
        XCTAssertEqual(try job.property(id: .transferWindow), .text("Sat,Sun"))
    }

    func test_refused_content_is_fetched_again() throws {
        let bench = try Bench()
        let job = try bench.job()
        let file = try job.file(index: 0)
        XCTAssertEqual(code { try file.setValidationState(valid: true) }, .E_PENDING)
        XCTAssertEqual(try bench.run(job), .transferred)
        try file.setValidationState(valid: false)
        XCTAssertEqual(try job.error().hresult, .BG_E_VALIDATION_FAILED)
        XCTAssertEqual(try bench.run(job), .transferred)
        try file.setValidationState(valid: true)
        XCTAssertEqual(try file.validationState(), true)
    }

    func test_upload() throws {
        let bench = try Bench()
        let job = try bench.upload("/up/swift")
        XCTAssertEqual(try job.jobType(), .upload)
        XCTAssertEqual(try job.uploadProtocol(), .bits)
        XCTAssertEqual(try bench.run(job), .transferred)
        let all = JobProgress(
            bytesTotal: length, bytesTransferred: length, filesTotal: 1, filesTransferred: 1)
        XCTAssertEqual(try job.progress(), all)
        XCTAssertEqual(try bench.sent("/up/swift"), try bench.content(1))
        XCTAssertEqual(code { try job.replyProgress() }, .E_NOTIMPL)
        XCTAssertEqual(try job.complete(), .S_OK)
        XCTAssertTrue(bench.exists("source"), "the source is the caller's")
        XCTAssertEqual(try bench.manager.jobs().count, 0)
    }

    func test_upload_with_a_reply() throws {
        let bench = try Bench()
        let job = try bench.upload("/up/answered/swift", .uploadReply)
        XCTAssertEqual(try job.replyURL?.path, bench.path("source.reply"))
        try job.setReplyFileName(bench.folder.appendingPathComponent("answer"))
        XCTAssertEqual(try job.replyProgress(), ReplyProgress(bytesTotal: nil, bytesTransferred: 0))
        XCTAssertEqual(code { try job.replyData() }, .DO_E_INVALID_STATE)
        XCTAssertEqual(try bench.run(job), .transferred)
        let answer = try bench.sent("/gen/9/100000")
        let all = ReplyProgress(bytesTotal: 100_000, bytesTransferred: 100_000)
        XCTAssertEqual(try job.replyProgress(), all)
        XCTAssertEqual(try job.replyData(), answer)
        XCTAssertFalse(bench.exists("answer"), "nothing is in place before complete")
        XCTAssertEqual(try job.complete(), .S_OK)
        XCTAssertEqual(try Data(contentsOf: URL(fileURLWithPath: bench.path("answer"))), answer)
    }

    func test_many_uploads_are_one_job_each() throws {
        let bench = try Bench()
        let files = try (1...3).map { try bench.source("s \($0)", $0) }
        let folder = URL(string: Server.shared.url("/up/swift-many/"))!
        let missing = files + [bench.folder.appendingPathComponent("none")]
        let refused = code { try bench.manager.createUploads(files: missing, remoteFolder: folder) }
        XCTAssertEqual(refused, .E_FILE_NOT_FOUND)
        XCTAssertEqual(try bench.manager.jobs().count, 0, "all or none")
        let jobs = try bench.manager.createUploads(files: files, remoteFolder: folder)
        XCTAssertEqual(try jobs.map { try $0.displayName() }, ["s 1", "s 2", "s 3"])
        for job in jobs { try job.resume() }
        for (job, seed) in zip(jobs, 1...3) {
            XCTAssertEqual(try job.wait(states: stops, timeout: patience), .transferred)
            XCTAssertEqual(try bench.sent("/up/swift-many/s%20\(seed)"), try bench.content(seed))
            _ = try job.complete()
        }
    }

    func test_upload_by_each_protocol() throws {
        let bench = try Bench()
        for way in UploadWay.all {
            let job = try bench.upload("\(way.area)swift-each", by: way)
            XCTAssertEqual(try job.uploadProtocol(), way.proto)
            XCTAssertEqual(try bench.run(job), .transferred, "\(way)")
            let content = try bench.content(1, way.bytes)
            XCTAssertEqual(try bench.sent("\(way.area)swift-each"), content, "\(way)")
            XCTAssertEqual(try job.complete(), .S_OK)
        }
    }

    func test_cancel_of_an_upload_reaches_the_server() throws {
        let bench = try Bench()
        for way in UploadWay.all {
            let path = "\(way.slow)swift"
            let job = try bench.upload(path, by: way)
            try job.resume()
            // A part of S3 is there when all of it has come.
            let least = way.proto == .s3 ? 0 : 1
            try until { (try bench.unfinished(way.slow, path) ?? -1) >= least }
            XCTAssertEqual(try job.cancel(), .S_OK)
            XCTAssertEqual(try job.state(), .cancelled)
            try until { try job.waitReason().kind == .finished }
            XCTAssertNil(try bench.unfinished(way.slow, path), "\(way)")
            XCTAssertNil(try bench.sent(path), "\(way)")
            XCTAssertTrue(bench.exists("source"), "the source is the caller's")
        }
    }

    func test_a_server_for_tus_names_files_itself() throws {
        let bench = try Bench()
        let folder = URL(string: Server.shared.url("/up/tus/"))!
        let jobs = try bench.manager.createUploads(files: [try bench.source()], remoteFolder: folder)
        XCTAssertEqual(try bench.run(jobs[0]), .transferred)
        XCTAssertEqual(try jobs[0].file(index: 0).remoteName(), folder.absoluteString)
        _ = try jobs[0].complete()
    }
}
