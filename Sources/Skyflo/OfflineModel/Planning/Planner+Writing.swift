import KubeModel

extension Planner {
    func scale(_ command: Command) throws(StreamInterruption) -> String {
        try require("k8s_scale")
        let isRelative = if case .exactly = command.replicas { false } else { true }
        var found = try find(command, among: ["deployment", "statefulset", "replicaset"])
        if isRelative, found.text == nil { found.text = try lookedUp(found, command: command) }
        let replicas = try count(command.replicas, found: found)
        let call = PlannedCall(
            "k8s_scale",
            arguments: [
                "name": .string(found.name), "resource_type": .string(found.kind), "replicas": JSONValue(replicas),
                "namespace": found.namespace.map(JSONValue.string),
            ])
        let noun = replicas == 1 ? "replica" : "replicas"
        return try write(
            call, wish: "scale \(found.title) to \(replicas) \(noun)",
            done: "Scaled \(found.title) to \(replicas) \(noun)")
    }

    private func lookedUp(_ found: FoundObject, command: Command) throws(StreamInterruption) -> String {
        switch try session.run(get(found.kind, name: found.name, command: command)) {
        case .success(let text): return text
        case .notFound(let text), .failure(let text):
            throw .answer(Answers.failed("I couldn't look up \(found.title)", text: text))
        case .denied(let reason): throw .answer(Answers.denied("looking up \(found.title)", reason: reason))
        }
    }

    private func count(_ replicas: Command.Replicas?, found: FoundObject) throws(StreamInterruption) -> Int {
        if case .exactly(let count) = replicas { return count }
        guard let now = ObjectRow.rows(found.text ?? "").first(where: { $0.name == found.name })?.desired else {
            throw .answer("I can't tell how many replicas \(found.title) has now. Say the number that you want.")
        }
        switch replicas {
        case .by(let change) where now + change < 0:
            throw .answer(
                "\(found.title.capitalizedFirst) has only \(now.counted(as: "replica")); I can't take away \(-change).")
        case .by(let change): return now + change
        case .percent(let percent): return (now * percent + 99) / 100
        case .exactly(let count): return count
        case nil: throw .answer(Answers.unclear(.howMany(name: found.name), tools: tools))
        }
    }

    func setImage(_ command: Command) throws(StreamInterruption) -> String {
        try require("k8s_set_image")
        let found = try find(command, among: Self.workloads, output: "yaml")
        let said = command.image ?? ""
        let container: String
        let image: String
        if let name = command.container, !said.hasPrefix(":") {
            (container, image) = (name, said)
        } else {
            (container, image) = try chosenContainer(found, command: command)
        }
        let call = PlannedCall(
            "k8s_set_image",
            arguments: [
                "resource_name": .string(found.name), "resource_type": .string(found.kind),
                "container_images": .string("\(container)=\(image)"),
                "namespace": found.namespace.map(JSONValue.string),
            ])
        return try write(
            call, wish: "set the image of container **\(container)** of \(found.title) to `\(image)`",
            done: "Set the image of container **\(container)** of \(found.title) to `\(image)`")
    }

    /// The only container, the one that was named, or the only one that runs the same image in another version.
    private func chosenContainer(_ found: FoundObject, command: Command) throws(StreamInterruption) -> (String, String)
    {
        let all = try containers(found, command: command)
        let image = command.image ?? ""
        let repository = ImageReference(image).repository
        let named = command.container.map { name in all.filter { $0.name == name } }
        let same = all.filter { ImageReference($0.image).repository == repository }
        guard let chosen = named?.first ?? (all.count == 1 ? all.first : nil) ?? (same.count == 1 ? same.first : nil)
        else {
            throw .answer(
                Answers.whichContainer(found, containers: all.map { "\($0.name) (`\($0.image)`)" }, image: image))
        }
        let full = image.hasPrefix(":") ? ImageReference(chosen.image).repository + image : image
        return (chosen.name, full)
    }

