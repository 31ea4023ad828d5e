import KubeModel
import Testing

@testable import LocalCluster

/// Policies as such; the contract suite holds the project's own against a real server, too.
@Suite struct AdmissionTests {
    private static let group = "/apis/admissionregistration.k8s.io/v1"

    private static func policy(_ spec: JSONValue) -> JSONValue {
        var policy: JSONValue = [
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
            "metadata": ["name": "p"],
            "spec": [
                "matchConstraints": [
                    "resourceRules": [
                        [
                            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"],
                            "resources": ["configmaps"],
                        ]
                    ]
                ]
            ],
        ]
        for (key, value) in spec.object ?? [:] { policy["spec", key] = value }
        return policy
    }

    private static func cluster(_ spec: JSONValue, actions: JSONValue = ["Deny"]) throws -> InProcess {
        let cluster = try InProcess()
        let made = cluster.send("POST", "\(group)/validatingadmissionpolicies", policy(spec))
        #expect(made.status == 201, "\(made.json)")
        let binding: JSONValue = [
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": ["name": "b"], "spec": ["policyName": "p", "validationActions": actions],
        ]
        #expect(cluster.send("POST", "\(group)/validatingadmissionpolicybindings", binding).status == 201)
        return cluster
    }

    @Test func `a denial is worded and coded as a real server does`() throws {
        let cluster = try Self.cluster(["validations": [["expression": "object.data.a != 'b'", "message": "no b"]]])
        let answer = cluster.send("POST", configMaps, configMap("m"))
        let text = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no b"
        #expect(answer.status == 422 && answer.json["reason"] == "Invalid")
        #expect(answer.message == "configmaps \"m\" is forbidden: \(text)")
        #expect(answer.json["details", "causes"]?[0]?["message"]?.string == text)
        #expect(cluster.send("POST", configMaps + "?dryRun=All", configMap("m")).status == 422)
        #expect(cluster.send("POST", configMaps, configMap("m", ["a": "c"])).status == 201)
        let patch: JSONValue = ["data": ["a": "b"]]
        let patched = cluster.send("PATCH", configMaps + "/m", patch, type: "application/merge-patch+json")
        #expect(patched.status == 422)
    }

    @Test func `deletions are asked about with the old object`() throws {
        let cluster = try Self.cluster([
            "validations": [
                ["expression": "request.operation != 'DELETE' || !has(oldObject.data.keep)", "reason": "Forbidden"]
            ]
        ])
        _ = cluster.send("POST", configMaps, configMap("m", ["keep": "1"]))
        let answer = cluster.send("DELETE", configMaps + "/m")
        #expect(answer.status == 403 && answer.message.contains("failed expression: request.operation"))
        #expect(cluster.send("DELETE", configMaps).status == 403)
        #expect(cluster.send("GET", configMaps + "/m").status == 200)
    }

    @Test func `a warning lets the write pass`() throws {
        let cluster = try Self.cluster(
            ["validations": [["expression": "false", "messageExpression": "'hm ' + request.name"]]], actions: ["Warn"])
        let answer = cluster.send("POST", configMaps, configMap("m"))
        #expect(answer.status == 201)
        #expect(
            answer.warnings == ["299 - \"Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': hm m\""])
    }

    @Test(arguments: [("Fail", 422), ("Ignore", 201)])
    func `what can't be evaluated is refused unless the policy ignores failures`(_ policy: String, _ status: Int) throws
    {
        let cluster = try Self.cluster([
            "failurePolicy": .string(policy), "validations": [["expression": "object.nothing.here == 1"]],
        ])
        let answer = cluster.send("POST", configMaps, configMap("m"))
        #expect(answer.status == status)
        if status == 422 { #expect(answer.message.contains("resulted in error: no such key: nothing")) }
    }

    @Test func `conditions decide whether a policy speaks, variables are evaluated when used`() throws {
        let cluster = try Self.cluster([
            "matchConditions": [["name": "not-admin", "expression": "request.userInfo.username != 'admin'"]],
            "variables": [
                ["name": "broken", "expression": "object.nothing.here"], ["name": "no", "expression": "false"],
                ["name": "unused", "expression": "variables.broken == 1"],
            ],
            "validations": [["expression": "variables.no"]],
        ])
        #expect(cluster.send("POST", configMaps, configMap("m")).status == 201)
        let token = cluster.server.authenticator.addUser("other", groups: ["system:masters"])
        let answer = cluster.send("POST", configMaps, configMap("n"), token: token)
        #expect(answer.message.hasSuffix("denied request: failed expression: variables.no"))
    }

    @Test func `authorizer answers for the user of the request`() throws {
        let cluster = try Self.cluster([
            "validations": [
                ["expression": "authorizer.group('').resource('pods').namespace('default').check('fly').allowed()"]
            ]
        ])
        #expect(cluster.send("POST", configMaps, configMap("m")).status == 201)
        let refused = cluster.send(
            "POST", configMaps, configMap("n"), headers: [("impersonate-user", "eve"), ("impersonate-group", "edit")])
        #expect(refused.status == 403, "eve may not even create")
    }

    @Test(arguments: [
        ("object.foo +", "compilation failed: ERROR: <input>:1:13: Syntax error"),
        ("1 + 2", "must evaluate to bool but got int"),
        ("variables.zz == 1", "undefined field 'zz'"), ("request.foo == 'a'", "undefined field 'foo'"),
        ("authorizer.group('').foo()", "undeclared reference to 'foo' (in container '')"),
        ("params.x == 1", "undeclared reference to 'params' (in container '')"),
        ("object.?a.orValue('x') == 'x'", "compilation failed"),
    ])
    func `a policy that can't be evaluated isn't accepted`(_ expression: String, _ text: String) throws {
        let cluster = try InProcess()
        let answer = cluster.send(
            "POST", "\(Self.group)/validatingadmissionpolicies",
            Self.policy(["validations": [["expression": .string(expression)]]]))
        #expect(answer.status == 422 && answer.message.contains("spec.validations[0].expression: Invalid value: "))
        #expect(answer.message.contains(text), "\(answer.message)")
    }

    @Test func `parameters and audit annotations are refused, not ignored`() throws {
        let cluster = try InProcess()
        for member in ["paramKind", "auditAnnotations"] {
            let value: JSONValue = member == "paramKind" ? ["apiVersion": "v1", "kind": "ConfigMap"] : [["key": "a"]]
            let spec: JSONValue = ["validations": [["expression": "true"]]]
            var policy = Self.policy(spec)
            policy["spec", member] = value
            let answer = cluster.send("POST", "\(Self.group)/validatingadmissionpolicies", policy)
            #expect(answer.message.contains("spec.\(member): Forbidden: is not supported by this server"))
        }
    }
}
