import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import SkyfloAPI

extension ComponentPass {
    /// Says that objects are about to be made, so that they are found and removed later, whatever happens between.
    mutating func note(_ kind: ComponentKind, titles: [String]) async throws {
        let known = former.first { $0.name == kind.rawValue }
        guard !Set(titles).isSubset(of: known?.objects ?? []) else { return }
        var status = known ?? ComponentStatus()
        status.name = kind.rawValue
        if known == nil {
            (status.phase, status.message) = (.progressing, "it is being made")
            status.desiredReplicas = skyfloAI.components[kind]?.replicas ?? 1
        }
        status.objects += titles.filter { !status.objects.contains($0) }
        var components = former.filter { $0.name != kind.rawValue }
        components.append(status)
        guard let stored = dependencies.skyfloAIs.get(key), stored.uid == skyfloAI.object.uid else { return }
        try await patch(["components": components.json], of: stored)
        if known == nil {
            tell(.init(isWarning: false, reason: "ComponentCreated", message: "\(kind): it is being made"))
        }
        former = components
    }

    /// Writes what was found, where it differs from what is written.
    func write() async throws {
        guard let stored = dependencies.skyfloAIs.get(key), stored.uid == skyfloAI.object.uid else { return }
        var conditions = SkyfloAI(stored).conditions
        let own = report.conditions(generation: skyfloAI.object.generation, at: dependencies.clock.now)
        conditions.removeAll { old in
            InstallationReport.types.contains(old.type) && !own.contains { $0.type == old.type }
        }
        for condition in own { conditions.set(condition) }
        var content: JSONValue = [
            "components": report.components.isEmpty ? .null : report.components.json, "conditions": conditions.json,
        ]
        for kind in ComponentKind.allCases {
            let component = report.components.first { $0.name == kind.rawValue }
            content["\(kind.rawValue)Status"] = component?.summary.json ?? .null
        }
        let status = stored["status"] ?? .object([:])
        guard MergePatch.apply(content, to: status) != status else { return }
        try await patch(content, of: stored)
        for news in report.news(since: former) { tell(news) }
    }

    /// The version that it was made of is named: others write conditions too.
    private func patch(_ content: JSONValue, of stored: KubeObject) async throws {
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(stored.resourceVersion), "uid": .string(stored.uid)],
            "status": content,
        ]
        let written = try await dependencies.api.patch(
            .skyfloAIs, namespace: stored.namespace, name: stored.name, subresource: "status", patch: .merge(patch),
            options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
        dependencies.skyfloAIs.insert(written)
    }

    private func tell(_ news: InstallationReport.News) {
        dependencies.events.record(
            news.isWarning ? .warning : .normal, about: skyfloAI.object, reason: news.reason, message: news.message)
    }
}
