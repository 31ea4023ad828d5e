import KubeModel

extension PlannedRequest {
    /// Whether the API server itself makes sure that the request is carried out once at most, and only on what was shown to
    /// whoever approved it: a change and a deletion name the uid and the resourceVersion of the target, a creation a name.
    ///
    /// All that keeps two workers from both doing a write rests on it. A lease can't: whoever holds it may stand still just
    /// before it sends.
    public var isPinned: Bool {
        guard let body = request.body.flatMap({ try? JSONParser.parse($0) }) else { return false }
        switch request.method {
        case .get: return false
        case .post:
            let isNew = target.uid.isEmpty && body["metadata", "generateName"] == nil
            return isNew && !target.name.isEmpty && body["metadata", "name"]?.string == target.name
        case .delete: return pins(body["preconditions", "uid"], body["preconditions", "resourceVersion"])
        case .put, .patch:
            guard let operations = body.array else {
                return pins(body["metadata", "uid"], body["metadata", "resourceVersion"])
            }
            return pins(Self.tested("/metadata/uid", operations), Self.tested("/metadata/resourceVersion", operations))
        }
    }

    private func pins(_ uid: JSONValue?, _ resourceVersion: JSONValue?) -> Bool {
        !target.uid.isEmpty && !target.resourceVersion.isEmpty && uid?.string == target.uid
            && resourceVersion?.string == target.resourceVersion
    }

    /// What a JSON patch demands of a field. Tests after a change wouldn't be about what was there before it.
    private static func tested(_ path: String, _ operations: [JSONValue]) -> JSONValue? {
        operations.prefix { $0["op"]?.string == "test" }.first { $0["path"]?.string == path }?["value"]
    }
}
