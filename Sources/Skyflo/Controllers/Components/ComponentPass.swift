import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import SkyfloAPI

/// A younger operator of another build decides about the components, and writes their status.
struct YieldedToYoungerOperator: Error {}

/// One look at a SkyfloAI's components.
struct ComponentPass: Sendable {
    let skyfloAI: SkyfloAI
    let dependencies: ComponentReconciler.Dependencies
    let names: ComponentNames
    var report = InstallationReport()
    /// The components as the status says; what is told is what differs.
    var former: [ComponentStatus]
    /// In how many seconds something is due; nil for nothing.
    private(set) var looksAgain: Int?
    /// What is wanted of all components, as `KIND/NAME`.
    var wantedTitles: Set<String> = []

    var key: ObjectKey { skyfloAI.object.key }
    var namespace: String { names.namespace }
    var api: any KubeAPI { dependencies.api }

    init(_ skyfloAI: SkyfloAI, with dependencies: ComponentReconciler.Dependencies) {
        self.skyfloAI = skyfloAI
        self.dependencies = dependencies
        names = ComponentNames(of: skyfloAI.object)
        former = skyfloAI.status.components
    }

    mutating func run() async throws {
        report.isPaused = skyfloAI.isPaused
        var image: String?
        do {
            image = try await workloads()
        } catch let unknown as BuildUnknown {
            block(reason: "ImageUnknown", message: unknown.message)
        } catch let forbidden as ComponentsForbidden {
            block(reason: "RightsMissing", message: forbidden.message)
        }
        if let settings = skyfloAI.components[.engine] {
            report.components.append(try await engine(settings))
        }
        let order = ComponentKind.allCases.map(\.rawValue)
        report.components.sort { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
        report.unused = SettingsUse.unused(in: skyfloAI, image: image, mayScaleEngine: mayScaleEngine)
        try await write()
    }

    mutating func look(again seconds: Int) { looksAgain = min(looksAgain ?? seconds, max(1, seconds)) }

    // MARK: Command Center and MCP server

    /// - Returns: the operator's image; nil where nobody asks for a component with one.
    private mutating func workloads() async throws -> String? {
        let wanted = [ComponentKind.ui, .mcp].filter { skyfloAI.components[$0] != nil }
        let existed = former.contains { $0.name != ComponentKind.engine.rawValue }
        guard !wanted.isEmpty || existed else { return nil }
        guard dependencies.serves(namespace) else {
            block(
                reason: "NamespaceNotServed",
                message:
                    "components are made in the operator's own namespace, \(dependencies.systemNamespace), and in those "
                    + "that --component-namespaces names; \(namespace) is none of them")
            return nil
        }
        let further: [APIResource] = try await routesAreServed() ? [.httpRoutes] : []
        // Before the build is asked for: without any right the operator's own Pod can't be read either.
        try await dependencies.caches.waitForAll(in: namespace, with: further)
        let build = wanted.isEmpty ? nil : try await dependencies.pod.build()
        if let build {
            for kind in wanted {
                guard let settings = skyfloAI.components[kind] else { continue }
                let hasRoutes = !further.isEmpty
                report.components.append(
                    try await component(kind, settings: settings, build: build, routesAreServed: hasRoutes))
            }
        }
        if skyfloAI.isPaused {
            keepFormer()
        } else if let refused = try await prune() {
            report.obstacle = refused
            look(again: ComponentReconciler.pause)
            keepFormer()
        }
        return build?.image
    }

    /// Says of all components why nothing can be done about them. What was known of them stays.
    private mutating func block(reason: String, message: String) {
        report.obstacle = ComponentCause(reason: reason, message: message)
        look(again: ComponentReconciler.pause)
        report.components = [ComponentKind.ui, .mcp].filter { skyfloAI.components[$0] != nil }.map { kind in
            var status = former.first { $0.name == kind.rawValue } ?? ComponentStatus()
            status.name = kind.rawValue
            if status.phase == .ready { status.phase = .progressing }
            (status.reason, status.message) = (reason, message)
            return status
        }
        keepFormer()
    }

    /// Keeps in the status what was made, is wanted no longer, and isn't removed now: later it is found by that.
    private mutating func keepFormer() {
        for old in former where old.name != ComponentKind.engine.rawValue {
            if let index = report.components.firstIndex(where: { $0.name == old.name }) {
                let known = Set(report.components[index].objects)
                report.components[index].objects += old.objects.filter { !known.contains($0) }
            } else {
                report.components.append(old)
            }
        }
    }

    /// Decides about a component, unless another operator does.
    private func claim(on deployment: KubeObject?, build: OperatorBuild) async throws -> OperatorClaim {
        // What a Deployment of somebody else says is nothing to go by.
        let live = deployment.flatMap { names.own($0) ? $0 : nil }
        let rival = BuildClaim.rival(live: live, build: build)
        let exists = if let rival { try await dependencies.pod.isWorking(rival) } else { true }
        guard case .applies(let claim) = BuildClaim.decide(live: live, build: build, rivalExists: exists) else {
            throw YieldedToYoungerOperator()
        }
        return claim
    }

    private func routesAreServed() async throws -> Bool {
        guard skyfloAI.components.values.contains(where: { $0.gateway != nil }) else { return false }
        do {
            _ = try await dependencies.mapper.resource(for: APIResource.httpRoutes.groupVersionKind)
            return true
        } catch let failure as KubeClientError where failure.code == .timeout || failure.code == .unreachable {
            throw failure
        } catch let status as APIStatus where status.isTransient {
            throw status
        } catch {
            return false
        }
    }

    private mutating func component(
        _ kind: ComponentKind, settings: ComponentSettings, build: OperatorBuild, routesAreServed: Bool
    ) async throws -> ComponentStatus {
        let deployment = dependencies.caches.labelled(.deployments, in: namespace)
            .get(ObjectKey(namespace: namespace, name: names.name(of: kind)))
        let claim = try await claim(on: deployment, build: build)
        var objects = ComponentObjects(
            of: skyfloAI, kind: kind, settings: settings, build: build, claim: claim, certificateDigest: "")
        var cause: ComponentCause?
        var mayApply = !skyfloAI.isPaused
        // Before anything is made for it, also its Secret: what was made is found by it.
        var titles = objects.all().map(\.title)
        let secret = "Secret/\(objects.tlsSecretName)"
        if objects.tlsSecretName == names.tlsSecretName(of: kind) { titles.append(secret) }
        // Also one of another component, which tlsSecretName may name.
        wantedTitles.formUnion(titles + [secret])
        let existing = mayApply ? try await existing(objects.all(), routesAreServed: routesAreServed) : [:]
        if let foreign = existing.values.first(where: { !names.own($0) }) {
            (cause, mayApply) = (Self.conflict(with: foreign), false)
        }
        if mayApply { try await note(kind, titles: titles) }
        if cause == nil {
            switch try await certificate.find(for: objects, isReadOnly: !mayApply) {
            case .usable(let digest, let renewal):
                objects = ComponentObjects(
                    of: skyfloAI, kind: kind, settings: settings, build: build, claim: claim, certificateDigest: digest)
                if let renewal { look(again: Int(min(86_400, renewal.seconds(since: dependencies.clock.now)))) }
            case .unusable(let found): (cause, mayApply) = (found, false)
            }
        }
        if mayApply {
            cause = try await apply(
                objects.all(), over: existing, routesAreServed: routesAreServed, claimed: deployment)
        }
        return status(kind, titles: titles, build: build, cause: cause)
    }

    private var certificate: ComponentCertificate {
        ComponentCertificate(api: api, caches: dependencies.caches, clock: dependencies.clock)
    }

    private mutating func status(
        _ kind: ComponentKind, titles: [String], build: OperatorBuild, cause: ComponentCause?
    ) -> ComponentStatus {
        let caches = dependencies.caches
        let key = ObjectKey(namespace: namespace, name: names.name(of: kind))
        let deployment = caches.labelled(.deployments, in: namespace).get(key).flatMap { names.own($0) ? $0 : nil }
        let sets = caches.labelled(.replicaSets, in: namespace).list().filter { set in
            set.controller.map { $0.uid == deployment?.uid } ?? false
        }
        let uids = Set(sets.map(\.uid))
        let pods = caches.labelled(.pods, in: namespace).list().filter { pod in
            pod.controller.map { uids.contains($0.uid) } ?? false
        }
        let health = ComponentHealth.judge(
            deployment: deployment, sets: sets, pods: pods, now: dependencies.clock.now)
        if let seconds = health.looksAgain { look(again: seconds) }
        if cause != nil { look(again: ComponentReconciler.pause) }
        var status = ComponentStatus()
        status.name = kind.rawValue
        status.phase = health.phase
        (status.readyReplicas, status.desiredReplicas) = (health.ready, health.desired)
        status.message = (cause ?? health.cause)?.message ?? health.message
        status.reason = (cause ?? health.cause)?.reason
        if cause != nil, deployment == nil || health.phase == .ready {
            status.phase = health.ready > 0 ? .progressing : .notReady
        }
        (status.version, status.image) = (build.version, build.image)
        status.objects = titles
        return status
    }
}
