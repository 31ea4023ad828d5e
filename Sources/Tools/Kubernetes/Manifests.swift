import KubeModel

/// The objects of an apply, read from YAML or JSON and checked as far as that goes without a cluster.
enum Manifests {
    static let maximum = 50

    static func parse(_ text: String) throws(ToolFailure) -> [KubeObject] {
        guard !Redactor.isRedacted(text) else { throw PatchText.redacted("content") }
        let documents: [JSONValue]
        do {
            documents = try YAML.parseAll(text)
        } catch {
            throw ToolFailure("content: \(error.description)")
        }
        var objects: [KubeObject] = []
        for document in documents { objects += try flatten(document) }
        guard !objects.isEmpty else { throw ToolFailure("content: there is no object in it") }
        guard objects.count <= maximum else {
            throw ToolFailure("content: \(objects.count) objects; at most \(maximum) can be applied at once")
        }
        return try objects.enumerated().map { (at, object) throws(ToolFailure) in
            try check(object, "content: object \(at + 1)")
        }
    }

    private static func flatten(_ document: JSONValue) throws(ToolFailure) -> [KubeObject] {
        guard document.object != nil else {
            throw ToolFailure("content: a document must be an object, not of type \(document.typeName)")
        }
        guard let kind = document["kind"]?.string, kind.hasSuffix("List"), let items = document["items"]?.array else {
            return [KubeObject(document)]
        }
        var objects: [KubeObject] = []
        for item in items { objects += try flatten(item) }
        return objects
    }

    private static func check(_ object: KubeObject, _ place: String) throws(ToolFailure) -> KubeObject {
        var object = object
        guard object.groupVersion != nil, !object.kind.isEmpty else {
            throw ToolFailure("\(place): apiVersion and kind are required")
        }
        if object.metadata["generateName"] != nil {
            throw ToolFailure("\(place): generateName would make a new object each time; give it a name")
        }
        guard !object.name.isEmpty else { throw ToolFailure("\(place): metadata.name is required") }
        let place = "\(place) (\(object.kind) \(ToolParameters.excerpt(object.name)))"
        if let status = object["status"], status.object?.isEmpty != true, !status.isNull {
            throw ToolFailure("\(place): status belongs to the controllers; leave it out")
        }
        object.json["status"] = nil
        if let namespace = object.namespace, !Names.isLabel(namespace) {
            throw ToolFailure("\(place): \"\(ToolParameters.excerpt(namespace))\" is no namespace name")
        }
        for field in [
            "managedFields", "uid", "resourceVersion", "generation", "deletionTimestamp", "creationTimestamp",
        ] {
            // `creationTimestamp: null` is what many tools print.
            if let value = object.metadata[field], !value.isNull {
                throw ToolFailure("\(place): metadata.\(field) is set by the server; leave it out")
            }
            object.json[path: ["metadata", field]] = nil
        }
        return object
    }
}
