import Foundation

extension Manager {
    /// As `createUploads(files:)`, with the files to be sent to a folder of a
    /// server: each goes below the URL under its own name, unless the server
    /// names files itself, as by tus.
    public func createUploads(files: [URL], remoteFolder: URL) throws -> [Job] {
        let text = remoteFolder.absoluteString
        let folder = text.hasSuffix("/") ? text : text + "/"
        return try createUploads(files: files.map { file in
            FileSpec(remoteName: folder, localName: file.path)
        })
    }

    public func createUploads(files: [FileSpec]) async throws -> [Job] {
        try await blocking { try self.createUploads(files: files) }
    }

    /// The one of that name without blocking a task's thread.
    public func createUploads(files: [URL], remoteFolder: URL) async throws -> [Job] {
        try await blocking { try self.createUploads(files: files, remoteFolder: remoteFolder) }
    }
}

extension Job {
    /// As `replyData`, without blocking a task's thread.
    public func replyData() async throws -> Data? {
        try await blocking { try self.replyData() }
    }

    /// As `setReplyFileName` with a text.
    public func setReplyFileName(_ name: URL) throws {
        try setReplyFileName(name: name.path)
    }

    /// Where `complete` puts the reply; nil if that is not known yet.
    public var replyURL: URL? {
        get throws { try replyFileName().map { URL(fileURLWithPath: $0) } }
    }
}
