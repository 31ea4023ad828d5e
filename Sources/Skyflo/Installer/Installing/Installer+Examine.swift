import Concurrency
import KubeClient
import KubeModel
import Writes

/// What an installation would do to a cluster, and all that is in its way.
package struct Examination: Sendable {
    /// In the order in which they are applied.
    package var changes: [InstallationChange]
    package var obstacles: [Obstacle]
    /// What an earlier installation of ours had, and this one has not any more.
    package var leftovers: [KubeObject]

    package init(changes: [InstallationChange], obstacles: [Obstacle], leftovers: [KubeObject] = []) {
        self.changes = changes
        self.obstacles = obstacles
        self.leftovers = leftovers
    }
}

extension Installer {
    /// The objects that are looked at at the same time.
    private static let atOnce = 8

    /// Looks at the cluster without writing anything: each object is read, the rights to it are asked for, and applying it is
    /// tried by a dry run of the server, in which validation, admission and the rules against giving more rights than one has
    /// take part.
    package func examine(_ objects: [KubeObject]) async throws -> Examination {
        let objects = InstallPhase.sorted(objects)
        let brought = Set(objects.flatMap(Self.types))
        var obstacles: [Obstacle] = []
        let hasPolicy = objects.contains { $0.kind == "ValidatingAdmissionPolicy" }
        let version = try await api.call(KubeRequest(.get, path: "/version"))
        if let obstacle = Obstacle.ofVersion(version, hasPolicy: hasPolicy) { obstacles.append(obstacle) }
        let isPlanned = objects.contains { $0.kind == "Namespace" && $0.name == namespace }
        let live = try await readable { try await api.find(.namespaces, name: namespace) }
        if case .value(let live) = live,
            let obstacle = Obstacle.ofNamespace(namespace, live: live, isPlanned: isPlanned)
        {
            obstacles.append(obstacle)
        }
        let isThere = if case .value(let found) = live { found != nil } else { true }
        let looks = try await objects.concurrentMap(atOnce: Self.atOnce) { object in
            try await look(at: object, brought: brought, isNamespaceThere: isThere)
        }
        let changes = looks.compactMap(\.change)
        if !force { obstacles += owners(of: changes) }
        let binding = changes.first {
            $0.name.type.kind == "ClusterRoleBinding" && $0.name.key.name == "skyflo-operator"
        }
        if let other = Obstacle.ofOtherInstallation(binding: binding?.live, namespace: namespace) {
            obstacles.append(other)
        }
        return Examination(
            changes: changes, obstacles: Obstacle.sorted(obstacles + looks.flatMap(\.obstacles)),
            leftovers: try await leftovers(besides: changes.map(\.name)))
    }

    /// The objects that somebody else manages.
    private func owners(of changes: [InstallationChange]) -> [Obstacle] {
        let live = changes.compactMap(\.live)
        return changes.compactMap { change in
            change.live.flatMap { Owner.decisive(of: $0, among: live) }.map { .ofOwner($0, of: change.name) }
        }
    }

    /// What bears our field manager, belongs to nobody else and isn't wanted any more: a value has taken it out. CRDs and the
    /// namespace hold people's work, and stay.
    private func leftovers(besides wanted: [InstalledObject]) async throws -> [KubeObject] {
        func identity(_ name: InstalledObject) -> [String] {
            [name.type.group, name.type.kind, name.key.namespace ?? "", name.key.name]
        }
        let wanted = Set(wanted.map(identity))
        let found = try await readable {
            try await Remover(api: api, namespace: namespace).find(KnownObjects(namespace: namespace))
        }
        // Whoever may not list may not delete either, and is told about rights anyway.
        guard case .value(let found) = found else { return [] }
        return InstallPhase.sorted(found).reversed().filter { object in
            guard let name = InstalledObject(object), object.isInstalledByUs else { return false }
            return Owner.all(of: object).isEmpty && !wanted.contains(identity(name))
                && ![.namespaces, .definitions].contains(InstallPhase(of: object))
        }
    }

    private struct Look: Sendable {
        var change: InstallationChange?
        var obstacles: [Obstacle] = []
    }

    private enum Readable<Value: Sendable>: Sendable {
        case value(Value)
        case forbidden(APIStatus)
    }

    private func readable<Value: Sendable>(_ read: () async throws -> Value) async throws -> Readable<Value> {
        do {
            return .value(try await read())
        } catch let status as APIStatus where status.isForbidden {
            return .forbidden(status)
        }
    }

    private func look(
        at object: KubeObject, brought: Set<GroupVersionKind>, isNamespaceThere: Bool
    ) async throws -> Look {
        guard let name = InstalledObject(object) else { return Look() }
        let resource: APIResource
        do {
            resource = try await mapper.resource(for: name.type)
        } catch let status as APIStatus where status.isNotFound {
            // Whatever it becomes, it is new.
            let change = InstallationChange(object: object, name: name)
            return Look(change: change, obstacles: brought.contains(name.type) ? [] : [.ofKind(name.type)])
        }
        var look = Look(change: InstallationChange(object: object, name: name, resource: resource))
        switch try await readable({ try await api.find(resource, namespace: object.namespace, name: object.name) }) {
        case .forbidden(let status): look.obstacles.append(.ofRefusal(status, of: name))
        case .value(let live):
            look.change?.live = live
            let missing = try await missingRights(to: object, resource: resource, exists: live != nil)
            look.obstacles += missing.map(Obstacle.ofPermission)
            let isInNothing = resource.namespaced && !isNamespaceThere && object.namespace == namespace
            guard missing.isEmpty, !isInNothing else { break }
            do {
                look.change?.after = try await api.apply(
                    object, in: resource, manager: Self.fieldManager, force: force, dryRun: true)
            } catch let status as APIStatus where status.code < 500 {
                look.obstacles.append(.ofRefusal(status, of: name))
            }
        }
        return look
    }

    /// Server-side apply needs the right to patch, and to create what doesn't exist.
    private func missingRights(
        to object: KubeObject, resource: APIResource, exists: Bool
    ) async throws -> [String] {
        var missing: [String] = []
        for verb in exists ? ["patch"] : ["patch", "create"] {
            let access = ResourceAccess(
                verb: verb, group: resource.group, version: resource.version, resource: resource.plural,
                namespace: resource.namespaced ? object.namespace : nil, name: verb == "create" ? nil : object.name)
            if !(try await AccessReview.allows(access, api: api)) { missing.append(access.description) }
        }
        return missing
    }

    /// The kinds that a CRD brings.
    private static func types(of definition: KubeObject) -> [GroupVersionKind] {
        guard definition.kind == "CustomResourceDefinition", let group = definition["spec", "group"]?.string,
            let kind = definition["spec", "names", "kind"]?.string
        else { return [] }
        return (definition["spec", "versions"]?.array ?? []).compactMap { version in
            version["name"]?.string.map { GroupVersionKind(group: group, version: $0, kind: kind) }
        }
    }
}
