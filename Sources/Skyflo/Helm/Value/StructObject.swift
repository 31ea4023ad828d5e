/// A struct, or a pointer to one, with its fields: `.Capabilities`, a maintainer of a chart.
package final class StructObject: HelmObject {
    private let type: String
    private let structKind: HelmKind
    private let fields: [(name: ByteString, value: HelmValue)]
    private let text: ByteString?
    private let json: [(name: ByteString, value: HelmValue)]
    private let methods: [ByteString: HelmValue]

    /// - Parameters:
    ///   - type: as `%T` prints it; a pointer's begins with `*`.
    ///   - text: what the method `String` of a pointer to it returns, where there is one.
    ///   - methods: what its other methods return.
    ///   - json: the members as JSON has them; without it, the fields by their names.
    package init(
        type: String, fields: [(name: ByteString, value: HelmValue)], text: ByteString? = nil,
        methods: [ByteString: HelmValue] = [:],
        json: [(name: ByteString, value: HelmValue)]? = nil
    ) {
        self.type = type
        structKind = type.hasPrefix("*") ? .pointer : .structure
        self.fields = fields
        self.text = text
        self.methods = methods
        self.json = json ?? fields
    }

    override package var typeName: String { type }
    override package var kind: HelmKind { structKind }
    override package var printed: ByteString { GoFormat.print([.object(self)]) }
    override package var printedFields: [(name: ByteString, value: HelmValue)] { fields }
    override package var members: [(name: ByteString, value: HelmValue)]? { json }

    /// A pointer is printed as what it points to.
    override package var shown: ByteString? {
        if let text { return text }
        let printed = printed
        return structKind == .pointer ? ByteString(bytes: printed.bytes.dropFirst()) : printed
    }

    override package var plain: HelmValue {
        .map(HelmMap(Dictionary(json.map { ($0.name, $0.value) }) { first, _ in first }))
    }

    override package func field(_ name: ByteString) -> HelmValue? {
        fields.first { $0.name == name }?.value
    }

    override func method(_ name: ByteString) -> TemplateFunction? {
        guard let value = name == "String" ? text.map({ .string($0) }) : methods[name] else { return nil }
        return TemplateFunction([], body: .plain { _, _ in value })
    }

    override package func isEqual(to other: HelmObject) -> Bool {
        guard let other = other as? StructObject, type == other.type else { return false }
        return self === other || zip(fields, other.fields).allSatisfy { $0.value.isDeepEqual(to: $1.value) }
    }
}

/// What `genCA` and the like return: a `sprig.certificate`.
package final class CertificateObject: HelmObject {
    let certificate: ByteString
    let key: ByteString

    init(certificate: ByteString, key: ByteString) {
        self.certificate = certificate
        self.key = key
    }

    override package var typeName: String { "sprig.certificate" }

    override package var printedFields: [(name: ByteString, value: HelmValue)] {
        [("Cert", .string(certificate)), ("Key", .string(key))]
    }

    override package var plain: HelmValue { .map(["Cert": .string(certificate), "Key": .string(key)]) }

    override package func field(_ name: ByteString) -> HelmValue? {
        switch name {
        case "Cert": .string(certificate)
        case "Key": .string(key)
        default: nil
        }
    }

    override package func isEqual(to other: HelmObject) -> Bool {
        guard let other = other as? CertificateObject else { return false }
        return other.certificate == certificate && other.key == key
    }
}
