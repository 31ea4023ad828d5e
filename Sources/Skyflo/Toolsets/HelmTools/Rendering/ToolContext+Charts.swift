import Helm
import KubeClient
import KubeModel
import NIOPosix
import ToolKit
import Writes

/// A chart that was rendered for a release, with what is said of where it is from.
struct RenderedRelease: Sendable {
    var record: ReleaseRecord
    var text: String
    var warnings: [String]
    var package: ChartPackage
    /// What the Secrets hold that the templates looked up.
    var secrets: Set<String>
}

extension ToolContext {
    /// How often a chart is rendered anew because its templates look up more.
    private static let renderings = 8
    private static let maximumLookups = 64
    private static let maximumLookupItems = 500

    /// Fetches the chart of a call, and renders it with what the cluster is and has.
    ///
    /// - Throws: ``ToolFailure`` for whatever keeps it from being rendered.
    func render(
        _ arguments: ToolArguments, values: ChartValues, release: ChartRenderer.Release, output: TemplateOutput? = nil
    ) async throws -> RenderedRelease {
        let package = try await charts.chart(try ChartReference(arguments))
        var input = ChartInput(archive: package.archive, release: release, values: values, output: output)
        input.capabilities = try await capabilities()
        input.skipsSchema = arguments.bool("skip_schema_validation")
        var secrets: Set<String> = []
        for _ in 0..<Self.renderings {
            let ready = input
            let rendered = try await Self.onThread { ready.rendered() }
            let outcome: ChartOutcome
            do throws(HelmError) {
                outcome = try rendered.get()
            } catch {
                // Templates and schemas repeat values in what they say.
                throw ToolFailure(
                    redactor.redact(text: error.message.text, knowing: secrets.union(values.credentials(by: redactor))))
            }
            switch outcome {
            case .rendered(let output):
                try Self.checkCopies(of: secrets, in: output.record)
                return RenderedRelease(
                    record: output.record, text: output.text, warnings: output.warnings, package: package,
                    secrets: secrets)
            case .needs(let lookups):
                guard input.objects.count + lookups.count <= Self.maximumLookups else {
                    throw ToolFailure("the chart's templates look up more than \(Self.maximumLookups) objects")
                }
                for lookup in lookups {
                    let found = try await find(lookup)
                    input.objects[lookup] = found ?? .null
                    for object in found.map({ $0["items"]?.array ?? [$0] }) ?? [] {
                        secrets.formUnion(Redactor.secrets(in: KubeObject(object)).filter { $0.utf8.count >= 6 })
                    }
                }
            }
        }
        throw ToolFailure("the chart's templates look up more objects each time that they are rendered")
    }

    /// What is read as the conversation's ServiceAccount may be more than who reads the result may see.
    ///
    /// - Parameter secrets: what the Secrets hold that were looked up. What the chart says itself is no secret.
    private static func checkCopies(of secrets: Set<String>, in record: ReleaseRecord) throws(ToolFailure) {
        let said = record.chartTexts
        let hidden = secrets.filter { secret in !said.contains { $0.contains(secret) } }
            .flatMap { Redactor.forms(of: $0) }
        guard !hidden.isEmpty else { return }
        let objects = try ToolFailure.ofHelm { () throws(HelmError) in try record.objects() + record.everyHookObject() }
        for object in objects {
            let text = JSONWriter.string(object.isSecret ? object.metadata : object.json)
            try refuse(hidden, in: text, of: "\(object.kind) \(object.name)")
        }
        try refuse(hidden, in: record.notes, of: "NOTES.txt")
    }

    private static func refuse(_ hidden: [String], in text: String, of place: String) throws(ToolFailure) {
        guard hidden.contains(where: { text.contains($0) }) else { return }
        throw ToolFailure(
            "\(place): refused: it would hold the value of a Secret that the chart's templates look up")
    }

    /// What `lookup` finds: an object, a list of them, or nothing.
    private func find(_ lookup: ObjectLookup) async throws -> JSONValue? {
        guard let version = GroupVersion(apiVersion: lookup.apiVersion) else {
            throw ToolFailure(
                "the chart's templates look up objects of \"\(lookup.apiVersion.prefix(64))\", which is no apiVersion")
        }
        let resource: APIResource
        do {
            resource = try await mapper.resource(
                for: GroupVersionKind(group: version.group, version: version.version, kind: lookup.kind))
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
        let namespace = resource.namespaced && !lookup.namespace.isEmpty ? lookup.namespace : nil
        guard lookup.name.isEmpty else {
            guard namespace != nil || !resource.namespaced else { return nil }
            return try await api.find(resource, namespace: namespace, name: lookup.name)?.json
        }
        let request = KubeRequest(
            .get, path: resource.path(namespace: namespace),
            query: [.init("limit", value: String(Self.maximumLookupItems))])
        let list = try await api.call(request)
        guard list["metadata", "continue"]?.string ?? "" == "" else {
            throw ToolFailure(
                "the chart's templates look up all \(resource.plural), which are more than \(Self.maximumLookupItems)")
        }
        return list
    }

    /// What templates see of the cluster: its version, and what it serves.
    func capabilities() async throws -> KubeCapabilities {
        let info = try await api.call(KubeRequest(.get, path: "/version"))
        guard let version = info["gitVersion"]?.string else {
            throw ToolFailure("the API server doesn't say its version")
        }
        var capabilities = try ToolFailure.ofHelm { () throws(HelmError) in
            try KubeCapabilities.standard.with(kubeVersion: version)
        }
        if let major = info["major"]?.string, let minor = info["minor"]?.string {
            (capabilities.major, capabilities.minor) = (major, minor)
        }
        let resources = try await mapper.allVersions()
        var served: [String] = []
        var seen: Set<String> = []
        for resource in resources {
            let version = GroupVersion(group: resource.group, version: resource.version).description
            for name in [version, "\(version)/\(resource.kind)"] where seen.insert(name).inserted {
                served.append(name)
            }
        }
        capabilities.apiVersions = served
        return capabilities
    }
}

extension ToolContext {
    /// Does what may take seconds, and a thread with it, where no other task waits for that thread.
    static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let result = try await NIOThreadPool.singleton.runIfActive(body)
        try Task.checkCancellation()
        return result
    }
}

extension ChartReference {
    /// The chart that a call means by `chart` and `version`.
    init(_ arguments: ToolArguments) throws(ToolFailure) {
        self.init(try arguments.requiredString("chart"), version: arguments.string("version"))
    }
}

extension KubeObject {
    var isSecret: Bool { kind == "Secret" && apiVersion == "v1" }
}
