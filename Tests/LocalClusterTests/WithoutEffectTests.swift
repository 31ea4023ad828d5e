import KubeModel
import Testing

@testable import LocalCluster

/// Kinds that are stored, checked and shown, and that nothing heeds.
struct WithoutEffectTests {
    let cluster: InProcess

    init() throws { cluster = try InProcess() }

    private static let admission = "/apis/admissionregistration.k8s.io/v1"
    private static let flowControl = "/apis/flowcontrol.apiserver.k8s.io/v1"

    struct Sample: Sendable, CustomTestStringConvertible {
        var path: String
        var object: String
        /// Titles of the table's columns.
        var columns: String
        /// The cells behind the name, but for the age.
        var cells: String
        var testDescription: String { path }
    }

    static let samples = [
        Sample(
            path: "\(admission)/mutatingwebhookconfigurations",
            object: """
                kind: MutatingWebhookConfiguration
                metadata: {name: sample}
                webhooks:
                - name: a.example.dev
                  clientConfig: {service: {name: hook, namespace: default}}
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
                """, columns: "Name Webhooks Age", cells: "1"),
        Sample(
            path: "\(admission)/validatingwebhookconfigurations",
            object: """
                kind: ValidatingWebhookConfiguration
                metadata: {name: sample}
                webhooks:
                - {name: a.example.dev, clientConfig: {url: "https://a.example.dev"}, admissionReviewVersions: [v1], \
                sideEffects: None}
                """, columns: "Name Webhooks Age", cells: "1"),
        Sample(
            path: "\(admission)/mutatingadmissionpolicies",
            object: """
                kind: MutatingAdmissionPolicy
                metadata: {name: sample}
                spec:
                  matchConstraints:
                    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
                  reinvocationPolicy: Never
                  mutations: [{patchType: JSONPatch, jsonPatch: {expression: "[]"}}]
                """, columns: "Name Mutations ParamKind Age", cells: "1 <unset>"),
        Sample(
            path: "\(admission)/mutatingadmissionpolicybindings",
            object: "{kind: MutatingAdmissionPolicyBinding, metadata: {name: sample}, spec: {policyName: a}}",
            columns: "Name PolicyName ParamRef Age", cells: "a <unset>"),
        Sample(
            path: "/apis/apiregistration.k8s.io/v1/apiservices",
            object: """
                kind: APIService
                metadata: {name: v1.example.dev}
                spec: {group: example.dev, version: v1, groupPriorityMinimum: 100, versionPriority: 10, \
                service: {name: api, namespace: default}}
                """, columns: "Name Service Available Age", cells: "default/api Unknown"),
        Sample(
            path: "\(flowControl)/flowschemas",
            object: """
                kind: FlowSchema
                metadata: {name: sample}
                spec:
                  priorityLevelConfiguration: {name: low}
                  rules:
                  - subjects: [{kind: Group, group: {name: a}}]
                    nonResourceRules: [{verbs: [get], nonResourceURLs: [/healthz]}]
                """, columns: "Name PriorityLevel MatchingPrecedence DistinguisherMethod Age MissingPL",
            cells: "low 1000 <none> ?"),
        Sample(
            path: "\(flowControl)/prioritylevelconfigurations",
            object: """
                kind: PriorityLevelConfiguration
                metadata: {name: sample}
                spec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}
                """, columns: "Name Type NominalConcurrencyShares Queues HandSize QueueLengthLimit Age",
            cells: "Limited 30 64 8 50"),
        Sample(
            path: "/apis/node.k8s.io/v1/runtimeclasses",
            object: "{kind: RuntimeClass, metadata: {name: sample}, handler: runsc}", columns: "Name Handler Age",
            cells: "runsc"),
        Sample(
            path: "/apis/resource.k8s.io/v1/deviceclasses",
            object: """
                kind: DeviceClass
                metadata: {name: sample}
                spec: {selectors: [{cel: {expression: "true"}}]}
                """, columns: "Name Age", cells: ""),
        Sample(
            path: "/apis/storage.k8s.io/v1/csidrivers",
            object: "{kind: CSIDriver, metadata: {name: sample}, spec: {attachRequired: false}}",
            columns: "Name AttachRequired PodInfoOnMount StorageCapacity TokenRequests RequiresRepublish Modes Age",
            cells: "false false false <unset> false Persistent"),
    ]

