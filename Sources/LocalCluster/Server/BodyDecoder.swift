import KubeModel

/// Reads the object in a request's body, with the refusals of a real server for what isn't one.
struct BodyDecoder: Sendable {
    static let accepted = "application/json, application/yaml, application/vnd.kubernetes.protobuf"

    var request: APIRequest

    var contentType: String {
        MediaRange.parse(request.header("content-type") ?? "").first?.type ?? ""
    }

    /// Members that stand twice in a body of JSON; the last one counts.
    var duplicates: [String] {
        guard ["", "application/json"].contains(contentType), Self.hasDuplicates(request.body) else { return [] }
        return DuplicateMembers.removed(from: request.body).paths
    }

    private static func hasDuplicates(_ bytes: [UInt8]) -> Bool {
        do throws(JSONParser.Failure) {
            _ = try JSONParser.parse(bytes)
            return false
        } catch {
            return isDuplicate(error)
        }
    }

    private static func isDuplicate(_ failure: JSONParser.Failure) -> Bool {
        failure.message.hasPrefix("duplicate key")
    }

    /// Any JSON or YAML; nil for an empty body.
    func value() throws(APIStatus) -> JSONValue? {
        if request.body.isEmpty { return nil }
        switch contentType {
        case "", "application/json": return try json()
        case "application/yaml", "application/apply-patch+yaml": return try yaml()
        case "application/vnd.kubernetes.protobuf": return try protobuf()
        default: throw .unsupportedMediaType(Self.accepted)
        }
    }

    func json() throws(APIStatus) -> JSONValue {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(request.body)
        } catch {
            if Self.isDuplicate(error) {
                let unique = DuplicateMembers.removed(from: request.body).bytes
                if let value = try? JSONParser.parse(unique) { return value }
            }
            throw .badRequest("json parse error: \(error.message)")
        }
    }

    private func protobuf() throws(APIStatus) -> JSONValue {
        do throws(ProtobufObject.Failure) {
            return try ProtobufObject.json(request.body)
        } catch {
            switch error {
            case .noEnvelope:
                throw .badRequest(
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
            case .malformed: throw .badRequest("the protobuf message in the body can't be read")
            case .unknownKind(let version, let kind):
                throw .badRequest("no protobuf form of kind \"\(kind)\" in version \"\(version)\" is known")
            }
        }
    }

    private func yaml() throws(APIStatus) -> JSONValue {
        do throws(YAML.Failure) {
            return try YAML.parse(String(decoding: request.body, as: UTF8.self))
        } catch {
            throw .badRequest("error parsing YAML: \(error.description)")
        }
    }

    /// An object of the kind that `definition` serves, in the namespace of the path.
    func object(_ definition: ResourceDefinition, namespace: String?) throws(APIStatus) -> JSONValue {
        let api = definition.api
        func unrecognized(_ why: String) -> APIStatus {
            .badRequest("the object provided is unrecognized (must be of type \(api.kind)): \(why)")
        }
        guard let value = try value() else {
            throw unrecognized("couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)")
        }
        guard value.object != nil else {
            throw unrecognized("couldn't get version/kind; json parse error: json: cannot unmarshal \(value.typeName)")
        }
        guard let kind = value["kind"]?.string, !kind.isEmpty else {
            throw unrecognized("Object 'Kind' is missing in '\(value)'")
        }
        try checkType(value, kind: kind, api)
        try checkMetadata(value, api)
        if api.namespaced, let own = value["metadata", "namespace"]?.string, !own.isEmpty, own != namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        return value
    }

    private func checkType(_ value: JSONValue, kind: String, _ api: APIResource) throws(APIStatus) {
        let version = value["apiVersion"]?.string ?? ""
        let isCore = GroupVersion(apiVersion: version)?.group == api.group
        if isCore, version != api.apiVersion {
            throw .badRequest(
                "the API version in the data (\(version)) does not match the expected API version (\(api.apiVersion))")
        }
        guard isCore, kind == api.kind else {
            throw .badRequest(
                "\(kind) in version \"\(version.split(separator: "/").last ?? "")\" cannot be handled as a \(api.kind): "
                    + "no kind \"\(kind)\" is registered for version \"\(version)\"")
        }
    }

    /// Metadata is typed for all kinds: a wrong type there is no matter of a schema.
    private func checkMetadata(_ value: JSONValue, _ api: APIResource) throws(APIStatus) {
        func mistyped(_ field: String, _ found: JSONValue) -> APIStatus {
            let type = found.typeName == "integer" ? "number" : found.typeName
            return .badRequest(
                "\(api.kind) in version \"\(api.version)\" cannot be handled as a \(api.kind): json: cannot unmarshal "
                    + "\(type) into Go struct field ObjectMeta.\(field) of type string")
        }
        guard let metadata = value["metadata"] else { return }
        for field in ["name", "namespace", "generateName", "uid", "resourceVersion"] {
            if let found = metadata[field], found.string == nil, !found.isNull { throw mistyped(field, found) }
        }
        for field in ["labels", "annotations"] {
            for (_, found) in metadata[field]?.object ?? [:] where found.string == nil { throw mistyped(field, found) }
        }
    }
}
