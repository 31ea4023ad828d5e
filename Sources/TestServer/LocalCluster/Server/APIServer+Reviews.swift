import KubeModel
import KubeSchema

/// Kinds that are answered and not stored: who am I, may I.
extension APIServer {
    func review(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        guard call.info.verb == "create" else { throw .methodNotAllowed }
        var body = try BodyDecoder(request: call.request).object(
            call.definition, namespace: call.target.namespace, catalog: catalog)
        let spec = body["spec"] ?? .object([:])
        if body["metadata"] == nil { body["metadata"] = .object([:]) }
        switch call.api.plural {
        case "selfsubjectreviews":
            body["metadata"] = ["creationTimestamp": .string(KubeTime.now().description)]
            body["status"] = ["userInfo": call.user.json]
        case "tokenreviews": body["status"] = tokenStatus(spec["token"]?.string ?? "")
        case "selfsubjectaccessreviews":
            guard let access = AccessRequest(review: spec) else { throw Self.ambiguous(call, more: []) }
            body["status"] = status(authorizer.decide(access, for: call.user))
        case "selfsubjectrulesreviews":
            body["spec"] = .object([:])
            body["status"] = rules(of: call.user, namespace: spec["namespace"]?.string ?? "")
        default: body["status"] = try subjectAccess(spec, for: call)
        }
        return .json(body, status: 201)
    }

    private static func ambiguous(_ call: ResourceCall, more: [FieldError]) -> APIStatus {
        .invalid(
            group: call.api.group, kind: "", name: "",
            errors: [
                .invalid(
                    "spec.resourceAttributes", value: .null,
                    detail: "exactly one of nonResourceAttributes or resourceAttributes must be specified")
            ] + more)
    }

    private func subjectAccess(_ spec: JSONValue, for call: ResourceCall) throws(APIStatus) -> JSONValue {
        let name = spec["user"]?.string ?? ""
        let groups = spec["groups"]?.array?.compactMap(\.string) ?? []
        var errors: [FieldError] = []
        if name.isEmpty, groups.isEmpty {
            errors.append(.invalid("spec.user", value: "", detail: "at least one of user or group must be specified"))
        }
        guard let access = AccessRequest(review: spec) else { throw Self.ambiguous(call, more: errors) }
        if !errors.isEmpty { throw .invalid(group: call.api.group, kind: "", name: "", errors: errors) }
        return status(authorizer.decide(access, for: UserInfo(name: name, groups: groups)))
    }

    private func status(_ decision: Authorizer.Decision) -> JSONValue {
        .compact([
            "allowed": .bool(decision.isAllowed),
            "reason": decision.reason.isEmpty ? nil : .string(decision.reason),
        ])
    }

    private func tokenStatus(_ token: String) -> JSONValue {
        guard let user = authenticator.user(ofToken: token) else {
            return ["user": .object([:]), "error": "invalid bearer token"]
        }
        return ["authenticated": true, "user": user.json, "audiences": [.string(Authenticator.audience)]]
    }

