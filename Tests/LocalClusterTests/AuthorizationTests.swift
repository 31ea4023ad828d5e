import KubeModel
import Testing

@testable import LocalCluster

struct AuthorizationTests {
    let cluster: InProcess
    let alice: String

    init() throws {
        cluster = try InProcess()
        alice = cluster.server.authenticator.addUser("alice", groups: ["dev-team"])
    }

    private func grant(_ rules: JSONValue, to subject: JSONValue) {
        let rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
        let version: JSONValue = "rbac.authorization.k8s.io/v1"
        _ = cluster.send(
            "POST", rbac + "/roles",
            ["apiVersion": version, "kind": "Role", "metadata": ["name": "r"], "rules": rules])
        _ = cluster.send(
            "POST", rbac + "/rolebindings",
            [
                "apiVersion": version, "kind": "RoleBinding", "metadata": ["name": "b"], "subjects": [subject],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"],
            ])
    }

    @Test func `without rights everything is refused, in the words of the server`() {
        let answer = cluster.send("GET", configMaps, token: alice)
        #expect(answer.status == 403)
        #expect(
            answer.message
                == "configmaps is forbidden: User \"alice\" cannot list resource \"configmaps\" in API group "
                + "\"\" in the namespace \"default\"")
        #expect(cluster.send("GET", "/apis", token: alice).status == 200)
        #expect(
            cluster.send("GET", "/metrics", token: alice).message
                == "forbidden: User \"alice\" cannot get path \"/metrics\"")
    }

    @Test func `a wrong token is 401, none is anonymous`() {
        #expect(cluster.send("GET", configMaps, token: "nonsense").status == 401)
        let request = APIRequest(method: "GET", target: "/api")
        #expect(cluster.server.respond(to: request).status == 403)
        #expect(cluster.server.respond(to: APIRequest(method: "GET", target: "/version")).status == 200)
    }

    @Test func `a rule allows its verbs, resources and names only`() {
        _ = cluster.send("POST", configMaps, configMap("one"))
        _ = cluster.send("POST", configMaps, configMap("two"))
        grant(
            [["verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"]]],
            to: ["kind": "Group", "name": "dev-team"])
        #expect(cluster.send("GET", configMaps + "/one", token: alice).status == 200)
        #expect(cluster.send("GET", configMaps + "/two", token: alice).status == 403)
        #expect(cluster.send("DELETE", configMaps + "/one", token: alice).status == 403)
        #expect(cluster.send("GET", "/api/v1/namespaces/kube-system/configmaps/one", token: alice).status == 403)
    }

    @Test func `a rule for a name holds for a list and a watch of that one object`() {
        grant(
            [["verbs": ["list"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["one"]]],
            to: ["kind": "Group", "name": "dev-team"])
        func status(_ selector: String) -> Int {
            cluster.send("GET", configMaps + "?fieldSelector=\(selector)", token: alice).status
        }
        #expect(status("metadata.name%3Done") == 200)
        #expect(status("metadata.name%3Dtwo") == 403)
        #expect(status("metadata.name!%3Done") == 403)
        #expect(cluster.send("GET", configMaps, token: alice).status == 403)
    }

    @Test func `subresources need their own rule`() {
        grant(
            [["verbs": ["*"], "apiGroups": ["apps"], "resources": ["deployments/scale"]]],
            to: ["kind": "User", "name": "alice"])
        let path = "/apis/apps/v1/namespaces/default/deployments/web"
        #expect(cluster.send("GET", path + "/scale", token: alice).status == 404)
        #expect(cluster.send("GET", path, token: alice).status == 403)
    }

    @Test func `nobody grants what they don't hold`() {
        grant(
            [["verbs": ["*"], "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"]]],
            to: ["kind": "User", "name": "alice"])
        // `*` would include the verb escalate, so it's given up for the plain verbs.
        _ = cluster.send(
            "PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/r",
            ["rules": [["verbs": ["create"], "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"]]]],
            type: "application/merge-patch+json")
        let answer = cluster.send(
            "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "more"],
                "rules": [["verbs": ["get"], "apiGroups": [""], "resources": ["pods"]]],
            ], token: alice)
        #expect(answer.status == 403)
        #expect(answer.message.hasSuffix("{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"get\"]}"))
    }

    @Test func `impersonation needs the right, and then counts instead`() {
        let asAlice = [(name: "impersonate-user", value: "alice")]
        #expect(cluster.send("GET", configMaps, headers: asAlice).status == 403)
        let masters = [(name: "impersonate-user", value: "bob"), (name: "impersonate-group", value: "system:masters")]
        #expect(cluster.send("GET", configMaps, headers: masters).status == 200)
        #expect(cluster.send("GET", configMaps, token: alice, headers: masters).message.contains("impersonate"))
    }

    @Test func `a requested token is that ServiceAccount, as long as it exists`() {
        let accounts = "/api/v1/namespaces/default/serviceaccounts"
        let request: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]]
        let token = cluster.send("POST", accounts + "/default/token", request).json["status", "token"]?.string ?? ""
        let review: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        let who = cluster.send("POST", path, review, token: token)
        #expect(who.json["status", "userInfo", "username"]?.string == "system:serviceaccount:default:default")
        _ = cluster.send("DELETE", accounts + "/default")
        #expect(cluster.send("POST", path, review, token: token).status == 401)
    }
}
