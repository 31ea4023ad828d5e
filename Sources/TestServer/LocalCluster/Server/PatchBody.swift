import KubeModel
import KubeSchema

/// The four kinds of patches, read and ready to be applied.
enum PatchBody: Sendable {
    case json(JSONPatch)
    case merge(JSONValue)
    case strategic(JSONValue)
    case apply(JSONValue)

    init(_ call: ResourceCall) throws(APIStatus) {
        let decoder = BodyDecoder(request: call.request)
        switch decoder.contentType {
        case "application/json-patch+json": self = .json(try Self.operations(try decoder.json()))
        case "application/merge-patch+json": self = .merge(try Self.members(decoder))
        case "application/strategic-merge-patch+json" where !call.definition.isCustom:
            self = .strategic(try decoder.json())
        case "application/apply-patch+yaml":
            guard let config = try decoder.value() else { throw .badRequest("the body of an apply patch is empty") }
            self = .apply(config)
        default:
            throw .unsupportedMediaType(
                "application/json-patch+json, application/merge-patch+json, "
                    + (call.definition.isCustom ? "" : "application/strategic-merge-patch+json, ")
                    + "application/apply-patch+yaml")
        }
    }

    /// What a real server answers to a JSON patch that can't be applied.
    private static let rejected = APIStatus(
        code: 422, reason: .invalid, message: "the server rejected our request due to an error in our request")

    private static func members(_ decoder: BodyDecoder) throws(APIStatus) -> JSONValue {
        guard let json = try? decoder.json() else {
            throw .badRequest("error decoding patch: unexpected end of JSON input")
        }
        if json.object != nil { return json }
        throw .badRequest(
            "error decoding patch: json: cannot unmarshal \(json.typeName) into Go value of type "
                + "map[string]interface {}")
    }

    private static func operations(_ json: JSONValue) throws(APIStatus) -> JSONPatch {
        guard json.array != nil else {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(json.typeName) into Go value of type "
                    + "[]handlers.jsonPatchOp")
        }
        do throws(JSONPatch.Failure) {
            return try JSONPatch(json)
        } catch {
            throw rejected
        }
    }

    func applied(to target: JSONValue, schema: StructuralSchema?) throws(APIStatus) -> JSONValue {
        switch self {
        case .json(let patch):
            do throws(JSONPatch.Failure) {
                return try patch.apply(to: target)
            } catch {
                throw Self.rejected
            }
        case .merge(let patch): return MergePatch.apply(patch, to: target)
        case .strategic(let patch): return try StrategicMergePatch.apply(patch, to: target, schema: schema)
        case .apply(let config): return config
        }
    }
}
