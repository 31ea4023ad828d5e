import Helm
import KubeClient
import KubeModel
import ToolKit
import Writes

/// What the labels of a release's Secret say of a revision, without its content.
struct ReleaseHead: Sendable, Hashable {
    var namespace: String
    var name: String
    var revision: Int
    var status: String
    var secret: String
    var uid: String
    /// When it was written last, as far as that is known.
    var updated: KubeTime?

    init(namespace: String, name: String, revision: Int, status: String, secret: String, uid: String) {
        (self.namespace, self.name, self.revision) = (namespace, name, revision)
        (self.status, self.secret, self.uid) = (status, secret, uid)
    }

    init?(_ object: KubeObject) {
        let labels = object.labels
        guard object.name.hasPrefix("sh.helm.release.v1."), let name = labels["name"],
            let revision = labels["version"].flatMap({ Int($0) })
        else { return nil }
        (self.name, self.revision) = (name, revision)
        namespace = object.namespace ?? ""
        status = labels["status"] ?? "unknown"
        secret = object.name
        uid = object.uid
        let seconds = (labels["modifiedAt"] ?? labels["createdAt"]).flatMap { Double($0) }
        updated =
            seconds.map { KubeTime(seconds: $0) }
            ?? object["metadata", "creationTimestamp"]?.string.flatMap { KubeTime($0) }
    }

    /// - Throws: ``ToolFailure`` where a call names another revision as the newest.
    func requireNewest(by arguments: ToolArguments) throws(ToolFailure) {
        guard let wanted = arguments.integer("if_revision"), wanted != revision else { return }
        throw ToolFailure(
            "the newest revision of release \(namespace)/\(name) is \(revision) (\(status)), not \(wanted)")
    }

    /// The newest revision of each release, by namespace and name.
    static func newest(of heads: [ReleaseHead]) -> [ReleaseHead] {
        var newest: [[String]: ReleaseHead] = [:]
        for head in heads {
            let key = [head.namespace, head.name]
            if head.revision > newest[key]?.revision ?? 0 { newest[key] = head }
        }
        return newest.values.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }
}

extension ToolContext {
    private static let maximumHeads = 20_000

    /// The revisions that are stored, page by page and without their content.
    ///
    /// - Parameters:
    ///   - namespace: nil for all.
    ///   - release: nil for all.
    func releaseHeads(
        namespace: String?, release: String? = nil
    ) async throws -> (heads: [ReleaseHead], isComplete: Bool) {
        var heads: [ReleaseHead] = []
        var token: String?
        repeat {
            var request = KubeRequest(
                .get, path: APIResource.secrets.path(namespace: namespace),
                query: [
                    .init("labelSelector", value: "owner=helm" + (release.map { ",name=\($0)" } ?? "")),
                    .init("limit", value: "500"),
                ],
                accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json")
            if let token { request.query.append(.init("continue", value: token)) }
            let page: KubeList
            do {
                page = KubeList(try await api.call(request))
            } catch let denied as PermissionDenied {
                throw try await self.denied(denied, namespace: namespace)
            }
            heads += page.items.compactMap { ReleaseHead($0) }
            token = page.continueToken
        } while token != nil && heads.count < Self.maximumHeads
        return (heads, token == nil)
    }

    /// - Throws: ``ToolFailure`` for what no release may be called.
    static func releaseName(by arguments: ToolArguments) throws(ToolFailure) -> String {
        let name = try arguments.requiredString("release_name")
        guard Names.isSubdomain(name), name.utf8.count <= 53 else {
            throw ToolFailure(
                "release_name: \"\(ToolParameters.excerpt(name))\" is no name of a release: lower case letters, digits, "
                    + "'-' and '.', 53 at most")
        }
        return name
    }

    /// The revisions that are stored of the release that a call means, the newest first; none of a release that there isn't.
    func storedRevisions(by arguments: ToolArguments) async throws -> [ReleaseHead] {
        let name = try Self.releaseName(by: arguments)
        let namespace = arguments.string("namespace") ?? self.namespace
        return try await releaseHeads(namespace: namespace, release: name).heads.sorted { $0.revision > $1.revision }
    }

    /// The revisions of the release that a call means, the newest first.
    ///
    /// - Throws: ``ToolFailure`` where there is none, with the names of others.
    func revisions(by arguments: ToolArguments) async throws -> [ReleaseHead] {
        let found = try await storedRevisions(by: arguments)
        guard found.isEmpty else { return found }
        let name = try Self.releaseName(by: arguments)
        let namespace = arguments.string("namespace") ?? self.namespace
        let others = Set(try await releaseHeads(namespace: namespace).heads.map(\.name)).sorted()
        var text = "release \(name) not found in namespace \(namespace)"
        if let sentence = Absence.sentence(try await presence(ofNamespace: namespace), of: namespace) {
            text += ": \(sentence)"
        } else if let near = NearNames.sentence(name, among: others, what: "releases") {
            text += "; \(near)"
        } else if others.isEmpty {
            text += "; it has no releases"
        }
        throw ToolFailure(text)
    }

    /// The revision that a call means.
    func record(by arguments: ToolArguments) async throws -> ReleaseRecord {
        let revisions = try await revisions(by: arguments)
        guard let wanted = arguments.integer("revision") else { return try await record(of: revisions[0]) }
        guard let head = revisions.first(where: { $0.revision == wanted }) else {
            let known = revisions.prefix(20).map { String($0.revision) }.joined(separator: ", ")
            throw ToolFailure("release \(revisions[0].name) has no revision \(wanted); stored are \(known)")
        }
        return try await record(of: head)
    }

    /// - Throws: ``ToolFailure`` where it is gone or can't be read.
    func record(of head: ReleaseHead) async throws -> ReleaseRecord {
        let secret: KubeObject
        do {
            secret = try await api.get(.secrets, namespace: head.namespace, name: head.secret)
        } catch let denied as PermissionDenied {
            throw try await self.denied(denied, namespace: head.namespace)
        }
        let what = "revision \(head.revision) of release \(head.name)"
        // Nothing else is decoded: any Secret may have such a name.
        guard secret["type"]?.string == ReleaseRecord.secretType, let data = secret["data", "release"]?.string else {
            throw ToolFailure("\(what): Secret \(head.secret) is no record of Helm")
        }
        do throws(HelmError) {
            return try ReleaseRecord(data: data)
        } catch {
            throw ToolFailure("\(what): \(error.message.text)")
        }
    }
}
