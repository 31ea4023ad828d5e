/// An integer of a rare type: a `uint8` of a `[]byte`, a `time.Month`.
package final class IntegerObject: HelmObject {
    let value: Int64
    private let type: String
    private let integerKind: HelmKind
    /// What its method `String` returns.
    private let name: ByteString?

    init(_ value: Int64, type: String, kind: HelmKind, name: ByteString? = nil) {
        self.value = value
        self.type = type
        integerKind = kind
        self.name = name
    }

    convenience init(_ byte: UInt8) {
        self.init(Int64(byte), type: "uint8", kind: .uint8)
    }

    func with(value: Int64) -> IntegerObject {
        IntegerObject(value, type: type, kind: integerKind)
    }

    override package var typeName: String { type }
    override package var kind: HelmKind { integerKind }
    override package var printed: ByteString { name ?? ByteString(String(value)) }
    override package var hasText: Bool { name != nil }
    override package var isTrue: Bool { value != 0 }
    override package var plain: HelmValue { .int64(value) }

    override package func isEqual(to other: HelmObject) -> Bool {
        (other as? IntegerObject)?.value == value
    }

    override func method(_ name: ByteString) -> TemplateFunction? {
        guard name == "String", let text = self.name else { return nil }
        return TemplateFunction([], body: .plain { _, _ in .string(text) })
    }
}

/// A `complex128`.
package final class ComplexObject: HelmObject {
    let real: Double
    let imaginary: Double

    init(real: Double, imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    override package var typeName: String { "complex128" }
    override package var kind: HelmKind { .complex128 }
    override package var isTrue: Bool { real != 0 || imaginary != 0 }

    override package var printed: ByteString {
        let sign: ByteString = imaginary < 0 || imaginary.sign == .minus ? "" : "+"
        return "(" + GoFloat.shortest(real) + sign + GoFloat.shortest(imaginary) + "i)"
    }

    override package func isEqual(to other: HelmObject) -> Bool {
        guard let other = other as? ComplexObject else { return false }
        return real == other.real && imaginary == other.imaginary
    }
}
