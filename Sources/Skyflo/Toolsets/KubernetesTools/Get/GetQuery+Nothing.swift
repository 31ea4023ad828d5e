import KubeClient
import KubeModel
import ToolKit
import Writes

extension GetQuery {
    /// `deployment.apps`
    var prefix: String {
        resource.group.isEmpty ? resource.singular : "\(resource.singular).\(resource.group)"
    }

    /// What an empty list means: of which kind, where, and what may be the reason.
    func nothing(_ context: ToolContext) async throws -> String {
        let with = selectors.map { " with \($0)" } ?? ""
        let place = resource.namespaced && namespace == nil ? " in any namespace" : ""
        let emptiness = try await Emptiness(
            "no \(resource.qualifiedName)\(with)\(place)", namespace: namespace, in: context)
        guard !emptiness.isExplained else { return emptiness.text }
        var lines = [emptiness.text]
        if selectors != nil, let sentence = try await unselected(context) { lines.append(sentence) }
        return (lines + (try await othersFound(context))).joined(separator: "\n")
    }

    /// How many there are without the selectors.
    private func unselected(_ context: ToolContext) async throws -> String? {
        let read = try await context.api.readable { try await context.api.call(request(limit: 100, isNarrowed: false)) }
        guard let answer = try? read.get() else { return nil }
        let count = (answer["items"]?.array ?? []).count + (answer["metadata", "remainingItemCount"]?.int ?? 0)
        let isMore = answer["metadata", "continue"]?.string?.isEmpty == false
        if count == 0 { return "Without the selector, none exist either." }
        return "Without the selector: \(isMore ? "at least " : "")\(count)."
    }

    /// The other groups that have a resource of this name, and whether they have objects there.
    private func othersFound(_ context: ToolContext) async throws -> [String] {
        var lines: [String] = []
        for other in Absence.others(match).prefix(5) {
            let place = other.namespaced ? namespace : nil
            let read = try await context.api.readable {
                try await context.api.list(other, namespace: place, options: ListOptions(limit: 1)).items
            }
            let what =
                switch read {
                case .success(let items):
                    items.isEmpty ? "it has none" : place == nil ? "it has objects" : "it has objects in this namespace"
                case .failure(let unreadable): "can't be read: \(unreadable.reason)"
                }
            lines.append("Another group has a resource of this name: \(other.qualifiedName) (\(what)).")
        }
        return lines
    }
}
