import KubeModel

/// What charts configure clusters with, and nothing here heeds: no webhook is called, no API is forwarded, no request waits
/// for its turn. It is stored, checked and shown.
extension BuiltInResources {
    private static let admission = "admissionregistration.k8s.io"
    private static let flowControl = "flowcontrol.apiserver.k8s.io"

    static let withoutEffect: [ResourceDefinition] = [
        resource(
            admission, plural: "mutatingadmissionpolicies", kind: "MutatingAdmissionPolicy", namespaced: false,
            categories: ["api-extensions"], strategy: MutatingPolicyStrategy(), columns: TableColumn.mutatingPolicies),
        resource(
            admission, plural: "mutatingadmissionpolicybindings", kind: "MutatingAdmissionPolicyBinding",
            namespaced: false, categories: ["api-extensions"], strategy: MutatingBindingStrategy(),
            columns: TableColumn.mutatingBindings),
        resource(
            admission, plural: "mutatingwebhookconfigurations", kind: "MutatingWebhookConfiguration",
            namespaced: false, categories: ["api-extensions"], strategy: WebhookStrategy(isMutating: true),
            columns: TableColumn.webhooks),
        resource(
            admission, plural: "validatingwebhookconfigurations", kind: "ValidatingWebhookConfiguration",
            namespaced: false, categories: ["api-extensions"], strategy: WebhookStrategy(isMutating: false),
            columns: TableColumn.webhooks),
        resource(
            "apiregistration.k8s.io", plural: "apiservices", kind: "APIService", namespaced: false,
            categories: ["api-extensions"], subresources: ["status"], strategy: APIServiceStrategy(),
            columns: TableColumn.apiServices),
        resource(
            flowControl, plural: "flowschemas", kind: "FlowSchema", namespaced: false, subresources: ["status"],
            strategy: FlowSchemaStrategy(), columns: TableColumn.flowSchemas),
        resource(
            flowControl, plural: "prioritylevelconfigurations", kind: "PriorityLevelConfiguration",
            namespaced: false, subresources: ["status"], strategy: PriorityLevelStrategy(),
            columns: TableColumn.priorityLevels),
        resource(
            "node.k8s.io", plural: "runtimeclasses", kind: "RuntimeClass", namespaced: false,
            strategy: RuntimeClassStrategy(), columns: TableColumn.runtimeClasses),
        resource(
            "resource.k8s.io", plural: "deviceclasses", kind: "DeviceClass", namespaced: false,
            strategy: GenerationStrategy()),
        resource(
            "storage.k8s.io", plural: "csidrivers", kind: "CSIDriver", namespaced: false,
            strategy: CSIDriverStrategy(), columns: TableColumn.drivers),
    ]
}
