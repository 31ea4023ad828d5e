import KubeModel
import KubeSchema

struct NamespaceStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }

    func nameProblem(_ name: String) -> String? { MetadataValidation.labelProblem(name) }

    func setDefaults(_ object: inout KubeObject) {
        object["metadata", "labels", "kubernetes.io/metadata.name"] = .string(object.name)
    }

    func prepareForCreate(_ object: inout KubeObject, in context: StrategyContext) throws(APIStatus) {
        object.json["spec"] = ["finalizers": ["kubernetes"]]
        object.json["status"] = ["phase": "Active"]
    }

    func prepareForUpdate(_ object: inout KubeObject, old: KubeObject) {
        object.json["spec"] = old.json["spec"]
    }
}

struct ConfigMapStrategy: ResourceStrategy {
    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        let binary = object.json["binaryData"]?.object ?? [:]
        for (key, value) in object.json["data"]?.object ?? [:] {
            if let problem = DataKeys.problem(key) {
                errors.append(.invalid("data[\(key)]", value: .string(key), detail: problem))
            }
            if binary.contains(key) {
                errors.append(
                    .invalid("data[\(key)]", value: .string(key), detail: "duplicate of key present in binaryData"))
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in binary {
            if let problem = DataKeys.problem(key) {
                errors.append(.invalid("binaryData[\(key)]", value: .string(key), detail: problem))
            }
            size += DataKeys.decodedSize(value)
        }
        if size > DataKeys.sizeLimit { errors.append(.tooLong("[]", limit: DataKeys.sizeLimit)) }
        return errors + DataKeys.immutableErrors(object, old: old, members: ["data", "binaryData"])
    }
}

struct SecretStrategy: ResourceStrategy {
    func setDefaults(_ object: inout KubeObject) {
        if let strings = object.json["stringData"]?.object {
            var data = object.json["data"]?.object ?? [:]
            for (key, value) in strings { data[key] = .string(Base64.encode(Array((value.string ?? "").utf8))) }
            object.json["data"] = .object(data)
        }
        object.json["stringData"] = nil
        if object.json["type"]?.string?.isEmpty ?? true { object.json["type"] = "Opaque" }
    }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        var errors: [FieldError] = []
        let data = object.json["data"]?.object ?? [:]
        for key in data.keys {
            if let problem = DataKeys.problem(key) {
                errors.append(.invalid("data[\(key)]", value: .string(key), detail: problem))
            }
        }
        if data.reduce(0, { $0 + DataKeys.decodedSize($1.value) }) > DataKeys.sizeLimit {
            errors.append(.tooLong("data", limit: DataKeys.sizeLimit))
        }
        if let old, let type = old.json["type"], object.json["type"] != type {
            errors.append(.invalid("type", value: object.json["type"] ?? "", detail: "field is immutable"))
        }
        if object.json["type"]?.string == "kubernetes.io/tls" {
            for key in ["tls.crt", "tls.key"] where !data.contains(key) { errors.append(.required("data[\(key)]")) }
        }
        return errors + DataKeys.immutableErrors(object, old: old, members: ["data"])
    }
}

private enum DataKeys {
    /// Bytes of all values of a ConfigMap or a Secret together; keys don't count (`core.MaxSecretSize`).
    static let sizeLimit = 1_048_576

    /// How many bytes a text in base64 stands for, without decoding it.
    static func decodedSize(_ value: JSONValue) -> Int {
        guard let text = value.string?.utf8 else { return 0 }
        return text.count / 4 * 3 - text.suffix(2).count { $0 == UInt8(ascii: "=") }
    }

    static func problem(_ key: String) -> String? {
        if key.utf8.count > 253 { return "must be no more than 253 bytes" }
        let isValid =
            !key.isEmpty
            && key.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x5F, 0x2E].contains(byte)
            }
        return isValid
            ? nil
            : "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
    }

    static func immutableErrors(_ object: KubeObject, old: KubeObject?, members: [String]) -> [FieldError] {
        guard let old, old.json["immutable"]?.bool == true else { return [] }
        let why = "field is immutable when `immutable` is set"
        if object.json["immutable"]?.bool != true { return [.forbidden("immutable", detail: why)] }
        return members.filter { object.json[$0] != old.json[$0] }.map { .forbidden($0, detail: why) }
    }
}

struct ServiceAccountStrategy: ResourceStrategy {
    var returnsDeletedObject: Bool { true }
}

struct LeaseStrategy: ResourceStrategy {
    var allowsUnconditionalUpdate: Bool { false }
    var createsOnUpdate: Bool { true }

    func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        guard let seconds = object["spec", "leaseDurationSeconds"]?.int, seconds <= 0 else { return [] }
        return [.invalid("spec.leaseDurationSeconds", value: JSONValue(seconds), detail: "must be greater than 0")]
    }
}
