import KubeModel

/// Jenkins's `tree` parameter: which members are answered (`jobs[name,url]{0,10}`). Without one, one level of them.
struct TreeFilter {
    private struct Member {
        var name: String
        var inner: [Member]?
        var range: (Int, Int)?
    }

    private let members: [Member]

    init?(_ text: String) {
        var rest = text[...]
        guard let members = Self.list(&rest), rest.isEmpty else { return nil }
        self.members = members
    }

    func apply(to json: JSONValue) -> JSONValue { Self.apply(members, to: json) }

    private static func apply(_ members: [Member], to json: JSONValue) -> JSONValue {
        if let list = json.array { return .array(list.map { apply(members, to: $0) }) }
        guard let object = json.object else { return json }
        var result = JSONObject()
        if let type = object["_class"] { result["_class"] = type }
        for member in members {
            let found = member.name == "*" ? nil : object[member.name]
            guard var value = found else { continue }
            if let range = member.range, let list = value.array {
                let low = min(range.0, list.count)
                value = .array(Array(list[low..<max(low, min(range.1, list.count))]))
            }
            result[member.name] = member.inner.map { apply($0, to: value) } ?? Self.shallow(value)
        }
        return .object(result)
    }

    /// What is named without members is answered without those of a deeper level.
    private static func shallow(_ value: JSONValue) -> JSONValue {
        guard let object = value.object else { return value }
        return .object(JSONObject(object.filter { $0.value.object == nil && $0.value.array == nil }))
    }

    private static func list(_ rest: inout Substring) -> [Member]? {
        var members: [Member] = []
        while true {
            let name = rest.prefix { $0.isLetter || $0.isNumber || "_-*".contains($0) }
            guard !name.isEmpty else { return nil }
            rest = rest.dropFirst(name.count)
            var member = Member(name: String(name))
            if rest.first == "[" {
                rest.removeFirst()
                guard let inner = list(&rest), rest.first == "]" else { return nil }
                rest.removeFirst()
                member.inner = inner
            }
            if rest.first == "{" {
                let body = rest.dropFirst().prefix { $0 != "}" }
                rest = rest.dropFirst(body.count + 2)
                let numbers = body.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
                guard numbers.count == 2 else { return nil }
                member.range = (numbers[0] ?? 0, numbers[1] ?? Int.max)
            }
            members.append(member)
            guard rest.first == "," else { return members }
            rest.removeFirst()
        }
    }
}
