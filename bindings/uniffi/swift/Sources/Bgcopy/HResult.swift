/// The code every call answers with; negative means failure. The codes have
/// names: `HResult.DO_E_INVALID_STATE`.
public struct HResult: Hashable, Sendable, CustomStringConvertible {
    /// The number as it is published, as a signed one.
    public let bits: Int32

    public init(_ bits: Int32) {
        self.bits = bits
    }

    /// True for every code that is not a failure.
    public var isSuccess: Bool { bits >= 0 }

    /// True for a failure.
    public var isFailure: Bool { bits < 0 }

    /// The published name; nil for a code without one.
    public var name: String? { codeName(hresult: self) }

    /// A readable sentence.
    public var text: String { codeText(hresult: self) }

    /// As it is published, such as `0x80D02013 DO_E_INVALID_STATE`.
    public var description: String {
        let digits = String(UInt32(bitPattern: bits), radix: 16, uppercase: true)
        let number = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        return name.map { "\(number) \($0)" } ?? number
    }
}
