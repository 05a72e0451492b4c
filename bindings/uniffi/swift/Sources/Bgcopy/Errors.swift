import Foundation

extension BgcopyError: LocalizedError, CustomStringConvertible {
    /// The precise code.
    public var hresult: HResult {
        switch self {
        case .Failed(let hresult, _, _): hresult
        }
    }

    /// What kind of thing failed.
    public var context: ErrorContext {
        switch self {
        case .Failed(_, let context, _): context
        }
    }

    /// One readable sentence.
    public var message: String {
        switch self {
        case .Failed(_, _, let message): message
        }
    }

    public var description: String { "\(message) (\(hresult))" }

    public var errorDescription: String? { description }
}

extension JobError {
    /// What stopped a job, as the error of a call.
    public var asError: BgcopyError {
        .Failed(hresult: hresult, context: context, message: message)
    }
}
