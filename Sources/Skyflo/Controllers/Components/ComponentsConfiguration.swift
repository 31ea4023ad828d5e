import ControllerRuntime
import Installation
import KubeClient
import KubeModel

/// What the operator is told about itself, and where it may make components.
package struct ComponentsConfiguration: Sendable {
    /// The operator's own image, where it is told; nil to read it from the operator's own Pod.
    package var image: String?
    package var version: String
    /// The operator's own Pod; nil outside of a cluster.
    package var pod: ObjectKey?
    /// Namespaces besides the operator's own in which components may be made.
    package var namespaces: Set<String>
    /// When this process began.
    package var startedAt: KubeTime

    package init(
        image: String? = nil, version: String = "unknown", pod: ObjectKey? = nil, namespaces: Set<String> = [],
        startedAt: KubeTime = KubeTime(microseconds: 0)
    ) {
        self.image = image
        self.version = version
        self.pod = pod
        self.namespaces = namespaces
        self.startedAt = startedAt
    }
}

private struct FoundDeployment {
    var key: ObjectKey?
}

/// The operator as the cluster sees it: its build and its Deployment, asked for once.
actor OperatorPod {
    private let api: any KubeAPI
    private let configuration: ComponentsConfiguration
    private let systemNamespace: String
    private var pod: KubeObject?
    /// nil until it was looked for.
    private var deployment: FoundDeployment?

    init(api: any KubeAPI, configuration: ComponentsConfiguration, systemNamespace: String) {
        self.api = api
        self.configuration = configuration
        self.systemNamespace = systemNamespace
    }

    /// - Throws: ``Installation/BuildUnknown``; what the API server couldn't answer just now.
    func build() async throws -> OperatorBuild {
        if let image = configuration.image {
            return OperatorBuild(
                image: image, version: configuration.version, since: configuration.startedAt,
                pod: try await ownName(), namespace: systemNamespace)
        }
        guard let key = configuration.pod else {
            throw BuildUnknown(
                message: "the operator doesn't know its own image: it runs outside of the cluster, or POD_NAME and "
                    + "POD_NAMESPACE aren't set; name the image with --component-image")
        }
        return try OperatorBuild.read(try await ownPod(key), version: configuration.version)
    }

    /// The operator's own Pod; nil where it has none or can't read it, and needn't, as its image is named.
    private func ownName() async throws -> OperatorPodName? {
        guard let key = configuration.pod else { return nil }
        do {
            return OperatorPodName(of: try await ownPod(key))
        } catch is BuildUnknown {
            return nil
        }
    }

    /// Whether another operator works there.
    ///
    /// - Throws: ``ComponentsForbidden``; what the API server couldn't answer just now.
    func isWorking(_ other: OperatorPodName) async throws -> Bool {
        let namespace = configuration.pod?.namespace ?? systemNamespace
        do {
            return other.isWorking(as: try await api.find(.pods, namespace: namespace, name: other.name))
        } catch let status as APIStatus where status.isForbidden {
            throw ComponentsForbidden(
                message:
                    "another operator, in the Pod \(namespace)/\(other.name), says that it decides about components, "
                    + "and this one can't read whether it exists: \(status); apply rbac/operator.yaml")
        }
    }

    private func ownPod(_ key: ObjectKey) async throws -> KubeObject {
        if let pod { return pod }
        do {
            let found = try await api.get(.pods, namespace: key.namespace, name: key.name)
            pod = found
            return found
        } catch let status as APIStatus where !status.isTransient {
            throw BuildUnknown(
                message: "the operator can't read its own Pod \(key), to know its image: \(status); apply "
                    + "rbac/operator.yaml, or name the image with --component-image")
        }
    }

    /// The Deployment that the operator's Pod is of; nil where it is of none.
    ///
    /// - Throws: ``Installation/BuildUnknown`` where it can't be read; what the API server couldn't answer just now.
    func ownDeployment() async throws -> ObjectKey? {
        if let deployment { return deployment.key }
        guard let key = configuration.pod else { return nil }
        let pod = try await ownPod(key)
        guard let set = pod.controller, set.kind == APIResource.replicaSets.kind else { return nil }
        do {
            let owner = try await api.get(.replicaSets, namespace: key.namespace, name: set.name).controller
            let isDeployment = owner?.kind == APIResource.deployments.kind
            let found = FoundDeployment(
                key: isDeployment ? owner.map { ObjectKey(namespace: key.namespace, name: $0.name) } : nil)
            deployment = found
            return found.key
        } catch let status as APIStatus where !status.isTransient {
            throw BuildUnknown(
                message: "the operator can't find its own Deployment: \(status); apply rbac/operator.yaml")
        }
    }
}
