import KubeModel
import SkyfloAPI

/// A person's decision as a JSON patch (RFC 6902) of the status.
///
/// Its tests bind it to what was shown: the same object at the version that was read, in which nobody else had decided since,
/// and the digests of the previews. A patch whose test fails changes nothing. The first decision is the approval's own
/// (`decision`, `decidedBy`); each further one is that person's entry in `votes`.
struct DecisionPatch {
    var conversation: Conversation
    var decision: Approval.Decision
    var decidedBy: String
    var reason: String?

    /// - Parameter shown: what the person saw, all of them pending in `conversation`.
    func operations(for shown: [PendingApproval]) -> JSONValue {
        var operations: [JSONValue] = [
            Self.test("/metadata/uid", value: .string(conversation.uid)),
            // No pointer can test that something isn't there; the version in which it wasn't does.
            Self.test("/metadata/resourceVersion", value: .string(conversation.object.resourceVersion)),
        ]
        for entry in shown {
            let path = "/status/approvals/\(JSONPointer.escape(entry.id))"
            operations.append(Self.test("\(path)/digest", value: .string(entry.digest)))
            let approval = conversation.status.approvals[entry.id]
            if approval?.decision != nil {
                operations.append(vote(at: "\(path)/votes", isFirst: approval?.votesByUser == nil))
                continue
            }
            operations.append(Self.add("\(path)/decision", value: .string(decision.rawValue)))
            operations.append(Self.add("\(path)/decidedBy", value: .string(decidedBy)))
            if let reason { operations.append(Self.add("\(path)/reason", value: .string(reason))) }
        }
        return .array(operations)
    }

    private func vote(at path: String, isFirst: Bool) -> JSONValue {
        let vote: JSONValue = .compact(["decision": .string(decision.rawValue), "reason": reason.map(JSONValue.string)])
        return isFirst
            ? Self.add(path, value: .object([decidedBy: vote]))
            : Self.add("\(path)/\(JSONPointer.escape(decidedBy))", value: vote)
    }

    static func test(_ path: String, value: JSONValue) -> JSONValue {
        ["op": "test", "path": .string(path), "value": value]
    }

    static func add(_ path: String, value: JSONValue) -> JSONValue {
        ["op": "add", "path": .string(path), "value": value]
    }
}

enum JSONPointer {
    /// A reference token (RFC 6901 §3).
    static func escape(_ token: String) -> String {
        token.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
