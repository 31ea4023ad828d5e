import KubeClient
import KubeModel
import ToolKit
import Writes

extension DeliveryResource {
    static let applications = DeliveryResource(
        qualifiedName: "applications.argoproj.io", noun: "application", nouns: "applications", product: "Argo CD")
    static let applicationSets = DeliveryResource(
        qualifiedName: "applicationsets.argoproj.io", noun: "application set", nouns: "application sets",
        product: "Argo CD")
    static let projects = DeliveryResource(
        qualifiedName: "appprojects.argoproj.io", noun: "project", nouns: "projects", product: "Argo CD")
}

extension ToolParameter {
    static let applicationName = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the Application")
    static let argoNamespace = ToolParameter.optional(
        "namespace", kind: .string(.namespace), default: "argocd",
        description: "Namespace of the Argo CD object itself, not of what it deploys")
}

/// What the custom resource says about an Application of Argo CD.
struct ApplicationSummary {
    let application: KubeObject

    init(_ application: KubeObject) { self.application = application }

    var sync: String { application["status", "sync", "status"]?.string ?? "Unknown" }
    var health: String { application["status", "health", "status"]?.string ?? "Unknown" }
    var project: String { application["spec", "project"]?.string ?? "default" }
    var sources: [JSONValue] {
        application["spec", "sources"]?.array ?? application["spec", "source"].map { [$0] } ?? []
    }
    var hasSeveralSources: Bool { application["spec", "sources"]?.array?.isEmpty == false }
    var automated: JSONValue? { application["spec", "syncPolicy", "automated"] }
    var isAutomated: Bool { automated.map { !$0.isNull && $0["enabled"]?.bool != false } ?? false }
    var resources: [JSONValue] { application["status", "resources"]?.array ?? [] }
    var history: [JSONValue] { application["status", "history"]?.array ?? [] }
    var operationState: JSONValue? { application["status", "operationState"] }
    var operationPhase: String? { operationState?["phase"]?.string }
    /// Of the last operation; by it the next one can be told from it.
    var operationStart: String? { operationState?["startedAt"]?.string }
    var isOperating: Bool {
        application["operation"] != nil || ["Running", "Terminating"].contains(operationPhase ?? "")
    }

    /// `Auto-Prune-SelfHeal`, as `argocd app list` has it.
    var policy: String {
        guard isAutomated else { return automated == nil ? "Manual" : "Manual (auto-sync is switched off)" }
        let extra = [("prune", "-Prune"), ("selfHeal", "-SelfHeal")].filter { automated?[$0.0]?.bool == true }
        return "Auto" + extra.map(\.1).joined()
    }

    var destination: String {
        let target = application["spec", "destination"]
        let cluster = target?["name"]?.string ?? target?["server"]?.string ?? ""
        return "\(cluster)/\(target?["namespace"]?.string ?? "")"
    }

    var conditions: [JSONValue] { application["status", "conditions"]?.array ?? [] }

    static func text(source: JSONValue) -> String {
        let place = source["chart"]?.string.map { "chart \($0)" } ?? source["path"]?.string
        let what = [source["repoURL"]?.string, place].compactMap(\.self).joined(separator: " ")
        let name = source["name"]?.string.map { "\($0): " } ?? ""
        // Other sources take files from it by that name.
        let ref = source["ref"]?.string.map { " (ref \($0))" } ?? ""
        return "\(name)\(what)@\(source["targetRevision"]?.string ?? "HEAD")\(ref)"
    }

    /// Of a sync status, a result or an entry of the history: one, or one for each source.
    static func revisions(of value: JSONValue?) -> [String] {
        let several = (value?["revisions"]?.array ?? []).compactMap(\.string)
        return several.isEmpty ? [value?["revision"]?.string].compactMap(\.self).filter { !$0.isEmpty } : several
    }

    /// `apps:Deployment:shop/web`, the form that a sync takes.
    static func text(resource: JSONValue) -> String {
        let namespace = resource["namespace"]?.string.map { "\($0)/" } ?? ""
        return "\(resource["group"]?.string ?? ""):\(resource["kind"]?.string ?? ""):\(namespace)"
            + (resource["name"]?.string ?? "")
    }

    /// Where the custom resource ends.
    static let limits = """
        (What differs in a resource that is OutOfSync isn't in the custom resource: Argo CD renders the manifests in its \
        repo server. Its API or its UI shows the diff.)
        """
}