    private func rules(of user: UserInfo, namespace: String) -> JSONValue {
        var rules = authorizer.grants(to: user, namespace: namespace).map(\.rule)
        if user.groups.contains("system:masters") {
            rules.append(PolicyRule(["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]))
            rules.append(PolicyRule(["verbs": ["*"], "nonResourceURLs": ["*"]]))
        }
        return [
            "resourceRules": .array(rules.filter { $0.nonResourceURLs.isEmpty }.map(\.json)),
            "nonResourceRules": .array(rules.filter { !$0.nonResourceURLs.isEmpty }.map(\.json)), "incomplete": false,
        ]
    }

    // MARK: Tokens

    /// TokenRequest (KEP-1205).
    func requestToken(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let account = try storage.live(call.definition, key: call.key).object
        let body = try BodyDecoder(request: call.request).value() ?? .object([:])
        let seconds = body["spec", "expirationSeconds"]?.int ?? 3600
        guard seconds >= 600 else {
            throw .invalid(
                group: "authentication.k8s.io", kind: "TokenRequest", name: "",
                errors: [
                    .invalid(
                        "spec.expirationSeconds", value: JSONValue(seconds),
                        detail: "may not specify a duration less than 10 minutes")
                ])
        }
        let now = KubeTime.now()
        let expires = now.adding(seconds: Double(seconds))
        return .json(
            [
                "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
                "metadata": [
                    "name": .string(account.name), "namespace": .string(account.namespace ?? ""),
                    "uid": .string(account.uid), "creationTimestamp": .string(now.description),
                ],
                "spec": [
                    "audiences": body["spec", "audiences"] ?? [.string(Authenticator.audience)],
                    "expirationSeconds": JSONValue(seconds), "boundObjectRef": body["spec", "boundObjectRef"] ?? .null,
                ],
                "status": [
                    "token": .string(authenticator.issueToken(for: account, expires: expires)),
                    "expirationTimestamp": .string(expires.description),
                ],
            ], status: 201)
    }

    // MARK: Escalation

    /// Nobody may grant rights that they don't hold themselves, unless they have the verb `escalate` (roles) or `bind`
    /// (bindings).
    func checkEscalation(_ object: KubeObject, for call: ResourceCall) throws(APIStatus) {
        guard call.api.group == "rbac.authorization.k8s.io", !call.user.groups.contains("system:masters") else {
            return
        }
        let isBinding = object.kind.hasSuffix("Binding")
        let namespace = call.target.namespace ?? ""
        var role = object
        if isBinding { role["metadata", "namespace"] = call.target.namespace.map(JSONValue.string) }
        let granted =
            isBinding
            ? authorizer.rules(of: role) : (object.json["rules"]?.array ?? []).map(PolicyRule.init)
        let plural =
            isBinding
            ? (object["roleRef", "kind"]?.string == "ClusterRole" ? "clusterroles" : "roles") : call.api.plural
        let exception = AccessRequest(
            verb: isBinding ? "bind" : "escalate", group: call.api.group, resource: plural,
            name: isBinding ? object["roleRef", "name"]?.string ?? "" : object.name, namespace: namespace)
        if authorizer.decide(exception, for: call.user).isAllowed { return }
        let missing = granted.flatMap { missingRights($0, user: call.user, namespace: namespace) }
        guard !missing.isEmpty else { return }
        let groups = call.user.groups.map { "\"\($0)\"" }.joined(separator: " ")
        throw .forbidden(
            call.api, name: object.name,
            why:
                "user \"\(call.user.name)\" (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\n"
                + missing.joined(separator: "\n"))
    }

    /// Per resource, the rule's verbs when any of them is not held, in the notation of the server.
    private func missingRights(_ rule: PolicyRule, user: UserInfo, namespace: String) -> [String] {
        func list(_ values: [String]) -> String { "[" + values.map { "\"\($0)\"" }.joined(separator: " ") + "]" }
        var missing: [String] = []
        for url in rule.nonResourceURLs {
            let held = rule.verbs.allSatisfy {
                authorizer.decide(AccessRequest(verb: $0, path: url), for: user).isAllowed
            }
            if !held { missing.append("{NonResourceURLs:\(list([url])), Verbs:\(list(rule.verbs))}") }
        }
        for group in rule.groups {
            for resource in rule.resources {
                let names = rule.resourceNames.isEmpty ? [""] : rule.resourceNames
                let held = rule.verbs.allSatisfy { verb in
                    names.allSatisfy {
                        authorizer.decide(
                            AccessRequest(
                                verb: verb, group: group, resource: resource, name: $0, namespace: namespace),
                            for: user
                        ).isAllowed
                    }
                }
                if held { continue }
                let suffix = rule.resourceNames.isEmpty ? "" : ", ResourceNames:\(list(rule.resourceNames))"
                missing.append(
                    "{APIGroups:\(list([group])), Resources:\(list([resource]))\(suffix), Verbs:\(list(rule.verbs))}")
            }
        }
        return missing
    }
}
