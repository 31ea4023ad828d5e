import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import Logging
import SkyfloAPI

/// Makes of a SkyfloAI the components that it asks for, keeps them as it says, and says in its status how they are.
///
/// What is wanted is decided by ``Installation/ComponentObjects``; here it is compared with what exists, and the difference
/// is applied. Where nothing differs no request is sent.
struct ComponentReconciler: Reconciler {
    struct Dependencies: Sendable {
        var api: any KubeAPI
        var skyfloAIs: Informer
        var events: EventRecorder
        var mapper: RESTMapper
        var clock: any RuntimeClock
        var configuration: ComponentsConfiguration
        var systemNamespace: String
        /// The only one that says how many operators run.
        var defaultSkyfloAI: ObjectKey?
        /// The only namespace that this operator works in; nil for all. Elsewhere another one may, and say other things.
        var onlyNamespace: String?
        /// Whether operators share the work by Leases.
        var sharesWork: Bool
        let caches: ComponentCaches
        let pod: OperatorPod
        let answers = AppliedAnswers()

        init(
            api: any KubeAPI, skyfloAIs: Informer, events: EventRecorder, mapper: RESTMapper,
            clock: any RuntimeClock, configuration: ComponentsConfiguration, systemNamespace: String,
            defaultSkyfloAI: ObjectKey?, onlyNamespace: String?, sharesWork: Bool, logger: Logger
        ) {
            self.api = api
            self.skyfloAIs = skyfloAIs
            self.events = events
            self.mapper = mapper
            self.clock = clock
            self.configuration = configuration
            self.systemNamespace = systemNamespace
            self.defaultSkyfloAI = defaultSkyfloAI
            self.onlyNamespace = onlyNamespace
            self.sharesWork = sharesWork
            caches = ComponentCaches(api: api, logger: logger)
            pod = OperatorPod(api: api, configuration: configuration, systemNamespace: systemNamespace)
        }

        /// Whether components may be made there.
        func serves(_ namespace: String) -> Bool {
            namespace == systemNamespace || configuration.namespaces.contains(namespace)
        }

        func isConcerned(with namespace: String) -> Bool {
            onlyNamespace == nil || onlyNamespace == namespace || serves(namespace)
        }
    }

    /// When to look again at what no watch tells of: a right that is missing, an object of somebody else.
    static let pause = 15
    private static let conflictPause = Duration.milliseconds(50)

    let dependencies: Dependencies

    func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
        guard dependencies.isConcerned(with: key.namespace ?? ""), let object = dependencies.skyfloAIs.get(key),
            !object.isBeingDeleted
        else { return .done }
        let skyfloAI = SkyfloAI(object)
        let hasConditions = skyfloAI.conditions.contains { InstallationReport.types.contains($0.type) }
        guard !skyfloAI.components.isEmpty || !skyfloAI.status.components.isEmpty || hasConditions else { return .done }
        var pass = ComponentPass(skyfloAI, with: dependencies)
        do {
            try await pass.run()
        } catch let status as APIStatus where status.isConflict || status.isAlreadyExists {
            // Somebody else has written; the caches will have it in a moment.
            return .requeue(after: Self.conflictPause)
        } catch is YieldedToYoungerOperator {
            // Nothing tells when that one is gone.
            return .requeue(after: .seconds(Self.pause))
        }
        return pass.looksAgain.map { .requeue(after: .seconds($0)) } ?? .done
    }
}
