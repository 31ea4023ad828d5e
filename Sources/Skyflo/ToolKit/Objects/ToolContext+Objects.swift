import KubeClient
import KubeModel
import Writes

extension ToolContext {
    /// What a name of a resource stands for.
    ///
    /// - Throws: ``ToolFailure`` where there is none; where another group has one of that name, it says so.
    package func match(_ name: String) async throws -> ResourceMatch {
        do {
            return try await mapper.match(name)
        } catch let status as APIStatus where status.isNotFound {
            let first = String(name.prefix { $0 != "." })
            guard first != name, let other = try? await mapper.match(first) else { throw status }
            let names = ([other.resource] + other.others).map(\.qualifiedName).joined(separator: ", ")
            throw ToolFailure("\(status.message) in group \"\(name.dropFirst(first.count + 1))\"; available: \(names)")
        }
    }

    /// One object.
    ///
    /// - Throws: where it isn't found, ``ToolFailure`` with what can be said about why: a namespace that doesn't exist,
    ///   another one that has an object of that name, another group with such a resource.
    package func object(_ match: ResourceMatch, namespace: String?, name: String) async throws -> KubeObject {
        do {
            return try await api.get(match.resource, namespace: namespace, name: name)
        } catch let status as APIStatus where status.isNotFound {
            throw try await notFound(match, namespace: namespace, name: name, status: status)
        } catch let denied as PermissionDenied {
            throw try await self.denied(denied, namespace: namespace)
        }
    }

    /// A refusal, and that its namespace doesn't exist or may not: then no permission would help.
    package func denied(_ denied: PermissionDenied, namespace: String?) async throws -> ToolFailure {
        var text = denied.description
        if let namespace, let sentence = Absence.sentence(try await presence(ofNamespace: namespace), of: namespace) {
            text += "; \(sentence)"
        }
        return ToolFailure(text)
    }

    private func notFound(
        _ match: ResourceMatch, namespace: String?, name: String, status: APIStatus
    ) async throws -> ToolFailure {
        guard status.message != "the server could not find the requested resource" else {
            await mapper.invalidate()
            return ToolFailure(
                "the API server no longer serves \(match.resource.qualifiedName): \(status.message)")
        }
        let place = namespace.map { " in namespace \($0)" } ?? ""
        var sentences = ["the API server refused (NotFound): \(status.message)\(place)"]
        if let namespace {
            let presence = try await presence(ofNamespace: namespace)
            if let sentence = Absence.sentence(presence, of: namespace) { sentences[0] += ": \(sentence)" }
            let elsewhere = try await namespaces(with: name, of: match.resource, besides: namespace)
            if !elsewhere.isEmpty {
                sentences.append(
                    "\(match.resource.qualifiedName) \"\(name)\" exists in namespace \(elsewhere.joined(separator: ", "))."
                )
            }
            if presence == .exists || elsewhere.isEmpty,
                let near = try await near(match, namespace: namespace, name: name)
            {
                sentences.append(near)
            }
        } else if let near = try await near(match, namespace: nil, name: name) {
            sentences.append(near)
        }
        let others = Absence.others(match).map(\.qualifiedName)
        if !others.isEmpty {
            sentences.append(
                "The requested type is \(match.resource.qualifiedName); other types of this name: "
                    + "\(others.joined(separator: ", "))."
            )
        }
        return ToolFailure(sentences.joined(separator: "\n"))
    }

    /// Which objects there are of the kind, of those that have nearly the name; nil where that isn't known.
    private func near(_ match: ResourceMatch, namespace: String?, name: String) async throws -> String? {
        let place = namespace.map { " in namespace \($0)" } ?? ""
        let what = "\(match.resource.qualifiedName)\(place)"
        let names = try await names(of: match.resource, namespace: namespace)
        guard let names else { return nil }
        guard !names.isEmpty else { return "There are no \(what)." }
        return NearNames.sentence(name, among: names, what: what).map {
            "\($0.prefix(1).uppercased())\($0.dropFirst())."
        }
    }

    /// The names of at most 500 objects, without the objects; nil where they may not be listed.
    private func names(of resource: APIResource, namespace: String?) async throws -> [String]? {
        let request = KubeRequest(
            .get, path: resource.path(namespace: namespace), query: [.init("limit", value: "500")],
            accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json")
        let read = try await api.readable { try await api.call(request) }
        return (try? read.get())?["items"]?.array?.compactMap { $0["metadata", "name"]?.string }
    }

    /// Where else an object of that name is; none where that may not be listed.
    private func namespaces(
        with name: String, of resource: APIResource, besides namespace: String
    ) async throws -> [String] {
        let options = ListOptions(fieldSelector: FieldSelector.name(name).description, limit: 100)
        let found = try await api.readable { try await api.list(resource, options: options).items }
        let objects = (try? found.get()) ?? []
        return objects.filter { $0.name == name }.compactMap(\.namespace).filter { $0 != namespace }.prefix(5).map {
            $0
        }
    }
}
