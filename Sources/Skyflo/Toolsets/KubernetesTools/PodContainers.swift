import KubeModel
import Writes

/// The containers of a pod, by which a call may name one.
struct PodContainers {
    let pod: KubeObject

    func names(_ list: String) -> [String] { pod["spec", list]?.array?.compactMap { $0["name"]?.string } ?? [] }

    /// The container that is meant: the one named, the pod's only one, or the one that the pod itself names.
    /// - Parameter lists: of the pod's spec, beside its regular containers, that may be named.
    func choose(_ wanted: String?, also lists: [String]) throws(ToolFailure) -> String {
        let regular = names("containers")
        if let wanted {
            if (regular + lists.flatMap(names)).contains(wanted) { return wanted }
            throw ToolFailure("pod \(pod.name) has no container \"\(wanted)\"; \(choice(lists))")
        }
        if let named = pod.annotations["kubectl.kubernetes.io/default-container"], regular.contains(named) {
            return named
        }
        guard regular.count == 1 else {
            throw ToolFailure("pod \(pod.name) has several containers, name one; \(choice(lists))")
        }
        return regular[0]
    }

    private func choice(_ lists: [String]) -> String {
        let titles = ["initContainers": "init containers", "ephemeralContainers": "ephemeral containers"]
        var text = "containers: \(names("containers").joined(separator: ", "))"
        for list in lists {
            let found = names(list)
            if !found.isEmpty { text += "; \(titles[list] ?? list): \(found.joined(separator: ", "))" }
        }
        return text
    }
}
