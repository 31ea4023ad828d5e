import KubeModel

/// Holds an answer against the recorded one and collects what differs.
struct Comparison {
    var placeholders = Placeholders()
    var comparesManagedFields = false
    var hasUnorderedCauses = false
    /// kubectl describes what it has in Go maps in any order, and events of the same second.
    var hasUnorderedLines = false
    /// Whether the recorder left out groups of its own server.
    var hasPartOfGroups = false
    private(set) var differences: [String] = []

    mutating func note(_ difference: String) { differences.append(difference) }

    mutating func text(_ what: String, _ expected: String, _ actual: String) {
        if placeholders.matches(expected, actual) { return }
        if hasUnorderedCauses, Self.words(expected) == Self.words(actual) { return }
        if hasUnorderedLines, matchesInAnyOrder(Self.lines(expected), Self.lines(actual)) { return }
        note("\(what) expected:\n\(expected)\n  got:\n\(actual)")
    }

    /// Of kubectl. The recorder sorted managedFields, so where they stand in YAML their order says nothing.
    mutating func output(_ expected: String, _ actual: String) {
        guard expected.contains("\n  managedFields:\n"), let a = try? YAML.parse(expected),
            let b = try? YAML.parse(actual)
        else { return text("stdout", expected, actual) }
        values(a, b, at: "stdout")
    }

    mutating func values(_ expected: JSONValue?, _ actual: JSONValue?, at path: String) {
        switch (expected, actual) {
        case (.object(let a), .object(let b)): members(a, b, at: path)
        case (.array(let a), .array(let b)): items(ordered(a, path), ordered(b, path), at: path)
        case (.string(let a), .string(let b)):
            if hasUnorderedCauses, path == ".message", Self.words(placeholders.filled(a)) == Self.words(b) { return }
            if !placeholders.matches(a, b) { note("\(path): expected \(short(a)) got \(short(b))") }
        default:
            if expected != actual { note("\(path): expected \(short(expected)) got \(short(actual))") }
        }
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private mutating func matchesInAnyOrder(_ expected: [Substring], _ actual: [Substring]) -> Bool {
        guard expected.count == actual.count else { return false }
        var left = actual
        var assigned = placeholders
        for line in expected {
            guard let found = left.firstIndex(where: { assigned.matches(String(line), String($0)) }) else {
                return false
            }
            left.remove(at: found)
        }
        placeholders = assigned
        return true
    }

    private func short(_ value: Any?) -> String { String(value.map { "\($0)" }?.prefix(600) ?? "nothing") }

    private static func words(_ text: String) -> [Substring] {
        text.split { " ,[]\n".contains($0) }.sorted()
    }

    private mutating func members(_ expected: JSONObject, _ actual: JSONObject, at path: String) {
        var known: Set<String> = []
        // First what has no placeholder in its key: it tells the values of those that have.
        for (key, value) in expected where !isLeftOut(key, path) {
            let key = placeholders.filled(key)
            known.insert(key)
            values(value, actual[key], at: "\(path).\(key)")
        }
        for (key, value) in actual where !known.contains(key) && !isLeftOut(key, path) {
            note("\(path).\(key): unexpected \(short(value))")
        }
    }

    private func isLeftOut(_ key: String, _ path: String) -> Bool {
        switch key {
        case "managedFields": !comparesManagedFields
        // Not of the API: how a server was built.
        case "storageVersionHash", "compiler": true
        case "description": path.contains("columnDefinitions")
        case "time": path.contains("managedFields")
        default: false
        }
    }

    private mutating func items(_ expected: [JSONValue], _ actual: [JSONValue], at path: String) {
        guard expected.count == actual.count else {
            return note("\(path): expected \(short(JSONValue.array(expected))) got \(short(JSONValue.array(actual)))")
        }
        for (position, pair) in zip(expected, actual).enumerated() {
            values(pair.0, pair.1, at: "\(path)[\(position)]")
        }
    }

    private func ordered(_ items: [JSONValue], _ path: String) -> [JSONValue] {
        func sorted(_ names: [String]) -> [JSONValue] {
            func key(_ item: JSONValue) -> String { names.map { item[$0]?.string ?? "" }.joined(separator: "\n") }
            return items.sorted { key($0) < key($1) }
        }
        if path.hasSuffix(".managedFields") {
            return sorted(["operation", "manager", "subresource", "apiVersion"])
        }
        if hasUnorderedCauses, path == ".details.causes" { return sorted(["field", "reason", "message"]) }
        if hasUnorderedCauses, path == ".status.resourceRules" {
            return items.sorted { "\($0)" < "\($1)" }
        }
        return items
    }
}

// MARK: - Discovery

extension Comparison {
    /// What is announced must be announced as it was recorded; that less is served than by a real server is no difference.
    mutating func announcements(_ expected: JSONValue, _ actual: JSONValue, at path: String) {
        switch (expected, actual) {
        case (.object(let a), .object(let b)):
            for (key, value) in b where !["storageVersionHash", "hash", "compiler"].contains(key) {
                guard let counterpart = a[key] else {
                    if path != ".paths" { note("\(path).\(key): unexpected") }
                    continue
                }
                announcements(counterpart, value, at: "\(path).\(key)")
            }
            for key in a.keys
            where b[key] == nil && path != ".paths"
                && !["storageVersionHash", "subresources", "compiler"].contains(key)
            {
                note("\(path).\(key): missing")
            }
        case (.array(let a), .array(let b)): announcedItems(a, b, at: path)
        default: values(expected, actual, at: path)
        }
    }

    private mutating func announcedItems(_ expected: [JSONValue], _ actual: [JSONValue], at path: String) {
        func name(_ item: JSONValue) -> String {
            for key in ["name", "resource", "subresource", "groupVersion", "version", "clientCIDR"] {
                if let name = item[key]?.string { return name }
            }
            return item["metadata", "name"]?.string ?? item.string ?? ""
        }
        for item in actual {
            guard let counterpart = expected.first(where: { name($0) == name(item) }) else {
                if !hasPartOfGroups || path != ".items" { note("\(path): unexpected \(name(item))") }
                continue
            }
            announcements(counterpart, item, at: "\(path)[\(name(item))]")
        }
    }
}
