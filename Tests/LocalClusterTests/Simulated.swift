import KubeModel
import Logging
import Synchronization

@testable import LocalCluster

/// A server with the simulation, whose time moves only when the test says so.
final class Simulated {
    let api: InProcess
    private let time: Clock
    private let simulation: WorkloadSimulation
    private var cursor: UInt64 = 0

    final class Clock: Sendable {
        let now = Mutex(KubeTime.now())
    }

    init() throws {
        api = try InProcess(simulates: true)
        let time = Clock()
        self.time = time
        var cluster = SimulatedCluster(storage: api.server.storage, logger: Logger(label: "test"))
        cluster.now = { time.now.withLock { $0 } }
        simulation = WorkloadSimulation(cluster: cluster)
    }

    /// Lets everything happen that happens without waiting.
    func settle() {
        simulation.react(after: &cursor)
        api.settle()
        simulation.react(after: &cursor)
    }

    func advance(seconds: Double) {
        time.now.withLock { $0 = $0.adding(seconds: seconds) }
        settle()
    }

    // MARK: Requests

    private static let groups: [String: String] = [
        "Pod": "/api/v1", "Service": "/api/v1", "ConfigMap": "/api/v1", "ResourceQuota": "/api/v1",
        "StatefulSet": "/apis/apps/v1", "DaemonSet": "/apis/apps/v1", "Deployment": "/apis/apps/v1",
        "Job": "/apis/batch/v1", "CronJob": "/apis/batch/v1", "PodDisruptionBudget": "/apis/policy/v1",
        "HorizontalPodAutoscaler": "/apis/autoscaling/v2",
    ]

    /// Creates what YAML says, and settles.
    @discardableResult
    func create(_ yaml: String) throws -> InProcess.Answer {
        let object = try YAML.parse(yaml)
        let kind = object["kind"]?.string ?? ""
        let answer = api.send(
            "POST", "\(Self.groups[kind] ?? "")/namespaces/default/\(kind.lowercased())s", object)
        settle()
        return answer
    }

    @discardableResult
    func patch(_ path: String, _ change: JSONValue) -> InProcess.Answer {
        let answer = api.send("PATCH", path, change, type: "application/merge-patch+json")
        settle()
        return answer
    }

    func get(_ path: String) -> JSONValue { api.send("GET", path).json }

    func items(_ path: String) -> [KubeObject] { (get(path)["items"]?.array ?? []).map { KubeObject($0) } }

    var pods: [KubeObject] { items("/api/v1/namespaces/default/pods") }

    /// `reason: message`, in the order of their names and without those of the kubelet and the scheduler.
    func events(about kind: String) -> [String] {
        items("/api/v1/namespaces/default/events").filter { $0["involvedObject", "kind"]?.string == kind }
            .map { "\($0.json["reason"]?.string ?? ""): \($0.json["message"]?.string ?? "")" }
    }

    func conditions(_ path: String) -> [String] {
        (get(path)["status", "conditions"]?.array ?? []).filter { $0["status"]?.string == "True" }
            .compactMap { $0["type"]?.string }
    }
}
