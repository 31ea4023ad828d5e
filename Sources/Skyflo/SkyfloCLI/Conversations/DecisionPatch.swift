import KubeModel
import SkyfloAPI

/// A person's decision as a JSON patch (RFC 6902) of the status.
///
/// Its tests bind it to what was shown: the same object at the version that was read, in which nobody had decided yet, and
/// the digests of the previews. A patch whose test fails changes nothing.
struct DecisionPatch {
    var conversation: Conversation
    var decision: Approval.Decision
    var decidedBy: String
    var reason: String?

    /// - Parameter shown: what the person saw, all of them undecided in `conversation`.
    func operations(for shown: [PendingApproval]) -> JSONValue {
        var operations: [JSONValue] = [
            Self.test("/metadata/uid", .string(conversation.uid)),
            // No pointer can test that something isn't there; the version in which it wasn't does.
            Self.test("/metadata/resourceVersion", .string(conversation.object.resourceVersion)),
        ]
        for entry in shown {
            let path = "/status/approvals/\(JSONPointer.escape(entry.id))"
            operations.append(Self.test("\(path)/digest", .string(entry.digest)))
            operations.append(Self.add("\(path)/decision", .string(decision.rawValue)))
            operations.append(Self.add("\(path)/decidedBy", .string(decidedBy)))
            if let reason { operations.append(Self.add("\(path)/reason", .string(reason))) }
        }
        return .array(operations)
    }

    static func test(_ path: String, _ value: JSONValue) -> JSONValue {
        ["op": "test", "path": .string(path), "value": value]
    }

    static func add(_ path: String, _ value: JSONValue) -> JSONValue {
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
