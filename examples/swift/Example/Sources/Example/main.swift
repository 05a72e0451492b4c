// Downloads two files as one job, and cancels another one.
//
//     Example URL URL FOLDER

import Bgcopy
import Foundation

func download(_ manager: Manager, from urls: [String], to folder: URL) async throws {
    let job = try await manager.createJob(displayName: "two files")
    for (index, url) in urls.enumerated() {
        let local = folder.appendingPathComponent("file\(index)").path
        try await job.addFile(remoteName: url, localName: local)
    }
    try job.setNotifyFlags(flags: NotifyFlags.DEFAULT | NotifyFlags.FILE_TRANSFERRED)
    _ = try job.addListener { event in print("event: \(event.kind)") }
    try await job.resume()
    // Throws what stopped the job, if something does; transient errors are
    // tried again without our doing.
    try await job.transferred(timeout: .seconds(600))
    print("completed: \(try await job.complete())")
}

func cancel(_ manager: Manager, from url: String, to folder: URL) async throws {
    let job = try await manager.createJob(displayName: "not wanted after all")
    try await job.addFile(remoteName: url, localName: folder.appendingPathComponent("never").path)
    try await job.resume()
    print("moving or not: \(try job.waitReason().message)")
    print("cancelled: \(try await job.cancel()), now \(try job.state())")
}

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3, let last = arguments.last else {
    print("usage: Example URL URL FOLDER")
    exit(2)
}
let urls = Array(arguments.dropLast())
let folder = URL(fileURLWithPath: last)
do {
    let manager = try await Manager.open(Options(store: folder.appendingPathComponent("store")))
    try await download(manager, from: urls, to: folder)
    try await cancel(manager, from: urls[0], to: folder)
    await manager.close()
} catch {
    print("failed: \(error.localizedDescription)")
    exit(1)
}
