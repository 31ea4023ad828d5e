import KubeModel
import KubeSchema

/// What running pods and their nodes appear to use: some share of what they ask for, the same at every look.
struct SimulatedUsage: Sendable {
    let store: ClusterStore
    let now: KubeTime

    private static let window = "15s"

    /// nil for a pod that doesn't run: its containers use nothing.
    func metrics(ofPod pod: KubeObject) -> KubeObject? {
        guard pod["status", "phase"]?.string == "Running" else { return nil }
        let containers = (pod["spec", "containers"]?.array ?? []).map { container -> JSONValue in
            let usage = Self.usage(container, of: pod)
            return [
                "name": container["name"] ?? "",
                "usage": ["cpu": .string("\(usage.nanocores)n"), "memory": .string("\(usage.kibibytes)Ki")],
            ]
        }
        return object("PodMetrics", of: pod, members: ["containers": .array(containers)])
    }

    /// Its pods' usage, and something for the system's own processes.
    func metrics(ofNode node: KubeObject) -> KubeObject {
        let pods = store.list(APIResource.pods.id).items.map(\.object).filter {
            $0["spec", "nodeName"]?.string == node.name && $0["status", "phase"]?.string == "Running"
        }
        let usages = pods.flatMap { pod in
            (pod["spec", "containers"]?.array ?? []).map { Self.usage($0, of: pod) }
        }
        let cpu = usages.reduce(150_000_000) { $0 + $1.nanocores }
        let memory = usages.reduce(600 << 10) { $0 + $1.kibibytes }
        return object(
            "NodeMetrics", of: node, members: ["usage": ["cpu": .string("\(cpu)n"), "memory": .string("\(memory)Ki")]])
    }

    private func object(_ kind: String, of source: KubeObject, members: JSONValue) -> KubeObject {
        var json: JSONValue = [
            "kind": .string(kind), "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": .compact([
                "name": .string(source.name), "namespace": source.namespace.map(JSONValue.string),
                "creationTimestamp": .string(now.description),
                "labels": source.labels.isEmpty ? nil : JSONValue(source.labels),
            ]), "timestamp": .string(now.description), "window": .string(Self.window),
        ]
        for (key, value) in members.object ?? [:] { json[key] = value }
        return KubeObject(json)
    }

    private static func usage(_ container: JSONValue, of pod: KubeObject) -> (nanocores: Int, kibibytes: Int) {
        let requests = container["resources", "requests"]
        let hash = StableHash.value("\(pod.name)/\(container["name"]?.string ?? "")")
        // Between 40 and 59 hundredths.
        let share = 40 + Int(hash % 20)
        let cpu = (Quantity(requests?["cpu"])?.value ?? 0.01).clamped(to: 0...1e6) * 1e9
        let memory = (Quantity(requests?["memory"])?.value ?? 32 * 1_048_576).clamped(to: 0...1e15) / 1024
        return (Int(cpu) / 100 * share, Int(memory) / 100 * share)
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
