import LanguageModels

/// Answers that need no cluster.
extension Answers {
    private static let examples: [(tool: String, verb: Command.Verb, text: String)] = [
        ("k8s_get", .list, "`list the pods in namespace shop`"),
        ("k8s_describe", .describe, "`describe deployment web`"),
        ("k8s_logs", .logs, "`show the last 50 lines of the logs of web`"),
        ("k8s_describe", .diagnose, "`why is cart failing?`"),
        ("k8s_rollout_status", .rolloutStatus, "`is the rollout of web done?`"),
        ("k8s_scale", .scale, "`scale deployment web to 3 replicas`"),
        ("k8s_set_image", .setImage, "`set the image of web to nginx:1.28`"),
        ("k8s_rollout_restart", .restart, "`restart deployment web`"),
        ("k8s_rollout_undo", .rollBack, "`roll back web`"),
        ("k8s_delete", .delete, "`delete pod web-0`"), ("k8s_apply", .apply, "`apply this:` and a manifest in YAML"),
    ]

    static func capabilities(_ tools: [ToolSchema]) -> String {
        let offered = Set(tools.map(\.name))
        let lines = examples.filter { offered.contains($0.tool) }.map { "- \($0.text)" }
        if lines.isEmpty { return "I work with tools for Kubernetes, and none is offered in this conversation." }
        return
            "I work without a language model behind me and understand everyday requests about Kubernetes, such as:\n\n"
            + lines.joined(separator: "\n")
    }

    static func howTo(_ verb: Command.Verb?) -> String {
        guard let verb, let example = examples.first(where: { $0.verb == verb }) else {
            return "I can't explain that. Ask me to show or to change something, or say `help` for examples."
        }
        let command = kubectl[verb].map { " With kubectl: `\($0)`." } ?? ""
        let asked = verb.isWrite ? " A change is only made after it was approved." : ""
        return "Tell me, for example: \(example.text).\(asked)\(command)"
    }

    private static let kubectl: [Command.Verb: String] = [
        .list: "kubectl get pods", .describe: "kubectl describe deployment web", .logs: "kubectl logs deployment/web",
        .diagnose: "kubectl describe pod NAME", .rolloutStatus: "kubectl rollout status deployment/web",
        .scale: "kubectl scale deployment web --replicas=3",
        .setImage: "kubectl set image deployment/web app=nginx:1.28",
        .restart: "kubectl rollout restart deployment/web", .rollBack: "kubectl rollout undo deployment/web",
        .delete: "kubectl delete pod NAME", .apply: "kubectl apply -f FILE",
    ]

    static func words(_ verb: Command.Verb) -> String {
        switch verb {
        case .list: "list"
        case .describe: "describe"
        case .logs: "read the logs of"
        case .diagnose: "examine"
        case .rolloutStatus: "follow the rollout of"
        case .scale: "scale"
        case .setImage: "change the image of"
        case .restart: "restart"
        case .rollBack: "roll back"
        case .delete: "delete"
        case .apply: "apply"
        }
    }

    static func advice(_ verb: Command.Verb, name: String?) -> String {
        let object = name.map { " **\($0)**" } ?? " that"
        let look = name.map { " To see how it is, ask `why is \($0) failing?` or `describe \($0)`." } ?? ""
        return "Whether to \(words(verb))\(object) is for you to decide; I have done nothing.\(look)"
    }

    static func declined(name: String?) -> String {
        "All right, I leave \(name.map { "**\($0)**" } ?? "everything") as it is."
    }

    /// - Parameter name: what was looked for as an object, beside changes of others.
    static func perhapsPlace(_ name: String) -> String {
        "As **\(name)** may be the namespace that is meant, I have done nothing. Say it again with "
            + "`in namespace \(name)`, or without the word."
    }

    private static func whichNamespace(_ verb: Command.Verb, said text: String) -> String {
        let what =
            text.isEmpty
            ? "Which namespace do you mean?" : "I can't read `\(text.prefix(80))` as the name of a namespace."
        return "\(what) I have done nothing. Say what I should \(words(verb)), with the namespace such as "
            + "`in namespace shop`, or without one for the namespace of this conversation."
    }

    static func unclear(_ problem: Unclear, tools: [ToolSchema]) -> String {
        switch problem {
        case .notUnderstood: "I don't understand that. " + capabilities(tools)
        case .whichObject(let verb, let kind):
            "Which \(kind ?? "object") should I \(words(verb))? "
                + "Say its kind and its name, such as `\(kind ?? "deployment") web`."
        case .howMany(let name): "To how many replicas should I scale \(name.map { "**\($0)**" } ?? "it")?"
        case .whichImage(let name):
            "To which image should I set \(name.map { "**\($0)**" } ?? "it")? Say for example `nginx:1.28`."
        case .severalNames(let names):
            "I'm not sure which name is meant: \(names.map { "**\($0)**" }.joined(separator: ", ")). "
                + "Say it again with the name in quotation marks."
        case .condition(let verb):
            "I carry out plain requests only, without conditions, exceptions or times. I have done nothing. "
                + "Say what I should \(words(verb)), and I ask for approval."
        case .everything(let verb):
            "I \(words(verb)) only what is named, one object at a time. I have done nothing. Say the kind and the name."
        case .badCount(let text): "`\(text)` is not a number of replicas. Say a whole number, 0 or more."
        case .whichNamespace(let verb, let text): whichNamespace(verb, said: text)
        case .severalNamespaces(let names):
            "Several namespaces are meant: \(names.map { "**\($0)**" }.joined(separator: ", ")). I change nothing as long "
                + "as it isn't clear in which. Say what I should do in one of them, and the rest in separate messages."
        case .usage:
            "I can't tell how much CPU, memory or anything else is used: no tool here measures it. "
                + "`kubectl top pods` and `kubectl top nodes` do, where the cluster has a metrics server."
        case .resources:
            "I can't change how much CPU, memory or disk something may use. I have done nothing. "
                + "Say `apply this:` with a manifest that has the new values."
        case .startOrStop(let name):
            "To stop a workload say `scale \(name ?? "web") to 0`; to start it again, `scale \(name ?? "web") to 1`."
        }
    }
}
