import KubeClient
import KubeModel
import Writes

/// Whether approvers may do themselves what they approve (`requireApproverRights`).
///
/// All that an approval proves of its maker is the name. Groups are taken into account only where they follow from the name.
struct ApproverRights: Sendable {
    let api: any KubeAPI

    /// - Returns: what the user may not do; nil where nothing is missing.
    /// - Throws: what a server says that has no answer; a refusal to answer counts as a missing right.
    func missing(of user: String, for writes: [PlannedWrite]) async throws -> String? {
        for write in writes {
            guard let access = write.access else { return "\(write.target.text): its resource is not known" }
            do {
                let groups = Self.groups(of: user)
                guard try await AccessReview.allows(access, user: user, groups: groups, api: api) else {
                    return "no permission to \(access) (rights by groups can't be proven and don't count)"
                }
            } catch let status as APIStatus where status.code == 403 {
                return "the operator may not ask what users may do: \(status.message)"
            }
        }
        return nil
    }

    /// Whether a user has the verb `approve` on a rule, by rights that are bound to the name.
    /// - Throws: what a server says that has no answer; a refusal to answer counts as a missing right.
    func mayApprove(_ user: String, rule: String, namespace: String) async throws -> Bool {
        // No such resource is served; to an authorizer it is a name like any other.
        let path = APIResource.approvalRules.path(namespace: namespace, name: "rule")
        guard var access = ResourceAccess(KubeRequest(.get, path: path)) else { return false }
        access.verb = "approve"
        access.name = rule
        do {
            return try await AccessReview.allows(access, user: user, groups: Self.groups(of: user), api: api)
        } catch let status as APIStatus where status.code == 403 {
            return false
        }
    }

    /// Those that the API server gives to everybody of such a name.
    static func groups(of user: String) -> [String] {
        guard user != "system:anonymous" else { return ["system:unauthenticated"] }
        let parts = user.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else {
            return ["system:authenticated"]
        }
        return ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])", "system:authenticated"]
    }
}

extension APIResource {
    fileprivate static let approvalRules = APIResource(
        group: "skyflo.ai", version: "v1", plural: "approvalrules", kind: "ApprovalRule")
}
