import KubeClient
import KubeModel
import ToolKit
import Writes

struct ApplicationSetListTool: ArgoTool {
    let name = "argocd_appset_list"
    let title = "List Argo CD ApplicationSets"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = "List the ApplicationSets of Argo CD with their generators and conditions."
    let parameters = ToolParameters([.argoNamespace, .allNamespaces, .labelSelector])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let listing = try await context.listing(.applicationSets, by: arguments)
        return context.table(of: listing, columns: ["NAME", "PROJECT", "GENERATORS", "APPLICATIONS", "CONDITIONS"]) {
            set in
            let generators = (set["spec", "generators"]?.array ?? []).flatMap { $0.object?.keys ?? [] }
            let conditions = (set["status", "conditions"]?.array ?? []).map {
                "\($0["type"]?.string ?? "")=\($0["status"]?.string ?? "")"
            }
            return [
                set.name, set["spec", "template", "spec", "project"]?.string ?? "", generators.joined(separator: ","),
                String(set["status", "resources"]?.array?.count ?? 0), conditions.joined(separator: ","),
            ]
        }
    }
}

struct ProjectListTool: ArgoTool {
    let name = "argocd_project_list"
    let title = "List Argo CD Projects"
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true
    let description = "List the AppProjects of Argo CD with what they allow."
    let parameters = ToolParameters([.argoNamespace, .labelSelector])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let listing = try await context.listing(.projects, by: arguments)
        return context.table(of: listing, columns: ["NAME", "DESCRIPTION", "DESTINATIONS", "SOURCES", "SYNC-WINDOWS"]) {
            project in
            let destinations = (project["spec", "destinations"]?.array ?? []).map {
                "\($0["name"]?.string ?? $0["server"]?.string ?? "*")/\($0["namespace"]?.string ?? "*")"
            }
            return [
                project.name, OutputLimit.shorten(project["spec", "description"]?.string ?? "", to: 80),
                destinations.prefix(3).joined(separator: ",") + (destinations.count > 3 ? ",…" : ""),
                (project["spec", "sourceRepos"]?.array ?? []).compactMap(\.string).prefix(3).joined(separator: ","),
                String(project["spec", "syncWindows"]?.array?.count ?? 0),
            ]
        }
    }
}

/// `argocd_appset_get` and `argocd_project_get`: the spec as it is, with conditions and events.
struct ArgoObjectTool: ArgoTool {
    private let resource: DeliveryResource
    let name: String
    let title: String
    let requests: [ToolRequest]? = [.readsArgoCD]
    let onlyReads = true

    static let applicationSet = ArgoObjectTool(
        resource: .applicationSets, name: "argocd_appset_get", title: "Get Argo CD ApplicationSet")
    static let project = ArgoObjectTool(
        resource: .projects, name: "argocd_project_get", title: "Get Argo CD Project")

    private init(resource: DeliveryResource, name: String, title: String) {
        self.resource = resource
        self.name = name
        self.title = title
    }

    var description: String { "Show one \(resource.noun) of Argo CD with its conditions and events." }
    var parameters: ToolParameters {
        ToolParameters([
            .required("name", kind: .string(.objectName), description: "Name of the \(resource.noun)"), .argoNamespace,
        ])
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(resource, by: arguments)
        target.object = context.redactor.redact(target.object)
        var outline = Outline()
        outline.field("Name", value: target.object.name)
        outline.field("Namespace", value: target.object.namespace)
        outline.section("Spec") { $0.yaml(target.object["spec"] ?? .null) }
        ConditionList.write(target.object, outline: &outline)
        let applications = target.object["status", "resources"]?.array ?? []
        outline.list("Applications", values: applications.prefix(50).map(ApplicationSummary.text(resource:)))
        let head = OutputLimit.cutMiddle(
            outline.text, to: context.outputLimit * 2 / 3, rest: "for all of the object: k8s_get with output yaml")
        var events = Outline()
        try await EventList.write(about: target, room: context.outputLimit / 4, in: context, outline: &events)
        return .output(context.redactor.redact(text: head + events.text))
    }
}
