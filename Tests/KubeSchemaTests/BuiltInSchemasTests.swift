import KubeModel
import KubeSchema
import Testing

struct BuiltInSchemasTests {
    private static func schema(_ apiVersion: String, _ kind: String) -> StructuralSchema? {
        GroupVersion(apiVersion: apiVersion).flatMap {
            BuiltInSchemas.schema(GroupVersionKind(group: $0.group, version: $0.version, kind: kind))
        }
    }

    @Test(arguments: [
        ("v1", "ConfigMap"), ("v1", "Namespace"), ("v1", "Secret"), ("v1", "Service"), ("v1", "ServiceAccount"),
        ("v1", "Event"), ("v1", "Node"), ("v1", "Pod"), ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"),
        ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("coordination.k8s.io/v1", "Lease"), ("batch/v1", "Job"),
        ("rbac.authorization.k8s.io/v1", "Role"), ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"), ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview"), ("authorization.k8s.io/v1", "SubjectAccessReview"),
        ("authentication.k8s.io/v1", "TokenReview"),
    ])
    func `every kind that is served has a schema with metadata`(apiVersion: String, kind: String) throws {
        let schema = try #require(Self.schema(apiVersion, kind))
        var object: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": ["name": "a", "nope": 2], "nope": 1,
        ]
        #expect(schema.prune(&object) == ["metadata.nope", "nope"])
        #expect(schema.listType(at: ["metadata", "finalizers"]) == .set)
    }

    @Test func `a deployment is checked for types and required fields`() throws {
        let schema = try #require(Self.schema("apps/v1", "Deployment"))
        let object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "a"],
            "spec": [
                "replicas": "x",
                "template": [
                    "spec": [
                        "containers": [
                            [
                                "name": "a", "resources": ["limits": ["cpu": 0.5, "memory": "1Gi"]],
                                "livenessProbe": ["httpGet": ["port": "http"]],
                            ]
                        ]
                    ]
                ],
            ],
        ]
        #expect(
            schema.validate(object, old: nil).map(\.description) == [
                "spec.selector: Required value",
                #"spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string""#,
            ])
    }

    @Test func `defaults of built-in types are those that mean something`() throws {
        let schema = try #require(Self.schema("v1", "Service"))
        var object = try json(#"{"metadata": {"creationTimestamp": null}, "spec": {"ports": [{"port": 80}]}}"#)
        schema.applyDefaults(&object)
        #expect(object == ["metadata": [:], "spec": ["ports": [["port": 80, "protocol": "TCP"]]]])
    }

    @Test func `the free parts of managedFields and CRD schemas are kept`() throws {
        let schema = try #require(Self.schema("apiextensions.k8s.io/v1", "CustomResourceDefinition"))
        var object = try json(
            #"""
            {"metadata": {"managedFields": [{"fieldsV1": {"f:spec": {}}}]},
             "spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {"properties": {"a": {"x": 1}}}}, "y": 1}]}}
            """#)
        #expect(schema.prune(&object) == ["spec.versions[0].y"])
    }

    @Test func `the document of a group says which patches validate fields and refers to nothing it lacks`() throws {
        let document = try #require(BuiltInSchemas.openAPIDocument(GroupVersion(group: "apps", version: "v1")))
        try Self.checkReferences(document)
        let patch = document[
            "paths", "/apis/apps/v1/namespaces/{namespace}/deployments/{name}", "patch"]
        #expect(patch?["x-kubernetes-group-version-kind"] == ["group": "apps", "version": "v1", "kind": "Deployment"])
        #expect(
            patch?["parameters"]?.array?.contains { $0["name"] == "fieldValidation" && $0["in"] == "query" } == true)
        #expect(BuiltInSchemas.openAPIDocument(GroupVersion(group: "nothing", version: "v1")) == nil)
    }

    @Test func `the document of custom resources has the kind, its list and the patch`() throws {
        let widget = APIResource(group: "example.dev", version: "v1", plural: "widgets", kind: "Widget")
        let document = OpenAPIDocument.make(
            group: "example.dev", version: "v1",
            resources: [(widget, try json(#"{"type": "object", "properties": {"spec": {"type": "object"}}}"#))])
        try Self.checkReferences(document)
        let schema = document["components", "schemas", "dev.example.v1.Widget"]
        #expect(schema?["properties", "spec", "type"] == "object")
        #expect(
            schema?["x-kubernetes-group-version-kind"] == [["group": "example.dev", "version": "v1", "kind": "Widget"]])
        #expect(document["components", "schemas", "dev.example.v1.WidgetList"] != nil)
        #expect(document["paths", "/apis/example.dev/v1/namespaces/{namespace}/widgets/{name}", "patch"] != nil)
    }

    private static func checkReferences(_ document: JSONValue) throws {
        let schemas = try #require(document["components", "schemas"]?.object)
        for target in references(document) {
            let name = String(target.split(separator: "/").last ?? "")
            #expect(schemas.contains(name), "\(target)")
        }
    }

    private static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap { references($0) }
        case .object(let members):
            members.flatMap { key, member in
                key == "$ref" ? [member.string ?? ""] : references(member)
            }
        default: []
        }
    }
}
