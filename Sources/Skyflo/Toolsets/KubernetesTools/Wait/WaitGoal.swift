import KubeModel
import ToolKit
import Writes

/// What `kubectl wait --for` waits for.
enum WaitGoal: Sendable, Hashable {
    case condition(String, status: String)
    case deletion
    case creation
    /// A field has this value; without a value, any.
    case field(FieldPath, value: String?)

    /// How an object stands to it.
    enum Finding: Sendable, Hashable {
        case met(String)
        case unmet(String)
        /// Not, and waiting won't help.
        case impossible(String)

        var isMet: Bool { if case .met = self { true } else { false } }
        var isPending: Bool { if case .unmet = self { true } else { false } }
        var text: String {
            switch self {
            case .met(let text), .unmet(let text), .impossible(let text): text
            }
        }
    }

    init(parsing source: String) throws(ToolFailure) {
        let text = source.trimmingBlanks
        let lower = text.lowercased()
        if ["delete", "deletion", "deleted"].contains(lower) {
            self = .deletion
        } else if ["create", "creation", "created", "exists"].contains(lower) {
            self = .creation
        } else if lower.hasPrefix("condition=") {
            self = try Self.condition(String(text.dropFirst("condition=".count)))
        } else if lower.hasPrefix("jsonpath=") {
            self = try Self.field(String(text.dropFirst("jsonpath=".count)))
        } else if text.hasPrefix("{") || text.hasPrefix(".") {
            self = try Self.field(text)
        } else {
            // `Ready` alone can mean nothing else.
            self = try Self.condition(text)
        }
    }

    private static func condition(_ text: String) throws(ToolFailure) -> WaitGoal {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmingBlanks)
        let type = parts[0]
        guard !type.isEmpty, type.utf8.allSatisfy({ Names.isAlphanumeric($0) || "-._/".utf8.contains($0) }) else {
            throw ToolFailure(
                "for: \"\(ToolParameters.excerpt(text))\" is none of condition=Ready, condition=Ready=False, delete, create, "
                    + "jsonpath={.status.phase}=Running")
        }
        let status = parts.count > 1 && !parts[1].isEmpty ? parts[1] : "True"
        return .condition(type, status: status)
    }

    /// `{.status.phase}=Running`, `'{.status.phase}'=Running`, `{.status.loadBalancer.ingress}`.
    private static func field(_ text: String) throws(ToolFailure) -> WaitGoal {
        var (path, value) = split(text.trimmingBlanks)
        path = FieldPath.unquoted(path) ?? path
        value = value.map { FieldPath.unquoted($0) ?? $0 }
        if value?.isEmpty == true {
            throw ToolFailure("for: no value after the = of \"\(ToolParameters.excerpt(text))\"")
        }
        do {
            return .field(try FieldPath(parsing: path), value: value)
        } catch { throw ToolFailure("for: \(error.message)") }
    }

    /// At the first `=` that is outside of brackets and quotes.
    private static func split(_ text: String) -> (String, String?) {
        var depth = 0
        var quote: Character?
        for at in text.indices {
            let character = text[at]
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "'", "\"": quote = character
            case "[", "(", "{": depth += 1
            case "]", ")", "}": depth -= 1
            case "=" where depth == 0:
                return (text[..<at].trimmingBlanks, text[text.index(after: at)...].trimmingBlanks)
            default: break
            }
        }
        return (text, nil)
    }

    /// `condition Ready`, `deletion`
    var title: String {
        switch self {
        case .condition(let type, "True"): "condition \(type)"
        case .condition(let type, let status): "condition \(type)=\(status)"
        case .deletion: "deletion"
        case .creation: "creation"
        case .field(let path, let value): path.text + (value.map { "=\($0)" } ?? "")
        }
    }

    /// - Parameter object: without its secrets.
    func finding(_ object: KubeObject) -> Finding {
        switch self {
        case .creation: return .met("exists")
        case .deletion:
            let finalizers = object.finalizers
            guard object.isBeingDeleted else { return .unmet("exists, and is not being deleted") }
            return .unmet(
                "is being deleted"
                    + (finalizers.isEmpty ? "" : "; waits for finalizers \(finalizers.joined(separator: ", "))"))
        case .condition(let type, let status): return condition(type, status: status, of: object)
        case .field(let path, let wanted): return Self.field(path, wanted: wanted, of: object)
        }
    }

    // MARK: Conditions

    private func condition(_ type: String, status wanted: String, of object: KubeObject) -> Finding {
        let conditions = object["status", "conditions"]?.array ?? []
        guard let condition = conditions.first(where: { Self.isSame($0["type"]?.string, type) }) else {
            return unmet("no condition \(type)", of: object)
        }
        let seen = condition["observedGeneration"]?.int ?? object["status", "observedGeneration"]?.int
        if let seen, seen < object.generation {
            return unmet("its controller has not seen the newest change yet", of: object)
        }
        let text = Self.text(condition)
        return Self.isSame(condition["status"]?.string, wanted) ? .met(text) : unmet(text, of: object)
    }

    /// With the conditions as they are, and how it is otherwise.
    private func unmet(_ why: String, of object: KubeObject) -> Finding {
        let others = (object["status", "conditions"]?.array ?? []).map(Self.text).filter { $0 != why }
        let health = ObjectHealth.text(object)
        let parts = ([why] + others + [health]).filter { !$0.isEmpty }
        let text = OutputLimit.shorten(parts.joined(separator: "; "), to: 1024)
        return isPossible(for: object) ? .unmet(text) : .impossible("\(text); this will not change any more")
    }

    /// Whether the object may still come to have it: what has ended doesn't begin again.
    private func isPossible(for object: KubeObject) -> Bool {
        guard case .condition(let type, let status) = self, status.lowercased() == "true" else { return true }
        switch (object.groupVersion?.group ?? "", object.kind) {
        case ("batch", "Job"):
            return !["complete", "successcriteriamet"].contains(type.lowercased())
                || !hasCondition("Failed", of: object)
        case ("", "Pod"):
            let hasEnded = ["Succeeded", "Failed"].contains(object["status", "phase"]?.string ?? "")
            return !hasEnded || !["ready", "containersready"].contains(type.lowercased())
        default: return true
        }
    }

    private func hasCondition(_ type: String, of object: KubeObject) -> Bool {
        (object["status", "conditions"]?.array ?? []).contains {
            $0["type"]?.string == type && $0["status"]?.string == "True"
        }
    }

    private static func text(_ condition: JSONValue) -> String {
        let why = [condition["reason"]?.string, condition["message"]?.string].compactMap(\.self).filter { !$0.isEmpty }
        return "\(condition["type"]?.string ?? "")=\(condition["status"]?.string ?? "")"
            + (why.isEmpty ? "" : " (\(why.joined(separator: ": ")))")
    }

    // MARK: Fields

    private static func field(_ path: FieldPath, wanted: String?, of object: KubeObject) -> Finding {
        let values = path.values(in: object.json)
        let shown = OutputLimit.shorten(values.map(Outline.inline).joined(separator: " "), to: 256)
        guard !values.isEmpty else { return .unmet("\(path.text) is not set") }
        guard let wanted else { return .met("\(path.text) is \(shown)") }
        // Several values, as of `[*]`, all have to have it.
        let isMet = values.allSatisfy { Outline.inline($0).trimmingBlanks == wanted }
        return isMet ? .met("\(path.text) is \(shown)") : .unmet("\(path.text) is \(shown)")
    }

    private static func isSame(_ text: String?, _ other: String) -> Bool { text?.lowercased() == other.lowercased() }
}
