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

    /// Why a body is no value at all.
    private enum Unreadable: Error {
        case json(String)
        case yaml(String)
        case status(APIStatus)
    }

    /// Any JSON, YAML or protobuf; nil for an empty body.
    func value() throws(APIStatus) -> JSONValue? {
        do throws(Unreadable) {
            return try read()
        } catch {
            switch error {
            case .status(let status): throw status
            case .json(let why): throw .badRequest("json parse error: \(why)")
            case .yaml(let why): throw .badRequest("error parsing YAML: \(why)")
            }
        }
    }

    private func read() throws(Unreadable) -> JSONValue? {
        if request.body.isEmpty { return nil }
        switch contentType {
        case "", "application/json": return try parsed()
        case "application/yaml", "application/apply-patch+yaml": return try yaml()
        case "application/vnd.kubernetes.protobuf":
            do throws(APIStatus) {
                return try protobuf()
            } catch {
                throw .status(error)
            }
        default: throw .status(.unsupportedMediaType(Self.accepted))
        }
    }

    func json() throws(APIStatus) -> JSONValue {
        do throws(Unreadable) {
            return try parsed()
        } catch {
            guard case .json(let why) = error else { throw .badRequest("the body can't be read") }
            throw .badRequest("json parse error: \(why)")
        }
    }

    private func parsed() throws(Unreadable) -> JSONValue {
        do throws(JSONParser.Failure) {
            return try JSONParser.parse(request.body)
        } catch {
            if Self.isDuplicate(error) {
                let unique = DuplicateMembers.removed(from: request.body).bytes
                if let value = try? JSONParser.parse(unique) { return value }
            }
            throw .json(GoJSONError.text(error, in: request.body))
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

    private func yaml() throws(Unreadable) -> JSONValue {
        do throws(YAML.Failure) {
            return try YAML.parse(String(decoding: request.body, as: UTF8.self))
        } catch {
            throw .yaml(Self.goText(error))
        }
    }

    /// `yaml: line 3: what is wrong`, as Go's parser says it.
    private static func goText(_ failure: YAML.Failure) -> String {
        guard let place = failure.place else { return failure.description }
        let problem = failure.problem.trimmingPrefix("invalid YAML: ")
        return "yaml: line \(place.line): \(problem)"
    }

    /// An object of the kind that `definition` serves, in the namespace of the path. `catalog` is for refusals of other
    /// kinds, which are worded differently where the kind is known.
    func object(
        _ definition: ResourceDefinition, namespace: String?, catalog: ResourceCatalog
    ) throws(APIStatus) -> JSONValue {
        let api = definition.api
        func unrecognized(_ why: String) -> APIStatus {
            .badRequest(
                "the object provided is unrecognized (must be of type \(api.kind)): \(why) "
                    + "(\(GoJSONError.excerpt(request.body)))")
        }
        let untyped = "couldn't get version/kind; json parse error: "
        let parsed: JSONValue?
        do throws(Unreadable) {
            parsed = try read()
        } catch {
            switch error {
            case .status(let status): throw status
            case .json(let why): throw unrecognized(untyped + why)
            case .yaml(let why): throw unrecognized(why)
            }
        }
        guard var value = parsed else { throw unrecognized(untyped + "unexpected end of JSON input") }
        guard value.object != nil else {
            throw unrecognized(untyped + "json: cannot unmarshal \(value.typeName) into \(GoJSONError.notAnObject)")
        }
        // A body of a built-in kind may leave to the path what it is, as clients of other languages do.
        if !definition.isCustom { Self.addType(of: api, to: &value) }
        guard let kind = value["kind"]?.string, !kind.isEmpty else {
            throw unrecognized("Object 'Kind' is missing in '\(value)'")
        }
        try checkType(value, kind: kind, definition: definition, catalog: catalog)
        try checkMetadata(value, api: api)
        if api.namespaced, let own = value["metadata", "namespace"]?.string, !own.isEmpty, own != namespace {
            throw .otherNamespace
        }
        return value
    }

    private static func addType(of api: APIResource, to value: inout JSONValue) {
        if value["kind"]?.string ?? "" == "" { value["kind"] = .string(api.kind) }
        if value["apiVersion"]?.string ?? "" == "" { value["apiVersion"] = .string(api.apiVersion) }
    }

    private func checkType(
        _ value: JSONValue, kind: String, definition: ResourceDefinition, catalog: ResourceCatalog
    ) throws(APIStatus) {
        let api = definition.api
        let version = value["apiVersion"]?.string ?? ""
        let isOfGroup = GroupVersion(apiVersion: version)?.group == api.group
        // A custom object may be called anything here; validation has the last word on its kind.
        if definition.isCustom, version == api.apiVersion { return }
        if isOfGroup || definition.isCustom, version != api.apiVersion {
            throw .badRequest(
                "the API version in the data (\(version)) does not match the expected API version (\(api.apiVersion))")
        }
        guard isOfGroup, kind == api.kind else {
            let short = version.split(separator: "/").last ?? ""
            let isKnown = catalog.definitions.contains {
                !$0.isCustom && $0.api.apiVersion == version && $0.api.kind == kind
            }
            let package = api.group.isEmpty ? "core" : api.group.split(separator: ".").first ?? ""
            throw .badRequest(
                "\(kind) in version \"\(short)\" cannot be handled as a \(api.kind): "
                    + (isKnown
                        ? "converting (\(short).\(kind)) to (\(package).\(api.kind)): unknown conversion"
                        : "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
                            + "\"pkg/runtime/scheme.go:111\""))
        }
    }

    /// Metadata is typed for all kinds: a wrong type there is no matter of a schema.
    private func checkMetadata(_ value: JSONValue, api: APIResource) throws(APIStatus) {
        func mistyped(_ field: String, found: JSONValue) -> APIStatus {
            let type = found.typeName == "integer" ? "number" : found.typeName
            return .badRequest(
                "\(api.kind) in version \"\(api.version)\" cannot be handled as a \(api.kind): json: cannot unmarshal "
                    + "\(type) into Go struct field ObjectMeta.\(field) of type string")
        }
        guard let metadata = value["metadata"] else { return }
        for field in ["name", "namespace", "generateName", "uid", "resourceVersion"] {
            if let found = metadata[field], found.string == nil, !found.isNull { throw mistyped(field, found: found) }
        }
        for field in ["labels", "annotations"] {
            for (_, found) in metadata[field]?.object ?? [:] where found.string == nil {
                throw mistyped(field, found: found)
            }
        }
    }
}
