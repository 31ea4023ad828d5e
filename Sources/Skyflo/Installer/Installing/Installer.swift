import Concurrency
import KubeClient
import KubeModel
import SkyfloAPI
import Writes

/// Carries out what ``InstallationChange`` says, by server-side apply under one field manager, so that a field which is no
/// longer in the manifests goes, and those of others stay.
package struct Installer: Sendable {
    /// Who owns the fields of the manifests.
    package static let fieldManager = "skyflo-install"

    let api: any KubeAPI
    let mapper: RESTMapper
    package let namespace: String
    /// Takes over fields that others set.
    package let force: Bool

    package init(api: any KubeAPI, namespace: String, force: Bool = false) {
        self.api = api
        mapper = RESTMapper(api: api, reloadInterval: .milliseconds(100))
        self.namespace = namespace
        self.force = force
    }

    /// Applies the objects in their order, and waits for the CRDs among them to be served before it goes on.
    ///
    /// - Parameters:
    ///   - deadline: Until when the CRDs have to be established.
    ///   - report: Is told of each object once it is applied.
    /// - Throws: ``InstallationFailure`` with the object that failed; those before it stay applied.
    package func apply(
        _ objects: [KubeObject], until deadline: ContinuousClock.Instant,
        report: (InstallationChange) -> Void
    ) async throws {
        var applied = 0
        var definitions: [String] = []
        for object in InstallPhase.sorted(objects) {
            guard let name = InstalledObject(object) else { continue }
            if InstallPhase(of: object) > .definitions, !definitions.isEmpty {
                try await waitForDefinitions(definitions, until: deadline)
                await mapper.invalidate()
                definitions = []
            }
            do {
                let change = try await apply(object, name: name, until: deadline)
                report(change)
            } catch let error where !(error is CancellationError) {
                throw InstallationFailure(object: name, applied: applied, cause: error)
            }
            applied += 1
            if name.type.kind == "CustomResourceDefinition" { definitions.append(object.name) }
        }
        try await waitForDefinitions(definitions, until: deadline)
    }

    private func apply(
        _ object: KubeObject, name: InstalledObject, until deadline: ContinuousClock.Instant
    ) async throws -> InstallationChange {
        let resource = try await served(name.type, until: deadline)
        let live = try await api.find(resource, namespace: object.namespace, name: object.name)
        let after = try await api.apply(object, in: resource, manager: Self.fieldManager, force: force)
        return InstallationChange(object: object, name: name, resource: resource, live: live, after: after)
    }

    /// A server takes a moment to serve what a CRD has brought.
    private func served(_ type: GroupVersionKind, until deadline: ContinuousClock.Instant) async throws -> APIResource {
        while true {
            do {
                return try await mapper.resource(for: type)
            } catch let status as APIStatus
                where status.isNotFound && type.group == SkyfloGroup.name && ContinuousClock.now < deadline
            {
                await mapper.invalidate()
                try await Concurrency.sleep(for: .milliseconds(50))
            }
        }
    }

    private func waitForDefinitions(_ names: [String], until deadline: ContinuousClock.Instant) async throws {
        for name in names {
            while true {
                let definition = try await api.get(.customResourceDefinitions, name: name)
                if DefinitionState(definition).isEstablished { break }
                guard ContinuousClock.now < deadline else {
                    throw InstallationFailure(
                        message: "the CRD \(name) isn't established: \(DefinitionState(definition).text)")
                }
                try await Concurrency.sleep(for: .milliseconds(50))
            }
        }
    }
}

/// An installation that ended on its way. What was applied stays so, and the same command goes on from there.
package struct InstallationFailure: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(message: String) { description = message }

    init(object: InstalledObject, applied: Int, cause: any Error) {
        let done = applied == 0 ? "nothing was applied" : "\(applied.counted(as: "object")) before it stays applied"
        description = "\(object) could not be applied: \(cause); \(done). The same command goes on from there"
    }
}

/// What a CRD says of itself.
package struct DefinitionState: Sendable {
    private let conditions: [Condition]

    package init(_ definition: KubeObject) {
        conditions = (definition["status", "conditions"]?.array ?? []).compactMap { Condition($0) }
    }

    package var isEstablished: Bool { conditions[type: "Established"]?.status == .true }

    /// Why it isn't, as the server says it.
    package var text: String {
        let reasons = ["NamesAccepted", "Established", "NonStructuralSchema"].compactMap { conditions[type: $0] }
            .filter { ($0.status == .true) == ($0.type == "NonStructuralSchema") }
            .map { $0.message.isEmpty ? "\($0.type) is \($0.status.rawValue)" : $0.message }
        return reasons.isEmpty ? "the server hasn't looked at it yet" : reasons.joined(separator: "; ")
    }
}
