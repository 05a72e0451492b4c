import Foundation

extension Options {
    /// The defaults, with the store in a folder.
    public init(store: URL, limits: Limits? = nil, userAgent: String? = nil) {
        self.init(store: store.path, limits: limits, userAgent: userAgent)
    }
}

extension Manager {
    /// Opens a queue: see `openManager`.
    public static func open(_ options: Options) throws -> Manager {
        try openManager(options: options)
    }

    /// Opens the queue in a folder, with the defaults.
    public static func open(store: URL) throws -> Manager {
        try open(Options(store: store))
    }
}

extension Job {
    /// As `addFile` with texts.
    public func addFile(remoteName: URL, localName: URL) throws {
        try addFile(remoteName: remoteName.absoluteString, localName: localName.path)
    }

    /// As `addFileWithRanges` with texts.
    public func addFileWithRanges(remoteName: URL, localName: URL, ranges: [FileRange]) throws {
        try addFileWithRanges(
            remoteName: remoteName.absoluteString, localName: localName.path, ranges: ranges)
    }
}

extension FileSpec {
    /// A file to be added.
    public init(
        remoteName: URL, localName: URL, ranges: [FileRange] = [],
        expectedHash: ExpectedHash? = nil
    ) {
        self.init(
            remoteName: remoteName.absoluteString, localName: localName.path, ranges: ranges,
            expectedHash: expectedHash)
    }
}

extension File {
    /// Where `complete` puts the file.
    public var localURL: URL {
        get throws { URL(fileURLWithPath: try localName()) }
    }

    /// Where the file is until then.
    public var temporaryURL: URL {
        get throws { URL(fileURLWithPath: try temporaryName()) }
    }

    /// As `setRemoteName` with a text.
    public func setRemoteName(_ remoteName: URL) throws {
        try setRemoteName(remoteName: remoteName.absoluteString)
    }
}
