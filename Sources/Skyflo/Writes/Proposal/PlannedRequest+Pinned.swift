import KubeClient
import KubeModel

extension PlannedRequest {
    /// Whether the API server itself makes sure that the request is carried out once at most, and only on what was shown to
    /// whoever approved it: a change and a deletion name the uid and the resourceVersion of the target, a creation a name.
    ///
    /// All that keeps two workers from both doing a write rests on it. A lease can't: whoever holds it may stand still just
    /// before it sends.
    package var hasPreconditions: Bool {
        guard let body = request.body.flatMap({ try? JSONParser.parse($0) }) else { return false }
        switch request.method {
        case .get: return false
        case .post where isEviction:
            return !target.uid.isEmpty && body["metadata", "name"]?.string == target.name
                && body["deleteOptions", "preconditions", "uid"]?.string == target.uid
        case .post:
            let isNew = target.uid.isEmpty && body["metadata", "generateName"] == nil
            return isNew && !target.name.isEmpty && body["metadata", "name"]?.string == target.name
        case .delete:
            return pins(body["preconditions", "uid"], resourceVersion: body["preconditions", "resourceVersion"])
        case .patch where isApplyCreation: return true
        case .put, .patch:
            guard let operations = body.array else {
                return pins(body["metadata", "uid"], resourceVersion: body["metadata", "resourceVersion"])
            }
            return pins(
                Self.tested("/metadata/uid", operations: operations),
                resourceVersion: Self.tested(Self.resourceVersionPointer, operations: operations))
        }
    }

    var guarantee: WriteGuarantee? {
        guard hasPreconditions else { return nil }
        return request.method == .post && !isEviction || isApplyCreation ? .fixedName : .pinned
    }

    /// Whether it creates something by server-side apply, as its manager's later applies need it. Sent twice it changes nothing
    /// the second time; that there is nothing of the name is looked at right before, because the API server has no word for that.
    var isApplyCreation: Bool {
        guard request.method == .patch, request.contentType == Patch.apply(.null).contentType, target.uid.isEmpty,
            request[query: "force"] != "true", let body = request.body.flatMap({ try? JSONParser.parse($0) })
        else { return false }
        return !target.name.isEmpty && body["metadata", "name"]?.string == target.name
    }

    /// Whether it evicts the pod that it is aimed at. Its uid is enough: a pod is deleted once.
    var isEviction: Bool {
        request.method == .post && target.resource.isSame(as: .pods) && !target.uid.isEmpty
            && request.path
                == APIResource.pods.path(namespace: target.namespace, name: target.name, subresource: "eviction")
    }

    /// The request under another version of its target, for a target in which nothing else has changed; nil for one that
    /// isn't pinned to a version.
    func pinned(to resourceVersion: String) -> PlannedRequest? {
        // Byte for byte what was approved, but for the version.
        guard hasPreconditions, !target.uid.isEmpty, !resourceVersion.isEmpty,
            var body = request.body.flatMap({ try? JSONParser.parse($0) }), JSONWriter.string(body) == request.body
        else { return nil }
        if let operations = body.array {
            body = .array(
                operations.map { operation in
                    guard operation["op"]?.string == "test",
                        operation["path"]?.string == Self.resourceVersionPointer
                    else { return operation }
                    var operation = operation
                    operation["value"] = .string(resourceVersion)
                    return operation
                })
        } else {
            let owner = request.method == .delete ? "preconditions" : "metadata"
            body[path: [owner, "resourceVersion"]] = .string(resourceVersion)
        }
        var moved = self
        moved.request.body = JSONWriter.string(body)
        moved.target.resourceVersion = resourceVersion
        return moved.hasPreconditions ? moved : nil
    }

    private static let resourceVersionPointer = "/metadata/resourceVersion"

    private func pins(_ uid: JSONValue?, resourceVersion: JSONValue?) -> Bool {
        !target.uid.isEmpty && !target.resourceVersion.isEmpty && uid?.string == target.uid
            && resourceVersion?.string == target.resourceVersion
    }

    /// What a JSON patch demands of a field. Tests after a change wouldn't be about what was there before it.
    private static func tested(_ path: String, operations: [JSONValue]) -> JSONValue? {
        operations.prefix { $0["op"]?.string == "test" }.first { $0["path"]?.string == path }?["value"]
    }
}