    private func containers(_ found: FoundObject, command: Command) throws(StreamInterruption) -> [(
        name: String, image: String
    )] {
        var text = found.text
        if text == nil {
            switch try session.run(get(found.kind, name: found.name, command: command, output: "yaml")) {
            case .success(let yaml): text = yaml
            case .notFound(let text), .failure(let text):
                throw .answer(Answers.failed("I couldn't look up \(found.title)", text: text))
            case .denied(let reason): throw .answer(Answers.denied("looking up \(found.title)", reason: reason))
            }
        }
        // A text that was cut may have lost containers, and the one that is left would look like the only one.
        if let text, !text.contains("\n… "), let yaml = try? YAML.parse(text) {
            let list = yaml["spec", "template", "spec", "containers"]?.array ?? yaml["spec", "containers"]?.array ?? []
            let containers = list.map { ($0["name"]?.string ?? "", $0["image"]?.string ?? "") }
            if !containers.isEmpty { return containers }
        }
        // YAML may be cut, or not be offered; a description has the containers too.
        guard case .success(let described) = try session.run(describeCall(found)) else {
            throw .answer("I couldn't find out which containers \(found.title) has. Say which: `container=image`.")
        }
        return Description(described).containers.map { ($0.name, $0.image ?? "") }
    }

    func restart(_ command: Command) throws(StreamInterruption) -> String {
        try require("k8s_rollout_restart")
        let name = command.name ?? ""
        if command.kind == "pod" { return Answers.podRestart(name) }
        let found = try find(command, among: Self.workloads)
        guard Self.workloads.contains(found.kind) else {
            return "A \(found.kind) can't be restarted; deployments, statefulsets and daemonsets can."
        }
        let call = PlannedCall(
            "k8s_rollout_restart",
            arguments: [
                "name": .string(found.name), "resource_type": .string(found.kind),
                "namespace": found.namespace.map(JSONValue.string),
            ])
        return try write(call, wish: "restart \(found.title)", done: "Restarted \(found.title)")
    }

    func rollBack(_ command: Command) throws(StreamInterruption) -> String {
        let tool = "k8s_rollout_undo"
        guard session.offers(tool) else { return Answers.noRollback(command.name ?? "") }
        // Without the parameter the tool knows deployments only.
        let takesKind = session.takes("kind", by: tool)
        let found = try find(command, among: takesKind ? Self.workloads : ["deployment"])
        guard takesKind || found.kind == "deployment" else {
            return "I can roll back deployments only, and \(found.title) is not one."
        }
        let call = PlannedCall(
            tool,
            arguments: [
                "name": .string(found.name), "resource_type": takesKind ? .string(found.kind) : nil,
                "namespace": found.namespace.map(JSONValue.string),
                "to_revision": command.revision.map { JSONValue($0) },
            ])
        let target = command.revision.map { "revision \($0)" } ?? "its previous revision"
        return try write(
            call, wish: "roll back \(found.title) to \(target)", done: "Rolled back \(found.title) to \(target)")
    }

    func delete(_ command: Command) throws(StreamInterruption) -> String {
        try require("k8s_delete")
        let kinds = ["deployment", "statefulset", "daemonset", "pod", "service", "job", "cronjob", "configmap"]
        let found = try findOnly(command, among: kinds)
        let call = PlannedCall(
            "k8s_delete",
            arguments: [
                "name": .string(found.name), "resource_type": .string(found.kind),
                "namespace": found.namespace.map(JSONValue.string),
            ])
        return try write(call, wish: "delete \(found.title)", done: "Deleted \(found.title)")
    }

    func apply(_ command: Command) throws(StreamInterruption) -> String {
        let call = PlannedCall(
            "k8s_apply",
            arguments: [
                "content": .string(command.manifest ?? ""), "namespace": command.namespace.map(JSONValue.string),
            ])
        return try write(call, wish: "apply the manifest", done: "Applied the manifest")
    }

    /// Before anything is looked up for nothing.
    private func require(_ tool: String) throws(StreamInterruption) {
        if !session.offers(tool) { throw .answer(Answers.missing(tool: tool)) }
    }

    private func write(_ call: PlannedCall, wish: String, done: String) throws(StreamInterruption) -> String {
        switch try session.run(call) {
        case .success(let text): Answers.written(WriteResult(text), wish: wish, done: done, text: text)
        case .denied(let reason): Answers.denied("your wish to \(wish)", reason: reason)
        case .notFound(let text):
            try notFound("I couldn't \(wish)", text: text, in: call.arguments["namespace"]?.string)
        case .failure(let text): Answers.failed("I couldn't \(wish)", text: text)
        }
    }
}

/// A reference to a container image, as far as repository and version are told apart.
struct ImageReference: Sendable, Hashable {
    let repository: String

    init(_ text: String) {
        let name = text.split(separator: "@", maxSplits: 1).first.map(String.init) ?? text
        let slash = name.lastIndex(of: "/") ?? name.startIndex
        // A colon before the last slash belongs to the port of a registry.
        repository = name[slash...].firstIndex(of: ":").map { String(name[..<$0]) } ?? name
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
