import KubeModel

/// Columns of what is only stored, after `pkg/printers/internalversion` and the aggregator's own table.
extension TableColumn {
    static let webhooks: [TableColumn] = [
        name,
        text(
            "Webhooks", description: "Webhooks indicates the number of webhooks registered in this configuration.",
            type: "integer"
        ) { JSONValue($0.json["webhooks"]?.array?.count ?? 0) }, age,
    ]

    static let mutatingPolicies: [TableColumn] = [
        name,
        text(
            "Mutations", description: "Mutations indicates the number of mutations rules defined in this configuration",
            type: "integer"
        ) { JSONValue($0["spec", "mutations"]?.array?.count ?? 0) },
        text("ParamKind", description: "ParamKind specifies the kind of resources used to parameterize this policy") {
            guard let kind = $0["spec", "paramKind"] else { return "<unset>" }
            return .string("\(kind["apiVersion"]?.string ?? "")/\(kind["kind"]?.string ?? "")")
        }, age,
    ]

    static let mutatingBindings: [TableColumn] = [
        name,
        text("PolicyName", description: "PolicyName indicates the policy definition which the policy binding binds to")
        { $0["spec", "policyName"] ?? "" },
        text("ParamRef", description: "ParamRef indicates the param resource used to configure the policy") {
            guard let reference = $0["spec", "paramRef"] else { return "<unset>" }
            let namespace = reference["namespace"]?.string.map { "\($0)/" } ?? ""
            return .string(namespace + (reference["name"]?.string ?? "*"))
        }, age,
    ]

    static let apiServices: [TableColumn] = [
        name,
        text("Service", description: "The reference to the service that hosts this API endpoint.") {
            guard let service = $0["spec", "service"] else { return "Local" }
            return .string("\(service["namespace"]?.string ?? "")/\(service["name"]?.string ?? "")")
        },
        text("Available", description: "Whether this service is available.") { object in
            let conditions = object["status", "conditions"]?.array ?? []
            guard let condition = conditions.first(where: { $0["type"]?.string == "Available" }) else {
                return "Unknown"
            }
            let status = condition["status"]?.string ?? ""
            let reason = condition["reason"]?.string ?? ""
            return .string(status == "True" || reason.isEmpty ? status : "\(status) (\(reason))")
        }, age,
    ]

    static let runtimeClasses: [TableColumn] = [
        name,
        text("Handler", description: "handler specifies the underlying runtime and configuration.") {
            $0.json["handler"] ?? ""
        }, age,
    ]

    static let drivers: [TableColumn] =
        [
            name, flag("AttachRequired", member: "attachRequired"), flag("PodInfoOnMount", member: "podInfoOnMount"),
            flag("StorageCapacity", member: "storageCapacity"),
            text("TokenRequests", description: "tokenRequests are the audiences of tokens that the driver needs.") {
                let requests = $0["spec", "tokenRequests"]?.array ?? []
                let audiences = requests.compactMap { $0["audience"]?.string }
                return audiences.isEmpty ? "<unset>" : .string(audiences.joined(separator: ","))
            }, flag("RequiresRepublish", member: "requiresRepublish"),
            text("Modes", description: "volumeLifecycleModes defines what kind of volumes the driver supports.") {
                let modes = $0["spec", "volumeLifecycleModes"]?.array ?? []
                return .string(modes.compactMap(\.string).joined(separator: ","))
            }, age,
        ]

    private static func flag(_ title: String, member: String) -> TableColumn {
        text(title, description: "\(member) of the driver.", type: "boolean") { $0["spec", member] ?? false }
    }

    static let flowSchemas: [TableColumn] = [
        name,
        text("PriorityLevel", description: "The priority level that the requests go to.") {
            $0["spec", "priorityLevelConfiguration", "name"] ?? ""
        },
        number(
            "MatchingPrecedence", description: "The place among the FlowSchemas; the lowest comes first.",
            path: "spec", "matchingPrecedence"),
        text("DistinguisherMethod", description: "How the requests are told apart.") {
            $0["spec", "distinguisherMethod", "type"] ?? "<none>"
        }, age,
        text("MissingPL", description: "references a broken or non-existent PriorityLevelConfiguration") { object in
            let conditions = object["status", "conditions"]?.array ?? []
            return conditions.first { $0["type"]?.string == "Dangling" }?["status"] ?? "?"
        },
    ]

    static let priorityLevels: [TableColumn] = [
        name, text("Type", description: "Whether the level is limited.") { $0["spec", "type"] ?? "" },
        text("NominalConcurrencyShares", description: "The level's share of the server's concurrency.") {
            shown($0["spec", "limited", "nominalConcurrencyShares"] ?? $0["spec", "exempt", "nominalConcurrencyShares"])
        },
        queue("Queues", member: "queues"), queue("HandSize", member: "handSize"),
        queue("QueueLengthLimit", member: "queueLengthLimit"), age,
    ]

    private static func queue(_ title: String, member: String) -> TableColumn {
        text(title, description: "\(member) of the level's queues.") {
            shown($0["spec", "limited", "limitResponse", "queuing", member])
        }
    }

    private static func shown(_ value: JSONValue?) -> JSONValue { value.map { .string($0.description) } ?? "<none>" }
}
