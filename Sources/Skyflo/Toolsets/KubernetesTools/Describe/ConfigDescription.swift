import KubeModel
import ToolKit
import Writes

/// Objects that keep data for others, and those that others act as.
enum ConfigDescription {
    /// - Parameter longest: bytes of a value that are shown; of a longer one the middle is left out.
    static func configMap(_ map: KubeObject, longest: Int, outline: inout Outline) {
        outline.field("Immutable", value: map["immutable"])
        outline.section("Data") { outline in
            for (key, value) in sorted(map["data"]) {
                let text = value.string ?? ""
                if text.contains("\n") {
                    outline.section(key) { $0.line(OutputLimit.shorten(text, to: longest)) }
                } else {
                    outline.line("\(key): \(OutputLimit.shorten(text, to: longest))")
                }
            }
        }
        outline.section("Binary data") { outline in
            for (key, value) in sorted(map["binaryData"]) {
                outline.line("\(key): \(SecretSizes.bytes(ofBase64: value.string ?? "").counted(as: "byte"))")
            }
        }
        if sorted(map["data"]).isEmpty, sorted(map["binaryData"]).isEmpty { outline.field("Data", value: "none") }
    }

    /// - Parameters:
    ///   - secret: without its values.
    ///   - sizes: of these.
    static func secret(_ secret: KubeObject, sizes: SecretSizes, outline: inout Outline) {
        outline.field("Type", value: secret["type"])
        outline.field("Immutable", value: secret["immutable"])
        outline.section("Data") { outline in
            for (key, value) in sorted(secret["data"]) {
                let size = sizes[key].map { "\($0.counted(as: "byte")), " } ?? ""
                outline.line("\(key): \(size)\(value.string ?? "")")
            }
        }
        if sorted(secret["data"]).isEmpty { outline.field("Data", value: "none") }
    }

    static func serviceAccount(_ account: KubeObject, outline: inout Outline) {
        outline.field("Automount token", value: account["automountServiceAccountToken"])
    }

    static func namespace(_ namespace: KubeObject, outline: inout Outline) {
        outline.field("Status", value: namespace["status", "phase"])
        let finalizers = (namespace["spec", "finalizers"]?.array ?? []).compactMap(\.string)
        if namespace.isBeingDeleted { outline.field("Content finalizers", value: finalizers.joined(separator: ", ")) }
        ConditionList.write(namespace, outline: &outline)
    }

    private static func sorted(_ members: JSONValue?) -> [(key: String, value: JSONValue)] {
        (members?.object ?? [:]).map { (key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
    }
}

/// How many bytes each value of a Secret has. They are told, the values aren't.
struct SecretSizes: Sendable, Hashable {
    private var sizes: [String: Int] = [:]

    /// - Parameter object: with its values; of anything but a Secret there are none.
    init(_ object: KubeObject) {
        guard object.kind == "Secret", object.apiVersion == "v1" else { return }
        for (key, value) in object["data"]?.object ?? [:] {
            sizes[key] = value.string.map(Self.bytes(ofBase64:))
        }
    }

    subscript(key: String) -> Int? { sizes[key] }

    static func bytes(ofBase64 text: String) -> Int {
        let digits = text.utf8.count { $0 != UInt8(ascii: "=") && $0 > UInt8(ascii: " ") }
        return digits * 3 / 4
    }
}
