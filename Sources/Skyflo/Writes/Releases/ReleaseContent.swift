import Helm
import KubeClient
import KubeModel
import SkyfloAPI

/// That what is stored of a release, or an object of it, isn't what a plan was made of.
struct ReleaseMoved: Error { var message: String }

extension ToolFailure {
    /// What of a chart or a record can't be used, told as what a tool says.
    package static func ofHelm<Result>(
        _ body: () throws(HelmError) -> Result
    ) throws(ToolFailure) -> Result {
        do throws(HelmError) {
            return try body()
        } catch {
            throw ToolFailure(error.message.text)
        }
    }
}

/// The objects of a stored revision as they are sent.
package enum ReleaseContent {
    /// Which object of a record: `manifest/3`; the first one of the second hook, `hooks/1/0`; of the chart's CRDs, `crds/0`.
    package enum Part: Sendable, Hashable, CustomStringConvertible {
        case manifest(Int)
        case hook(Int, object: Int)
        case customResource(Int)

        package var description: String {
            switch self {
            case .manifest(let position): "manifest/\(position)"
            case .hook(let position, let object): "hooks/\(position)/\(object)"
            case .customResource(let position): "crds/\(position)"
            }
        }

        /// Among the objects of the manifest, or of the hook.
        fileprivate var position: Int {
            switch self {
            case .manifest(let position), .hook(_, let position), .customResource(let position): position
            }
        }

        init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let numbers = parts.dropFirst().compactMap { Int($0) }
            switch (parts.first, parts.count, numbers.count) {
            case ("manifest", 2, 1): self = .manifest(numbers[0])
            case ("hooks", 3, 2): self = .hook(numbers[0], object: numbers[1])
            case ("crds", 2, 1): self = .customResource(numbers[0])
            default: return nil
            }
        }
    }

    /// The object as it is sent, without preconditions: those of the manifest with the marks by which Helm knows its own.
    ///
    /// - Throws: where the record has no such object.
    package static func body(
        of part: Part, in record: ReleaseRecord, namespace: String?
    ) throws(ToolFailure) -> JSONValue {
        body(of: try object(part, in: record), as: part, in: record, namespace: namespace)
    }

    /// The same for whoever has read the objects of the record: reading them is most of the work.
    ///
    /// - Parameter object: what the record has there.
    package static func body(
        of object: KubeObject, as part: Part, in record: ReleaseRecord, namespace: String?
    ) -> JSONValue {
        var object = object
        if case .manifest = part { object = marked(object, by: record) }
        object.json[path: ["metadata", "namespace"]] = namespace.map(JSONValue.string)
        return object.json
    }

    private static func object(_ part: Part, in record: ReleaseRecord) throws(ToolFailure) -> KubeObject {
        let objects = try ToolFailure.ofHelm { () throws(HelmError) -> [KubeObject] in
            switch part {
            case .manifest: return try record.objects()
            case .customResource: return try record.customResources()
            case .hook(let position, _):
                let events = record.hooks.indices.contains(position) ? record.hooks[position]["events"]?.array : nil
                guard let event = events?.first?.string else { return [] }
                return try record.hooks(of: event).first { $0.position == position }?.objects ?? []
            }
        }
        guard objects.indices.contains(part.position) else {
            throw ToolFailure("revision \(record.revision) of release \(record.name) has no object \(part)")
        }
        return objects[part.position]
    }

    /// Keyed digest of an object in canonical form.
    package static func digest(of body: JSONValue, by redactor: Redactor) -> String {
        redactor.digest(of: JSONWriter.bytes(body, options: .canonical))
    }

    /// Keyed digest of the content of a revision.
    package static func digest(of record: ReleaseRecord, by redactor: Redactor) -> String {
        redactor.digest(of: record.contentBytes)
    }

    private static func marked(_ object: KubeObject, by record: ReleaseRecord) -> KubeObject {
        var object = object
        object.json[path: ["metadata", "labels", "app.kubernetes.io/managed-by"]] = "Helm"
        object.json[path: ["metadata", "annotations", nameMark]] = .string(record.name)
        object.json[path: ["metadata", "annotations", namespaceMark]] = .string(record.namespace)
        return object
    }

    package static let nameMark = "meta.helm.sh/release-name"
    package static let namespaceMark = "meta.helm.sh/release-namespace"

    // MARK: Requests

    /// The request that brings an object to what the body says: a server-side apply, or, of an object that a client without
    /// server-side apply has written so far, its replacement by what three-way merging makes of it.
    ///
    /// - Parameters:
    ///   - live: nil for what is created.
    ///   - manager: the field manager of what is created.
    ///   - force: takes over what others own.
    /// - Throws: whatever keeps the API server from answering.
    package static func request(
        body: JSONValue, target: PlannedRequest.Target, live: KubeObject?, manager creator: String, force: Bool,
        api: ReadOnlyAPI
    ) async throws -> PlannedRequest {
        guard let live else { return creation(body: body, target: target, manager: creator) }
        let manager = ReleaseManager(of: live)
        let path = target.resource.path(namespace: target.namespace, name: target.name)
        var request = KubeRequest(
            .patch, path: path, query: [.init("fieldManager", value: manager.name), .init("force", value: "false")],
            contentType: Patch.apply(.null).contentType, body: JSONWriter.string(body))
        if manager.applies {
            request[query: "force"] = String(force)
            request.body = JSONWriter.string(pinned(body, to: live))
            return PlannedRequest(request: request, target: target, before: live)
        }
        request[query: "force"] = "true"
        let response = try await api.send(request.asDryRun)
        guard (200..<300).contains(response.status) else {
            // The refusal is told by who tries it out.
            request.body = JSONWriter.string(pinned(body, to: live))
            return PlannedRequest(request: request, target: target, before: live)
        }
        let merged = OwnedFields.of(manager.name, in: live).dropped(from: try response.json(), unless: body)
        request = KubeRequest(
            .put, path: path, query: [.init("fieldManager", value: manager.name)], contentType: "application/json",
            body: JSONWriter.string(pinned(merged, to: live)))
        return PlannedRequest(request: request, target: target, before: live)
    }

    /// A server-side apply of what isn't there, so that later ones know the fields as their own.
    package static func creation(
        body: JSONValue, target: PlannedRequest.Target, manager: String
    ) -> PlannedRequest {
        let request = KubeRequest(
            .patch, path: target.resource.path(namespace: target.namespace, name: target.name),
            query: [.init("fieldManager", value: manager), .init("force", value: "false")],
            contentType: Patch.apply(.null).contentType, body: JSONWriter.string(body))
        return PlannedRequest(request: request, target: target, before: nil)
    }

    private static func pinned(_ body: JSONValue, to live: KubeObject) -> JSONValue {
        var body = body
        body[path: ["metadata", "managedFields"]] = nil
        body[path: ["metadata", "uid"]] = .string(live.uid)
        body[path: ["metadata", "resourceVersion"]] = .string(live.resourceVersion)
        return body
    }
}

/// The field manager by whose name a release's client has written an object: Helm's own, or that of a program with Helm inside.
/// Whoever owns the mark of the release is it.
package struct ReleaseManager: Sendable, Hashable {
    /// Helm's own.
    package static let standard = "helm"

    package var name = Self.standard
    /// Whether it has used server-side apply.
    var applies = true

    package init(of live: KubeObject?) {
        let entries = (live?.metadata["managedFields"]?.array ?? []).filter { entry in
            entry["subresource"]?.string ?? "" == ""
                && entry["fieldsV1", "f:metadata", "f:annotations", "f:\(ReleaseContent.nameMark)"] != nil
        }
        let found = entries.first { $0["operation"]?.string == "Apply" } ?? entries.first
        guard let found, let manager = found["manager"]?.string, !manager.isEmpty else { return }
        name = manager
        applies = found["operation"]?.string == "Apply"
    }
}
