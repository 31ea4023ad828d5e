import KubeModel
import ToolKit
import Writes

/// The objects of an apply, read from YAML or JSON and checked as far as that goes without a cluster.
enum Manifests {
    static let maximum = 50

    /// In the order in which the API server can take them.
    static func parse(_ text: String) throws(ToolFailure) -> [KubeObject] {
        guard !Redactor.isRedacted(text) else { throw PatchText.redacted("content") }
        let documents: [JSONValue]
        do {
            documents = try YAML.parseAll(text)
        } catch {
            throw ToolFailure("content: \(error.description)")
        }
        var objects: [KubeObject] = []
        for document in documents { objects += try flatten(document.withWholeNumbers) }
        guard !objects.isEmpty else { throw ToolFailure("content: no object in it") }
        guard objects.count <= maximum else {
            throw ToolFailure("content: \(objects.count) objects; at most \(maximum) can be applied at once")
        }
        let checked = try objects.enumerated().map { (at, object) throws(ToolFailure) in
            try check(object, place: "content: object \(at + 1)")
        }
        return InstallOrder.sorted(checked)
    }

    // MARK: Lists

    /// The items of a list may lack what they share with it: `ConfigMapList` has items of `ConfigMap`.
    private static func flatten(_ document: JSONValue) throws(ToolFailure) -> [KubeObject] {
        guard document.object != nil else {
            throw ToolFailure("content: a document must be an object, not of type \(document.typeName)")
        }
        guard let kind = document["kind"]?.string, kind.hasSuffix("List"), let items = document["items"],
            items.isNull || items.array != nil
        else {
            return [KubeObject(document)]
        }
        let itemKind = String(kind.dropLast("List".count))
        var objects: [KubeObject] = []
        for item in items.array ?? [] {
            guard item.object != nil else {
                throw ToolFailure("content: an item of the \(kind) must be an object, not of type \(item.typeName)")
            }
            objects += try flatten(
                itemKind.isEmpty ? item : typed(item, kind: itemKind, apiVersion: document["apiVersion"]))
        }
        return objects
    }

    private static func typed(_ item: JSONValue, kind: String, apiVersion: JSONValue?) -> JSONValue {
        guard item["kind"] == nil || item["kind"]?.string == kind else { return item }
        var item = item
        item["kind"] = .string(kind)
        if item["apiVersion"] == nil { item["apiVersion"] = apiVersion }
        return item
    }

    // MARK: One object

    private static func check(_ object: KubeObject, place: String) throws(ToolFailure) -> KubeObject {
        guard object.groupVersion != nil, !object.kind.isEmpty else {
            throw ToolFailure("\(place): apiVersion and kind are required")
        }
        // What is no text would count as missing, and the object would go elsewhere.
        for field in ["name", "namespace", "generateName"] {
            guard let value = object.metadata[field], !value.isNull, value.string == nil else { continue }
            throw ToolFailure(
                "\(place): metadata.\(field) must be a string, and is of type \(value.typeName); put it in quotes")
        }
        if object.metadata["generateName"]?.string?.isEmpty == false {
            throw ToolFailure(
                "\(place): generateName would make a new object each time; leave it out and set metadata.name")
        }
        guard !object.name.isEmpty else { throw ToolFailure("\(place): metadata.name is required") }
        let place = "\(place) (\(object.kind) \(ToolParameters.excerpt(object.name)))"
        if let namespace = object.namespace, !namespace.isEmpty, !Names.isLabel(namespace) {
            throw ToolFailure("\(place): \"\(ToolParameters.excerpt(namespace))\" is not a valid namespace name")
        }
        return try withoutServerFields(object, place: place)
    }

    /// What tools print of it without meaning it goes: `creationTimestamp: null`, an empty status.
    private static func withoutServerFields(_ object: KubeObject, place: String) throws(ToolFailure) -> KubeObject {
        var object = object
        var set: [String] = []
        for field in [
            "managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds",
        ] {
            let value = object.metadata[field] ?? .null
            if !(value.isNull || value == "" || value == 0) { set.append("metadata.\(field)") }
            object.json[path: ["metadata", field]] = nil
        }
        for field in ["namespace", "generateName"] where object.metadata[field]?.string?.isEmpty != false {
            object.json[path: ["metadata", field]] = nil
        }
        if let status = object["status"], !isSkeleton(status, of: object) { set.append("status") }
        object.json["status"] = nil
        guard let last = set.popLast() else { return object }
        let fields = set.isEmpty ? last : "\(set.joined(separator: ", ")) and \(last)"
        throw ToolFailure("\(place): leave out \(fields): only the cluster sets \(set.isEmpty ? "it" : "them")")
    }

    /// Whether a status says nothing: generators write out what a type has, with zero values. Of a definition they write the
    /// names and versions too, which the server makes from its spec.
    private static func isSkeleton(_ status: JSONValue, of object: KubeObject) -> Bool {
        if object.kind == "CustomResourceDefinition" { return true }
        return switch status {
        case .null, false, 0, "": true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.allSatisfy { isSkeleton($0.value, of: object) }
        default: false
        }
    }
}

extension JSONValue {
    /// With `1.0` and `1e3` as integers, which is how `kubectl` sends them: the server takes no fraction for an integer.
    var withWholeNumbers: JSONValue {
        switch self {
        case .double(let number): Int64(exactly: number).map(JSONValue.int) ?? self
        case .array(let elements): .array(elements.map(\.withWholeNumbers))
        case .object(let members): .object(JSONObject(members.map { ($0.key, $0.value.withWholeNumbers) }))
        default: self
        }
    }
}