    @Test(arguments: samples) func `is stored, applied again without a change, and shown in a table`(_ sample: Sample)
        throws
    {
        var object = try YAML.parse(sample.object)
        let group = sample.path.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
        object["apiVersion"] = .string(group)
        let name = object["metadata", "name"]?.string ?? ""
        let apply = "\(sample.path)/\(name)?fieldManager=test&fieldValidation=Strict"
        let created = cluster.send("PATCH", apply, object, type: "application/apply-patch+yaml")
        #expect(created.status == 201, "\(created.message)")
        let again = cluster.send("PATCH", apply, object, type: "application/apply-patch+yaml")
        #expect(again.status == 200)
        #expect(again.json["metadata", "resourceVersion"] == created.json["metadata", "resourceVersion"])
        let table = cluster.send(
            "GET", sample.path, headers: [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")])
        let titles = (table.json["columnDefinitions"]?.array ?? []).compactMap { $0["name"]?.string }
        #expect(titles.joined(separator: " ") == sample.columns)
        let cells = table.json["rows"]?[0]?["cells"]?.array ?? []
        let shown = zip(titles, cells).filter { !["Name", "Age"].contains($0.0) }
            .map { $0.1.string ?? $0.1.description }
        #expect(shown.joined(separator: " ") == sample.cells)
    }

    @Test(arguments: samples) func `is found in discovery and described in OpenAPI`(_ sample: Sample) throws {
        let parts = sample.path.split(separator: "/").map(String.init)
        let group = "/" + parts.dropLast().joined(separator: "/")
        let kind = try YAML.parse(sample.object)["kind"]?.string ?? ""
        let resources = cluster.send("GET", group).json["resources"]?.array ?? []
        let found = resources.first { $0["name"]?.string == parts.last }
        #expect(found?["kind"]?.string == kind)
        #expect(found?["namespaced"]?.bool == false)
        let schemas = cluster.send("GET", "/openapi/v3" + group).json["components", "schemas"]?.object ?? [:]
        #expect(schemas.keys.contains { $0.hasSuffix(".\(kind)") })
    }

    @Test func `a webhook gets its defaults`() throws {
        let sample = try #require(Self.samples.first)
        let hook = cluster.send("POST", sample.path, try YAML.parse(sample.object)).json["webhooks"]?[0]
        #expect(hook?["failurePolicy"]?.string == "Fail")
        #expect(hook?["matchPolicy"]?.string == "Equivalent")
        #expect(hook?["reinvocationPolicy"]?.string == "Never")
        #expect(hook?["timeoutSeconds"]?.int == 10)
        #expect(hook?["clientConfig", "service", "port"]?.int == 443)
        #expect(hook?["rules"]?[0]?["scope"]?.string == "*")
    }

    @Test func `a webhook that can't be called is refused with every fault`() {
        let answer = cluster.send(
            "POST", "\(Self.admission)/validatingwebhookconfigurations",
            ["metadata": ["name": "bad"], "webhooks": [["name": "short", "timeoutSeconds": 31]]])
        #expect(answer.status == 422)
        let fields = (answer.json["details", "causes"]?.array ?? []).compactMap { $0["field"]?.string }
        #expect(
            Set(fields) == [
                "webhooks[0].name", "webhooks[0].admissionReviewVersions", "webhooks[0].sideEffects",
                "webhooks[0].timeoutSeconds", "webhooks[0].clientConfig",
            ])
    }

    @Test func `an APIService is named after its version and group`() {
        let answer = cluster.send(
            "POST", "/apis/apiregistration.k8s.io/v1/apiservices",
            [
                "metadata": ["name": "other"],
                "spec": ["group": "example.dev", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1],
            ])
        #expect(answer.status == 422)
        #expect(answer.message.contains("must be `spec.version+\".\"+spec.group`: \"v1.example.dev\""))
    }

    @Test(arguments: [
        (
            "\(flowControl)/flowschemas", "spec.priorityLevelConfiguration.name",
            #"{"priorityLevelConfiguration":{"name":""}}"#
        ),
        ("\(flowControl)/prioritylevelconfigurations", "spec.limited", #"{"type":"Limited"}"#),
        ("/apis/storage.k8s.io/v1/csidrivers", "spec.fsGroupPolicy", #"{"fsGroupPolicy":"Sometimes"}"#),
    ])
    func `a spec that makes no sense is refused`(_ path: String, field: String, spec: String) throws {
        let answer = cluster.send(
            "POST", path, ["metadata": ["name": "bad"], "spec": try JSONParser.parse(Array(spec.utf8))])
        #expect(answer.status == 422)
        #expect(answer.json["details", "causes"]?[0]?["field"]?.string == field)
    }
}
